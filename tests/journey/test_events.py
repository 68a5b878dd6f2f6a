"""The event store in good days: what goes in comes out, in order, for ever."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.progress import append

from undergrad.course.models import Course
from undergrad.errors import StoreError, UsageError
from undergrad.journey import Journey, count, events, find, newest, verify_store
from undergrad.journey.store import chain

Fill = Callable[[Journey, int], list[str]]


def test_what_goes_in_comes_out(journey: Journey, course: Course) -> None:
    stored = append(journey, "hint.shown", "alpha", {"task": 1, "rung": 2}, course=course)
    (read,) = events(journey, kind="hint.shown")
    assert read == stored
    assert (read.sequence, read.subject, read.data) == (2, "alpha", {"task": 1, "rung": 2})
    assert (read.course_version, read.check_hash) == ("7", "alpha-1")


def test_a_check_is_stored_with_the_hash_it_reports(journey: Journey, course: Course) -> None:
    @dataclass
    class Result:
        verdict: str = "pass"
        check_hash: str = "alpha-0"
        tasks: tuple[int, ...] = (1, 2)

    event = append(journey, "check.finished", "alpha", Result(), course=course)
    assert (event.outcome, event.check_hash, event.data["tasks"]) == ("pass", "alpha-0", [1, 2])


@pytest.mark.parametrize(
    "text",
    [
        "zürich",
        "学ぶ",
        "🙂",
        "a\nb",
        "a\0b",
        "'; DROP TABLE event;--",
        "\u202eright",
        "x" * 300_000,
    ],
)
def test_any_text_survives(journey: Journey, text: str) -> None:
    append(journey, "unit.noted", text, {"text": text})
    (event,) = events(journey, subject=text)
    assert event.data == {"text": text}
    assert verify_store(journey) == 2


def test_a_name_that_is_not_text_is_kept_escaped(journey: Journey) -> None:
    assert append(journey, "run.finished", os.fsdecode(b"run-\xff")).subject == "run-\\udcff"
    assert verify_store(journey) == 2


def test_order_filters_and_pages(journey: Journey, fill: Fill) -> None:
    fill(journey, 20)
    sequences = [event.sequence for event in events(journey)]
    assert sequences == list(range(1, 22))
    assert [event.sequence for event in events(journey, newest_first=True)] == sequences[::-1]
    assert [event.sequence for event in events(journey, subject="unit-3")] == [5, 12, 19]
    assert [event.sequence for event in events(journey, after=19)] == [20, 21]
    assert [event.kind for event in events(journey, kind="journey.created")] == ["journey.created"]
    assert count(journey) == 21


def test_many_pages_are_one_history(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("undergrad.journey.store.events._PAGE", 3)
    for number in range(9):
        append(journey, "hint.shown", str(number))
    assert [event.sequence for event in events(journey)] == list(range(1, 11))
    assert [event.sequence for event in events(journey, newest_first=True)] == list(
        range(10, 0, -1)
    )


def test_newest_of_each_group_and_how_many(journey: Journey, fill: Fill) -> None:
    fill(journey, 20)
    for verdict in ("fail", "pass", "fail"):
        append(journey, "check.finished", "unit-1", {"verdict": verdict})
    expected: dict[tuple[str, str, str], tuple[int, int]] = {}
    for event in events(journey):  # the slow way
        key = (event.kind, event.subject, event.outcome)
        expected[key] = (event.sequence, expected.get(key, (0, 0))[1] + 1)
    found = {(e.kind, e.subject, e.outcome): (e.sequence, e.nth) for e in newest(journey)}
    assert found == expected
    assert found["check.finished", "unit-1", "fail"] == (24, 2)


def test_the_chain_by_hand(journey: Journey, fill: Fill) -> None:
    fill(journey, 5)
    with closing(sqlite3.connect(journey.store_path)) as connection:
        stored = connection.execute("SELECT * FROM event ORDER BY sequence").fetchall()
    previous = "0" * 64
    for row in stored:
        *content, recorded = row
        assert content[-1] == previous
        assert hashlib.sha256(json.dumps(content).encode()).hexdigest() == recorded
        previous = recorded
    assert previous in journey.watermark_path.read_text()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET subject = 'x'", "DELETE FROM event", "DELETE FROM event WHERE 1"],
)
def test_events_are_only_ever_added(journey: Journey, statement: str) -> None:
    with (
        closing(sqlite3.connect(journey.store_path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="only ever added"),
    ):
        connection.execute(statement)


def test_never_wal(journey: Journey) -> None:
    with closing(sqlite3.connect(journey.store_path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    append(journey, "hint.shown", "alpha")
    with closing(sqlite3.connect(journey.store_path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert not list(journey.private.glob("*-wal"))


def test_settings_of_the_writing_connection(journey: Journey) -> None:
    from undergrad.journey.store.database import BUSY_SECONDS, connect

    with connect(journey.store_path, write=True) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
        assert connection.execute("PRAGMA busy_timeout").fetchone()[0] == 1000  # then it is told
    assert BUSY_SECONDS >= 5


def test_a_clock_that_goes_back_does_not_reorder(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [datetime(2030, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moments.pop(0)

    monkeypatch.setattr(chain, "datetime", Clock)
    append(journey, "goal.set", "", {"goal": "first"})
    append(journey, "goal.set", "", {"goal": "second"})
    assert [event.data["goal"] for event in events(journey, kind="goal.set")] == ["first", "second"]
    assert [e.time[:4] for e in events(journey, kind="goal.set")] == ["2030", "1970"]


@pytest.mark.parametrize(
    ("zone", "offset"), [("UTC", 0), ("<+14>-14", 840), ("<-12>12", -720), ("XXX-5:30", 330)]
)
def test_times_are_utc_with_the_learners_offset(journey: Journey, zone: str, offset: int) -> None:
    code = "import sys; from pathlib import Path; from undergrad import journey as j\n"
    code += (
        "print(j.append_event(j.find(Path(sys.argv[1])), 'hint.shown', course_version='1').offset)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(journey.root)],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(ran.stdout) == offset
    (event,) = events(journey, kind="hint.shown")
    written = datetime.fromisoformat(event.time)
    assert written.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - written) < timedelta(hours=1)


def test_a_newer_store_is_shown_and_never_written(
    journey: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(journey.store_path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = journey.store_path.read_bytes()
    assert [event.kind for event in events(journey)] == ["journey.created"]
    assert "A newer undergrad wrote" in caplog.text
    with pytest.raises(StoreError, match=r"format 2, this one knows 1.*upgrade undergrad"):
        append(journey, "hint.shown")
    assert journey.store_path.read_bytes() == before
    assert not list(journey.private.glob("*corrupt*"))


def test_a_newer_store_that_lost_its_watermark_is_left_alone(journey: Journey) -> None:
    with closing(sqlite3.connect(journey.store_path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    journey.watermark_path.write_bytes(b"format of the future")
    assert count(journey) == 1
    with pytest.raises(StoreError, match="upgrade undergrad"):
        append(journey, "hint.shown")
    assert journey.watermark_path.read_bytes() == b"format of the future"


def test_events_are_values(journey: Journey) -> None:
    (event,) = events(journey)
    assert replace(event) == event
    with pytest.raises(AttributeError):
        event.kind = "other"  # type: ignore[misc]  # that it is frozen is the point


def test_find_goes_upwards(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(journey.exercises)
    assert find().root == journey.root
    assert find(journey.root) == journey


def test_find_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="undergrad init DIR"):
        find()
    with pytest.raises(UsageError, match=r"undergrad init nowhere"):
        find(Path("nowhere"))
