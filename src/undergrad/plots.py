"""Figures for pages and runs, drawn for a light page; the site makes the one for a dark page.

    def draw(figure):
        axes = figure.add_subplot()
        axes.plot(losses)
        axes.set(xlabel="step", ylabel="loss")

    save(draw, folder / "loss")          # writes loss.svg

On a dark page only the ink differs, because the other colours can be read on both. `on_dark` puts
it into the text of the drawing, so nothing that is drawn in the ink may be an image of pixels.

The same input gives the same bytes, so a figure changes in git only when its content does.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undergrad.files import output

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

# Okabe and Ito's colours, which people with every common colour blindness can tell apart;
# black and yellow are left out, since one is lost on a dark page and the other on a light one.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
# How a drawing of Matplotlib's begins; nothing else is replaced by one.
DRAWING = re.compile(rb"<\?xml.{,1500}?<dc:title>Matplotlib", re.DOTALL)
WIDTH = 4.8  # inches: on a phone, 358 pixels wide, letters of 11 points are then 11 pixels high
_COORDINATES = re.compile(r'(?: d="| x="| y="|translate\()[^")]*')
_LONG = re.compile(r"\d+\.\d{3,}")
INK, INK_ON_DARK = "#1f2933", "#e4e7eb"


def save(
    draw: Callable[["Figure"], None], stem: Path, *, size: tuple[float, float] = (WIDTH, 3.6)
) -> Path:
    """Draw a figure, write it to `<stem>.svg`, and return that path.

    draw: puts axes into the figure it is given.   size: width and height in inches.
    """
    import matplotlib
    from matplotlib.figure import Figure

    path = stem.with_name(f"{stem.name}.svg")
    with output(path, DRAWING) as file, matplotlib.rc_context(_style()):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        drawing = io.StringIO()
        figure.savefig(drawing, format="svg", transparent=True, metadata={"Date": None})
        file.write(_rounded(drawing.getvalue()).encode())
    return path


def on_dark(drawing: str) -> str:
    """A drawing of `save` as a dark page shows it."""
    return drawing.replace(INK, INK_ON_DARK)


def _rounded(drawing: str) -> str:
    """With coordinates to a hundredth of a point: the others cannot be seen, and take a tenth of
    a compressed file."""
    return _COORDINATES.sub(lambda found: _LONG.sub(_hundredths, found[0]), drawing)


def _hundredths(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def plot_history(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    stem: Path,
    *,
    xlabel: str = "step",
    ylabel: str = "loss",
    window: int = 1,
    log: bool = False,
) -> Path:
    """Draw learning curves: one, or several by name, each counted from 1.

    losses: `Progress.losses`; or for example `{"training": ..., "validation": ...}` with one
    number an epoch, as `History.column` gives them.   window: draw the mean of so many numbers,
    up to each position, above the pale single ones.   log: a logarithmic scale.
    Writes `<stem>.svg` and returns its path.
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


def _style() -> "dict[RcKeyType, Any]":
    from cycler import cycler

    return {
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "font.size": 11,
        "grid.color": INK,
        "grid.alpha": 0.15,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "svg.hashsalt": "undergrad",
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
