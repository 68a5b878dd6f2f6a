"""`python -m bench.use [NAME ...]`: what people wait for, as ratios in one run; prints a table.

Without names all but the long ones; `all` for every row. PYTHON_BENCH names a Python that has
PyTorch and Stable-Baselines3; rows whose peer it lacks are left out. BENCH_TURNS: how often each
side runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from bench import measure
from bench.report import processor
from bench.use import commands, training
from bench.use.networks import TWINS
from bench.use.rows import Row, tabulated

LONG = {"digits-cnn", "shapes-detector", "shapes-segment", "text-lstm", "text-gpt", "cartpole"}
NEEDS = {**dict.fromkeys(TWINS, "torch"), "cartpole": "stable_baselines3"}
NAMES = (*commands.COMMANDS, *NEEDS)
MISSING = "{name} is left out: {python} has no {module}; name another Python with PYTHON_BENCH."


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.use")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; or all")
    names = parser.parse_args(words).names
    if unknown := [name for name in names if name not in (*NAMES, "all")]:
        parser.error(f"there is no row {unknown[0]}: choose among {', '.join(NAMES)}, or all")
    turns = int(os.environ.get("BENCH_TURNS", "5"))
    python = os.environ.get("PYTHON_BENCH") or sys.executable
    load = os.getloadavg()[0]
    rows = []
    for row in measured(chosen(names), python, turns):
        print(f"{row.title}: {row.ratio:.2f} times {row.beside}", file=sys.stderr, flush=True)
        rows.append(row)
    print(f"{processor()}, {os.cpu_count()} cores, load {load:.1f} before the run; {turns} turns")
    print(tabulated(rows))
    return 0


def chosen(names: Sequence[str]) -> list[str]:
    """The rows to measure, in the order of the table."""
    if "all" in names:
        return list(NAMES)
    return [name for name in NAMES if (name in names if names else name not in LONG)]


def measured(names: Sequence[str], python: str, turns: int) -> Iterator[Row]:
    with commands.workplace() as journey:
        for name in names:
            if name in commands.COMMANDS:
                yield commands.measured(commands.COMMANDS[name], journey, turns)
            elif measure.version_of(python, NEEDS[name]) is None:
                print(MISSING.format(name=name, python=python, module=NEEDS[name]), file=sys.stderr)
            elif name == "cartpole":
                yield training.cartpole(python, turns)
            else:
                yield training.preset(name, python, turns)


if __name__ == "__main__":
    sys.exit(main())
