"""Readouts: with one sure outcome all three say the same, and each learns a known distribution."""

import numpy as np
import pytest
from undergrad.rl.agents.readouts import Categorical, Expected, Quantiles

from undergrad.engine import Tensor

ATOMS = Categorical(-2.0, 3.0, 6)  # at -2, -1, 0, 1, 2, 3
REWARD, DISCOUNT = np.array([1.0, -1.0, 0.0], np.float32), np.array([0.5, 0.5, 1.0])
TERMINATED = np.array([False, True, False])


def sure(place):
    """Outputs that put all probability on one atom."""
    out = np.full((len(place), 6), -80.0, np.float32)
    out[np.arange(len(place)), np.searchsorted(ATOMS.atoms, place)] = 0
    return out


def test_a_sure_return_has_the_same_goal_in_all_three():
    value = np.array([2.0, 3.0, -1.0], np.float32)
    number = Expected().goal(REWARD, TERMINATED, value, DISCOUNT)
    assert number.tolist() == [2.0, -1.0, -1.0]
    atoms = ATOMS.goal(REWARD, TERMINATED, sure(value), DISCOUNT)
    np.testing.assert_allclose(atoms @ ATOMS.atoms, number, atol=1e-6)
    places = Quantiles().goal(REWARD, TERMINATED, np.repeat(value[:, None], 4, 1), DISCOUNT)
    np.testing.assert_allclose(places, np.repeat(number[:, None], 4, 1))


@pytest.mark.parametrize("kind", [Expected, Quantiles])
def test_no_promise_beyond_what_is_possible(kind):
    shape = (1,) if kind is Expected else (1, 3)
    for promised, kept in ((100.0, 2.0), (-100.0, -3.0), (1.0, 1.0)):
        out = np.full(shape, promised, np.float32)
        goal = kind(-3.0, 2.0).goal(np.zeros(1), np.array([False]), out, np.array([0.5]))
        assert goal.ravel()[0] == 0.5 * kept


def test_means():
    out = np.random.default_rng(0).normal(size=(4, 2, 6))
    probability = np.exp(out) / np.exp(out).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(ATOMS.mean(out), (probability * ATOMS.atoms).sum(axis=2))
    np.testing.assert_allclose(Quantiles().mean(out), out.mean(axis=2))
    assert Expected().mean(out) is out


@pytest.mark.parametrize("readout", [Expected(), ATOMS, Quantiles()], ids=["mean", "c51", "qr"])
def test_following_the_loss_learns_the_mean(readout):
    rng = np.random.default_rng(0)
    drawn = rng.choice([-1.0, 2.0], p=[0.25, 0.75], size=400).astype(np.float32)
    shape = (1,) if isinstance(readout, Expected) else (1, 6)
    out, nothing = np.zeros(shape, np.float32), np.zeros((len(drawn), *shape[1:]), np.float32)
    goal = readout.goal(drawn, np.ones(len(drawn), bool), nothing, np.ones(len(drawn)))
    for _ in range(800):
        x = Tensor(np.repeat(out, len(drawn), axis=0), requires_grad=True)
        readout.loss(x, goal).mean().backward()
        out = out - 0.3 * x.grad.sum(axis=0, keepdims=True)
    mean = readout.mean(out[:, None])[0, 0]
    # Huber's loss beyond its corner, and six quantiles, are not exactly the mean.
    assert float(mean) == pytest.approx(1.25, abs=0.15 if readout is ATOMS else 0.6)
    if readout is ATOMS:
        probability = np.exp(out[0]) / np.exp(out[0]).sum()
        np.testing.assert_allclose(probability[[1, 4]], [0.25, 0.75], atol=0.05)


def test_surprise_is_nothing_where_the_goal_is_met():
    value = np.array([2.0, -1.0, 0.0], np.float32)
    assert Expected().surprise(value, value).tolist() == [0, 0, 0]
    places = np.repeat(value[:, None], 6, 1)
    assert Quantiles().surprise(places, places).tolist() == [0, 0, 0]
    out = sure(value)
    exact = np.eye(6, dtype=np.float32)[np.searchsorted(ATOMS.atoms, value)]
    np.testing.assert_allclose(ATOMS.surprise(out, exact), 0, atol=1e-5)
    assert (ATOMS.surprise(out, np.roll(exact, 1, axis=1)) > 1).all()


@pytest.mark.parametrize("wrong", [(0, 0, 5), (0, 1, 1), (0, np.inf, 5), (2, 1, 5)])
def test_atoms_without_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="Categorical"):
        Categorical(*wrong)
