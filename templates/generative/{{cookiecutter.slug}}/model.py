{% set torch = cookiecutter.framework == "torch" %}
{% set rng = "" if torch else ", rng=rng" %}
{% set given = "" if torch else ", rng" %}
"""A network that gives each image a probability. Its layer, `masked_linear`, is written by hand.

Make it yours: replace `masked_linear` by a layer or a loss of your own that your problem needs, and
keep a gradient check for it in `tests/test_model.py`.
"""

{% if torch %}
import torch
from torch import Tensor, nn

from data import SIDE


class _MaskedLinear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor, mask: Tensor) -> Tensor:
        used = weight * mask
        ctx.save_for_backward(x, used, mask)
        return x @ used.T + bias

    @staticmethod
    def backward(ctx, g: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        x, used, mask = ctx.saved_tensors
        return g @ used, g.T @ x * mask, g.sum(dim=0), None


def masked_linear(x: Tensor, weight: Tensor, bias: Tensor, mask: Tensor) -> Tensor:
{% else %}
import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node

from data import SIDE


def masked_linear(x: Tensor, weight: Tensor, bias: Tensor, mask: np.ndarray) -> Tensor:
{% endif %}
    """x (W * M)^T + b: a linear layer that uses only the weights for which the mask M is 1.

    (n, inputs), (outputs, inputs), (outputs,) -> (n, outputs). With the upstream gradient g, the
    gradient with respect to W is g^T x under the mask. It is 0 elsewhere, so no step of training
    opens a path that the mask has closed.
    """
{% if torch %}
    return _MaskedLinear.apply(x, weight, bias, mask)
{% else %}
    used = weight.data * mask
    out = x.data @ used.T + bias.data

    def gradient(g: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return g @ used, g.T @ x.data * mask, g.sum(axis=0)

    return node(out, (x, weight, bias), gradient, "masked_linear")
{% endif %}


class MaskedLinear(nn.Module):
    """`masked_linear` as a layer. mask: (outputs, inputs), bool."""

{% if torch %}
    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        outputs, inputs = mask.shape
        self.linear = nn.Linear(inputs, outputs)
        self.register_buffer("mask", mask.float(), persistent=False)
{% else %}
    def __init__(self, mask: np.ndarray, rng: np.random.Generator) -> None:
        outputs, inputs = mask.shape
        self.linear = nn.Linear(inputs, outputs, rng=rng)
        self._mask = mask.astype(np.float32)
{% endif %}

    def forward(self, x: Tensor) -> Tensor:
        return masked_linear(x, self.linear.weight, self.linear.bias, self.{{ "mask" if torch else "_mask" }})


class MADE(nn.Module):
    """Images of 0 and 1 -> how likely each pixel is bright, as a logit: (n, pixels) twice.

    Each logit depends on the pixels before it, row by row, and on no other one. So the product of
    all these probabilities is that of the whole image, and those of all images add up to 1.
    Source: Germain, Gregor, Murray, Larochelle 2015, "MADE: masked autoencoder for distribution
    estimation".
    """

    def __init__(self, pixels: int, hidden: int{{ "" if torch else ", rng: np.random.Generator" }}) -> None:
{% if torch %}
        super().__init__()
        pixel = torch.arange(pixels)
        last = torch.arange(hidden) % (pixels - 1)  # the last pixel that a hidden unit depends on
{% else %}
        pixel = np.arange(pixels)
        last = np.arange(hidden) % (pixels - 1)  # the last pixel that a hidden unit depends on
{% endif %}
        self.direct = MaskedLinear(pixel[:, None] > pixel{{ given }})
        self.deep = None
        if hidden:
            self.deep = nn.Sequential(
                MaskedLinear(last[:, None] >= pixel{{ given }}),
                nn.ReLU(),
                nn.Dropout(0.5{{ rng }}),
                MaskedLinear(last[:, None] >= last{{ given }}),
                nn.ReLU(),
                nn.Dropout(0.5{{ rng }}),
                MaskedLinear(pixel[:, None] > last{{ given }}),
            )

    def forward(self, x: Tensor) -> Tensor:
        return self.direct(x) + self.deep(x) if self.deep else self.direct(x)


def network(seed: int, hidden: int = 512, pixels: int = SIDE * SIDE) -> MADE:
    """An untrained network; without hidden units it is a logistic regression for each pixel."""
{% if torch %}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MADE(pixels, hidden)
{% else %}
    return MADE(pixels, hidden, np.random.default_rng(seed))
{% endif %}
