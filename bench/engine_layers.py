"""Larger networks: our steps a second over PyTorch's, in one interleaved run.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python bench/engine_layers.py [part of a name ...]

Needs PyTorch; the method is that of `engine_mlp.py`: whole training steps with one thread, turns of
a fifth of a second, medians, and the ratio against the fastest of PyTorch's settings: eager, eager
with its fused Adam, and for images also its channels-last layout. Above 1 means that we are faster.
Counted is the processor's time, so that waiting for other programs does not count. A variable
OPENBLAS_CORETYPE that names an older processor halves the speed of our matrix products; PyTorch's
come from another library and do not obey it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from undergrad.engine import Tensor, nn, no_grad, optim

TURNS, SECONDS = 7, 0.2
Step = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only workloads that contain one of these")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'workload':38} {'ours':>10} {'torch':>10} {'fused':>10} {'ch. last':>10} {'ratio':>6}")
    for name, steps in WORKLOADS.items():
        if options.names and not any(part in name for part in options.names):
            continue
        ours, *theirs = medians(steps())
        columns = [f"{seconds * 1e3:8.2f}ms" for seconds in (ours, *theirs)]
        columns += [" " * 10] * (4 - len(columns))
        print(f"{name:38} {' '.join(columns)} {min(theirs) / ours:6.2f}", flush=True)


def medians(steps: list[Step]) -> list[float]:
    """Seconds a call of each step, measured in turns."""
    for step in steps:
        step()
    turns = [[seconds_a_call(step) for step in steps] for _ in range(TURNS)]
    return [statistics.median(times) for times in zip(*turns, strict=True)]


def seconds_a_call(step: Step) -> float:
    step()
    calls, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        step()
        calls += 1
    return spent / calls


def compared(
    make: Callable[..., tuple[object, Callable]], x: np.ndarray, y: np.ndarray
) -> list[Step]:
    """Our step and PyTorch's for a network that `make` builds of either's layers."""
    steps = [ours(make, x, y), theirs(make, x, y, False), theirs(make, x, y, True)]
    if x.ndim == 4:
        steps.append(theirs(make, x, y, True, channels_last=True))
    return steps


def ours(make: Callable, x: np.ndarray, y: np.ndarray) -> Step:
    net, forward = make(nn)
    adam = optim.Adam(net.parameters())
    given = Tensor(x) if x.dtype == np.float32 else x

    def step() -> None:
        adam.zero_grad()
        nn.functional.cross_entropy(forward(given), y).backward()
        adam.step()

    return step


def theirs(
    make: Callable, x: np.ndarray, y: np.ndarray, fused: bool, channels_last: bool = False
) -> Step:
    net, forward = make(torch.nn)
    given, right = torch.from_numpy(x), torch.from_numpy(y)
    if channels_last:
        net = net.to(memory_format=torch.channels_last)
        given = given.to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), fused=fused)

    def step() -> None:
        adam.zero_grad()
        torch.nn.functional.cross_entropy(forward(given), right).backward()
        adam.step()

    return step


def lenet(kind: object) -> tuple[object, Callable]:
    net = kind.Sequential(
        kind.Conv2d(1, 6, 5, padding=2), kind.ReLU(), kind.MaxPool2d(2),
        kind.Conv2d(6, 16, 5), kind.ReLU(), kind.MaxPool2d(2),
        kind.Flatten(), kind.Linear(400, 120), kind.ReLU(),
        kind.Linear(120, 84), kind.ReLU(), kind.Linear(84, 10),
    )  # fmt: skip
    return net, net


def nature(kind: object) -> tuple[object, Callable]:
    net = kind.Sequential(
        kind.Conv2d(4, 32, 8, stride=4), kind.ReLU(), kind.Conv2d(32, 64, 4, stride=2),
        kind.ReLU(), kind.Conv2d(64, 64, 3), kind.ReLU(),
        kind.Flatten(), kind.Linear(3136, 512), kind.ReLU(), kind.Linear(512, 4),
    )  # fmt: skip
    return net, net


def lstm(kind: object) -> tuple[object, Callable]:
    """Letters to letters: 65 of them, 128 numbers a letter and in the state."""
    embed, read, answer = kind.Embedding(65, 128), kind.LSTM(128, 128), kind.Linear(128, 65)
    net = kind.ModuleList([embed, read, answer])
    return net, lambda x: answer(read(embed(x))[0]).reshape(-1, 65)


def gpt(kind: object) -> tuple[object, Callable]:
    """2 layers, width 128, 4 heads, 64 letters; gelu in its tanh form on both sides."""
    width, heads, length = 128, 4, 64
    words, places = kind.Embedding(65, width), kind.Embedding(length, width)
    blocks = [
        [
            kind.LayerNorm(width), *(kind.Linear(width, width) for _ in range(4)),
            kind.LayerNorm(width), kind.Linear(width, 4 * width),
            kind.GELU(approximate="tanh"), kind.Linear(4 * width, width),
        ]
        for _ in range(2)
    ]  # fmt: skip
    last, answer = kind.LayerNorm(width), kind.Linear(width, 65)
    net = kind.ModuleList([words, places, *(part for block in blocks for part in block)])
    net.append(last).append(answer)
    attention = kind.functional.scaled_dot_product_attention
    positions = np.arange(length) if kind is nn else torch.arange(length)

    def forward(x: object) -> object:
        n = len(x)
        h = words(x) + places(positions)
        for norm1, q, k, v, out, norm2, wide, bend, narrow in blocks:
            z = norm1(h)
            split = (p(z).reshape(n, length, heads, -1).transpose(1, 2) for p in (q, k, v))
            mixed = attention(*split, is_causal=True)
            h = h + out(mixed.transpose(1, 2).reshape(n, length, width))
            h = h + narrow(bend(wide(norm2(h))))
        return answer(last(h)).reshape(-1, 65)

    return net, forward


def images(make: Callable, classes: int, *shape: int) -> list[Step]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape).astype(np.float32)
    return compared(make, x, rng.integers(0, classes, shape[0]))


def letters(make: Callable, *shape: int) -> list[Step]:
    rng = np.random.default_rng(0)
    return compared(make, rng.integers(0, 65, shape), rng.integers(0, 65, shape).reshape(-1))


def acting() -> list[Step]:
    """Choose one action for one screen with the Nature network."""
    (ours, _), (theirs, _) = nature(nn), nature(torch.nn)
    seen = np.ones((1, 4, 84, 84), np.float32)

    def ours_act() -> int:
        with no_grad():
            return int(ours(Tensor(seen)).data.argmax())

    def torch_act() -> int:
        with torch.inference_mode():
            return int(theirs(torch.from_numpy(seen)).argmax())

    return [ours_act, torch_act]


WORKLOADS: dict[str, Callable[[], list[Step]]] = {
    "LeNet 28x28, batch 64": lambda: images(lenet, 10, 64, 1, 28, 28),
    "Nature CNN 4x84x84, batch 32": lambda: images(nature, 4, 32, 4, 84, 84),
    "acting, Nature CNN": acting,
    "LSTM 128, 64 steps, batch 32": lambda: letters(lstm, 64, 32),
    "GPT 2 layers d 128 h 4 T 64, batch 32": lambda: letters(gpt, 32, 64),
}

if __name__ == "__main__":
    main()
