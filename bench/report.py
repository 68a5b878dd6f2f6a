"""The page `docs/benchmarks.md`: how it was measured, then the tables."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.measure import Timing
from bench.sweeps import TITLES, Curve
from bench.tables import SECONDS, TURNS, Row, time

Profile = tuple[str, list[tuple[str, float, float]]]  # of a workload; `operations.in_the_way`
Twins = list[tuple[str, float, float, float, float]]


def machine(python: str, torch: str, hips: str | None, load: float) -> list[tuple[str, str]]:
    """What the numbers depend on, described so that another machine can be compared."""
    code = (
        "import platform, numpy as np; b = np.show_config('dicts')['Build Dependencies']['blas'];"
        "print(platform.python_version(), np.__version__, b['name'], b['version'], sep='|')"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    version, numpy, *blas = done.stdout.strip().split("|")
    return [
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("system", f"{platform.system()} on {platform.machine()}"),
        ("Python, NumPy", f"{version}, {numpy} with {' '.join(blas)}"),
        ("OPENBLAS_CORETYPE", os.environ.get("OPENBLAS_CORETYPE", "not set")),
        ("PyTorch", torch),
        ("HIPS autograd", hips or "not installed"),
        ("load before the run", f"{load:.1f} programs at work, on {os.cpu_count()} cores"),
    ]


def processor() -> str:
    """Its name, as the system gives it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def page(
    described: Sequence[tuple[str, str]],
    rows: Sequence[Row],
    twins: Twins,
    cartpole: dict[str, Any],
    curves: dict[str, Curve],
    profiles: Sequence[Profile],
) -> str:
    parts = [
        OPENING,
        table(("property", "measured on"), described),
        SHARED if float(dict(described)["load before the run"].split()[0]) > 0.5 else "",
        METHOD.format(turns=TURNS, seconds=SECONDS),
        "## Against PyTorch",
        RATIOS,
        table(TARGETS, map(target, rows)),
        below(rows),
        *(standing_in_the_way(profiles) if profiles else ()),
        "## Every setting",
        SETTINGS,
        table(COLUMNS, (cells(row, t) for row in rows for t in row.timings)),
        "## Cost against size",
        COST,
        *size_tables(curves),
        "## Fused operations and their readable twins",
        TWINS,
        table(
            ("operation", "fused", "readable", "times as fast", "memory, MB", "readable's"),
            (
                (f"`{name}`", time(fused), time(readable), f"{readable / fused:.1f}", *held(mb))
                for name, fused, readable, *mb in twins
            ),
        ),
        "## CartPole",
        CARTPOLE.format(**cartpole),
        "## What you wait for",
        USE,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def held(megabytes: Iterable[float]) -> list[str]:
    return [f"{mb:.1f}" for mb in megabytes]


def target(row: Row) -> tuple[str, ...]:
    ours, theirs = row.best("ours"), row.best("torch")
    return (
        row.workload.title,
        f"{time(ours.wall)}, {ours.threads} thread{'s' * (ours.threads > 1)}",
        f"{time(theirs.wall)}, {theirs.setting}, {theirs.threads}",
        f"**{row.ratio:.2f}**",
        f"{row.ratio_of_one:.2f}",
        f"{row.workload.floor:.2f}",
        f"{row.workload.aim:.2f}",
    )


def below(rows: Sequence[Row]) -> str:
    """The rows that miss their floor, named."""
    missed = [row.workload.title for row in rows if row.ratio < row.workload.floor]
    if not missed:
        return "In this run every workload reached its floor."
    return f"In this run {len(missed)} of {len(rows)} workloads fell short of their floor: " + (
        f"{'; '.join(missed)}."
    )


def standing_in_the_way(profiles: Sequence[Profile]) -> tuple[str, str, str]:
    rows = (
        (title if i == 0 else "", kind, f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours - theirs:+,.0f}")
        for title, kinds in profiles
        for i, (kind, ours, theirs) in enumerate(kinds)
    )
    return "### What stands in the way", IN_THE_WAY, table(PROFILE, rows)


def cells(row: Row, t: Timing) -> tuple[str, ...]:
    library = {"ours": "ours", "torch": "PyTorch", "autograd": "HIPS autograd"}[t.peer]
    name = f"{library}, {t.setting}" if t.setting else library
    return (
        row.workload.title,
        name,
        str(t.threads),
        time(t.wall),
        f"{100 * t.iqr:.0f}%",
        time(t.cpu),
        f"{t.memory:.0f}",
    )


def size_tables(curves: dict[str, Curve]) -> list[str]:
    return [
        table(
            (TITLES[name], *(str(size) for size, _, _ in curve)),
            [
                ("ours", *(time(ours) for _, ours, _ in curve)),
                ("PyTorch", *(time(theirs) for _, _, theirs in curve)),
                ("ratio", *(f"{theirs / ours:.2f}" for _, ours, theirs in curve)),
            ],
        )
        for name, curve in curves.items()
    ]


TARGETS = ("workload", "ours", "PyTorch's best", "ratio", "1 thread each", "floor", "aim")
PROFILE = ("workload", "where the time goes", "ours", "PyTorch's", "difference")
COLUMNS = ("workload", "peer", "threads", "median", "IQR", "processor's time", "memory, MB")

OPENING = """\
# Benchmarks

This page shows how fast the engine trains beside PyTorch, on one machine. `make bench` repeats \
all of it in a few minutes and writes this page again; it needs PyTorch, and says how to get it. \
On another machine the times differ, and the ratios differ less."""

SHARED = """\
!!! warning "Measured on a shared machine"
    Other programs were at work on the same cores during this run. Because the peers take turns, \
all of them were slowed down, but wall-clock times are longer than on a quiet machine. Two threads \
seldom had two free cores, so do not rely on the times with two threads, nor on the gain of \
PyTorch's larger networks from a second thread. The column *1 thread each* counts the processor's \
own time, which is disturbed least."""

METHOD = """\
Each workload is a whole training step: forward pass, loss, backward pass and Adam. Both sides run \
the same lines of code, with our layers and with PyTorch's. Every peer has its own process; in \
each of {turns} rounds every setting runs for {seconds} seconds, one after the other, and the \
median round counts."""

RATIOS = """\
The ratio is our steps per second over those of PyTorch's fastest setting, by the wall clock: \
above 1 we are faster. *Floor* is the ratio that no workload should fall below, and *aim* the one \
to reach. With *1 thread each* both sides have one thread, and the processor's time counts."""

IN_THE_WAY = """\
For each of these workloads, the kinds of operation that take longer here than in PyTorch, in \
microseconds of a step with one thread each; *calls* is what a step takes beyond its operations. \
A workload that is missing here falls short only with two threads: PyTorch shares its \
convolutions among them better. \
`python -m bench.operations` prints all kinds, of every workload."""

SETTINGS = """\
With two threads, ours shares among them each matrix product, or the batch in the rows with \
*halves* (`parallel.data_parallel(2)`), or large convolutions in those with *bands* \
(`engine.threads(2)`). That helps only with large arrays, because with small ones the threads wait \
for each other. *IQR* is the interquartile range of the rounds, as a \
fraction of the median. *Memory* is the peak of the process beyond what its imports took, after \
its first setting. With several threads the processor's time is the sum over them."""

COST = """\
The figures show the processor's time for a step, with one thread each and with PyTorch in eager \
mode and its fused Adam. In small networks the calls cost most, and they are cheaper here; in \
large ones the matrix products do, and both sides compute the same ones. With many weights and few \
examples Adam takes a large part of the step, and PyTorch is faster.

![Time of a training step against batch, width, depth and sequence, ours and PyTorch's]\
(assets/benchmarks/cost.svg)"""

TWINS = """\
Each fused operation has a twin that is written for reading. Both compute the same. The table \
shows what the fused form saves in the forward and backward pass together, with one thread: time, \
and the peak of the memory beyond the inputs."""

CARTPOLE = """\
The preset `cartpole` trains a {net} network with batch {batch} in {environments} environments: \
{steps:,.0f} steps a second with everything counted (environments, acting, memory, learning), and \
{updates:,.0f} updates a second."""

USE = """\
`make bench-use` measures what a person waits for: whole commands, from pressing Enter to the last \
line, and small networks on their way to the pass line. Each stands beside something known, both \
take turns in one run, and the command prints how many times as long ours takes, so below 1 we are \
quicker. Processor's time and interquartile range stand beside it.

| row | waiting for | beside |
| --- | --- | --- |
| `help`, `status`, `next` | the command of that name, in a journey | `python -c pass` |
| `check` | `undergrad check first-ten`, with the exercise solved | `import numpy` |
| `start` | `undergrad start` in a new folder, to the first plot | `import numpy` |
| `site` | `undergrad site build` with all units | MkDocs alone, on the same pages |
| `celsius`, `moons`, `digits` | the preset's training, which must reach its line | the same \
network, starting weights, examples, batches, loss and optimiser in PyTorch, on one or two \
threads; ours has two |
| `digits-cnn`, `shapes-detector`, `shapes-segment`, `text-lstm`, `text-gpt` | likewise | likewise |
| `cartpole` | DQN, to a mean return of 475 | Stable-Baselines3; both with the Zoo's network and \
settings, but our learning rate falls to 0 |

The last six rows take minutes and are measured when they are named: \
`make bench-use ARGS="cartpole"`, or `ARGS=all`. `ARGS="status next"` measures these two alone. \
PYTHON_BENCH names a Python that has PyTorch and Stable-Baselines3, as in `make bench`; without \
them their rows are left out. BENCH_TURNS is the number of turns, 5."""
