"""The rows: each workload for every peer and setting, and what follows from the timings."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

from bench import measure
from bench.libraries import BANDS, HALVES
from bench.measure import Peer, Timing
from bench.workloads import Workload

TURNS = int(os.environ.get("BENCH_TURNS", "7"))
SECONDS = 0.1
HEADER = f"{'workload':50} {'ours':>9} {'PyTorch':>9} {'ratio':>6} {'1 thread':>8} {'floor':>6}"


@dataclass(frozen=True)
class Row:
    """A workload and its timings; ratios are our steps a second over PyTorch's."""

    workload: Workload
    timings: tuple[Timing, ...]

    def best(self, peer: str) -> Timing | None:
        """The fastest setting and number of threads by the clock on the wall."""
        found = [t for t in self.timings if t.peer == peer]
        return min(found, key=lambda t: t.wall, default=None)

    @property
    def ratio(self) -> float:
        """The best of each by the clock on the wall: what the targets are about."""
        return self.best("torch").wall / self.best("ours").wall

    @property
    def ratio_of_one(self) -> float:
        """One thread each, by the processor's clock, which other programs disturb little."""
        single = [t for t in self.timings if t.threads == 1]
        theirs = min(t.cpu for t in single if t.peer == "torch")
        return theirs / next(t.cpu for t in single if t.peer == "ours")


def measured(python: str, workload: Workload, with_hips: bool) -> Row:
    settings = ("fused", "eager", *(("channels last",) if workload.image else ()))
    if os.environ.get("BENCH_COMPILE") == "1":
        settings = (*settings, "compiled")
    peers = [Peer("ours", 1), Peer("torch", 1, settings), Peer("ours", 2)]
    if not workload.make.startswith("acting"):  # one observation has no halves
        shared = (HALVES, BANDS) if workload.image else (HALVES,)  # only images have bands
        peers.append(Peer("ours", 2, shared, in_products=1))
    peers.append(Peer("torch", 2, settings))
    if with_hips and workload.hips:
        peers.append(Peer("autograd", 1))
    task = {"make": workload.make, "sizes": workload.sizes, "seconds": SECONDS}
    return Row(workload, tuple(measure.interleaved(python, peers, task, TURNS)))


def line(row: Row) -> str:
    """One row for the terminal."""
    ours, theirs = row.best("ours"), row.best("torch")
    return (
        f"{row.workload.title:50} {time(ours.wall):>9} {time(theirs.wall):>9} {row.ratio:6.2f} "
        f"{row.ratio_of_one:8.2f} {row.workload.floor:6.2f}"
    )


def time(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} us"


def twins(python: str) -> list[tuple[str, float, float, float, float]]:
    """Operation, seconds of the fused form and of the readable one, and the MB of both."""
    return [tuple(row) for row in said_by(python, "bench.twins")]


def cartpole(python: str) -> dict[str, Any]:
    """Steps a second of the preset; in our own Python, since it needs Gymnasium."""
    return said_by(python, "bench.cartpole")


def said_by(python: str, module: str) -> Any:
    done = subprocess.run(
        [python, "-m", module],
        env=measure.environment(1),
        cwd=measure.ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{module} stopped: {done.stderr}")
    return json.loads(done.stdout)
