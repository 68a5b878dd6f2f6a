"""Runs as folders, for tests: start one, stop and resume it, evaluate it, compare what is there."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from undergrad.cli.presets import kind_of
from undergrad.engine import checkpoint
from undergrad.runs import Preset, Run, session


def start(preset: Preset, runs: Path, seeds: Any) -> Path:
    """The folder of a new run."""
    return session.start(preset, runs, seeds).folder


def resume(folder: Path, **options: Any) -> dict[str, Any]:
    """Train the run on, and return what `run.json` then holds."""
    run = Run.read(folder)
    return session.resume(run, kind_of(run), **options).to_json()


def evaluate(folder: Path, episodes: int | None = None) -> list[dict[str, Any]]:
    """The new results of the seeds, each with the recorded score."""
    run = Run.read(folder)
    results = session.evaluate(run, kind_of(run), episodes)
    return [
        result.to_json() | {"recorded": before.score}
        for result, before in zip(results, run.seeds, strict=True)
    ]


def after(calls: int) -> Callable[[], bool]:
    """A stop that says so at its `calls`-th question."""
    count = itertools.count()
    return lambda: next(count) >= calls


def content(folder: Path, seed: int = 3) -> tuple[Any, bytes, dict[str, Any]]:
    """What must be equal to the last bit: of a seed its training, its log and its score.

    How long it took is left out.
    """
    (entry,) = (each for each in read_record(folder)["seeds"] if each["seed"] == seed)
    path = folder / entry["folder"]
    parts = checkpoint.read(path / "checkpoint.safetensors")["parts"] | {"clock": None}
    return (
        flat(parts),
        (path / "log.jsonl").read_bytes(),
        entry | {"seconds": None, "reached": None},
    )


def flat(value: Any) -> Any:
    """A state with its arrays as bytes, so that `==` compares it."""
    if isinstance(value, dict):
        return {name: flat(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [flat(inner) for inner in value]
    return (value.dtype.str, value.tobytes()) if isinstance(value, np.ndarray) else value


def read_record(folder: Path) -> dict[str, Any]:
    """What `run.json` holds."""
    data: dict[str, Any] = json.loads((folder / "run.json").read_bytes())
    return data


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Put something else into `run.json`."""
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
