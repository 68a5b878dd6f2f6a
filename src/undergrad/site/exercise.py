"""A learner's file of an exercise, read and written from a page. The file on the disk is the truth.

A version is the hash of the bytes, so no clock decides who was first. A page says which version it
began with; if the file is another one by now, nothing is written, and both texts are kept.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from undergrad.errors import UsageError
from undergrad.files import disk_errors, replace_file, write_new

LIMIT = 64 * 1024  # bytes of a file that a page changes; the longest exercise has a fifth of that
_MARK = b"\xef\xbb\xbf"  # with which some editors begin a file in UTF-8


@dataclass(frozen=True)
class Exercise:
    """A file as a page shows it.

    text: with a line feed at the end of each line, whatever the file has.
    version: the SHA-256 of the bytes; empty when there is no file.
    trouble: why a page cannot change the file; empty when it can.
    """

    text: str = ""
    version: str = ""
    trouble: str = ""


class Conflict(UsageError):
    """The file was changed by somebody else since the page read it. `now` is the file."""

    def __init__(self, now: Exercise) -> None:
        super().__init__(
            "Your file was changed in another program while you were typing here: keep one of the"
            " two texts. The other one stays in `.undergrad/kept`."
        )
        self.now = now


def read(file: Path) -> Exercise:
    """The file now. Raises StoreError when the disk refuses, UsageError for what is not a file."""
    data = _bytes(file)
    return Exercise() if data is None else _shown(data)


def write(file: Path, base: str, text: str, kept: Path) -> Exercise:
    """Put the page's text into the file, which appears whole or not at all.

    base: the version that the page began with.   kept: a folder for both texts of a conflict.
    Raises Conflict when the file is another one by now, UsageError for a text or a file that a page
    cannot write, StoreError when the disk refuses.
    """
    old = _bytes(file)
    now = Exercise() if old is None else _shown(old)
    if now.trouble:
        raise UsageError(now.trouble)
    new = _stored(text, old or b"")
    if len(new) > LIMIT:
        raise UsageError("That is too long to be written from here: use your own editor.")
    if new == old:
        return now
    if base != now.version:
        for each in (new, old or b""):
            _keep(kept, file.stem, each)
        raise Conflict(now)
    with disk_errors(file):
        target = file.resolve()  # a link stays a link
        mode = stat.S_IMODE(target.stat().st_mode) if old is not None else None
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, new)
        if mode is not None:
            os.chmod(target, mode)
    return _shown(new)


def _bytes(file: Path) -> bytes | None:
    with disk_errors(file):
        if os.path.lexists(file) and not file.is_file():
            raise UsageError(f"{file} is not a file: move it away, then try again.")
        return file.read_bytes() if file.exists() else None


def _shown(data: bytes) -> Exercise:
    version = hashlib.sha256(data).hexdigest()
    if len(data) > LIMIT:
        return Exercise("", version, "This file is too long for the page: use your own editor.")
    try:
        text = data.removeprefix(_MARK).decode("utf-8")
    except UnicodeDecodeError:
        return Exercise("", version, "This file is not in UTF-8: save it as UTF-8 in your editor.")
    return Exercise(text.replace("\r\n", "\n").replace("\r", "\n"), version)


def _stored(text: str, old: bytes) -> bytes:
    """The text as bytes, with the mark and the line ends that the file had."""
    ends = "\r\n" if b"\r\n" in old else "\n"
    try:
        data = text.replace("\r\n", "\n").replace("\n", ends).encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError("One character of the text cannot be saved as UTF-8: delete it.") from None
    return _MARK * old.startswith(_MARK) + data


def _keep(folder: Path, name: str, data: bytes) -> None:
    """Keep a text under a name that is made from it, so that the same text is kept once."""
    with disk_errors(folder):
        write_new(folder / f"{name}-{hashlib.sha256(data).hexdigest()[:8]}.py", data)
