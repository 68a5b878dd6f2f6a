"""The search, and the network that values the positions at its end.

The loss is written by hand down to its gradient.

Make it yours: change the search, or what the network learns from, and keep a gradient check for
what you write by hand in `tests/test_model.py`.
"""

from collections.abc import Callable

import numpy as np
from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.autograd import node
from undergrad.rl.games.base import Game, Position
from undergrad.rl.games.players import Player, random_action

from data import GAME, SIZE, features

# B positions -> (B,) values from -1 to 1, as the players to move see them
Value = Callable[[Position], np.ndarray]


def win_loss(logits: Tensor, points: np.ndarray) -> Tensor:
    """The mean of log(1 + e^x) - t x: cross-entropy between expected points t and sigmoid(x).

    points: from 0 for a certain loss to 1 for a certain win. The derivative is sigmoid(x) - t,
    which does not vanish where the network is sure and wrong. Shapes (n,), (n,); one number out.
    """
    x = logits.data
    out = np.asarray((np.logaddexp(0, x) - points * x).mean(), dtype=x.dtype)
    expected = 0.5 * (1 + np.tanh(0.5 * x))  # sigmoid, in a form that cannot overflow

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (g * (expected - points) / points.size,)

    return node(out, (logits,), gradient, "win_loss")


def network(seed: int, hidden: int = 64) -> nn.Sequential:
    """Features (n, size) -> one logit each (n, 1): the sigmoid is what the player will score."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(SIZE, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, 1, rng=rng),
    )


def value_of(model: nn.Module) -> Value:
    """The network as a function of positions, without building a graph."""

    def value(position: Position) -> np.ndarray:
        with no_grad():
            return np.tanh(0.5 * model(Tensor(features(position))).numpy()[:, 0])

    return value


def no_opinion(position: Position) -> np.ndarray:
    """Every position is worth 0: what the search is without a network."""
    return np.zeros(len(position.mask))


def search(game: Game, value: Value, position: Position, depth: int) -> np.ndarray:
    """(B, A) what each action is worth to the player to move; -inf where it is not legal.

    All sequences of `depth` moves are tried, in all B positions at once. A game that ends on the
    way is worth its outcome, and where the search stops, `value` says what to expect. What is good
    for one player is bad for the other, so the sign changes with each move (negamax).
    """
    legal = game.legal(position)
    row, action = np.nonzero(legal)
    after = game.play(position.at(row), action)
    worth = -game.won(after).astype(float)  # to the other player, who is to move there
    going = ~game.over(after)
    if going.any():
        rest = after.at(going)
        deeper = value(rest) if depth == 1 else search(game, value, rest, depth - 1).max(axis=1)
        worth[going] = deeper
    actions = np.full(legal.shape, -np.inf)
    actions[row, action] = -worth
    return actions


def player(value: Value, depth: int, game: Game = GAME) -> Player:
    """Plays a best move of the search; of several, any."""

    def play(position: Position, rng: np.random.Generator) -> np.ndarray:
        return best_actions(search(game, value, position, depth), rng)

    return play


def best_actions(worth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(B,) one of the best actions of each row (B, A), each as likely as the others."""
    return random_action(worth >= worth.max(axis=1, keepdims=True) - 1e-9, rng)
