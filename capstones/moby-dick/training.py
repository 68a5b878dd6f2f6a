"""What a network learns from, and the training of one network."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from undergrad.engine import optim

from baseline import KneserNey
from data import in_a_row
from experts import EXPERTS, FEATURES, ORDER, SCALE, Ask, consult
from model import Reader, log_mixture, network

STEPS, RATE = 1000, 0.005
STREAMS, LENGTH = 16, 128  # texts side by side, and characters of each in one step
REPORTS = 10  # in a whole training
FOLDS = 5  # of the cross-fitting


class Lesson(NamedTuple):
    """The training chapters in a row, and what the experts said about each character.

    text: (M,) numbers.   chances: (M, K).   features: (M, F).
    """

    text: np.ndarray
    chances: np.ndarray
    features: np.ndarray


def lesson(chapters: list[str], folds: int = FOLDS, ask: Ask = consult) -> Lesson:
    """What a network learns from, by cross-fitting.

    Counts are far too sure of a chapter that they have counted themselves. So the experts on a
    chapter are counts of the others: each of five groups of chapters, in turn, is left out. With
    `folds` = 1 nothing is left out. The ends of lines between chapters teach nothing: all experts
    are sure of them. `ask` is how the counts are asked.
    """
    text = in_a_row(chapters)
    starts = np.cumsum([0, *(len(chapter) + 2 for chapter in chapters)])
    chances = np.ones((len(text), EXPERTS), np.float32)
    features = np.zeros((len(text), FEATURES), np.float32)
    for out in range(folds):
        others = [each for n, each in enumerate(chapters) if n % folds != out] or chapters
        counts = KneserNey(others, ORDER, SCALE)
        for n in range(out, len(chapters), folds):
            here = slice(starts[n] + 2, starts[n + 1])
            chances[here], features[here] = ask(counts, text[here])
    return Lesson(text, chances, features)


def fit(
    learned: Lesson,
    seed: int,
    steps: int = STEPS,
    rate: float = RATE,
    report: Callable[[Reader], dict] = lambda model: {},
    **settings,
) -> tuple[Reader, list[dict]]:
    """Train one network; returns it with what ten reports found, which are given the network.

    Sixteen streams read the training chapters, from places that are equally far apart. Each goes on
    where its last stretch ended and remembers what it has read; the gradient covers one stretch.
    AdamW, with a rate that rises briefly and falls to nearly 0 along a cosine. The last network
    counts, whatever its score: no step is picked.
    """
    model, rng = network(seed, **settings), np.random.default_rng(seed)
    size = len(learned.text)
    places = rng.integers(size) + np.arange(STREAMS) * (size // STREAMS)
    places = places + np.arange(LENGTH + 2)[:, None]
    parameters = list(model.parameters())
    optimizer = optim.AdamW(parameters, lr=rate, weight_decay=0.05)
    scheduler = optim.lr_scheduler.OneCycleLR(
        optimizer, rate, max(steps, 20), pct_start=0.1, cycle_momentum=False
    )
    remembered, history, losses = model.nothing(STREAMS), [], []
    for step in range(1, steps + 1):
        here = (places + step * LENGTH) % size
        optimizer.zero_grad()
        logits, remembered = model(learned.text[here[:-1]], learned.features[here[2:]], remembered)
        loss = -log_mixture(logits, learned.chances[here[2:]]).mean()
        loss.backward()
        optim.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item() / np.log(2))
        if step % max(1, steps // REPORTS) == 0:
            history.append({"step": step, "training": float(np.mean(losses)), **report(model)})
            losses = []
    return model, history
