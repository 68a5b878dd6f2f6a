"""From something that happened to a row at the end of the chain."""

import json
import sqlite3
import uuid
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

from undergrad.journey.store.chain import GENESIS, Row, link
from undergrad.journey.store.database import insert, select


def draft(kind: str, subject: str, data: Any, *, course_version: str, check_hash: str = "") -> Row:
    """A row that is not in a chain yet. data: a dict, a dataclass or None."""
    now = datetime.now(UTC)
    offset = now.astimezone().utcoffset()
    plain = _plain(data)
    return Row(
        sequence=0,
        uuid=str(uuid.uuid4()),
        time=now.isoformat(timespec="microseconds"),
        offset=int(offset.total_seconds() // 60) if offset else 0,
        kind=kind,
        # A name that is not valid text, such as one from an old disk, is kept in escaped form.
        subject=subject.encode("utf-8", "backslashreplace").decode(),
        outcome=str(plain.get("verdict", "")) if kind == "check.finished" else "",
        nth=0,
        data=json.dumps(plain, separators=(",", ":"), default=str),
        course_version=course_version,
        check_hash=str(plain.get("check_hash") or check_hash),
        previous_hash="",
        hash="",
    )


def add(connection: sqlite3.Connection, row: Row, last: Row | None) -> Row:
    """Insert the row after `last`, inside the running transaction, and return it as it is stored.

    A row that already stood at this position of this chain comes out exactly as it was.
    """
    same = "WHERE kind = ? AND subject = ? AND outcome = ? ORDER BY sequence DESC LIMIT 1"
    before = select(connection, same, row.kind, row.subject, row.outcome)
    placed = link(
        row,
        sequence=last.sequence + 1 if last else 1,
        nth=before[0].nth + 1 if before else 1,
        previous_hash=last.hash if last else GENESIS,
    )
    insert(connection, placed)
    return placed


def _plain(data: Any) -> dict[str, Any]:
    if data is None:
        return {}
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    return dict(data)
