"""The teacher's side of the network: receives pushes over TLS, and shows the board.

    POST /push     a push; the answer is a receipt
    POST /erase    a learner's wish to be forgotten
    GET  /board/K  the board, for the one who knows the teacher's key K

One thread writes. While it waits for the disk, pushes arrive, and it commits all that wait in one
transaction: with 64 pushers that is twenty times as fast as one by one. A push is answered after
its commit, so what was answered is on the disk.
"""

import queue
import signal
import socket
from asyncio import wrap_future
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from undergrad import markup
from undergrad.classroom import marks, message
from undergrad.classroom.board import SILENT_DAYS, board
from undergrad.classroom.certificate import fingerprint
from undergrad.classroom.folder import Classroom
from undergrad.classroom.message import MOST, Push, Refused
from undergrad.classroom.store import Answer, Store
from undergrad.classroom.view import this_minute
from undergrad.course import Course
from undergrad.errors import StoreError, ToolError
from undergrad.words import VERDICTS, moment

_AT_ONCE = 64  # pushes in one transaction
_HIDDEN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

_Job = tuple[Push | int, Future[Answer | None]]  # a number is a learner to forget


class Writer(Thread):
    """The one thread that writes to the store."""

    def __init__(self, classroom: Classroom) -> None:
        super().__init__(daemon=True)
        self._classroom = classroom
        self._store: Store | None = None
        self._jobs: queue.Queue[_Job | None] = queue.Queue()

    def push(self, push: Push) -> Future[Answer | None]:
        """Store a push; its answer, once it is on the disk."""
        return self._put(push)

    def forget(self, learner: int) -> Future[Answer | None]:
        """Erase a learner."""
        return self._put(learner)

    def finish(self) -> None:
        """Write what waits, then end."""
        self._jobs.put(None)
        self.join()

    def run(self) -> None:
        while first := self._jobs.get():
            waiting, last = [first], False
            while len(waiting) < _AT_ONCE and not last:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                last = job is None
                waiting += [job] if job else []
            self._do(waiting)
            if last:
                break
        if self._store:
            self._store.close()

    def _put(self, what: Push | int) -> Future[Answer | None]:
        done: Future[Answer | None] = Future()
        self._jobs.put((what, done))
        return done

    def _do(self, jobs: Sequence[_Job]) -> None:
        """Everything in the order in which it came: pushes together, an erasure alone."""
        pushes: list[tuple[Push, Future[Answer | None]]] = []
        for what, done in jobs:
            if isinstance(what, Push):
                pushes.append((what, done))
                continue
            self._store_all(pushes)
            pushes = []
            self._settle([done], partial(self._forget, what))
        self._store_all(pushes)

    def _store_all(self, pushes: Sequence[tuple[Push, Future[Answer | None]]]) -> None:
        if pushes:
            batch = [push for push, _ in pushes]
            self._settle(
                [done for _, done in pushes],
                lambda: self._open().receive(batch, this_minute()),
            )

    def _settle(
        self,
        waiting: Sequence[Future[Answer | None]],
        work: Callable[[], Sequence[Answer | Refused | None]],
    ) -> None:
        try:
            answers = work()
        except Exception as error:  # every one of them must be answered
            if self._store and isinstance(error, StoreError):
                self._store.close()  # a database that crashed needs a new connection
                self._store = None
            answers = [error if isinstance(error, Refused) else _Failed(error)] * len(waiting)
        for done, answer in zip(waiting, answers, strict=True):
            if isinstance(answer, Exception):
                done.set_exception(answer)
            else:
                done.set_result(answer)

    def _forget(self, learner: int) -> Sequence[None]:
        self._open().forget(learner)
        marks.drop(self._classroom, learner)
        return [None]

    def _open(self) -> Store:
        if self._store is None:
            self._store = self._classroom.open_store()
        return self._store


class _Failed(Refused):
    """The store could not be written."""

    def __init__(self, error: Exception) -> None:
        super().__init__(503, str(error))


def application(classroom: Classroom, course: Course, writer: Writer) -> Starlette:
    """The three routes."""

    def key_of(learner: int) -> bytes:
        return classroom.secret(learner).encode()

    async def push(request: Request) -> Response:
        return await answered(request, message.KIND, writer.push)

    async def erase(request: Request) -> Response:
        return await answered(request, message.ERASURE, lambda push: writer.forget(push.learner))

    async def answered(
        request: Request, kind: str, submit: Callable[[Push], Future[Answer | None]]
    ) -> Response:
        try:
            body = await _body(request)
            received = message.read(body, classroom.settings.id, key_of, kind)
            answer = await wrap_future(submit(received))
        except Refused as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        return JSONResponse(vars(answer) if answer else {})

    async def show(request: Request) -> Response:
        try:
            page = await run_in_threadpool(_page, classroom, course)
        except StoreError as error:
            return Response(str(error), 503, _HIDDEN)
        return HTMLResponse(page, headers=_HIDDEN)

    return Starlette(
        routes=[
            Route("/push", push, methods=["POST"]),
            Route("/erase", erase, methods=["POST"]),
            Route(f"/board/{classroom.teacher_key}", show),
        ]
    )


def serve(
    classroom: Classroom, course: Course, *, host: str, port: int, say: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C. ToolError when the address is taken or not this machine's."""
    import uvicorn

    fingerprint(classroom)
    classroom.open_store().close()  # better an error now than at the first push
    with _listener(host, port) as listener:
        writer = Writer(classroom)
        writer.start()
        port = listener.getsockname()[1]
        say(f"Receiving pushes at {host}:{port}. Stop with Ctrl-C.")
        say(f"The board: https://{host}:{port}/board/{classroom.teacher_key}")
        say("Your browser will warn once, because the certificate is the class's own.")
        settings = uvicorn.Config(
            application(classroom, course, writer),
            ssl_certfile=classroom.certificate,
            ssl_keyfile=classroom.private_key,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=5,
            ws="none",
        )
        if current_thread() is main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(settings).run(sockets=[listener])
        writer.finish()
    say("Stopped. What was received is in the store.")


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ToolError(
            f"Nothing can be served at {host}:{port} ({error.strerror}): name an address of this"
            " machine with --host and a free port with --port."
        ) from error


async def _body(request: Request) -> bytes:
    """The body, of which no more is read than a push may have."""
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MOST:
            raise Refused(413, f"A push has at most {MOST:,} bytes.")
    return bytes(body)


def _page(classroom: Classroom, course: Course) -> str:
    store = classroom.open_store()
    try:
        made = board(store, course, datetime.now(UTC))
    finally:
        store.close()
    values: dict[str, Any] = {
        "board": made,
        "name": classroom.settings.name,
        "moment": moment,
        "silent_days": SILENT_DAYS,
        "verdicts": VERDICTS,
    }
    pages = markup.environment(Path(__file__).parent)
    return pages.get_template("board.html.jinja").render(**values)
