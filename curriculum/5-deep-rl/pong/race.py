"""Measures the tables of `pong`: run `python race.py`, which takes about four minutes.

All policies have 64 hidden units and learn with the worked solution from 150 updates of 32 games,
200 steps each: 960,000 steps. Each variant has its own best learning rate of a grid, chosen on two
seeds. On five other seeds, the margin of the final policy is then measured in 200 new games of 200
steps, with actions sampled from the policy.
"""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
UPDATES, GAMES, STEPS, HIDDEN = 150, 32, 200, 64
RATES = 0.0025, 0.005, 0.01
CHOSEN_ON, MEASURED_ON = range(2), range(100, 105)
VARIANTS = {
    "everything": {},
    "a single frame": {"see": SOLUTION["newest_frame"]},
    "two frames side by side": {"see": SOLUTION["two_frames"]},
    "no reset at a point": {"reset": False},
    "no baseline": {"baseline": False},
}


def trained(seed, lr, updates=UPDATES, **variant):
    """A policy, and what it sees."""
    rng = np.random.default_rng(seed)
    game, see = SOLUTION["Pong"](GAMES, rng), variant.get("see", SOLUTION["frame_diff"])
    D = see(game.reset(), game.reset()).shape[1]
    params = SOLUTION["init_policy"](D, HIDDEN, rng)
    SOLUTION["learn"](params, game, updates, STEPS, rng, lr, **variant)
    return params, see


def margin(params, see, seed, games=200):
    """Points won minus points lost over all points, and the points of a game, in new games."""
    rng = np.random.default_rng(1000 + seed)
    _, _, r = SOLUTION["rollout"](params, SOLUTION["Pong"](games, rng), STEPS, rng, see)
    points = np.abs(r).sum()
    return float(r.sum() / max(points, 1)), float(points / games)


def of_variants():
    """The margin of each variant at its best rate."""
    yield ["variant", "rate", "margin: mean", "range", "points per game"]
    for name, variant in VARIANTS.items():
        by_rate = {
            lr: np.mean([margin(*trained(seed, lr, **variant), seed)[0] for seed in CHOSEN_ON])
            for lr in RATES
        }
        best = max(by_rate, key=by_rate.get)
        print(name, {lr: round(float(x), 3) for lr, x in by_rate.items()}, flush=True)
        found = [margin(*trained(seed, best, **variant), seed) for seed in MEASURED_ON]
        margins, points = zip(*found, strict=True)
        reach = f"{min(margins):.2f} to {max(margins):.2f}"
        yield [name, f"{best:g}", f"{np.mean(margins):.2f}", reach, f"{np.mean(points):.1f}"]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    (HERE / "race.md").write_text(table(of_variants()) + "\n", "utf-8")
