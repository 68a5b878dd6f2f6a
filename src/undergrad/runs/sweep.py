"""A sweep: one run for each setting of a grid, and then the best setting again on fresh seeds.

The best of many settings was in part lucky on the seeds that chose it, so its score there
is too good. What counts is its score on seeds that played no part in the choice.
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from undergrad.errors import UsageError
from undergrad.runs import folder as disk
from undergrad.runs.preset import Preset
from undergrad.runs.run import Run, is_file_name

_FILE, VERSION = "sweep.json", 1


@dataclass(frozen=True)
class Trial:
    """One setting of the grid: what was changed, as text, and the run that tries it."""

    changes: Mapping[str, str]
    run: str

    @property
    def words(self) -> str:
        """Such as `learning_rate=0.001 gamma=0.98`."""
        return " ".join(f"{name}={value}" for name, value in self.changes.items())


@dataclass(frozen=True)
class Sweep:
    """A sweep, as its `sweep.json` has it. All its runs are in the folder beside its own.

    fresh: the best setting on other seeds; None until all runs of the grid are finished.
    """

    folder: Path
    preset: str
    trials: tuple[Trial, ...]
    fresh: Trial | None = None

    def run_of(self, trial: Trial) -> Run:
        """The run of one trial. UsageError when it is missing."""
        return Run.read(self.folder.parent / trial.run)

    def write(self) -> None:
        """Replace `sweep.json`, all at once."""
        trials = [vars(trial) for trial in self.trials]
        fresh = None if self.fresh is None else vars(self.fresh)
        known = {"version": VERSION, "preset": self.preset, "trials": trials, "fresh": fresh}
        disk.write_json(self.folder / _FILE, known)


def grid_of(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    """Every combination of the values that are given for each setting, as text.

    Values are separated by commas; one that has commas itself stands in brackets:
    {"gamma": "0.9,0.99", "hidden_sizes": "[64,64],[128]"} gives four. UsageError without a value.
    """
    columns = []
    for name, text in pairs.items():
        values = [value.strip() for value in re.findall(r"\[[^\]]*\]|[^,\[\]]+", text)]
        if not any(values):
            raise UsageError(f"--grid needs values, as in `--grid {name}=A,B`.")
        columns.append([(name, value) for value in dict.fromkeys(filter(None, values))])
    return [dict(row) for row in itertools.product(*columns)]


def start(
    trials: Sequence[tuple[Mapping[str, str], Preset]],
    runs: Path,
    start_run: Callable[[Preset], Run],
) -> Sweep:
    """Create the run of each setting, and the sweep that lists them. Nothing is trained yet.

    trials: what is changed, and the preset with it.   start_run: creates a run in `runs`.
    """
    name = trials[0][1].name
    folder = disk.create(runs, f"{name}-sweep").absolute()
    started = [Trial(changes, _waiting(start_run(preset)).id) for changes, preset in trials]
    sweep = Sweep(folder, name, tuple(started))
    sweep.write()
    return sweep


def with_fresh(sweep: Sweep, best: Trial, run: Run) -> Sweep:
    """The sweep with the run in which its best setting is trained again."""
    sweep = replace(sweep, fresh=Trial(best.changes, _waiting(run).id))
    sweep.write()
    return sweep


def is_sweep(folder: Path) -> bool:
    """Whether a sweep lives in this folder."""
    return (folder / _FILE).is_file()


def read(folder: Path) -> Sweep:
    """The sweep in `folder`. UsageError, with the cure, unless all that is needed is there."""
    path = folder / _FILE
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        if data["version"] != VERSION:
            raise UsageError(f"{path} is of another version of undergrad; start a new sweep.")
        trials = tuple(map(_trial, data["trials"]))
        fresh = None if data["fresh"] is None else _trial(data["fresh"])
        return Sweep(folder.absolute(), str(data["preset"]), trials, fresh)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{path} is damaged ({error}); start a new sweep.") from error


def _trial(data: Mapping[str, Any]) -> Trial:
    """One entry of `sweep.json`. ValueError for a run that is no folder beside the sweep's own."""
    changes = {str(name): str(value) for name, value in dict(data["changes"]).items()}
    run = str(data["run"])
    if not is_file_name(run):
        raise ValueError(f"{run!r} is not the name of a run")
    return Trial(changes, run)


def best_of(trials: Sequence[Trial], scores: Sequence[float], *, lower: bool) -> Trial:
    """The trial with the best score, of equal ones the first. lower: whether less is better."""
    better = min if lower else max
    return trials[scores.index(better(scores))]


def _waiting(run: Run) -> Run:
    run = replace(run, state="interrupted", summary="Not started yet.")
    run.write()
    return run
