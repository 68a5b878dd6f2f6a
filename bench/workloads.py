"""What is measured: whole training steps (forward, loss, backward, Adam), and single decisions.

Each workload is one function of a `Library` and sizes; it returns the step. Our layers carry
PyTorch's names, so the same lines build both networks, and the comparison is of like with like.
Inputs are random and the same for all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench import hips
from bench.libraries import Array, Library

Step = Callable[[], object]


@dataclass(frozen=True)
class Workload:
    """floor, aim: our steps a second over those of PyTorch's best setting."""

    title: str
    make: str  # the name of a function below
    sizes: dict[str, Any] = field(default_factory=dict)
    floor: float = 0.0
    aim: float = 0.0
    image: bool = False  # also measured in PyTorch's channels-last layout
    hips: bool = False  # also measured with HIPS autograd


SMALL, TINY = [4, 120, 84, 2], [4, 64, 64, 2]
DQN, DQN_SMALL = {"widths": SMALL, "batch_size": 128}, {"widths": TINY, "batch_size": 64}
WORKLOADS = (
    Workload("MLP 784-256-128-10, batch 64", "mlp", {}, 1.0, 1.15, hips=True),
    Workload("DQN net 4-120-84-2, batch 128", "dqn", DQN, 2.0, 2.7, hips=True),
    Workload("DQN net 4-64-64-2, batch 64", "dqn", DQN_SMALL, 3.0, 5.0, hips=True),
    Workload("acting, DQN net 4-120-84-2", "acting", {"widths": SMALL}, 2.5, 4.0),
    Workload("acting, Nature CNN", "acting_on_screens", {}, 1.1, 1.3, image=True),
    Workload("LeNet 28x28, batch 64", "lenet", {}, 0.9, 1.05, image=True),
    Workload("Nature CNN 4x84x84, batch 32", "nature", {}, 0.67, 1.0, image=True),
    Workload("LSTM hidden 128, 64 steps, batch 32", "lstm", {}, 0.85, 1.0),
    Workload("GPT 2 layers, d 128, 4 heads, 64 steps, batch 32", "gpt", {}, 0.95, 1.05),
)


def step_of(make: str, sizes: dict[str, Any], library: Library | None) -> Step:
    """The step of a workload, for a library; without one, for HIPS autograd."""
    if library is None:
        return getattr(hips, make)(**sizes)
    return globals()[make](library, **sizes)


def training(library: Library, net: Any, loss: Callable[..., Any], *batch: Any) -> Step:
    """Steps with a loss of the columns of a batch, whose examples lie along the first axis."""
    adam, loss = library.adam(net.parameters()), library.compiled(loss)

    def step() -> None:
        adam.zero_grad()
        library.backward(loss, batch)
        adam.step()

    return step


def classify(library: Library, net: Any, forward: Callable[..., Any], x: Array, y: Array) -> Step:
    """Training with the cross-entropy of what `forward` makes of x."""
    net = library.placed(net)
    cross_entropy = library.nn.functional.cross_entropy

    def loss(given: Any, right: Any) -> Any:
        return cross_entropy(forward(given), right.reshape(-1))

    return training(library, net, loss, library.given(x), library.given(y))


