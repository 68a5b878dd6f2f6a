"""Each common mistake is recognised by the numbers it leaves behind, on random arrays."""

import numpy as np
import pytest

from undergrad.checker.answer import Opaque
from undergrad.checker.compare import difference
from undergrad.checker.guess import guess, swapped

RNG = np.random.default_rng(0)
SQUARE, TABLE = RNG.uniform(0.5, 3.0, (4, 4)), RNG.uniform(0.5, 3.0, (3, 5))
MIXED = RNG.normal(size=(3, 5))
ROW = RNG.uniform(1.0, 9.0, 6)
WHOLE = np.array([3, 1, 4, 1, 5])
SCORES = RNG.normal(size=(4, 6))


def softmax(a, axis=1):
    """Softmax, written to overflow."""
    with np.errstate(all="ignore"):
        return np.exp(a) / np.exp(a).sum(axis=axis, keepdims=True)


def standard(a, mean, std):
    return (a - mean) / std


def dropped(a, rate=0.5):
    return np.where(RNG.uniform(size=a.shape) < rate, 0.0, a / (1 - rate))


def one_row_wrong(a):
    a = a.copy()
    a[1] *= 2.5
    return a


# (right, wrong, words of the guess)
MISTAKES = {
    "sign": (MIXED, -MIXED, "sign is the wrong way"),
    "not": (TABLE > 4, TABLE <= 4, "True and False are the wrong way"),
    "other triangle": (np.tri(4, dtype=bool), np.tri(4, dtype=bool).T, "axes 0 and 1 are swapped"),
    "transposed square": (SQUARE, SQUARE.T, "axes 0 and 1 are swapped"),
    "transposed": (TABLE, TABLE.T, "transpose"),
    "N times": (TABLE, TABLE * 5, "5 times too large"),
    "1/N": (TABLE, TABLE / 32, "32 times too small"),
    "minus N times": (TABLE, TABLE * -3, "3 times too large and the sign"),
    "a factor": (TABLE, TABLE * 0.37, "0.37 times"),
    "shifted values": (TABLE, TABLE + 0.25, "0.25 too large"),
    "off by one": (WHOLE, WHOLE + 1, "Off by one: each is 1 too large"),
    "off by one, one number": (7, 6, "1 too small"),
    "one position late": (ROW, np.roll(ROW, 1), "one position too late"),
    "one position early": (TABLE, np.roll(TABLE, -1, 1), "too early along axis 1"),
    "reversed": (ROW, ROW[::-1], "reversed"),
    "absolute": (MIXED, np.abs(MIXED), "absolute values"),
    "some signs": (MIXED, np.where(MIXED > 0.5, -MIXED, MIXED), "some signs are not"),
    "cut off": (TABLE, np.trunc(TABLE), "fractions are cut off"),
    "squared": (TABLE, TABLE**2, "squares"),
    "root": (TABLE, np.sqrt(TABLE), "square root too many"),
    "log missing": (MIXED, np.exp(MIXED), "log is missing"),
    "reciprocals": (TABLE, 1 / TABLE, "reciprocals"),
    "another order": (ROW, ROW[[2, 0, 1, 5, 3, 4]], "another order"),
    "nearly": (TABLE, TABLE + 1e-5 * MIXED, "Nearly right"),
    "nan": (TABLE, np.where(TABLE > 1, np.nan, TABLE), "not a number"),
    "overflow": (TABLE, np.where(TABLE > 1, np.inf, TABLE), "infinite"),
    "one row": (TABLE, one_row_wrong(TABLE), "Only index 1 of axis 0"),
    "softmax not shifted": (softmax(SCORES), softmax(SCORES + 999), "largest score is subtracted"),
    "gradient of a softmax not shifted": (
        softmax(SCORES) - np.eye(4, 6),
        softmax(SCORES + 999) - np.eye(4, 6),
        "largest score is subtracted",
    ),
    "softmax over the wrong axis": (
        softmax(SCORES),
        softmax(SCORES, 0),
        "sums to 1 along axis 0; it should along axis 1",
    ),
    "summed over the other axis": (SQUARE.sum(0), SQUARE.sum(1), "summed over the other axis"),
    "summed over another axis": (TABLE.sum(0), TABLE.sum(1), "summed over another axis"),
    "column against row": (ROW, ROW[:, None] * ROW, "was broadcast"),
    "dropout at inference": (TABLE, dropped(TABLE), "2 times as large: dropout is active"),
    "no dropout in training": (dropped(TABLE, 0.2), TABLE, "Nothing is dropped"),
    "batch statistics at inference": (
        standard(SCORES, 0.3, 2.0),
        standard(SCORES, SCORES.mean(0), SCORES.std(0)),
        "statistics of the batch, as in training",
    ),
    "running averages in training": (
        standard(SCORES, SCORES.mean(0), SCORES.std(0)),
        standard(SCORES, 0.3, 2.0),
        "yours come from elsewhere",
    ),
    "not summed": (TABLE.sum(axis=0), TABLE, "A sum over axis 0 is missing"),
    "not averaged": (TABLE.mean(axis=1), TABLE, "A mean over axis 1 is missing"),
    "summed everywhere": (ROW, 3.0, "every axis"),
    "not reduced": (3.0, ROW, "a sum or a mean is missing"),
    "column for row": (ROW, ROW[:, None], "axis of length 1"),
    "flattened": (TABLE, TABLE.ravel(), "reshape"),
    "empty": (TABLE, TABLE[:0], "empty array"),
    "one short": (ROW, ROW[1:], "One too few"),
    "one too many": (TABLE, np.vstack([TABLE, TABLE[:1]]), "One too many"),
    "axis missing": (TABLE, np.ones(3), "axis is missing"),
    "list one short": ([1, 2, 3], [1, 2], "One too few"),
    "single precision": (ROW, ROW.astype("f4"), "precision changed"),
    "integers": (ROW, ROW.astype(int), "cannot hold fractions"),
    "None": (ROW, None, "A `return` is missing"),
    "generator": (ROW, Opaque("generator"), "`yield`"),
    "ragged": (ROW, Opaque("ndarray of object"), "different lengths"),
    "list": (ROW, ROW.tolist(), "np.array"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_recognised(name):
    right, wrong, words = MISTAKES[name]
    found = difference(right, wrong)
    assert found is not None and words in guess(found), guess(found)


def test_a_single_number_is_explained_by_a_factor_only_when_it_is_a_size():
    found = difference(6.0, 30.0)
    assert "5 times too large" in guess(found, frozenset({3, 5})) and guess(found) == ""
    assert guess(difference(6.0, 30.0), frozenset({3, 7})) == ""


def test_ids_are_not_amounts():
    assert "times" not in guess(difference(np.array([1, 2, 3]), np.array([8, 16, 24])))


def test_zeros_have_their_own_sentence():
    assert "Every number is 0" in guess(difference(TABLE, np.zeros(TABLE.shape)))


def test_values_that_changed_places_are_recognised_first():
    right, got = (2.0, TABLE, 7.0), (7.0, TABLE, 2.0)
    assert "first and the third" in swapped(right, got, difference(right, got))
    assert swapped(right, (7.0, TABLE, 3.0), difference(right, (7.0, TABLE, 3.0))) == ""


def test_noise_gets_no_guess():
    assert guess(difference(MIXED, RNG.normal(size=MIXED.shape))) == ""
    assert guess(difference("min", "max")) == ""
    assert guess(difference(np.tri(4, dtype=bool), np.eye(4, dtype=bool))) == ""
