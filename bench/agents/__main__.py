"""`python -m bench.agents`: steps a second and time to the line beside Stable-Baselines3 and
CleanRL's loop; prints the tables and writes `docs/agents/benchmarks.md`.

PYTHON_BENCH names a Python that has PyTorch, Gymnasium and stable-baselines3. BENCH_SEEDS is the
number of seeds of the race, 20; BENCH_TURNS how often each setting runs.
"""

import os
import sys
from pathlib import Path

from bench import measure
from bench.agents import measured, report
from bench.report import machine

PAGE = Path(__file__).parents[2] / "docs" / "agents" / "benchmarks.md"
MISSING = (
    "make bench-rl compares with Stable-Baselines3, which {python} does not have: run "
    "`.venv/bin/python -m pip install torch==2.13.0 stable-baselines3==2.9.0`, or name a Python "
    "that has them, as in `make bench-rl PYTHON_BENCH=/path/to/python`."
)


def main() -> int:
    python = os.environ.get("PYTHON_BENCH") or sys.executable
    peer = measure.version_of(python, "stable_baselines3")
    if peer is None:
        print(MISSING.format(python=python), file=sys.stderr)
        return 3
    torch, load = measure.version_of(python, "torch"), os.getloadavg()[0]
    rows = [measured.speed(python, *row) for row in measured.ROWS]
    print(report.speed_table(rows), flush=True)
    pendulum = [
        measured.speed(python, *row, measured.PENDULUM_STEPS) for row in measured.PENDULUM_ROWS
    ]
    print(report.speed_table(pendulum), flush=True)
    sweep = measured.environments()
    print(report.sweep_table(sweep), flush=True)
    seeds = int(os.environ.get("BENCH_SEEDS", "20"))
    races = measured.races(python, range(seeds))
    print(report.race_table(races), flush=True)
    about = [*machine(python, torch, None, load), ("Stable-Baselines3", peer)]
    PAGE.write_text(report.page(about, rows, pendulum, sweep, races), encoding="utf-8")
    print(f"written: {PAGE.relative_to(PAGE.parents[2])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
