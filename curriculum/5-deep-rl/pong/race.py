"""Measures the tables of `pong`: run `python race.py`, which takes about a minute and a half.

All policies have 64 hidden units and learn with the worked solution from updates of 32 games, 200
steps each. The first table leaves one idea out at a time: 60 updates, which are 384,000 steps, at
the best learning rate of a grid, chosen on two other seeds. The margin of the final policy is
measured in 200 new games of 200 steps, with actions sampled from the policy. The second table says
which steps of a rally the gradient of the second layer comes from, in policies with every idea.
"""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
UPDATES, GAMES, STEPS, HIDDEN = 60, 32, 200, 64
RATES = 0.005, 0.01, 0.02
CHOSEN_ON, MEASURED_ON = range(2), range(100, 104)
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
        print(name, {lr: round(float(x), 2) for lr, x in by_rate.items()}, flush=True)
        found = [margin(*trained(seed, best, **variant), seed) for seed in MEASURED_ON]
        margins, points = zip(*found, strict=True)
        reach = f"{min(margins):.2f} to {max(margins):.2f}"
        yield [name, f"{best:g}", f"{np.mean(margins):.2f}", reach, f"{np.mean(points):.1f}"]


PARTS = {
    "won, last 10 steps": lambda G, k: (G > 0) & (k < 10),
    "won, earlier": lambda G, k: (G > 0) & (k >= 10),
    "lost, last 10 steps": lambda G, k: (G < 0) & (k < 10),
    "lost, earlier": lambda G, k: (G < 0) & (k >= 10),
    "no point yet": lambda G, k: G == 0,
}


def of_parts(params, rng, games=300):
    """From new games: of each part, how much weight it has and the gradient of the second layer."""
    x, a, r = SOLUTION["rollout"](params, SOLUTION["Pong"](games, rng), STEPS, rng)
    G, k = SOLUTION["discount_points"](r, 0.97).ravel(), SOLUTION["steps_to_point"](r).ravel()
    weight, x = SOLUTION["normalise"](G), x.reshape(len(G), -1)
    p, h = SOLUTION["policy_forward"](params, x)
    found = []
    for part in PARTS.values():
        masked = weight * part(G, k)
        g = SOLUTION["policy_backward"](params, x, h, p, a.ravel(), masked)
        found.append((np.abs(masked).mean(), g["W2"]))
    weights, gradients = zip(*found, strict=True)
    return np.array(weights), np.array(gradients)


def of_credit(rounds=3):
    """Which part of the weight the steps have, and which part of the gradient comes from them."""
    yield ["steps", "fraction of the weight", "fraction of the gradient: mean", "range"]
    weights, fractions = [], []
    for seed in MEASURED_ON:
        params, _ = trained(seed, RATES[0])
        rng = np.random.default_rng(2000 + seed)
        halves = []
        for _ in range(2):  # two estimates whose noise is independent
            batches = [of_parts(params, rng) for _ in range(rounds)]
            weights += [weight for weight, _ in batches]
            halves.append(np.mean([gradients for _, gradients in batches], axis=0))
        other, whole = {"W2": halves[1].sum(axis=0)}, {"W2": halves[0].sum(axis=0)}
        fractions.append([SOLUTION["credit"]({"W2": g}, whole, other) for g in halves[0]])
    share = np.mean(weights, axis=0) / np.mean(weights, axis=0).sum()
    for name, part, column in zip(PARTS, share, np.transpose(fractions), strict=True):
        reach = f"{column.min():.2f} to {column.max():.2f}"
        yield [name, f"{part:.2f}", f"{column.mean():.2f}", reach]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    tables = [table(of_variants()), table(of_credit())]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")
