"""With several steps in one transition DQN finds the fixed point of such targets, and no other."""

from dataclasses import replace

import gymnasium
import numpy as np
import pytest

from undergrad.rl.build import build, settings_class
from undergrad.rl.vector_env import EnvSpec

CELLS, GAMMA = 5, 0.9


class Sparse(gymnasium.Env):
    """Five cells in a row, and a reward of 1 behind the last."""

    observation_space = gymnasium.spaces.Discrete(CELLS)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action):
        self.cell = _next(self.cell, action)
        there = self.cell == CELLS
        return min(self.cell, CELLS - 1), float(there), there, False, {}


gymnasium.register("tests/Sparse-v0", Sparse, max_episode_steps=200)


def _next(cell, action):
    return max(0, cell + (1 if action == 1 else -1))


def fixed_point(n, epsilon):
    """The value of the first cell, by iterating expected targets: n rewards of epsilon-greedy
    behaviour, then the best value."""
    q = np.zeros((CELLS, 2))
    for _ in range(300):
        policy = np.full((CELLS, 2), epsilon / 2)
        policy[np.arange(CELLS), q.argmax(axis=1)] += 1 - epsilon

        def target(cell, action, steps, q=q, policy=policy):
            after = _next(cell, action)
            if after == CELLS:
                return 1.0
            if steps == 1:
                return GAMMA * q[after].max()
            return GAMMA * sum(policy[after, b] * target(after, b, steps - 1) for b in (0, 1))

        q = np.array([[target(cell, action, n) for action in (0, 1)] for cell in range(CELLS)])
    return q[0].max()


@pytest.mark.slow
@pytest.mark.parametrize(("n", "epsilon"), [(1, 1.0), (3, 1.0), (3, 0.5), (3, 0.1)])
def test_dqn_finds_the_fixed_point(n, epsilon):
    explore = {"epsilon_start": epsilon, "epsilon_end": epsilon, "learning_starts": 500}
    small = {"steps": 20_000, "hidden_sizes": (32,), "ema_decay": 0.995}
    settings = replace(settings_class("dqn")(), n_step=n, gamma=GAMMA, **explore, **small)
    loop = build("dqn", EnvSpec("tests/Sparse-v0"), settings, 0)
    while loop.steps < settings.steps:
        loop.advance()
    assert loop.agent.value(np.array([0]))[0] == pytest.approx(fixed_point(n, epsilon), abs=0.02)


def test_the_fixed_point_of_one_step_is_the_value_itself():
    assert fixed_point(1, 1.0) == pytest.approx(GAMMA**4)
    assert fixed_point(3, 1.0) == pytest.approx(0.364, abs=1e-3)
