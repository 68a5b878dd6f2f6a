"""A small recurrent network that decides how far to trust each of many counts.

Letters: T steps, N texts side by side, D features of the network, K experts. `memory` and
`log_mixture` are written by hand, down to their gradients.
"""

import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node

from data import PAIRS, pairs
from experts import EXPERTS, FEATURES

SPANS = (2, 500)  # characters that the shortest and the longest memory last at first
State = list[np.ndarray]  # for each block what it remembers, (N, D)


def memory(gate: Tensor, new: Tensor, start: np.ndarray) -> Tensor:
    """h_t = k_t h_(t-1) + (1 - k_t) v_t, where k = sigmoid(gate): (T, N, D) twice -> the same.

    Each feature remembers an average of the new values v, in which a value fades by the factor k
    with every step. All that depends on h_t gives it G_t = g_t + k_(t+1) G_(t+1), where g_t is the
    upstream gradient, so the gradient runs through the steps in reverse. Then (1 - k_t) G_t is the
    gradient with respect to v_t. That with respect to k_t is (h_(t-1) - v_t) G_t, times
    k_t (1 - k_t) with respect to the gate. It ends at `start`, h_0, which is a constant: what was
    read in an earlier stretch is remembered, and not learned from again.
    """
    keep = 0.5 * (1 + np.tanh(0.5 * gate.data))  # sigmoid, in a form that cannot overflow
    h = (1 - keep) * new.data
    before = start
    for t in range(len(h)):
        h[t] += keep[t] * before
        before = h[t]

    def gradient(g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        total = g.copy()
        for t in range(len(g) - 1, 0, -1):
            total[t - 1] += keep[t] * total[t]
        earlier = np.concatenate([start[None], h[:-1]])
        to_new = (1 - keep) * total
        return (earlier - new.data) * keep * to_new, to_new

    return node(h, (gate, new), gradient, "memory")


class Block(nn.Module):
    """What is remembered, shown through a second gate, and two linear layers: (T, N, D).

    The gates depend on what is read at that step alone, so that only `memory` goes step by step.
    Sources: Martin and Cundy 2018, "Parallelizing linear recurrent neural nets over sequence
    length"; for the biases, Tallec and Ollivier 2018, "Can recurrent neural networks warp time?".
    """

    def __init__(self, width: int, spans: np.ndarray, rng: np.random.Generator) -> None:
        self.before_memory, self.before_layers = nn.RMSNorm(width), nn.RMSNorm(width)
        self.gate, self.new, self.shown, self.out = (
            nn.Linear(width, width, rng=rng) for _ in range(4)
        )
        self.gate.bias.data[:] = np.log(spans - 1)  # so that it keeps 1 - 1 / span
        self.layers = nn.Sequential(
            nn.Linear(width, 2 * width, rng=rng), nn.ReLU(), nn.Linear(2 * width, width, rng=rng)
        )

    def forward(self, x: Tensor, before: np.ndarray) -> tuple[Tensor, np.ndarray]:
        read = self.before_memory(x)
        h = memory(self.gate(read), self.new(read), before)
        x = x + self.out(h * self.shown(read).sigmoid())
        return x + self.layers(self.before_layers(x)), h.data[-1].copy()


def log_mixture(logits: Tensor, chances: np.ndarray) -> Tensor:
    """log(sum_k w_k p_k), where w = softmax(logits): (T, N, K), and p alike -> (T, N).

    It is the logarithm of the probability that experts give to a character when the network says
    how far to trust each. The derivative with respect to w_k is p_k / m, with m the sum, and that
    of w_k with respect to logit j is w_k ((k = j) - w_j). Together they are w_j (p_j / m - 1): an
    expert gains weight as far as it was better than the mixture.
    """
    weights = np.exp(logits.data - logits.data.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    parts = weights * chances
    mixture = parts.sum(axis=2)

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (g[:, :, None] * (parts / mixture[:, :, None] - weights),)

    return node(np.log(mixture), (logits,), gradient, "log_mixture")


class Reader(nn.Module):
    """How far to trust each expert at the next character: (T, N) -> logits (T, N, K).

    It reads the pairs of characters that end before it, and the features of `experts`. Before
    training, all experts are trusted alike.
    """

    def __init__(
        self, width: int, blocks: int, spans: np.ndarray, rng: np.random.Generator
    ) -> None:
        self.embedding = nn.Embedding(PAIRS, width, rng=rng)
        self.features = nn.Linear(FEATURES, width, rng=rng)
        self.blocks = [Block(width, spans, rng) for _ in range(blocks)]
        self.norm, self.head = nn.RMSNorm(width), nn.Linear(width, EXPERTS, rng=rng)
        self.head.weight.data[:], self.head.bias.data[:] = 0, 0

    def forward(
        self, text: np.ndarray, features: np.ndarray, before: State
    ) -> tuple[Tensor, State]:
        """The logits for the character after each but the first, and what is remembered then.

        text: (T + 1, N); the first character is there only for the pair with the next one.
        features: (T, N, F), of the characters that are to be predicted.
        """
        x, after = self.embedding(pairs(text)) + self.features(Tensor(features)), []
        for block, start in zip(self.blocks, before, strict=True):
            x, last = block(x, start)
            after.append(last)
        return self.head(self.norm(x)), after

    def nothing(self, count: int) -> State:
        """What is remembered before anything was read, for so many texts."""
        width = self.embedding.weight.shape[1]
        return [np.zeros((count, width), np.float32) for _ in self.blocks]


def network(
    seed: int, *, spans: tuple[float, float] = SPANS, width: int = 64, blocks: int = 1
) -> Reader:
    """An untrained network; its memories last from spans[0] to spans[1] characters at first."""
    return Reader(width, blocks, np.geomspace(*spans, width), np.random.default_rng(seed))
