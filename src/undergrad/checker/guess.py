"""A guess at what went wrong, from the answer alone: its form, its shape, its type, its numbers.

Mistakes that the unit's author described are tried before, in `grade`; these are for the others.
What wrong numbers of the right shape can mean stands in `guess_numbers`.
"""

from itertools import combinations
from typing import Any

from undergrad.checker.answer import Opaque
from undergrad.checker.compare import Difference, difference, form
from undergrad.checker.guess_numbers import equal, guess_numbers

_FEW = 6  # values that a function returns together
_ORDINAL = ("first", "second", "third", "fourth", "fifth", "sixth")
RETURN_MISSING = "A `return` is missing: `print` shows a value, `return` gives it back."


def guess(found: Difference, sizes: frozenset[int] = frozenset()) -> str:
    """One or two sentences; "" when nothing fits.

    sizes: lengths of the arguments. A factor is a sum in place of a mean only if it is one of them.
    """
    import numpy as np

    rules = {"form": _form, "shape": _shape, "dtype": _dtype}
    with np.errstate(all="ignore"):
        if found.what == "numbers":
            return guess_numbers(found, sizes)
        return rules[found.what](found) if found.what in rules else ""


def swapped(expected: Any, got: Any, found: Difference) -> str:
    """A sentence when the values beside the first wrong one are right, but in another order."""
    for step in found.path[:-1]:
        expected, got = expected[step], got[step]
    if not found.path or not isinstance(expected, list | tuple) or len(expected) > _FEW:
        return ""
    for i, j in combinations(range(len(expected)), 2):
        order = list(expected)
        order[i], order[j] = order[j], order[i]
        if difference(order, list(got)) is None:
            return f"The {_ORDINAL[i]} and the {_ORDINAL[j]} value have changed places."
    return ""


def cure(got: str) -> str:
    """What to do about a value of the wrong kind, from its description."""
    if got == "None":
        return RETURN_MISSING
    return _OPAQUE.get(got.removeprefix("an object of type "), "")


def _form(difference: Difference) -> str:
    expected, got = difference.expected, difference.got
    if got is None:
        return f"None came back. {RETURN_MISSING}"
    if isinstance(got, Opaque):
        return _OPAQUE.get(got.kind, "")
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return _lengths(len(expected), len(got)) if type(expected) is type(got) else ""
    if hasattr(expected, "shape") and form(got) == "a number":
        return "A single number came back: something is summed or averaged over every axis."
    if hasattr(expected, "shape") and isinstance(got, list):
        return "Turn the list into an array with np.array or np.stack."
    if hasattr(got, "shape") and form(expected) == "a number":
        return "An array came back where one number should: a sum or a mean is missing."
    return ""


_OPAQUE = {
    "generator": "There is a `yield` in it, which makes a generator; use `return`.",
    "coroutine": "It is an `async def`; a plain `def` is enough.",
    "function": "A function came back; its call with parentheses is missing.",
    "method": "A method came back; its call with parentheses is missing.",
    "builtin_function_or_method": "A function came back; its call with parentheses is missing.",
    "type": "A class came back; its call with parentheses is missing.",
    "ndarray of object": "The rows have different lengths, so they do not form an array.",
    "Tensor": "A tensor came back; this exercise uses plain NumPy arrays.",
    "map": "`map` gives its values one at a time; wrap it in list(...).",
    "filter": "`filter` gives its values one at a time; wrap it in list(...).",
    "zip": "`zip` gives its values one at a time; wrap it in list(...).",
    "range": "Wrap the range in list(...) or use np.arange.",
    "matrix": "np.matrix is not an array; use np.array.",
}


def _lengths(expected: int, got: int) -> str:
    if abs(expected - got) == 1:
        word = "few" if got < expected else "many"
        return f"One too {word}: look at where the loop starts and ends."
    return ""


def _shape(difference: Difference) -> str:
    expected, got = difference.expected, difference.got
    want, have = expected.shape, got.shape
    if len(want) > 1 and have == want[::-1]:
        return "The axes are the other way round: a transpose is missing, or there is one too many."
    if expected.size == got.size:
        if tuple(n for n in have if n != 1) == tuple(n for n in want if n != 1):
            return "The number of entries is right, but an axis of length 1 is missing or extra."
        return "The number of entries is right, but not the shape: look at reshape."
    if len(want) == 1 and have == want * 2:
        if equal(expected, got.diagonal()):
            return "The diagonal alone is asked for: np.diag."
        return "Perhaps a column (N, 1) was broadcast against a row (N,), which gives (N, N)."
    if got.size == 0:
        return "An empty array came back: look at what is sliced or indexed."
    for axis in range(got.ndim):
        for name in ("sum", "mean"):
            if equal(expected, getattr(got, name)(axis=axis)):
                return f"A {name} over axis {axis} is missing."
    if len(want) == len(have) and sum(a != b for a, b in zip(want, have, strict=True)) == 1:
        axis = next(i for i, pair in enumerate(zip(want, have, strict=True)) if pair[0] != pair[1])
        if abs(want[axis] - have[axis]) == 1:
            return f"{_lengths(want[axis], have[axis])} (axis {axis})"
    if len(want) == len(have) == 1 and equal(expected.sum(), got.sum()):
        return "The total is right, but not the number of entries: it is summed over another axis."
    if len(have) < len(want):
        return "An axis is missing: look at what is summed, averaged or indexed, and along which."
    return ""


def _dtype(difference: Difference) -> str:
    want, have = difference.expected.dtype, difference.got.dtype
    if have.kind in "iub" and want.kind == "f":
        return f"The numbers are stored as {have}, which cannot hold fractions; make it float."
    if {str(want), str(have)} == {"float32", "float64"}:
        return f"The precision changed: {have} instead of {want}."
    return f"The array holds {have} instead of {want}."
