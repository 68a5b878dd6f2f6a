"""Values as bytes and back, without pickle: a JSON header that says what is where, and raw numbers.

The worker encodes, the parent decodes. Only plain data goes through: None, bool, int, float,
complex, str, list, tuple, dict and NumPy arrays of numbers. The type must be exactly that type; a
subclass, which could carry its own `__eq__`, arrives as `Opaque`. Decoding builds new objects
from numbers and text, so nothing the learner's code made is ever compared.
"""

from typing import Any

from undergrad.checker.answer import Opaque
from undergrad.sandbox.frames import MAX_RAW, ProtocolError

_MAX_ITEMS = 20_000
_MAX_DEPTH = 12
_MAX_TEXT = 50_000
_DTYPES = frozenset(  # fixed sizes, little end first
    {"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"}
    | {"<f2", "<f4", "<f8", "<c8", "<c16"}
)


def encode(message: dict[str, Any], value: Any = None) -> tuple[dict[str, Any], bytes]:
    """`message` (plain JSON) with `value` in it, and the raw numbers that belong to it.

    A value that is too large or too deep travels as `Opaque`, which says so.
    """
    blobs: list[bytes] = []
    try:
        tree = _Writer(blobs).write(value, 0)
    except _TooMuch as reason:
        blobs.clear()
        tree = ["opaque", type(value).__name__, str(reason)]
    return {**message, "value": tree}, b"".join(blobs)


def decode(message: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], Any]:
    """The message and the value in it. Raises ProtocolError for anything unexpected."""
    rest = dict(message)
    try:
        reader = _Reader(memoryview(raw))
        value = reader.read(rest.pop("value"), 0)
    except (
        _TooMuch,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        RecursionError,
        OverflowError,
    ) as error:
        raise ProtocolError(str(error)) from error
    if reader.left:
        raise ProtocolError("numbers that belong to nothing")
    return rest, value


def plain(value: Any) -> Any:
    """`value` as it would arrive at the parent: what both sides are compared as."""
    return decode(*encode({}, value))[1]


class _TooMuch(Exception):
    """The value does not fit into a frame."""


class _Writer:
    """Turns a value into JSON, and moves the numbers of arrays to `blobs`."""

    def __init__(self, blobs: list[bytes]) -> None:
        self.blobs = blobs
        self.items = 0
        self.size = 0

    def write(self, value: Any, depth: int) -> list[Any]:
        self.items += 1
        if self.items > _MAX_ITEMS or depth > _MAX_DEPTH:
            raise _TooMuch("it holds too many values, or is nested too deeply")
        kind = type(value)
        if value is None or kind is bool:
            return ["const", value]
        if kind is int:
            return ["int", _short(hex(value))]
        if kind is float:
            return ["float", value.hex()]
        if kind is complex:
            return ["complex", value.real.hex(), value.imag.hex()]
        if kind is str:
            return ["str", _short(value)]
        if kind is list or kind is tuple:
            return [kind.__name__, [self.write(item, depth + 1) for item in value]]
        if kind is dict:
            pairs = [[self.write(k, depth + 1), self.write(v, depth + 1)] for k, v in value.items()]
            return ["dict", pairs]
        return self._number(value)

    def _number(self, value: Any) -> list[Any]:
        import numpy as np

        is_scalar = isinstance(value, np.generic) and type(value).__module__ == "numpy"
        if not is_scalar and type(value) is not np.ndarray:
            return ["opaque", type(value).__name__, ""]
        array = np.asarray(value)
        code = array.dtype.newbyteorder("<").str
        if code not in _DTYPES:
            return ["opaque", f"{type(value).__name__} of {array.dtype.name}", ""]
        self.size += array.nbytes
        if self.size > MAX_RAW:
            raise _TooMuch(f"it takes {array.nbytes / 2**20:.0f} MB")
        self.blobs.append(array.astype(code, order="C", copy=False).tobytes())
        return ["array", code, list(array.shape)]


class _Reader:
    """Builds plain values from JSON and numbers, and refuses everything else."""

    def __init__(self, raw: memoryview) -> None:
        self.raw = raw
        self.at = 0
        self.items = 0

    @property
    def left(self) -> int:
        return len(self.raw) - self.at

    def read(self, tree: Any, depth: int) -> Any:
        self.items += 1
        if self.items > _MAX_ITEMS or depth > _MAX_DEPTH:
            raise ProtocolError("too many values")
        match tree:
            case ["const", None | True | False as value]:
                return value
            case ["int", str(text)]:
                return int(_short(text), 16)
            case ["float", str(text)]:
                return float.fromhex(text)
            case ["complex", str(real), str(imag)]:
                return complex(float.fromhex(real), float.fromhex(imag))
            case ["str", str(text)]:
                return _short(text)
            case ["list", list(items)]:
                return [self.read(item, depth + 1) for item in items]
            case ["tuple", list(items)]:
                return tuple(self.read(item, depth + 1) for item in items)
            case ["dict", list(pairs)]:
                return {self.read(k, depth + 1): self.read(v, depth + 1) for k, v in pairs}
            case ["array", str(code), list(shape)] if code in _DTYPES:
                return self._array(code, shape)
            case ["opaque", str(kind), str(note)]:
                return Opaque(kind[:80], note[:200])
        raise ProtocolError("a value of no known kind")

    def _array(self, code: str, shape: list[Any]) -> Any:
        """An array; one without axes becomes a number, since learners do not tell them apart."""
        import numpy as np

        if not all(type(n) is int and 0 <= n <= MAX_RAW for n in shape) or len(shape) > 32:
            raise ProtocolError("an impossible shape")
        dtype = np.dtype(code)
        count = 1
        for n in shape:
            count *= n
        size = count * dtype.itemsize
        if size > self.left:
            raise ProtocolError("fewer numbers than the shape says")
        array = np.frombuffer(self.raw[self.at : self.at + size], dtype).reshape(shape)
        self.at += size
        return array if shape else _number(array[()])


def _number(value: Any) -> Any:
    """A NumPy number as Python's own; single precision stays, since it is compared more loosely."""
    return value if value.dtype.str in ("<f2", "<f4", "<c8") else value.item()


def _short(text: str) -> str:
    if len(text) > _MAX_TEXT:
        raise _TooMuch(f"it holds a text of {len(text):,} characters")
    return text
