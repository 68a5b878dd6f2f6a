"""The network. One part, `swish`, is written by hand down to its gradient.

Make it yours: replace `swish` by a layer or a loss of your own that your problem needs, and keep a
gradient check for it in `tests/test_model.py`.
"""

{% if cookiecutter.framework == "torch" %}
import torch
from torch import Tensor, nn


class _Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        gate = torch.sigmoid(x)
        ctx.save_for_backward(x, gate)
        return x * gate

    @staticmethod
    def backward(ctx, g: Tensor) -> Tensor:
        x, gate = ctx.saved_tensors
        return g * (gate + x * gate * (1 - gate))


def swish(x: Tensor) -> Tensor:
    """x * sigmoid(x): nearly 0 for very negative x, nearly x for large x, and smooth between.

    With s = sigmoid(x) and y = x s, its derivative is s + y (1 - s). Any shape, same shape out.
    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    return _Swish.apply(x)


class Swish(nn.Module):
    """`swish` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return swish(x)


{% else %}
import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node


def swish(x: Tensor) -> Tensor:
    """x * sigmoid(x): nearly 0 for very negative x, nearly x for large x, and smooth between.

    With s = sigmoid(x) and y = x s, its derivative is s + y (1 - s). Any shape, same shape out.
    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    gate = 0.5 * (1 + np.tanh(0.5 * x.data))  # sigmoid, in a form that cannot overflow
    out = x.data * gate

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (g * (gate + out * (1 - gate)),)

    return node(out, (x,), gradient, "swish")


class Swish(nn.Module):
    """`swish` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return swish(x)


{% endif %}
def network(seed: int, hidden: int = 64, inputs: int = 64, classes: int = 10) -> nn.Sequential:
    """Two layers with `swish` between them: (n, inputs) -> (n, classes), one logit per class."""
{% if cookiecutter.framework == "torch" %}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(inputs, hidden), Swish(), nn.Linear(hidden, classes))
{% else %}
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(inputs, hidden, rng=rng),
        Swish(),
        nn.Linear(hidden, classes, rng=rng),
    )
{% endif %}
