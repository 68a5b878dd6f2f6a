"""Draws the figures of `llm`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.datasets import book
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
SENTENCE = "There she blows! the whale, in 1851"


def tokens(figure):
    """One sentence cut into tokens, after 0, 100 and 500 merges."""
    from matplotlib.patches import Rectangle

    axes = figure.add_subplot()
    axes.axis("off")
    for row, merges in enumerate((0, 100, 500)):
        at, ids = 0, SOLUTION["encode"](SENTENCE, PAIRS[:merges])
        for number, each in enumerate(ids):
            text = SOLUTION["decode"]([each], PAIRS).decode()
            colour = COLOURS[number % 3]
            box = (at + 0.04, -row - 0.3), len(text) - 0.08, 0.6
            axes.add_patch(Rectangle(*box, facecolor=colour, alpha=0.3, linewidth=0))
            for letter in text:
                axes.text(at + 0.5, -row, letter, ha="center", va="center_baseline", fontsize=11)
                at += 1
        axes.text(0, 0.45 - row, f"{merges} merges, {len(ids)} tokens", fontsize=11, va="center")
    axes.set(xlim=(0, len(SENTENCE)), ylim=(-2.4, 0.7))


def clocks(figure):
    """The hands of a query and of a key, two positions apart, in two places of a text."""
    turn = np.linspace(0, 2 * np.pi, 200)
    for axes, positions in zip(figure.subplots(1, 2), ((3, 1), (6, 4)), strict=True):
        axes.plot(np.cos(turn), np.sin(turn), color=axes.xaxis.label.get_color(), linewidth=0.8)
        names = zip(positions, ("query", "key"), (COLOURS[1], COLOURS[0]), strict=True)
        for t, name, colour in names:
            tip = SOLUTION["rope"](np.array([[1.0, 0.0]]), [t])[0]
            axes.annotate(
                "", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2}
            )
            side = "left" if tip[0] > 0 else "right"
            axes.annotate(f"{name} {t}", 1.12 * tip, ha=side, va="center", color=colour)
        arc = np.linspace(positions[1], positions[0], 50)
        axes.plot(0.35 * np.cos(arc), 0.35 * np.sin(arc), color=COLOURS[2])
        axes.set(xlim=(-2.4, 2.4), ylim=(-1.2, 1.2), aspect="equal")
        axes.axis("off")


def groups(figure):
    """Eight query heads with 8, 2 and 1 heads of keys and values."""
    from matplotlib.patches import Rectangle

    grid = figure.subplots(1, 3)
    for axes, kv_heads in zip(grid, (8, 2, 1), strict=True):
        ink, width = axes.xaxis.label.get_color(), 8 // kv_heads
        for head in range(8):
            axes.add_patch(Rectangle((head + 0.1, 1.5), 0.8, 0.8, color=COLOURS[1], alpha=0.6))
            middle = (head // width + 0.5) * width
            axes.plot([head + 0.5, middle], [1.45, 0.85], color=ink, linewidth=0.8)
        for head in range(kv_heads):
            middle = (head + 0.5) * width
            axes.add_patch(Rectangle((middle - 0.4, 0), 0.8, 0.8, color=COLOURS[0], alpha=0.8))
        axes.set(xlim=(0, 8), ylim=(-0.2, 2.5), aspect="equal")
        axes.axis("off")
        axes.set_title(f"K = {kv_heads}", fontsize=11)


def filters(figure):
    """Five probabilities, and what top-p 0.8 leaves of them."""
    axes = figure.add_subplot()
    p = np.array([0.5, 0.25, 0.15, 0.07, 0.03])
    kept = SOLUTION["sample_filter"](np.log(p), top_p=0.8)
    tokens = np.arange(1, 6)
    axes.bar(tokens, kept, color=COLOURS[0], alpha=0.8)
    axes.plot(tokens, p, "o-", color=COLOURS[1])
    axes.set(xlabel="token, the most probable first", ylabel="probability", xticks=tokens)


if __name__ == "__main__":
    PAIRS = SOLUTION["bpe_train"](SOLUTION["pre_split"](book()[:30_000]), 500)
    save(tokens, HERE / "figures" / "tokens", size=(4.8, 1.9))
    save(clocks, HERE / "figures" / "clocks", size=(4.8, 1.7))
    save(groups, HERE / "figures" / "groups", size=(4.8, 1.3))
    save(filters, HERE / "figures" / "filters", size=(3.6, 2.2))
