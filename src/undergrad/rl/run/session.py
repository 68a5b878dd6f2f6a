"""A run from start to verdict: train each seed, save as it goes, judge, draw.

A run can be stopped at any moment and taken up again. What a finished seed found stays; a seed in
the middle goes on from its newest checkpoint and ends as if it had never been stopped.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from undergrad import __version__, run_seeds
from undergrad import run_folder as disk
from undergrad.errors import UsageError
from undergrad.rl.run import preset, verdict
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.seeds import load_checkpoint, train_seed
from undergrad.rl.run.trainer import Trainer
from undergrad.run_seeds import Around, Record, Stop, Watch, unmeasured
from undergrad.runs.settings import as_dict


def begin(task: Preset, runs: Path, seeds: Sequence[int]) -> Path:
    """Make the folder of a new run and return it. Nothing is trained yet."""
    folder = disk.create(runs, task.name)
    record = {
        "version": disk.VERSION,
        "preset": task.name,
        "title": task.title,
        "kind": "reinforcement",
        "state": "running",
        "started": disk.now(),
        "seconds": 0.0,
        "line": str(task.line),
        "verdict": None,
        "summary": "",
        "seeds": [unmeasured(seed) for seed in seeds],
        "settings": as_dict(task.settings),
        "undergrad": __version__,
        "cores": os.cpu_count(),
        "plots": ["returns"],
        "clips": ["before.webp", "after.webp"],
    }
    disk.write_record(folder, record)
    return folder


def task_of(folder: Path) -> Preset:
    """The task of an existing run, with the settings it was begun with."""
    record = disk.read_record(folder)
    if record.get("kind") != "reinforcement":
        raise UsageError(f"{folder} is not a run of an agent, so it cannot be used here.")
    try:
        task = preset.load(record["preset"])
        return replace(task, settings=preset.settings_from(task.agent, record["settings"]))
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{folder / 'run.json'} is not complete ({error}); start a new run."
        ) from error


def go_on(
    folder: Path,
    *,
    watch: Watch | None = None,
    stop: Stop = lambda: False,
    around: Around = nullcontext,
) -> Record:
    """Train and judge every seed of the run that is not judged yet; see `run_seeds.go_on`."""
    task = task_of(folder)
    job, conclude = partial(train_seed, task), partial(verdict.sentence, task.line)
    return run_seeds.go_on(folder, job, conclude, watch, stop, around)


def judge_again(folder: Path, episodes: int | None = None) -> list[Record]:
    """Judge the checkpoint of every seed: by default the very episodes that judged it first.

    Returns for each seed `seed, verdict, score, std, episodes` and `recorded`, the score in
    `run.json`. The verdict is about the score alone.
    """
    task = task_of(folder)
    return [
        _judged_again(task, folder, entry, episodes) for entry in disk.read_record(folder)["seeds"]
    ]


def _judged_again(task: Preset, folder: Path, entry: Record, episodes: int | None) -> Record:
    trainer = Trainer(task, entry["seed"])
    load_checkpoint(folder / entry["folder"], trainer)
    trainer.close()
    if not trainer.best:
        raise UsageError(f"{folder} stopped before its first evaluation; resume it first.")
    outcome = trainer.judge(episodes)
    return {
        "seed": entry["seed"],
        "verdict": "pass" if task.line.measured(outcome) >= task.line.score else "fail",
        "score": outcome.mean,
        "std": outcome.std,
        "episodes": len(outcome.returns),
        "recorded": entry["score"],
    }


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
        settings: other settings than the task's own, as text, such as {"steps": "2000"}.
        runs: where to make the folder of the run.

    Example: `train("cartpole", seeds=range(5))["verdict"]`
    """
    task = preset.load(name).with_settings(settings or {})
    return go_on(begin(task, Path(runs), seeds), watch=watch, stop=stop)
