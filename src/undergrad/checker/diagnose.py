"""A guess at what went wrong, from the numbers alone.

Each rule below tries one slip that everybody makes: it changes the right array the way the slip
would, and if that gives the learner's array, the slip has a name. Mistakes that the unit's author
described are tried before, in `grade`; these are for the others.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import isfinite
from typing import TYPE_CHECKING, Any

from undergrad.checker.answer import Strange
from undergrad.checker.compare import Difference, close, form

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def guess(difference: Difference) -> str:
    """One or two sentences in plain words; "" when nothing fits."""
    import numpy as np

    rules = {"form": _form, "shape": _shape, "dtype": _dtype, "numbers": _numbers}
    rule = rules.get(difference.what)
    if rule is None:
        return ""
    with np.errstate(all="ignore"):
        return rule(difference)


def _form(difference: Difference) -> str:
    expected, got = difference.expected, difference.got
    if got is None:
        return "None came back. A `return` is missing: `print` shows a value, `return` hands it on."
    if isinstance(got, Strange):
        return _STRANGE.get(got.kind, "")
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return _lengths(len(expected), len(got)) if type(expected) is type(got) else ""
    if hasattr(expected, "shape") and form(got) == "a number":
        return "A single number came back: something is summed or averaged over every axis."
    if hasattr(expected, "shape") and isinstance(got, list):
        return "Turn the list into an array with np.array or np.stack."
    if hasattr(got, "shape") and form(expected) == "a number":
        return "An array came back where one number should: a sum or a mean is missing."
    return ""


_STRANGE = {
    "generator": "There is a `yield` in it, which makes a generator; use `return`.",
    "coroutine": "It is an `async def`; a plain `def` is enough.",
    "function": "A function came back; its call with parentheses is missing.",
    "method": "A method came back; its call with parentheses is missing.",
    "builtin_function_or_method": "A function came back; its call with parentheses is missing.",
    "type": "A class came back; its call with parentheses is missing.",
    "ndarray of object": "The rows have different lengths, so they are no table.",
    "Tensor": "A tensor came back; this exercise uses plain NumPy arrays.",
    "map": "`map` gives its values one at a time; wrap it in list(...).",
    "filter": "`filter` gives its values one at a time; wrap it in list(...).",
    "zip": "`zip` gives its values one at a time; wrap it in list(...).",
    "range": "Wrap the range in list(...) or use np.arange.",
    "matrix": "np.matrix is not an array; use np.array.",
}


def _lengths(expected: int, got: int) -> str:
    if abs(expected - got) == 1:
        word = "short" if got < expected else "many"
        return f"One too {word}: look at where the loop starts and ends."
    return ""


def _shape(difference: Difference) -> str:
    expected, got = difference.expected, difference.got
    want, have = expected.shape, got.shape
    if len(want) > 1 and have == want[::-1]:
        return "The axes are the other way round: a transpose is missing, or one too many."
    if expected.size == got.size:
        if tuple(n for n in have if n != 1) == tuple(n for n in want if n != 1):
            return "The numbers are as many, but an axis of length 1 is missing or too many."
        return "As many numbers, arranged in another shape: look at reshape."
    if got.size == 0:
        return "An array without any number came back: look at what is sliced or picked."
    for axis in range(got.ndim):
        for name in ("sum", "mean"):
            if _equal(expected, getattr(got, name)(axis=axis)):
                return f"A {name} over axis {axis} is missing."
    if len(want) == len(have) and sum(a != b for a, b in zip(want, have, strict=True)) == 1:
        axis = next(i for i, pair in enumerate(zip(want, have, strict=True)) if pair[0] != pair[1])
        if abs(want[axis] - have[axis]) == 1:
            return f"{_lengths(want[axis], have[axis])} (axis {axis})"
    if len(have) < len(want):
        return "An axis is gone: look at what is summed, averaged or picked, and over which axis."
    return ""


def _dtype(difference: Difference) -> str:
    want, have = difference.expected.dtype, difference.got.dtype
    if have.kind in "iub" and want.kind == "f":
        return f"The numbers are stored as {have}, which cannot hold fractions; make it float."
    if {str(want), str(have)} == {"float32", "float64"}:
        return f"The precision changed on the way: {have} in place of {want}."
    return f"The array holds {have} in place of {want}."


def _numbers(difference: Difference) -> str:
    import numpy as np

    expected, got = np.asarray(difference.expected), np.asarray(difference.got)
    if np.isnan(got).any() and not np.isnan(expected).any():
        return "Some are NaN, not a number: 0/0, a log of 0, or an exp that overflows."
    if np.isinf(got).any() and not np.isinf(expected).any():
        return "Some are infinite: a division by 0, or an exp that overflows."
    if not (np.isfinite(expected).all() and np.isfinite(got).all()):
        return ""
    for sentence, slip in _slips(expected):
        if _equal(slip(expected), got):
            return sentence
    if expected.dtype.kind == "b":
        return _some(difference)
    return (
        _one_off(expected, got)
        or _factor(expected, got)
        or _offset(expected, got)
        or _near(expected, got)
        or _some(difference)
    )


def _slips(expected: "Array") -> Iterator[tuple[str, Callable[["Array"], "Array"]]]:
    """(sentence, what the slip makes of the right array), the commonest first."""
    import numpy as np

    if expected.dtype.kind == "b":  # NumPy refuses a minus there
        yield "True and False are the wrong way round.", np.logical_not
    else:
        yield "The sign is the wrong way round.", lambda a: -a
    if expected.ndim > 1:
        for i, j in combinations(range(expected.ndim), 2):
            yield (
                f"It is transposed: axes {i} and {j} are swapped.",
                lambda a, i=i, j=j: np.swapaxes(a, i, j),  # type: ignore[misc]
            )
    for axis in range(expected.ndim):
        along = f" along axis {axis}" if expected.ndim > 1 else ""
        yield f"The order is reversed{along}.", lambda a, axis=axis: np.flip(a, axis)  # type: ignore[misc]
        for step in (1, -1):
            yield (
                f"Everything sits one place too {'late' if step == 1 else 'early'}{along}.",
                lambda a, axis=axis, step=step: np.roll(a, step, axis),  # type: ignore[misc]
            )
    if expected.dtype.kind == "b":
        return
    yield "The sign is lost: these are the absolute values.", np.abs
    yield "The fractions are cut off: look for `//`, int() or an integer array.", np.trunc
    yield "The numbers are rounded.", np.round
    yield "They are squared; a square root is missing.", np.square
    yield "A square root too many.", np.sqrt
    yield "A log is missing: these are exp of the right ones.", np.exp
    yield "A log too many: these are the logs of the right ones.", np.log
    yield "They are upside down: 1 over the right ones.", lambda a: 1 / a


def _factor(expected: "Array", got: "Array") -> str:
    """Everything multiplied by one number: N, 1/N, or another constant."""
    import numpy as np

    if not expected.any():
        return ""
    at = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    ratio = (got[at] / expected[at]).real.item()
    if ratio == 0 or not isfinite(ratio) or not _equal(ratio * expected, got):
        return ""
    whole = "It is" if expected.size == 1 else "Every number is"
    for number, text in ((ratio, "times too large"), (1 / ratio, "times too small")):
        if abs(number) >= 2 - 1e-6 and abs(number - round(number)) < 1e-6 * abs(number):
            sign = " and the sign is the wrong way round" if number < 0 else ""
            return (
                f"{whole} {abs(round(number))} {text}{sign}: "
                "often a sum where a mean should be, or the other way round."
            )
    if expected.size == 1:  # any two numbers have a ratio
        return ""
    return f"Every number is {ratio:.4g} times the right one: one factor is wrong or missing."


def _one_off(expected: "Array", got: "Array") -> str:
    """Whole numbers that are all moved by 1."""
    if expected.dtype.kind not in "iu" or not _equal(abs(got - expected), expected * 0 + 1):
        return ""
    gap = (got - expected).ravel()[0]
    if not _equal(expected + gap, got):
        return ""
    return f"Off by one: {'it' if expected.size == 1 else 'each'} is 1 too {_size(gap)}."


def _offset(expected: "Array", got: "Array") -> str:
    """Everything moved by one number."""
    gap = (got - expected).ravel()[0].item()
    if expected.size == 1 or gap == 0 or isinstance(gap, complex):
        return ""
    return (
        f"Every number is {abs(gap):.4g} too {_size(gap)}." if _equal(expected + gap, got) else ""
    )


def _size(gap: float) -> str:
    return "large" if gap > 0 else "small"


def _near(expected: "Array", got: "Array") -> str:
    import numpy as np

    scale = np.abs(expected).max()
    if scale and np.abs(got - expected).max() < 1e-3 * scale:
        return (
            "Nearly right, but not exact: single precision, a rounded constant, or a small epsilon."
        )
    if expected.size > 1 and _equal(np.sort(expected, axis=None), np.sort(got, axis=None)):
        return "The right numbers in another order."
    if expected.size > 1 and _equal(np.abs(expected), np.abs(got)):
        return "The sizes are right, some signs are not."
    return ""


def _some(difference: Difference) -> str:
    """Where the wrong numbers sit, when they are few or on one edge."""
    import numpy as np

    if not difference.index or difference.wrong == difference.of:
        return ""
    wrong = ~close(difference.expected, difference.got)
    for axis in range(wrong.ndim):
        places = np.unique(np.nonzero(wrong)[axis])
        if len(places) == 1 and wrong.shape[axis] > 2:
            return f"Only index {int(places[0])} of axis {axis} is wrong; the rest agrees."
    return ""


def _equal(a: "Array", b: "Array") -> bool:
    return a.shape == b.shape and bool(close(a, b).all())
