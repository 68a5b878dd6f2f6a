"""Draws the figures of `sequence`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

STEPS, STATE, NETWORKS = 31, 32, 12
COUNTRIES = ("france", "italy", "japan", "egypt", "peru", "kenya")
CAPITALS = ("paris", "rome", "tokyo", "cairo", "lima", "nairobi")


def rnn_lengths(rng, scale):
    """The length of the gradient for x, by steps back from the last one, in a simple RNN."""
    Wx, Wh, b = SOLUTION["init_cell"](rng, 4, STATE)
    x = 0.5 * rng.normal(size=(1, STEPS, 4))
    states, cache = SOLUTION["rnn_forward"](x, np.zeros((1, STATE)), (Wx, scale * Wh, b))
    gx, _, _ = SOLUTION["rnn_backward"](from_the_end(rng, states), cache)
    return np.linalg.norm(gx[0], axis=1)[::-1]


def lstm_lengths(rng, bias):
    """The same in an LSTM whose forget gate has this bias."""
    W = SOLUTION["init_cell"](rng, 4, STATE, 4)
    W[2][STATE : 2 * STATE] = bias
    x, start = 0.5 * rng.normal(size=(1, STEPS, 4)), np.zeros((1, STATE))
    states, _, cache = SOLUTION["lstm_forward"](x, start, start, W)
    gx, _, _, _ = SOLUTION["lstm_backward"](from_the_end(rng, states), start, cache)
    return np.linalg.norm(gx[0], axis=1)[::-1]


def from_the_end(rng, states):
    """The upstream gradient of a loss that depends only on the last state."""
    g = np.zeros_like(states)
    g[:, -1] = rng.normal(size=STATE)
    return g


def gradients_left(lengths):
    """The median over twelve networks of the gradient, as a fraction of that at the last step."""
    found = np.array([lengths(np.random.default_rng(seed)) for seed in range(NETWORKS)])
    return np.median(found / found[:, :1], axis=0)


def vanishing(figure):
    """The gradient in simple networks, against the number of steps back."""
    axes = log_axes(figure, (1e-13, 1e5))
    rows = ((3.0, "-", 1, (11, 800)), (1.0, "-.", 2, (15, 6e-2)), (0.5, "--", 0, (3, 1e-8)))
    for scale, style, colour, at in rows:
        left = gradients_left(lambda rng, scale=scale: rnn_lengths(rng, scale))
        axes.plot(range(STEPS), left, style, color=COLOURS[colour])
        axes.annotate(f"weights times {scale:g}", at)


def kept(figure):
    """The gradient in LSTMs with three biases of the forget gate, and 0.95 to the power."""
    axes = log_axes(figure, (1e-13, 1e2))
    rows = ((3, "-", 2, (20, 3)), (1, "-.", 1, (20, 4e-3)), (-3, "--", 0, (5, 1e-9)))
    for bias, style, colour, at in rows:
        left = gradients_left(lambda rng, bias=bias: lstm_lengths(rng, bias))
        axes.plot(range(STEPS), left, style, color=COLOURS[colour])
        axes.annotate(f"bias {bias}".replace("-", "\u2212"), at)
    axes.plot(0.95 ** np.arange(STEPS), ":", color=axes.xaxis.label.get_color())


def log_axes(figure, limits):
    """Axes for the norm of a gradient against the number of steps back."""
    axes = figure.add_subplot()
    axes.set(xlabel="steps back", ylabel="fraction of the gradient", yscale="log", ylim=limits)
    return axes


def cell(figure):
    """One step of an LSTM: the cell along the top, four boxes below it."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.9, 8.6), ylim=(-0.9, 5.3), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    boxes = ((1, "f", 1), (2.6, "i", 1), (4.2, "c\u0303", 0), (5.8, "o", 1))  # x, name, colour

    def arrow(*points, width=1.3):
        xs, ys = zip(*points, strict=True)
        axes.plot(xs[:-1], ys[:-1], color=ink, linewidth=width)
        head = {"arrowstyle": "-|>", "color": ink, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", points[-1], points[-2], arrowprops=head)

    arrow((-0.2, 4.4), (7.9, 4.4), width=2.4)
    axes.plot([-0.2, 5.8], [0.1, 0.1], color=ink, linewidth=1.3)
    for x, name, colour in boxes:
        arrow((x, 0.1), (x, 0.75))
        _box(axes, x, 1.1, name, COLOURS[colour], ink)
    arrow((1, 1.45), (1, 4.1))
    arrow((2.6, 1.45), (2.6, 2.7), (3.15, 2.7))
    arrow((4.2, 1.45), (4.2, 2.7), (3.65, 2.7))
    arrow((3.4, 2.95), (3.4, 4.1))
    arrow((6.8, 4.4), (6.8, 3.65))
    _box(axes, 6.8, 3.3, "tanh", COLOURS[0], ink)
    arrow((6.8, 2.95), (6.8, 2.45))
    arrow((5.8, 1.45), (5.8, 2.2), (6.55, 2.2))
    arrow((7.05, 2.2), (7.9, 2.2))
    for x, y, sign in (
        (1, 4.4, "\u00d7"),
        (3.4, 4.4, "+"),
        (3.4, 2.7, "\u00d7"),
        (6.8, 2.2, "\u00d7"),
    ):
        axes.plot([x], [y], "o", markersize=15, color=COLOURS[2], zorder=5)
        axes.text(x, y - 0.03, sign, ha="center", va="center", color="white", fontsize=12, zorder=6)
    names = {"$c_{t-1}$": (-0.6, 4.4), "$c_t$": (8.25, 4.4), "$h_t$": (8.25, 2.2)}
    for name, (x, y) in {**names, "$x_t$\n$h_{t-1}$": (-0.6, 0.1)}.items():
        axes.text(x, y, name, ha="center", va="center", fontsize=12)


def _box(axes, x, y, name, colour, ink):
    from matplotlib.patches import Rectangle

    corner = (x - 0.55, y - 0.35)
    axes.add_patch(Rectangle(corner, 1.1, 0.7, facecolor=colour, alpha=0.35, linewidth=0))
    axes.add_patch(Rectangle(corner, 1.1, 0.7, fill=False, edgecolor=ink, linewidth=1))
    axes.text(x, y, name, ha="center", va="center", fontsize=11)


def word_vectors():
    """The small world of the lesson, learned: vectors (18, 12) of countries, capitals, people."""
    rng = np.random.default_rng(0)
    country, kind = rng.integers(6, size=9000), rng.integers(3, size=9000)
    of_country = 18 + 3 * country + rng.integers(3, size=9000)
    of_kind = 36 + 3 * kind + rng.integers(3, size=9000)
    centre, near = np.tile(6 * kind + country, 2), np.r_[of_country, of_kind]
    first, second = 0.1 * rng.normal(size=(2, 45, 12))
    for _ in range(400):
        rows = rng.integers(len(centre), size=200)
        negs = rng.integers(18, 45, size=(200, 4))
        first, second, _ = SOLUTION["sgns_step"](
            first, second, centre[rows], near[rows], negs, 10.0
        )
    return first[:18]


def parallels(figure):
    """Countries and capitals, across by their mean step, up by what separates the countries."""
    axes = figure.add_subplot()
    axes.axis("off")
    found = word_vectors()
    pairs = np.stack([found[:5], found[6:11]])  # five countries, five capitals
    step = (pairs[1] - pairs[0]).mean(axis=0)
    step /= np.linalg.norm(step)
    rest = pairs.mean(axis=0) - pairs.mean(axis=(0, 1))
    rest -= (rest @ step)[:, None] * step
    up = np.linalg.pinv(rest) @ np.arange(2.0, -3, -1)
    x, y = pairs @ step, pairs @ up
    for i in range(5):
        arrow = {"arrowstyle": "-|>", "color": COLOURS[i], "linewidth": 1.6}
        axes.annotate("", (x[1, i], y[1, i]), (x[0, i], y[0, i]), arrowprops=arrow)
        axes.annotate(COUNTRIES[i], (x[0, i], y[0, i]), (-6, 0), ha="right", va="center",
                      textcoords="offset points")  # fmt: skip
        axes.annotate(CAPITALS[i], (x[1, i], y[1, i]), (6, 0), va="center",
                      textcoords="offset points")  # fmt: skip
    axes.set(xlim=(x.min() - 0.7, x.max() + 0.7), ylim=(y.min() - 0.4, y.max() + 0.4))


if __name__ == "__main__":
    save(parallels, HERE / "figures" / "parallels", size=(4.8, 2.4))
    save(vanishing, HERE / "figures" / "vanishing", size=(4.9, 3.0))
    save(cell, HERE / "figures" / "cell", size=(5.6, 3.7))
    save(kept, HERE / "figures" / "kept", size=(4.9, 3.0))
