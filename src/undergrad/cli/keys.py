"""Single keys from a terminal, or words from a pipe, one at a time and with a time limit."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_LONGEST = 1000  # bytes of a line that are looked at
END = "\x04"  # the input has ended; on a terminal the key Ctrl-D


@dataclass(frozen=True)
class Keys:
    """Where keys come from. `single`: every key counts at once; otherwise whole lines do."""

    descriptor: int | None  # None: there is no input to wait for
    single: bool

    def read(self, seconds: float) -> str:
        """The next key, or the first letter of the next line; "" when none comes in time."""
        if self.descriptor is None:
            return END
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return ""
        typed = os.read(self.descriptor, 1)
        while not self.single and typed[-1:] not in (b"\n", b"") and len(typed) < _LONGEST:
            more = os.read(self.descriptor, 1)  # a pipe may hold the next line already
            typed = typed + more if more else typed + b"\n"
        return typed.decode("utf-8", "replace").strip()[:1].lower() or ("\n" if typed else END)

    def forget(self) -> None:
        """Drop what was typed and not read."""
        if self.single and self.descriptor is not None:
            import termios

            termios.tcflush(self.descriptor, termios.TCIFLUSH)


@contextmanager
def keyboard() -> Iterator[Keys]:
    """The keys of the terminal without waiting for Return, or else the lines of stdin."""
    try:
        descriptor = sys.stdin.fileno()
    except (OSError, ValueError, AttributeError):  # closed, or replaced by something else
        yield Keys(None, False)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Keys(descriptor, False)
        return
    import termios
    import tty

    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield Keys(descriptor, True)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
