"""A corrupt store: noticed, kept aside, put together again, and the person told how much."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.progress import append, load_status

from undergrad.course.models import Course
from undergrad.errors import StoreError
from undergrad.journey import Journey, back_up_store, events, verify_store
from undergrad.journey.store.backups import list_backups
from undergrad.journey.store.watermark import read_watermark

Fill = Callable[[Journey, int], list[str]]
Harm = Callable[[Journey], object]


def _uuids(journey: Journey) -> list[str]:
    return [event.uuid for event in events(journey) if event.kind != "store.restored"]


def _change(path: Path, offset: int, bits: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= bits
    path.write_bytes(content)


def _cut(path: Path, length: int) -> None:
    with open(path, "r+b") as file:
        file.truncate(length)


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def _rollback_to_backup(journey: Journey) -> None:
    """What a person does who copies an older file back by hand."""
    oldest = list_backups(journey)[-1]
    shutil.copyfile(oldest.path, journey.store_path)


HARM: dict[str, Harm] = {
    "emptied": lambda j: _cut(j.store_path, 0),
    "deleted": lambda j: j.store_path.unlink(),
    "random bytes": lambda j: j.store_path.write_bytes(random.Random(1).randbytes(20_000)),
    "another SQLite file": lambda j: (
        j.store_path.unlink(),
        _execute(j.store_path, "CREATE TABLE event (sequence INTEGER)"),
    ),
    "a text": lambda j: j.store_path.write_text("my progress: 100 %"),
    "one byte short": lambda j: _cut(j.store_path, j.store_path.stat().st_size - 1),
    "half": lambda j: _cut(j.store_path, j.store_path.stat().st_size // 2),
    "an older copy put back": _rollback_to_backup,
    "newest event removed": lambda j: _execute(
        j.store_path,
        "DROP TRIGGER event_stay",
        "DELETE FROM event WHERE sequence = (SELECT max(sequence) FROM event)",
    ),
    "an event rewritten": lambda j: _execute(
        j.store_path,
        "DROP TRIGGER event_keep",
        "UPDATE event SET data = '{}' WHERE sequence = (SELECT max(sequence) FROM event)",
    ),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_a_corrupt_store_is_kept_reported_and_repaired(
    journey: Journey, fill: Fill, harm: Harm, caplog: pytest.LogCaptureFixture
) -> None:
    fill(journey, 5)
    before = _uuids(journey)
    safe = back_up_store(journey).events
    before += fill(journey, 3)
    harm(journey)
    harmed = journey.store_path.read_bytes() if journey.store_path.exists() else None
    after = _uuids(journey)  # any command will do
    assert after[:safe] == before[:safe]
    assert set(after) <= set(before)
    (sentence,) = [record.getMessage() for record in caplog.records]
    lost = len(before) - len(after)
    assert f"{len(after)} of {len(before)} events were restored" in sentence
    words = "1 is missing" if lost == 1 else f"{lost} are missing" if lost else "nothing is missing"
    assert words in sentence
    kept = [p.read_bytes() for p in journey.private.glob("journey.db.corrupt-*")]
    assert kept == ([harmed] if harmed is not None else [])
    assert verify_store(journey) == len(after) + 1
    assert append(journey, "hint.shown").sequence == len(after) + 2
    assert len(caplog.records) == 1


def test_only_what_is_corrupt_is_lost(journey: Journey, fill: Fill) -> None:
    """An event rewritten in the middle costs that event, although others came after it."""
    before = [event.uuid for event in events(journey)] + fill(journey, 12)
    for backup in list_backups(journey):
        backup.path.unlink()
    _execute(
        journey.store_path,
        "DROP TRIGGER event_keep",
        "UPDATE event SET subject = 'forged' WHERE sequence = 6",
    )
    assert verify_store(journey) == 13
    assert _uuids(journey) == before[:5] + before[6:]
    (restored,) = events(journey, kind="store.restored")
    assert (restored.data["restored"], restored.data["missing"]) == (12, 1)


@pytest.mark.parametrize(
    ("kind", "newest_first"), [(None, False), (None, True), ("hint.shown", False)]
)
def test_an_event_taken_out_of_the_middle_is_missed(
    journey: Journey,
    fill: Fill,
    kind: str | None,
    newest_first: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = [event.uuid for event in events(journey)] + fill(journey, 24)
    _execute(journey.store_path, "DROP TRIGGER event_stay", "DELETE FROM event WHERE sequence = 6")
    for backup in list_backups(journey):
        backup.path.unlink()
    read = [event.uuid for event in events(journey, kind=kind, newest_first=newest_first)]
    assert "1 is missing" in caplog.text
    kept = [uuid for uuid in before if uuid != before[5] and (kind is None or uuid != before[0])]
    assert [uuid for uuid in read if uuid in before] == (kept[::-1] if newest_first else kept)


def test_an_old_event_rewritten_is_found_by_the_next_backup(
    journey: Journey, fill: Fill, caplog: pytest.LogCaptureFixture
) -> None:
    before = _uuids(journey) + fill(journey, 24)
    _execute(
        journey.store_path,
        "DROP TRIGGER event_keep",
        "UPDATE event SET data = '{}' WHERE sequence = 3",
    )
    before += fill(journey, 20)  # a backup falls due on the way
    assert "event 3 was changed" in caplog.text
    assert _uuids(journey) == before[:2] + before[3:]


def test_an_index_that_hides_a_pass_is_noticed(
    journey: Journey, course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    append(journey, "check.finished", "alpha", {"verdict": "pass", "check_hash": "alpha-1"})
    content = journey.store_path.read_bytes()
    # Kind, subject and outcome lie side by side in the index, and once more in the row itself.
    places = [n for n in range(len(content)) if content.startswith(b"check.finishedalphapass", n)]
    assert len(places) == 2
    watermark, told = journey.watermark_path.read_bytes(), {}
    for place in places:
        journey.store_path.write_bytes(content)
        journey.watermark_path.write_bytes(watermark)
        caplog.clear()
        _change(journey.store_path, place + len("check.finishedalpha"))
        state = load_status(journey, course).units[0].state
        told[state] = caplog.text
    assert "nothing is missing" in told["passed"]  # the index was changed, the row is whole
    assert "1 is missing" in told["not started"]  # the row itself was changed


@pytest.mark.parametrize("number", [pytest.param(150), pytest.param(3000, marks=pytest.mark.slow)])
def test_flipped_bits_never_change_progress_silently(
    journey: Journey, course: Course, fill: Fill, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    fill(journey, 6)
    for verdict in ("fail", "pass"):
        append(journey, "check.finished", "alpha", {"verdict": verdict, "check_hash": "alpha-1"})
    append(journey, "resource.read", "book")
    expected, before = load_status(journey, course), _uuids(journey)
    good = journey.store_path.read_bytes()
    watermark = journey.watermark_path.read_bytes()
    choose = random.Random(number)
    for _ in range(number):
        journey.store_path.write_bytes(good)
        journey.watermark_path.write_bytes(watermark)
        caplog.clear()
        offset, bit = choose.randrange(len(good)), 1 << choose.randrange(8)
        _change(journey.store_path, offset, bit)
        try:
            status, after = load_status(journey, course), _uuids(journey)
        except StoreError as error:  # such as a format number that became a newer one
            assert str(error)
            continue
        told = caplog.text
        if after != before:
            assert "missing" in told, offset
        elif not told:
            assert status == expected, offset


def test_truncated_anywhere(journey: Journey, fill: Fill) -> None:
    before = _uuids(journey) + fill(journey, 8)
    good, watermark = journey.store_path.read_bytes(), journey.watermark_path.read_bytes()
    for length in range(0, len(good), 1511):
        journey.store_path.write_bytes(good[:length])
        journey.watermark_path.write_bytes(watermark)
        after = _uuids(journey)
        assert after == [uuid for uuid in before if uuid in set(after)]
        (restored,) = events(journey, kind="store.restored")
        assert restored.data["missing"] == len(before) - len(after)


def test_any_page_lost(journey: Journey, fill: Fill) -> None:
    before = _uuids(journey) + fill(journey, 8)
    good, watermark = journey.store_path.read_bytes(), journey.watermark_path.read_bytes()
    for start in range(0, len(good), 4096):
        journey.store_path.write_bytes(good[:start] + bytes(4096) + good[start + 4096 :])
        journey.watermark_path.write_bytes(watermark)
        verify_store(journey)
        (restored,) = events(journey, kind="store.restored")
        assert restored.data["missing"] == len(set(before) - set(_uuids(journey)))


@pytest.mark.parametrize(
    "harm",
    [lambda p: p.unlink(), lambda p: p.write_bytes(b""), lambda p: p.write_bytes(b"\xff" * 256)],
    ids=["deleted", "emptied", "garbage"],
)
def test_a_lost_watermark_is_written_again(
    journey: Journey, fill: Fill, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    before = _uuids(journey) + fill(journey, 3)
    harm(journey.watermark_path)
    assert _uuids(journey) == before
    assert "nothing is missing of 4 events" in caplog.text
    watermark = read_watermark(journey.watermark_path)
    assert watermark is not None and watermark.sequence == 4


def test_watermark_and_newest_events_lost_together_are_found_through_a_backup(
    journey: Journey, fill: Fill
) -> None:
    before = _uuids(journey) + fill(journey, 3)
    older = journey.store_path.read_bytes()
    before += fill(journey, 3)
    back_up_store(journey)
    journey.store_path.write_bytes(older)
    journey.watermark_path.unlink()
    assert _uuids(journey) == before


def test_a_flipped_bit_in_the_watermark_costs_nothing(journey: Journey, fill: Fill) -> None:
    before = _uuids(journey) + fill(journey, 2)
    watermark = journey.watermark_path.read_bytes()
    for offset in range(0, 256, 7):
        journey.watermark_path.write_bytes(watermark)
        _change(journey.watermark_path, offset)
        assert _uuids(journey) == before
    append(journey, "hint.shown")
    assert verify_store(journey) == 4


def test_a_corrupt_backup_is_passed_over(journey: Journey, fill: Fill) -> None:
    fill(journey, 3)
    good = back_up_store(journey)
    fill(journey, 3)
    bad = back_up_store(journey)
    _change(bad.path, bad.path.stat().st_size // 2, 255)
    _change(bad.path, 20, 255)
    _cut(journey.store_path, 0)
    assert len(_uuids(journey)) == good.events
    assert bad.path not in [backup.path for backup in list_backups(journey)]
    assert len(list(journey.backups.glob("*.corrupt-*"))) == 1


def test_nobody_is_silently_started_from_zero(journey: Journey) -> None:
    for backup in list_backups(journey):
        backup.path.unlink()
    _cut(journey.store_path, 0)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"corrupt.*no backup"):
            append(journey, "hint.shown")
    assert journey.store_path.read_bytes() == b""
    assert sorted(path.name for path in journey.private.iterdir()) == [
        ".gitignore", "backups", "head", "journey.db", "lock",
    ]  # fmt: skip
