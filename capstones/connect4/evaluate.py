"""The metric: the notebook reports it, and the check computes it again from here.

A move is right when no other one leads to a better outcome against perfect play. Evaluation never
learns and never explores, and no opponent here is met in training.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from undergrad.engine import nn
from undergrad.engine.training.checkpoint import load_weights, save_weights
from undergrad.rl.games.base import Position
from undergrad.rl.games.players import Player
from undergrad.rl.games.strength import Labelled, Match, match, right

from data import GAME, exact
from model import Opinion, network
from search import player, searched, softmax

CHECKPOINTS = Path(__file__).with_name("checkpoints")
SIMULATIONS = 200  # before each move, as many as those of the tree search to beat
TOGETHER = 400  # positions that are searched side by side


def agent(seed: int, simulations: int = SIMULATIONS, without: str = "") -> Player:
    """The search with the saved network of a seed, or with a part of it taken away."""
    return player(GAME, Opinion(restore(seed), without), simulations)


def moves(one: Player, position: Position) -> np.ndarray:
    """(P,) what a player does in each position, some of them side by side."""
    rng, count = np.random.default_rng(0), len(position.mask)
    parts = [position.at(slice(n, n + TOGETHER)) for n in range(0, count, TOGETHER)]
    return np.concatenate([one(part, rng) for part in parts])


def right_moves(one: Player, known: Labelled) -> np.ndarray:
    """(P,) bool: where the player keeps the value of the position."""
    return right(moves(one, known.position), known)


def score(one: Player, known: Labelled) -> float:
    """The fraction of positions in which the player is right."""
    return float(right_moves(one, known).mean())


class Thought(NamedTuple):
    """What the search with a network found in P positions."""

    policy: np.ndarray  # (P, 7) the network alone, before the search
    visits: np.ndarray  # (P, 7) how often the search tried each column
    expected: np.ndarray  # (P,) the outcome that it expects for the player to move


def thoughts(seed: int, position: Position, simulations: int = SIMULATIONS) -> Thought:
    """What the saved network of a seed thinks of positions."""
    opinion = Opinion(restore(seed))
    policy = softmax(opinion(position)[0], GAME.legal(position))
    trees = searched(GAME, position, opinion, simulations)
    return Thought(policy, trees.root_visits, trees.expected)


def games(one: Player, other: Player, count: int, seed: int) -> Match:
    """Games against an opponent; each opening of four random moves is played from both sides."""
    return match(GAME, one, other, games=count, seed=seed, opening=4)


def difference(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """The mean of a paired difference over positions, and the ends of its 95% interval."""
    apart = one.astype(float) - other
    half = 1.96 * apart.std(ddof=1) / np.sqrt(len(apart))
    return float(apart.mean()), float(apart.mean() - half), float(apart.mean() + half)


def checkpoint(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(model: nn.Module, seed: int) -> None:
    """Keep the weights of a trained network, rounded to two bytes each, which halves the file."""
    CHECKPOINTS.mkdir(exist_ok=True)
    halves = {name: each.astype(np.float16) for name, each in model.state_dict().items()}
    save_weights(checkpoint(seed), halves)


def restore(seed: int) -> nn.Module:
    """The trained network of a seed, as `save` left it."""
    model = network(seed)
    model.load_state_dict(load_weights(checkpoint(seed)))
    return model


def saved() -> list[int]:
    """The seeds whose networks are saved."""
    return sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))


def scores() -> dict[int, float]:
    """{seed: right moves in the test positions} of every saved network."""
    test = exact()["test"]
    return {seed: score(agent(seed), test) for seed in saved()}
