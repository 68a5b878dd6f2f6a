"""Draws the figures of `spectra`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import digits, photos
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

RANKS = (1, 2, 4, 8, 16, 64)


def power_iteration(figure):
    """(1, 0) multiplied again and again with [[2, 1], [1, 2]], each time drawn with length 1."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.25, 1.5), ylim=(-0.3, 1.12), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    half = np.sqrt(0.5)
    axes.plot((-0.2, 1.25 * half), (-0.2, 1.25 * half), color=ink, linewidth=1, linestyle="--")
    axes.plot((-0.2, 0.28), (0.2, -0.28), color=ink, linewidth=1, linestyle="--")
    axes.text(0.92, 0.93, "stretched by 3", va="center")
    axes.text(0.31, -0.24, "stretched by 1", va="center")
    v = np.array([1.0, 0.0])
    for step in range(3):
        axes.quiver(0, 0, *v, color=COLOURS[step], angles="xy", scale_units="xy", scale=1,
                    width=0.011, zorder=3)  # fmt: skip
        axes.text(*(1.06 * v), ("(1, 0)", "(2, 1)", "(5, 4)")[step], va="center")
        v = np.array([[2.0, 1.0], [1.0, 2.0]]) @ v
        v = v / np.linalg.norm(v)


def compressed(figure):
    """Two digits from 1 to 64 components, and the error of all digits against their number."""
    images, _ = digits()
    X = images.reshape(len(images), -1).astype(float)
    above, below = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    grid = above.subplots(2, len(RANKS))
    for column, rank in enumerate(RANKS):
        Z, components, mean = SOLUTION["pca"](X, rank)
        for row, example in enumerate((3, 6)):
            axes = grid[row, column]
            rebuilt = Z[example] @ components + mean
            axes.imshow(rebuilt.reshape(8, 8), cmap="gray_r", vmin=0, vmax=X.max())
            axes.set(xticks=[], yticks=[])
        grid[0, column].set_title(str(rank), fontsize=11)
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    left = 1 - np.cumsum(s**2) / np.sum(s**2)
    axes = below.subplots()
    axes.plot(range(65), np.append(1.0, left), color=COLOURS[0])
    axes.plot(RANKS, left[np.array(RANKS) - 1], "o", color=COLOURS[1], markersize=5)
    axes.set(xlabel="number of components", ylabel="variance left", xlim=(0, 65), ylim=(0, 1.02))
    axes.grid(True)


def ellipse(figure):
    """The unit circle, and the ellipse that [[3, 0], [4, 5]] makes of it, with both axes."""
    A, half = np.array([[3.0, 0.0], [4.0, 5.0]]), np.sqrt(0.5)
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    before, after = figure.subplots(1, 2)
    for axes, shape, span in ((before, circle, 1.4), (after, A @ circle, 7.2)):
        axes.plot(*shape, color=axes.xaxis.label.get_color(), linewidth=1)
        axes.set(xlim=(-span, span), ylim=(-span, span), aspect="equal")
        axes.grid(True)
    spots = ((0.78, 0.8), (2.6, 6.6)), ((0.78, -0.85), (3.6, -1.3))
    for i, v in enumerate((np.array([half, half]), np.array([half, -half]))):
        labels = f"$v_{i + 1}$", f"${np.linalg.norm(A @ v):.2f}\\,u_{i + 1}$"
        for axes, arrow, spot, label in zip((before, after), (v, A @ v), spots[i], labels,
                                            strict=True):  # fmt: skip
            axes.quiver(0, 0, *arrow, color=COLOURS[i], angles="xy", scale_units="xy", scale=1,
                        width=0.014, zorder=3)  # fmt: skip
            axes.text(*spot, label, va="center")


def patches(*names):
    """Photographs in grey, cut into squares of 8 x 8 pixels: (N, 64)."""
    found = []
    for name in names:
        image = photos()[name]
        grey = image.mean(axis=2) if image.ndim == 3 else image
        h, w = grey.shape[0] // 8, grey.shape[1] // 8
        found.append(grey[: 8 * h, : 8 * w].reshape(h, 8, w, 8).swapaxes(1, 2).reshape(-1, 64))
    return np.concatenate(found)


def patch_components(figure):
    """The first sixteen components of the patches of three photographs."""
    _, components, _ = SOLUTION["pca"](patches("cat", "rocket", "coins"), 16)
    for axes, component in zip(figure.subplots(2, 8).flat, components, strict=True):
        limit = np.abs(component).max()
        axes.imshow(component.reshape(8, 8), cmap="gray", vmin=-limit, vmax=limit)
        axes.set(xticks=[], yticks=[])


def web(figure):
    """The four pages of the lesson with their links, and how often each is visited."""
    links, spots = [[1, 2], [2], [0], [2]], [(0, 1), (0, 0), (1.4, 0.5), (2.8, 0.5)]
    rank = SOLUTION["pagerank"](links)
    axes = figure.add_subplot()
    axes.set(xlim=(-0.5, 3.3), ylim=(-0.45, 1.45), aspect="equal")
    axes.axis("off")
    for page, targets in enumerate(links):
        for target in targets:
            axes.annotate("", spots[target], spots[page], arrowprops={
                "arrowstyle": "-|>", "shrinkA": 17, "shrinkB": 17, "linewidth": 1.4,
                "connectionstyle": "arc3,rad=0.15",
                "color": axes.xaxis.label.get_color()})  # fmt: skip
        axes.plot(*spots[page], "o", markersize=24, color=COLOURS[0], alpha=0.35)
        axes.text(*spots[page], "ABCD"[page], ha="center", va="center", weight="bold")
        x, y = spots[page]
        axes.text(x, y + (-0.38 if page == 1 else 0.38), f"{rank[page]:.2f}", ha="center",
                  va="center")  # fmt: skip


if __name__ == "__main__":
    save(power_iteration, HERE / "figures" / "turning", size=(4.4, 3.4))
    save(compressed, HERE / "figures" / "digits", size=(5.2, 4.4))
    save(ellipse, HERE / "figures" / "ellipse", size=(5.6, 2.9))
    save(patch_components, HERE / "figures" / "patches", size=(5.2, 1.5))
    save(web, HERE / "figures" / "web", size=(4.4, 2.1))
