"""The head marker: a second, tiny file that remembers the newest event.

SQLite cannot know that a whole store was emptied, cut short or replaced by an older copy. The
marker can: it holds the newest event's sequence number and hash.

The order of writing is: commit the event, then write the marker, then tell the person. A crash
between the first two leaves the store one event ahead of the marker, which is harmless: the event
is kept although nobody was told. A store *behind* its marker has lost something it once promised.

Two slots take turns and are written in place, so that a torn write spoils one slot only and a
full disk cannot stop it: no new block is needed.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_SLOT = 128  # bytes; both slots lie within one disk sector of 512


@dataclass(frozen=True)
class Head:
    """The newest event that was acknowledged."""

    sequence: int
    hash: str


def read_head(path: Path) -> Head | None:
    """The newest readable slot, or None when the file is missing or spoilt."""
    try:
        if not path.is_file():
            return None
        content = path.read_bytes()[: 2 * _SLOT]
    except OSError:
        return None
    heads = [_parse(content[start : start + _SLOT]) for start in (0, _SLOT)]
    return max((head for head in heads if head), key=lambda head: head.sequence, default=None)


def write_head(path: Path, head: Head) -> None:
    """Put `head` into its slot and wait until the disk has it. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.lseek(descriptor, _SLOT * (head.sequence % 2), os.SEEK_SET)
        os.write(descriptor, _format(head))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def head_bytes(head: Head) -> bytes:
    """A fresh marker file: this head in its slot and the other slot empty."""
    empty = b"\n".rjust(_SLOT)
    slots = [empty, empty]
    slots[head.sequence % 2] = _format(head)
    return b"".join(slots)


def _format(head: Head) -> bytes:
    text = f"{head.sequence} {head.hash}"
    return f"{text} {_seal(text)}".ljust(_SLOT - 1).encode() + b"\n"


def _parse(slot: bytes) -> Head | None:
    sequence, _, rest = slot.decode("ascii", "replace").strip().partition(" ")
    digest, _, seal = rest.partition(" ")
    if seal and seal == _seal(f"{sequence} {digest}"):
        return Head(int(sequence), digest)
    return None


def _seal(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
