"""What every command prints, its errors too, at 40 and 80 columns: no word, command, name or path
is broken, and no line is longer than the terminal unless something that must stay whole is."""

import re
import shutil
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.progress import append

from undergrad.cli.app import COMMANDS, cli, main
from undergrad.course import load, worked_solution
from undergrad.journey import create

COURSE = load()
UNIT = COURSE.unit("first-ten")
OUTLINES = [unit.id for unit in COURSE.units if not unit.written][:1]

SAID = [
    "status", "next", "show backprop", "check --seed 1", "check --all --seed 1",
    "hint", "hint images --task 1", "solution images --yes", "recap", "drill first-ten", "plan",
    "plan --hours 8", "plan --hours 8 --ics plan.ics", "path", "path rl", "prefer", "prefer video",
    "train --list", "train --help", "env check undergrad/Chain-v0", "runs", "parts", "data list",
    "capstone list",
    "capstone new supervised a-project-of-mine", "init some/where/else", "goal", "goal play Go",
    "class init k",
    "read nielsen", "note backprop remember the chain rule", "skip images", "reset images",
    "next backprop", "log", "log --times", "export history.jsonl", "backup", "doctor",
    "--help", "check --help", *(f"show {unit}" for unit in OUTLINES),
]  # fmt: skip
REFUSED = [
    "chekc", "xyzzy", "show backpropp", "show zzzz", "check --nothing", "check backprop",
    "drill backprop", "hint first-ten --task 99", "path zzzz", "prefer podcasts", "read zzzz",
    "plan --hours 500", "plan --from yesterday", f"plan --hours 6 --ics {UNIT.exercise}",
    "import README.md", "import nothing.jsonl", "export README.md", "skip first-ten",
    *(f"reset {unit}" for unit in OUTLINES), "train", "train cartpol", "train celsius --set lr=0.1",
    "train celsius --set discount=1", "play nothing", "evaluate nothing", "capstone check nothing",
    "capstone check notes", "capstone publish nothing", "portfolio build page",
    "capstone new unsupervised x", "status --journey nowhere/at/all",
    "init .", "class push", "class board nowhere", "class join ug1-cut", "class init k --store x://y",
    "cluster status nowhere.json", "cluster join nowhere.json",
    "train celsius --seeds 2 --cluster nowhere.json",
]  # fmt: skip
WIDE = 88


@pytest.fixture(scope="module")
def travelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journey with a passed unit, a skipped one, and one that was started."""
    journey = create(tmp_path_factory.mktemp("travelled") / "my-journey", COURSE, goal="play Go")
    file = journey.root / UNIT.exercise
    file.parent.mkdir(parents=True)
    file.write_text(worked_solution(UNIT))
    passed = {"verdict": "pass", "check_hash": UNIT.check_hash, "tasks": []}
    append(journey, "check.finished", UNIT.id, passed, course=COURSE)
    append(journey, "unit.skipped", "recommend", {"because": ""}, course=COURSE)
    return journey.root


Run = Callable[[str, int], str]


@pytest.fixture
def run(
    travelled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """What a command says in a terminal of so many columns, on a fresh copy of the journey."""

    def said(line: str, columns: int) -> str:
        root = tmp_path / "my-journey"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(travelled, root)
        monkeypatch.chdir(root)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("undergrad.cli.terminal.is_terminal", lambda: True)
        monkeypatch.setattr(sys, "argv", ["undergrad", *line.split()])
        with pytest.raises(SystemExit):
            main()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return out + err

    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    return said


@pytest.mark.parametrize("line", SAID + REFUSED)
def test_nothing_is_broken(run: Run, line: str) -> None:
    wide = _words(run(line, WIDE))
    for columns in (40, 80):
        text = run(line, columns)
        broken = {word for word in _words(text) - wide if not re.search(r"\d", word)}
        assert not broken, f"{columns}: {broken}\n{text}"
        for printed in text.splitlines():
            assert printed.count("`") % 2 == 0, f"{columns}: {printed}"
            assert len(printed) - _longest_piece(printed) <= columns, f"{columns}: {printed}"


SESSIONS = {
    "path --ask": ["9", "5", "play Go", "2", "", "", "", "2", "", "2", "2"],
    "drill first-ten": ["?", "d", "n", "d", "y"],
    "solution first-ten": ["n"],
    "recap": ["", "x", "g", "q"],
}


@pytest.mark.parametrize("line", SESSIONS)
def test_no_question_is_broken(
    line: str, travelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NextYear(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "NextYear":
            return super().now(tz) + timedelta(days=365)

    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    monkeypatch.setattr("undergrad.recap.records.datetime", NextYear)
    for module in ("path", "drill", "hint", "recap"):
        monkeypatch.setattr(f"undergrad.cli.{module}.is_interactive", lambda: True)
    words: set[str] = set()
    for columns in (WIDE, 40, 80):
        root = tmp_path / str(columns) / "my-journey"
        shutil.copytree(travelled, root)
        monkeypatch.chdir(root)
        monkeypatch.setenv("COLUMNS", str(columns))
        result = CliRunner().invoke(cli, line.split(), input="\n".join([*SESSIONS[line], ""]))
        assert result.exception is None, result.output
        text = result.output.replace(" \n", "\n")  # an empty answer
        words = words or _words(text)
        broken = {word for word in _words(text) - words if not re.search(r"\d", word)}
        assert not broken, f"{columns}: {broken}\n{text}"
        for printed in text.splitlines():
            assert printed.count("`") % 2 == 0, printed
            assert len(printed) - _longest_piece(printed) <= columns, printed


def test_every_command_is_looked_at() -> None:
    named = {line.split()[0] for line in SAID + REFUSED}
    # These serve, wait for keys, or print a script that a shell reads.
    assert {*COMMANDS} - named == {"start", "serve", "site", "watch", "completion", "diagnose"}


def test_a_calendar_never_replaces_something_else(run: Run, tmp_path: Path) -> None:
    text = run(f"plan --hours 6 --ics {UNIT.exercise}", 80)
    assert "something else" in " ".join(text.split())
    assert (tmp_path / "my-journey" / UNIT.exercise).read_text() == worked_solution(UNIT)


def _words(text: str) -> set[str]:
    """Its words, without the colon that a table in blocks adds."""
    return {word.rstrip(":") for word in text.split()}


def _longest_piece(line: str) -> int:
    """The longest piece of a line that must stay whole; 0 when it is a word of usual length."""
    commands = r"`[^`]*`|(?:cd \S+ && )?undergrad .*|\S+"
    longest = max(map(len, re.findall(commands, line)), default=0)
    return longest if longest > 16 else 0
