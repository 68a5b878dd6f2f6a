"""Measures the tables of `alphazero`: run `python race.py`, which takes about five minutes.

All of them play tic-tac-toe, where a solver knows every mistake. The first table gives trained
networks to searches of several lengths, and to searches that see only their policy or only their
value. The second rates some of these players by the games between them. The third leaves one part
out of the loop at a time.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from undergrad.rl.agents.alphazero import AlphaZeroSettings
from undergrad.rl.build import build
from undergrad.rl.evaluate_game import positions_of
from undergrad.rl.games import GAMES
from undergrad.rl.games.elo import intervals, rate
from undergrad.rl.games.players import random_player
from undergrad.rl.games.strength import match, right
from undergrad.rl.search import batched
from undergrad.rl.search.uct import uct_player
from undergrad.rl.vector_env import EnvSpec

HERE = Path(__file__).resolve().parent
GAME, KNOWN = GAMES["tictactoe"], positions_of("tictactoe")
SEEDS, FEW = range(5), range(3)

# The loop of AlphaGo Zero without its gate, and games that start with random moves.
WHOLE = AlphaZeroSettings(
    steps=100_000, n_envs=256, root="puct", simulations=32,
    opening_fraction=1.0, opening_moves=7, buffer_size=20_000,
)  # fmt: skip
LEFT_OUT = {
    "nothing left out": {},
    "8 simulations": {"simulations": 8},
    "no noise at the root": {"dirichlet_fraction": 0.0},
}


def trained(seed, **changes):
    """The agent at the end of its budget."""
    settings = replace(WHOLE, **changes)
    loop = build("alphazero", EnvSpec("tictactoe"), settings, seed)
    while loop.steps < settings.steps:
        loop.advance()
    return loop.agent


def mistakes(action):
    """In how many of the 3,191 positions where a mistake is possible a player makes one."""
    return int((~right(action, KNOWN)).sum())


def searching(evaluate, simulations):
    return batched.search(GAME, KNOWN.position, evaluate, simulations).best


def of_parts():
    """The mistakes after training, for each seed."""
    yield ["training", "network alone", "with 32 simulations"]
    boards = np.stack(KNOWN.position, axis=1)
    for name, changes in LEFT_OUT.items():
        rows = []
        for seed in FEW:
            agent = trained(seed, **changes)
            alone = mistakes(agent.network_move(boards))
            rows.append((alone, mistakes(searching(agent.evaluate, 32))))
        yield [name, *(", ".join(map(str, column)) for column in zip(*rows, strict=True))]


def only(agent, part):
    """What a search sees: all that the network says, its policy, its value, or nothing."""

    def evaluate(position):
        logits, value = agent.evaluate(position)
        return logits * (part in ("both", "policy")), value * (part in ("both", "value"))

    return evaluate


def of_search(agents):
    """The mistakes by simulations and by what of the network the search may use."""
    simulations = 8, 32, 128, 512
    yield ["the search sees", *(f"{n} simulations" for n in simulations)]
    for part in ("both", "policy", "value", "nothing"):
        cells = []
        for n in simulations:
            found = [mistakes(searching(only(agent, part), n)) for agent in agents]
            cells.append(", ".join(map(str, found)))
        yield [part, *cells]


def of_players(agent):
    """Ratings from 200 games between any two, each opening from both sides."""

    def searcher(simulations):
        def play(position, rng):
            return batched.search(GAME, position, agent.evaluate, simulations).best

        return play

    players = {
        "random": random_player(GAME),
        "UCT, 32": uct_player(GAME, 32),
        "UCT, 320": uct_player(GAME, 320),
        "network alone": lambda position, rng: agent.network_move(np.stack(position, axis=1)),
        "network, 8": searcher(8),
        "network, 32": searcher(32),
    }
    names, results = list(players), {}
    for i, one in enumerate(names):
        for j in range(i):
            pair = match(GAME, players[one], players[names[j]], games=200, seed=10 * i + j)
            results[i, j] = pair.results
    ratings = rate(results, len(names))
    between = intervals(results, len(names), np.random.default_rng(0))
    yield ["player", "Elo", "95% interval"]
    for name, elo, (low, high) in zip(names, ratings, between, strict=True):
        yield [name, f"{elo:.0f}", f"{low:.0f} to {high:.0f}"]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    agents = [trained(seed) for seed in SEEDS]
    tables = [table(of_search(agents)), table(of_players(agents[0])), table(of_parts())]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
