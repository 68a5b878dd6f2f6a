"""Draws the figures of `publish`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
NAMES, VALUES, ENDS = ("baseline", "network"), (0.788, 0.818), (0.797, 0.840)
GREY = "#8a94a3"


def bars(figure):
    """The same two numbers three times: bars from 0.78, bars from 0, a point with an interval."""
    first, second, third = figure.subplots(1, 3)
    for axes, floor, title in ((first, 0.78, "bars from 0.78"), (second, 0, "bars from 0")):
        axes.bar(NAMES, VALUES, width=0.6, color=COLOURS[0])
        axes.set(ylim=(floor, floor + (VALUES[1] - floor) * 1.1))
        axes.set_title(title, fontsize=10)
    third.plot([1, 1], ENDS, "_-", color=COLOURS[0], markersize=10)
    third.plot(1, VALUES[1], "o", color=COLOURS[0])
    third.axhline(VALUES[0], color=GREY, linestyle="--", linewidth=1)
    third.annotate("baseline", (-0.45, 0.790), color=GREY, fontsize=9)
    third.set(ylim=(0.775, 0.85), xlim=(-0.5, 1.6))
    third.set_xticks([1], ["network"])
    third.set_title("interval", fontsize=10)
    first.set_ylabel("accuracy (fraction)", fontsize=10)
    first.set_yticks([0.78, 0.79, 0.80, 0.81, 0.82])
    second.set_yticks([0, 0.2, 0.4, 0.6, 0.8])
    third.set_yticks([0.78, 0.80, 0.82, 0.84])
    for axes in (first, second, third):
        axes.tick_params(labelsize=9)
    for axes in (first, second):
        axes.set_xticks([0, 1], ["base-\nline", "net-\nwork"])


def greys(figure):
    """Two curves in colours of equal luminance, with their grey; and with dashes and labels."""
    steps = np.linspace(0, 6, 200)
    curves = (0.55 + 0.3 * (1 - np.exp(-steps)), 0.5 + 0.33 * (1 - np.exp(-0.8 * steps)))
    sides = figure.subplots(1, 3, sharey=True)
    for axes, colours, dashes, title in zip(
        sides,
        (("#d55e00", "#008a66"), ("#777777", "#777777"), ("#777777", "#777777")),
        (("-", "-"), ("-", "-"), ("-", (0, (4, 2)))),
        ("in colour", "as grey", "with dashes"),
        strict=True,
    ):
        for curve, colour, dash in zip(curves, colours, dashes, strict=True):
            axes.plot(steps, curve, color=colour, linestyle=dash, linewidth=2)
        axes.set_title(title, fontsize=10)
        axes.set(xticks=[], ylim=(0.48, 0.93))
        axes.set_xlabel("step", fontsize=10)
        axes.tick_params(labelsize=9)
    sides[0].set_ylabel("accuracy (fraction)", fontsize=10)
    sides[2].annotate("robust", (3.2, 0.87), color=GREY, fontsize=9)
    sides[2].annotate("plain", (3.4, 0.75), color=GREY, fontsize=9)


if __name__ == "__main__":
    save(bars, HERE / "figures" / "bars", size=(4.8, 2.8))
    save(greys, HERE / "figures" / "greys", size=(4.8, 2.5))
