"""A world of pictures for the tests: a dot wanders over four squares; the last frames are seen."""

import gymnasium
import numpy as np
from gymnasium.wrappers import FrameStackObservation


class Dot(gymnasium.Env):
    """The picture shows where the dot is; action 1 moves it, and being on square 3 pays 1."""

    observation_space = gymnasium.spaces.Box(0, 255, (2, 2), np.uint8)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.time, self.place = 0, int(self.np_random.integers(4))
        return self._see(), {}

    def step(self, action):
        self.time += 1
        self.place = (self.place + int(action)) % 4
        return self._see(), float(self.place == 3), False, self.time >= 12, {}

    def _see(self):
        picture = np.zeros(4, np.uint8)
        picture[self.place] = 255
        return picture.reshape(2, 2)


gymnasium.register("tests/Dots-v0", lambda **kwargs: FrameStackObservation(Dot(**kwargs), 3))
