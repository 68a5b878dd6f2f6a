"""Writing files so that a crash leaves the old content or the new, and never half of either.

    with output(Path("plan.ics"), CALENDAR) as file:      # a file that a person named
        file.write(content)
    with output_folder(Path("public"), ".our-site") as folder:    # a folder that a person named
        (folder / "index.html").write_text(page)
    replace_file(journey.readme, content)                 # a file of ours

What a person names may be anything: an exercise, a device, a folder with their photographs. The
first two functions are the only doors to such a place, and neither replaces what is not ours.
"""

import errno
import os
import re
import shutil
import signal
import sys
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
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


@contextmanager
def output_folder(path: Path, mark: str) -> Iterator[Path]:
    """The folder that a person named, to be filled in the block; it appears, whole, at its end.

    The block fills a folder beside it, and then the two change places: an earlier one stays as it
    was when the block fails, or when SIGTERM ends this process. What is hidden in the earlier one,
    such as `.git` of a branch with pages, moves over.

    mark: the name of a file that lies in every folder of this kind, and lists its files.
    Raises UsageError for a place that holds anything else, StoreError when the disk refuses.
    """
    refuse_other_output(path, mark)
    target = path.resolve()
    fresh = target.with_name(f".new-{os.urandom(6).hex()}")
    with disk_errors(path), terminated_with_clean_up():
        fresh.mkdir(parents=True)
        try:
            yield fresh
            (fresh / mark).write_text("\n".join([*_files(fresh), mark]), "utf-8")
            _exchange(fresh, target, mark)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _exchange(fresh: Path, target: Path, mark: str) -> None:
    """Give the new folder the old one's name, and remove the old one."""
    if not target.is_dir():
        fresh.rename(target)
        return
    old = fresh.with_name(f"{fresh.name}-old")
    target.rename(old)
    fresh.rename(target)
    for hidden in old.glob(".*"):
        if hidden.name != mark:
            hidden.rename(target / hidden.name)
    shutil.rmtree(old, ignore_errors=True)


def _listed(mark: Path) -> set[str]:
    """The files that a mark lists."""
    return set(mark.read_text("utf-8").splitlines()) if mark.is_file() else set()


def _files(folder: Path) -> list[str]:
    """What is not hidden in a folder, at any depth."""
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(name.as_posix() for name in names if not name.parts[0].startswith("."))


@contextmanager
def terminated_with_clean_up() -> Iterator[None]:
    """Inside the block SIGTERM becomes SystemExit, unless somebody else listens for it."""
    usual = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not usual or current_thread() is not main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


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


def refuse_other_output(path: Path, mark: str) -> None:
    """Raise UsageError unless `output_folder` may take the place of `path`.

    All of a folder is replaced, so a file that was added to it is somebody's.
    """
    refuse_foreign_folder(path, mark)
    ours = _listed(path / mark)
    added = next((name for name in _files(path) if name not in ours), None) if ours else None
    if added:
        said = f"{path} holds {added}, which undergrad did not write"
        raise UsageError(f"{said}: name a new folder.")


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
