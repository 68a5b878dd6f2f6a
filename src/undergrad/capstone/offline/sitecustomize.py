"""Loaded by Python itself at start-up in every process of a capstone run: the network is off.

The check promises that a capstone runs offline, so a connection to another machine is refused
at once, by name, instead of working here and failing at the reader's. This guards against
accidents; it is not a security boundary.
"""

import sys

_HERE = ("127.", "::1", "localhost", "0.0.0.0", "::")


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a local socket's path
    elif event == "socket.getaddrinfo":
        host = arguments[0] or "localhost"
    else:
        return
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if not name.startswith(_HERE):
        raise OSError(f"a capstone runs offline, so {name} cannot be asked for anything")


sys.addaudithook(_refuse)
