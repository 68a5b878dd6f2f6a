"""Heads: with one sure outcome all three say the same, and each learns a known distribution."""

import numpy as np
import pytest

from undergrad.engine import Tensor
from undergrad.rl.agents.heads import C51Head, QuantileHead, ScalarHead

ATOMS = C51Head(-2.0, 3.0, 6)  # at -2, -1, 0, 1, 2, 3
REWARD, DISCOUNT = np.array([1.0, -1.0, 0.0], np.float32), np.array([0.5, 0.5, 1.0])
TERMINATED = np.array([False, True, False])


def sure(place):
    """Outputs that put all probability on one atom."""
    out = np.full((len(place), 6), -80.0, np.float32)
    out[np.arange(len(place)), np.searchsorted(ATOMS.atoms, place)] = 0
    return out


def test_a_sure_return_has_the_same_td_target_in_all_three():
    value = np.array([2.0, 3.0, -1.0], np.float32)
    number = ScalarHead().td_target(REWARD, TERMINATED, value[:, None], DISCOUNT)[:, 0]
    assert number.tolist() == [2.0, -1.0, -1.0]
    atoms = ATOMS.td_target(REWARD, TERMINATED, sure(value), DISCOUNT)
    np.testing.assert_allclose(atoms @ ATOMS.atoms, number, atol=1e-6)
    places = QuantileHead().td_target(REWARD, TERMINATED, np.repeat(value[:, None], 4, 1), DISCOUNT)
    np.testing.assert_allclose(places, np.repeat(number[:, None], 4, 1))


@pytest.mark.parametrize("kind", [ScalarHead, QuantileHead])
def test_no_promise_beyond_what_is_possible(kind):
    shape = (1, 1) if kind is ScalarHead else (1, 3)
    for promised, kept in ((100.0, 2.0), (-100.0, -3.0), (1.0, 1.0)):
        out = np.full(shape, promised, np.float32)
        td_target = kind(-3.0, 2.0).td_target(np.zeros(1), np.array([False]), out, np.array([0.5]))
        assert td_target.ravel()[0] == 0.5 * kept


def test_means():
    out = np.random.default_rng(0).normal(size=(4, 2, 6))
    probability = np.exp(out) / np.exp(out).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(ATOMS.mean(out), (probability * ATOMS.atoms).sum(axis=2))
    np.testing.assert_allclose(QuantileHead().mean(out), out.mean(axis=2))
    assert ScalarHead().mean(out) is out


@pytest.mark.parametrize("head", [ScalarHead(), ATOMS, QuantileHead()], ids=["mean", "c51", "qr"])
def test_following_the_loss_learns_the_mean(head):
    rng = np.random.default_rng(0)
    drawn = rng.choice([-1.0, 2.0], p=[0.25, 0.75], size=400).astype(np.float32)
    shape = (1, 1) if isinstance(head, ScalarHead) else (1, 6)
    out, nothing = np.zeros(shape, np.float32), np.zeros((len(drawn), shape[1]), np.float32)
    td_target = head.td_target(drawn, np.ones(len(drawn), bool), nothing, np.ones(len(drawn)))
    for _ in range(800):
        x = Tensor(np.repeat(out, len(drawn), axis=0), requires_grad=True)
        head.loss(x, td_target).mean().backward()
        out = out - 0.3 * x.grad.sum(axis=0, keepdims=True)
    mean = head.mean(out if isinstance(head, ScalarHead) else out[:, None])[0, 0]
    # Huber's loss beyond its corner, and six quantiles, are not exactly the mean.
    assert float(mean) == pytest.approx(1.25, abs=0.15 if head is ATOMS else 0.6)
    if head is ATOMS:
        probability = np.exp(out[0]) / np.exp(out[0]).sum()
        np.testing.assert_allclose(probability[[1, 4]], [0.25, 0.75], atol=0.05)


def test_the_error_is_nothing_where_the_target_is_met():
    value = np.array([2.0, -1.0, 0.0], np.float32)
    assert ScalarHead().td_error(value[:, None], value[:, None]).tolist() == [0, 0, 0]
    places = np.repeat(value[:, None], 6, 1)
    assert QuantileHead().td_error(places, places).tolist() == [0, 0, 0]
    out = sure(value)
    exact = np.eye(6, dtype=np.float32)[np.searchsorted(ATOMS.atoms, value)]
    np.testing.assert_allclose(ATOMS.td_error(out, exact), 0, atol=1e-5)
    assert (ATOMS.td_error(out, np.roll(exact, 1, axis=1)) > 1).all()


@pytest.mark.parametrize("wrong", [(0, 0, 5), (0, 1, 1), (0, np.inf, 5), (2, 1, 5)])
def test_atoms_without_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="C51Head"):
        C51Head(*wrong)
