"""What stands between the live site and everything else that can reach a port of this computer.

Any web page a person visits may send requests to 127.0.0.1, and through a rebound name may even
read the answers. So the guard allows what our own pages do and refuses the rest:

- the Host header must be our address *and* our port;
- the API answers no page of another origin, and not even of another port of this machine;
- a write also carries the key of this run in a header, and is JSON of a sane size.

`verdict` is a pure function of the request's head. `Guard` applies it and adds the headers that
tell the browser to load nothing from elsewhere and to show the site in no frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import compare_digest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024  # bytes; the largest honest body has a hundred
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


def verdict(
    method: str, path: str, headers: Mapping[str, str], *, port: int, token: str
) -> Refusal | None:
    """None for a request that may pass, else why not. Header names are in lower case."""
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if headers.get("host", "") not in hosts:
        return Refusal(403, "This server answers only requests for its own address and port.")
    if path.startswith("/api/") and not _ours(headers):
        return Refusal(403, "This page is not ours.")
    if method in ("GET", "HEAD"):
        return None
    return _write_verdict(method, path, headers, token)


def _ours(headers: Mapping[str, str]) -> bool:
    """Whether no header shows that the request comes from elsewhere."""
    origin = headers.get("origin")
    return (
        headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        and origin in (None, f"http://{headers['host']}")
    )  # fmt: skip


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
    """ASGI middleware: refuses what `verdict` refuses, and adds the safety headers to all else."""

    def __init__(self, app: "ASGIApp", *, port: int, token: str) -> None:
        self.app = app
        self.port = port
        self.token = token

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
        from starlette.responses import JSONResponse, PlainTextResponse

        if scope["type"] != "http":
            return PlainTextResponse("Only HTTP is spoken here.", 400)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        path = scope["path"]
        refusal = verdict(scope["method"], path, headers, port=self.port, token=self.token)
        if refusal is None:
            return self.app
        return JSONResponse({"error": refusal.reason}, refusal.status)
