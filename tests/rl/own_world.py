"""A world as a learner would write one, in all kinds of spaces, and worlds that misbehave.

Importing this module registers them, so that `--env tests.rl.own_world:Corridor-v0` finds them.
"""

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Sequence, Tuple

CELLS = 6
PLACE = np.eye(CELLS, dtype=np.float32)

# kind: (space of the observations, what is seen in a cell)
SEEN = {
    "discrete": (Discrete(CELLS), lambda cell: cell),
    "from one": (Discrete(CELLS, start=1), lambda cell: cell + 1),
    "numpy": (Discrete(CELLS), np.int8),
    "array from one": (Discrete(CELLS, start=1), lambda cell: np.array(cell + 1)),
    "box": (Box(0, 1, (CELLS,), np.float32), lambda cell: PLACE[cell]),
    "float64": (Box(0, 1, (CELLS,), np.float64), lambda cell: PLACE[cell].astype(float)),
    "float16": (Box(0, 1, (CELLS,), np.float16), lambda cell: PLACE[cell].tolist()),
    "unbounded": (Box(-np.inf, np.inf, (1,), np.float32), lambda cell: np.float32([cell])),
    "unbounded64": (Box(-np.inf, np.inf, (1,), np.float64), lambda cell: [cell]),
    "whole": (Box(0, 9, (1,), np.int64), lambda cell: np.array([cell])),
    "scalar": (Box(0, 9, (), np.float32), lambda cell: np.float32(cell)),
    "grid": (Box(0, 1, (2, 3), np.float32), lambda cell: PLACE[cell].reshape(2, 3)),
    "bytes": (Box(0, 1, (2, 3), np.uint8), lambda cell: np.uint8(PLACE[cell]).reshape(2, 3)),
    "ints, then floats": (Box(0, 9, (1,), np.float32), lambda cell: [int(cell)]),
    "choices": (MultiDiscrete([2, 3], start=[1, 5]), lambda cell: np.add(divmod(cell, 3), [1, 5])),
    "bits": (MultiBinary(CELLS), lambda cell: PLACE[cell].astype(np.int8)),
    "dict": (
        Dict({"half": Discrete(2, start=3), "rest": Box(0, 2, (1,), np.float32)}),
        lambda cell: {"half": 3 + cell // 3, "rest": np.float32([cell % 3])},
    ),
    "nested": (
        Dict({"a": Tuple((Discrete(2), Box(0, 2, (), np.float64))), "b": MultiBinary(2)}),
        lambda cell: {"a": (cell // 3, cell % 3), "b": [0, 1]},
    ),
    "tuple": (Tuple((Discrete(2), Discrete(3))), lambda cell: divmod(cell, 3)),
}  # fmt: skip

BLACK = (Box(0, 0, (CELLS,), np.uint8), lambda cell: np.zeros(CELLS, np.uint8))

# kind: (space of the actions, whether an action leads to the right)
DONE = {
    "discrete": (Discrete(2), lambda action: action == 1),
    "from five": (Discrete(2, start=5), lambda action: action == 6),
    "choices": (MultiDiscrete([2, 3], start=[0, 7]), lambda action: action[0] == 1),
    "bits": (MultiBinary(2), lambda action: tuple(action) == (0, 1)),
    "grid": (MultiDiscrete([[2, 3], [1, 2]]), lambda action: action[0, 0] == 1),
    "from minus one": (Discrete(2, start=-1), lambda action: action == 0),
    "torque": (Box(-2, 2, (1,), np.float32), lambda action: action[0] > 0),
    "torque64": (Box(-2, 2, (1,), np.float64), lambda action: action[0] > 0),
    "one number": (Box(0, 1, (), np.float32), lambda action: action > 0.5),
    "square": (Box(-1, 1, (2, 2), np.float32), lambda action: action[1, 0] > 0),
    "levels": (Box(0, 3, (1,), np.int64), lambda action: action[0] >= 2),
}


class Corridor(gymnasium.Env):
    """Six cells in a row; the right end pays 1, and every step costs 0.01.

    Arguments:
        seen, done: kinds of observations and of actions, in the tables above.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(self, seen="discrete", done="discrete", render_mode=None):
        self.observation_space, self.see = {**SEEN, "black": BLACK}[seen]
        self.action_space, self.is_right = DONE[done]
        self.late = seen == "ints, then floats"
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.cell = int(self.np_random.integers(CELLS // 2))
        return self.see(self.cell), {}

    def step(self, action):
        if not self.action_space.contains(action) and isinstance(self.action_space, Discrete):
            raise ValueError(f"there is no action {action}")
        self.cell = max(0, self.cell + (1 if self.is_right(action) else -1))
        there = self.cell >= CELLS - 1
        self.cell = min(self.cell, CELLS - 1)
        seen = np.float32([self.cell]) if self.late else self.see(self.cell)
        return seen, there - 0.01, there, False, {}

    def render(self):
        image = np.full((20, 20 * CELLS, 3), 255, np.uint8)
        image[:, 20 * self.cell : 20 * (self.cell + 1)] = (40, 90, 200)
        return image


class Endless(Corridor):
    """It has no goal and no end."""

    def step(self, action):
        seen, *_ = super().step(action)
        return seen, 0.0, False, False, {}


class Speechless(Exception):
    """An error that fails when it is to say something."""

    def __str__(self):
        raise ZeroDivisionError


class Hostile(Corridor):
    """Misbehaves in one way, from the third step of an episode on, or where its fault says.

    Arguments:
        fault: an exception as "KeyError in step", or a key of `_answers`.
    """

    def __init__(self, fault="", seen="discrete", render_mode=None):
        super().__init__(seen, render_mode=render_mode)
        self.fault, self.steps = fault, 0
        self._raise("init")

    def reset(self, *, seed=None, options=None):
        self.steps = 0
        self._raise("reset")
        first = super().reset(seed=seed)
        return {"bare reset": first[0], "sick reset": (np.nan, {})}.get(self.fault, first)

    def step(self, action):
        self.steps += 1
        self.cell = 0  # so that no episode ends before the fault
        seen, reward, *_ = super().step(action)
        answer = (seen, reward, False, self.steps >= 9, {})
        if self.steps < 3:
            return answer
        self._raise("step")
        return self._answers(*answer).get(self.fault, answer)

    def _answers(self, seen, reward, terminated, truncated, info):
        ends = (terminated, truncated, info)
        return {
            "four values": (seen, reward, terminated, info),
            "nothing": None,
            "no reward": (seen, None, *ends),
            "reward in a list": (seen, [1.0], *ends),
            "reward in words": (seen, "much", *ends),
            "nan reward": (seen, float("nan"), *ends),
            "infinite reward": (seen, np.float32(np.inf), *ends),
            "terminated is none": (seen, reward, None, truncated, info),
            "terminated in words": (seen, reward, "no", truncated, info),
            "truncated is an array": (seen, reward, terminated, np.array([False]), info),
            "no observation": (None, reward, *ends),
            "observation in words": ("left", reward, *ends),
            "half a state": (0.5, reward, *ends),
            "a state too far": (CELLS, reward, *ends),
            "a state before the first": (-1, reward, *ends),
            "other shape": (np.zeros(2), reward, *ends),
        }

    def render(self):
        self._raise("render")
        image = super().render()
        return {"no image": None, "grey image": image[..., 0], "floats": image / 255.0}.get(
            self.fault, image
        )

    def close(self):
        self._raise("close")

    def _raise(self, where):
        name, _, place = self.fault.partition(" in ")
        if place == where:
            if name == "Speechless":
                raise Speechless
            errors = vars(__import__("builtins"))
            raise errors[name](f"lost my way\nin {where}")


class Moody(Corridor):
    """Takes no notice of its seed."""

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=int(np.random.default_rng().integers(2**31)))


class Shared(Corridor):
    """Keeps its place in the class, where all copies share it."""

    def reset(self, *, seed=None, options=None):
        first = super().reset(seed=seed)
        Shared.place = self.cell
        return first

    def step(self, action):
        self.cell = Shared.place
        answer = super().step(action)
        Shared.place = self.cell
        return answer


class Blind(Corridor):
    """It cannot be rendered."""

    metadata = {"render_modes": []}  # noqa: RUF012


class Unprepared(Corridor):
    """Says that it can be rendered, and cannot be made for it."""

    def __init__(self):
        super().__init__()


class Bandit(gymnasium.Env):
    """Two arms and one pull: the second pays 1."""

    observation_space, action_space = Box(0, 1, (1,), np.float32), Discrete(2)

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        return np.zeros(1, np.float32), {}

    def step(self, action):
        return np.zeros(1, np.float32), float(action), True, False, {}


class Endlessly(Corridor):
    """An observation of no fixed size."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.observation_space = Sequence(Discrete(3))


class Nothing(Corridor):
    """An observation without numbers."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.observation_space = Box(0, 1, (0,), np.float32)


class Manifold(Corridor):
    """More combinations of actions than can be counted through."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.action_space = MultiDiscrete([1000, 1000])


class Countless(Corridor):
    """More states than a network or a table has room for."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.observation_space = Discrete(10**9)


class Parts(Corridor):
    """More choices in one observation than a network has room for."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.observation_space = MultiDiscrete([10**9, 3])


class Choices(Corridor):
    """More actions than a network has room for."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.action_space = Discrete(10**9)


class Idle(Corridor):
    """An action of no numbers."""

    def __init__(self, render_mode=None):
        super().__init__()
        self.action_space = Box(0, 1, (0,), np.float32)


for kind, limit in (
    (Corridor, 20),
    (Shared, 20),
    (Blind, 20),
    (Unprepared, 20),
    (Hostile, 20),
    (Moody, 20),
    (Endless, None),
):
    gymnasium.register(f"{kind.__name__}-v0", kind, max_episode_steps=limit, reward_threshold=0.9)
