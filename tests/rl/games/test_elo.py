"""Elo ratings against the closed form for two players, the likelihood, and made-up strengths."""

import numpy as np
import pytest

from undergrad.rl.games.elo import intervals, rate, ratings


def test_two_players_by_the_closed_form():
    points = np.array([[0, 30], [10, 0]])
    expected = 400 * np.log10(10.5 / 30.5)  # with the drawn game that is counted more
    assert ratings(points) == pytest.approx([0, expected])


def test_the_likelihood_is_highest_there(rng):
    """Random steps away from the ratings, all of which make the games less likely."""
    points = rng.integers(0, 20, (4, 4)) * (1 - np.eye(4))
    scored = points + 0.5 * ((points + points.T) > 0)

    def log_likelihood(elo):
        odds = 10 ** ((elo[None, :] - elo[:, None]) / 400)
        return -(scored * np.log1p(odds)).sum()

    elo = ratings(points)
    best = log_likelihood(elo)
    for _ in range(50):
        step = rng.normal(size=4)
        assert log_likelihood(elo + step - step[0]) < best


def test_true_strengths_lie_in_the_intervals(rng):
    true = np.array([0, 150, 300])
    results = {}
    for one, other in ((0, 1), (0, 2), (1, 2)):
        odds = 1 / (1 + 10 ** ((true[other] - true[one]) / 400))
        results[one, other] = np.where(rng.random(1_000) < odds, 1, -1)
    elo = rate(results, 3)
    low, high = intervals(results, 3, rng, draws=100).T
    assert (low[1:] < elo[1:]).all()
    assert (elo[1:] < high[1:]).all()
    assert ((low <= true) & (true <= high)).all()
    assert high[0] == low[0] == 0


def test_a_player_that_won_everything_has_a_finite_rating():
    elo = rate({(0, 1): np.ones(10)}, 2)
    assert -1_000 < elo[1] < -400
