"""Writing files so that a crash leaves the old content or the new, and never half of either.

    with output(Path("plan.ics"), CALENDAR) as file:      # a file that a person named
        file.write(content)
    refuse_foreign_folder(Path("public"), ".our-site")    # a folder that a person named
    replace_file(journey.readme, content)                 # a file of ours

What a person names may be anything: an exercise, a device, a folder with their photographs. The
first two functions are the only doors to such a place, and neither replaces what is not ours.
"""

import errno
import os
import re
import sys
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from undergrad.errors import StoreError, UsageError

STDOUT = Path("-")  # what a person types where standard output is meant
_CURES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "make its folder writable for you"),
    **dict.fromkeys((errno.EEXIST, errno.EISDIR, errno.ENOTDIR), "move what is in its place"),
    **dict.fromkeys((errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ), "choose another name"),
}
_BEGINNING = 2000  # bytes in which a file says what it is


def source_text(path: Path) -> str:
    """The text of a Python file, with or without a byte order mark, in the encoding it declares."""
    with tokenize.open(path) as file:
        return file.read()


@contextmanager
def output(path: Path, kind: re.Pattern[bytes]) -> Iterator[BinaryIO]:
    """The file that a person named, to be written in the block; it appears, whole, at its end.

    kind: what every file of this kind begins with. An earlier one is replaced; anything else in
    its place is refused before the block begins. `-` is standard output.
    Raises UsageError for a place that is taken, StoreError when the disk refuses.
    """
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    refuse_foreign_file(path, kind)
    with disk_errors(path):
        target = path.resolve()  # a link to a file of ours stays a link
        target.parent.mkdir(parents=True, exist_ok=True)
        with _staged(target) as file:
            yield file


def refuse_foreign_file(path: Path, kind: re.Pattern[bytes]) -> None:
    """Raise UsageError unless `path` is free or holds a file that begins like `kind`."""
    with disk_errors(path):
        _refuse_dangling(path)
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a file.")
        if path.exists() and not (path.is_file() and kind.match(_beginning(path))):
            raise UsageError(f"{path} exists already and is something else: name another file.")


def refuse_foreign_folder(path: Path, mark: str | None = None) -> None:
    """Raise UsageError unless `path` is free, or a folder that is empty or holds `mark`.

    mark: the name of a file that lies in every folder of this kind; None when files of the
    person's may lie there too.
    """
    if path == STDOUT:
        raise UsageError("`-` is standard output, which holds no folder: name one.")
    with disk_errors(path):
        _refuse_dangling(path)
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is not a folder: name another.")
        if mark and path.is_dir() and any(path.iterdir()) and not (path / mark).is_file():
            raise UsageError(f"{path} holds other files: name a new folder.")


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusal into StoreError, which says what to do about it."""
    try:
        yield
    except OSError as error:
        cure = _CURES.get(error.errno or 0, "look at the disk")
        raise StoreError(f"{path} cannot be used ({error.strerror}): {cure}.") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, wait for the disk, then put it in place. Raises OSError."""
    with _staged(path) as file:
        file.write(content)


def write_new(path: Path, content: bytes, *, mode: int = 0o666) -> bool:
    """Write `path` unless something has that name already; True when written. Raises OSError.

    mode: who may read and write the file, less what the umask takes away.
    """
    if os.path.lexists(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = _beside(path)
    try:
        with _synced(staged, mode) as file:
            file.write(content)
        return keep_as(staged, path)
    finally:
        staged.unlink(missing_ok=True)


def keep_as(path: Path, name: Path) -> bool:
    """Give the file a second name, unless that name is taken; True when done. Raises OSError."""
    try:
        os.link(path, name)
    except FileExistsError:
        return False
    except OSError:  # a disk without hard links, such as a memory stick
        return _copy_new(path, name)
    sync_folder(name.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make a new or changed name in `folder` survive a power cut, where the system can."""
    with suppress(OSError):  # Windows cannot open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _staged(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its place when the block ends well."""
    staged = _beside(path)
    try:
        with _synced(staged) as file:
            yield file
        os.replace(staged, path)
    finally:
        staged.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def _synced(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A new file, on the disk when the block ends."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _beside(path: Path) -> Path:
    # Not derived from the target's name, which may already be as long as a name can be.
    return path.parent / f".new-{os.urandom(6).hex()}"


def _refuse_dangling(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise UsageError(f"{path} is a link to something that is not there: name another place.")


def _beginning(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(_BEGINNING)


def _copy_new(path: Path, name: Path) -> bool:
    with suppress(FileExistsError), _synced(name) as file:
        file.write(path.read_bytes())
        return True
    return False
