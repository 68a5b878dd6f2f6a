"""The gradient check's report: right slopes are content, wrong ones are named by argument."""

import numpy as np
import pytest

from undergrad.checker import measure_slopes, slopes
from undergrad.checker.answer import Answer

RNG = np.random.default_rng(3)
X, W, B, T = (RNG.normal(size=shape) for shape in ((6, 4), (3, 4), (3,), (6, 3)))


def loss():
    """Half the mean squared error of a linear layer."""
    return 0.5 * np.mean(np.sum((X @ W.T + B - T) ** 2, axis=1))


def exact():
    error = (X @ W.T + B - T) / len(X)
    return {"W": error.T @ X, "b": error.sum(axis=0)}


def answer(given, factor=1.0):
    measured = {"W": measure_slopes(loss, W) * factor, "b": measure_slopes(loss, B) * factor}
    return Answer({name: (given[name], measured[name]) for name in given})


def said(given):
    return slopes()(answer(given), answer(exact()))


def test_measured_slopes_are_the_slopes():
    before = W.copy()
    np.testing.assert_allclose(measure_slopes(loss, W), exact()["W"], rtol=1e-8, atol=1e-10)
    assert np.array_equal(W, before)


def test_right_slopes_are_content():
    assert said(exact()) == ""


def moved(given, name, index, by):
    given[name][index] += by
    return given


REPORTS = {
    "sign": (exact() | {"b": -exact()["b"]}, ["Right: W.", "b: 3 of 3 differ", "sign"]),
    "factor": (exact() | {"W": 6 * exact()["W"]}, ["W: 12 of 12 differ", "6 times too large"]),
    "one entry": (
        moved(exact(), "W", (2, 1), 1.0),
        ["W: 1 of 12 differ. At [2, 1] nudging measures", "Right: b."],
    ),
    "shape": (exact() | {"W": exact()["W"].T}, ["`W` should be an array of shape (3, 4)"]),
    "nan": (exact() | {"b": np.full(3, np.nan)}, ["b: 3 of 3 differ", "NaN"]),
    "missing": ({"W": exact()["W"]}, ["Slopes were expected for W, b"]),
}


@pytest.mark.parametrize("given, words", REPORTS.values(), ids=REPORTS)
def test_a_report_names_argument_entry_and_slip(given, words):
    text = said(given)
    assert all(each in text for each in words), text


def test_numbers_of_the_place_are_those_of_nudging_and_of_the_learner():
    given = moved(exact(), "W", (0, 3), 1.0)
    right = exact()["W"][0, 3]
    assert f"measures {right:.4g}, yours is {right + 1:.4g}" in said(given)


def test_a_loss_bent_to_fit_its_slopes_is_noticed():
    wrong = {name: 2 * slope for name, slope in exact().items()}
    text = slopes()(answer(wrong, factor=2.0), answer(exact()))
    assert "look at the way forward first" in text


@pytest.mark.parametrize("value", [None, {"W": 1.0, "b": 2.0}, {"W": (1, 2, 3), "b": (0, 0)}])
def test_anything_else_gets_a_sentence(value):
    assert slopes()(Answer(value), answer(exact()))
    assert slopes().worst(Answer(value), answer(exact())) is None


def test_the_worst_argument_is_shown():
    given = moved(exact(), "b", (1,), 1.0)
    measured, shown = slopes().worst(answer(given), answer(exact()))
    assert np.array_equal(shown, given["b"]) and measured.shape == (3,)
