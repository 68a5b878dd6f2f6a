"""Runs: their settings, their folder, their seeds, and how they are started, resumed and judged.

settings   the fields of a dataclass with bounds, read from text; old names and what became of them
folder     the files of a run: its log, its lock, writing all at once
run        a run as a value, read from `run.json`
preset     what can be trained: settings, budget, pass line
seeds      train one seed here, or several in processes
cluster    or on several machines
sweep      one run for each setting of a grid
session    start, resume, evaluate: the same for networks (`supervised`) and agents (`rl.run`)
"""

from undergrad.runs.preset import Preset
from undergrad.runs.run import Run, SeedResult, list_runs

__all__ = ["Preset", "Run", "SeedResult", "list_runs"]
