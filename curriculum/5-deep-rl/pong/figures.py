"""Draws the figures of `pong`, with the worked solution: run `python figures.py`.

The bars are those of race.md; the policy of the last figure has learned for 300 updates.
"""

from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgb

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))


def image(axes, values, title, limit=1.0):
    """Positive numbers in blue, negative ones in orange, and 0 as the page itself."""
    pixels = np.zeros((*values.shape, 4))
    for sign, colour in ((1, COLOURS[0]), (-1, COLOURS[1])):
        pixels[sign * values > 0, :3] = to_rgb(colour)
    pixels[..., 3] = np.minimum(np.abs(values) / limit, 1)
    axes.imshow(pixels, interpolation="nearest")
    axes.set(title=title, xticks=[], yticks=[])


def screens(figure):
    """A screen like Atari's, what `prepro` makes of it, and the difference to the next one."""
    first = SOLUTION["atari_screen"]((110, 78), 90, 120)
    after = SOLUTION["atari_screen"]((118, 94), 78, 110)
    grid = figure.subplots(1, 3)
    grid[0].imshow(first, aspect="auto")
    grid[0].set(title="210 x 160 x 3", xticks=[], yticks=[])
    before, now = (SOLUTION["prepro"](screen) for screen in (first, after))
    image(grid[1], before, "80 x 80")
    image(grid[2], now - before, "difference")


def points(figure):
    """The returns of a game with three points, with and without the reset at each of them."""
    r = np.zeros((30, 1))
    r[[9, 17, 26], 0] = 1, -1, 1
    both = figure.subplots(1, 2, sharey=True)
    for axes, name in zip(both, ("with the reset", "without"), strict=True):
        G = SOLUTION["discount_points"](r, 0.9, reset=name != "without")[:, 0]
        axes.bar(np.arange(30), G, color=np.where(G < 0, COLOURS[1], COLOURS[0]))
        axes.set(title=name, xlabel="step", ylim=(-1.1, 1.1))
    both[0].set_ylabel("return")


def credit(figure):
    """For each part of the steps its fraction of the weight, and of the gradient."""
    lines = (HERE / "race.md").read_text("utf-8").split("\n\n")[1].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    axes, at = figure.subplots(), np.arange(len(rows))
    axes.barh(at - 0.2, [float(row[1]) for row in rows], 0.38, color=COLOURS[0], label="weight")
    mean = np.array([float(row[2]) for row in rows])
    low, high = np.transpose([[float(x) for x in row[3].split(" to ")] for row in rows])
    reach = {"xerr": [mean - low, high - mean], "error_kw": {"ecolor": "grey"}}
    axes.barh(at + 0.2, mean, 0.38, color=COLOURS[1], label="gradient", **reach)
    axes.set(yticks=at, yticklabels=[row[0] for row in rows], xlabel="fraction")
    axes.invert_yaxis()
    axes.legend(loc="lower right")


def looks(figure):
    """What the policy sees before it returns a ball, what matters there, and two hidden units."""
    rng = np.random.default_rng(0)
    params = SOLUTION["init_policy"](120, 64, rng)
    SOLUTION["learn"](params, SOLUTION["Pong"](32, rng), 300, 200, rng, 0.005)
    x, _, _ = SOLUTION["rollout"](params, SOLUTION["Pong"](50, rng), 60, rng)
    x = x.reshape(-1, 10, 12)
    near = (x[:, :, 7:9].max(axis=(1, 2)) > 0) & (x[:, :, 5:8].min(axis=(1, 2)) < 0)
    p, _ = SOLUTION["policy_forward"](params, x.reshape(len(x), -1))
    seen = x[near][np.abs(p[near] - 0.5).argmin()]
    s = SOLUTION["saliency"](params, seen.reshape(1, -1)).reshape(10, 12)
    W1, W2 = params["W1"], params["W2"]
    order = np.argsort(-np.abs(W2) * np.sqrt((W1**2).sum(axis=1)))
    grid = figure.subplots(1, 4)
    image(grid[0], seen, "difference")
    image(grid[1], s, "saliency", np.abs(s).max())
    for axes, unit in zip(grid[2:], order, strict=False):
        filt = W1[unit].reshape(10, 12)
        image(axes, filt, f"W2 = {W2[unit]:.1f}", np.abs(filt).max())


if __name__ == "__main__":
    save(screens, HERE / "figures" / "screens", size=(4.8, 2.0))
    save(points, HERE / "figures" / "points", size=(4.8, 2.2))
    save(looks, HERE / "figures" / "looks", size=(4.8, 1.9))
    save(credit, HERE / "figures" / "credit", size=(4.8, 2.4))
