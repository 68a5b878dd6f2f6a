"""Trains what the claim is compared with, and writes ablation.json: the same seeds, less one part.

    python records.py           nine trainings, about ten seconds each on a laptop

A gain is the mean over seeds of the row less that of the full network on the validation tiles, with
the 95% interval of the paired differences; below 0 it is what the part was worth. The test tiles
are not touched. The forests elsewhere are scored as well, and nothing was chosen by them.
"""

import json
from pathlib import Path

import numpy as np
from undergrad.capstone.metric import interval

import evaluate
from data import load
from model import nearsighted
from training import fit

HERE, SEEDS = Path(__file__).parent, (0, 1, 2)
PARTS = {"the surroundings": {"build": nearsighted}, "the points of the compass": {"turn": True}}


def trained(parts, **settings) -> dict[str, dict[str, float]]:
    """{part of the data: {seed: IoU there}} of new trainings."""
    models = {str(seed): fit(parts, seed, **settings)[0] for seed in SEEDS}
    names = "validation", "elsewhere"
    return {
        name: {seed: evaluate.score(model, parts[name]) for seed, model in models.items()}
        for name in names
    }


def row(part: str, found: dict, full: dict) -> dict:
    """What a part was worth: its seeds beside those of the full network, and a sentence."""
    changes = [found["validation"][seed] - score for seed, score in full["validation"].items()]
    low, high = interval(changes)
    shown = "" if high < 0 or low > 0 else "; the interval contains 0, so nothing is shown"
    worse = sum(change < 0 for change in changes)
    says = f"Without {part}, {worse} of {len(changes)} seeds score less{shown}."
    numbers = {"gain": float(np.mean(changes)), "low": low, "high": high}
    elsewhere = {"elsewhere": found["elsewhere"]}
    return {"without": part, "seeds": found["validation"], **numbers, "says": says, **elsewhere}


def ablation() -> dict:
    """The record: the full network, and one row for each part that is taken away."""
    parts = load()
    full = trained(parts)
    rows = [row(part, trained(parts, **settings), full) for part, settings in PARTS.items()]
    scored = {"full": full["validation"], "full elsewhere": full["elsewhere"]}
    return {"scored on": "validation", **scored, "rows": rows}


if __name__ == "__main__":
    (HERE / "ablation.json").write_text(json.dumps(ablation(), indent=2) + "\n", "utf-8")
