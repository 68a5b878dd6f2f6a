"""Guesses from numbers of the right shape and type: which mistake would give just these?

Each rule changes the right array the way the mistake would, or looks for a property that the
mistake cannot hide. The first that fits is the guess, so the surest and the commonest come first.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import isfinite
from typing import TYPE_CHECKING, Any

from undergrad.checker.compare import Difference, close

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def guess_numbers(difference: Difference, sizes: frozenset[int] = frozenset()) -> str:
    """One or two sentences in plain words; "" when nothing fits.

    sizes: lengths of the arguments; a single number is explained by a factor only if it is one.
    """
    import numpy as np

    expected, got = np.asarray(difference.expected), np.asarray(difference.got)
    if np.isnan(got).any() and not np.isnan(expected).any():
        text = "Some are NaN, not a number: 0/0, a log of 0, or an exp that overflows."
        return text + _softmax(expected)
    if np.isinf(got).any() and not np.isinf(expected).any():
        return "Some are infinite: a division by 0, or an exp that overflows."
    if not (np.isfinite(expected).all() and np.isfinite(got).all()):
        return ""
    if not got.any() and expected.dtype.kind != "b":
        return _ZERO[expected.size == 1]
    if expected.size < _ENOUGH:
        return _one_off(expected, got) or _by_size(expected, got, sizes)
    for sentence, mistake in _guesses(expected):
        if equal(mistake(expected), got):
            return sentence
    kind = expected.dtype.kind
    if kind not in "biu" and (text := _factor(expected, got, sizes)):
        return text
    rules = {"b": (), "i": _RULES_OF_IDS, "u": _RULES_OF_IDS}.get(kind, _RULES)
    found = (rule(expected, got) for rule in rules)
    return next((text for text in found if text), "") or _some(difference)


_ENOUGH = 3  # numbers: of fewer, nearly anything can be said
_ZERO = (
    "Every number is 0: was the array filled, or is a `+=` missing?",
    "It is 0: was anything added to it?",
)


def _by_size(expected: "Array", got: "Array", sizes: frozenset[int]) -> str:
    """One or two floats that are off by the length of an argument."""
    text = _factor(expected, got, sizes) if sizes and expected.dtype.kind == "f" else ""
    return text if _MEAN in text else ""


def equal(a: "Array", b: "Array") -> bool:
    """The same shape, and numbers that agree."""
    return a.shape == b.shape and bool(close(a, b).all())


def _softmax(expected: "Array") -> str:
    """What to do about NaN where each row sums to 1, or to 0 as in the gradient of a softmax."""
    if expected.ndim == 0:
        return ""
    sums = expected.sum(axis=-1)
    if equal(sums, sums * 0 + 1) or (expected.ndim > 1 and abs(sums).max() < 1e-9):
        return " A softmax cannot overflow when each row's largest score is subtracted before exp."
    return ""


def _guesses(expected: "Array") -> Iterator[tuple[str, Callable[["Array"], "Array"]]]:
    """(sentence, what the mistake makes of the right array), the commonest first."""
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
    # Of zeros and ones, such as a permutation matrix, another order is no evidence.
    for axis in range(expected.ndim) if _is_varied(expected) else ():
        along = f" along axis {axis}" if expected.ndim > 1 else ""
        yield f"The order is reversed{along}.", lambda a, axis=axis: np.flip(a, axis)  # type: ignore[misc]
        for step in (1, -1):
            yield (
                f"Everything is one position too {'late' if step == 1 else 'early'}{along}.",
                lambda a, axis=axis, step=step: np.roll(a, step, axis),  # type: ignore[misc]
            )
    if expected.dtype.kind in "biu":
        return
    yield "The sign is lost: these are the absolute values.", np.abs
    yield "The fractions are cut off: look for `//`, int() or an integer array.", np.trunc
    yield "The numbers are rounded.", np.round
    yield "These are the squares: a square root is missing.", np.square
    yield "There is a square root too many.", np.sqrt
    yield "A log is missing: these are exp of the right ones.", np.exp
    yield "There is a log too many: these are the logs of the right ones.", np.log
    yield "These are the reciprocals: 1 over the right ones.", lambda a: 1 / a


def _is_varied(expected: "Array") -> bool:
    import numpy as np

    return len(np.unique(expected)) >= _ENOUGH


def _one_off(expected: "Array", got: "Array") -> str:
    """Whole numbers that are all moved by 1."""
    if expected.dtype.kind not in "iu" or not equal(abs(got - expected), expected * 0 + 1):
        return ""
    gap = (got - expected).ravel()[0]
    if not equal(expected + gap, got):
        return ""
    return f"Off by one: {'it' if expected.size == 1 else 'each'} is 1 too {_size(gap)}."


def _factor(expected: "Array", got: "Array", sizes: frozenset[int]) -> str:
    """Everything multiplied by one number: N, 1/N, or another constant."""
    import numpy as np

    if not expected.any():
        return ""
    at = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    ratio = (got[at] / expected[at]).real.item()
    if ratio == 0 or not isfinite(ratio) or not equal(ratio * expected, got):
        return ""
    whole = "It is" if expected.size == 1 else "Every number is"
    for number, text in ((ratio, "times too large"), (1 / ratio, "times too small")):
        times = abs(round(number))
        if 2 <= times < _LARGE and abs(number - round(number)) < 1e-6 * times:
            sign = " and the sign is the wrong way round" if number < 0 else ""
            cause = _MEAN if _is_size(times, sizes) else "one factor is wrong or missing"
            return f"{whole} {times} {text}{sign}: {cause}."
    if expected.size == 1:  # any two numbers have a ratio
        return ""
    return f"Every number is {ratio:.4g} times the right one: one factor is wrong or missing."


_LARGE = 10_000  # the arrays of a check have fewer rows
_MEAN = "often a sum where a mean should be, or the other way round"


def _is_size(times: int, sizes: frozenset[int]) -> bool:
    """May a mean have divided by it? Where no length is known: by anything but 2."""
    products = {a * b for a, b in combinations(sizes, 2)}
    return times in sizes | products if sizes else times > 2


def _offset(expected: "Array", got: "Array") -> str:
    """Everything moved by one number."""
    gap = (got - expected).ravel()[0].item()
    if expected.size == 1 or gap == 0 or isinstance(gap, complex):
        return ""
    return f"Every number is {abs(gap):.4g} too {_size(gap)}." if equal(expected + gap, got) else ""


def _size(gap: float) -> str:
    return "large" if gap > 0 else "small"


def _dropout(expected: "Array", got: "Array") -> str:
    """Training instead of inference, or the other way round: some are 0, the others scaled."""
    if expected.size < 4:
        return ""
    text = (
        "Some are 0 and the others {:.4g} times as large: dropout is active, as in training, "
        "and here it should not be."
    )
    if found := _masked(expected, got):
        return text.format(found)
    if found := _masked(got, expected):
        return (
            "Nothing is dropped, as at inference; here some should become 0 and the others "
            f"{found:.4g} times as large."
        )
    return ""


def _masked(whole: "Array", part: "Array") -> float:
    """The factor above 1 by which `part` is `whole`, but for places where it is 0; else 0."""
    kept = part != 0
    if kept.all() or not kept.any() or (whole == 0).any():
        return 0.0
    factor = float((part[kept] / whole[kept]).real.mean())
    return factor if factor > 1 + 1e-6 and equal(factor * whole[kept], part[kept]) else 0.0


def _normalised(expected: "Array", got: "Array") -> str:
    """Rows that should sum to 1, or columns that are normalised by the batch."""
    if expected.ndim < 2:
        return ""
    for axis, other in ((1, 0), (0, 1)):
        wrong_axis = _sums_to_one(got, other) and not _sums_to_one(got, axis)
        if wrong_axis and _sums_to_one(expected, axis) and not _sums_to_one(expected, other):
            return f"It sums to 1 along axis {other}; it should along axis {axis}."
    for a, b, text in ((got, expected, _BATCH), (expected, got, _STORED)):
        if _standard(a) and not _standard(b) and len(a) > 2:
            return text
    return ""


_BATCH = (
    "Each column has mean 0 and standard deviation 1: these are the statistics of the batch, as in "
    "training. Use the running averages here."
)
_STORED = (
    "Each column should have mean 0 and standard deviation 1, by the statistics of the batch, as "
    "in training; yours come from elsewhere."
)


def _sums_to_one(array: "Array", axis: int) -> bool:
    sums = array.sum(axis=axis)
    return equal(sums, sums * 0 + 1)


def _standard(array: "Array") -> bool:
    """Mean 0 and standard deviation 1 in every column, up to a small epsilon in it."""
    small = 1e-6 * (1 + abs(array).max())
    return bool(
        (abs(array.mean(axis=0)) < small).all() and (abs(array.std(axis=0) - 1) < 1e-2).all()
    )


def _near(expected: "Array", got: "Array") -> str:
    import numpy as np

    scale = np.abs(expected).max()
    if scale and np.abs(got - expected).max() < 1e-3 * scale:
        return (
            "Nearly right, but not exact: single precision, a rounded constant, or a small epsilon."
        )
    if _is_varied(expected) and equal(np.sort(expected, axis=None), np.sort(got, axis=None)):
        return "The right numbers in another order."
    if expected.size > 1 and equal(np.abs(expected), np.abs(got)):
        return "The sizes are right, some signs are not."
    return ""


def _other_axis(expected: "Array", got: "Array") -> str:
    """A sum over the wrong axis keeps the total, and hardly anything else does."""
    if expected.ndim == 1 and expected.size > 2 and equal(expected.sum(), got.sum()):
        return "The total is right, the entries are not: it may be summed over the other axis."
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


_RULES_OF_IDS = (_one_off, _near)  # names rather than amounts: a factor of them means nothing
_RULES = (_offset, _dropout, _normalised, _near, _other_axis)
