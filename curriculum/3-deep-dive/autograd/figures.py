"""Draws the figures of `autograd`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def _arrow(axes, start, end, colour, curve=0.0):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8, "shrinkA": 17, "shrinkB": 17}
    style["connectionstyle"] = f"arc3,rad={curve}"
    axes.annotate("", end, start, arrowprops=style)


def _blank(figure, wide, high):
    axes = figure.add_subplot()
    axes.set(xlim=(0, wide), ylim=(0, high))
    axes.axis("off")
    return axes, axes.xaxis.label.get_color()


def fork(figure):
    """y = x * x + x at x = 3: the kept values, and the gradients of the backward pass."""
    x = SOLUTION["Value"](3.0)
    a = x * x
    y = a + x
    y.backward()
    axes, ink = _blank(figure, 10, 5)
    places = {"x": (1.2, 2.4, x), "a": (5, 2.4, a), "y": (9, 2.4, y)}
    names = {"x": "x", "a": "a = x * x", "y": "y = a + x"}
    for name, (left, height, value) in places.items():
        box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": ink}
        text = f"{value.data:g}"
        axes.text(left, height, text, ha="center", va="center", bbox=box, fontsize=13)
        axes.text(left, height - 1.0, names[name], ha="center", va="center", fontsize=10)
        gradient = f"grad {value.grad:g}"
        axes.text(left, 0.35, gradient, ha="center", va="center", fontsize=12, weight="bold")
    for curve, height in ((-0.35, 3.3), (0.35, 1.3)):
        _arrow(axes, (1.2, 2.4), (5, 2.4), COLOURS[0], curve)
        axes.text(3, height + 0.1, "3", ha="center", va="center", fontsize=10)
    _arrow(axes, (5, 2.4), (9, 2.4), COLOURS[0])
    axes.text(7, 2.75, "1", ha="center", va="center", fontsize=10)
    _arrow(axes, (1.2, 2.6), (9, 2.6), COLOURS[1], -0.42)
    axes.text(5, 4.55, "1", ha="center", va="center", fontsize=10)


def stretched(figure):
    """A row of three added to two rows: copied forward; backward the gradients add up."""
    axes, ink = _blank(figure, 10, 5)
    _row(axes, 0.4, 3.6, ("b1", "b2", "b3"), ink)
    axes.text(1.75, 4.55, "forward: one row is copied", va="center", fontsize=10)
    for height in (3.95, 3.25):
        _row(axes, 5.8, height, ("b1", "b2", "b3"), COLOURS[0])
    _straight(axes, (3.3, 3.6), (5.6, 3.6), COLOURS[0])
    for height, numbers in ((1.35, ("1", "0", "2")), (0.65, ("4", "1", "-1"))):
        _row(axes, 5.8, height, numbers, COLOURS[1])
    _row(axes, 0.4, 1.0, ("5", "1", "1"), ink)
    _straight(axes, (5.6, 1.0), (3.3, 1.0), COLOURS[1])
    axes.text(1.75, 2.05, "backward: the copies' gradients add up", va="center", fontsize=10)


def _straight(axes, start, end, colour):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8}
    axes.annotate("", end, start, arrowprops=style)


def _row(axes, left, height, texts, colour):
    for index, text in enumerate(texts):
        corners = [left + 0.9 * index, left + 0.9 * (index + 1)]
        axes.plot(
            [corners[0], corners[1], corners[1], corners[0], corners[0]],
            [height - 0.3, height - 0.3, height + 0.3, height + 0.3, height - 0.3],
            color=colour,
            linewidth=1.2,
        )
        label = f"$b_{text[1]}$" if text[0] == "b" else text
        axes.text(sum(corners) / 2, height, label, ha="center", va="center", fontsize=12)


if __name__ == "__main__":
    save(fork, HERE / "figures" / "fork", size=(4.9, 2.5))
    save(stretched, HERE / "figures" / "stretched", size=(4.9, 2.5))
