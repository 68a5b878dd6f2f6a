"""The curves of one run: returns, values, loss; and what the first layer of a policy looks for."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad import plots
from undergrad.rl.compatibility import modern_row
from undergrad.rl.run.threshold import RightMoves, Threshold
from undergrad.runs.folder import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = npt.NDArray[Any]

_ROWS, _COLUMNS = 4, 6  # of the images of hidden units


def draw(rows: Sequence[Row], line: Threshold, stem: Path) -> None:
    """Write `<stem>.svg`: returns, values and loss over the steps.

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


def draw_weights(hidden: Array, output: Array, frame: tuple[int, int], stem: Path) -> None:
    """Write `<stem>.svg`: what some hidden units look for in a frame.

    Of each unit the weights of the newest frame are drawn as an image: blue where a bright pixel
    makes the unit's output larger, orange where it makes it smaller, and nothing where it does not
    matter. The units are those that count most, measured by the length of their weights in and out.

    Arguments:
        hidden: weights of the first layer, (units, inputs).
        output: weights of the layer after it, (outputs, units).
        frame: height and width; `inputs` may hold several frames, the newest last.
    """
    height, width = frame
    images = hidden.reshape(len(hidden), -1, height, width)[:, -1]
    size = np.linalg.norm(images, axis=(1, 2)) * np.linalg.norm(output, axis=0)
    chosen = images[np.argsort(-size)[: _ROWS * _COLUMNS]]

    def fill(figure: "Figure") -> None:
        grid = figure.subplots(_ROWS, _COLUMNS).ravel()
        for axes in grid:
            axes.set(xticks=[], yticks=[])
        for axes, image in zip(grid, chosen, strict=False):
            axes.imshow(_signed(image), interpolation="none")

    plots.save(fill, stem, size=(plots.WIDTH, plots.WIDTH * _ROWS / _COLUMNS))


def _signed(image: Array) -> Array:
    """Signed numbers (H, W) as colours (H, W, 4): the sign decides the hue, the size how opaque it
    is. So 0 is the paper of the page, be it light or dark."""
    from matplotlib.colors import to_rgb

    plus, minus = (to_rgb(colour) for colour in plots.COLOURS[:2])
    colours = np.where(image[..., None] > 0, plus, minus)
    opaque = np.abs(image) / max(np.abs(image).max(), 1e-12)
    return np.concatenate([colours, opaque[..., None]], axis=-1)


def _column(rows: Sequence[Row], name: str) -> list[Any]:
    return [row[name] for row in rows]
