"""The loop of AlphaZero: play against yourself, and learn from how it ended.

One call of `advance` plays a batch of games to their end, stores every position of them, and takes
gradient steps from positions sampled out of all that are stored. No game is left half played, so a
run that is stopped between two calls can be saved whole. A call that is to stop undoes what it did,
and the same games are played when the run is resumed.

A batch may be divided into shards, each with a stream of random numbers of its own. It then does
not matter where a shard is played, nor whether it was started before: its games are the same.

B is the number of games, A that of actions, K a number of positions.
"""

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from undergrad.rl.agents.alphazero import AlphaZero, AlphaZeroSettings, untrained
from undergrad.rl.agents.dqn import linear_schedule
from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.games.players import Player
from undergrad.rl.games.strength import match
from undergrad.rl.policy_value import PolicyValueNet
from undergrad.rl.resignation import NEVER, by_player, false_positives, threshold
from undergrad.rl.search.gumbel import Decision
from undergrad.rl.streams import ACTING, LEARNING, SHARD, WEIGHTS, restore, saved, stream
from undergrad.rl.window import Samples, Window, at_random_symmetry
from undergrad.runs.seeds import MapShards, ShouldStop, Stopped, one_by_one


class Games(NamedTuple):
    """The K positions of B games that are over, game by game."""

    samples: Samples
    player: Array  # (K,) who was to move: 2 g and 2 g + 1 are the players of game g
    expected: Array  # (K,) what its search expected
    to_the_end: Array  # (B,) bool: whether resignation was disabled
    resigned: Array  # (B,) bool: whether somebody did


class Snapshot(NamedTuple):
    """An agent as it plays now, in plain values that can be sent to another machine."""

    game: str
    settings: AlphaZeroSettings
    weights: Mapping[str, Any]
    resign_below: float


class Shard(NamedTuple):
    """A part of a batch: how many games, and the stream of their random numbers."""

    games: int
    stream: tuple[int, ...]


