"""Serving the live site to this computer, until the person stops it."""

import os
import secrets
import signal
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from undergrad.course.models import Course
from undergrad.errors import ToolError
from undergrad.journey import Learner
from undergrad.site.door import Door, kept_secret
from undergrad.site.guard import gate
from undergrad.site.live import Check, LiveSite

HOST = "127.0.0.1"
PORT = 8123
_TRIES = 50  # ports above the wanted one


def serve(
    me: Learner | None,
    course: Course,
    *,
    check: Check | None = None,
    port: int = PORT,
    open_browser: bool = True,
    allow_hosts: tuple[str, ...] = (),
    say: Callable[[str], None] = print,
) -> None:
    """Build the site, serve it on 127.0.0.1 and stay until Ctrl-C.

    me: whose progress to show and to write to; None serves the course alone.
    check: what the pages' Check button does; None leaves it to the terminal.
    port: the port to try first; when it is taken, the next free one is used and reported.
    open_browser: open the home page in the person's browser.
    allow_hosts: further values of the Host header to answer, for a port that is forwarded. The name
        that GitHub Codespaces gives a port is known without them.
    say: receives each sentence for the person, the address among them.

    Raises ToolError when the site cannot be built or no port is free.
    """
    import uvicorn

    from undergrad.site.api import application

    with free_port(port, say) as listener, _own_folder() as folder:
        chosen = listener.getsockname()[1]
        site = LiveSite(course, me.journey if me else None, folder, check)
        site.rebuild()
        space = codespace_host(chosen, os.environ)
        door = Door(chosen, _secret(me), lambda address: say(f"Another browser: {address}"), space)
        token = secrets.token_urlsafe(32)
        allowed = (*allow_hosts, space) if space else allow_hosts
        app = application(site, gate(door, chosen, token, allowed=allowed))
        say(f"The site is at {door.address}")
        say("The address works once, for one browser. Stop the site with Ctrl-C.")
        if open_browser:
            webbrowser.open(door.address)
        settings = uvicorn.Config(
            app, log_level="error", access_log=False, timeout_graceful_shutdown=1, ws="none"
        )
        server = uvicorn.Server(settings)
        site.is_stopping = lambda: server.should_exit  # which ends the event stream of open pages
        _stop_like_ctrl_c()
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
        say("Stopped. Your progress is safe.")


def codespace_host(port: int, environment: Mapping[str, str]) -> str:
    """The name under which a browser reaches a port of a GitHub codespace; empty elsewhere."""
    name = environment.get("CODESPACE_NAME", "")
    domain = environment.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "")
    return f"{name}-{port}.{domain}" if name and domain else ""


def _secret(me: Learner | None) -> bytes:
    """The journey's secret; without a journey, or with a read-only one, a new one for this run."""
    if me is not None:
        with suppress(OSError):
            return kept_secret(me.journey.private / "site" / "secret")
    return secrets.token_bytes(32)


@contextmanager
def free_port(wanted: int, say: Callable[[str], None]) -> Iterator[socket.socket]:
    """A socket that listens on `wanted` or the first free port above it."""
    for port in range(wanted, min(wanted + _TRIES, 65536)):
        listener = socket.socket()
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, port))
            listener.listen(64)
        except OSError:
            listener.close()
            continue
        if port not in (wanted, 0):
            say(f"Port {wanted} is taken, so the site is on {listener.getsockname()[1]}.")
        with listener:
            yield listener
        return
    raise ToolError(
        f"No free port between {wanted} and {wanted + _TRIES - 1}: name another with `--port`."
    )


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A temporary folder: two servers on one journey must not build over each other."""
    with tempfile.TemporaryDirectory(prefix="undergrad-site-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _stop_like_ctrl_c() -> None:
    """Let a polite request to end, as a shell sends on logout, clean up like Ctrl-C does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
