"""Games against oneself: who won, what is learned from it, and that it can be done again."""

import numpy as np
import pytest
from undergrad.engine import optim
from undergrad.rl.games.players import winning

from data import GAME
from model import network
from training import Samples, drawn, fit, learn, openings, play, together


@pytest.mark.parametrize("seed", range(6))
def test_a_game_is_told_from_both_sides_and_ends_with_a_win_or_a_full_board(seed):
    start = openings(1, 1.0, np.random.default_rng(seed))
    samples = play(network(seed=0), start, np.random.default_rng(seed))
    position, outcome = samples.position, samples.outcome
    np.testing.assert_array_equal(np.diff(position.stones), 1)
    np.testing.assert_array_equal(outcome[1:], -outcome[:-1])
    if outcome[-1]:  # who moves last has won
        assert outcome[-1] == 1
        assert winning(GAME, position)[-1].any()
    else:
        assert position.stones[-1] == 41
    np.testing.assert_allclose(samples.policy.sum(axis=1), 1, rtol=1e-6)


def test_openings_never_end_a_game_and_have_every_length():
    start = openings(3_000, 0.9, np.random.default_rng(0))
    assert not GAME.over(start).any()
    stones = np.bincount(start.stones, minlength=21)
    assert len(stones) == 21
    assert 240 < stones[0] < 360  # a tenth starts from the empty board
    assert (stones[1:] > 80).all()


def test_actions_are_drawn_as_often_as_they_were_tried():
    visits = np.tile([8.0, 0, 16, 0, 0, 0, 8], (40_000, 1))
    counts = np.bincount(drawn(visits, np.random.default_rng(0)), minlength=7) / 40_000
    np.testing.assert_allclose(counts, [0.25, 0, 0.5, 0, 0, 0, 0.25], atol=0.01)


def test_learning_lowers_both_losses_on_what_it_has_seen():
    rng = np.random.default_rng(0)
    position = openings(64, 1.0, rng)
    policy = rng.dirichlet(np.ones(7), 64).astype(np.float32)
    known = Samples(position, policy, rng.integers(-1, 2, 64).astype(np.float32))
    model = network(seed=0)
    optimizer = optim.AdamW(model.parameters(), lr=0.002)
    first = learn(model, optimizer, known, 1, rng, mirror=False)
    last = [learn(model, optimizer, known, 30, rng, mirror=False) for _ in range(5)][-1]
    assert last[0] < 0.3 * first[0] and last[1] < first[1]


def test_the_same_seed_gives_the_same_network(monkeypatch):
    monkeypatch.setattr("training.GAMES", 32)
    (one, history), (other, _) = (fit(4, moves=500) for _ in range(2))
    for name, weights in one.state_dict().items():
        np.testing.assert_array_equal(weights, other.state_dict()[name])
    assert history.moves[-1] >= 500


def test_together_keeps_every_sample():
    parts = [Samples(openings(n, 0.5, np.random.default_rng(n)), np.ones((n, 7)), np.ones(n))
             for n in (2, 3)]  # fmt: skip
    assert len(together(parts).outcome) == len(together(parts).position.mask) == 5
