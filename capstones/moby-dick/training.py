"""The training of one network, and of the three of the claim.

    python training.py          trains and saves them, and writes histories.json
"""

import json
import time
from pathlib import Path

import numpy as np
from undergrad.engine import nn, optim

import evaluate
from data import SYMBOLS, in_a_row, load
from model import Reader, network

HISTORIES = Path(__file__).with_name("histories.json")
SEEDS, STEPS, RATE = (0, 1, 2), 1800, 0.004
STREAMS, LENGTH = 16, 128  # texts side by side, and characters of each in one step
REPORTS = 10  # in a whole training
PEEK = 2000  # characters of each validation chapter that a report reads


def fit(
    parts: dict[str, list[str]], seed: int, steps: int = STEPS, rate: float = RATE, **settings
) -> tuple[Reader, list[dict]]:
    """Train one network; returns it with what the reports found.

    The training chapters stand in a row, as in the book, and sixteen streams read them from places
    that are equally far apart. Each goes on where its last stretch ended and remembers what it has
    read; the gradient covers one stretch. AdamW, with a rate that rises briefly and falls to nearly
    0 along a cosine. The last network counts, whatever its score: no step is picked.
    """
    model, rng = network(seed, **settings), np.random.default_rng(seed)
    text = in_a_row(parts["train"])
    places = rng.integers(len(text)) + np.arange(STREAMS) * (len(text) // STREAMS)
    places = places + np.arange(LENGTH + 2)[:, None]
    parameters = list(model.parameters())
    optimizer = optim.AdamW(parameters, lr=rate, weight_decay=0.05)
    scheduler = optim.lr_scheduler.OneCycleLR(
        optimizer, rate, max(steps, 20), pct_start=0.1, cycle_momentum=False
    )
    remembered, history, losses = model.nothing(STREAMS), [], []
    for step in range(1, steps + 1):
        stretch = text.take(places + step * LENGTH, mode="wrap")
        optimizer.zero_grad()
        logits, remembered = model(stretch[:-1], remembered)
        loss = nn.CrossEntropyLoss()(logits.reshape(-1, len(SYMBOLS)), stretch[2:].ravel())
        loss.backward()
        optim.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item() / np.log(2))
        if step % max(1, steps // REPORTS) == 0:
            history.append(report(model, parts["validation"], step, losses))
            losses = []
    return model, history


def report(model: Reader, validation: list[str], step: int, losses: list[float]) -> dict:
    """How far a training has come: the bits it needs, and how it writes."""
    beginnings = [chapter[:PEEK] for chapter in validation]
    return {
        "step": step,
        "training": float(np.mean(losses)),
        "validation": evaluate.per_character(evaluate.bits(model, beginnings)),
        "writes": evaluate.write(model, "The whale ", 70, np.random.default_rng(0)),
    }


def trained(parts: dict[str, list[str]], seed: int, steps: int = STEPS) -> list[dict]:
    """Train the network of a seed and save it at once; returns its history."""
    start = time.perf_counter()
    model, history = fit(parts, seed, steps)
    evaluate.save(model, seed)
    last = history[-1]["validation"] if history else float("nan")
    print(f"seed {seed}: validation {last:.3f} bits, {time.perf_counter() - start:.0f} s")
    return history


if __name__ == "__main__":
    parts = load()
    found = {str(seed): trained(parts, seed) for seed in SEEDS}
    HISTORIES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
