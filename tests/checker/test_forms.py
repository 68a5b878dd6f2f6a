"""The declared form of a return: read from a docstring, compared with a value, said in words."""

import ast

import numpy as np
import pytest
from tests.checker.test_messages import told
from tests.course import gate

from undergrad.checker.answer_key import answers, solved
from undergrad.checker.forms import NO_FORM, Part, misfit, read_form, sentence

FIT = read_form("Fit a line.\n\n    Returns: w, float, b, float, losses, list of float")
PAIR = read_form("Returns: out (N, C, H / k, W / k), cache; what the backward pass needs")
TEXT_IDS = read_form("Returns: ids, list of int")
SIZE = read_form("Returns: n_out, int")


def test_a_line_says_names_shapes_and_kinds():
    assert [(part.name, part.kind) for part in FIT.parts] == [
        ("w", "float"), ("b", "float"), ("losses", "list"),
    ]  # fmt: skip
    assert (Part("out", "array", "(N, C, H / k, W / k)"), Part("cache")) == PAIR.parts
    assert read_form("Returns: rows (k,), ints; ascending").parts[0].dtype == "iu"
    assert len(PAIR.parts[0].axes) == 4
    assert read_form("No such line.") == NO_FORM


def test_a_line_that_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="of that shape"):
        read_form("Returns: W, of that shape")


