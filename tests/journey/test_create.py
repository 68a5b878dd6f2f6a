"""The folder: made once, then only added to."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.progress import append, load_status, reset_unit, start_unit

from undergrad.course import load
from undergrad.course.models import Course, Unit
from undergrad.errors import UsageError
from undergrad.journey import Journey, Learner, create, events, find
from undergrad.journey.readme import BEGIN, END, with_table


@pytest.fixture
def written() -> Unit:
    return next(unit for unit in load().units if unit.written)


def test_what_a_journey_holds(journey: Journey) -> None:
    names = sorted(str(path.relative_to(journey.root)) for path in journey.root.iterdir())
    folders = ["capstones", "exercises", "notes", "progress.svg", "runs"]
    assert names == [".undergrad", "README.md", *folders]
    (created,) = events(journey)
    assert created.kind == "journey.created"
    assert created.data == {"path": "full", "goal": "know"}
    assert created.course_version == "7"
    assert "lock" in (journey.private / ".gitignore").read_text().split()


def test_twice_is_refused_kindly(journey: Journey, course: Course) -> None:
    with pytest.raises(UsageError, match=r"is already a journey.*undergrad status"):
        create(journey.root, course)
    assert len(list(events(journey))) == 1


def test_an_unknown_path_makes_nothing(tmp_path: Path, course: Course) -> None:
    with pytest.raises(UsageError, match="did you mean `late`"):
        create(tmp_path / "new", course, path="lat")
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_way(tmp_path: Path, course: Course) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(UsageError, match="not a folder"):
        create(tmp_path / "taken", course)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_file_with_the_private_folders_name(tmp_path: Path, course: Course) -> None:
    (tmp_path / ".undergrad").write_text("mine")
    with pytest.raises(UsageError, match="in the way"):
        create(tmp_path, course)
    with pytest.raises(UsageError, match="no journey"):
        find(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [".undergrad"]


def test_nobodys_home(course: Course) -> None:
    for use in (lambda folder: create(folder, course), find):
        with pytest.raises(UsageError, match="nobody's home"):
            use(Path("~no-such-person/j"))


def test_files_of_the_learner_stay(tmp_path: Path, course: Course) -> None:
    mine = {"README.md": b"mine\r\n", "exercises/__init__.py": b"# mine", "notes/alpha.md": b"x"}
    for name, content in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    journey = create(tmp_path, course)
    append(journey, "check.finished", "alpha", {"verdict": "pass"}, course=course)
    assert {name: (tmp_path / name).read_bytes() for name in mine} == mine


@pytest.mark.parametrize(
    "name",
    ["my way", "zürich", "学ぶ", "a'b\"c", "per%20cent", "que?ry#frag", "-dash", "x" * 255, "🙂",
     "line\nbreak", "nfd-u\u0308", "[a-z]*", os.fsdecode(b"bytes-\xff")],
)  # fmt: skip
def test_odd_folder_names(tmp_path: Path, course: Course, name: str) -> None:
    journey = create(tmp_path / name, course)
    append(journey, "hint.shown", "alpha", {"rung": 1}, course=course)
    assert load_status(journey, course).events == 2
    assert (tmp_path / name / ".undergrad" / "journey.db").is_file()
    assert journey.readme.is_file()


def test_a_crash_while_making_leaves_no_half_journey(tmp_path: Path, course: Course) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from undergrad.course import load
from undergrad.journey import Learner, create
os.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
create(Path(sys.argv[1]), load())
"""
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path / "way")])
    assert ran.returncode == -signal.SIGKILL
    assert not (tmp_path / "way" / ".undergrad").exists()
    assert load_status(create(tmp_path / "way", course), course).events == 1


def test_exercises_import_as_one_package(journey: Journey) -> None:
    for stage, module in (("1-first", "alpha"), ("2-second", "gamma")):
        (journey.exercises / stage).mkdir()
        (journey.exercises / stage / f"{module}.py").write_text(f"name = {module!r}\n")
    (journey.exercises / "2-second" / "gamma.1.py").write_text("raise SystemError\n")
    code = "from exercises.alpha import name; import exercises.gamma as g; print(name, g.name)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=journey.root, capture_output=True, text=True
    )
    assert ran.stdout == "alpha gamma\n", ran.stderr


@pytest.mark.parametrize("what", ["a folder", "a dangling link"])
def test_a_unit_starts_in_a_file_and_in_nothing_else(
    journey: Journey, written: Unit, what: str
) -> None:
    file = journey.exercise(written)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.mkdir() if what == "a folder" else file.symlink_to("nowhere")
    with pytest.raises(UsageError, match="is not a file"):
        Learner(journey, load()).start(written)
    assert [event.kind for event in events(journey)] == ["journey.created"]


