"""The declared form of a return: read from a docstring, compared with a value, said in words."""

import ast

import numpy as np
import pytest
from tests.course import gate

from undergrad.checker.answer_key import answers, solved
from undergrad.checker.forms import Part, misfit, read_form, sentence

FIT = read_form("Fit a line.\n\n    Returns: w, float, b, float, losses, list of float")
PAIR = read_form("Returns: out (N, C, H / k, W / k), cache; what the backward pass needs")
SIZE = read_form("Returns: n_out, int")


def test_a_line_says_names_shapes_and_kinds():
    assert [(part.name, part.kind) for part in FIT] == [
        ("w", "float"), ("b", "float"), ("losses", "list"),
    ]  # fmt: skip
    assert (Part("out", "array", "(N, C, H / k, W / k)"), Part("cache")) == PAIR
    assert read_form("Returns: rows (k,), ints; ascending")[0].dtype == "iu"
    assert PAIR[0].rank == 4 and read_form("Returns: y (..., D)")[0].rank is None
    assert read_form("No such line.") == ()


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
    "text for ids": (read_form("Returns: ids, list of int"), "abc", "a list; yours returned a str"),
    "a huge int": (PAIR, (1 << 100_000, ()), "yours is a large whole number"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_value_of_another_form_is_named(name):
    form, value, words = CASES[name]
    found = misfit("f", form, value)
    assert (found is None) == (words == "")
    assert found is None or words in sentence(found, {"f": form})


@pytest.mark.parametrize("unit", gate.written(), ids=lambda unit: unit.id)
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
