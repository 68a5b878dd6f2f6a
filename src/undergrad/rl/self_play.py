"""The loop of AlphaZero: play against yourself, and learn from how it ended.

One call of `advance` plays a batch of games to their end, stores every position of them, and takes
gradient steps from positions sampled out of all that are stored. No game is left half played, so a
run that is stopped between two calls can be saved whole.

B is the number of games, A that of actions, K a number of positions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from undergrad.rl.agents.alphazero import AlphaZero, AlphaZeroSettings
from undergrad.rl.agents.dqn import linear_schedule
from undergrad.rl.games.base import Array, Game, Position


class Samples(NamedTuple):
    """K positions of games that were played to their end."""

    own: Array  # (K,)
    mask: Array  # (K,)
    policy: Array  # (K, A) what the search found
    outcome: Array  # (K,) how the game ended for the player to move: 1, 0 or -1


class SelfPlay:
    """Plays and learns in turns: a `Loop`.

    Arguments:
        acting, learning: for the moves, and for which positions are learned from.
    """

    def __init__(
        self,
        agent: AlphaZero,
        settings: AlphaZeroSettings,
        acting: np.random.Generator,
        learning: np.random.Generator,
    ) -> None:
        self.agent, self.settings = agent, settings
        self.acting, self.learning = acting, learning
        self.window = Window(settings.buffer_size, agent.game)
        self.steps = 0
        self.info: dict[str, float] = {}  # of the newest games and gradient steps

    def advance(self) -> list[float]:
        """Play a batch of games, store their positions, and learn from sampled ones."""
        s, game = self.settings, self.agent.game
        start = openings(game, s.n_envs, s.opening_fraction, s.opening_moves, self.acting)
        samples = play(self.agent, start, self.acting)
        self.window.add(samples)
        self.steps += len(samples.own)

        learning_rate = linear_schedule(s.learning_rate, 0.0, s.steps, self.steps)
        self.agent.optimizer.param_groups[0]["lr"] = learning_rate
        count = max(1, round(s.replay_ratio * len(samples.own) / s.batch_size))
        infos = []
        for batch in self.window.sample(count, s.batch_size, self.learning):
            planes, policy = game.planes(Position(batch.own, batch.mask)), batch.policy
            if s.symmetries:
                planes, policy = at_random_symmetry(game, planes, policy, self.learning)
            infos.append(self.agent.learn(planes, policy, batch.outcome))
        self.info = {name: float(np.mean([info[name] for info in infos])) for name in infos[0]}
        self.info["moves_per_game"] = len(samples.own) / s.n_envs
        return []

    def stats(self) -> dict[str, float]:
        """What learning from the newest games found, and how long they were."""
        return self.info

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "window": self.window.state_dict(),
            "acting": self.acting.bit_generator.state,
            "learning": self.learning.bit_generator.state,
            "steps": self.steps,
            "info": self.info,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. ValueError when it is of another network or window."""
        self.agent.load_state_dict(state["agent"])
        self.window.load_state_dict(state["window"])
        self.acting.bit_generator.state = state["acting"]
        self.learning.bit_generator.state = state["learning"]
        self.steps, self.info = int(state["steps"]), dict(state["info"])

    def close(self) -> None:
        """There is nothing to free."""


# Playing


def openings(
    game: Game, count: int, fraction: float, most: int, rng: np.random.Generator
) -> Position:
    """`count` positions to start from: of a fraction of them, after 1 to `most` random moves.

    A move that would end the game is taken back, and its game starts before it.
    """
    position = game.start(count)
    moves = rng.integers(1, most + 1, count) * (rng.random(count) < fraction)
    for done in range(most):
        legal = game.legal(position)
        action = np.where(legal, rng.random(legal.shape), -1.0).argmax(1)
        after = game.play(position, action)
        goes_on = (done < moves) & ~game.over(after)
        moves = np.where(goes_on, moves, 0)
        own = np.where(goes_on, after.own, position.own)
        position = Position(own, np.where(goes_on, after.mask, position.mask))
    return position


