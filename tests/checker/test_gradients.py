"""The gradient check's report: right gradients pass, wrong ones are named by argument."""

import numpy as np
import pytest

from undergrad.checker import gradients, numeric_gradient
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
    numeric = {"W": numeric_gradient(loss, W) * factor, "b": numeric_gradient(loss, B) * factor}
    return Answer({name: (given[name], numeric[name]) for name in given})


def said(given):
    return gradients()(answer(given), answer(exact()))


def test_the_numeric_gradient_is_the_gradient():
    before = W.copy()
    np.testing.assert_allclose(numeric_gradient(loss, W), exact()["W"], rtol=1e-8, atol=1e-10)
    assert np.array_equal(W, before)


def test_right_gradients_pass():
    assert said(exact()) == ""


def moved(given, name, index, by):
    given[name][index] += by
    return given


REPORTS = {
    "sign": (exact() | {"b": -exact()["b"]}, ["Right: W.", "b: 3 of 3 differ", "sign"]),
    "factor": (exact() | {"W": 6 * exact()["W"]}, ["W: 12 of 12 differ", "6 times too large"]),
    "one entry": (
        moved(exact(), "W", (2, 1), 1.0),
        ["W: 1 of 12 differ. At [2, 1] the numeric gradient is", "Right: b."],
    ),
    "shape": (exact() | {"W": exact()["W"].T}, ["`W` should be an array of shape (3, 4)"]),
    "nan": (exact() | {"b": np.full(3, np.nan)}, ["b: 3 of 3 differ", "NaN"]),
    "missing": ({"W": exact()["W"]}, ["Gradients were expected for W, b"]),
}


@pytest.mark.parametrize("given, words", REPORTS.values(), ids=REPORTS)
def test_a_report_names_argument_entry_and_error(given, words):
    text = said(given)
    assert all(each in text for each in words), text


def test_the_worst_entry_is_shown_with_both_numbers():
    given = moved(exact(), "W", (0, 3), 1.0)
    right = exact()["W"][0, 3]
    assert f"is {right:.4g}, yours is {right + 1:.4g}" in said(given)


def test_a_loss_changed_to_fit_its_gradient_is_noticed():
    wrong = {name: 2 * gradient for name, gradient in exact().items()}
    text = gradients()(answer(wrong, factor=2.0), answer(exact()))
    assert "look at the forward pass first" in text


@pytest.mark.parametrize("value", [None, {"W": 1.0, "b": 2.0}, {"W": (1, 2, 3), "b": (0, 0)}])
def test_anything_else_gets_a_sentence(value):
    assert gradients()(Answer(value), answer(exact()))
    assert gradients().worst(Answer(value), answer(exact())) is None


def test_the_worst_argument_is_shown():
    given = moved(exact(), "b", (1,), 1.0)
    numeric, shown = gradients().worst(answer(given), answer(exact()))
    assert np.array_equal(shown, given["b"]) and numeric.shape == (3,)
