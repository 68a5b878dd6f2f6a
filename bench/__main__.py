"""`python -m bench`: measure everything, print the table, write `docs/benchmarks.md` and its plot.

The variables PYTHON_BENCH (a Python that has PyTorch), BENCH_COMPILE=1 (also measure torch.compile,
whose first calls take minutes) and BENCH_TURNS (how often each setting runs) change the run.
"""

import os
import sys
from pathlib import Path

from bench import measure, operations, report, sweeps, tables
from bench.workloads import WORKLOADS, Workload

ROOT = Path(__file__).parents[1]
MISSING = (
    "make bench compares with PyTorch, which {python} does not have: run "
    "`.venv/bin/python -m pip install torch==2.13.0`, or name a Python that has it and NumPy, as "
    "in `make bench PYTHON_BENCH=/path/to/python`."
)


def main() -> int:
    python = os.environ.get("PYTHON_BENCH") or sys.executable
    torch = measure.version_of(python, "torch")
    if torch is None:
        print(MISSING.format(python=python), file=sys.stderr)
        return 3
    hips = measure.version_of(python, "autograd")
    load = os.getloadavg()[0]
    rows = []
    print(tables.HEADER)
    for workload in WORKLOADS:
        rows.append(tables.measured(python, workload, with_hips=hips is not None))
        print(tables.line(rows[-1]), flush=True)
    twins, cartpole = tables.twins(python), tables.cartpole(sys.executable)
    curves = sweeps.measured(python)
    profiles = [
        (row.workload.title, operations.in_the_way(*in_turn(python, row.workload)))
        for row in rows
        if row.ratio < row.workload.floor
    ]
    machine = report.machine(python, torch, hips, load)
    (ROOT / "docs" / "benchmarks.md").write_text(
        report.page(machine, rows, twins, cartpole, curves, profiles), encoding="utf-8"
    )
    sweeps.draw(curves, ROOT / "docs" / "assets" / "benchmarks" / "cost")
    print("written: docs/benchmarks.md and its plot")
    return 0


def in_turn(python: str, workload: Workload) -> tuple[dict[str, float], dict[str, float]]:
    """Where the time of a step goes, ours and PyTorch's."""
    ours, theirs = (operations.asked(python, peer, workload) for peer in ("ours", "torch"))
    return ours, theirs


if __name__ == "__main__":
    sys.exit(main())
