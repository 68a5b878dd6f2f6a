"""Backups: made without being asked, verified before they count, two or more kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.progress import append

from undergrad.errors import StoreError
from undergrad.journey import Journey, back_up_store
from undergrad.journey.store import backups, repair
from undergrad.journey.store.backups import KEEP, is_due, is_whole_copy, list_backups

Fill = Callable[[Journey, int], list[str]]


def test_a_new_journey_has_a_backup(journey: Journey) -> None:
    (first,) = list_backups(journey)
    assert first.events == 1
    assert is_whole_copy(first)


def test_a_backup_is_made_after_many_events(journey: Journey, fill: Fill) -> None:
    fill(journey, 24)
    assert [backup.events for backup in list_backups(journey)] == [1]
    fill(journey, 1)
    assert [backup.events for backup in list_backups(journey)] == [26, 1]


@pytest.mark.parametrize(
    ("events", "copied", "hours", "due"),
    [
        (10, 10, 0, False),
        (10, 10, 100, False),  # nothing new
        (11, 10, 25, True),  # a day has passed
        (11, 10, 23, False),
        (34, 10, 0, False),
        (35, 10, 0, True),  # 25 new events
        (1_099_999, 1_000_000, 0, False),  # a tenth of a long history
        (1_111_112, 1_000_000, 0, True),
        (11, 10, -9999, False),  # the clock went back
    ],
)
def test_when_a_backup_is_due(
    journey: Journey, events: int, copied: int, hours: int, due: bool
) -> None:
    (first,) = list_backups(journey)
    made = datetime.now(UTC) - timedelta(hours=hours)
    first.path.rename(journey.backups / f"journey-{copied:09d}-{made:%Y%m%dT%H%M%SZ}.db")
    assert is_due(journey, events) is due


def test_rotation_keeps_the_newest(journey: Journey, fill: Fill) -> None:
    for _ in range(KEEP + 3):
        fill(journey, 1)
        back_up_store(journey)
    kept = list_backups(journey)
    assert [backup.events for backup in kept] == list(range(KEEP + 4, 4, -1))
    assert all(map(is_whole_copy, kept))
    assert KEEP >= 2


def test_nothing_is_rotated_when_the_new_copy_is_not_whole(
    journey: Journey, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(KEEP):
        fill(journey, 1)
        back_up_store(journey)
    before = list_backups(journey)
    copy = backups.copy_store

    def spoil(source: object, target: object) -> None:
        copy(source, target)  # type: ignore[arg-type]  # handed through
        content = bytearray(target.read_bytes())  # type: ignore[attr-defined]  # a path
        content[-2000:] = bytes(2000)
        target.write_bytes(content)  # type: ignore[attr-defined]  # a path

    assert repair.copy_store is copy  # repairs, imported by now, keep the right one
    monkeypatch.setattr(backups, "copy_store", spoil)
    with pytest.raises(StoreError):
        back_up_store(journey)
    assert list_backups(journey) == before
    assert not list(journey.backups.glob(".new-*"))
    assert not list(journey.private.glob("*corrupt*"))


def test_a_failing_backup_does_not_fail_the_event(
    journey: Journey, fill: Fill, caplog: pytest.LogCaptureFixture
) -> None:
    for backup in list_backups(journey):
        backup.path.unlink()
    journey.backups.rmdir()
    journey.backups.write_text("in the way")
    assert append(journey, "hint.shown").sequence == 2
    assert "Your progress is recorded, but no backup could be made" in caplog.text
