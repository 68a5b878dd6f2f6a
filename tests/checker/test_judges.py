"""Judges: what they accept, and what they say."""

import numpy as np
import pytest

from undergrad.checker import at_least, decided_by, distribution, improves_on, raises, within
from undergrad.checker.answer import Answer, Raised


def answer(value):
    return Answer(value)


def failed(error):
    return Answer(raised=Raised(error.__name__, tuple(b.__name__ for b in error.__mro__), ""))


RNG = np.random.default_rng(3)
NORMAL, OTHER_NORMAL = RNG.normal(size=2000), RNG.normal(size=2000)

# (judge, learner's answer, solution's answer, "" or words of the sentence)
CASES = {
    "the error": (raises(ValueError), failed(ValueError), failed(ValueError), ""),
    "a subclass": (raises(ValueError), failed(UnicodeError), failed(ValueError), ""),
    "one of two": (raises(KeyError, ValueError), failed(KeyError), failed(ValueError), ""),
    "another error": (raises(ValueError), failed(KeyError), failed(ValueError), "raised KeyError"),
    "no error": (raises(ValueError), answer(1), failed(ValueError), "went through"),
    "enough": (at_least(0.95), answer(0.95), answer(0.97), ""),
    "too little": (at_least(0.95), answer(0.9499), answer(0.97), "at least 0.95; yours is 0.9499"),
    "nan": (at_least(0.95), answer(float("nan")), answer(0.97), "yours is nan"),
    "not a number": (
        at_least(0.5),
        answer("0.97"),
        answer(0.97),
        "Expected a number, got a string",
    ),
    "None": (at_least(0.5), answer(None), answer(0.97), "got None"),
    "inside": (within(-1, 1), answer(np.array([-1.0, 1.0])), answer(np.zeros(2)), ""),
    "outside": (within(-1, 1), answer(np.array([0.0, 1.5])), answer(np.zeros(2)), "is 1.5"),
    "other shape": (within(-1, 1), answer(np.zeros(3)), answer(np.zeros(2)), "shape (2,), got"),
    "inside, in arrays of several shapes": (
        within(-1, 1),
        answer([np.zeros(2), {"a": np.zeros((2, 3))}]),
        answer([np.zeros(2), {"a": np.zeros((2, 3))}]),
        "",
    ),
    "outside, in arrays of several shapes": (
        within(-1, 1),
        answer([np.zeros(2), {"a": np.full((2, 3), 1.5)}]),
        answer([np.zeros(2), {"a": np.zeros((2, 3))}]),
        "is 1.5",
    ),
    "fewer numbers in a list": (
        within(-1, 1),
        answer([np.zeros(2), "0"]),
        answer([np.zeros(2), np.zeros(3)]),
        "Expected 5 numbers in all, got 2",
    ),
    "better": (improves_on(0.5), answer((2.0, 0.9)), answer((2.0, 0.1)), ""),
    "not enough": (improves_on(0.5), answer((2.0, 1.1)), answer((2.0, 0.1)), "from 2 to 1.1"),
    "worse": (improves_on(), answer((2.0, 2.5)), answer((2.0, 0.1)), "lower than before"),
    "the same": (improves_on(), answer((2.0, 2.0)), answer((2.0, 0.1)), "from 2 to 2"),
    "became nan": (improves_on(), answer((2.0, float("nan"))), answer((2.0, 0.1)), "to nan"),
    "higher": (improves_on(0.5, higher=True), answer((10, 20)), answer((10, 99)), ""),
    "one number": (improves_on(), answer(0.1), answer((2.0, 0.1)), "Two numbers"),
    "same distribution": (distribution(), answer(OTHER_NORMAL), answer(NORMAL), ""),
    "shifted": (distribution(), answer(OTHER_NORMAL + 0.4), answer(NORMAL), "another distribution"),
    "scaled": (distribution(), answer(OTHER_NORMAL * 2), answer(NORMAL), "another distribution"),
    "constant": (distribution(), answer(np.zeros(2000)), answer(NORMAL), "another distribution"),
    "fewer draws": (distribution(), answer(NORMAL[:5]), answer(NORMAL), "shape (2000,), got"),
}


@pytest.mark.parametrize("name", CASES)
def test_judge(name):
    judge, got, solution, words = CASES[name]
    said = judge(got, solution)
    assert words in said if words else said == ""
    assert judge.expects


def test_right_draws_are_hardly_ever_turned_away():
    judge = distribution(risk=0.01)
    turned_away = sum(
        bool(judge(answer(RNG.uniform(size=300)), answer(RNG.uniform(size=300))))
        for _ in range(500)
    )
    assert turned_away <= 15  # 5 are expected; more than 15 has a chance of about 1 in 20,000


@pytest.mark.parametrize("draw, said", [
    (lambda rng: rng.normal(size=3), "the generator"),
    (lambda rng: (rng.permutation(9), {"p": rng.random()}), "the generator"),
    (lambda rng: rng.normal(size=3) + np.random.default_rng().normal(), "something else"),
    (lambda rng: np.random.default_rng(0).normal(size=3), "nothing"),
])  # fmt: skip
def test_says_what_decides(draw, said):
    assert decided_by(draw, np.random.default_rng(5)).startswith(said)
