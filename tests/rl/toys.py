"""Small worlds for the tests, whose every step can be foreseen."""

import gymnasium
import numpy as np

from undergrad.rl.envs import register

register()


def random_actions(name, shape, seed=0):
    """Actions of the environment `name`, evenly random: an array of `shape` of them."""
    space, rng = gymnasium.make(name).action_space, np.random.default_rng(seed)
    if isinstance(space, gymnasium.spaces.Discrete):
        return rng.integers(space.n, size=shape)
    drawn = rng.uniform(space.low, space.high, (*np.empty(shape).shape, *space.shape))
    return drawn.astype(space.dtype)


class Counter(gymnasium.Env):
    """Counts steps. Episode lengths and kinds of end come from its seed, so they can be redone.

    An observation is (which episode of the environment, step in it): no two are ever the same.
    """

    observation_space = gymnasium.spaces.Box(-1e9, 1e9, (2,), np.float64)
    action_space = gymnasium.spaces.Discrete(3)
    episodes = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.episode = self.np_random.integers(1_000_000)
        self.time, self.length = 0, int(self.np_random.integers(1, 9))
        self.kind = int(self.np_random.integers(3))  # terminated, truncated, both
        return self._see(), {}

    def step(self, action):
        self.time += 1
        over = self.time >= self.length
        reward = float(self.episode % 1000 + self.time + 10 * action)
        return self._see(), reward, over and self.kind != 1, over and self.kind != 0, {}

    def _see(self):
        return np.array([self.episode, self.time], np.float64)


class Recorder(gymnasium.Wrapper):
    """Writes down every transition of one environment, in the plainest way there is."""

    def __init__(self, env, log):
        super().__init__(env)
        self.log = log

    def reset(self, **kwargs):
        self.seen, info = super().reset(**kwargs)
        return self.seen, info

    def step(self, action):
        before = self.seen
        self.seen, reward, terminated, truncated, info = super().step(action)
        self.log.append(
            (*before, int(action), reward, *self.seen, bool(terminated), bool(truncated))
        )
        return self.seen, reward, terminated, truncated, info
