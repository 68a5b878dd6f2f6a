"""What stands between the live site and everything else that can reach a port of this computer.

Any web page a person visits may send requests to 127.0.0.1, and through a rebound name may even
read the answers. So the guard allows what our own pages do and refuses the rest:

- the Host header must be our address *and* our port, or a name that the person allowed;
- every request carries the cookie of the door, which no other user of this computer has;
- the API answers no page of another origin, and not even of another port of this machine;
- a write also carries the key of this run in a header, and is JSON of a sane size.

`verdict` is a pure function of the request's head. `Guard` applies it and adds the headers that
tell the browser to load nothing from elsewhere and to show the site in no frame.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from undergrad.markup import escape
from undergrad.site.door import Door

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 128 * 1024  # bytes; the largest honest body is an exercise of 64 KiB, quoted
TOKEN_HEADER = "x-undergrad-token"

# Material keeps a few small pictures as data: in its style sheet; nothing else needs an exception.
CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(frozen=True)
class Refusal:
    """An HTTP status and the sentence that goes with it."""

    status: int
    reason: str


@dataclass(frozen=True)
class Gate:
    """What a request is held against.

    hosts: the values of the Host header that are the site's own, in lower case.
    forwarded: further ones, which the person allowed by name, in lower case. A proxy in between may
        keep the name in the Host header, or only in the browser's Origin, or in both.
    token: the key that writes carry.
    """

    door: Door
    hosts: frozenset[str]
    forwarded: frozenset[str]
    token: str

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this site."""
        return host.lower() in self.hosts | self.forwarded

    def is_own_page(self, origin: str, host: str) -> bool:
        """Whether a page at this host and port, in lower case, is one of the site at this Host.

        A proxy may leave the local address in one of the two, and its own name in the other.
        """
        own = self.forwarded | {host.lower()}
        return origin in (own | self.hosts if host.lower() in self.forwarded else own)


def gate(door: Door, port: int, token: str, *, allowed: Iterable[str] = ()) -> Gate:
    """The gate of a site on this port, which also answers to the `allowed` hosts."""
    own = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
    return Gate(door, own, frozenset(map(str.lower, allowed)), token)


def verdict(method: str, path: str, headers: Mapping[str, str], gate: Gate) -> Refusal | None:
    """None for a request that may pass, else why not. Header names are in lower case."""
    host = headers.get("host", "")
    if not gate.answers_to(host):
        return Refusal(403, _unknown_name(host))
    if path.startswith("/api/"):
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return Refusal(403, "This request comes from a page of another site.")
        scheme, _, origin = headers.get("origin", f"http://{host}").lower().partition("://")
        if scheme not in ("http", "https") or not gate.is_own_page(origin, host):
            return Refusal(403, _unknown_name(origin))
    if not gate.door.admits(headers.get("cookie", "")):
        return Refusal(
            403,
            "This browser has not been let in: open the newest address that `undergrad serve`"
            " or `undergrad start` printed in its terminal. Each address works once.",
        )
    if method in ("GET", "HEAD"):
        return None
    return _write_verdict(method, path, headers, gate.token)


def _unknown_name(host: str) -> str:
    """Why a host or an origin is refused; a name that could be meant is repeated with the cure."""
    if not re.fullmatch(r"[\w.-]+(:\d+)?|\[[\da-fA-F:]+\](:\d+)?", host, re.ASCII):
        return "This server answers only requests for its own address and port."
    return (
        f"This server does not answer to the name {host}. If you forward its port under that name,"
        f" stop it and run `undergrad serve --allow-host {host}`."
    )


def _write_verdict(
    method: str, path: str, headers: Mapping[str, str], token: str
) -> Refusal | None:
    if method != "POST" or not path.startswith("/api/"):
        return Refusal(405, "Only the API is written to, and only with POST.")
    given = headers.get(TOKEN_HEADER, "").encode("utf-8")
    if not compare_digest(given, token.encode("utf-8")):
        return Refusal(403, "The key of this run is missing or wrong; load the page again.")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Refusal(415, "Only JSON is understood here.")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return Refusal(413, "That is too much at once.")
    return None


class Guard:
    """ASGI middleware: lets a browser in by the door's address, refuses what `verdict` refuses,
    and adds the safety headers to every answer."""

    def __init__(self, app: "ASGIApp", *, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: "Message") -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        await self._answer(scope)(scope, receive, send_guarded)

    def _answer(self, scope: "Scope") -> "ASGIApp":
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            return PlainTextResponse("Only HTTP is spoken here.", 400)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        path = scope["path"]
        if entered := self._enter(scope, headers):
            return entered
        refusal = verdict(scope["method"], path, headers, self.gate)
        return _refused(path, refusal) if refusal else self.app

    def _enter(self, scope: "Scope", headers: Mapping[str, str]) -> "ASGIApp | None":
        """The redirect to the clean address, for a key that works or a browser that is in."""
        from starlette.responses import RedirectResponse

        key = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
        ours = self.gate.answers_to(headers.get("host", ""))
        if not (key and ours and scope["method"] == "GET" and scope["path"] == "/"):
            return None
        door = self.gate.door
        redirect = RedirectResponse("/", 303, {"cache-control": "no-store"})
        if door.spend(key):
            redirect.headers["set-cookie"] = door.set_cookie()
            return redirect
        return redirect if door.admits(headers.get("cookie", "")) else None


def _refused(path: str, refusal: Refusal) -> "ASGIApp":
    """The reason: as JSON for the API, else as a page that a person can read."""
    from starlette.responses import HTMLResponse, JSONResponse

    fresh = {"cache-control": "no-store"}
    if path.startswith("/api/"):
        return JSONResponse({"error": refusal.reason}, refusal.status, fresh)
    reason = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(refusal.reason)))
    return HTMLResponse(_PAGE.format(reason=reason), refusal.status, fresh)


# A link from another site brings no cookie along; the link on this page does.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not let in - undergrad</title>
</head>
<body>
<main>
<h1>Not let in</h1>
<p>{reason}</p>
<p><a href="/">Try again</a>, if this browser was let in before.</p>
</main>
</body>
</html>
"""
