"""Draws the figures of `frameworks`, from counts and one training of our engine.

`python figures.py` draws them, and prints the counts of gradients for `figures/scaling.js`.
"""

from pathlib import Path

import numpy as np

from undergrad.datasets import digits
from undergrad.engine import Tensor, optim
from undergrad.engine.nn import functional
from undergrad.plots import COLOURS, save
from undergrad.supervised.presets.digits_cnn import network

HERE = Path(__file__).resolve().parent

# Bits of the exponent, and bits behind the point.
FORMATS = {"float32": (8, 23), "bfloat16": (8, 7), "float16": (5, 10)}

# The layers of `DigitsCNN` for 64 images: numbers that come out, and parameters.
LAYERS = {
    "conv1": (64 * 24 * 64, 240),
    "conv2": (64 * 48 * 64, 10_416),
    "conv3": (64 * 48 * 16, 20_784),
    "dropout": (64 * 768, 0),
    "head": (64 * 10, 7_690),
}


def formats(figure):
    """The range of each type on a logarithmic axis, and its significant binary digits."""
    ranges, digits = figure.subplots(2, 1)
    for row, (exponent, fraction) in enumerate(FORMATS.values()):
        bias = 2 ** (exponent - 1) - 1
        low, high = 1 - bias - fraction, bias + 1  # powers of two; the first is subnormal
        low, high = low * np.log10(2), high * np.log10(2)
        ranges.barh(row, high - low, left=low, color=COLOURS[row], height=0.6)
        ranges.text(low - 1, row, _power(low), ha="right", va="center", fontsize=9)
        ranges.text(high + 1, row, _power(high), va="center", fontsize=9)
        digits.barh(row, fraction + 1, color=COLOURS[row], height=0.6)
        digits.text(fraction + 1.4, row, str(fraction + 1), va="center", fontsize=9)
    ranges.set(xlim=(-58, 52), xticks=[], title="range of positive numbers")
    digits.set(xlim=(0, 27), xticks=[], title="significant binary digits")
    for axes in (ranges, digits):
        axes.set_yticks(range(len(FORMATS)), FORMATS)
        axes.invert_yaxis()
        axes.spines[:].set_visible(False)
        axes.title.set_fontsize(10)


def _power(exponent):
    """10 to the power of `exponent`, with one digit: 3e38."""
    whole = int(np.floor(exponent))
    return f"{10 ** (exponent - whole):.0f}e{whole}"


def memory(figure):
    """One training step: what is kept while the layers run forward and then backward."""
    numbers = np.array([size for size, _ in LAYERS.values()])
    parameters = np.array([count for _, count in LAYERS.values()])
    forward = np.concatenate([[0], np.cumsum(numbers)])
    activations = np.concatenate([forward, forward[-2::-1]])
    backward = np.concatenate([[0], np.cumsum(parameters[::-1])])
    gradients = np.concatenate([np.zeros(len(numbers)), backward])
    steps, total = np.arange(len(activations)), np.full(len(activations), parameters.sum())
    axes = figure.add_subplot()
    megabytes = [4e-6 * each for each in (total, 2 * total, gradients, activations)]
    names = ("parameters", "optimiser state", "gradients", "activations")
    axes.stackplot(steps, megabytes, labels=names, colors=COLOURS, alpha=0.75, linewidth=0)
    axes.axvline(len(numbers), color=axes.xaxis.label.get_color(), linewidth=0.8, linestyle=":")
    axes.set(xlim=(0, steps[-1]), ylim=(0, 2.6), ylabel="megabytes")
    marks = ["", *LAYERS, *list(LAYERS)[::-1]]
    axes.set_xticks(steps, marks, rotation=60, ha="right", rotation_mode="anchor")
    axes.legend(loc="upper left", fontsize=9, frameon=False)


LOWEST = -60  # the first exponent that is counted; gradients below it would belong to it


def exponents():
    """How many gradients of one step lie from 2**e to 2**(e + 1), for e = -60, -59, ..., -1.

    The network of `digits-cnn`, after 100 steps of AdamW on minibatches of 64.
    """
    images, labels = digits()
    rng = np.random.default_rng(0)
    model = network(24, 0.0, rng)
    optimizer = optim.AdamW(model.parameters(), lr=0.005)
    for step in range(101):
        part = rng.integers(0, 1400, 64)
        optimizer.zero_grad()
        functional.cross_entropy(model(Tensor(images[part, None])), labels[part]).backward()
        if step < 100:
            optimizer.step()
    g = np.concatenate([np.ravel(each.grad) for each in model.parameters()])
    found = np.frexp(g[g != 0])[1] - 1
    return np.bincount(np.clip(found, LOWEST, -1) - LOWEST, minlength=-LOWEST)


def scaling(figure):
    """The gradients by their exponents, without and with a loss scale, and what float16 keeps."""
    counts = exponents()
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    for axes, power in zip(panels, (0, 16), strict=True):
        scaled = np.arange(len(counts)) + LOWEST + power
        kinds = np.digitize(scaled, (-25, -14))  # 0: becomes 0, 1: fewer digits, 2: all 11
        for kind, (colour, alpha) in enumerate(((1, 1.0), (0, 0.4), (0, 1.0))):
            chosen = kinds == kind
            look = {"color": COLOURS[colour], "alpha": alpha, "width": 0.8}
            axes.bar(scaled[chosen] + 0.5, counts[chosen], **look)
        axes.set_title(f"loss scale {2**power:,}", fontsize=10)
        for edge in (-24, -14):
            axes.axvline(edge, color=axes.xaxis.label.get_color(), linewidth=0.8, linestyle=":")
    panels[1].set(xlim=(-40, 16), yscale="log", xlabel="exponent of the scaled gradient")
    figure.supylabel("gradients", fontsize=11)


if __name__ == "__main__":
    print(exponents().tolist())
    save(formats, HERE / "figures" / "formats", size=(4.8, 3.2))
    save(scaling, HERE / "figures" / "scaling", size=(4.8, 3.4))
    save(memory, HERE / "figures" / "memory", size=(4.8, 3.6))
