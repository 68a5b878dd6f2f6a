"""Trains what the networks are compared with, and writes ablation.json: the same without a part.

    python records.py           nine trainings, as long as those of training.py

All numbers are bits per character of the validation chapters. A gain is the mean over seeds of the
row less that of the full network, with the 95% interval of the paired differences; above 0 it is
what the part was worth. The test chapters are not touched.
"""

import json
from pathlib import Path

import numpy as np
from undergrad.capstone.metric import interval

from baseline import KneserNey
from data import load
from evaluate import ORDER, SCALE, bits, forgetful, per_character, restore
from training import SEEDS, Lesson, fit, lesson

HERE, NEAR = Path(__file__).parent, 32
Scores = dict[str, float]


def trained_again(
    learned: Lesson, unread: list[str], counts: KneserNey | None, **settings
) -> Scores:
    """{seed: score} of new trainings."""
    models = {str(seed): fit(learned, seed, **settings)[0] for seed in SEEDS}
    return {seed: per_character(bits(model, unread, counts)) for seed, model in models.items()}


def row(part: str, seeds: Scores, full: Scores) -> dict:
    """What a part was worth: its seeds beside those of the full network, and a sentence."""
    changes = [seeds[seed] - score for seed, score in full.items()]
    low, high = interval(changes)
    shown = "" if high < 0 or low > 0 else "; the interval contains 0, so nothing is shown"
    worse = sum(change > 0 for change in changes)
    says = f"Without {part}, {worse} of {len(changes)} seeds need more bits{shown}."
    gain = float(np.mean(changes))
    return {"without": part, "seeds": seeds, "gain": gain, "low": low, "high": high, "says": says}


def ablation() -> dict:
    """The record: the full network, and one row for each part that is taken away."""
    parts = load()
    train, unread = parts["train"], parts["validation"]
    counts = KneserNey(train, ORDER, SCALE)
    saved = {str(seed): restore(seed) for seed in SEEDS}
    full = {seed: per_character(bits(model, unread, counts)) for seed, model in saved.items()}
    near = {
        seed: per_character(forgetful(model, unread, counts, NEAR)) for seed, model in saved.items()
    }
    known = lesson(train, folds=1)
    rows = [
        row("what stands more than 63 characters before", near, full),
        row("cross-fitting", trained_again(known, unread, counts), full),
        row("the counts", trained_again(lesson(train, folds=0), unread, None), full),
        row(
            "memories that start long",
            trained_again(lesson(train), unread, counts, spans=(2, 2)),
            full,
        ),
    ]
    return {"scored on": "validation", "full": full, "rows": rows}


if __name__ == "__main__":
    (HERE / "ablation.json").write_text(json.dumps(ablation(), indent=2) + "\n", "utf-8")
