"""Where experience comes from, and where it is kept."""

from collections import deque

import gymnasium
import numpy as np

ENVIRONMENT = "CartPole-v1"
NUMBERS, ACTIONS = 4, 2  # what an observation holds; how many actions there are
DISCOUNT = 0.99
# Place, speed, angle and turning speed differ more than tenfold in size; divided by these, not.
USUAL = np.array([2.4, 3.0, 0.21, 3.0], np.float32)


def make() -> gymnasium.Env:
    """A new environment, apart from all others."""
    return gymnasium.make(ENVIRONMENT)


class Memory:
    """Stretches of up to `reach` steps: where each began, what was done and earned, where it led.

    A stretch never crosses the end of an episode. One that was ended by a fall is `over`: nothing
    follows. One that was cut off for time is not, since the pole still stood.
    """

    def __init__(self, capacity: int, reach: int) -> None:
        self.seen = np.zeros((capacity, NUMBERS), np.float32)
        self.led_to = np.zeros((capacity, NUMBERS), np.float32)
        self.actions = np.zeros(capacity, np.int64)
        self.earned = np.zeros(capacity, np.float32)  # discounted, along the stretch
        self.weight = np.zeros(capacity, np.float32)  # of the value that follows; 0 after a fall
        self.size, self.reach = 0, reach
        self._open: deque[tuple] = deque()

    def add(self, seen, action, reward, following, over: bool, cut: bool) -> None:
        """Remember one step; stretches that it completes are stored."""
        self._open.append((seen, action, reward))
        if len(self._open) == self.reach or over or cut:
            self._close(following, over)
        while self._open and (over or cut):
            self._close(following, over)

    def _close(self, following, over: bool) -> None:
        """Store the oldest open stretch, which ends with the newest step."""
        rewards = [reward for _, _, reward in self._open]
        seen, action, _ = self._open.popleft()
        row = self.size
        self.seen[row], self.actions[row], self.led_to[row] = seen, action, following
        self.earned[row] = sum(DISCOUNT**n * reward for n, reward in enumerate(rewards))
        self.weight[row] = 0 if over else DISCOUNT ** len(rewards)
        self.size += 1

    def sample(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """`count` stretches drawn evenly: (seen, actions, earned, led to, weight)."""
        rows = rng.integers(self.size, size=count)
        columns = (self.seen, self.actions, self.earned, self.led_to, self.weight)
        return tuple(column[rows] for column in columns)
