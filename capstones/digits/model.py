"""Two networks of about the same cost: one looks at patches, one at all pixels at once.

The layer that looks at patches, and the bend after it, are written by hand down to their gradients.
"""

import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node

from data import CLASSES, SIDE


def look(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The same small linear map at every place of a picture: a convolution.

    x: (n, side, side).   weight: (c, k * k), one row a feature.   bias: (c,).
    Returns (n, o, o, c) with o = side - k + 1: how much of each feature is found at each place.

    Since the weights are shared, their gradient is the sum over all places; and a pixel is seen by
    up to k * k patches, so its gradient is the sum over those.
    """
    k = round(weight.shape[1] ** 0.5)
    seen = np.lib.stride_tricks.sliding_window_view(x.data, (k, k), axis=(1, 2))
    n, o = seen.shape[:2]
    patches = seen.reshape(n, o, o, k * k)
    out = patches @ weight.data.T + bias.data

    def gradient(g: np.ndarray) -> tuple[np.ndarray | None, ...]:
        each = g.reshape(-1, g.shape[-1])  # (n * o * o, c)
        of_weight = each.T @ patches.reshape(len(each), k * k)
        of_x = _spread(g @ weight.data, x.shape, k) if x.requires_grad else None
        return of_x, of_weight, each.sum(axis=0)

    return node(out, (x, weight, bias), gradient, "look")


def _spread(patches: np.ndarray, shape: tuple[int, ...], k: int) -> np.ndarray:
    """Add each patch's gradient (n, o, o, k * k) to the pixels that it saw."""
    total, o = np.zeros(shape, patches.dtype), patches.shape[1]
    for place in range(k * k):
        down, right = divmod(place, k)
        total[:, down : down + o, right : right + o] += patches[..., place]
    return total


def swish(x: Tensor) -> Tensor:
    """x * sigmoid(x). With s = sigmoid(x) and y = x s, its slope is s + y (1 - s).

    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    gate = 0.5 * (1 + np.tanh(0.5 * x.data))  # sigmoid, in a form that cannot overflow
    out = x.data * gate
    return node(out, (x,), lambda g: (g * (gate + out * (1 - gate)),), "swish")


class Look(nn.Module):
    """`look` as a layer with `features` patches of `k` by `k` pixels."""

    def __init__(self, features: int, k: int, rng: np.random.Generator) -> None:
        start = rng.uniform(-1 / k, 1 / k, (features, k * k)).astype(np.float32)
        self.weight = Tensor(start, requires_grad=True)
        self.bias = Tensor(np.zeros(features, np.float32), requires_grad=True)

    def forward(self, x: Tensor) -> Tensor:
        return look(x, self.weight, self.bias)


class Swish(nn.Module):
    """`swish` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return swish(x)


def network(seed: int, features: int = 24, k: int = 5, hidden: int = 128) -> nn.Sequential:
    """Patches, then a small dense network on what they found: (n, 10, 10) -> (n, 10)."""
    rng = np.random.default_rng(seed)
    places = (SIDE - k + 1) ** 2
    return nn.Sequential(
        Look(features, k, rng),
        Swish(),
        nn.Flatten(),
        nn.Linear(places * features, hidden, rng=rng),
        Swish(),
        nn.Linear(hidden, CLASSES, rng=rng),
    )


def dense(seed: int, hidden: int = 256) -> nn.Sequential:
    """All pixels at once: (n, 10, 10) -> (n, 10)."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(SIDE * SIDE, hidden, rng=rng),
        Swish(),
        nn.Linear(hidden, CLASSES, rng=rng),
    )
