"""The small networks with HIPS autograd (package `autograd`), which differentiates NumPy itself.

It brings no layers and no optimiser, so this is what a person would write with it: weights in one
list, a function of the loss, and Adam with its arithmetic in place.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Weights = list[tuple[Any, Any]]


def mlp(batch_size: int = 64, widths: Sequence[int] = (784, 256, 128, 10)) -> Callable[[], None]:
    import autograd.numpy as anp

    x, y = (
        numbers(batch_size, widths[0]),
        np.random.default_rng(1).integers(0, widths[-1], batch_size),
    )
    rows = np.arange(batch_size)

    def loss(weights: Weights) -> Any:
        scores = forward(anp, weights, x)
        largest = anp.max(scores, axis=1, keepdims=True)
        total = anp.log(anp.sum(anp.exp(scores - largest), axis=1)) + largest[:, 0]
        return anp.mean(total - scores[rows, y])

    return training(loss, drawn(widths))


def dqn(widths: Sequence[int], batch_size: int) -> Callable[[], None]:
    import autograd.numpy as anp

    now, then, reward = (
        numbers(batch_size, widths[0]),
        numbers(batch_size, widths[0]),
        numbers(batch_size),
    )
    act, rows = np.random.default_rng(1).integers(0, widths[-1], batch_size), np.arange(batch_size)
    target = drawn(widths)

    def loss(weights: Weights) -> Any:
        wanted = reward + np.float32(0.99) * forward(np, target, then).max(axis=1)
        error = anp.abs(forward(anp, weights, now)[rows, act] - wanted)
        inside = anp.minimum(error, np.float32(1))
        return anp.mean(inside * (error - np.float32(0.5) * inside))

    return training(loss, drawn(widths))


def training(loss: Callable[[Weights], Any], weights: Weights) -> Callable[[], None]:
    from autograd import grad

    gradient = grad(loss)
    flat = [w for pair in weights for w in pair]
    averages = [(np.zeros_like(w), np.zeros_like(w)) for w in flat]
    steps = itertools.count(1)

    def step() -> None:
        t = next(steps)
        found = [g for pair in gradient(weights) for g in pair]
        for w, g, (m, v) in zip(flat, found, averages, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            w -= 0.001 / (1 - 0.9**t) * m / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    return step


def forward(library: Any, weights: Weights, x: Any) -> Any:
    *hidden, (last, bias) = weights
    for w, b in hidden:
        x = library.maximum(library.dot(x, w) + b, np.float32(0))
    return library.dot(x, last) + bias


def drawn(widths: Sequence[int]) -> Weights:
    rng = np.random.default_rng(0)
    return [
        (rng.normal(0, 0.1, pair).astype(np.float32), np.zeros(pair[1], np.float32))
        for pair in itertools.pairwise(widths)
    ]


def numbers(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)
