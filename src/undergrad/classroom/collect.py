"""Pushes as files: what learners hand in through a learning management system, a share, a stick."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from undergrad.classroom import message
from undergrad.classroom.folder import Classroom
from undergrad.classroom.message import Refused
from undergrad.errors import UsageError
from undergrad.files import disk_errors

PUSH_FILE = re.compile(message.BEGINNING)  # how such a file begins
_MOST = 64 * 1024 * 1024  # bytes of one file


@dataclass(frozen=True)
class Collected:
    """What a folder held."""

    files: int
    added: int
    known: int
    other: int  # files that are something else
    refused: tuple[tuple[str, str], ...]  # a file's name, and why


def collect(classroom: Classroom, folder: Path, now: str) -> Collected:
    """Take in every file of a folder that is a push, at any depth. A refused one stops no other."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}: name the one with the learners' files.")
    store = classroom.open_store()
    files = added = known = other = 0
    refused = []
    for path in _files(folder):
        content = _push_file(path)
        if content is None:
            other += 1
            continue
        files += 1
        try:
            for body in message.split(content):
                push = message.read(body, classroom.settings.id, _keys(classroom))
                (answer,) = store.receive([push], now)
                if isinstance(answer, Refused):
                    raise answer
                added, known = added + answer.added, known + answer.known
        except Refused as error:
            refused.append((str(path.relative_to(folder)), str(error)))
    store.close()
    return Collected(files, added, known, other, tuple(refused))


def _keys(classroom: Classroom) -> message.KeyOf:
    return lambda learner: classroom.secret(learner).encode()


def _files(folder: Path) -> list[Path]:
    found = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.is_file())


def _push_file(path: Path) -> bytes | None:
    """The bytes of a file that is a push; None for anything else."""
    with disk_errors(path), open(path, "rb") as file:
        content = file.read(200)
        if not PUSH_FILE.match(content):
            return None
        return content + file.read(_MOST)
