"""Smaller versions of a call's arguments: fewer rows, fewer entries, rounder numbers.

An axis is shortened in all arguments at once that have its length, so that what belongs together
stays together. A version is left out when it has lost something that the arguments had and that a
function may rely on: rows that sum to 1, symmetry, numbers in order, labels below a length.
"""

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_DIGITS = (1, 2, 3, 4, 6, 17)  # significant ones that the numbers are rounded to; 17 keep all
_ROUNDED = 2  # versions of one size: the roundest numbers may hide what is wrong
_SHORT = (1, 2, 3)  # lengths that an axis is cut to
_MOST_AXES = 3  # that are cut; each has four lengths to try

Arguments = Mapping[str, Any]


def smaller(arguments: Arguments) -> Iterator[dict[str, Any]]:
    """Versions of the arguments with fewer numbers and fewer digits, in no particular order."""
    if isinstance(arguments.get("cache"), list | tuple | dict):  # what it holds fits together
        yield dict(arguments)
        return
    lengths = sorted({n for each in arguments.values() for n in _lengths(each) if n > 1})
    cut = lengths[-_MOST_AXES:]
    for short in product(*([*(each for each in _SHORT if each < n), n] for n in cut)):
        sizes = dict(zip(cut, short, strict=True))
        versions = (
            {name: _cut(each, sizes, digits) for name, each in arguments.items()}
            for digits in _DIGITS
        )
        yield from islice((each for each in versions if _keeps(arguments, each, sizes)), _ROUNDED)


def _is_flat(value: Any) -> bool:
    """Is it a list of numbers?"""
    return isinstance(value, list) and all(isinstance(each, int | float) for each in value)


def _lengths(value: Any) -> tuple[int, ...]:
    """The lengths of all axes in a value; a list of numbers has one."""
    if hasattr(value, "shape"):
        return tuple(value.shape)
    if _is_flat(value):
        return (len(value),)
    return tuple(n for each in _arrays(value) for n in each.shape)


def _arrays(value: Any) -> list["Array"]:
    inside = value if isinstance(value, list | tuple) else ()
    return [each for each in inside if hasattr(each, "shape")]


def _cut(value: Any, sizes: Mapping[int, int], digits: int) -> Any:
    """A value with its axes cut to `sizes`, by their length, and its numbers rounded."""
    import numpy as np

    if isinstance(value, np.ndarray):
        short = value[tuple(slice(sizes.get(n, n)) for n in value.shape)]
        rounded = [_cut(each, sizes, digits) for each in short.ravel().tolist()]
        return np.array(rounded, value.dtype).reshape(short.shape)
    if _is_flat(value):
        return [_cut(each, {}, digits) for each in value[: sizes.get(len(value), len(value))]]
    if isinstance(value, list | tuple):
        return type(value)(_cut(each, sizes, digits) for each in value)
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _keeps(before: Arguments, after: Arguments, sizes: Mapping[int, int]) -> bool:
    """Has every array and number of the arguments kept what a function may rely on?"""
    pairs = zip(_numbers(list(before.values())), _numbers(list(after.values())), strict=True)
    return all(_properties(a) <= _properties(b) and _in_range(a, b, sizes) for a, b in pairs)


def _numbers(value: Any) -> Iterator["Array"]:
    """Every array, list of numbers and single number in a value, as an array."""
    import numpy as np

    if isinstance(value, np.ndarray | int | float) or (value and _is_flat(value)):
        yield np.asarray(value)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _numbers(each)


def _in_range(before: "Array", after: "Array", sizes: Mapping[int, int]) -> bool:
    """Whole numbers that were labels below a length, or a count up to it, still are."""
    if before.dtype.kind not in "iu" or not before.size or (before < 0).any():
        return True
    # As Python's numbers, since one more than the most of a uint8 does not fit into it.
    most, then = int(before.max()) + bool(before.ndim), int(after.max()) + bool(after.ndim)
    return all(most > n or then <= short for n, short in sizes.items())


def _properties(array: "Array") -> set[str]:
    """What is true of some numbers, of what a function may need to be true."""
    import numpy as np

    if array.dtype.kind != "f" or not np.isfinite(array).all():
        return set()
    size = np.abs(array)
    true = {
        "between -1 and 1": (size < 1).all(),
        "from -1 to 1": (size <= 1).all(),
        "whole": (array == np.round(array)).all(),
        "all different": len(np.unique(size)) == array.size,
    }
    if array.ndim:
        true |= {
            "rows sum to 1": _equal(array.sum(axis=-1), 1),
            "rows have length 1": _equal((array**2).sum(axis=-1), 1),
            "columns sum to 0": _equal(array.sum(axis=0), 0),
            "ascending": array.ndim == 1 and (np.diff(array) > 0).all(),
            "symmetric": array.ndim == 2 and np.array_equal(array, array.T),
        }
    return {name for name, holds in true.items() if holds}


def _equal(array: "Array", number: float) -> bool:
    return bool((abs(array - number) < 1e-9).all())
