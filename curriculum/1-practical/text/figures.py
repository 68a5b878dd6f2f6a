"""Draws the figures of `text`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

NAMES_TO_20 = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
NAMES_OF_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL, TENS = NAMES_TO_20.split(), NAMES_OF_TENS.split()


def spelled(n):
    """A whole number below 1000 in English words."""
    if n < 20:
        return SMALL[n]
    if n < 100:
        return TENS[n // 10 - 2] + ("-" + SMALL[n % 10] if n % 10 else "")
    return SMALL[n // 100] + " hundred" + (" " + spelled(n % 100) if n % 100 else "")


def learned():
    """As in the lesson: the characters, with names for two of them, and the table (V, V)."""
    order = np.random.default_rng(0).permutation(1000)
    text = "\n" + "".join(spelled(n) + "\n" for n in order[:800])
    stoi, itos = SOLUTION["vocab"](text)
    ids = np.array([stoi[character] for character in text])
    names = [{"\n": "end", " ": "gap"}.get(character, character) for character in itos]
    return names, SOLUTION["to_probs"](SOLUTION["bigram_counts"](ids, len(itos)))


NAMES, PROBS = learned()


def pairs(figure):
    """The table: the current character by row, what may follow by column."""
    axes = figure.add_subplot()
    rgb = to_rgb(COLOURS[0])
    fading = LinearSegmentedColormap.from_list("fading", [(*rgb, 0.0), (*rgb, 1.0)])
    axes.pcolormesh(np.sqrt(PROBS), cmap=fading, vmin=0, vmax=1)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    ticks = np.arange(len(NAMES)) + 0.5
    axes.set_xticks(ticks, NAMES, fontsize=8)
    axes.set_yticks(ticks, NAMES, fontsize=8)
    axes.tick_params(length=0)
    for label in (axes.get_xticklabels()[0], axes.get_xticklabels()[1]):
        label.set_rotation(90)
    row = NAMES.index("t")
    frame = Rectangle((0, row), len(NAMES), 1, fill=False, edgecolor=COLOURS[1], linewidth=2)
    axes.add_patch(frame)
    axes.set(xlabel="is followed by", ylabel="after")


def temperature(figure):
    """The row of t at three temperatures, its seven most likely followers."""
    row = PROBS[NAMES.index("t")]
    best = np.argsort(-row)[:7]
    panels = figure.subplots(1, 3, sharey=True)
    for axes, degree, colour in zip(panels, (0.3, 1.0, 3.0), COLOURS, strict=False):
        warm = row ** (1 / degree) / (row ** (1 / degree)).sum()
        axes.bar(range(7), warm[best], color=colour)
        axes.set_xticks(range(7), [NAMES[i] for i in best], fontsize=8)
        for label in axes.get_xticklabels():
            label.set_rotation(90)
        axes.tick_params(length=0)
        axes.set_title(f"temperature {degree:g}", fontsize=10)
    panels[0].set(ylabel="probability after t", ylim=(0, 1))


if __name__ == "__main__":
    save(pairs, HERE / "figures" / "pairs", size=(4.6, 4.5))
    save(temperature, HERE / "figures" / "temperature", size=(4.8, 2.6))
