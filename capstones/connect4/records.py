"""What stands beside the claim.

    python records.py positions   positions.json: quiet ones from games between tree searches
    python records.py bars        bars.json: where two tree searches are right

The first two need no network, and the notebook reads what they write. The notebook also calls
`ablation`, `heldout` and `matches`, which are about the networks that it has saved.

A gain is the mean over seeds of a row less that of the full agent, with the 95% interval of the
paired differences; below 0 it is what the part was worth. The ablations are scored on every fourth
validation position, so that the test positions are used for the claim alone.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from undergrad.capstone.metric import interval
from undergrad.rl.games.players import blocking, one_move_player, random_player, winning
from undergrad.rl.games.solver import Solver
from undergrad.rl.games.strength import Labelled, Match
from undergrad.rl.search.uct import uct_player

import evaluate
from data import FROM_GAMES, FULL, GAME, exact, from_games, written

HERE = Path(__file__).parent
EQUAL, STRONG = evaluate.SIMULATIONS, 1_000  # random games of the tree searches for each move
SOLVED = range(22, 31, 2)  # stones of the positions from games: the solver is quick there
RESULTS = {1: "won", 0: "drawn", -1: "lost"}
PARTS = {
    "the search": {"simulations": 0},
    "the policy": {"without": "the policy"},
    "the value": {"without": "the value"},
}


def write(name: str, record) -> None:
    """Keep a record as JSON."""
    (HERE / name).write_text(json.dumps(record, indent=1) + "\n", "utf-8")


# Before the training


def positions() -> list[dict]:
    """At most two positions from each of 100 games of a tree search against itself, solved."""
    one = uct_player(GAME, EQUAL)
    rng, solver, found = np.random.default_rng(11), Solver(GAME), {}
    for moves in evaluate.games(one, one, 100, seed=11).moves:
        lengths = rng.permutation([stones for stones in SOLVED if stones < len(moves)])
        for key, solved in [*hard(moves, lengths, solver)][:2]:
            found[key] = solved
    return [*found.values()]


def hard(moves: tuple[int, ...], lengths, solver: Solver) -> Iterator[tuple[int, dict]]:
    """The quiet positions after so many moves of a game in which a mistake is possible, by key."""
    for stones in lengths:
        position = GAME.after(moves[:stones])
        if not (winning(GAME, position) | blocking(GAME, position)).any():
            values = solver.action_values(position)
            legal = np.isfinite(values)
            if values[legal].min() < values.max():
                listed = np.where(legal, values, FULL).astype(int).tolist()
                solved = {"moves": written(moves[:stones]), "values": listed}
                yield int(GAME.key(position)[0]), solved


def bars() -> dict:
    """Where two tree searches are right: a digit for each position, 1 or 0."""
    known = {**exact(), "games": from_games()}
    return {
        f"UCT-{count}": {
            name: digits(uct_player(GAME, count), part) for name, part in known.items()
        }
        for count in (EQUAL, STRONG)
    }


def digits(one, known) -> str:
    """1 where a player is right, and 0 where it is wrong."""
    return "".join(map(str, evaluate.right_moves(one, known).astype(int)))


# After it


def some() -> Labelled:
    """The validation positions of the ablations."""
    return exact()["validation"].at(slice(0, None, 4))


def row(without: str, found: dict[str, float], full: dict[str, float]) -> dict:
    """What a part was worth: its seeds beside those of the full agent, and a sentence."""
    changes = [found[seed] - score for seed, score in full.items()]
    low, high = interval(changes)
    shown = "" if high < 0 or low > 0 else "; the interval contains 0, so nothing is shown"
    worse = sum(change < 0 for change in changes)
    says = f"Without {without}, {worse} of {len(changes)} seeds are right less often{shown}."
    numbers = {"gain": float(np.mean(changes)), "low": low, "high": high}
    return {"without": without, "seeds": found, **numbers, "says": says}


def ablation() -> dict:
    """The saved networks when they play without a part; nothing is trained."""
    known = some()

    def scored(**settings) -> dict[str, float]:
        agents = {str(seed): evaluate.agent(seed, **settings) for seed in evaluate.saved()}
        return {seed: evaluate.score(one, known) for seed, one in agents.items()}

    full = scored()
    rows = [row(part, scored(**settings), full) for part, settings in PARTS.items()]
    return {"scored on": "validation", "full": full, "rows": rows}


def heldout(full: dict[str, float]) -> dict:
    """The claim of each seed beside its right moves in positions from games of good players."""
    known = from_games()
    pairs = {
        seed: [score, evaluate.score(evaluate.agent(int(seed)), known)]
        for seed, score in full.items()
    }
    gaps = [seen - unseen for seen, unseen in pairs.values()]
    low, high = interval(gaps)
    differs = "Positions from games between two tree searches, and not from random games."
    gap = {"gap": float(np.mean(gaps)), "low": low, "high": high}
    return {"differs": differs, "seeds": pairs, **gap}


def matches(seed: int, count: int) -> dict:
    """A saved network in so many games against each of four opponents, with all their moves."""
    opponents = {
        "random": random_player(GAME),
        "one move ahead": one_move_player(GAME),
        f"UCT-{EQUAL}": uct_player(GAME, EQUAL),
        f"UCT-{STRONG}": uct_player(GAME, STRONG),
    }
    one = evaluate.agent(seed)
    ended = {name: evaluate.games(one, other, count, 7) for name, other in opponents.items()}
    return {"seed": seed, **{name: told(games) for name, games in ended.items()}}


def told(games: Match) -> dict:
    """How many were won, drawn and lost, and each game by its moves and its result."""
    both = zip(games.moves, games.results.tolist(), strict=True)
    counts = {word: int((games.results == result).sum()) for result, word in RESULTS.items()}
    return {**counts, "games": [f"{written(moves)} {RESULTS[result]}" for moves, result in both]}


if __name__ == "__main__":
    if "positions" in sys.argv:
        FROM_GAMES.write_text(json.dumps(positions()) + "\n", "utf-8")
    elif "bars" in sys.argv:
        write("bars.json", bars())
    else:
        print(__doc__)
