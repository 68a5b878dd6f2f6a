"""The curves of one run: returns, values, loss."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undergrad import plots
from undergrad.rl.compatibility import modern_row
from undergrad.rl.run.threshold import RightMoves, Threshold
from undergrad.runs.folder import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(rows: Sequence[Row], line: Threshold, stem: Path) -> None:
    """Write `<stem>-light.svg` and `-dark.svg`: returns, values and loss over the steps.

    What an agent does not report has no panel.
    """
    progress = [modern_row(row) for row in rows if row["kind"] == "progress"]
    evaluations = [row for row in rows if row["kind"] == "evaluation"]
    valued = [row for row in evaluations if "value" in row]
    learned = [row for row in progress if "loss" in row]
    panels: list[Callable[[Any], None]] = [
        partial(_right_moves, evaluations=evaluations, line=line)
        if isinstance(line, RightMoves)
        else partial(_returns, progress=progress, evaluations=evaluations, line=line)
    ]
    panels += [partial(_values, evaluations=valued)] if valued else []
    panels += [partial(_loss, learned=learned)] if learned else []
    for name, panel in (("entropy", _entropy), ("explained_variance", _explained)):
        measured = [row for row in progress if name in row]
        panels += [partial(panel, rows=measured)] if measured else []

    def fill(figure: "Figure") -> None:
        ratios = [2, *[1] * (len(panels) - 1)]
        grid = figure.subplots(len(panels), 1, sharex=True, height_ratios=ratios, squeeze=False)
        for axes, panel in zip(grid[:, 0], panels, strict=True):
            panel(axes)
            axes.grid(True)
        moves = isinstance(line, RightMoves)
        grid[-1, 0].set(xlabel="moves of self-play" if moves else "steps in the environment")

    plots.save(fill, stem, size=(plots.WIDTH, 1.6 + 1.6 * len(panels)))


def _returns(axes: Any, progress: list[Row], evaluations: list[Row], line: Threshold) -> None:
    played = [row for row in progress if row["return"] is not None]
    axes.plot(
        _column(played, "step"),
        _column(played, "return"),
        label="exploring, last 20 episodes",
        color=plots.COLOURS[4],
        linewidth=1,
    )
    steps, means, stds = (_column(evaluations, name) for name in ("step", "return", "std"))
    low = [mean - std for mean, std in zip(means, stds, strict=True)]
    high = [mean + std for mean, std in zip(means, stds, strict=True)]
    axes.fill_between(steps, low, high, alpha=0.2, color=plots.COLOURS[0], linewidth=0)
    axes.plot(steps, means, label="greedy, mean ± std", color=plots.COLOURS[0])
    axes.axhline(line.score, label="pass line", color=plots.COLOURS[2], linestyle="--", linewidth=1)
    axes.set(ylabel="return")
    axes.legend(fontsize="small")


def _right_moves(axes: Any, evaluations: list[Row], line: Threshold) -> None:
    """How well a game is played: by the search, and by its network alone."""
    steps = _column(evaluations, "step")
    axes.plot(steps, _column(evaluations, "return"), label="with search", color=plots.COLOURS[0])
    alone = _column(evaluations, "network_alone")
    axes.plot(steps, alone, label="network alone", color=plots.COLOURS[4], linewidth=1)
    axes.axhline(line.score, label="pass line", color=plots.COLOURS[2], linestyle="--", linewidth=1)
    axes.set(ylabel="right moves")
    axes.legend(fontsize="small")


def _values(axes: Any, evaluations: list[Row]) -> None:
    steps = _column(evaluations, "step")
    axes.plot(steps, _column(evaluations, "value"), label="expected", color=plots.COLOURS[1])
    axes.plot(steps, _column(evaluations, "discounted"), label="true", color=plots.COLOURS[0])
    axes.set(ylabel="discounted\nreturn")
    axes.legend(fontsize="small")


def _loss(axes: Any, learned: list[Row]) -> None:
    losses = _column(learned, "loss")
    axes.plot(_column(learned, "step"), losses, color=plots.COLOURS[3])
    axes.set(ylabel="loss", yscale="log" if min(losses) > 0 else "linear")
    axes.tick_params(which="minor", labelleft=False)


def _entropy(axes: Any, rows: list[Row]) -> None:
    """How undecided a policy still is."""
    axes.plot(_column(rows, "step"), _column(rows, "entropy"), color=plots.COLOURS[3])
    axes.set(ylabel="entropy")


def _explained(axes: Any, rows: list[Row]) -> None:
    """The fraction of the variance of the returns that the critic predicts, from -1 on."""
    clipped = [max(value, -1.0) for value in _column(rows, "explained_variance")]
    axes.plot(_column(rows, "step"), clipped, color=plots.COLOURS[5])
    axes.set(ylabel="variance\nexplained", ylim=(-1.05, 1.05))


def _column(rows: Sequence[Row], name: str) -> list[Any]:
    return [row[name] for row in rows]
