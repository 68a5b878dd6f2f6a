"""Trains what the networks are compared with, and writes ablation.json: the same without a part.

    python records.py           three trainings, as long as those of training.py

All numbers are bits per character of the validation chapters, by the network alone. A gain is the
mean over seeds of the row less that of the full network, with the 95% interval of the paired
differences; above 0 it is what the part was worth. The test chapters are not touched.
"""

import json
from pathlib import Path

import numpy as np
from undergrad.capstone.metric import interval

from data import load
from evaluate import bits, forgetful, per_character, restore
from training import SEEDS, fit

HERE, NEAR = Path(__file__).parent, 32
Scores = dict[str, float]


def short(parts: dict[str, list[str]]) -> Scores:
    """The scores of new trainings in which all memories last two characters at first."""
    models = {str(seed): fit(parts, seed, spans=(2, 2))[0] for seed in SEEDS}
    unread = parts["validation"]
    return {seed: per_character(bits(model, unread)) for seed, model in models.items()}


def near(parts: dict[str, list[str]]) -> Scores:
    """The scores of the saved networks when they know 32 to 63 characters before each."""
    unread = parts["validation"]
    return {str(seed): per_character(forgetful(restore(seed), unread, NEAR)) for seed in SEEDS}


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
    full = {str(seed): per_character(bits(restore(seed), parts["validation"])) for seed in SEEDS}
    rows = [
        row("what stands more than 63 characters before", near(parts), full),
        row("memories that start long", short(parts), full),
    ]
    return {"scored on": "validation", "full": full, "rows": rows}


if __name__ == "__main__":
    (HERE / "ablation.json").write_text(json.dumps(ablation(), indent=2) + "\n", "utf-8")
