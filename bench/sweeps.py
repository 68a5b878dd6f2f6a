"""Cost against size: one thread each, and one size at a time changed, drawn as four plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import measure
from bench.measure import Peer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TURNS, SECONDS = 3, 0.06
Curve = list[tuple[int, float, float]]  # size, our seconds a step, PyTorch's

SWEEPS: dict[str, tuple[str, list[tuple[int, dict[str, Any]]]]] = {
    "batch_size": ("mlp", [(n, {"batch_size": n}) for n in (1, 8, 64, 512)]),
    "width": ("mlp", [(n, {"widths": [n, n, n, 10]}) for n in (16, 64, 256, 1024)]),
    "depth": ("mlp", [(n, {"widths": [128] * (n + 1) + [10]}) for n in (1, 2, 4, 8, 16)]),
    "sequence": ("gpt", [(n, {"length": n, "batch_size": 8}) for n in (16, 32, 64, 128)]),
}
TITLES = {
    "batch_size": "batch (MLP 784-256-128-10)",
    "width": "width (two hidden layers, batch 64)",
    "depth": "hidden layers of width 128, batch 64",
    "sequence": "sequence (GPT, batch 8)",
}


def measured(python: str) -> dict[str, Curve]:
    return {
        name: [(size, *point(python, make, sizes)) for size, sizes in points]
        for name, (make, points) in SWEEPS.items()
    }


def point(python: str, make: str, sizes: dict[str, Any]) -> tuple[float, float]:
    """Seconds of the processor for a step of ours and of PyTorch with its fused Adam."""
    peers = Peer("ours", 1), Peer("torch", 1, ("fused",))
    task = {"make": make, "sizes": sizes, "seconds": SECONDS}
    ours, theirs = measure.interleaved(python, peers, task, TURNS)
    return ours.cpu, theirs.cpu


def draw(curves: dict[str, Curve], stem: Path) -> None:
    """Write the plot."""
    from matplotlib.ticker import LogLocator, NullLocator

    from undergrad import plots

    def fill(figure: Figure) -> None:
        for axes, (name, curve) in zip(figure.subplots(4, 1), curves.items(), strict=True):
            sizes = [size for size, _, _ in curve]
            for label, column in (("ours", 1), ("PyTorch", 2)):
                axes.plot(sizes, [1e3 * p[column] for p in curve], label=label, marker="o")
            axes.set(xscale="log", yscale="log", xlabel=TITLES[name], ylabel="ms a step")
            axes.set_xticks(sizes, map(str, sizes))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_locator(NullLocator())
            axes.grid(True)
        figure.axes[0].legend()

    plots.save(fill, stem, size=(plots.WIDTH, 11.0))
