"""The environment, and the replay buffer that keeps what the agent has experienced."""

from collections import deque

import gymnasium
import numpy as np

ENVIRONMENT = "CartPole-v1"
OBSERVATION_SIZE, N_ACTIONS = 4, 2  # numbers in an observation; actions to choose from
GAMMA = 0.99
# Position, velocity, angle and angular velocity differ more than tenfold in size; divided by these,
# they do not.
SCALE = np.array([2.4, 3.0, 0.21, 3.0], np.float32)


def make(render_mode: str | None = None, pole: float = 1.0) -> gymnasium.Env:
    """A new environment, independent of all others.

    render_mode: `rgb_array` to draw frames.   pole: its length, in that of CartPole-v1; its mass
    stays the same. Training only ever sees a pole of 1.
    """
    environment = gymnasium.make(ENVIRONMENT, render_mode=render_mode, disable_env_checker=True)
    world = environment.unwrapped
    world.length *= pole
    world.polemass_length = world.masspole * world.length
    return environment


class ReplayBuffer:
    """Transitions of up to `n_step` steps: observation, action, n-step return, next observation.

    A transition never crosses the end of an episode. After a terminal step there is no next value;
    after a truncation by the time limit there is one, since the pole was still up.
    """

    def __init__(self, capacity: int, n_step: int) -> None:
        self.observations = np.zeros((capacity, OBSERVATION_SIZE), np.float32)
        self.next_observations = np.zeros((capacity, OBSERVATION_SIZE), np.float32)
        self.actions = np.zeros(capacity, np.int64)
        self.returns = np.zeros(capacity, np.float32)  # of the n steps, discounted
        self.bootstrap = np.zeros(capacity, np.float32)  # factor of the next value; 0 after a fall
        self.size, self.n_step = 0, n_step
        self._open: deque[tuple] = deque()

    def add(self, observation, action, reward, next_obs, terminated: bool, truncated: bool) -> None:
        """Take one step; the transitions that it completes are stored."""
        self._open.append((observation, action, reward))
        if len(self._open) == self.n_step or terminated or truncated:
            self._close(next_obs, terminated)
        while self._open and (terminated or truncated):
            self._close(next_obs, terminated)

    def _close(self, next_obs, terminated: bool) -> None:
        """Store the oldest open transition, which ends with the newest step."""
        rewards = [reward for _, _, reward in self._open]
        observation, action, _ = self._open.popleft()
        row = self.size
        self.observations[row], self.next_observations[row] = observation, next_obs
        self.actions[row] = action
        self.returns[row] = sum(GAMMA**n * reward for n, reward in enumerate(rewards))
        self.bootstrap[row] = 0 if terminated else GAMMA ** len(rewards)
        self.size += 1

    def sample(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """`count` transitions drawn evenly: observations, actions, returns, next, bootstrap."""
        rows = rng.integers(self.size, size=count)
        columns = (
            self.observations,
            self.actions,
            self.returns,
            self.next_observations,
            self.bootstrap,
        )
        return tuple(column[rows] for column in columns)
