"""The comparisons of the lesson, on handwritten digits of 8 x 8 pixels.

    python race.py        trains everything (about five minutes) and writes race.md

The first table trains three kinds of network on 100 and on 1,150 labels, each with the learning
rate of a grid that does best on a validation set. The second moves a trained body to another task
and trains it further on a few labels; its pair of learning rates is chosen in the same way, on
other draws of labels. Test digits are used for the reported numbers alone: the mean over several
seeds or draws, with the standard deviation.
"""

import runpy
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import product
from pathlib import Path

import numpy as np

from undergrad.datasets import digits, stroke_digits
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.nn import functional as F
from undergrad.supervised.presets.vit_digits import ViT

HERE = Path(__file__).resolve().parent
OWN = runpy.run_path(str(HERE / "solution.py"))

STEPS, BATCH, RATES = 600, 64, (0.0003, 0.001, 0.003, 0.01, 0.03)  # of the first table
HEAD_RATES, BODY_RATES, SHOTS = (0.3, 1.0, 3.0), (0.03, 0.1, 0.3, 1.0, 3.0), (1, 2, 5)
TO_CHOOSE, TO_REPORT = (100, 101), (0, 1, 2, 3, 4)


def split():
    """Every fifth digit for testing, every fifth of the others for validation."""
    images, labels = digits()
    test = np.arange(len(labels)) % 5 == 0
    validation = np.cumsum(~test) % 5 == 0
    parts = {"test": test, "validation": ~test & validation, "train": ~test & ~validation}
    return {name: (images[part][:, None], labels[part]) for name, part in parts.items()}


DIGITS = split()


# --- three kinds of network ----------------------------------------------------------------------


def mlp(rng):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, 128, rng=rng), nn.ReLU(), nn.Linear(128, 10, rng=rng)
    )


def cnn(rng):
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10, rng=rng),
    )


def vit(rng):
    return ViT(48, rng)


def moved(images):
    """One pixel to the right."""
    return np.pad(images[..., :-1], ((0, 0), (0, 0), (0, 0), (1, 0)))


def learned(network: Callable, labels: int, rate: float, seed: int):
    """A network after 600 steps of AdamW on that many labelled digits, chosen by the seed."""
    rng = np.random.default_rng(seed)
    x, y = DIGITS["train"]
    chosen = rng.permutation(len(y))[:labels]
    model = network(rng)
    optimizer = optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / STEPS)
        rows = rng.choice(chosen, size=BATCH)
        loss = F.cross_entropy(model(Tensor(x[rows].astype(np.float32))), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def accuracy(model, part: str, change=lambda images: images) -> float:
    x, y = DIGITS[part]
    with no_grad():
        logits = model(Tensor(change(x).astype(np.float32))).data
    return float((logits.argmax(axis=1) == y).mean())


def kinds() -> Iterator[str]:
    yield "| network | parameters | 100 labels | the same, moved | 1,150 labels | the same, moved |"
    yield "|---|---|---|---|---|---|"
    for name, network in {"dense": mlp, "convolutional": cnn, "ViT": vit}.items():
        model = network(np.random.default_rng(0))
        cells = [name, f"{sum(each.data.size for each in model.parameters()):,}"]
        for labels in (100, len(DIGITS["train"][1])):
            found = {
                rate: accuracy(learned(network, labels, rate, 100), "validation") for rate in RATES
            }
            rate = max(found, key=found.__getitem__)
            models = [learned(network, labels, rate, seed) for seed in TO_REPORT[:3]]
            cells.append(summary([accuracy(each, "test") for each in models]))
            cells.append(summary([accuracy(each, "test", moved) for each in models]))
        yield f"| {' | '.join(cells)} |"


def summary(numbers) -> str:
    return f"{np.mean(numbers):.1%} ± {100 * np.std(numbers):.1f}"


# --- transfer ------------------------------------------------------------------------------------


def shrunk(images):
    """28 x 28 to 8 x 8: the middle 24 x 24 pixels, in blocks of 3 x 3."""
    return images[:, 2:26, 2:26].reshape(-1, 8, 3, 8, 3).mean(axis=(2, 4))[:, None]


def pretrained(images, labels):
    rng = np.random.default_rng(0)
    net = OWN["Net"](rng, classes=10)
    OWN["train"](net, images, labels, 1.0, 8, 32, rng)
    return net


def few(part: str, classes, shots: int, seed: int):
    """`shots` digits of each class, by the seed; labels count from 0."""
    x, y = DIGITS[part]
    order = np.random.default_rng(seed).permutation(len(y))
    rows = np.concatenate([order[y[order] == each][:shots] for each in classes])
    return x[rows], np.searchsorted(classes, y[rows])


def everything(part: str, classes):
    x, y = DIGITS[part]
    rows = np.isin(y, classes)
    return x[rows], np.searchsorted(classes, y[rows])


def transferred(net, classes, shots: int, seed: int, part: str, rates) -> float:
    """Accuracy on the part after 100 steps on a few digits, with a new head of zeros."""
    net = deepcopy(net) if net else OWN["Net"](np.random.default_rng(seed))
    net.head = [np.zeros((len(classes), 32)), np.zeros(len(classes))]
    x, y = few("train", classes, shots, seed)
    OWN["finetune"](net, x, y, *rates, 100)
    x, y = everything(part, classes)
    return float((net.forward(x).argmax(axis=1) == y).mean())


def transfers() -> Iterator[str]:
    strokes, drawn = stroke_digits(4000, rng=0)
    source = pretrained(shrunk(strokes), drawn)
    half = pretrained(*everything("train", np.arange(5)))
    all_digits, upper = np.arange(10), np.arange(5, 10)
    frozen = [(head, 0.0) for head in (*HEAD_RATES, 10.0, 30.0)]
    both = list(product(HEAD_RATES, BODY_RATES))
    rows = (
        ("0 to 9", "from scratch", None, all_digits, both),
        ("0 to 9", "drawn digits, frozen", source, all_digits, frozen),
        ("0 to 9", "drawn digits, fine-tuned", source, all_digits, both),
        ("5 to 9", "from scratch", None, upper, both),
        ("5 to 9", "digits 0 to 4, frozen", half, upper, frozen),
        ("5 to 9", "digits 0 to 4, fine-tuned", half, upper, both),
    )
    yield "| digits | body | 1 of each class | 2 | 5 |"
    yield "|---|---|---|---|---|"
    for target, name, net, classes, grid in rows:
        cells = [target, name]
        for shots in SHOTS:

            def on_validation(rates, net=net, classes=classes, shots=shots):
                return np.mean(
                    [transferred(net, classes, shots, seed, "validation", rates)
                     for seed in TO_CHOOSE]
                )  # fmt: skip

            rates = max(grid, key=on_validation)
            cells.append(
                summary(
                    [transferred(net, classes, shots, seed, "test", rates) for seed in TO_REPORT]
                )
            )
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    tables = []
    for table in (kinds, transfers):
        lines = []
        for line in table():
            lines.append(line)
            print(line, flush=True)
        tables.append("\n".join(lines) + "\n")
    (HERE / "race.md").write_text("\n".join(tables), encoding="utf-8")
