"""Whole programs, from pressing Enter to the last line, each beside one whose time is known.

Both run in a journey whose first exercise is solved. They take turns, and one more turn before the
others fills the caches that a person has from the first day on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.measure import Peer, environment, summary
from bench.use.rows import Row
from bench.worker import MB
from undergrad import course as courses
from undergrad import journey as journeys

BARE, NUMPY = ("-c", "pass"), ("-c", "import numpy")
PAGES = ".undergrad/site/copy/mkdocs.yml"  # what `site build` gives to MkDocs, in a journey
MKDOCS = ("-m", "mkdocs", "build", "--quiet", "--config-file", PAGES, "--site-dir", "{new}")
_UNDERGRAD = ("-m", "undergrad")


@dataclass(frozen=True)
class Command:
    """Arguments of `undergrad`, and of Python for what stands beside it.

    {new}: a folder that is not there yet.   until: the waiting ends with the line that begins so.
    """

    words: tuple[str, ...]
    beside: str
    other: tuple[str, ...]
    until: str = ""
    what: str = ""  # is waited for, where the words do not say it

    @property
    def title(self) -> str:
        """The command as a person types it, without the folder that it makes."""
        words = [each for each in self.words if each != "{new}" and not each.startswith("--no-")]
        return f"`undergrad {' '.join(words)}`{self.what}"


COMMANDS = {
    "help": Command(("--help",), "`python -c pass`", BARE),
    "status": Command(("status",), "`python -c pass`", BARE),
    "next": Command(("next",), "`python -c pass`", BARE),
    "check": Command(("check", "first-ten"), "`import numpy`", NUMPY),
    "start": Command(
        ("start", "{new}", "--no-browser", "--no-serve"),
        "`import numpy`",
        NUMPY,
        until="The plot:",
        what=", to the first plot",
    ),
    "site": Command(("site", "build", "{new}"), "MkDocs alone, the same pages", MKDOCS),
}


@contextmanager
def workplace() -> Iterator[Path]:
    """A journey in a temporary folder, its first exercise solved."""
    with tempfile.TemporaryDirectory() as folder:
        course = courses.load()
        me = journeys.Learner(journeys.create(Path(folder) / "journey", course), course)
        first = course.unit("first-ten")
        me.start(first).write_text(courses.worked_solution(first), "utf-8")
        yield me.journey.root


def measured(command: Command, journey: Path, turns: int) -> Row:
    """Ours and the other in turns, each with new folders."""
    fresh = (str(journey.parent / f"{command.words[0]}-{n}") for n in count())
    ours, theirs = [], []
    for turn in range(turns + 1):
        first = waited(placed([*_UNDERGRAD, *command.words], fresh), journey, command.until)
        second = waited(placed(command.other, fresh), journey)
        if turn:
            ours.append(first)
            theirs.append(second)
    sides = [
        summary(peer, "", found, max(each["memory"] for each in found))
        for peer, found in ((Peer("ours", 1), ours), (Peer("theirs", 1), theirs))
    ]
    return Row(command.title, command.beside, *sides)


def placed(arguments: Sequence[str], fresh: Iterator[str]) -> list[str]:
    return [next(fresh) if each == "{new}" else each for each in arguments]


def waited(arguments: Sequence[str], folder: Path, until: str = "") -> dict[str, float]:
    """Run Python with these arguments; seconds by both clocks, and the peak of the memory in MB."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment(1), "PYTHONUNBUFFERED": "1", "NO_MKDOCS_2_WARNING": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        said = list(_through(process.stdout or (), until))
        seconds = time.perf_counter() - began
        if until and said and said[-1].startswith(until):
            os.killpg(process.pid, signal.SIGKILL)  # with what it has started since
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != (-signal.SIGKILL if until else 0):
        raise SystemExit(f"bench.use: python {' '.join(arguments)} stopped:\n{''.join(said)}")
    cpu = used.ru_utime + used.ru_stime
    return {"wall": seconds, "cpu": cpu, "memory": used.ru_maxrss / MB}


def _through(lines: Iterable[str], last: str) -> Iterator[str]:
    """The lines, up to the one that begins with `last` where that is not empty."""
    for line in lines:
        yield line
        if last and line.startswith(last):
            return
