"""The numbers: turns of the workers, one after the other, and one race after the other."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from bench import measure
from bench.measure import Peer, Timing

WORKER = "bench.agents.worker"
TURNS = int(os.environ.get("BENCH_TURNS", "5"))
STEPS = 2_048  # of a turn
PENDULUM_STEPS = 256  # the same of the pendulum, each with an update
SWEEP = (2, 4, 8, 16, 32)
# the row, the recipe, what is special about ours, the peer, and how many times its speed we want
ROWS = (
    ("Stable-Baselines3, the Zoo's settings", "zoo", "", "sb3", 2.5),
    ("the same; ours in its world", "zoo", ", 8 environments, array code", "sb3", 2.5),
    ("CleanRL's loop and settings", "cleanrl", "", "cleanrl", 4.0),
    ("the same; ours in its world", "cleanrl", ", 10 environments, array code", "cleanrl", 4.0),
    ("CleanRL's; ours with 40 environments", "cleanrl", ", 40 environments", "cleanrl", 4.0),
    ("the same; ours in its world", "cleanrl", ", 40 environments, array code", "cleanrl", 4.0),
)

PENDULUM_ROWS = (
    ("SAC, layers of 64, batches of 64", "sac-64", "", "sb3", 2.0),
    ("the same; ours with 4 environments", "sac-64", ", 4 environments", "sb3", 2.0),
    ("SAC, layers of 256, batches of 256", "sac-256", "", "sb3", 2.0),
    ("TD3, layers of 64, batches of 64", "td3-64", "", "sb3", 2.0),
    ("TD3, layers of 256, batches of 256", "td3-256", "", "sb3", 2.0),
)


@dataclass(frozen=True)
class Row:
    """Seconds an environment step of both sides, one thread each."""

    title: str
    ours: Timing
    theirs: Timing
    wanted: float

    @property
    def ratio(self) -> float:
        """Our steps a second over theirs, by the processor's clock."""
        return self.theirs.cpu / self.ours.cpu

    @property
    def by_wall(self) -> float:
        return self.theirs.wall / self.ours.wall


@dataclass(frozen=True)
class Race:
    """Seconds to the line for each seed; None where the budget was not enough."""

    ours: list[float | None]
    theirs: list[float | None]


def speed(
    python: str,
    title: str,
    recipe: str,
    special: str,
    peer: str,
    wanted: float,
    steps: int = STEPS,
) -> Row:
    peers = (
        Peer("ours", 1, (recipe + special,), python=sys.executable, module=WORKER),
        Peer(peer, 1, (recipe,), python=python, module=WORKER),
    )
    ours, theirs = measure.interleaved(python, peers, {"steps": steps}, TURNS)
    return Row(title, ours, theirs, wanted)


def environments() -> list[tuple[int, float]]:
    """Our steps a second at the Zoo's settings, against the number of environments."""
    settings = tuple(f"zoo, {n} environments" for n in SWEEP)
    peer = Peer("ours", 1, settings, python=sys.executable, module=WORKER)
    timings = measure.interleaved(sys.executable, [peer], {"steps": STEPS}, TURNS)
    return [(n, 1 / timing.cpu) for n, timing in zip(SWEEP, timings, strict=True)]


def races(python: str, seeds: Iterable[int], ours: str = "ours") -> Race:
    """For each seed ours and theirs, in turn. ours: whose settings we have, see `race`."""
    times: tuple[list[float | None], list[float | None]] = [], []
    for seed in seeds:
        times[0].append(_race(sys.executable, ours, seed))
        times[1].append(_race(python, "sb3", seed))
    return Race(*times)


def median(times: list[float | None]) -> float:
    """Infinite when more than half of the seeds never reached the line."""
    return statistics.median(float("inf") if t is None else t for t in times)


def _race(python: str, peer: str, seed: int) -> float | None:
    done = subprocess.run(
        [python, "-m", "bench.agents.race", peer, str(seed)],
        env=measure.environment(1),
        cwd=measure.ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"bench.agents.race {peer} {seed} stopped: {done.stderr}")
    seconds: float | None = json.loads(done.stdout)["seconds"]
    return seconds