# (function's form, what came back, words of the sentence; "" where it fits)
CASES = {
    "right": (FIT, (1.8, np.float64(32.0), [3.0]), ""),
    "a list of three": (FIT, [1.8, 32, (3.0,)], ""),
    "two of three": (FIT, (1.8, 32.0), "3 values (w, b, losses); yours returned 2."),
    "none of three": (FIT, None, "3 values (w, b, losses); yours returned None."),
    "changed places": (FIT, (1.8, [3.0], 32.0), "`b` as a float; yours is a list of 1."),
    "only out": (PAIR, np.ones((1, 2, 3, 4)), "2 values (out, cache)"),
    "any cache": (PAIR, (np.ones((1, 2, 3, 4)), {"x": 1}), ""),
    "float for int": (SIZE, 5.0, "an int; yours returned the float 5."),
    "a NumPy int": (SIZE, np.int64(5), ""),
    "a number for an array": (PAIR, (2.0, ()), "`out` as an array of shape"),
    "text for ids": (
        read_form("Returns: ids, list of int"),
        "abc",
        "a list of whole numbers; yours returned a str",
    ),
    "a huge int": (PAIR, (1 << 100_000, ()), "yours is a large whole number"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_value_of_another_form_is_named(name):
    form, value, words = CASES[name]
    found = misfit("f", form, value, {})
    assert (found is None) == (words == "")
    assert found is None or words in sentence(found, {"f": form})


LINEAR = read_form("""y = x W.T + b.

    x: inputs, (N, D).   W: (M, D).   b: (M,).

    Returns: y (N, M)
""")
BACKWARD = read_form(
    "g: (N, M). cache: (x, W).\n  Returns: gx (like x), gW (..., M), mask (N,), bool"
)
X, W, G = np.ones((5, 4)), np.ones((3, 4)), np.ones((5, 3))
# (function's form, arguments, what came back, words of the sentence; "" where it fits)
CALLS = {
    "right": (LINEAR, {"x": X, "W": W}, G, ""),
    "transposed": (LINEAR, {"x": X, "W": W}, G.T, "(N, M) = (5, 3); yours has shape (3, 5)."),
    "an axis is missing": (LINEAR, {"x": X, "W": W}, G[0], "= (5, 3); yours has shape (3,)."),
    "a letter stays open": (LINEAR, {"x": X}, G[:4], "(N, M) = (5, M); yours has shape (4, 3)."),
    "arguments that disagree": (LINEAR, {"x": X, "W": W, "b": X[0]}, np.ones((5, 9)), ""),
    "an argument of another rank": (LINEAR, {"x": X[0], "W": W}, np.ones((1, 3)), ""),
    "a column": (LINEAR, {"x": X, "W": W}, G[..., None], "yours has shape (5, 3, 1)."),
    "as its argument": (BACKWARD, {"x": X, "g": G}, (X, G, G[:, 0] > 0), ""),
    "unlike its argument": (
        BACKWARD, {"x": X, "g": G}, (X[:4], G, G[:, 0] > 0),
        "`gx` as an array shaped like `x` = (5, 4); yours has shape (4, 4).",
    ),
    "the last axis": (
        BACKWARD, {"x": X, "g": G}, (X, G.T, G[:, 0] > 0),
        "`gW` as an array of shape (..., M) = (..., 3); yours has shape (3, 5).",
    ),
    "numbers for a mask": (
        BACKWARD, {"x": X, "g": G}, (X, G, G[:, 0]), "`mask` as an array of shape (N,) of True and",
    ),
    "a length as an argument": (
        read_form("Returns: table (k, k)"), {"k": 4}, np.ones((4, 5)), "= (4, 4); yours has",
    ),
    "ids": (TEXT_IDS, {}, [1, np.int64(2)], ""),
    "strings for ids": (TEXT_IDS, {}, ["a", "b"], "returned a list with a string in it."),
    "floats for ids": (TEXT_IDS, {}, [1, 2.0], "returned a list with the float 2 in it."),
    "an array of ids": (TEXT_IDS, {}, np.array([1, 2]), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_lengths_are_those_of_the_arguments(name):
    form, arguments, value, words = CALLS[name]
    found = misfit("f", form, value, arguments)
    assert (found is None) == (words == ""), found
    assert found is None or words in sentence(found, {"f": form})


# (unit, a function of another form, words of the sentence)
FUNCTIONS = {
    "a transposed result": (
        "backprop", "def linear_backward(g, cache):\n    x, W = cache\n"
        "    return (g @ W).T, g.T @ x, g.sum(0)",
        "`linear_backward` should return `gx` as an array of shape (N, D) =",
    ),
    "only one of two": (
        "conv", "def maxpool2d(x, k):\n    n, c, h, w = x.shape\n"
        "    return x.reshape(n, c, h // k, k, w // k, k).max((3, 5))",
        "`maxpool2d` should return 2 values (out, cache); yours returned an array",
    ),
    "two of three": (
        "first-ten", "def fit(c, f, lr=0.001, steps=5000):\n    return 1.8, 32.0",
        "`fit` should return 3 values (w, b, losses); yours returned 2.",
    ),
    "text for ids": (
        "transformer", "def bpe_encode(data, pairs):\n    return data.decode('latin-1')",
        "`bpe_encode` should return a list of whole numbers; yours returned a string",
    ),
    "a method": (
        "regularise",
        """
        _update = EarlyStopping.update
        EarlyStopping.update = None

        class EarlyStopping(EarlyStopping):
            def update(self, loss, weights):
                _update(self, loss, weights)
        """,
        "`EarlyStopping.update` should return True or False; yours returned None. A `return`",
    ),
    "whole numbers": (
        "conv", "def out_size(n, k, stride=1, pad=0):\n    return (n + 2 * pad - k) / stride + 1",
        "should return an int; yours returned the float",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_another_form_is_told_before_the_check_unpacks_it(name):
    unit, function, words = FUNCTIONS[name]
    failed = told(unit, function)
    assert failed is not None and words in failed.message and failed.mistake == ""


@pytest.mark.parametrize("unit", gate.runnable(), ids=lambda unit: unit.id)
def test_the_solution_keeps_the_form_it_declares(unit):
    key = gate.answer_key(unit)
    given = answers(key.checks, solved(key), seed=7, seeds=1)
    assert [answer.misfit for answer in given.values() if answer.misfit] == []
    used = {name for answer in given.values() for name in answer.used}
    functions = (each for each in key.solution.tree.body if isinstance(each, ast.FunctionDef))
    for function in functions:
        returns = any(isinstance(each, ast.Return) and each.value for each in ast.walk(function))
        if function.name in used and returns:
            assert function.name in key.checks[0].forms, function.name
