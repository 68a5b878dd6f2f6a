"""Equality of plain values: what counts as the same answer, and where two answers part."""

import numpy as np
import pytest

from undergrad.checker.answer import Answer, Opaque, Raised
from undergrad.checker.compare import difference, form, same

TABLE = np.arange(12.0).reshape(3, 4) + 1

EQUAL = {
    "rounding": (0.1 + 0.2, 0.3),
    "kinds of numbers": (2, 2.0),
    "order of a sum": (np.array([1e9, 1e-9]), np.array([1e9, 1.1e-9])),
    "zeros and dust": (np.zeros(3), np.full(3, 1e-16)),
    "nan": (np.array([np.nan, 1.0]), np.array([np.nan, 1.0])),
    "infinity": (-np.inf, -np.inf),
    "widths of whole numbers": (np.arange(3, dtype="i8"), np.arange(3, dtype="i4")),
    "single precision": (np.float32(1 / 3) * np.ones(2, "f4"), np.full(2, 0.33333, "f4")),
    "nested": ({"a": [TABLE, (1, "x")]}, {"a": [TABLE.copy(), (1, "x")]}),
    "large whole numbers": (10**40, 10**40),
    "complex": (np.array([1 + 2j]), np.array([1 + 2j])),
    "empty": (np.zeros((0, 3)), np.zeros((0, 3))),
}

DIFFERENT = {
    "a part in a thousand": (1.0, 1.001, "numbers"),
    "a part in a hundred thousand": (TABLE, TABLE * (1 + 1e-5), "numbers"),
    "sign of infinity": (np.inf, -np.inf, "numbers"),
    "nan for a number": (TABLE, TABLE * np.nan, "numbers"),
    "number for nan": (np.nan, 0.0, "numbers"),
    "infinity for a number": (1.0, np.inf, "numbers"),
    "a number for infinity": (np.inf, 1.0, "numbers"),
    "truth for a number": (1, True, "form"),
    "number for truth": (True, 1, "form"),
    "shape": (TABLE, TABLE.T, "shape"),
    "axis of length one": (np.ones(3), np.ones((3, 1)), "shape"),
    "precision": (np.ones(3), np.ones(3, "f4"), "dtype"),
    "whole for float": (np.ones(3), np.ones(3, int), "dtype"),
    "truths for whole": (np.ones(3, int), np.ones(3, bool), "dtype"),
    "list for array": (np.ones(2), [1.0, 1.0], "form"),
    "tuple for list": ([1], (1,), "form"),
    "length": ([1, 2], [1, 2, 3], "form"),
    "text": ("min", "max", "text"),
    "None": (0, None, "form"),
    "keys": ({"a": 1}, {"b": 1}, "keys"),
    "opaque": (1.0, Opaque("Yes"), "form"),
    "two opaque ones": (Opaque("Yes"), Opaque("Yes"), "form"),
    "large whole numbers": (10**40, 10**40 + 1, "numbers"),
    "near whole numbers": (np.array([10**15]), np.array([10**15 + 1]), "numbers"),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name):
    expected, got = EQUAL[name]
    assert difference(expected, got) is None


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name):
    expected, got, what = DIFFERENT[name]
    found = difference(expected, got)
    assert found is not None and found.what == what


def test_the_worst_number_is_found():
    got = TABLE.copy()
    got[1, 2] += 0.5
    got[2, 3] -= 7.0
    found = difference([0, {"x": TABLE}], [0, {"x": got}])
    assert (found.path, found.index, found.wrong, found.of) == ((1, "x"), (2, 3), 2, 12)


def test_infinity_in_both_is_neither_the_worst_number_nor_a_warning():
    found = difference(np.array([1.0, np.inf]), np.array([2.0, np.inf]))
    assert (found.index, found.wrong) == ((0,), 1)


def test_errors_are_equal_by_name_and_words():
    def failed(name, text):
        return Answer(raised=Raised(name, (name,), text))

    assert same(failed("ValueError", "a"), failed("ValueError", "a"))
    assert not same(failed("ValueError", "a"), failed("ValueError", "b"))
    assert not same(failed("ValueError", "a"), Answer(None))
    assert same(Answer(None), Answer(None))


def test_forms_in_words():
    assert form(TABLE) == "an array of shape (3, 4)"
    assert form((1, 2)) == "a tuple of 2" and form(np.float32(1)) == "a number"
    assert form(Opaque("generator")) == "an object of type generator"
