"""The places and values that a message names."""

import ast

import numpy as np

from undergrad.checker.answer import Answer, Opaque, Raised
from undergrad.checker.compare import difference
from undergrad.checker.explain import error, not_started, show, where
from undergrad.checker.source import Source

TABLE = np.arange(12.0).reshape(3, 4)


def test_a_place_in_an_array_is_named_with_both_numbers():
    got = TABLE.copy()
    got[2, 1] = 5.5
    assert where(difference(TABLE, got), {}) == (
        "1 of 12 numbers differ; most at index (2, 1): expected 9, got 5.5."
    )
    found = difference([0, [TABLE]], [0, [got]])
    assert "in number 1 of number 2 of what the check compares" in where(found, {})
    assert "in number 1 of `gW` of `linear`;" in where(found, {(1,): "`gW` of `linear`"})


def test_a_place_in_a_list_is_counted_from_one():
    about = where(difference([1, 2, 3], [1, 2, 4]), {})
    assert about == "This is about number 3 of what the check compares."
    assert "'loss'" in where(difference({"loss": 1}, {"loss": 2}), {})
    assert where(difference(1, 2), {}) == ""


def test_values_are_shown_in_a_few_lines():
    assert show(np.zeros((100, 100))).count("\n") <= 6
    assert show(1 / 3) == "0.333333" and show([1, (2.0, "a")]) == "[1, (2, 'a')]"
    assert len(show("x" * 10_000)) < 250 and show(list(range(100))).endswith(", ...]")
    assert show(None) == "None" and show(Opaque("set")) == "an object of type set"


def test_only_the_blank_exercise_is_not_started():
    error = Raised("NotImplementedError", ("NotImplementedError",), "TODO 3: think")
    assert not_started(error)
    assert not not_started(Raised("NotImplementedError", ("NotImplementedError",), "later"))
    assert not not_started(Raised("ValueError", ("ValueError",), "TODO 3: think"))


def test_none_is_a_missing_return_only_where_a_value_is_declared():
    code = 'def load(x):\n    """Returns: y"""\ndef keep(x):\n    """Keeps it."""\n'
    solution = Source("unit.py", "unit.py", code.encode(), ast.parse(code))
    raised = Raised("RuntimeError", ("RuntimeError",), "types differ")
    said = {
        name: error(Answer(raised=raised, used=(name,), returned="NoneType"), solution, solution)[1]
        for name in ("load", "keep")
    }
    assert "A `return` is missing" in said["load"]
    assert said["keep"].startswith("RuntimeError: types differ")
