"""Writes what stands beside the claim: bars.json, ablation.json, heldout.json and failures/.

    python records.py bars      what the pilot has to beat, which the notebook reads
    python records.py           the same seeds without one part, other thermals, and failures

The first takes about two minutes on a laptop, and the second fifteen trainings. Each row of the
ablation takes one part away and keeps everything else, on the seeds of the claim.
"""

import json
import sys
from pathlib import Path

import numpy as np
from undergrad.capstone.metric import interval

import evaluate
from data import Weather
from model import NO_MEMORY, NO_WINGS
from pictures import flight
from training import fit

HERE = Path(__file__).parent
NARROW = Weather(radius=(30.0, 45.0))  # thermals that no training met: the known ones have 45 to 75
PARTS = {
    "the feeling for the wings": {"senses": NO_WINGS},
    "the memory": {"senses": NO_MEMORY},
    "the critic's view of the sky": {"sees_sky": False},
}


def described(policy: evaluate.Policy, seeds: range) -> dict[str, float]:
    """The mean height gained in these skies, with its 95% interval over them."""
    gained = evaluate.returns(policy, seeds).tolist()
    low, high = interval(gained)
    return {"mean": float(np.mean(gained)), "low": low, "high": high}


def bars() -> dict:
    """The players that do not learn. Settings are chosen in the validation skies."""
    settings = evaluate.best_rule()
    players = {
        "random actions": evaluate.chance(0),
        "straight ahead": evaluate.straight,
        "the pilots' rule": evaluate.rule(**settings),
    }
    scores = {}
    for part, seeds in (("validation", evaluate.VALIDATION), ("test", evaluate.EPISODES)):
        scores[part] = {name: described(player, seeds) for name, player in players.items()}
        scores[part]["search that knows the sky"] = described(evaluate.search, seeds[:100])
    return {"settings": settings, **scores}


def ablation(full: dict[str, float]) -> dict:
    """The record of the ablation; a gain below 0 is what the part was worth."""
    rows = []
    for part, settings in PARTS.items():
        seeds = {seed: evaluate.score(fit(int(seed), **settings).pilot) for seed in full}
        changes = [seeds[seed] - full[seed] for seed in full]
        gain, (low, high) = float(np.mean(changes)), interval(changes)
        worse = sum(change < 0 for change in changes)
        shown = "" if high < 0 or low > 0 else "; the interval contains 0, so no effect is shown"
        says = f"Without {part}, {worse} of {len(full)} pilots gain less height{shown}."
        row = {"without": part, "seeds": seeds, "gain": gain, "low": low, "high": high}
        rows.append({**row, "says": says})
        print(says, f"{gain:+.0f} m ({low:+.0f} to {high:+.0f})", flush=True)
    return {"full": full, "rows": rows}


def heldout(full: dict[str, float]) -> dict:
    """The score of each pilot among the thermals that it knows, and among narrow ones."""
    pairs = {
        seed: [known, evaluate.score(evaluate.restore(int(seed)), weather=NARROW)]
        for seed, known in full.items()
    }
    gaps = [known - narrow for known, narrow in pairs.values()]
    low, high = interval(gaps)
    settings = json.loads((HERE / "bars.json").read_text("utf-8"))["settings"]
    return {
        "differs": "Thermals with a radius of 30 to 45 m, where the training has 45 to 75 m.",
        "seeds": pairs,
        "gap": float(np.mean(gaps)),
        "low": low,
        "high": high,
        "rule": float(evaluate.returns(evaluate.rule(**settings), weather=NARROW).mean()),
    }


def failures(full: dict[str, float]) -> None:
    """Two failed flights of the pilot in the middle, by a rule that was fixed before looking.

    Of its test flights, the one that loses most height, and the one in the middle of all that end
    below where they began.
    """
    seed = sorted(full, key=full.get)[len(full) // 2]
    path = evaluate.flights(evaluate.greedy(evaluate.restore(int(seed))))
    gained = path[-1].height - path[0].height
    lost = sorted(np.flatnonzero(gained < 0), key=lambda number: gained[number])
    for name, number in (("lowest", lost[0]), ("middle", lost[len(lost) // 2])):
        flight(HERE / "failures" / f"{name}.webp", [world.take([number]) for world in path])
        print(f"{name}: seed {seed}, sky {evaluate.EPISODES[number]}, {gained[number]:+.0f} m")
    print(f"{len(lost)} of {len(gained)} flights end below where they began")


def write(name: str, record: dict) -> None:
    (HERE / name).write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    if "bars" in sys.argv:
        write("bars.json", bars())
    else:
        full = {str(seed): score for seed, score in evaluate.scores().items()}
        write("heldout.json", heldout(full))
        failures(full)
        write("ablation.json", ablation(full))
