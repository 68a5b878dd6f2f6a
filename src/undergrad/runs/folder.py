"""The files of a run: a folder of its own, a log that only grows, a lock.

`run.json` is always whole: it is written beside its place and then moved there. The log is a file
of JSON lines; when a run is resumed, it is first cut back to the rows of the checkpoint.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from undergrad.errors import StoreError, UsageError
from undergrad.files import disk_errors, refuse_foreign_folder

Row: TypeAlias = dict[str, Any]  # one line of a log


def create(runs: Path, name: str) -> Path:
    """A new folder `<name>-<date>-<time>` in `runs`; a number is added when it is taken."""
    stem = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    refuse_foreign_folder(runs)
    with disk_errors(runs):
        for suffix in ["", *(f"-{i}" for i in range(2, 1000))]:
            with suppress(FileExistsError):
                folder = runs / (stem + suffix)
                folder.mkdir(parents=True)
                return folder
    raise StoreError(f"{runs} has too many runs named {stem}.")


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Replace a JSON file, all at once."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    with writing(path):
        temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, path)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns a full disk or a missing permission into one sentence."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); make room for it and resume the run."
        ) from error


def append_log(path: Path, rows: Iterable[Row]) -> None:
    """Add lines to a log."""
    text = "".join(json.dumps(row) + "\n" for row in rows)
    with writing(path), open(path, "a", encoding="utf-8") as file:
        file.write(text)


def read_log(path: Path) -> list[Row]:
    """All lines of a log; a last line that was cut off by a crash is left out."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    try:
        return [json.loads(line) for line in lines]
    except ValueError as error:
        raise StoreError(f"{path} is damaged: {error}; start a new run.") from error


def truncate_log(path: Path, rows: int) -> None:
    """Keep the first `rows` lines. StoreError when there are fewer.

    The file is cut in place: if it were written again, a crash or a full disk in between would
    lose it.
    """
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    if len(lines) < rows:
        raise StoreError(
            f"{path} has {len(lines)} lines, and its checkpoint was made after {rows}: "
            "the run cannot be resumed, start a new one."
        )
    with writing(path), open(path, "ab") as file:
        file.truncate(sum(len(line) + 1 for line in lines[:rows]))


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the run for this process, so that no other resumes it at the same time."""
    import fcntl  # which Windows lacks; runs can be listed and shown there all the same

    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"{folder} is being trained by another process; wait until it ends."
            ) from None
        yield
