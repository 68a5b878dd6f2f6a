"""Runs as folders, for tests: start one, resume it, evaluate it, look into its `run.json`."""

import json
from pathlib import Path
from typing import Any

from undergrad.cli.presets import kind_of
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


def read_record(folder: Path) -> dict[str, Any]:
    """What `run.json` holds."""
    data: dict[str, Any] = json.loads((folder / "run.json").read_bytes())
    return data


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Put something else into `run.json`."""
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
