"""Draws the figures of `solve`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

ARROW = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}


def projection_and_reflection(figure):
    """Left: a column minus its projection. Right: a reflection that maps a column onto the axis."""
    left, right = figure.subplots(1, 2)
    ink = left.xaxis.label.get_color()
    for axes, low in ((left, -1.9), (right, -5.6)):
        axes.set(xlim=(low, 5.4), ylim=(-1.5, 4.9), aspect="equal")
        axes.axis("off")
    a, q = np.array([2.6, 3.6]), np.array([0.96, 0.28])
    projection = (a @ q) * q
    left.plot(*zip(-0.5 * q, 5 * q, strict=True), color=ink, linewidth=0.8)
    left.plot(*zip(a, projection, strict=True), color=ink, linewidth=1, linestyle="--")
    left.quiver(0, 0, *a, color=COLOURS[0], width=0.014, **ARROW)
    left.quiver(0, 0, *projection, color=COLOURS[1], width=0.014, **ARROW)
    left.quiver(0, 0, *(a - projection), color=COLOURS[2], width=0.014, **ARROW)
    left.text(2.7, 3.9, "column")
    left.text(3.1, 0.1, "projection")
    left.text(-1.8, 2.9, "what is left")
    x, image = np.array([3.0, 4.0]), np.array([-5.0, 0.0])
    along = np.array([-1.0, 2.0]) / np.sqrt(5)
    right.plot(*zip(-1.4 * along, 4.8 * along, strict=True), color=ink, linewidth=2.4)
    right.plot((-5.5, 5.2), (0, 0), color=ink, linewidth=0.8)
    right.plot(*zip(x, image, strict=True), color=ink, linewidth=1, linestyle="--")
    right.quiver(0, 0, *x, color=COLOURS[0], width=0.014, **ARROW)
    right.quiver(0, 0, *image, color=COLOURS[2], width=0.014, **ARROW)
    right.text(3.1, 4.1, "(3, 4)")
    right.text(-5.5, -0.9, "(-5, 0)")
    right.text(-1.3, 4.4, "reflection")


def three(x):
    """A number, rounded to three digits."""
    return float(f"{x:.3g}")


def dot(x, y):
    return three(three(x[0] * y[0]) + three(x[1] * y[1]))


def gram_schmidt_of_three(angle):
    """Of (3, 2) and a column at this angle to it: that column, q1 and q2, with three digits."""
    first, turn = (3, 2), np.arctan2(2, 3) + np.deg2rad(angle)
    column = [three(np.hypot(*first) * each) for each in (np.cos(turn), np.sin(turn))]
    q1 = [three(each / three(np.sqrt(dot(first, first)))) for each in first]
    along = dot(q1, column)
    left = [three(a - three(along * q)) for a, q in zip(column, q1, strict=True)]
    length = three(np.sqrt(dot(left, left)))
    return np.array(column), np.array(q1), np.array([three(each / length) for each in left])


def cancellation(figure):
    """What three digits leave of orthogonality: columns that differ, and columns that hardly do."""
    for axes, angle in zip(figure.subplots(1, 2), (40, 0.4), strict=True):
        axes.set(xlim=(-1.1, 1.25), ylim=(-0.98, 1.12), aspect="equal")
        axes.axis("off")
        column, q1, q2 = gram_schmidt_of_three(angle)
        ink = axes.xaxis.label.get_color()
        axes.plot((0.64, -0.64), (-0.96, 0.96), color=ink, linewidth=0.8, linestyle="--")
        axes.quiver(0, 0, *(column / np.hypot(*column)), color=COLOURS[0], width=0.014, **ARROW)
        axes.quiver(0, 0, *q1, color=ink, width=0.014, **ARROW)
        axes.quiver(0, 0, *q2, color=COLOURS[1], width=0.014, **ARROW)
        axes.text(*(1.1 * q1), "q1")
        axes.text(*(1.12 * q2), "q2", ha="right")
        axes.set_title(f"{angle}°", fontsize=11)


def accuracy(figure):
    """The error of three ways to least squares, by the number of coefficients of a polynomial."""
    t, counts = np.linspace(0, 1, 20), range(3, 13)
    ways = (
        ("normal equations", SOLUTION["lstsq_normal"], COLOURS[1], "o"),
        ("projections", _by_gram_schmidt, COLOURS[0], "s"),
        ("reflections", SOLUTION["lstsq_qr"], COLOURS[2], "^"),
    )
    axes = figure.add_subplot()
    for name, way, colour, marker in ways:
        errors = [_error(way, t[:, None] ** np.arange(count)) for count in counts]
        axes.plot(counts, errors, color=colour, label=name, marker=marker, markersize=5)
    axes.set(yscale="log", xlabel="number of coefficients", ylabel="largest error")
    axes.grid(True)
    axes.legend(loc="upper left")


def _error(way, A):
    """The largest error of the coefficients, which should all be 1."""
    return np.abs(way(A, A.sum(axis=1)) - 1).max()


def _by_gram_schmidt(A, b):
    Q, R = SOLUTION["gram_schmidt"](A)
    return SOLUTION["back_substitution"](R, Q.T @ b)


if __name__ == "__main__":
    save(projection_and_reflection, HERE / "figures" / "angles", size=(5.6, 2.4))
    save(cancellation, HERE / "figures" / "cancel", size=(4.8, 2.2))
    save(accuracy, HERE / "figures" / "accuracy", size=(5.2, 3.2))
