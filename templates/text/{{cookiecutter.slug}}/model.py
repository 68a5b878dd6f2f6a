{% set torch = cookiecutter.framework == "torch" %}
{% set rng = "" if torch else ", rng=rng" %}
"""A recurrent network. Its recurrence, `scan`, is written by hand down to its gradient.

Make it yours: replace `scan` by a layer or a loss of your own that your problem needs, and keep a
gradient check for it in `tests/test_model.py`.
"""

{% if torch %}
import torch
from torch import Tensor, nn

from data import SYMBOLS


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(ctx, keep: Tensor, new: Tensor) -> Tensor:
        h = new.clone()
        for t in range(1, h.shape[1]):
            h[:, t] += keep[:, t] * h[:, t - 1]
        ctx.save_for_backward(keep, h)
        return h

    @staticmethod
    def backward(ctx, g: Tensor) -> tuple[Tensor, Tensor]:
        keep, h = ctx.saved_tensors
        total = g.clone()
        for t in range(total.shape[1] - 1, 0, -1):
            total[:, t - 1] += keep[:, t] * total[:, t]
        to_keep = torch.zeros_like(total)
        to_keep[:, 1:] = h[:, :-1] * total[:, 1:]
        return to_keep, total


{% else %}
import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node

from data import SYMBOLS


{% endif %}
def scan(keep: Tensor, new: Tensor) -> Tensor:
    """h_t = keep_t h_(t-1) + new_t, from h_0 = 0: (n, steps, width) twice -> the same shape.

    The gradient runs through the steps in reverse. All that depends on h_t gives it
    G_t = g_t + keep_(t+1) G_(t+1), where g_t is the upstream gradient. Then G_t is the gradient
    with respect to new_t, and h_(t-1) G_t that with respect to keep_t.
    """
{% if torch %}
    return _Scan.apply(keep, new)
{% else %}
    factor, h = keep.data, new.data.copy()
    for t in range(1, h.shape[1]):
        h[:, t] += factor[:, t] * h[:, t - 1]

    def gradient(g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        total = g.copy()
        for t in range(total.shape[1] - 1, 0, -1):
            total[:, t - 1] += factor[:, t] * total[:, t]
        to_keep = np.zeros_like(total)
        to_keep[:, 1:] = h[:, :-1] * total[:, 1:]
        return to_keep, total

    return node(h, (keep, new), gradient, "scan")
{% endif %}


class Block(nn.Module):
    """A memory of what was read, and two linear layers: (n, steps, width) -> the same shape.

    A gate between 0 and 1 is the fraction of the memory that is kept, and the letter fills the
    rest. It is computed from what is read alone, so that only the scan has to go step by step.
    Source: Feng, Tung, Ahmed, Bengio, Hajimirsadeghi 2024, "Were RNNs all we needed?".
    """

    def __init__(self, width: int{{ "" if torch else ", rng: np.random.Generator" }}) -> None:
{% if torch %}
        super().__init__()
{% endif %}
        self.before_memory, self.before_layers = nn.RMSNorm(width), nn.RMSNorm(width)
        self.gate, self.value = (nn.Linear(width, width{{ rng }}) for _ in range(2))
        self.layers = nn.Sequential(
            nn.Linear(width, 2 * width{{ rng }}),
            nn.ReLU(),
            nn.Dropout(0.1{{ rng }}),
            nn.Linear(2 * width, width{{ rng }}),
        )

    def forward(self, x: Tensor) -> Tensor:
        read = self.before_memory(x)
        keep = self.gate(read).sigmoid()
        x = x + scan(keep, (1 - keep) * self.value(read))
        return x + self.layers(self.before_layers(x))


class Speller(nn.Module):
    """Letters as numbers (n, steps) -> logits of the next one, (n, steps, symbols).

    What is embedded is a letter together with the one before it, so that a gate depends on both.
    """

    def __init__(self, width: int, blocks: int{{ "" if torch else ", rng: np.random.Generator" }}) -> None:
{% if torch %}
        super().__init__()
{% endif %}
        self.embedding = nn.Embedding(len(SYMBOLS) ** 2, width{{ rng }})
        self.blocks = nn.Sequential(*(Block(width{{ "" if torch else ", rng" }}) for _ in range(blocks)))
        self.head = nn.Sequential(nn.RMSNorm(width), nn.Linear(width, len(SYMBOLS){{ rng }}))

    def forward(self, read: {{ "Tensor" if torch else "np.ndarray" }}) -> Tensor:
        pairs = read.{{ "clone" if torch else "copy" }}()
        pairs[:, 1:] += len(SYMBOLS) * read[:, :-1]
        return self.head(self.blocks(self.embedding(pairs)))


def network(seed: int, width: int = 64, blocks: int = 2) -> Speller:
    """An untrained network; `width` numbers describe two letters, and as many are remembered."""
{% if torch %}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Speller(width, blocks)
{% else %}
    return Speller(width, blocks, np.random.default_rng(seed))
{% endif %}