def dense(nn: Any, widths: Sequence[int]) -> Any:
    """Linear layers of these widths with ReLU between."""
    layers: list[Any] = []
    for wide, narrow in itertools.pairwise(widths):
        layers += [nn.Linear(wide, narrow), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def mlp(
    library: Library, batch_size: int = 64, widths: Sequence[int] = (784, 256, 128, 10)
) -> Step:
    net = dense(library.nn, widths)
    return classify(
        library, net, net, numbers(batch_size, widths[0]), whole(widths[-1], batch_size)
    )


def dqn(library: Library, widths: Sequence[int], batch_size: int) -> Step:
    """Learn values of actions: two forward passes, the Huber loss, one backward pass."""
    net, target = dense(library.nn, widths), dense(library.nn, widths)
    now, then = (library.given(numbers(batch_size, widths[0])) for _ in range(2))
    reward, act = (
        library.given(numbers(batch_size, 1)),
        library.given(whole(widths[-1], batch_size, 1)),
    )
    huber = library.nn.functional.smooth_l1_loss

    def loss(now: Any, act: Any, reward: Any, then: Any) -> Any:
        with library.free():
            wanted = reward + 0.99 * target(then).max(1, keepdim=True)[0]
        return huber(net(now).gather(1, act), wanted)

    return training(library, net, loss, now, act, reward, then)


def acting(library: Library, widths: Sequence[int]) -> Step:
    """Choose one action for one observation."""
    return deciding(library, dense(library.nn, widths), np.ones(widths[0], np.float32))


def acting_on_screens(library: Library) -> Step:
    return deciding(library, nature_net(library.nn), np.ones((1, 4, 84, 84), np.float32))


def deciding(library: Library, net: Any, seen: Array) -> Step:
    net = library.placed(net)

    def act() -> int:
        with library.deciding():
            return int(net(library.given(seen)).argmax())

    return library.compiled(act)


def lenet(library: Library, batch_size: int = 64) -> Step:
    nn = library.nn
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    return classify(library, net, net, numbers(batch_size, 1, 28, 28), whole(10, batch_size))


def nature(library: Library, batch_size: int = 32) -> Step:
    net = nature_net(library.nn)
    return classify(library, net, net, numbers(batch_size, 4, 84, 84), whole(4, batch_size))


def nature_net(nn: Any) -> Any:
    """Mnih et al. 2015, for four actions."""
    return nn.Sequential(
        nn.Conv2d(4, 32, 8, stride=4), nn.ReLU(), nn.Conv2d(32, 64, 4, stride=2), nn.ReLU(),
        nn.Conv2d(64, 64, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 4),
    )  # fmt: skip


def lstm(library: Library, length: int = 64, batch_size: int = 32) -> Step:
    """Letters to letters: 65 of them, 128 numbers a letter and in the state."""
    nn = library.nn
    embed, read = nn.Embedding(65, 128), nn.LSTM(128, 128, batch_first=True)
    answer = nn.Linear(128, 65)
    net = nn.ModuleList([embed, read, answer])

    def forward(x: Any) -> Any:
        return answer(read(embed(x))[0]).reshape(-1, 65)

    return classify(
        library, net, forward, whole(65, batch_size, length), whole(65, batch_size, length)
    )


def gpt(library: Library, length: int = 64, batch_size: int = 32) -> Step:
    """Two layers of width 128 with 4 heads; gelu in its tanh form on both sides."""
    nn, width, heads = library.nn, 128, 4
    words, places = nn.Embedding(65, width), nn.Embedding(length, width)
    blocks = [
        [
            nn.LayerNorm(width), *(nn.Linear(width, width) for _ in range(4)),
            nn.LayerNorm(width), nn.Linear(width, 4 * width),
            nn.GELU(approximate="tanh"), nn.Linear(4 * width, width),
        ]
        for _ in range(2)
    ]  # fmt: skip
    last, answer = nn.LayerNorm(width), nn.Linear(width, 65)
    parts = [words, places, *(part for block in blocks for part in block), last, answer]
    attention = nn.functional.scaled_dot_product_attention
    positions = library.given(np.arange(length))

    def forward(x: Any) -> Any:
        h, batch = words(x) + places(positions), len(x)
        for norm1, q, k, v, out, norm2, wide, act, narrow in blocks:
            z = norm1(h)
            split = (p(z).reshape(batch, length, heads, -1).transpose(1, 2) for p in (q, k, v))
            mixed = attention(*split, is_causal=True)
            h = h + out(mixed.transpose(1, 2).reshape(batch, length, width))
            h = h + narrow(act(wide(norm2(h))))
        return answer(last(h)).reshape(-1, 65)

    net = nn.ModuleList(parts)
    return classify(
        library, net, forward, whole(65, batch_size, length), whole(65, batch_size, length)
    )


def numbers(*shape: int) -> Array:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def whole(n: int, *shape: int) -> Array:
    """Whole numbers below n."""
    return np.random.default_rng(1).integers(0, n, shape)
