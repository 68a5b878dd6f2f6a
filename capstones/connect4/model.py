"""The network with two heads, and its loss with a gradient by hand."""

from itertools import pairwise

import numpy as np
from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.autograd import node
from undergrad.rl.games.base import Position

from data import GAME, INPUTS, features

WIDTH, LAYERS = 128, 3


def alphazero_loss(
    logits: Tensor, raw: Tensor, policy: np.ndarray, outcome: np.ndarray
) -> tuple[Tensor, float, float]:
    """The mean of (v - z)² - sum(pi log p), with p = softmax(logits) and v = tanh(raw).

    The derivative with respect to the logits is p - pi, since pi sums to 1; that with respect to
    `raw` is 2 (v - z) (1 - v²), since the derivative of tanh is 1 - tanh². Both are divided by the
    number of positions B.
    logits, policy: (B, 7).   raw, outcome: (B,), the outcome 1, 0 or -1 for the player to move.
    Returns the loss, and what the value and the policy have in it.
    Source: Silver et al. 2017, equation 1, whose third term is the optimiser's weight decay here.
    """
    shifted = logits.data - logits.data.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    v = np.tanh(raw.data)
    of_value = ((v - outcome) ** 2).mean()
    of_policy = -(policy * log_p).sum(axis=1).mean()
    out = np.asarray(of_value + of_policy, dtype=logits.data.dtype)

    def gradient(g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        of_logits = (np.exp(log_p) - policy) / len(v)
        of_raw = 2 * (v - outcome) * (1 - v**2) / len(v)
        return (g * of_logits).astype(out.dtype), (g * of_raw).astype(out.dtype)

    loss = node(out, (logits, raw), gradient, "alphazero_loss")
    return loss, float(of_value), float(of_policy)


class Network(nn.Module):
    """Features (B, 84) -> logits of the columns (B, 7), and a raw value (B,) whose tanh counts."""

    def __init__(self, width: int, layers: int, rng: np.random.Generator) -> None:
        sizes = [INPUTS, *[width] * layers]
        hidden = [(nn.Linear(a, b, rng=rng), nn.ReLU()) for a, b in pairwise(sizes)]
        self.trunk = nn.Sequential(*(layer for pair in hidden for layer in pair))
        self.policy = nn.Linear(width, GAME.columns, rng=rng)
        self.value = nn.Linear(width, 1, rng=rng)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.trunk(x)
        return self.policy(seen), self.value(seen).reshape(-1)


def network(seed: int) -> Network:
    """The untrained network of a seed."""
    return Network(WIDTH, LAYERS, np.random.default_rng(seed))


class Opinion:
    """What a network says of positions, without building a graph: an evaluator for a search.

    By `without`, "the policy" makes every legal move as likely, and "the value" makes every
    position worth 0, so that a search knows of an outcome only where a game has ended.
    """

    def __init__(self, model: nn.Module, without: str = "") -> None:
        self.model, self.without = model, without

    def __call__(self, position: Position) -> tuple[np.ndarray, np.ndarray]:
        """B positions -> logits (B, 7), and values (B,) between -1 and 1 for the player to move."""
        with no_grad():
            logits, raw = self.model(Tensor(features(position)))
        logits, value = logits.data, np.tanh(raw.data)
        if self.without == "the policy":
            logits = np.zeros_like(logits)
        if self.without == "the value":
            value = np.zeros_like(value)
        return logits, value
