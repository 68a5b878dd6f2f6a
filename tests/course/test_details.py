"""A unit's details are read when they are asked for, and nothing else tells such a unit apart."""

from collections.abc import Callable
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner
from tests.progress import append

from undergrad.cli.app import cli
from undergrad.course import Course, Unit, compile_course, load, worked_solution
from undergrad.course.compiled import read, to_bytes
from undergrad.course.models import DETAILS
from undergrad.journey import Journey, Learner, create, make_status
from undergrad.locate import data_path
from undergrad.recap import drill_id, load_cards

Read = Callable[[], Course]


def _nowhere_else() -> NoReturn:
    raise AssertionError("the file was right, and details were read from elsewhere")


def details_read(course: Course) -> set[str]:
    """The units of which more than the summary was read."""
    return {unit.id for unit in course.units if any(name in vars(unit) for name in DETAILS)}


@pytest.fixture(scope="module")
def whole() -> Course:
    """The real course from its sources, with everything in it."""
    return compile_course(data_path("curriculum"))


@pytest.fixture(scope="module")
def summaries(whole: Course, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """How a command reads it."""
    file = tmp_path_factory.mktemp("course") / "course.json"
    file.write_bytes(to_bytes(whole, [["a", 1, 2]]))
    return lambda: read(file, _nowhere_else)[0]


def test_every_unit_of_the_course_is_the_same_when_it_is_read_later(
    whole: Course, summaries: Read
) -> None:
    course = summaries()
    assert len(course.units) >= 50
    for number, (unit, expected) in enumerate(zip(course.units, whole.units, strict=True)):
        assert len(details_read(course)) == number
        assert unit.task_numbers == tuple(task.number for task in expected.tasks)
        assert unit.recall_ids == tuple(each.id for each in expected.recall)
        assert not vars(unit).keys() & set(DETAILS)
        for field in fields(Unit):
            assert getattr(unit, field.name) == getattr(expected, field.name), field.name
        assert unit == expected and hash(unit) == hash(expected) and repr(unit) == repr(expected)
    assert course == whole


def test_what_the_course_was_made_from_is_kept(small: Path, tmp_path: Path) -> None:
    course, file = compile_course(small), tmp_path / "course.json"
    file.write_bytes(to_bytes(course, [["a", 1, 2]]))
    assert read(file, _nowhere_else) == (course, [["a", 1, 2]])


def test_a_changed_copy_of_a_unit(whole: Course, summaries: Read) -> None:
    unit, expected = (course.unit("backprop") for course in (summaries(), whole))
    assert unit.tasks is unit.tasks
    changes = {"tasks": expected.tasks[:1], "recall": ()}
    changed = replace(unit, **changes)
    assert changed == replace(expected, **changes)
    assert (changed.task_numbers, changed.recall_ids) == ((1,), ())


@pytest.fixture
def journey(tmp_path: Path, whole: Course) -> Journey:
    """One unit passed, and one asked about that was never passed."""
    made = create(tmp_path / "j", whole)
    append(made, "check.finished", "backprop", {"verdict": "pass"}, course=whole)
    question = whole.unit("attention").recall_ids[1]
    append(made, "recall.answered", "floats", {"item": question, "rating": 3}, course=whole)
    return made


def test_status_and_recall_are_the_same_and_read_little(
    journey: Journey, whole: Course, summaries: Read
) -> None:
    course = summaries()
    me, other = Learner(journey, course), Learner(journey, whole)
    assert me.status == make_status(whole, journey.name, other.events())
    assert details_read(course) == set()
    cards = load_cards(me)
    assert details_read(course) == {"backprop", "attention"}
    assert cards == load_cards(other)
    backprop, answered = whole.unit("backprop"), whole.unit("attention").recall_ids[1]
    expected = {*backprop.recall_ids, drill_id("backprop"), answered}
    assert {card.item.id for card in cards} == expected


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("status", {"first-ten"}),  # the parts of the engine that the next unit builds
        ("status --json", set()),
        ("next", {"first-ten"}),  # its blank exercise
        ("next backprop", set()),  # which has its file already
        ("log", set()),
        ("show conv", {"conv"}),
        ("recap", {"backprop", "attention"}),
        ("check backprop", {"backprop"}),
        ("plan --hours-per-week 7", set()),
    ],
)
def test_a_command_reads_the_units_that_it_is_about(
    words: str,
    units: set[str],
    journey: Journey,
    whole: Course,
    summaries: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit, course = whole.unit("backprop"), summaries()
    Learner(journey, whole).start(unit).write_text(worked_solution(unit), "utf-8")
    monkeypatch.setattr(import_module("undergrad.journey.learner"), "load", lambda: course)
    done = CliRunner().invoke(cli, [*words.split(), "--journey", str(journey.root)])
    assert done.exit_code == 0, (done.output, done.exception)
    assert details_read(course) == units


def test_the_real_course_is_read_that_way() -> None:
    load()
    assert details_read(load()) == set()
