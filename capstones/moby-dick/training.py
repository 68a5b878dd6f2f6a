"""The training of one network, and of the three of the claim.

python training.py          trains and saves them, and writes histories.json
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from undergrad.engine import nn, optim

import evaluate
from baseline import KneserNey
from data import SYMBOLS, encode, in_a_row, load
from evaluate import NO_COUNTS, ORDER, SCALE, rows_of
from model import Reader, network

HISTORIES = Path(__file__).with_name("histories.json")
SEEDS, STEPS, RATE = (0, 1, 2), 1800, 0.004
STREAMS, LENGTH = 16, 128  # texts side by side, and characters of each in one step
REPORTS = 10  # in a whole training
FOLDS = 5  # of the cross-fitting
IGNORED = -100  # a target that the loss leaves out
PEEK = 2000  # characters of each validation chapter that a report reads


class Lesson(NamedTuple):
    """The training chapters in a row, and what counts expect of each character.

    text: (M,) numbers.   targets: the same, without the ends of lines between chapters.
    rows: (M,), the row of `logs`, (R, symbols), for each character.
    """

    text: np.ndarray
    targets: np.ndarray
    rows: np.ndarray
    logs: np.ndarray


def lesson(chapters: list[str], folds: int = FOLDS) -> Lesson:
    """What a network learns from, by cross-fitting.

    Counts are far too sure of a chapter that they have counted themselves. So what is expected of a
    chapter comes from counts of the others: each of five, in turn, is left out. With `folds` = 1
    nothing is left out, and with 0 there are no counts.
    """
    groups = [[c for n, c in enumerate(chapters) if n % folds != out] for out in range(folds)]
    many = [KneserNey(group or chapters, ORDER, SCALE) for group in groups]
    logs = [each.logs for each in many] or [NO_COUNTS]
    first = np.cumsum([0, *map(len, logs)])
    rows = []
    for n, chapter in enumerate(chapters):
        text, fold = encode(chapter), n % max(folds, 1)
        found = first[fold] + rows_of(text, many[fold] if many else None)
        rows.append(np.pad(found, (2, 0)))
    text = in_a_row(chapters)
    starts = np.cumsum([0, *(len(each) for each in rows[:-1])])
    targets = text.copy()
    targets[[*starts, *(starts + 1)]] = IGNORED
    return Lesson(text, targets, np.concatenate(rows), np.concatenate(logs))


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
        expected = learned.logs[learned.rows[here[2:]]]
        optimizer.zero_grad()
        logits, remembered = model(learned.text[here[:-1]], expected, remembered)
        targets = learned.targets[here[2:]].ravel()
        loss = nn.CrossEntropyLoss()(logits.reshape(-1, len(SYMBOLS)), targets)
        loss.backward()
        optim.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item() / np.log(2))
        if step % max(1, steps // REPORTS) == 0:
            history.append({"step": step, "training": float(np.mean(losses)), **report(model)})
            losses = []
    return model, history


def trained(parts: dict[str, list[str]], seed: int, steps: int = STEPS) -> list[dict]:
    """Train the network of a seed and save it at once; returns its history."""
    start = time.perf_counter()
    counts = KneserNey(parts["train"], ORDER, SCALE)
    beginnings = [chapter[:PEEK] for chapter in parts["validation"]]

    def report(model: Reader) -> dict:
        return {
            "validation": evaluate.per_character(evaluate.bits(model, beginnings, counts)),
            "writes": evaluate.write(model, counts, "The whale ", 70, np.random.default_rng(0)),
        }

    model, history = fit(lesson(parts["train"]), seed, steps, report=report)
    evaluate.save(model, seed)
    print(f"seed {seed}: {time.perf_counter() - start:.0f} s")
    return history


if __name__ == "__main__":
    parts = load()
    found = {str(seed): trained(parts, seed) for seed in SEEDS}
    HISTORIES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