def play(agent: AlphaZero, start: Position, rng: np.random.Generator) -> Samples:
    """Play games on from B positions to their end; every position of them, game by game."""
    game, position, running = agent.game, start, np.arange(len(start.own))
    played = list[tuple[Array, Position, Array]]()  # at each move: games, positions, policies
    length, final = np.zeros((2, len(running)))  # of each game: moves, value after the last one
    while len(running):
        action, policy = agent.explore(position, len(played), rng)
        played.append((running, position, policy))
        position = game.play(position, action)
        over = game.over(position)
        length[running] += 1
        final[running[over]] = -game.won(position)[over].astype(float)
        running = running[~over]
        position = position.at(~over)
    games = np.concatenate([games for games, _, _ in played])
    left = np.concatenate([length[games] - move for move, (games, _, _) in enumerate(played)])
    own, mask = (np.concatenate(c) for c in zip(*(at for _, at, _ in played), strict=True))
    policy = np.concatenate([policy for _, _, policy in played])
    samples = Samples(own, mask, policy, outcomes(final[games], left))
    return Samples(*(column[np.argsort(games, kind="stable")] for column in samples))


def outcomes(final: Array, left: Array) -> Array:
    """What games are worth for the player to move, `left` moves before their end: (K,).

    final: (K,), what they are worth at the end for whose turn it would be: -1 when the last move
    has won. Each move hands the board over, so the sign changes with each.
    """
    return np.asarray(np.where(left % 2 == 0, final, -final))


# Learning


class Window:
    """The newest positions: a ring, sampled uniformly and with replacement.

    Arguments:
        capacity: how many to keep. With those of the newest games only, the network would forget
            what it no longer plays.
    """

    def __init__(self, capacity: int, game: Game) -> None:
        self.capacity, self.added = capacity, 0
        self.columns = Samples(
            np.zeros(capacity, np.uint64),
            np.zeros(capacity, np.uint64),
            np.zeros((capacity, game.actions), np.float32),
            np.zeros(capacity, np.float32),
        )

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    def add(self, samples: Samples) -> None:
        """Store copies of positions; the last of them is the newest."""
        count = len(samples.own)
        index = np.arange(self.added, self.added + count)[-self.capacity :] % self.capacity
        for column, new in zip(self.columns, samples, strict=True):
            column[index] = new[-self.capacity :]
        self.added += count

    def sample(self, batches: int, batch_size: int, rng: np.random.Generator) -> Iterator[Samples]:
        """`batches` times `batch_size` positions."""
        for _ in range(batches):
            index = rng.integers(len(self), size=batch_size)
            yield Samples(*(column[index] for column in self.columns))

    def state_dict(self) -> dict[str, Any]:
        """The written part of each column, and how many positions were ever added."""
        columns = self.columns._asdict().items()
        kept = {name: column[: len(self)].copy() for name, column in columns}
        return {"added": self.added, "capacity": self.capacity, "columns": kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Store what `state` holds. ValueError when it is of another capacity."""
        if state["capacity"] != self.capacity:
            raise ValueError(f"its window holds {state['capacity']} positions, not {self.capacity}")
        self.added = int(state["added"])
        for name, column in self.columns._asdict().items():
            column[: len(self)] = state["columns"][name]


def at_random_symmetry(
    game: Game, planes: Array, policy: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Each position turned or reflected at random, board and policy alike."""
    cells, actions = (np.stack(maps) for maps in zip(*game.symmetries, strict=True))
    chosen = rng.integers(len(cells), size=len(planes))
    flat = planes.reshape(*planes.shape[:2], -1)
    turned = np.take_along_axis(flat, cells[chosen][:, None], 2).reshape(planes.shape)
    return turned, np.take_along_axis(policy, actions[chosen], 1)
