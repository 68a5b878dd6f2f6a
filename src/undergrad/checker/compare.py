"""Are two plain values equal, and if not, where do they differ first?

Type, then shape, then kind of number, then the numbers. Numbers agree when
|got - expected| <= RELATIVE * |expected| + ABSOLUTE * (largest expected number),
so that summing in another order never fails, while a wrong formula does. Single precision gets
coarser bounds. A NaN agrees with a NaN.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from undergrad.checker.answer import Answer, Opaque

if TYPE_CHECKING:
    import numpy as np

RELATIVE, ABSOLUTE, FLOOR = 1e-6, 1e-8, 1e-12
SINGLE_RELATIVE, SINGLE_ABSOLUTE, SINGLE_FLOOR = 1e-4, 1e-5, 1e-7


@dataclass(frozen=True)
class Difference:
    """The first place where `got` is not `expected`, and the two values there."""

    what: str  # "form", "shape", "dtype" or "numbers", "text"
    expected: Any
    got: Any
    path: tuple[Any, ...] = ()  # the way into lists, tuples and dicts
    index: tuple[int, ...] = ()  # of the worst number in an array
    wrong: int = 1  # how many numbers are wrong ...
    of: int = 1  # ... of how many


def same(a: Answer, b: Answer) -> bool:
    """Equal values, or the same error."""
    if a.raised is None and b.raised is None:
        return difference(a.value, b.value) is None
    if a.raised is None or b.raised is None:
        return False
    return (a.raised.name, a.raised.text) == (b.raised.name, b.raised.text)


def difference(expected: Any, got: Any, path: tuple[Any, ...] = ()) -> Difference | None:
    """Where `got` first differs from `expected`; None when they are equal. Both must be plain."""
    if is_number(expected) and is_number(got):
        return _numbers(expected, got, path)
    if type(expected) is not type(got) or isinstance(got, Opaque):
        return Difference("form", expected, got, path)
    if isinstance(expected, list | tuple):
        return _sequences(expected, got, path)
    if isinstance(expected, dict):
        return _dicts(expected, got, path)
    if hasattr(expected, "shape"):
        return _arrays(expected, got, path)
    return None if expected == got else Difference("text", expected, got, path)


def is_number(value: Any) -> bool:
    """A Python or NumPy number, but not True or False."""
    import numpy as np

    return isinstance(value, int | float | complex | np.number) and not isinstance(value, bool)


def form(value: Any) -> str:
    """What kind of thing a value is, in words: "an array of shape (3, 4)", "a list of 2"."""
    if isinstance(value, Opaque):
        return f"an object of type {value.kind}" + (f" ({value.note})" if value.note else "")
    if is_number(value):
        return "a number"
    if hasattr(value, "shape"):
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)}"
    names = {type(None): "None", bool: "True or False", str: "a string"}
    return names.get(type(value), type(value).__name__)


def _sequences(expected: Any, got: Any, path: tuple[Any, ...]) -> Difference | None:
    if len(expected) != len(got):
        return Difference("form", expected, got, path)
    pairs = enumerate(zip(expected, got, strict=True))
    found = (difference(a, b, (*path, i)) for i, (a, b) in pairs)
    return next((each for each in found if each is not None), None)


def _dicts(
    expected: dict[Any, Any], got: dict[Any, Any], path: tuple[Any, ...]
) -> Difference | None:
    if expected.keys() != got.keys():
        return Difference("keys", sorted(map(str, expected)), sorted(map(str, got)), path)
    found = (difference(expected[key], got[key], (*path, key)) for key in expected)
    return next((each for each in found if each is not None), None)


def _numbers(expected: Any, got: Any, path: tuple[Any, ...]) -> Difference | None:
    import numpy as np

    try:
        equal = bool(close(np.asarray(expected), np.asarray(got)).all())
    except TypeError:  # whole numbers beyond 64 bits
        equal = expected == got
    return None if equal else Difference("numbers", expected, got, path)


def _arrays(expected: Any, got: Any, path: tuple[Any, ...]) -> Difference | None:
    import numpy as np

    if expected.shape != got.shape:
        return Difference("shape", expected, got, path)
    if _kind(expected) != _kind(got):
        return Difference("dtype", expected, got, path)
    wrong = ~close(expected, got)
    if not wrong.any():
        return None
    with np.errstate(invalid="ignore"):  # infinite in both
        gap = np.where(wrong, np.abs(np.subtract(got, expected, dtype=_wide(expected))), -1.0)
    gap[np.isnan(gap)] = np.inf
    index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    return Difference("numbers", expected, got, path, index, int(wrong.sum()), wrong.size)


def close(
    expected: "np.ndarray[Any, Any]", got: "np.ndarray[Any, Any]"
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Element by element: is `got` near enough to `expected`? Shapes must be equal."""
    import numpy as np

    single = any(str(each.dtype) in ("float16", "float32", "complex64") for each in (expected, got))
    relative, absolute, floor = (
        (SINGLE_RELATIVE, SINGLE_ABSOLUTE, SINGLE_FLOOR) if single else (RELATIVE, ABSOLUTE, FLOOR)
    )
    if expected.dtype.kind == "b":
        return np.asarray(expected == got)
    if expected.dtype.kind in "iu" and got.dtype.kind in "iu":
        return np.asarray(expected == got)
    size = np.abs(expected.astype(_wide(expected)))
    finite = size[np.isfinite(size)]
    scale = float(finite.max()) if finite.size else 0.0
    with np.errstate(all="ignore"):
        near = np.abs(got - expected) <= relative * size + max(absolute * scale, floor)
    near &= np.isfinite(got) & np.isfinite(expected)  # any number is near infinity by `size`
    return np.asarray(near | (expected == got) | (np.isnan(expected) & np.isnan(got)))


def _kind(array: Any) -> str:
    """Whole numbers of any width are one kind; the widths of floats matter in this course."""
    return "whole numbers" if array.dtype.kind in "iu" else str(array.dtype)


def _wide(array: Any) -> type:
    return complex if array.dtype.kind == "c" else float