def test_start_creates_the_blank_exercise_once(journey: Journey, written: Unit) -> None:
    path = start_unit(journey, written, load())
    assert path == journey.root / written.exercise
    assert "TODO" in path.read_text()
    path.write_text("mine")
    assert start_unit(journey, written, load()).read_text() == "mine"
    assert [event.subject for event in events(journey, kind="unit.started")] == [written.id]


def test_an_outline_cannot_be_started(journey: Journey, course: Course) -> None:
    with pytest.raises(UsageError, match="`delta` is not written yet"):
        start_unit(journey, course.units[-1], course)


def test_reset_keeps_every_attempt(journey: Journey, written: Unit) -> None:
    path = start_unit(journey, written, load())
    blank = path.read_bytes()
    assert reset_unit(journey, written, load()) is None  # it was still blank
    for attempt in (b"first", b"second"):
        path.write_bytes(attempt)
        reset_unit(journey, written, load())
        assert path.read_bytes() == blank
    kept = {p.name: p.read_bytes() for p in path.parent.iterdir() if p != path}
    module = written.module
    assert kept == {f"{module}.1.py": b"first", f"{module}.2.py": b"second"}
    assert len(list(events(journey, kind="unit.reset"))) == 3


def test_reset_without_hard_links(
    journey: Journey, written: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "not here")

    monkeypatch.setattr(os, "link", refuse)
    path = start_unit(journey, written, load())
    path.write_text("mine")
    kept = reset_unit(journey, written, load())
    assert kept is not None and kept.read_text() == "mine"


def test_notes_are_appended(journey: Journey, course: Course) -> None:
    unit = course.units[0]
    page = Learner(journey, course).note(unit, "eins")
    page.write_text(page.read_text() + "by hand\n")
    Learner(journey, course).note(unit, "zwei 🙂\nlines")
    text = page.read_text("utf-8")
    assert text.startswith("# All about alpha\n")
    assert text.index("eins") < text.index("by hand") < text.index("zwei 🙂")
    assert [event.data["text"] for event in events(journey, kind="unit.noted")] == [
        "eins",
        "zwei 🙂\nlines",
    ]


def test_the_table_follows(journey: Journey, course: Course) -> None:
    before = journey.readme.read_bytes()
    edited = b"# mine \xff\r\n" + before + b"\r\nthe end"
    journey.readme.write_bytes(edited)
    append(journey, "check.finished", "alpha", {"verdict": "pass"}, course=course)
    after = journey.readme.read_bytes()
    assert after.partition(BEGIN)[0] == edited.partition(BEGIN)[0]
    assert after.partition(END)[2] == edited.partition(END)[2]
    assert b"| 1. First | 1 of 2 |" in after and b"| 1. First | 0 of 2 |" in before
    assert b"**Next:** All about beta-two" in after


@pytest.mark.parametrize(
    "content",
    [b"", b"no markers", BEGIN, END + BEGIN, BEGIN + BEGIN + END, BEGIN + END + b"x" + END],
)
def test_without_both_markers_nothing_is_touched(
    journey: Journey, course: Course, content: bytes
) -> None:
    assert with_table(content, load_status(journey, course)) == content


def test_a_goal_cannot_break_the_table(journey: Journey, course: Course) -> None:
    goal = f"| <img src=x onerror=1> {END.decode()} `[a](b)`\n# title"
    append(journey, "goal.set", "", {"goal": goal}, course=course)
    append(journey, "goal.set", "", {"goal": goal + "!"}, course=course)
    text = journey.readme.read_text()
    assert text.count(END.decode()) == text.count(BEGIN.decode()) == 1
    assert "<img" not in text and "\n# title" not in text


def test_a_readme_that_cannot_be_written_is_reported(
    journey: Journey, course: Course, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("undergrad.journey.readme.replace_file", refuse)
    append(journey, "goal.set", "", {"goal": "other"}, course=course)
    assert "No space left on device" in caplog.text
    assert load_status(journey, course).goal == "other"


def test_a_copied_journey_continues(journey: Journey, tmp_path: Path, course: Course) -> None:
    shutil.copytree(journey.root, tmp_path / "copy")
    copy = Journey(tmp_path / "copy")
    append(copy, "hint.shown", "alpha")
    assert load_status(copy, course).events == 2
    assert load_status(journey, course).events == 1
