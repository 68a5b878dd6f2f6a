"""How many leaves a second the search of AlphaZero evaluates, and where the time goes.

OPENBLAS_NUM_THREADS=1 python -m bench.search    # prints a table

A leaf is one position that a simulation adds to its tree. All rates are of one process on one
thread, in seconds of its processor time, the best of some turns; `tree` and `network` share one
clock. The first row searches one game at a time in a tree of nodes (`search.puct`), the others many
side by side on arrays (`search.batched`).
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.build import build, settings_class
from undergrad.rl.games.base import Position
from undergrad.rl.search import batched, gumbel, puct
from undergrad.rl.search.formulas import Array, Evaluator
from undergrad.rl.self_play import openings
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs.settings import changed

GAME, SIMULATIONS, TURNS = "connect4", 32, 5
NETWORKS = {
    "128-128": {"hidden_sizes": "128,128"},
    "256-256-256": {"hidden_sizes": "256,256,256"},
    "conv 16, 2 blocks": {"network": "resnet", "hidden_sizes": "128"},
}
SIZES = (1, 16, 64, 256, 1024)


class Rate(NamedTuple):
    """Leaves a second, and the fraction of the time that the network took."""

    leaves: float
    network: float


def agent_of(network: str) -> AlphaZero:
    """An untrained agent; what it plays does not matter here."""
    settings = changed(settings_class("alphazero")(), NETWORKS[network])
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


if __name__ == "__main__":
    print(table())
