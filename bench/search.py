"""How many leaves a second the search of AlphaZero evaluates, and where the time goes.

python -m bench.search    # prints three tables; PYTHON_BENCH names a Python that has OpenSpiel

A leaf is one position that the network is called for. All rates are of one process on one thread,
in seconds of its processor time; tree and network share one clock. The first table is about one
search: its first row searches one game at a time in a tree of nodes (`search.puct`), the others
many side by side on arrays (`search.batched`), and the best of some turns counts. The others are
about whole games of self-play, from the empty board on, beside those of others (`search_peers`),
one table for each of two networks: the larger it is, the more of the time passes in matrix products
that all share.
"""

import os

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bench import measure
from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.build import build, settings_class
from undergrad.rl.games.base import Position
from undergrad.rl.search import batched, gumbel, puct
from undergrad.rl.search.formulas import Array, Evaluator
from undergrad.rl.self_play import openings, play
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs.settings import changed

GAME, SIMULATIONS, TURNS, SECONDS = "connect4", 32, 5, 5.0
NETWORKS = {
    "128-128": {"hidden_sizes": "128,128"},
    "256-256-256": {"hidden_sizes": "256,256,256"},
    "conv 16, 2 blocks": {"network": "resnet", "hidden_sizes": "128"},
}
SIZES = (1, 16, 64, 256, 1024)
PLAYED = ("128-128", "256-256-256")  # the networks of the tables of self-play
SIDE_BY_SIDE = (1, 256, 1024)  # games, in these tables
SEARCHES = {"PUCT": {"root": "puct"}, "PUCT, tree reused": {"root": "puct", "tree_reuse": "true"},
            "Gumbel root": {}}  # fmt: skip


class Rate(NamedTuple):
    """Leaves a second, and the fraction of the time that the network took."""

    leaves: float
    network: float


def agent_of(network: str, **changes: str) -> AlphaZero:
    """An untrained agent; what it plays does not matter here."""
    about = {**NETWORKS[network], "simulations": str(SIMULATIONS), **changes}
    settings = changed(settings_class("alphazero")(), about)
    agent = build("alphazero", EnvSpec(GAME), settings, seed=0).agent
    assert isinstance(agent, AlphaZero)
    return agent


def rate(agent: AlphaZero, count: int, search: Callable[[Position, Evaluator], None]) -> Rate:
    """The best of some turns, each from the same positions of `count` games."""
    start = openings(agent.game, count, 1.0, 8, np.random.default_rng(0))
    rates = []
    for _ in range(TURNS):
        leaves, inside = 0, 0.0

        def evaluate(position: Position) -> tuple[Array, Array]:
            nonlocal leaves, inside
            entered = time.process_time()
            answer = agent.evaluate(position)
            inside += time.process_time() - entered
            leaves += len(position.own)
            return answer

        started = time.process_time()
        while time.process_time() - started < 0.2:
            search(start, evaluate)
        whole = time.process_time() - started
        rates.append(Rate(leaves / whole, inside / whole))
    return max(rates)


def table() -> str:
    """Markdown: leaves a second, and in brackets the fraction of the time in the network."""
    rows = ["| games side by side | " + " | ".join(NETWORKS) + " |", "|--:" * 4 + "|"]
    agents = [agent_of(network) for network in NETWORKS]
    for label, count, search in _searches(agents[0]):
        found = [rate(agent, count, search) for agent in agents]
        cells = [f"{one.leaves:,.0f} ({one.network:.0%})" for one in found]
        rows.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _searches(
    agent: AlphaZero,
) -> list[tuple[str, int, Callable[[Position, Evaluator], None]]]:
    game = agent.game

    def one(position: Position, evaluate: Evaluator) -> None:
        puct.search(game, position, evaluate, SIMULATIONS)

    def many(position: Position, evaluate: Evaluator) -> None:
        batched.search(game, position, evaluate, SIMULATIONS)

    def at_gumbel(position: Position, evaluate: Evaluator) -> None:
        gumbel.search(game, position, evaluate, SIMULATIONS)

    return [
        ("1, a tree of nodes", 1, one),
        *((f"{count:,}", count, many) for count in SIZES),
        ("256, Gumbel root", 256, at_gumbel),
    ]


class Played(NamedTuple):
    """Leaves and games a second, and the fraction of the time that the network took."""

    who: str
    leaves: float
    games: float
    network: float


def self_play(network: str, name: str, count: int) -> Played:
    """Our games, `count` at a time."""
    agent = agent_of(network, **SEARCHES[name])
    honest, leaves, inside, games = agent.evaluate, 0, 0.0, 0

    def evaluate(position: Position) -> tuple[Array, Array]:
        nonlocal leaves, inside
        entered = time.process_time()
        answer = honest(position)
        inside += time.process_time() - entered
        leaves += len(position.own)
        return answer

    agent.evaluate = evaluate  # type: ignore[method-assign]
    rng, started, spent = np.random.default_rng(0), time.process_time(), 0.0
    while spent < SECONDS:
        play(agent, agent.game.start(count), rng)
        games, spent = games + count, time.process_time() - started
    return Played(f"ours, {name}, {count:,} games", leaves / spent, games / spent, inside / spent)


def peers(network: str) -> list[Played]:
    """The others, each in the Python that has it, with a network of the same widths."""
    sizes = NETWORKS[network]["hidden_sizes"]
    python = os.environ.get("PYTHON_BENCH") or sys.executable
    command = [python, "-m", "bench.search_peers", sizes, str(SIMULATIONS), str(SECONDS)]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env=measure.environment(1)
    )
    return [Played(*json.loads(line)) for line in said.stdout.splitlines()]


def played_table(network: str, turns: int = 3) -> str:
    """Markdown: whole games, ours and those of others by turns; of each the median counts."""
    rounds = []
    for _ in range(turns):
        ours = [self_play(network, name, count) for name in SEARCHES for count in SIDE_BY_SIDE]
        rounds.append([*peers(network), *ours])
    rows = [
        f"| self-play, {network} | leaves/s | games/s | in the network | slower than the fastest |",
        "|---|--:|--:|--:|--:|",
    ]
    middle = [sorted(each)[turns // 2] for each in zip(*rounds, strict=True)]
    best = max(one.leaves for one in middle)
    rows += [
        f"| {one.who} | {one.leaves:,.0f} | {one.games:,.1f} | {one.network:.0%} | "
        f"{best / one.leaves:.1f}x |"
        for one in middle
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(), *map(played_table, PLAYED), sep="\n\n")
