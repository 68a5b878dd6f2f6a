"""Two networks of about the same cost: one convolves patches, one uses all pixels at once.

The convolution and the activation function after it are written by hand, down to their gradients.
"""

import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node

from data import CLASSES, SIDE


def conv(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A convolution: the same small linear map at every position of an image.

    x: (n, side, side).   weight: (c, k * k), one kernel per row.   bias: (c,).
    Returns the feature maps, (n, o, o, c) with o = side - k + 1.

    Since the weights are shared, their gradient is the sum over all positions; and a pixel
    belongs to up to k * k patches, so its gradient is the sum over those.
    """
    k = round(weight.shape[1] ** 0.5)
    seen = np.lib.stride_tricks.sliding_window_view(x.data, (k, k), axis=(1, 2))
    n, o = seen.shape[:2]
    patches = seen.reshape(n, o, o, k * k)
    out = patches @ weight.data.T + bias.data

    def gradient(g: np.ndarray) -> tuple[np.ndarray | None, ...]:
        each = g.reshape(-1, g.shape[-1])  # (n * o * o, c)
        of_weight = each.T @ patches.reshape(len(each), k * k)
        of_x = _col2im(g @ weight.data, x.shape, k) if x.requires_grad else None
        return of_x, of_weight, each.sum(axis=0)

    return node(out, (x, weight, bias), gradient, "conv")


def _col2im(patches: np.ndarray, shape: tuple[int, ...], k: int) -> np.ndarray:
    """Add the gradient of each patch, (n, o, o, k * k), to its pixels."""
    total, o = np.zeros(shape, patches.dtype), patches.shape[1]
    for offset in range(k * k):
        down, right = divmod(offset, k)
        total[:, down : down + o, right : right + o] += patches[..., offset]
    return total


def swish(x: Tensor) -> Tensor:
    """x * sigmoid(x). With s = sigmoid(x) and y = x s, its derivative is s + y (1 - s).

    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    gate = 0.5 * (1 + np.tanh(0.5 * x.data))  # sigmoid, in a form that cannot overflow
    out = x.data * gate
    return node(out, (x,), lambda g: (g * (gate + out * (1 - gate)),), "swish")


class Conv(nn.Module):
    """`conv` as a layer with `features` kernels of `k` by `k` pixels."""

    def __init__(self, features: int, k: int, rng: np.random.Generator) -> None:
        start = rng.uniform(-1 / k, 1 / k, (features, k * k)).astype(np.float32)
        self.weight = Tensor(start, requires_grad=True)
        self.bias = Tensor(np.zeros(features, np.float32), requires_grad=True)

    def forward(self, x: Tensor) -> Tensor:
        return conv(x, self.weight, self.bias)


class Swish(nn.Module):
    """`swish` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return swish(x)


def network(seed: int, features: int = 24, k: int = 5, hidden: int = 128) -> nn.Sequential:
    """A convolution, then a small dense network on its feature maps: (n, 10, 10) -> (n, 10)."""
    rng = np.random.default_rng(seed)
    positions = (SIDE - k + 1) ** 2
    return nn.Sequential(
        Conv(features, k, rng),
        Swish(),
        nn.Flatten(),
        nn.Linear(positions * features, hidden, rng=rng),
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
