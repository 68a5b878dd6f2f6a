"""The ablation of the lesson once more, with each side at the best learning rate of a grid.

    python race.py           trains the whole grid (half a minute) and writes race.md
    python race.py failed    prints the numbers of the project that failed

For each variant, the learning rate is the one with the best mean over three seeds on the choosing
rivers; the table reports ten other seeds on the test rivers, which are travelled only then.
"""

import sys
from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
S = vars(solved(load_answer_key(HERE)))

RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
TO_CHOOSE, TO_REPORT = range(10, 13), range(10)
VARIANTS = {
    "full": {},
    "only the next row": {"rows": 1},
    "no entropy term": {"ent_coef": 0.0},
    "no critic": {"value_lr": 0.0},
}
TRAINING, CHOOSING, TEST = (
    S["make_rivers"](count, seed) for count, seed in ((300, 0), (100, 1), (100, 2))
)


def score(run, rocks, rows, seed):
    passed = S["evaluate"](run.z, rocks, S["nearby"](rocks, rows), 20, seed)
    return float(np.mean(passed == S["LONG"] - 1))


def trained(seed, lr, rows=2, **settings):
    run = S["Run"](TRAINING, S["nearby"](TRAINING, rows), seed)
    run.advance(S["learn"], lr=lr, **settings)
    return run


def main():
    lines = ["| agent | learning rate | arrives | lowest seed | against the full one |"]
    lines.append("|---|---|---|---|---|")
    found = {}
    for name, settings in VARIANTS.items():
        rows = settings.get("rows", 2)
        grid = {
            lr: np.mean(
                [score(trained(seed, lr, **settings), CHOOSING, rows, 1) for seed in TO_CHOOSE]
            )
            for lr in RATES
        }
        lr = max(grid, key=grid.get)
        found[name] = {s: score(trained(s, lr, **settings), TEST, rows, 2) for s in TO_REPORT}
        values = list(found[name].values())
        cells = [name, f"{lr:g}", f"{np.mean(values):.3f}", f"{min(values):.3f}"]
        gain, low, high = S["paired_gain"](found[name], found["full"])
        cells.append("" if name == "full" else f"{gain:+.3f} ({low:+.3f} to {high:+.3f})")
        lines.append(f"| {' | '.join(cells)} |")
    (HERE / "race.md").write_text("\n".join(lines) + "\n", "utf-8")


def failed():
    """What FAILED tells: checkpoints picked on few test trips, and a seed left out."""

    def once(run):
        return float(np.mean(S["evaluate"](run.z, TEST, S["nearby"](TEST), 1, 5) == S["LONG"] - 1))

    for seed in range(5):
        run, curve = S["Run"](TRAINING, S["nearby"](TRAINING), seed), []
        for _ in range(12):
            run.advance(S["learn"], 100, lr=10.0)
            curve.append([score(run, CHOOSING, 2, 1), once(run), score(run, TEST, 2, 2)])
        picked, honest = max(once for _, once, _ in curve), max(curve)[2]
        print(f"seed {seed}: {picked:.2f}, chosen on the choosing trips {honest:.3f}")
    for rows in (1, 2):
        passed = S["evaluate"](S["rule"](rows), TEST, S["nearby"](TEST, rows), 20, 2)
        print(f"rule with {rows}: {np.mean(passed == S['LONG'] - 1):.3f}")


if __name__ == "__main__":
    failed() if "failed" in sys.argv else main()
