"""How the sandboxed program's messages travel: a JSON header and, after it, raw numbers.

The parent reads with suspicion: every byte is treated as if a stranger had written it.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any

MAX_HEADER = 1 << 22
MAX_RAW = 1 << 26
_LENGTHS = struct.Struct("<II")  # of the header, of the raw numbers


class ProtocolError(Exception):
    """Bytes that the program would not have sent."""


def pack(message: dict[str, Any], raw: bytes = b"") -> bytes:
    """One frame. `message` is plain JSON."""
    header = json.dumps(message).encode()
    return _LENGTHS.pack(len(header), len(raw)) + header + raw


def unpack(buffer: bytearray) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Take every whole frame out of `buffer`. Raises ProtocolError for what is not one."""
    while len(buffer) >= _LENGTHS.size:
        header, raw = _LENGTHS.unpack_from(buffer)
        if header > MAX_HEADER or raw > MAX_RAW:
            raise ProtocolError("an impossible length")
        cut = _LENGTHS.size + header
        if len(buffer) < cut + raw:
            return
        message = _message(bytes(buffer[_LENGTHS.size : cut]))
        numbers = bytes(buffer[cut : cut + raw])
        del buffer[: cut + raw]
        yield message, numbers


def _message(header: bytes) -> dict[str, Any]:
    try:
        message = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(str(error)) from error
    if not isinstance(message, dict):
        raise ProtocolError("not a message")
    return message
