"""What a training looks like: the loss, the held-out measure, and the task's own pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from undergrad import plots
from undergrad import run_folder as disk
from undergrad.engine.autograd import Array
from undergrad.engine.training.callbacks import History
from undergrad.engine.training.train import Progress
from undergrad.supervised.task import Outcome, Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES = "learning"
_POINTS = 400  # of a curve: more cannot be told apart


def draw(task: Task, progress: Progress, history: History, outcome: Outcome, folder: Path) -> None:
    """Write the curves and each picture of the outcome into the folder, light and dark."""

    def curves(figure: "Figure") -> None:
        loss, measure = figure.subplots(1, 2)
        steps, means = _thinned(progress.losses)
        loss.plot(steps, means, linewidth=1)
        loss.set(xlabel="step", ylabel="loss on training examples", yscale="log")
        loss.tick_params(which="minor", labelleft=False)
        for name in history.rows[-1].keys() - {"epoch", "step", "loss"}:
            measure.plot(history.column("step"), history.column(name), label=name)
        for (name, level), colour in zip(outcome.levels.items(), plots.COLOURS[2:], strict=False):
            measure.axhline(level, label=name, color=colour, linestyle="--", linewidth=1)
        measure.set(xlabel="step", ylabel=task.score)
        measure.legend(fontsize="small")

    with disk.writing(folder):
        plots.save(curves, folder / CURVES, size=(8.0, 3.4))
        for name, picture in outcome.pictures.items():
            plots.save(picture, folder / name, size=(8.0, 4.0))


def _thinned(losses: list[float]) -> tuple[Array, Array]:
    """Steps and losses of a long training, each point the mean of its neighbours."""
    size = max(1, len(losses) // _POINTS)
    groups = np.asarray(losses[: len(losses) // size * size]).reshape(-1, size)
    return np.arange(1, len(groups) + 1) * size, groups.mean(axis=1)
