"""One writer at a time: a lock of the operating system, which the death of its holder frees."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from undergrad.errors import StoreError

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


PATIENCE = 30.0  # seconds; an append takes milliseconds, a backup of a huge store some seconds


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
        yield
    finally:
        os.close(descriptor)  # frees the lock


def _wait(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    pause = 0.001
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            raise StoreError(
                f"Another undergrad command has been writing to {path.parent} for more than"
                f" {PATIENCE:.0f} seconds: end it, then try again."
            )
        time.sleep(pause)
        pause = min(2 * pause, 0.02)


def _try_lock(descriptor: int) -> bool:
    try:
        _lock(descriptor)
    except OSError:
        return False
    return True
