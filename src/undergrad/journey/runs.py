"""The trainings in a journey, read from their folders.

A training writes `runs/<id>/run.json` as it goes. A folder may be half-written, from a newer
undergrad, or not a run at all; it then counts as little as it says, and never stops a command.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undergrad.journey.layout import Journey

_LARGEST = 10_000_000  # bytes; a real run.json has a few thousand


@dataclass(frozen=True)
class SeedResult:
    """One seed of a run. What has not been measured yet is None."""

    seed: int
    verdict: str | None
    score: float | None
    std: float | None
    steps: int | None
    seconds: float | None
    folder: Path


@dataclass(frozen=True)
class Run:
    """One training. `folder` is absolute; `plots` and `clips` are names inside a seed's folder."""

    id: str
    folder: Path
    preset: str
    title: str
    kind: str  # supervised or reinforcement
    state: str  # running, finished or interrupted
    started: str  # UTC, ISO 8601
    seconds: float
    verdict: str | None  # pass, fail, inconclusive; None while it is running
    line: str  # the pass line, in words
    summary: str
    seeds: tuple[SeedResult, ...]
    settings: dict[str, Any]
    engine: str
    plots: tuple[str, ...]
    clips: tuple[str, ...]


def list_runs(journey: Journey) -> tuple[Run, ...]:
    """All runs whose `run.json` can be read, the newest first."""
    try:
        folders = [path for path in journey.runs.iterdir() if path.is_dir()]
    except OSError:
        return ()
    runs = [run for folder in folders if (run := read_run(folder)) is not None]
    return tuple(sorted(runs, key=lambda run: (run.started, run.id), reverse=True))


def read_run(folder: Path) -> Run | None:
    """The run in `folder`, or None when there is nothing readable."""
    data = _read(folder / "run.json")
    if data is None:
        return None
    settings = data.get("settings")
    seeds = [_seed(folder, item) for item in _list(data, "seeds") if isinstance(item, dict)]
    return Run(
        id=folder.name,
        folder=folder.absolute(),
        preset=_text(data, "preset") or folder.name,
        title=_text(data, "title") or folder.name,
        kind=_text(data, "kind"),
        state=_text(data, "state") or "interrupted",
        started=_text(data, "started"),
        seconds=_number(data, "seconds") or 0.0,
        verdict=_text(data, "verdict") or None,
        line=_text(data, "line"),
        summary=_text(data, "summary"),
        seeds=tuple(seeds),
        settings=settings if isinstance(settings, dict) else {},
        engine=_text(data, "engine") or "reference",
        plots=_names(data, "plots"),
        clips=_names(data, "clips"),
    )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _seed(folder: Path, data: dict[str, Any]) -> SeedResult:
    seed, steps = _number(data, "seed"), _number(data, "steps")
    name = _text(data, "folder")
    name = name if _is_file_name(name) else f"seed-{int(seed or 0)}"
    return SeedResult(
        seed=int(seed or 0),
        verdict=_text(data, "verdict") or None,
        score=_number(data, "score"),
        std=_number(data, "std"),
        steps=None if steps is None else int(steps),
        seconds=_number(data, "seconds"),
        folder=folder.absolute() / name,
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _number(data: dict[str, Any], name: str) -> float | None:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _names(data: dict[str, Any], name: str) -> tuple[str, ...]:
    found = _list(data, name)
    return tuple(item for item in found if isinstance(item, str) and _is_file_name(item))


def _is_file_name(text: str) -> bool:
    """No path: what a run.json says must not lead out of the run's folder."""
    return text not in ("", ".", "..") and not set(text) & {"/", "\\", ":", "\0"}
