"""The live site as an ASGI application: the built pages, and a small API on the journey's store.

    GET  /api/status   the status as data
    GET  /api/events   server-sent events: regions of the open page that changed
    POST /api/read     {"resource": id}
    POST /api/recall   {"item": id, "rating": "again" | "hard" | "good" | "easy"}
    POST /api/opened   {"unit": id} for its solution, {"unit", "task", "rung"} for a hint
    POST /api/exercise {"unit": id}: the learner's file as {"text", "version", "trouble"}
    POST /api/start    {"unit": id}: the same, once the blank exercise has been handed out
    POST /api/save     {"unit", "base": version, "text"}: the same, or 409 with the file as it is
    POST /api/check    like save, and {"verdict", "message", "printed", "regions"} besides
    POST /api/blocks   {"unit", "blocks": texts of its lesson}: what the learner made of each, as
                       `exercise` says it; `exercise` and `save` take one by its text, as "block"
    POST /api/run      {"page": name, "blocks": texts}: runs the last one, and answers in JSON lines
    POST /api/stop     {"page": name}: stops what that page runs

Everything passes `Guard` first.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from os import PathLike, stat_result
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from undergrad.errors import UndergradError
from undergrad.markup import escape
from undergrad.site.exercise import Conflict
from undergrad.site.filling import filled
from undergrad.site.guard import BODY_LIMIT, Gate, Guard
from undergrad.site.live import LiveSite

_POLL_SECONDS = 0.4  # between two looks at the store's file
_QUIET_SECONDS = 2.0  # without a change before the pages are rebuilt
_KEEP_ALIVE_SECONDS = 15.0  # between comments on a silent stream, which reveal a dead one


def application(site: LiveSite, gate: Gate) -> Starlette:
    """The whole application, behind this gate."""
    pages = Pages(site, gate.token)
    return Starlette(
        routes=[
            Route("/api/status", _status(site)),
            Route("/api/events", _events(site)),
            Route("/api/read", _write(site.read), methods=["POST"]),
            Route("/api/recall", _write(site.recall), methods=["POST"]),
            Route("/api/opened", _write(site.opened), methods=["POST"]),
            Route("/api/exercise", _write(site.exercise), methods=["POST"]),
            Route("/api/start", _write(site.start), methods=["POST"]),
            Route("/api/save", _write(site.save), methods=["POST"]),
            Route("/api/check", _write(site.check), methods=["POST"]),
            Route("/api/blocks", _write(site.blocks), methods=["POST"]),
            Route("/api/run", _write(site.run), methods=["POST"]),
            Route("/api/stop", _write(site.stop), methods=["POST"]),
            Mount("/", pages),
        ],
        middleware=[Middleware(Guard, gate=gate)],
        lifespan=_rebuilding(site),
    )


Endpoint = Callable[[Request], Any]


def _status(site: LiveSite) -> Endpoint:
    async def status(_: Request) -> Response:
        return _fresh(JSONResponse(await run_in_threadpool(site.status_data)))

    return status


Answer = dict[str, Any] | AsyncIterator[str] | None


def _write(action: Callable[[dict[str, Any]], Answer]) -> Endpoint:
    """Hand a JSON object to an action, and its answer or its error to the page.

    An answer that comes in pieces is sent as it comes, until the page is gone.
    """

    async def write(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": "That is too much at once."}, 413)
        try:
            data = json.loads(body)
            if not isinstance(data, dict):
                raise ValueError
        except (ValueError, RecursionError):
            return JSONResponse({"error": "That is not a JSON object."}, 400)
        try:
            answer = await run_in_threadpool(action, data)
        except Conflict as error:
            return JSONResponse({"error": str(error), "exercise": asdict(error.now)}, 409)
        except UndergradError as error:
            return JSONResponse({"error": str(error)}, 400 if error.exit_code == 2 else 500)
        if isinstance(answer, AsyncIterator):
            return _fresh(StreamingResponse(answer, media_type="application/x-ndjson"))
        return _fresh(JSONResponse({"done": True} if answer is None else answer))

    return write


async def _body(request: Request) -> bytes | None:
    """The request's body, or None as soon as it is over the limit, whatever its head promised."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return body


def _events(site: LiveSite) -> Endpoint:
    async def stream(request: Request) -> Response:
        return _fresh(StreamingResponse(changes(site), media_type="text/event-stream"))

    return stream


async def changes(site: LiveSite) -> AsyncIterator[str]:
    """First all regions, then those that changed, whenever the store changes, until the end."""
    sent: dict[str, str] = {}
    seen: object = ...
    silent = 0.0
    while not site.is_stopping():
        version = site.store_version()
        if version != seen:
            regions = await run_in_threadpool(site.regions)
            news = {name: html for name, html in regions.items() if sent.get(name) != html}
            seen, sent = version, regions
            if news:
                yield f"event: regions\ndata: {json.dumps(news)}\n\n"
        elif silent >= _KEEP_ALIVE_SECONDS:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(_POLL_SECONDS)
        silent += _POLL_SECONDS


def _rebuilding(site: LiveSite) -> Callable[[Starlette], Any]:
    """Look at the pages once the store has changed and then been quiet for a moment."""

    async def watch() -> None:
        built = last = site.store_version()
        while True:
            await asyncio.sleep(_QUIET_SECONDS)
            now = site.store_version()
            if now == last and now != built:
                await run_in_threadpool(site.rebuild_or_notify)
                built = now
            last = now

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(watch())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return lifespan


class Pages(StaticFiles):
    """The built pages. Each gets its regions as they are now, and the key of this run, which only
    a page of ours can read."""

    def __init__(self, site: LiveSite, token: str) -> None:
        super().__init__(directory=site.pages, html=True, check_dir=False)
        self.site = site
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.all_directories = [self.site.pages]  # the newest build
        await super().__call__(scope, receive, send)

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        if not str(full_path).endswith(".html"):
            return super().file_response(full_path, stat_result, scope, status_code)
        with open(full_path, encoding="utf-8") as file:
            page = file.read()
        if self.site.journey is not None:
            page = filled(page, self.site.regions())
            key = f'<meta name="undergrad-live" content="{escape(self.token)}">'
            page = page.replace("<head>", f"<head>{key}", 1)
        return _fresh(HTMLResponse(page, status_code))


def _fresh(response: Response) -> Response:
    response.headers["cache-control"] = "no-store"
    return response
