"""Exploration: how often, and independently for each environment."""

import numpy as np
import pytest

from undergrad.rl.explore import Linear, epsilon_greedy


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 1.0), (250, 0.775), (500, 0.55), (1000, 0.1), (5000, 0.1)]
)
def test_a_line_and_then_level(step, expected):
    assert Linear(1.0, 0.1, 1000)(step) == pytest.approx(expected, abs=1e-12)


def test_epsilon_is_the_share_of_random_actions():
    rng, q = np.random.default_rng(0), np.tile([0.0, 3.0, 1.0, 2.0], (20_000, 1))
    chosen = np.bincount(epsilon_greedy(q, 0.4, rng), minlength=4) / 20_000
    np.testing.assert_allclose(chosen, [0.1, 0.7, 0.1, 0.1], atol=0.01)


def test_every_row_has_a_draw_of_its_own():
    rng, q = np.random.default_rng(0), np.tile([0.0] * 9 + [1.0], (2, 1))
    pairs = np.array([epsilon_greedy(q, 0.5, rng) != 9 for _ in range(4000)])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 0.06


def test_without_epsilon_it_is_the_best_action():
    rng = np.random.default_rng(0)
    q = rng.normal(size=(50, 4))
    assert epsilon_greedy(q, 0.0, rng).tolist() == q.argmax(axis=1).tolist()
