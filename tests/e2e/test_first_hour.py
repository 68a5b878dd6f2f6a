"""A newcomer's first hour through the real command line: one process a command, as a person types.

Also what happens when things go wrong: every message is one sentence with a way on, and no
traceback.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.course import planted
from tests.sample import one_in

from undergrad import course
from undergrad.course.models import Mistake, Unit

UNDERGRAD = Path(sys.executable).with_name("undergrad")
COURSE = course.load()
BACKPROP = COURSE.unit("backprop")
SENTENCES = course.mistake_sentences(BACKPROP)


def undergrad(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if k != "UNDERGRAD_JOURNEY"}
    return subprocess.run(
        [str(UNDERGRAD), *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={**clean, **environment},
    )  # fmt: skip


def says(done: subprocess.CompletedProcess) -> str:
    """Everything on both streams, with line breaks as spaces, so that wrapping does not matter."""
    return " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def journey(tmp_path: Path) -> Path:
    done = undergrad("init", "j", "--path", "full", "--goal", "understand it", cwd=tmp_path)
    assert done.returncode == 0, says(done)
    return tmp_path / "j"


def lay(journey: Path, unit: Unit, source: str) -> None:
    """Put `source` where the learner's file of `unit` belongs."""
    file = journey / unit.exercise
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, "utf-8")


def test_status_knows_path_and_goal(journey: Path) -> None:
    done = undergrad("status", "--json", cwd=journey)
    status = json.loads(done.stdout)
    assert (status["path"], status["goal"]) == ("full", "understand it")
    assert status["passed"] == 0 and status["next"] == "first-ten"


def test_next_creates_the_first_exercise(journey: Path) -> None:
    done = undergrad("next", cwd=journey)
    assert done.returncode == 0 and "undergrad check first-ten" in says(done)
    assert (journey / COURSE.unit("first-ten").exercise).is_file()


def test_the_blank_exercise_fails(journey: Path) -> None:
    lay(journey, BACKPROP, course.blank_exercise(BACKPROP))
    done = undergrad("check", "backprop", "--json", cwd=journey)
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdict"] != "pass"


def test_the_solution_passes_and_is_remembered(journey: Path) -> None:
    lay(journey, BACKPROP, course.worked_solution(BACKPROP))
    done = undergrad("check", "backprop", "--json", cwd=journey)
    assert done.returncode == 0, says(done)
    assert json.loads(done.stdout)["verdict"] == "pass"
    status = json.loads(undergrad("status", "--json", cwd=journey).stdout)
    assert status["passed"] == 1
    assert "backprop checked: pass" in says(undergrad("log", cwd=journey))


@pytest.mark.parametrize("mistake", one_in(6, BACKPROP.mistakes), ids=lambda each: each.name)
def test_each_mistake_is_named_by_its_sentence(journey: Path, mistake: Mistake) -> None:
    lay(journey, BACKPROP, planted.mistakes(course.unit_folder(BACKPROP))[mistake.name])
    done = undergrad("check", "backprop", cwd=journey, COLUMNS="200")
    assert done.returncode == 1
    assert " ".join(SENTENCES[mistake.name].split()) in says(done)


def test_bookkeeping_is_kept(journey: Path) -> None:
    for command in (
        ["read", "3b1b-nn"],
        ["note", "first-ten", "a slope and an offset"],
        ["skip", "images", "--because", "later"],
        ["goal", "build agents"],
        ["reset", "first-ten"],
    ):
        done = undergrad(*command, cwd=journey)
        assert done.returncode == 0, (command, says(done))
    status = json.loads(undergrad("status", "--json", cwd=journey).stdout)
    states = {unit["id"]: unit["state"] for unit in status["units"]}
    assert status["goal"] == "build agents" and "3b1b-nn" in status["read"]
    assert states["images"] == "skipped"
    assert "a slope and an offset" in (journey / "notes" / "first-ten.md").read_text("utf-8")


WRONG_USE = {
    "no journey": (["status"], 2, "undergrad init"),
    "unknown command": (["chekc"], 2, "check"),
    "unknown unit": (["show", "bakprop"], 2, "backprop"),
    "unknown path": (["init", "k", "--path", "ful"], 2, "full"),
    "unknown resource": (["read", "fastai"], 2, "fastai-pdl"),
    "unknown preset": (["train", "cartpol"], 2, "cartpole"),
    "unknown kind": (["capstone", "new", "superviced", "x"], 2, "supervised"),
    "name outside": (["capstone", "new", "supervised", "../x"], 2, "name"),
    "missing capstone": (["capstone", "check", "nowhere"], 2, "nowhere"),
}


@pytest.mark.parametrize("name", WRONG_USE)
def test_wrong_use_gets_a_sentence_and_a_way_on(name: str, tmp_path: Path) -> None:
    command, code, way_on = WRONG_USE[name]
    if name != "no journey":
        undergrad("init", "j", cwd=tmp_path)
    done = undergrad(*command, cwd=tmp_path / "j" if name != "no journey" else tmp_path)
    assert done.returncode == code, says(done)
    assert way_on in says(done) and "Traceback" not in says(done)


def test_start_goes_all_the_way_and_continues_later(tmp_path: Path) -> None:
    flags = ["--no-browser", "--no-serve"]
    first = undergrad("start", "j", *flags, cwd=tmp_path)
    assert first.returncode == 0, says(first)
    slope = re.search(r"([\d.]+) \* celsius \+ ([\d.]+)", says(first))
    assert slope and abs(float(slope[1]) - 1.8) < 0.05 and abs(float(slope[2]) - 32) < 0.05
    (run,) = json.loads(undergrad("runs", "--json", cwd=tmp_path / "j").stdout)
    assert run["preset"] == "celsius"
    second = undergrad("start", *flags, cwd=tmp_path / "j")
    assert second.returncode == 0 and "celsius +" not in says(second)
    assert "first-ten" in says(second)


@pytest.mark.parametrize("arguments", [["--help"], ["status"], ["next"], ["show", "backprop"]])
def test_forty_columns_without_colour(arguments: list[str], journey: Path) -> None:
    done = undergrad(*arguments, cwd=journey, COLUMNS="40", NO_COLOR="1", TERM="dumb")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    paths = [line for line in done.stdout.splitlines() if len(line) > 40 and "/" not in line]
    assert not paths or arguments == ["--help"]


def test_start_with_the_name_of_a_unit_makes_no_folder(tmp_path: Path) -> None:
    done = undergrad("start", "floats", "--no-browser", "--no-serve", cwd=tmp_path)
    assert done.returncode == 2 and "undergrad show floats" in says(done)
    assert list(tmp_path.iterdir()) == []
