"""One writer at a time: a lock of the operating system, which the death of its holder frees."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from undergrad.errors import StoreError, notify

if sys.platform == "win32":
    import errno
    import msvcrt

    def _lock(descriptor: int, *, wait: bool) -> None:
        while True:
            try:
                return msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError as error:
                if not wait or error.errno != errno.EDEADLOCK:  # it gives up after ten seconds
                    raise

else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


PATIENCE = 30.0  # seconds; an append takes milliseconds, a backup of a huge store some seconds
_SILENCE = 1.0  # seconds, before a person is told what they are waiting for
_NOTE = 80  # bytes, behind the one that is locked


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`.

    Raises StoreError when another process keeps it for longer than `PATIENCE` seconds, or when
    the file cannot be opened.
    """
    try:
        # O_NONBLOCK: should something have put a FIFO there, opening it must not hang.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path, flags, 0o644)
    except OSError as error:
        raise StoreError(
            f"{path.parent} cannot be written ({error.strerror}): make it writable,"
            " or work in a copy of the journey."
        ) from error
    try:
        _wait(descriptor, path)
        _write_holder(descriptor)
        yield
    finally:
        os.close(descriptor)  # frees the lock


def _wait(descriptor: int, path: Path) -> None:
    """Queue for the lock where the system keeps the queue: a process that only polled could
    wait for ever beside a crowd of writers. The waiting itself has no time limit, so a
    thread does it; when it is given up, the closed descriptor gives the lock back.
    """
    if _try_lock(descriptor):
        return
    from threading import Event, Thread  # only in a crowd; `status` must start fast

    held = Event()

    def queue() -> None:
        try:
            _lock(descriptor, wait=True)
        except OSError:  # the descriptor was closed meanwhile
            return
        held.set()

    Thread(target=queue, daemon=True).start()
    if held.wait(_SILENCE):
        return
    holder = _read_holder(descriptor)
    notify(f"Waiting for {holder}, which is writing to {path.parent} ...")
    if not held.wait(PATIENCE - _SILENCE):
        raise StoreError(
            f"{holder[0].upper()}{holder[1:]} has been writing to {path.parent} for more than"
            f" {PATIENCE:.0f} seconds: end it, then try again."
        )


def _write_holder(descriptor: int) -> None:
    """Say in the file who holds it. The lock itself does not need that, so trouble is no matter."""
    with suppress(OSError):
        os.lseek(descriptor, 1, os.SEEK_SET)
        command = "".join(f" {word}" for word in sys.argv[1:2] if word.isalpha())
        note = f"undergrad{command} (process {os.getpid()})".encode("ascii", "replace")
        os.write(descriptor, note[:_NOTE].ljust(_NOTE))


def _read_holder(descriptor: int) -> str:
    try:
        os.lseek(descriptor, 1, os.SEEK_SET)
        note = os.read(descriptor, _NOTE).decode("ascii", "replace").strip()
    except OSError:  # Windows lets nobody read what is locked
        note = ""
    return f"`{note}`" if note.isprintable() and note else "another undergrad command"


def _try_lock(descriptor: int) -> bool:
    try:
        _lock(descriptor, wait=False)
    except OSError:
        return False
    return True
