"""What a learner's code printed: the beginning and the end of it, without terminal codes."""

import re
from collections import deque

_KEEP = 1 << 15  # bytes kept at each end
# Escape sequences (CSI, OSC with its text, two-character ones), control characters except for
# newline and tab, and marks that turn the direction of text around.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]P^_X].*?(?:\x07|\x1b\\|$)"
    r"|\x1b.?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
    re.DOTALL,
)


class Output:
    """Collects blocks; holds at most about 100 KB of them, however many come."""

    def __init__(self) -> None:
        self.size = 0
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0

    def add(self, block: bytes) -> None:
        self.size += len(block)
        room = _KEEP - len(self._head)
        self._head += block[:room]
        if rest := block[max(room, 0) :]:
            self._tail.append(rest)
            self._tail_size += len(rest)
        while self._tail and self._tail_size - len(self._tail[0]) >= _KEEP:
            self._tail_size -= len(self._tail.popleft())

    def text(self, hide: str = "") -> str:
        """The text, cut in the middle when it is long; `hide` is removed wherever it stands."""
        tail = b"".join(self._tail)[-_KEEP:]
        missing = self.size - len(self._head) - len(tail)
        cut = f"\n... {missing:,} bytes left out ...\n" if missing else ""
        return clean(_decoded(self._head)).replace(hide, "") + cut + clean(_decoded(tail))


def clean(text: str) -> str:
    """`text` without anything that could move a cursor, colour a terminal or turn text around."""
    return _ESCAPES.sub("", text.replace("\r\n", "\n"))


def _decoded(data: bytes | bytearray) -> str:
    return bytes(data).decode("utf-8", "replace")
