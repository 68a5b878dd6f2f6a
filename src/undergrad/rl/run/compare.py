"""Several runs side by side: their scores, what was set differently, and their curves in one plot.

A single seed proves little, so a run is drawn as one line with a band: the interquartile mean over
its seeds, and the range in which all of them lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad import plots
from undergrad.rl.evaluate import bootstrap_interval, interquartile_mean
from undergrad.rl.run.seeds import KIND
from undergrad.runs import session
from undergrad.runs.folder import read_log
from undergrad.runs.run import Run
from undergrad.runs.settings import as_dict
from undergrad.words import plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Curves:
    """The greedy returns of one run: E evaluations of each of its K seeds."""

    name: str
    environment: str
    line: float  # the least score that passes
    steps: Array  # (E,)
    returns: Array  # (K, E)

    @property
    def middle(self) -> list[float]:
        """The interquartile mean over the seeds: (E,)."""
        return [interquartile_mean(column.tolist()) for column in self.returns.T]


def curves_of(run: Run) -> Curves | None:
    """The evaluations that all seeds of a run have had; None when there are none yet."""
    preset, logs = session.preset_of(run, KIND), []
    for seed in run.seeds:
        rows = read_log(seed.folder / "log.jsonl")
        logs.append([row for row in rows if row["kind"] == "evaluation"])
    count = min(map(len, logs), default=0)
    if not count:
        return None
    steps = np.mean([[row["step"] for row in rows[:count]] for rows in logs], axis=0)
    returns = np.array([[row["return"] for row in rows[:count]] for rows in logs])
    return Curves(run.id, preset.environment, preset.pass_line.score, steps, returns)


def summary(run: Run) -> dict[str, Any]:
    """One row of the table: how many seeds, how many passed, how good, how soon.

    `score` is the interquartile mean over the judged seeds and `interval` its 95% bootstrap
    interval, for two seeds or more; `reached` the median number of steps until an evaluation
    first met the pass line.
    """
    scores = [seed.score for seed in run.seeds if seed.score is not None]
    reached = [seed.more["reached"]["steps"] for seed in run.seeds if seed.more.get("reached")]
    return {
        "run": run.id,
        "preset": run.preset,
        "seeds": len(run.seeds),
        "passed": sum(seed.verdict == "pass" for seed in run.seeds),
        "score": interquartile_mean(scores) if scores else None,
        "interval": _interval(scores),
        "reached": float(np.median(reached)) if reached else None,
        "seconds": run.seconds,
    }


def _interval(scores: Sequence[float]) -> tuple[float, float] | None:
    return bootstrap_interval(scores, np.random.default_rng(0)) if len(scores) > 1 else None


def differences(runs: Sequence[Run]) -> dict[str, list[Any]]:
    """The settings that all runs have, and not all the same: name -> one value for each run."""
    settings = [as_dict(session.preset_of(run, KIND).settings) for run in runs]
    shared = [name for name in settings[0] if all(name in one for one in settings)]
    columns = {name: [one[name] for one in settings] for name in shared}
    return {name: values for name, values in columns.items() if any(v != values[0] for v in values)}


def draw(curves: Sequence[Curves], stem: Path) -> Path:
    """Write `<stem>.svg`, with a panel for each environment, and return its path."""
    environments = list(dict.fromkeys(curve.environment for curve in curves))

    def fill(figure: "Figure") -> None:
        grid = figure.subplots(len(environments), 1, squeeze=False)[:, 0]
        for axes, name in zip(grid, environments, strict=True):
            _panel(axes, [curve for curve in curves if curve.environment == name])
            axes.set(title=name, xlabel="steps in the environment", ylabel="greedy return")

    return plots.save(fill, stem, size=(plots.WIDTH, 3.6 * len(environments)))


def _panel(axes: Any, curves: Sequence[Curves]) -> None:
    for index, curve in enumerate(curves):
        colour = plots.COLOURS[index % len(plots.COLOURS)]
        seeds = len(curve.returns)
        axes.plot(
            curve.steps,
            curve.middle,
            color=colour,
            linestyle=("-", "--", ":")[index // len(plots.COLOURS) % 3],
            label=f"{curve.name} ({plural(seeds, 'seed')})",
        )
        low, high = curve.returns.min(axis=0), curve.returns.max(axis=0)
        axes.fill_between(curve.steps, low, high, color=colour, alpha=0.15, linewidth=0)
    for line in {curve.line for curve in curves}:
        axes.axhline(line, color="grey", linestyle="--", linewidth=1)
    axes.grid(True)
    axes.legend(fontsize="small")
