"""The few errors a person can meet, and `notify` for what is worth knowing although all went well.

Each message is one sentence: what is wrong, where, what to do.

The command line prints the message without a traceback and ends with the error's exit code.
The engine raises Python's own `ValueError`, `TypeError` and `RuntimeError` instead, since it
imports nothing of ours.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_printers: list[Callable[[str], None]] = []


class UndergradError(Exception):
    """Anything that stops a command and that the person can do something about."""

    exit_code = 3


class UsageError(UndergradError):
    """Wrong use: an unknown unit, a name that is not allowed, a missing journey."""

    exit_code = 2


class CourseError(UndergradError):
    """The curriculum's own files are wrong; the message names the file and the line."""

    exit_code = 2


class StoreError(UndergradError):
    """The progress store cannot be read or written; nothing that was acknowledged is lost."""


class ToolError(UndergradError):
    """Our own machinery failed (a worker did not start, a disk is full): no verdict is recorded."""


def notify(sentence: str) -> None:
    """Tell the person something although the command succeeds, wherever in the code it is noticed.

    The command line prints it as everything else; in a program it goes through `logging`, where
    Python without any set-up prints it as a bare line on stderr.
    """
    if _printers:
        return _printers[-1](sentence)
    import logging  # 10 ms, which commands without news need not pay

    logging.getLogger("undergrad").warning("%s", sentence)


@contextmanager
def notified_by(printer: Callable[[str], None]) -> Iterator[None]:
    """Inside the block, what is worth knowing goes to `printer`."""
    _printers.append(printer)
    try:
        yield
    finally:
        _printers.pop()
