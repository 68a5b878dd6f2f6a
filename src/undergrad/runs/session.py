"""A run from start to verdict: train each seed, save as it goes, judge, draw."""

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from undergrad import __version__, run_seeds
from undergrad import run_folder as disk
from undergrad.errors import UsageError
from undergrad.run_seeds import Around, Record, Stop, Watch, unmeasured
from undergrad.runs.settings import as_dict, with_tuples
from undergrad.supervised import catalogue
from undergrad.supervised.pictures import CURVES
from undergrad.supervised.seeds import judge_seed, train_seed
from undergrad.supervised.task import Task


def begin(task: Task, runs: Path, seeds: Sequence[int]) -> Path:
    """Make the folder of a new run and return it. Nothing is trained yet."""
    folder = disk.create(runs, task.name)
    record = {
        "version": disk.VERSION,
        "preset": task.name,
        "title": task.title,
        "kind": "supervised",
        "state": "running",
        "started": disk.now(),
        "seconds": 0.0,
        "line": task.line,
        "verdict": None,
        "summary": "",
        "seeds": [unmeasured(seed) for seed in seeds],
        "settings": as_dict(task.settings),
        "undergrad": __version__,
        "cores": os.cpu_count(),
        "plots": [CURVES, *task.pictures],
        "clips": [],
    }
    disk.write_record(folder, record)
    return folder


def task_of(folder: Path) -> Task:
    """The task of an existing run, with the settings it was begun with."""
    record = disk.read_record(folder)
    try:
        task = catalogue.load(record["preset"])
        settings = replace(task.settings, **with_tuples(record["settings"]))
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{folder / 'run.json'} is not complete ({error}); start a new run."
        ) from error
    return replace(task, settings=settings)


def go_on(
    folder: Path,
    *,
    watch: Watch | None = None,
    stop: Stop = lambda: False,
    around: Around = nullcontext,
) -> Record:
    """Train and judge every seed of the run that is not judged yet; see `run_seeds.go_on`."""
    task = task_of(folder)
    # The task goes to other processes by name, since what it is built with cannot be pickled.
    return run_seeds.go_on(folder, _train, partial(_sentence, task), watch, stop, around)


def _train(seed: int, folder: Path, watch: Watch, stop: Stop) -> Record:
    return train_seed(task_of(folder), seed, folder, watch, stop)


def judge_again(folder: Path, episodes: int | None = None) -> list[Record]:
    """Judge the checkpoint of every seed on the held-out examples that judged it first.

    Returns for each seed `seed, verdict, score` and `recorded`, the score in `run.json`.
    """
    if episodes is not None:
        raise UsageError(f"{folder.name} has no episodes, it has held-out examples: leave out it.")
    task = task_of(folder)
    return [_judged_again(task, folder, entry) for entry in disk.read_record(folder)["seeds"]]


def _judged_again(task: Task, folder: Path, entry: Record) -> Record:
    outcome = judge_seed(task, entry["seed"], folder / entry["folder"])
    return {
        "seed": entry["seed"],
        "verdict": "pass" if outcome.passed else "fail",
        "score": round(outcome.score, 4),
        "recorded": entry["score"],
    }


def _sentence(task: Task, seeds: Sequence[Record]) -> str:
    """The outcome of a run: what the one seed found, or how many seeds reached the line."""
    if len(seeds) == 1:
        return str(seeds[0]["summary"])
    scores = [seed["score"] for seed in seeds]
    passed = sum(seed["verdict"] == "pass" for seed in seeds)
    return (
        f"{passed} of {len(seeds)} seeds reached the line; {task.score}: {min(scores):.4g} to "
        f"{max(scores):.4g}."
    )


def train(
    name: str,
    *,
    seeds: Sequence[int] = (0,),
    settings: Mapping[str, str] | None = None,
    runs: Path | str = "runs",
    watch: Watch | None = None,
    stop: Stop = lambda: False,
) -> Record:
    """Train the task called `name` from each seed and judge it. Returns what `run.json` holds.

    Arguments:
        settings: other settings than the task's own, as text, such as {"epochs": "3"}.
        runs: where to make the folder of the run.

    Example: `train("digits", seeds=range(3))["verdict"]`
    """
    task = catalogue.load(name).with_settings(settings or {})
    return go_on(begin(task, Path(runs), seeds), watch=watch, stop=stop)
