"""Taking turns: every setting of every peer runs a little, again and again, and the median counts.

What else the machine is doing then slows all of them alike, and a ratio survives it. The turns of
one round are next to each other in time; the interquartile range tells how much the rounds differ.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Peer:
    """One process: a library, with so many threads, measured in each of its settings."""

    name: str  # "ours", "torch", "autograd"
    threads: int
    settings: tuple[str, ...] = ("",)
    in_products: int = 0  # threads of a matrix product; `threads` when left out
    python: str = ""  # whose libraries it uses; that of the whole run when left out
    module: str = "bench.worker"


@dataclass(frozen=True)
class Timing:
    """Seconds per step: medians by both clocks, and the interquartile range by the wall clock, over
    the median; memory is the peak in MB beyond the imports."""

    peer: str
    threads: int
    setting: str
    wall: float
    cpu: float
    iqr: float
    memory: float


def environment(threads: int) -> dict[str, str]:
    """For a process that finds our packages and computes with so many threads."""
    names = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"
    path = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        **dict.fromkeys(names, str(threads)),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }


class Worker:
    """A running `bench.worker`, as a context."""

    def __init__(self, python: str, peer: Peer, task: dict[str, Any]) -> None:
        given = {**task, "peer": peer.name, "threads": peer.threads}
        self.process = subprocess.Popen(
            [peer.python or python, "-m", peer.module, json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(peer.in_products or peer.threads),
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()

    def answer(self) -> dict[str, Any]:
        """The next line it prints."""
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("bench: a peer stopped; what it printed stands above.")
        return json.loads(line)

    def turn(self, setting: str) -> dict[str, float]:
        print(setting, file=self.process.stdin, flush=True)
        return self.answer()


def interleaved(
    python: str, peers: Sequence[Peer], task: dict[str, Any], turns: int
) -> list[Timing]:
    """The workload `task` ("make", "sizes", "seconds" a turn), measured for all peers in turns."""
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(python, peer, task)) for peer in peers]
        for worker in workers:
            worker.answer()  # it has imported what it needs
        runs = [
            (peer, worker, setting)
            for peer, worker in zip(peers, workers, strict=True)
            for setting in peer.settings
        ]
        # The memory is that of the first turn: later the process holds several settings at once.
        memory = {p: w.turn(p.settings[0])["memory"] for p, w in zip(peers, workers, strict=True)}
        rounds = [[worker.turn(setting) for _, worker, setting in runs] for _ in range(turns)]
    return [
        summary(peer, setting, [r[i] for r in rounds], memory[peer])
        for i, (peer, _, setting) in enumerate(runs)
    ]


def summary(peer: Peer, setting: str, turns: list[dict[str, float]], memory: float) -> Timing:
    walls = [turn["wall"] for turn in turns]
    several = walls if len(walls) > 1 else walls * 2  # the quartiles of one turn are itself
    low, middle, high = statistics.quantiles(several, n=4, method="inclusive")
    cpu = statistics.median(turn["cpu"] for turn in turns)
    return Timing(peer.name, peer.threads, setting, middle, cpu, (high - low) / middle, memory)


def version_of(python: str, module: str) -> str | None:
    """The version of a module that another Python has; None when it has none."""
    code = f"from importlib.metadata import version; import {module}; print(version('{module}'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None
