"""Presets to their pass line, beside the same in PyTorch; CartPole beside Stable-Baselines3.

What is waited for is the training alone: imports, plots and the final judgement do not count. Ours
has two threads where large operations or networks can share them, as `undergrad train` has; PyTorch
has one or two, whichever is faster. CartPole has one each.
"""

from __future__ import annotations

import sys

from bench import measure
from bench.agents.measured import Race, races
from bench.measure import Peer, Timing, summary
from bench.use.networks import TWINS
from bench.use.rows import Row

WORKER = "bench.use.worker"
THREADS = 2
TORCH, SB3 = "PyTorch", "Stable-Baselines3"


def preset(name: str, python: str, turns: int) -> Row:
    """Ours beside the fastest of PyTorch's settings."""
    settings = TWINS[name].settings
    peers = (
        Peer("ours", THREADS, in_products=1, python=sys.executable, module=WORKER),
        *(Peer("torch", n, settings, python=python, module=WORKER) for n in (1, THREADS)),
    )
    ours, *theirs = measure.interleaved(python, peers, {"preset": name}, turns)
    return Row(f"preset `{name}`", TORCH, ours, min(theirs, key=lambda timing: timing.wall))


def cartpole(python: str, turns: int) -> Row:
    """With Stable-Baselines3's network and settings on both sides, one seed after the other."""
    return race_row(races(python, range(turns), ours="ours, the Zoo's settings"))


def race_row(race: Race) -> Row:
    """Over the seeds that reached the line; the note says how many did."""
    ours, theirs = timing(Peer("ours", 1), race.ours), timing(Peer("sb3", 1), race.theirs)
    counts = [sum(each is not None for each in side) for side in (race.ours, race.theirs)]
    note = f"{counts[0]} and {counts[1]} of {len(race.ours)} seeds reach the line"
    return Row("agent `cartpole`", SB3, ours, theirs, note)


def timing(peer: Peer, seconds: list[float | None]) -> Timing:
    """By the clock on the wall alone. SystemExit when no seed reached the line."""
    turns = [{"wall": each, "cpu": 0.0} for each in seconds if each is not None]
    if not turns:
        raise SystemExit(f"bench.use: no seed of {peer.name} reached the line of cartpole.")
    return summary(peer, "", turns, 0.0)
