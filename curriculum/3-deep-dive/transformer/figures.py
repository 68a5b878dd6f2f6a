"""Draws the figures of `transformer`, with the worked solutions: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
V, T, D, STEPS, STATE = 17, 16, 32, 350, 70


def before(name):
    """The worked solution of an earlier unit."""
    unit = course.load().unit(name)
    return runpy.run_path(str(course.unit_folder(unit) / "solution.py"))


def block(figure):
    """The way of x through a block, from the bottom to the top."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.9, 4.9), ylim=(-0.5, 6.3), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    arrow = {"arrowstyle": "-|>", "color": ink, "linewidth": 1.4}
    axes.annotate("", (0, 6), (0, 0), arrowprops={**arrow, "linewidth": 2.4})
    axes.text(0, -0.4, "x", ha="center", fontsize=12)
    for low, names in ((0.3, ("norm", "heads")), (3.2, ("norm", "small net"))):
        axes.plot([0, 2.9, 2.9], [low, low, low + 0.3], color=ink, linewidth=1.4)
        for place, name in enumerate(names):
            _box(axes, 1.7, low + 0.3 + 0.9 * place, name, COLOURS[place], ink)
        axes.plot([2.9, 2.9], [low + 1.9, low + 2.2], color=ink, linewidth=1.4)
        axes.annotate("", (0.24, low + 2.2), (2.9, low + 2.2), arrowprops=arrow)
        axes.plot([0], [low + 2.2], "o", markersize=15, color=COLOURS[2], zorder=5)
        axes.text(0, low + 2.17, "+", ha="center", va="center", fontsize=13, color="white",
                  zorder=6)  # fmt: skip


def _box(axes, x, y, name, colour, ink):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), 2.4, 0.7, facecolor=colour, alpha=0.35, linewidth=0))
    axes.add_patch(Rectangle((x, y), 2.4, 0.7, fill=False, edgecolor=ink, linewidth=1))
    axes.text(x + 1.2, y + 0.33, name, ha="center", va="center", fontsize=11)


def losses(params, loss_and_gradients, peak, rng):
    """The loss before each step, on lines that are copied: the training of the lesson."""
    optim, found = before("optim"), []
    adam = optim["AdamW"](params, lr=peak, weight_decay=0.01)
    for step in range(STEPS):
        word = rng.integers(1, V, size=(32, 8))
        ids = np.hstack([word, np.zeros((32, 1), int), word])
        loss, gradients = loss_and_gradients(ids[:, :-1], ids[:, 1:])
        found.append(loss)
        adam.lr = optim["warmup_cosine"](step, STEPS, 20, peak)
        adam.step(optim["clip_global_norm"](gradients, 1.0)[0])
    return found


def curves():
    """Both losses over the steps: the Transformer's and the LSTM's."""
    model = SOLUTION["GPT"](V, T, D, 2, 4, np.random.default_rng(0))

    def gpt(x, y):
        loss, g = SOLUTION["next_loss"](model.forward(x), y)
        return loss, model.backward(g)

    rng, sequence = np.random.default_rng(1), before("sequence")
    lstm = sequence["init_reader"](rng, V, 16, STATE)
    own = losses(model.params, gpt, 0.006, rng)
    reader = sequence["reader_loss"]
    return own, losses(lstm, lambda x, y: reader(lstm, x, y, np.ones(x.shape)), 0.01, rng)


def race(figure):
    """The loss by steps, and the floor that no model can get below."""
    axes = figure.add_subplot()
    rows = zip(("Transformer", "LSTM"), CURVES, COLOURS[2::-1], ("-", "--"), strict=False)
    places = {"Transformer": (90, 2.68), "LSTM": (290, 1.8)}
    for name, found, colour, style in rows:
        smooth = np.convolve(found, np.ones(5) / 5, "valid")
        axes.plot(np.arange(5, STEPS + 1), smooth, style, color=colour)
        axes.annotate(name, places[name])
    floor = 7 / 16 * np.log(16)  # seven of the sixteen characters to predict are random
    axes.axhline(floor, color=axes.xaxis.label.get_color(), linewidth=1, linestyle=":")
    axes.annotate("nobody can know more", (5, floor - 0.14))
    axes.set(xlabel="step", ylabel="loss", ylim=(1, 3.1))


if __name__ == "__main__":
    CURVES = curves()
    save(block, HERE / "figures" / "block", size=(3.4, 3.9))
    save(race, HERE / "figures" / "race", size=(4.8, 3.0))
