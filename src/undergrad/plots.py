"""Figures for pages and runs: every plot is drawn twice, for a light page and for a dark one.

    def draw(figure):
        axes = figure.add_subplot()
        axes.plot(losses)
        axes.set(xlabel="step", ylabel="loss")

    save(draw, folder / "loss")          # writes loss-light.svg and loss-dark.svg

The same input gives the same bytes, so a figure changes in git only when its content does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undergrad.files import output, refuse_foreign_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

# Okabe and Ito's colours, which people with every common colour blindness can tell apart;
# black and yellow are left out, since one is lost on a dark page and the other on a light one.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
# How a drawing of Matplotlib's begins; nothing else is replaced by one.
DRAWING = re.compile(rb"<\?xml.{,1500}?<dc:title>Matplotlib", re.DOTALL)
WIDTH = 4.8  # inches: on a phone, 358 pixels wide, letters of 11 points are then 11 pixels high
_INK = {"light": "#1f2933", "dark": "#e4e7eb"}


def save(
    draw: Callable[["Figure"], None], stem: Path, *, size: tuple[float, float] = (WIDTH, 3.6)
) -> tuple[Path, Path]:
    """Draw once per colour scheme and write `<stem>-light.svg` and `<stem>-dark.svg`.

    draw: puts axes into the figure it is given.   size: width and height in inches.
    Returns the two paths, light first.
    """
    paths = [stem.with_name(f"{stem.name}-{scheme}.svg") for scheme in _INK]
    for path in paths:  # before the first is replaced
        refuse_foreign_file(path, DRAWING)
    for path, ink in zip(paths, _INK.values(), strict=True):
        _save_one(draw, path, ink, size)
    return paths[0], paths[1]


def plot_history(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    stem: Path,
    *,
    xlabel: str = "step",
    ylabel: str = "loss",
    window: int = 1,
    log: bool = False,
) -> tuple[Path, Path]:
    """Draw learning curves: one, or several by name, each counted from 1.

    losses: `Progress.losses`; or for example `{"training": ..., "validation": ...}` with one
    number an epoch, as `History.column` gives them.   window: draw the mean of so many numbers,
    up to each position, above the pale single ones.   log: a logarithmic scale.
    Writes `<stem>-light.svg` and `<stem>-dark.svg` and returns their paths.
    """
    if window < 1:
        raise ValueError(f"plot_history: window must be at least 1, and is {window}")
    curves = dict(losses) if isinstance(losses, Mapping) else {ylabel: losses}

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        for colour, (name, values) in enumerate(curves.items()):
            x, paint = range(1, len(values) + 1), f"C{colour}"
            if window > 1:
                axes.plot(x, values, color=paint, alpha=0.25, linewidth=1)
            marker = "." if len(values) == 1 else ""
            axes.plot(x, _running_mean(values, window), color=paint, label=name, marker=marker)
        axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
        axes.grid(True)
        if len(curves) > 1:
            axes.legend()

    return save(draw, stem)


def _running_mean(values: Sequence[float], window: int) -> list[float]:
    """The mean of the last `window` values up to each position; of fewer at the beginning."""
    parts = (values[max(0, i + 1 - window) : i + 1] for i in range(len(values)))
    return [sum(part) / len(part) for part in parts]


def _save_one(
    draw: Callable[["Figure"], None], path: Path, ink: str, size: tuple[float, float]
) -> None:
    import matplotlib
    from matplotlib.figure import Figure

    with output(path, DRAWING) as file, matplotlib.rc_context(_style(ink)):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})


def _style(ink: str) -> "dict[RcKeyType, Any]":
    from cycler import cycler

    return {
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "axes.titlecolor": ink,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "font.size": 11,
        "grid.color": ink,
        "grid.alpha": 0.15,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "svg.hashsalt": "undergrad",
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
    }
