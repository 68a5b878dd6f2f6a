"""Loaded by Python itself at start-up in every process of a capstone run: the network is off.

The check promises that a capstone runs offline, so a connection to another machine is refused
at once, by name, instead of working here and failing at the reader's. This guards against
accidents; it is not a security boundary.
"""

import sys

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
