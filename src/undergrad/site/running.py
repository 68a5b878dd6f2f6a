"""Running the Python blocks of a lesson for a page: whose code they import, and what comes back.

    run = Run(me, unit, blocks)
    async for piece in run.pieces(): ...     # what it prints, then how it ended

A block may import from `exercises`. What the learner has written there counts as soon as its task
passes the check; everything else is on loan from the worked solution, and said to be so.
"""

import ast
import asyncio
import base64
import json
from codecs import getincrementaldecoder
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Timer
from typing import Any

from undergrad import extras
from undergrad.course.blank import tasks_by_name
from undergrad.course.lookup import imported, solution_text
from undergrad.course.models import Unit
from undergrad.errors import ToolError, UsageError
from undergrad.files import source_text
from undergrad.journey import Learner
from undergrad.locate import answer_folders
from undergrad.sandbox import process
from undergrad.sandbox.frames import ProtocolError
from undergrad.sandbox.limits import Limits
from undergrad.sandbox.output import clean
from undergrad.words import listing, plural

# What stands above a block counts too: the slowest lesson takes eight seconds.
LIMITS = Limits(seconds=20.0, total=20.0, output=1 << 20, messages=8 << 20)
_MEMORY_WITH_TORCH = 32 << 30  # it maps many gigabytes that it never touches
_AT_ONCE = 1 << 15  # bytes that are shown while they are printed; the rest comes at the end
_SECONDS = 0.1  # between two pieces
_PATIENCE = 1.0  # seconds in which a program that is to stop may do so by itself
_BLOCKS, _TEXT = 100, 64 * 1024  # the most blocks of a page, and characters of one
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Imported:
    """One exercise that blocks import from: the learner's text, and what of it is on loan."""

    unit: Unit
    own: str  # empty when all of it is on loan
    borrowed: Mapping[str, frozenset[int]]  # functions and classes, each with the tasks still open

    @property
    def data(self) -> dict[str, Any]:
        """It as the sandbox gets it."""
        return {
            "module": self.unit.module,
            "own": self.own,
            "borrowed": list(self.borrowed),
            "solution": solution_text(self.unit),
            "renamed": self.unit.renamed,
        }

    def sentence(self, wanted: frozenset[str] | None) -> str:
        """What a learner reads about it. wanted: the names that are used; None for all."""
        file = f"{self.unit.module}.py"
        if not self.own:
            return f"`{file}` is on loan until its first task passes."
        borrowed = [name for name in self.borrowed if wanted is None or name in wanted]
        if not borrowed:
            return f"What comes from `{file}` is your own."
        tasks = sorted({task for name in borrowed for task in self.borrowed[name]})
        which = listing(map(str, tasks))
        until = f"task {which} passes" if len(tasks) == 1 else f"tasks {which} pass"
        names = listing(f"`{name}`" for name in borrowed)
        return (
            f"Of `{file}`, {names} {'is' if len(borrowed) == 1 else 'are'} on loan until {until}."
        )


def imports(me: Learner, texts: Iterable[str]) -> list[Imported]:
    """The exercises that these texts import from, each behind those that it imports itself."""
    found: dict[str, Imported] = {}
    seen: set[str] = set()

    def add(text: str) -> None:
        for unit in _imported(text):
            if unit.module not in seen:
                seen.add(unit.module)
                each = _import(me, unit)
                for other in (solution_text(unit), each.own):
                    add(other)
                found[unit.module] = each

    for text in texts:
        add(text)
    return list(found.values())


def _import(me: Learner, unit: Unit) -> Imported:
    last = me.status.unit(unit.id).last_check or {}
    results = [each for each in last.get("tasks", ()) if isinstance(each, dict)]
    failed = {each.get("task") for each in results if each.get("verdict") != "pass"}
    passed = {each.get("task") for each in results} - failed
    own = ""
    with suppress(OSError, SyntaxError, ValueError):  # gone, or in no encoding
        own = source_text(me.exercise(unit)) if passed else ""
    waiting = {
        name: frozenset(tasks) - passed
        for name, tasks in tasks_by_name(solution_text(unit)).items()
    }
    return Imported(unit, own, {name: tasks for name, tasks in waiting.items() if own and tasks})


def _imported(text: str) -> tuple[Unit, ...]:
    try:
        return imported(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):  # its run says so
        return ()


