"""The plots of a supervised run: the loss, the measures on the test set, and the preset's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from undergrad import plots
from undergrad.engine.autograd import Array
from undergrad.engine.training.callbacks import History
from undergrad.engine.training.train import Progress
from undergrad.runs.folder import writing
from undergrad.supervised.preset import Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS = 400  # of a curve: more cannot be told apart


def draw(progress: Progress, history: History, outcome: Outcome, metric: str, folder: Path) -> None:
    """Write the learning curves and each plot of the outcome into the folder."""

    def curves(figure: "Figure") -> None:
        loss, measures = figure.subplots(2, 1)
        steps, means = _thinned(progress.losses)
        loss.plot(steps, means, linewidth=1)
        loss.set(xlabel="step", ylabel="training loss", yscale="log")
        loss.tick_params(which="minor", labelleft=False)
        for name in history.rows[-1].keys() - {"epoch", "step", "loss"}:
            rows = [row for row in history.rows if name in row]  # an old run had other names
            measures.plot([row["step"] for row in rows], [row[name] for row in rows], label=name)
        for (name, level), colour in zip(outcome.levels.items(), plots.COLOURS[2:], strict=False):
            measures.axhline(level, label=name, color=colour, linestyle="--", linewidth=1)
        measures.set(xlabel="step", ylabel=metric)
        measures.legend(fontsize="small")

    with writing(folder):
        plots.save(curves, folder / "learning", size=(plots.WIDTH, 5.0))
        for name, plot in outcome.plots.items():
            plots.save(plot, folder / name, size=(plots.WIDTH, 4.0))


def _thinned(losses: Sequence[float]) -> tuple[Array, Array]:
    """Steps and losses of a long run, each point the mean of its neighbours."""
    size = max(1, len(losses) // _POINTS)
    groups = np.asarray(losses[: len(losses) // size * size]).reshape(-1, size)
    return np.arange(1, len(groups) + 1) * size, groups.mean(axis=1)
