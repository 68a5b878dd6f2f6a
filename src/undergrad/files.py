"""Writing files so that a crash leaves the old content or the new, and never half of either."""

import os
from contextlib import suppress
from pathlib import Path

from undergrad.errors import StoreError, UsageError

_BEGINNING = 1000  # bytes in which a file says what it is


def write_output(path: Path, content: bytes, *, mark: bytes) -> None:
    """Write a file that a person named. An earlier one of its kind is replaced, nothing else is.

    mark: what stands near the beginning of every file of this kind. Raises UsageError for a file
    without it, StoreError when the disk refuses.
    """
    try:
        if os.path.lexists(path) and not _has(path, mark):
            raise UsageError(f"{path} exists already and is something else: name another file.")
        replace_file(path, content)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}): name another.") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, wait for the disk, then put it in place. Raises OSError."""
    staged = _stage(path, content)
    try:
        os.replace(staged, path)
    finally:
        staged.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_new(path: Path, content: bytes) -> bool:
    """Write `path` unless something has that name already; True when written. Raises OSError."""
    if os.path.lexists(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = _stage(path, content)
    try:
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


def _has(path: Path, mark: bytes) -> bool:
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return mark in file.read(_BEGINNING)


def _stage(path: Path, content: bytes) -> Path:
    # Not derived from the target's name, which may already be as long as a name can be.
    staged = path.parent / f".new-{os.urandom(6).hex()}"
    try:
        with open(staged, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        staged.unlink(missing_ok=True)
        raise
    return staged


def _copy_new(path: Path, name: Path) -> bool:
    try:
        with open(name, "xb") as file:
            file.write(path.read_bytes())
            os.fsync(file.fileno())
    except FileExistsError:
        return False
    return True