def _wanted(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """By module, the names that the texts import from it; not for a module that comes whole."""
    by_name: dict[str, frozenset[str]] = {}
    whole: set[str] = set()
    for node in (node for text in texts for node in _nodes(text)):
        names = frozenset(alias.name for alias in node.names)
        if isinstance(node, ast.Import) or node.module == "exercises":
            whole |= {name.removeprefix("exercises.") for name in names}
        else:
            module = (node.module or "").removeprefix("exercises.")
            by_name[module] = by_name.get(module, frozenset()) | names
    return {module: names for module, names in by_name.items() if module not in whole}


def _nodes(text: str) -> Iterator[ast.Import | ast.ImportFrom]:
    with suppress(SyntaxError, ValueError, RecursionError):  # its run says so
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node


@dataclass
class Run:
    """One run of the last of some blocks. `pieces` starts it, and it ends with its reader."""

    me: Learner
    blocks: Sequence[tuple[int, str]]  # by the number that the page gives them
    is_stopping: Callable[[], bool] = lambda: False  # of the site
    _process: process.Process | None = None  # while it runs
    _is_stopped: bool = False  # by somebody
    _new: bytearray = field(default_factory=bytearray)  # printed, and not yet shown
    _printed: int = 0  # bytes
    _told: dict[str, Any] = field(default_factory=dict)  # how the blocks ended, from inside
    _broken: dict[str, str] = field(default_factory=dict)  # exercises that cannot be imported
    _pictures: list[dict[str, str]] = field(default_factory=list)

    def stop(self) -> None:
        """Ask it to stop, which tells the line that is running, and end it if it does not."""
        self._is_stopped = True
        if self._process:
            self._process.interrupt()
        patience = Timer(_PATIENCE, self.end)
        patience.daemon = True
        patience.start()

    def end(self) -> None:
        """End it."""
        self._is_stopped = True
        if self._process:
            self._process.kill()

    async def pieces(self) -> AsyncGenerator[str, None]:
        """JSON lines: `{"printed": text}` as it comes, and at the end how it ended."""
        task = asyncio.create_task(asyncio.to_thread(self._run))
        decode = getincrementaldecoder("utf-8")("replace").decode
        try:
            while not task.done():
                await asyncio.wait([task], timeout=_SECONDS)
                if self.is_stopping():
                    self.end()
                fresh = bytes(self._new)
                del self._new[: len(fresh)]
                if fresh:
                    yield _line({"printed": clean(decode(fresh))})
            yield _line(await task)
        finally:
            self.end()

    def _run(self) -> dict[str, Any]:
        """Run it, and say how it ended."""
        texts = [text for _, text in self.blocks]
        exercises = imports(self.me, texts)
        job = process.Job(
            "undergrad.sandbox.blocks:run",
            {"blocks": self.blocks, "exercises": [each.data for each in exercises]},
            hidden=tuple(map(str, answer_folders())),
        )
        with_torch = any("torch" in text for text in texts)
        limits = replace(LIMITS, memory=_MEMORY_WITH_TORCH) if with_torch else LIMITS
        try:
            ended = process.run(job, limits, self._receive, self._take, self._started)
        except ToolError as error:
            return {"ending": "error", "trouble": str(error)}
        finally:
            self._process = None
        wanted = _wanted(texts)
        return {
            **self._ending(ended),
            "printed": ended.output,
            "pictures": self._pictures,
            "seconds": round(ended.seconds, 1),
            "notes": [
                *(each.sentence(wanted.get(each.unit.module)) for each in exercises),
                *self._notes(ended),
            ],
        }

    def _started(self, started: process.Process) -> None:
        self._process = started
        if self._is_stopped:  # before it began
            started.kill()

    def _take(self, block: bytes) -> None:
        self._printed += len(block)
        if self._printed <= _AT_ONCE:
            self._new += block

    def _receive(self, message: dict[str, Any], raw: bytes) -> None:
        match message:
            case {"say": "begin" | "done" as word}:
                self._told |= {word: True}
            case {"say": "raised", "block": int(), "kind": str(), "text": str()}:
                self._told |= {key: message[key] for key in ("block", "kind", "text")}
            case {"say": "broken", "module": str(module), "why": str(why)}:
                self._broken[module] = why
            case {"say": "picture", "words": str(words)} if raw.startswith(_PNG):
                data = base64.b64encode(raw).decode()
                self._pictures.append({"words": clean(words)[:500], "png": data})
            case _:
                raise ProtocolError("an unknown message")

    def _ending(self, ended: process.Ended) -> dict[str, Any]:
        """How it ended, in a word for the page and in a sentence; with a traceback, if there is."""
        last, _ = self.blocks[-1]
        told, kind = self._told, self._told.get("kind")
        text = clean(str(told.get("text", "")))[-8000:]
        if kind == "error":
            where = "" if told["block"] == last else f"Block {told['block']} above fails. "
            return {"ending": "error", "trouble": where, "traceback": text}
        place = f" in {text}" if text else ""
        if kind == "stopped":
            return {"ending": "stopped", "trouble": f"Stopped{place}."}
        if kind == "late" or ended.ending == "timeout":
            limit = plural(int(LIMITS.seconds), "second")
            return {"ending": "error", "trouble": f"Stopped{place}: it took more than {limit}."}
        if ended.ending == "output":
            return {"ending": "error", "trouble": "Stopped: it prints more than a page can hold."}
        if "done" in told and ended.ending == "ended":
            return {"ending": "done", "trouble": ""}
        if self._is_stopped:
            return {"ending": "stopped", "trouble": "Stopped."}
        return {"ending": "error", "trouble": "The process ended before the block did."}

    def _notes(self, ended: process.Ended) -> Iterator[str]:
        for module, why in self._broken.items():
            yield f"Your `{module}.py` cannot be imported, so it is on loan: {clean(why)[:200]}."
        if ended.ready and not {"net", "files"} <= set(ended.layers):
            yield (
                "This system keeps a run within limits of time and memory only: a block can change"
                " files and use the network."
            )


def _line(piece: dict[str, Any]) -> str:
    return json.dumps(piece) + "\n"


def numbered(body: dict[str, Any]) -> list[tuple[int, str]]:
    """The blocks that a page sends, counted from 1. UsageError for anything but a list of texts."""
    texts = body.get("blocks")
    if not isinstance(texts, list) or not 0 < len(texts) <= _BLOCKS:
        raise UsageError(f"`blocks` is a list of 1 to {_BLOCKS} texts.")
    if not all(isinstance(text, str) and len(text) <= _TEXT for text in texts):
        raise UsageError("A block is a text, and not too long a one.")
    return list(enumerate(texts, start=1))


def runnable(body: dict[str, Any]) -> list[tuple[int, str]]:
    """The blocks from the first one to the one to run, which comes last.

    Without PyTorch, blocks that need it are left out; UsageError when the last block does.
    """
    blocks = numbered(body)
    if not extras.missing("torch"):
        return blocks
    if "torch" in blocks[-1][1]:
        raise UsageError(extras.advice("This block", "torch"))
    return [(number, text) for number, text in blocks if "torch" not in text]
