"""The environment, and the replay buffer that keeps what the agent has experienced.

Make it yours: change `ENVIRONMENT`, and the two sizes below it. Everything else adapts.
"""

import gymnasium
import numpy as np

ENVIRONMENT = "CartPole-v1"
OBSERVATION_SIZE, N_ACTIONS = 4, 2  # numbers in an observation; actions to choose from


def make() -> gymnasium.Env:
    """A new environment, independent of all others."""
    return gymnasium.make(ENVIRONMENT)


class ReplayBuffer:
    """Every step the agent has taken, in arrays that are filled from the front.

    One row per step: observation, action, reward, next observation, and whether the episode
    terminated. An episode that was only truncated by the time limit did not terminate: the pole
    was still up, so what would have come next still has a value.
    """

    def __init__(self, capacity: int) -> None:
        self.observations = np.zeros((capacity, OBSERVATION_SIZE), np.float32)
        self.next_observations = np.zeros((capacity, OBSERVATION_SIZE), np.float32)
        self.actions = np.zeros(capacity, np.int64)
        self.rewards = np.zeros(capacity, np.float32)
        self.terminated = np.zeros(capacity, bool)
        self.size = 0

    def add(self, observation, action, reward, next_obs, terminated) -> None:
        """Store one step. IndexError when the buffer is full."""
        row = self.size
        self.observations[row], self.next_observations[row] = observation, next_obs
        self.actions[row], self.rewards[row] = action, reward
        self.terminated[row] = terminated
        self.size += 1

    def sample(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """`count` steps drawn evenly: observations, actions, rewards, next ones, terminated."""
        rows = rng.integers(self.size, size=count)
        columns = (
            self.observations,
            self.actions,
            self.rewards,
            self.next_observations,
            self.terminated,
        )
        return tuple(column[rows] for column in columns)