class SelfPlay:
    """Plays and learns in turns: a `Loop`.

    Arguments:
        seed: of the run; decides the moves, and which positions are learned from.

    `should_stop` is called before every move and every gradient step; once it is true, `advance`
    leaves everything as it was before. `map_shards` has the shards played, here or elsewhere.
    """

    def __init__(self, agent: AlphaZero, settings: AlphaZeroSettings, seed: int) -> None:
        self.agent, self.settings, self.seed = agent, settings, seed
        self.acting, self.learning = stream(seed, ACTING), stream(seed, LEARNING)
        self.window = Window(settings.buffer_size, agent.game)
        self.should_stop: ShouldStop = lambda: False
        self.map_shards: MapShards = one_by_one
        self.resign_below = NEVER
        self.steps = 0
        self.info: dict[str, float] = {}  # of the newest games and gradient steps

    def advance(self) -> list[float]:
        """Play a batch of games, store their positions, and learn from sampled ones."""
        before = self.state_dict()
        try:
            self._advance()
        except Stopped:
            self.load_state_dict(before)
        return []

    def _advance(self) -> None:
        s, games = self.settings, self._play()
        self.window.add(games.samples)
        count = len(games.samples.own)
        self.steps += count
        self.info = self._learn(count) | {"moves_per_game": count / s.n_envs}
        if s.resign_false_positives:
            self.info |= self._control(games)
        if s.gate_games:
            self.info["gate_score"] = challenge(self.agent, self.steps)

    def _play(self) -> Games:
        """A batch of games: all at once, or shard by shard."""
        s = self.settings
        if s.shards == 1:
            return play_from_openings(
                self.agent, s.n_envs, self.acting, self.resign_below, self.should_stop
            )
        now = Snapshot(self.agent.game.name, s, self.agent.weights(), self.resign_below)
        shards = shards_of(s.n_envs, s.shards, (self.seed, SHARD, self.steps))
        played = self.map_shards(partial(play_shard, now), shards, self.should_stop)
        return together(list(played))

    def _learn(self, positions: int) -> dict[str, float]:
        """Gradient steps for so many new positions. Returns the means of what they found."""
        s, game = self.settings, self.agent.game
        learning_rate = linear_schedule(s.learning_rate, 0.0, s.steps, self.steps)
        self.agent.optimizer.param_groups[0]["lr"] = learning_rate
        count, infos = max(1, round(s.replay_ratio * positions / s.batch_size)), []
        for batch in self.window.sample(count, s.batch_size, self.learning):
            if self.should_stop():
                raise Stopped
            planes, policy = game.planes(Position(batch.own, batch.mask)), batch.policy
            if s.symmetries:
                planes, policy = at_random_symmetry(game, planes, policy, self.learning)
            infos.append(self.agent.learn(planes, policy, batch.outcome))
        return {name: float(np.mean([info[name] for info in infos])) for name in infos[0]}

    def _control(self, games: Games) -> dict[str, float]:
        """Set the threshold of resignation by the games that were played to the end."""
        known = games.to_the_end[games.player // 2]
        of_these = (games.player, games.expected, games.samples.outcome)
        lowest, lost = by_player(*(column[known] for column in of_these))
        found = {
            "resigned": float(games.resigned.mean()),
            "false_positives": false_positives(lowest, lost, self.resign_below),
        }
        if len(lowest):
            self.resign_below = threshold(lowest, lost, self.settings.resign_false_positives)
        return found | {"resign_below": self.resign_below}

    def stats(self) -> dict[str, float]:
        """What learning from the newest games found, and how long they were."""
        return self.info

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "window": self.window.state_dict(),
            **saved(acting=self.acting, learning=self.learning),
            "resign_below": self.resign_below,
            "steps": self.steps,
            "info": self.info,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. ValueError when it is of another network or window."""
        self.agent.load_state_dict(state["agent"])
        self.window.load_state_dict(state["window"])
        restore(state, acting=self.acting, learning=self.learning)
        self.resign_below = float(state.get("resign_below", NEVER))  # older runs have none
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


def shards_of(games: int, count: int, batch: tuple[int, ...]) -> list[Shard]:
    """So many games in `count` shards of nearly equal size, none of them empty.

    batch: the beginning of their streams, which names the batch among those of all runs.
    """
    count = min(count, games)
    return [Shard((games + k) // count, (*batch, k)) for k in range(count)]


def play_shard(then: Snapshot, shard: Shard, should_stop: ShouldStop) -> Games:
    """The games of a shard, on any machine: they depend on nothing but the arguments."""
    agent = untrained(GAMES[then.game], then.settings, stream(0, WEIGHTS))
    agent.load_weights(then.weights)
    rng = stream(*shard.stream)
    return play_from_openings(agent, shard.games, rng, then.resign_below, should_stop)


def together(parts: Sequence[Games]) -> Games:
    """The games of several shards as one batch, in the order of the shards."""
    first = np.cumsum([0, *(len(part.resigned) for part in parts[:-1])])  # game of each part
    players = [2 * game + part.player for game, part in zip(first, parts, strict=True)]
    samples = Samples(*map(np.concatenate, zip(*(part.samples for part in parts), strict=True)))
    return Games(
        samples,
        np.concatenate(players),
        np.concatenate([part.expected for part in parts]),
        np.concatenate([part.to_the_end for part in parts]),
        np.concatenate([part.resigned for part in parts]),
    )


def play_from_openings(
    agent: AlphaZero,
    count: int,
    rng: np.random.Generator,
    resign_below: float,
    should_stop: ShouldStop,
) -> Games:
    """`count` games, some of which start with random moves, played to their end as in `play`."""
    s = agent.settings
    start = openings(agent.game, count, s.opening_fraction, s.opening_moves, rng)
    return play(agent, start, rng, resign_below, should_stop)


def play(
    agent: AlphaZero,
    start: Position,
    rng: np.random.Generator,
    resign_below: float = NEVER,
    should_stop: ShouldStop = lambda: False,
) -> Games:
    """Play games on from B positions to their end. Raises `Stopped` when it is to stop before that.

    Arguments:
        resign_below: who expects less than this gives its game up; in a fraction of the games that
            is drawn here nobody does.
        should_stop: called before every move.
    """
    game, position, running, trees = agent.game, start, np.arange(len(start.own)), None
    length, final = np.zeros((2, len(running)))  # of each game: moves, value after the last one
    to_the_end, resigned = np.ones(len(running), bool), np.zeros(len(running), bool)
    if resign_below > NEVER:
        to_the_end = rng.random(len(running)) < agent.settings.resign_disabled
    played = list[tuple[Array, Position, Decision]]()  # at each move: games, positions, decisions
    while len(running):
        if should_stop():
            raise Stopped
        decision = agent.explore(position, len(played), rng, trees)
        played.append((running, position, decision))
        resigns = (decision.expected < resign_below) & ~to_the_end[running]
        position = game.play(position, decision.action)
        over = game.over(position)
        length[running] += ~resigns  # who resigns is still to move at the end
        final[running] = np.where(resigns, -1.0, -game.won(position).astype(float))
        resigned[running] = resigns
        on = np.flatnonzero(~over & ~resigns)
        if decision.trees and len(on):
            trees = decision.trees.below(on, decision.action[on])
        running, position = running[on], position.at(on)
    return _game_by_game(played, length, final, to_the_end, resigned)


def _game_by_game(
    played: list[tuple[Array, Position, Decision]],
    length: Array,
    final: Array,
    to_the_end: Array,
    resigned: Array,
) -> Games:
    """What was played move by move."""
    games = np.concatenate([games for games, _, _ in played])
    left = np.concatenate([length[games] - move for move, (games, _, _) in enumerate(played)])
    own, mask = (np.concatenate(c) for c in zip(*(at for _, at, _ in played), strict=True))
    policy = np.concatenate([decision.policy for _, _, decision in played])
    expected = np.concatenate([decision.expected for _, _, decision in played])
    samples = Samples(own, mask, policy, outcomes(final[games], left))
    order = np.argsort(games, kind="stable")
    samples = Samples(*(column[order] for column in samples))
    player = (2 * games + left % 2).astype(np.intp)
    return Games(samples, player[order], expected[order], to_the_end, resigned)


def outcomes(final: Array, left: Array) -> Array:
    """What games are worth for the player to move, `left` moves before their end: (K,).

    final: (K,), what they are worth at the end for whose turn it would be: -1 when the last move
    has won. Each move hands the board over, so the sign changes with each.
    """
    return np.asarray(np.where(left % 2 == 0, final, -final))


# The gate


def challenge(agent: AlphaZero, seed: int) -> float:
    """If the network that learns beats the one that plays, it plays from now on.

    Returns its fraction of points. Both search greedily, as in a match.
    """
    newest, playing = (_player(agent, net) for net in (agent.net, agent.playing))
    games = agent.settings.gate_games
    points = match(agent.game, newest, playing, games=games, seed=seed).points
    if points > agent.settings.gate_score:
        agent.playing.load_state_dict(agent.net.state_dict())
    return points


def _player(agent: AlphaZero, net: PolicyValueNet) -> Player:
    """The agent as it would be if `net` played."""
    other = copy.copy(agent)
    other.playing = net
    return lambda position, rng: other.act_greedily(np.stack(position, axis=1))
