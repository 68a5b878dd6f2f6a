"""Where experience comes from, and where it is kept.

Make it yours: change `ENVIRONMENT`, and the two sizes below it. Everything else follows.
"""

import gymnasium
import numpy as np

ENVIRONMENT = "CartPole-v1"
NUMBERS, ACTIONS = 4, 2  # what an observation holds; how many actions there are


def make() -> gymnasium.Env:
    """A new environment, apart from all others."""
    return gymnasium.make(ENVIRONMENT)


class Memory:
    """Every step the agent has taken, in arrays that are filled from the front.

    One row a step: what it saw, what it did, what it got, what it saw next, and whether the episode
    was over for good. An episode that was only cut off for time is not over: the pole still stood,
    so what would have come next still has a value.
    """

    def __init__(self, capacity: int) -> None:
        self.seen = np.zeros((capacity, NUMBERS), np.float32)
        self.next = np.zeros((capacity, NUMBERS), np.float32)
        self.actions = np.zeros(capacity, np.int64)
        self.rewards = np.zeros(capacity, np.float32)
        self.over = np.zeros(capacity, bool)
        self.size = 0

    def add(self, seen, action, reward, following, over) -> None:
        """Remember one step. IndexError when the memory is full."""
        row = self.size
        self.seen[row], self.next[row] = seen, following
        self.actions[row], self.rewards[row], self.over[row] = action, reward, over
        self.size += 1

    def sample(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """`count` steps drawn evenly: (seen, actions, rewards, next, over), first axis `count`."""
        rows = rng.integers(self.size, size=count)
        columns = (self.seen, self.actions, self.rewards, self.next, self.over)
        return tuple(column[rows] for column in columns)
