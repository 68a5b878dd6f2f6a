"""Repairing a corrupt store: what is left is kept aside, what is provable is put together again.

The new store is the newest verified backup, and after it every event of the corrupt file that can
still be read and agrees with its own hash. It is made under another name and verified before the
corrupt file is moved; a crash at any moment leaves something that the next command repairs.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from undergrad.errors import StoreError, notify
from undergrad.files import replace_file, sync_folder
from undergrad.journey.layout import Journey
from undergrad.journey.store.backups import Backup, copy_store, discard, is_whole_copy, list_backups
from undergrad.journey.store.chain import Row, draft, is_whole
from undergrad.journey.store.database import (
    Corrupt,
    add,
    connect,
    create_file,
    plain_errors,
    select,
)
from undergrad.journey.store.verify import verify_whole
from undergrad.journey.store.watermark import Watermark, read_watermark, watermark_bytes
from undergrad.words import plural


@dataclass(frozen=True)
class Repair:
    """What was done; kept in the history as `store.restored`."""

    reason: str
    restored: int  # events
    missing: int | None  # None when the watermark is lost too
    backup: str | None  # when the backup was made
    kept_as: str | None  # the name of the corrupt file


def repair(journey: Journey, reason: str) -> None:
    """Put the best provable store in place of the corrupt one. The caller holds the lock.

    Does nothing when the store turns out to be whole. Raises StoreError, and changes nothing,
    when not one event can be saved.
    """
    watermark = read_watermark(journey.watermark_path)
    backup = _newest_whole(journey)
    events = _whole_events(journey, watermark)
    if events is None or events < (backup.events if backup else 0):
        _rebuild(journey, reason, watermark, backup)
    elif watermark is None:
        _renew_watermark(journey)
        notify(
            "The watermark of your progress store was missing or unreadable and has been"
            f" written again; nothing is missing of {plural(events, 'event')}."
        )


def _rebuild(
    journey: Journey, reason: str, watermark: Watermark | None, backup: Backup | None
) -> None:
    for leftover in journey.private.glob(".repair-*"):  # of a repair that was cut off
        leftover.unlink(missing_ok=True)
    staged = journey.private / f".repair-{os.urandom(6).hex()}"
    kept = _free_name(journey.store_path)
    try:
        done = _assemble(journey, staged, reason, watermark, backup, kept)
        verify_whole(staged, None)
        _exchange(journey.store_path, staged, kept)
    finally:
        discard(staged)
    _renew_watermark(journey)
    notify(_sentence(journey, done, watermark))


def _assemble(
    journey: Journey,
    staged: Path,
    reason: str,
    watermark: Watermark | None,
    backup: Backup | None,
    kept: Path,
) -> Repair:
    if backup:
        copy_store(backup.path, staged)
    else:
        create_file(staged)
    with connect(staged, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        last = next(iter(select(connection, "ORDER BY sequence DESC LIMIT 1")), None)
        for row in _readable(journey.store_path, after=last.sequence if last else 0):
            if not select(connection, "WHERE uuid = ?", row.uuid):
                last = add(connection, row, last)
        if last is None:
            raise StoreError(_hopeless(journey, reason))
        done = Repair(
            reason=reason,
            restored=last.sequence,
            missing=max(0, watermark.sequence - last.sequence) if watermark else None,
            backup=f"{backup.made:%Y-%m-%d %H:%M} UTC" if backup else None,
            kept_as=kept.name if _exists(journey.store_path) else None,
        )
        restored = draft("store.restored", "", asdict(done), course_version=last.course_version)
        add(connection, restored, last)
        connection.execute("COMMIT")
    return done


def _readable(path: Path, after: int) -> Iterator[Row]:
    """The events of a corrupt file, after a sequence number, that agree with their own hash."""
    with suppress(Corrupt), connect(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")  # bear a corrupt trigger or index
        most = path.stat().st_size // 200  # no event is as short as that
        for sequence in range(after + 1, after + most + 1):
            with suppress(Corrupt), plain_errors(path):
                yield from filter(is_whole, select(connection, "WHERE sequence = ?", sequence))


def _exchange(store: Path, staged: Path, kept: Path) -> None:
    with plain_errors(store):
        for suffix in ("", "-journal", "-wal", "-shm"):  # a journal belongs to its own file
            part = store.with_name(store.name + suffix)
            if _exists(part):
                part.rename(kept.with_name(kept.name + suffix))
        staged.rename(store)
        sync_folder(store.parent)


def _renew_watermark(journey: Journey) -> None:
    with connect(journey.store_path) as connection:
        newest = select(connection, "ORDER BY sequence DESC LIMIT 1")[0]
    with plain_errors(journey.watermark_path):
        mark = Watermark(newest.sequence, newest.hash)
        replace_file(journey.watermark_path, watermark_bytes(mark))


def _newest_whole(journey: Journey) -> Backup | None:
    """The best verified backup. One that is corrupt too is renamed: nothing counts on it."""
    for backup in list_backups(journey):
        if is_whole_copy(backup):
            return backup
        with suppress(OSError):
            backup.path.rename(_free_name(backup.path))
    return None


def _whole_events(journey: Journey, watermark: Watermark | None) -> int | None:
    try:
        return verify_whole(journey.store_path, watermark)
    except Corrupt:
        return None


def _free_name(path: Path) -> Path:
    stamp = f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = (path.with_name(stamp + (f"-{n}" if n else "")) for n in range(10_000))
    return next(name for name in names if not _exists(name))


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _hopeless(journey: Journey, reason: str) -> str:
    return (
        f"Your progress store {journey.store_path} is corrupt ({reason}) and there is no backup"
        " to restore: put a copy of your own in its place, or move the folder"
        f" {journey.private.name} away and run `undergrad init` to start a new history."
    )


def _sentence(journey: Journey, done: Repair, watermark: Watermark | None) -> str:
    source = f"the backup of {done.backup}" if done.backup else "what could still be read"
    events = watermark.sequence if watermark else done.restored
    total = (f"{done.restored} of " if watermark else "") + plural(events, "event")
    were = "was" if events == 1 else "were"
    missing = {
        None: "whether any is missing is not known",
        0: "nothing is missing",
        1: "1 is missing",
    }.get(done.missing, f"{done.missing} are missing")
    kept = f", and the corrupt file is kept as {done.kept_as}" if done.kept_as else ""
    return (
        f"Your progress store was corrupt ({done.reason}): {total} {were} restored from"
        f" {source}, {missing}{kept}."
    )
