"""Draws the figures of `rlhf`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
REF, R = np.array([0.5, 0.3, 0.2]), np.array([0.0, 1.0, 2.0])
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])  # of the answers with reward 0, 1, 2


def ascent(beta, steps=4000, lr=0.01):
    """Gradient ascent on reward minus beta times divergence, by the logits: policies (steps, 3)."""
    z, path = np.log(REF), []
    for _ in range(steps):
        pi = np.exp(z) / np.exp(z).sum()
        path.append(pi)
        g = R - beta * np.log(pi / REF)
        z = z + lr * pi * (g - pi @ g)
    return np.array(path)


def simplex(figure):
    """The triangle of policies for three answers: all optima, and one way to one of them."""
    axes = figure.subplots()
    axes.fill(*CORNERS.T, fill=False, edgecolor=COLOURS[0], linewidth=0.8)
    curve = np.array([SOLUTION["tilted"](REF, R, beta) for beta in np.geomspace(0.08, 300, 200)])
    axes.plot(*(curve @ CORNERS).T, color=COLOURS[0], label="optima for all beta")
    axes.plot(*(ascent(1.0) @ CORNERS).T, "--", color=COLOURS[1], label="ascent, beta 1")
    for beta, side in ((5.0, -1), (1.0, 1), (0.2, 1)):
        x, y = SOLUTION["tilted"](REF, R, beta) @ CORNERS
        axes.plot(x, y, "o", color=COLOURS[0], markersize=5)
        axes.annotate(
            f"{beta:g}",
            (x, y),
            xytext=(10 * side - 4, -3 - 3 * (beta < 1)),
            textcoords="offset points",
        )
    axes.plot(*(REF @ CORNERS), "s", color=COLOURS[2], markersize=6, label="reference")
    for r, (x, y) in enumerate(CORNERS):
        axes.annotate(
            f"reward {r}", (x, y), xytext=(0, 7 if y else -13), textcoords="offset points",
            ha="center",
        )  # fmt: skip
    axes.set(xlim=(-0.15, 1.15), ylim=(-0.12, 1.0), aspect="equal")
    axes.axis("off")
    axes.legend(frameon=False, loc="upper left", fontsize=8, bbox_to_anchor=(-0.12, 1.02))


def texts():
    """The texts of the lesson: reference, true reward, and features without and with a square."""
    length, care = map(np.ravel, np.meshgrid(np.arange(1, 31), [-1.0, 0.0, 1.0]))
    usual = np.exp(-(((length - 10) / 3) ** 2 + care**2) / 2)
    line = np.column_stack([care, length / 10])
    curve = np.column_stack([line, (length / 10) ** 2])
    return usual / usual.sum(), care - ((length - 13) / 4) ** 2, line, curve


def learned(features):
    """The scores by a reward model that has learned from 300 comparisons."""
    usual, truth, _, _ = texts()
    rng = np.random.default_rng(0)
    i, j = rng.choice(len(usual), p=usual, size=(2, 300))
    first = rng.random(300) < 1 / (1 + np.exp(truth[j] - truth[i]))
    w, l = np.where(first, i, j), np.where(first, j, i)  # noqa: E741
    return features @ SOLUTION["bradley_terry"](features[w], features[l], 0.1)


def overoptimised(figure):
    """True reward and reward by the model, against the divergence of the best of n."""
    usual, truth, line, curve = texts()
    axes = figure.subplots()
    ns = np.unique(np.geomspace(1, 1024, 60).round())
    for features, name, colour in ((line, "line", COLOURS[1]), (curve, "square", COLOURS[2])):
        score = learned(features)
        policies = np.array([SOLUTION["best_of_n"](usual, score, n) for n in ns])
        ratio = np.where(policies > 0, policies, 1) / usual
        D = (policies * np.log(ratio)).sum(axis=1)
        if name == "line":
            shift = usual @ truth - usual @ score
            axes.plot(D, policies @ score + shift, ":", color=colour, label="the line's own score")
            axes.axvline(D[np.abs(ns - 16).argmin()], color=COLOURS[0], linewidth=0.6)
        axes.plot(D, policies @ truth, color=colour, label=f"true reward, {name}")
    axes.set(xlabel="divergence in nats", ylabel="reward", ylim=(-1.5, 2.2), xlim=(0, 6))
    axes.legend(frameon=False, fontsize=8)


if __name__ == "__main__":
    save(simplex, HERE / "figures" / "simplex", size=(4.0, 3.0))
    save(overoptimised, HERE / "figures" / "overoptimised", size=(4.4, 2.7))
