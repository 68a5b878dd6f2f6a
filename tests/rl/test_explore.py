"""Exploration: how often, and independently for each environment."""

import numpy as np
import pytest

from undergrad.rl.agents.dqn import epsilon_greedy, linear_schedule
from undergrad.rl.explore import Exploration, boltzmann


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 1.0), (250, 0.775), (500, 0.55), (1000, 0.1), (5000, 0.1)]
)
def test_a_line_and_then_level(step, expected):
    assert linear_schedule(1.0, 0.1, 1000, step) == pytest.approx(expected, abs=1e-12)


def test_epsilon_is_the_fraction_of_random_actions():
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


def test_boltzmann_draws_with_the_probabilities_of_softmax():
    rng, row = np.random.default_rng(0), np.array([0.0, 1.0, 2.0])
    chosen = np.bincount(boltzmann(np.tile(row, (30_000, 1)), 0.8, rng), minlength=3) / 30_000
    expected = np.exp(row / 0.8) / np.exp(row / 0.8).sum()
    np.testing.assert_allclose(chosen, expected, atol=0.01)


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.6, 1.0])
@pytest.mark.parametrize("duration", [1, 5, 20])
def test_repeating_keeps_the_fraction_and_the_mean_length(epsilon, duration):
    explore, rng = Exploration(duration), np.random.default_rng(0)
    q = np.tile([0.0] * 9 + [1.0], (50, 1))  # the best action comes up at random once in ten
    explore.choose(q, epsilon, rng)
    for _ in range(300):  # until it is in balance
        explore.choose(q, epsilon, rng)
    taken = np.array([explore.choose(q, epsilon, rng) for _ in range(2000)])  # (time, environment)
    assert (taken != 9).mean() == pytest.approx(0.9 * epsilon, abs=0.03)
    if 0 < epsilon < 1:
        same = taken[:-1][taken[:-1] != 9] == taken[1:][taken[:-1] != 9]
        begin = epsilon / duration / (1 - epsilon * (1 - 1 / duration))
        expected = (1 - 1 / duration) + begin / duration / 10  # kept, or drawn again by chance
        assert same.mean() == pytest.approx(expected, abs=0.03)


def test_what_is_repeated_is_saved():
    one, other = (Exploration(8) for _ in range(2))
    rng, q = np.random.default_rng(0), np.random.default_rng(1).normal(size=(6, 4))
    for _ in range(10):
        one.choose(q, 0.5, rng)
    other.load_state_dict(one.state_dict())
    a, b = ([e.choose(q, 0.5, np.random.default_rng(3)) for _ in range(9)] for e in (one, other))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("wrong", [{"duration": 0.5}, {"temperature": -1.0}])
def test_numbers_without_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="Exploration"):
        Exploration(**wrong)
