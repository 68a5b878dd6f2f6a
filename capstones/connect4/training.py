"""Games of a network against itself, and what it learns from them.

A batch of games is played to the end with the newest network, then gradient steps are taken on
positions drawn from the newest games. Nobody says what a good move is: the policy learns what the
search tried, and the value how the game ended.
"""

from collections import deque
from typing import NamedTuple

import numpy as np
from undergrad.engine import Tensor, nn, optim
from undergrad.rl.games.base import Position
from undergrad.rl.games.players import random_action

from data import GAME, features, mirrored
from model import Opinion, alphazero_loss, network
from search import Trees

MOVES = 2_000_000  # of games against itself, for each seed
GAMES = 512  # played side by side
SIMULATIONS = 32  # of the search before each of these moves
OPENING, OPENED = 20, 0.9  # most random moves at the start of a game, and of how many games
DRAWN = 30  # moves of a game that are drawn at random, as often as the search tried them
WINDOW = 200_000  # positions to learn from, the newest ones
BATCH, REPLAY = 256, 3  # positions in a gradient step, and how often each is learned from
RATE, DECAY, NORM = 0.002, 1e-4, 5.0  # of AdamW; its rate falls to 0 in a straight line


class Samples(NamedTuple):
    """K positions of finished games, and what is to be learned there."""

    position: Position
    policy: np.ndarray  # (K, 7) float32: what part of the simulations each column had
    outcome: np.ndarray  # (K,) float32: how the game ended for the player to move, 1, 0 or -1


class History(NamedTuple):
    """What happened after each batch of games: (N,) each."""

    moves: np.ndarray  # played so far
    value_loss: np.ndarray
    policy_loss: np.ndarray
    length: np.ndarray  # of the games, in moves, the random ones at the start not counted


def fit(
    seed: int, moves: int = MOVES, *, opened: float = OPENED, mirror: bool = True
) -> tuple[nn.Module, History]:
    """Train one network on so many moves against itself. The last network counts.

    opened: which part of the games starts with random moves.   mirror: whether every second
    position is learned from in its mirror image.
    """
    model, rng = network(seed), np.random.default_rng(seed)
    optimizer = optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    window, rows, done = deque[Samples](), [], 0
    while done < moves:
        games = play(model, openings(GAMES, opened, rng), rng)
        done += len(games.outcome)
        window.append(games)
        while sum(len(each.outcome) for each in window) - len(window[0].outcome) >= WINDOW:
            window.popleft()
        optimizer.param_groups[0]["lr"] = RATE * max(0.0, 1 - done / moves)
        steps = round(REPLAY * len(games.outcome) / BATCH)
        losses = learn(model, optimizer, together([*window]), steps, rng, mirror)
        rows.append((done, *losses, len(games.outcome) / GAMES))
    return model, History(*np.array(rows).T)


def openings(count: int, opened: float, rng: np.random.Generator) -> Position:
    """Boards after 1 to 20 random moves, and empty ones; a move that would end a game is not made.

    From one start, a network would play the same few games again and again, and learn only those.
    """
    position = GAME.start(count)
    moves = rng.integers(1, OPENING + 1, count) * (rng.random(count) < opened)
    for number in range(OPENING):
        going = np.flatnonzero(moves > number)
        now = position.at(going)
        after = GAME.play(now, random_action(GAME.legal(now), rng))
        on = ~GAME.over(after)
        position.own[going[on]], position.mask[going[on]] = after.at(on)
    return position


def play(model: nn.Module, start: Position, rng: np.random.Generator) -> Samples:
    """Play games to their end from B positions; the samples come move by move."""
    evaluate, position, running = Opinion(model), start, np.arange(len(start.mask))
    seen, result = [], np.zeros(len(running))  # a result is that of the player who began
    while len(running):
        trees = Trees(GAME, position, evaluate, SIMULATIONS)
        trees.add_noise(rng)
        visits = trees.search(SIMULATIONS).root_visits
        action = drawn(visits, rng) if len(seen) < DRAWN else trees.best
        seen.append((running, position, visits / SIMULATIONS))
        position = GAME.play(position, action)
        won, on = GAME.won(position), ~GAME.over(position)
        result[running[won]] = -began(position.at(won))  # who is to move has lost
        running, position = running[on], position.at(on)
    return together(
        [
            Samples(at, part.astype(np.float32), (result[games] * began(at)).astype(np.float32))
            for games, at, part in seen
        ]
    )


def began(position: Position) -> np.ndarray:
    """(B,) 1 where the player to move is the one who began the game, else -1."""
    return np.where(position.stones % 2 == 0, 1.0, -1.0)


def drawn(visits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(B,) an action of each row (B, A), with a probability in proportion to its visits."""
    below = visits.cumsum(axis=1)
    return (rng.random((len(visits), 1)) * below[:, -1:] >= below).sum(axis=1)


def together(parts: list[Samples]) -> Samples:
    """Several samples as one."""
    own, mask = (np.concatenate(side) for side in zip(*(p.position for p in parts), strict=True))
    policy, outcome = (np.concatenate([p[column] for p in parts]) for column in (1, 2))
    return Samples(Position(own, mask), policy, outcome)


def learn(
    model: nn.Module,
    optimizer: optim.Optimizer,
    known: Samples,
    steps: int,
    rng: np.random.Generator,
    mirror: bool = True,
) -> tuple[float, float]:
    """So many gradient steps on random positions; returns the mean losses of value and policy."""
    parameters, losses = [*model.parameters()], []
    for _ in range(steps):
        chosen = rng.integers(len(known.outcome), size=BATCH)
        inputs, policy = features(known.position.at(chosen)), known.policy[chosen]
        if mirror:
            half = BATCH // 2
            inputs[:half], policy[:half] = mirrored(inputs[:half], policy[:half])
        loss, *parts = alphazero_loss(*model(Tensor(inputs)), policy, known.outcome[chosen])
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(parameters, NORM)
        optimizer.step()
        losses.append(parts)
    value, policy_part = np.mean(losses, axis=0) if losses else (np.nan, np.nan)
    return float(value), float(policy_part)
