"""Trains what the networks are compared with, and writes ablation.json: the same without a part.

    python records.py           nine trainings, about ten seconds each on a laptop

All numbers are bits per character of the validation chapters. A gain is the mean over seeds of the
row less that of the full network, with the 95% interval of the paired differences; above 0 it is
what the part was worth. The test chapters are not touched.
"""

import json
from pathlib import Path

import numpy as np
from undergrad.capstone.metric import interval

from baseline import REACH, KneserNey
from data import load
from evaluate import bits, forgetful, per_character
from experts import ORDER, SCALE, Ask, Known, consult
from model import Reader
from training import Lesson, fit, lesson

HERE, SEEDS, NEAR = Path(__file__).parent, (0, 1, 2), 2
Scores, Models = dict[str, float], dict[str, Reader]


def row(part: str, seeds: Scores, full: Scores) -> dict:
    """What a part was worth: its seeds beside those of the full network, and a sentence."""
    changes = [seeds[seed] - score for seed, score in full.items()]
    low, high = interval(changes)
    shown = "" if high < 0 or low > 0 else "; the interval contains 0, so nothing is shown"
    worse = sum(change > 0 for change in changes)
    says = f"Without {part}, {worse} of {len(changes)} seeds need more bits{shown}."
    gain = float(np.mean(changes))
    return {"without": part, "seeds": seeds, "gain": gain, "low": low, "high": high, "says": says}


def book_only(counts: KneserNey, text: np.ndarray) -> Known:
    """What the counts of the book say; those of the chapter so far repeat the longest of them."""
    chances, features = consult(counts, text)
    often = 2 * (ORDER - 1)  # where the features of the chapter begin: how often, what they gave
    gave = often + len(REACH) + ORDER
    chances[:, ORDER:] = chances[:, ORDER - 1 : ORDER]
    features[:, often : often + len(REACH)] = 0
    features[:, gave:-1] = features[:, gave - 1 : gave]
    return Known(chances, features)


def trained(learned: Lesson) -> Models:
    """New networks of all seeds."""
    return {str(seed): fit(learned, seed)[0] for seed in SEEDS}


def ablation() -> dict:
    """The record: the full network, and one row for each part that is taken away."""
    parts = load()
    train, unread = parts["train"], parts["validation"]
    counts = KneserNey(train, ORDER, SCALE)

    def scores(models: Models, ask: Ask = consult) -> Scores:
        found = {seed: bits(model, unread, counts, ask) for seed, model in models.items()}
        return {seed: per_character(each) for seed, each in found.items()}

    models = trained(lesson(train))
    full = scores(models)
    near = {
        seed: per_character(forgetful(model, unread, counts, NEAR))
        for seed, model in models.items()
    }
    deceived = scores(trained(lesson(train, folds=1)))
    without_chapter = scores(trained(lesson(train, ask=book_only)), book_only)
    rows = [
        row("what it has read before", near, full),
        row("cross-fitting", deceived, full),
        row("the chapter so far", without_chapter, full),
    ]
    return {"scored on": "validation", "full": full, "rows": rows}


if __name__ == "__main__":
    (HERE / "ablation.json").write_text(json.dumps(ablation(), indent=2) + "\n", "utf-8")
