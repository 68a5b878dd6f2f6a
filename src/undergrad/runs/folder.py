"""A run on disk: one folder with `run.json`, and in it one folder a seed.

`run.json` is always whole: it is written beside its place and then moved there. The log is a file
of JSON lines that only grows; on a resume it is first cut back to what the checkpoint knows.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from undergrad.errors import StoreError, UsageError

VERSION = 1
_NEEDED = ("preset", "kind", "state", "seconds", "settings", "seeds")
_NEEDED_OF_SEED = {"seed", "verdict", "score", "folder"}


def create(runs: Path, name: str) -> Path:
    """A new folder `<name>-<date>-<time>` in `runs`; a number is added when it is taken."""
    stem = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    for suffix in ["", *(f"-{i}" for i in range(2, 1000))]:
        folder = runs / (stem + suffix)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if runs.is_dir():
                continue
            raise StoreError(f"{runs} is a file, and must be a folder for runs.") from None
        except OSError as error:
            raise StoreError(f"{folder} cannot be made: {error.strerror}.") from error
        return folder
    raise StoreError(f"{runs} has too many runs named {stem}.")


def now() -> str:
    """UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write `run.json`, all at once."""
    temporary = folder / f"run.json.{os.getpid()}.part"
    with writing(folder / "run.json"):
        temporary.write_text(json.dumps(record, indent=2, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, folder / "run.json")


def read_record(folder: Path) -> dict[str, Any]:
    """`run.json` of a run. UsageError, with the cure, when there is none to go on from."""
    if not folder.is_dir():
        raise UsageError(f"There is no run at {folder}; `undergrad runs` lists those there are.")
    try:
        record = json.loads((folder / "run.json").read_bytes())
    except FileNotFoundError:
        raise UsageError(
            f"{folder} is no run, or only half-written: it has no run.json; start a new one."
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / 'run.json'} is damaged: {error}; start a new run.") from error
    if not isinstance(record, dict) or record.get("version") != VERSION:
        raise UsageError(
            f"{folder / 'run.json'} is of another version of undergrad; start a new run."
        )
    missing = [name for name in _NEEDED if name not in record]
    if missing or not _whole(record["seeds"]):
        what = missing[0] if missing else "part of a seed"
        raise UsageError(f"{folder / 'run.json'} lacks {what}; start a new run.")
    return record


def _whole(seeds: Any) -> bool:
    """Whether the entries of the seeds have all that is needed to go on."""
    return isinstance(seeds, list) and all(
        isinstance(seed, dict) and set(seed) >= _NEEDED_OF_SEED for seed in seeds
    )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns a full disk or a missing permission into one sentence."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); make room for it and resume the run."
        ) from error


def append_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add lines to a log."""
    text = "".join(json.dumps(row) + "\n" for row in rows)
    with writing(path), open(path, "a", encoding="utf-8") as file:
        file.write(text)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """All lines of a log; a last line that was cut off by a crash is left out."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def cut_log(path: Path, rows: int) -> None:
    """Keep the first `rows` lines. StoreError when there are fewer.

    It is cut where it lies: writing it anew would lose it, should the process end or the disk be
    full in between.
    """
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    if len(lines) < rows:
        raise StoreError(
            f"{path} has {len(lines)} lines, and its checkpoint was made after {rows}: "
            "the run cannot go on, start a new one."
        )
    with writing(path), open(path, "ab") as file:
        file.truncate(sum(len(line) + 1 for line in lines[:rows]))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the run for this process, so that nobody else resumes it at the same time."""
    import fcntl

    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"{folder} is being trained by another process; let it end.") from None
        yield
