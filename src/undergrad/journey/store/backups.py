"""Verified copies of the store, made without being asked and never trusted without being read.

A copy is made with SQLite's backup interface, walked from the first event to the last, and only
then given its name; only after that are the oldest copies removed. `KEEP` verified ones stay.
"""

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from undergrad.errors import StoreError
from undergrad.files import sync_folder
from undergrad.journey.layout import Journey
from undergrad.journey.store.database import Corrupt, connect, plain_errors
from undergrad.journey.store.lock import exclusive
from undergrad.journey.store.verify import is_newer, verify_whole
from undergrad.journey.store.watermark import read_watermark

KEEP = 5
_EVENTS = 25  # after so many new events, or a tenth of all, whichever is more: cheap for ever
_HOUR, _DAY = 3_600.0, 86_400.0
_NAME = re.compile(r"journey-(\d{9,})-(\d{8}T\d{6}Z)\.db")


@dataclass(frozen=True)
class Backup:
    """One copy: how many events it holds and when it was made, from its name."""

    path: Path
    events: int
    made: datetime


def list_backups(journey: Journey) -> list[Backup]:
    """All copies, the one with the most events first. They are not verified here."""
    try:
        paths = list(journey.backups.iterdir())
    except OSError:
        return []
    found = [_parse(path) for path in paths]
    return sorted(
        (backup for backup in found if backup),
        key=lambda backup: (backup.events, backup.made),
        reverse=True,
    )


def is_whole_copy(backup: Backup) -> bool:
    """True when every event of the copy is what was written."""
    try:
        return verify_whole(backup.path, None) == backup.events
    except (Corrupt, StoreError):
        return False


def back_up(journey: Journey, *, locked: bool = True) -> Backup:
    """Make a verified copy now. locked: by the caller; otherwise it takes the lock for moments.

    Raises Corrupt when the store itself is corrupt, StoreError when the copy cannot be written.
    """
    with proved_copy(journey, locked=locked) as (staged, events):
        with _turn(journey, locked):
            backup = _publish(journey, staged, events)
            _rotate(journey)
        return backup


@contextmanager
def proved_copy(journey: Journey, *, locked: bool) -> Iterator[tuple[Path, int]]:
    """A copy of the store that was verified from the first event to the last, and its length.

    Only the copying holds others up: a million events are copied in a second or two and walked in
    a quarter of a minute. The copy is gone afterwards, unless it was given another name.
    Raises as `back_up` does.
    """
    with plain_errors(journey.backups):
        journey.backups.mkdir(exist_ok=True)
    staged = journey.backups / f".new-{os.urandom(6).hex()}"
    try:
        with _turn(journey, locked):
            copy_store(journey.store_path, staged)
            watermark = read_watermark(journey.watermark_path)
        yield staged, verify_whole(staged, watermark)
    finally:
        discard(staged)


def _turn(journey: Journey, locked: bool) -> AbstractContextManager[None]:
    """The right to write, unless the caller has it."""
    return nullcontext() if locked else exclusive(journey.lock_path)


def is_due(journey: Journey, events: int) -> bool:
    """True when so many events, or a day with any, have passed since the newest copy."""
    copies = list_backups(journey)
    if not copies:
        return True
    newer = events - copies[0].events
    age = (datetime.now(UTC) - copies[0].made).total_seconds()
    return newer >= max(_EVENTS, events // 10) or (newer > 0 and age > _DAY)


def copy_store(source: Path, target: Path) -> None:
    """Copy a store page by page while others may read it. Raises Corrupt or StoreError."""
    with connect(source) as store:
        if is_newer(store):
            raise StoreError(f"A newer undergrad wrote {source}: use that one to copy it.")
        with plain_errors(target), closing(sqlite3.connect(target)) as copy:
            copy.execute("PRAGMA synchronous = EXTRA")
            store.backup(copy)


def _publish(journey: Journey, staged: Path, events: int) -> Backup:
    made = datetime.now(UTC).replace(microsecond=0)
    path = journey.backups / f"journey-{events:09d}-{made:%Y%m%dT%H%M%SZ}.db"
    with plain_errors(path):
        staged.replace(path)
    sync_folder(journey.backups)
    return Backup(path, events, made)


def _rotate(journey: Journey) -> None:
    for backup in list_backups(journey)[KEEP:]:
        backup.path.unlink(missing_ok=True)
    for staged in journey.backups.glob(".new-*"):  # of copies that a kill cut off
        with suppress(OSError):
            if time.time() - staged.stat().st_mtime > _HOUR:
                staged.unlink()


def discard(staged: Path) -> None:
    """Remove an unfinished copy and the journal beside it."""
    for name in (staged, staged.with_name(f"{staged.name}-journal")):
        name.unlink(missing_ok=True)


def _parse(path: Path) -> Backup | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    made = datetime.strptime(match[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return Backup(path, int(match[1]), made)
