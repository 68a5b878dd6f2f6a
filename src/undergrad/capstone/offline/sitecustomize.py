"""Loaded by Python itself at start-up in every process of a capstone run.

The network is off: the check promises that a capstone runs offline, so a connection to another
machine is refused at once, by name, instead of working here and failing at the reader's.

Imports are noted: every module that the project's own code imports, in the kernel or in a program
that it starts, is written into the file UNDERGRAD_IMPORTED, one name a line.

Both guard against accidents; they are not a security boundary.
"""

import os
import sys
from contextlib import suppress

_HERE = ("127.", "::1", "localhost", "0.0.0.0", "::")
_DEAD_PROXY = 9  # the port that the run's proxy settings point to, for tools that are not Python


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host, port = address[:2] if isinstance(address, tuple) else ("localhost", None)  # a path
    elif event == "socket.getaddrinfo":
        host, port = arguments[0] or "localhost", arguments[1]
    else:
        return
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if port == _DEAD_PROXY:
        raise OSError("a capstone runs offline, so no other machine can be asked for anything")
    if not name.startswith(_HERE):
        raise OSError(f"a capstone runs offline, so {name} cannot be asked for anything")


sys.addaudithook(_refuse)


_OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_LIBRARIES = (os.path.dirname(os.__file__) + os.sep, _OURS + os.sep)


class _Notes:
    """A finder that finds nothing, and notes what the project's own code looks for."""

    def __init__(self, path: str) -> None:
        self._path = path

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if _is_own(_importing()):
            with suppress(OSError), open(self._path, "a", encoding="utf-8") as file:
                file.write(name + "\n")


def _importing() -> str:
    """The file of the code that imports: the first frame that is not part of Python's import."""
    frame = sys._getframe(2)
    while frame.f_back and (
        frame.f_code.co_filename.startswith("<frozen importlib")
        or frame.f_code.co_filename.endswith(os.path.join("importlib", "__init__.py"))
    ):
        frame = frame.f_back
    return frame.f_code.co_filename


def _is_own(file: str) -> bool:
    """Whether a file is the project's: not the standard library's, not an installed package's."""
    installed = f"{os.sep}site-packages{os.sep}" in file or f"{os.sep}dist-packages{os.sep}" in file
    return not (installed or file.startswith((*_LIBRARIES, "<frozen")))


if "UNDERGRAD_IMPORTED" in os.environ:
    sys.meta_path.insert(0, _Notes(os.environ["UNDERGRAD_IMPORTED"]))
