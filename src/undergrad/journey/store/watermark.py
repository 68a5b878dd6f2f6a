"""The watermark: a second, tiny file that remembers the newest event.

SQLite cannot know that a whole store was emptied, cut short or replaced by an older copy. The
watermark can: it holds the newest event's sequence number and hash.

The order of writing is: commit the event, then write the watermark, then answer. A crash
between the first two leaves the store one event ahead of the watermark, which is harmless: the
event is kept although it was never acknowledged. A store *behind* its watermark has lost an event
that it once acknowledged.

Two slots take turns and are written in place, so that a torn write damages one slot only and a
full disk cannot stop it: no new block is needed.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_SLOT = 128  # bytes; both slots lie within one disk sector of 512


@dataclass(frozen=True)
class Watermark:
    """The newest event that was acknowledged."""

    sequence: int
    hash: str


def read_watermark(path: Path) -> Watermark | None:
    """The newest readable slot, or None when the file is missing or corrupt."""
    try:
        if not path.is_file():
            return None
        content = path.read_bytes()[: 2 * _SLOT]
    except OSError:
        return None
    slots = [_parse(content[start : start + _SLOT]) for start in (0, _SLOT)]
    return max(filter(None, slots), key=lambda mark: mark.sequence, default=None)


def write_watermark(path: Path, watermark: Watermark) -> None:
    """Put `watermark` into its slot and wait until the disk has it. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.lseek(descriptor, _SLOT * (watermark.sequence % 2), os.SEEK_SET)
        os.write(descriptor, _format(watermark))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def watermark_bytes(watermark: Watermark) -> bytes:
    """A fresh watermark file: this one in its slot and the other slot empty."""
    empty = b"\n".rjust(_SLOT)
    slots = [empty, empty]
    slots[watermark.sequence % 2] = _format(watermark)
    return b"".join(slots)


def _format(watermark: Watermark) -> bytes:
    text = f"{watermark.sequence} {watermark.hash}"
    return f"{text} {_checksum(text)}".ljust(_SLOT - 1).encode() + b"\n"


def _parse(slot: bytes) -> Watermark | None:
    sequence, _, rest = slot.decode("ascii", "replace").strip().partition(" ")
    digest, _, checksum = rest.partition(" ")
    if checksum and checksum == _checksum(f"{sequence} {digest}"):
        return Watermark(int(sequence), digest)
    return None


def _checksum(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
