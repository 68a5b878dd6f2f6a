"""The learner carries the course: one door for events, and one reading of the store a command."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.progress import append

from undergrad.cli.app import cli
from undergrad.course import load
from undergrad.course.models import Course
from undergrad.journey import Journey, Learner, events, newest
from undergrad.journey.merge import import_journey
from undergrad.journey.store import events as store

COURSE = load()
OLD = Path(__file__).with_name("old")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A list that grows with every look at the store; writing an event is not one."""
    looks: list[object] = []
    read = store._read

    def counted(journey: Journey, query: Callable[..., object]) -> object:
        looks.append(query)
        return read(journey, query)

    monkeypatch.setattr(store, "_read", counted)
    return looks


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("status", 1), ("status --json", 1), ("next", 1), ("show backprop", 1), ("goal", 1),
        ("goal play Go", 1), ("path", 1), ("path rl", 1), ("prefer", 1), ("plan", 1),
        ("plan --hours 6", 1), ("skip recommend", 1), ("reset first-ten", 1),
        ("check first-ten", 1),
        ("check --all", 1), ("solution first-ten --yes", 0), ("log", 1), ("capstone list", 1),
        ("read nielsen", 0),
        ("hint first-ten", 2),  # which rungs were shown is in the older events
        ("recap", 1), ("recap --json", 1),
    ],
)  # fmt: skip
def test_how_often_a_command_reads_the_store(
    here: Journey, readings: list[object], line: str, number: int
) -> None:
    unit = COURSE.unit("first-ten")
    Learner(here, COURSE).start(unit)
    append(here, "check.finished", "images", {"verdict": "pass"}, course=COURSE)
    readings.clear()
    result = CliRunner().invoke(cli, line.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert len(readings) == number


def test_no_event_is_without_the_version_of_the_course(here: Journey) -> None:
    lines = [
        "next", "goal play", "read nielsen", "note images x", "skip recommend", "path rl",
        "prefer book", "plan --hours 6", "hint first-ten", "solution first-ten --yes",
        "check first-ten", "reset first-ten", "capstone new supervised mine",
    ]  # fmt: skip
    for line in lines:
        result = CliRunner().invoke(cli, line.split())
        assert result.exception is None or isinstance(result.exception, SystemExit), line
    kinds = {event.kind for event in events(here)}
    assert {"capstone.created", "unit.started", "hint.shown", "check.finished"} <= kinds
    assert {event.course_version for event in events(here)} == {COURSE.version}


def test_what_was_read_is_kept_in_step(journey: Journey, course: Course) -> None:
    me = Learner(journey, course)
    assert me.status.next == "alpha"
    for verdict in ("fail", "pass", "pass"):
        me.record("check.finished", "alpha", verdict=verdict)
        me.record("hint.shown", "alpha", task=1, rung=1)
        assert me.newest == newest(journey)
    assert (me.status.next, me.status.unit("alpha").attempts) == ("beta-two", 3)
    found = me.last("check.finished", "alpha")
    assert found is not None and found.outcome == "pass" and found.nth == 2


def test_what_others_write_in_between_is_seen_with_the_next_event(
    journey: Journey, course: Course
) -> None:
    me = Learner(journey, course)
    assert me.status.goal == "know"
    append(journey, "goal.set", "", {"goal": "of another window"}, course=course)
    me.record("hint.shown", "alpha", task=1, rung=1)
    assert me.status.goal == "of another window"
    assert me.newest == newest(journey)


@pytest.fixture
def old(tmp_path: Path) -> Journey:
    """A journey whose store an earlier undergrad wrote."""
    journey = Journey(tmp_path / "old")
    shutil.copytree(OLD, journey.private)
    journey.exercises.mkdir()
    return journey


def test_a_store_from_before_is_read_as_it_is(old: Journey) -> None:
    """The capstone in it was recorded without a version of the course."""
    before = old.store_path.read_bytes(), old.watermark_path.read_bytes()
    me = Learner(old, COURSE)
    history = list(me.events())
    assert [event.subject for event in history if not event.course_version] == ["digits-old"]
    assert (me.status.events, me.status.passed) == (len(history), 2)
    assert [capstone["name"] for capstone in me.status.capstones] == ["digits-old"]
    assert me.status.read == ("nielsen",)
    assert (old.store_path.read_bytes(), old.watermark_path.read_bytes()) == before
    me.record("hint.shown", "backprop", task=1, rung=1)
    assert store.verify_store(old) == len(history) + 1


def test_an_export_from_before_can_be_imported(old: Journey, here: Journey) -> None:
    there = {event.uuid for event in events(old)}
    merged = import_journey(here, OLD / "export.jsonl")
    assert merged.added == len(there)
    assert there < {event.uuid for event in events(here)}
    assert Learner(here, COURSE).status.passed == 2
