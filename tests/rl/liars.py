"""Environments that break their word, each in one way, known to Gymnasium by name."""

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete


class Liar(gymnasium.Env):
    """Honest for five steps of each training, then not.

    Arguments:
        lie: which reward or observation comes then.
    """

    action_space = Discrete(2)
    observation_space = Box(-1, 1, (2,), np.float32)

    def __init__(self, lie="", render_mode=None):
        self.lie, self.render_mode = lie, render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.time = 0
        return np.zeros(2, np.float32), {}

    def step(self, action):
        self.time += 1
        lie = self.lie if self.time > 5 else ""
        reward = {"nan reward": np.nan, "endless reward": np.inf}.get(lie, 1.0)
        seen = {
            "nan observation": np.array([0, np.nan], np.float32),
            "outside": np.array([0, 3], np.float32),
            "other shape": np.zeros(3, np.float32),
        }.get(lie, np.zeros(2, np.float32))
        return seen, reward, self.time > 20, False, {}


class Unlike(Liar):
    """Shows something else from the beginning."""

    def reset(self, *, seed=None, options=None):
        return np.zeros(3, np.float32), {}


for name, kind in (("Liar", Liar), ("Unlike", Unlike)):
    gymnasium.register(f"tests/{name}-v0", kind)
