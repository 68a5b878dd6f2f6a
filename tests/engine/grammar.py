"""Calls of operations with settings and sizes that are drawn independently: `RULES`, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from tests.engine.fills import numbers
from tests.engine.windows import adaptive_pool, convolution, pool, transposed_convolution

from undergrad.cases.record import Rng, Sample
from undergrad.engine.autograd import Array

SIZES = (0, 1, 1, 2, 3, 5)


def size(rng: Rng) -> int:
    return int(rng.choice(SIZES))


def sizes(rng: Rng, low: int = 0, high: int = 4) -> tuple[int, ...]:
    """The shape of an array of `low` to `high` axes."""
    return tuple(size(rng) for _ in range(rng.integers(low, high + 1)))


def any_dim(rng: Rng, ndim: int) -> int:
    return int(rng.integers(-max(ndim, 1), max(ndim, 1)))


def _reduction(
    several: bool, always_dim: bool = False, **more: tuple[Any, ...]
) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        x = numbers(rng, *sizes(rng))
        settings: dict[str, Any] = {}
        if always_dim or rng.random() < 0.7:
            settings = {"dim": any_dim(rng, x.ndim), "keepdim": bool(rng.random() < 0.5)}
            if several and rng.random() < 0.4 and x.ndim:
                chosen = rng.permutation(x.ndim)[: rng.integers(1, x.ndim + 1)]
                settings["dim"] = tuple(int(i) for i in chosen)
        chosen_more = {k: v[rng.integers(len(v))] for k, v in more.items()}
        return Sample("", (x,), {**settings, **chosen_more})

    return rule


def _norm(rng: Rng) -> Sample:
    sample = _reduction(True)(rng)
    return replace(sample, args=(*sample.args, float(rng.choice([0.5, 1.0, 2.0, 3.0, np.inf]))))


def _along(name: str = "dim", high: int = 4) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        x = numbers(rng, *sizes(rng, 1, high))
        return Sample("", (x,), {name: any_dim(rng, x.ndim)})

    return rule


def _matmul(rng: Rng) -> Sample:
    m, k, n = size(rng), size(rng), size(rng)
    left, right = sizes(rng, 0, 2), sizes(rng, 0, 2)
    a, b = (*left, m, k), (*right, k, n)
    return Sample("", (numbers(rng, *_vector(rng, a, -1)), numbers(rng, *_vector(rng, b, -2))))


def _vector(rng: Rng, shape: tuple[int, ...], keep: int) -> tuple[int, ...]:
    return (shape[keep],) if rng.random() < 0.2 else shape


def _linear(rng: Rng) -> Sample:
    inputs, outputs = int(rng.integers(1, 4)), int(rng.integers(1, 4))  # a layer has features
    x = numbers(rng, *sizes(rng, 0, 3), inputs)
    args = [x, numbers(rng, outputs, inputs)]
    return Sample("", (*args, numbers(rng, outputs)) if rng.random() < 0.5 else tuple(args))


def _broadcast(rng: Rng) -> Sample:
    shape = sizes(rng, 0, 4)
    pair = [tuple(1 if rng.random() < 0.3 else n for n in shape) for _ in range(2)]
    cut = [p[rng.integers(len(p) + 1) :] if rng.random() < 0.4 else p for p in pair]
    return Sample("", tuple(numbers(rng, *p) for p in cut))


def _layer_norm(rng: Rng) -> Sample:
    x = numbers(rng, *sizes(rng, 0, 2), *(max(1, n) for n in sizes(rng, 1, 2)))
    last = x.shape[-1:]
    weights = (numbers(rng, *last), numbers(rng, *last)) if rng.random() < 0.6 else ()
    return Sample("", (x, last, *weights))


def _group_norm(rng: Rng) -> Sample:
    groups = int(rng.integers(1, 4))
    channels = groups * int(rng.integers(1, 3))
    x = numbers(rng, size(rng), channels, *(max(2, n) for n in sizes(rng, 1, 2)))
    weights = (numbers(rng, channels), numbers(rng, channels)) if rng.random() < 0.6 else ()
    return Sample("", (x, groups, *weights))


def _attention(rng: Rng) -> Sample:
    queries, keys, width, out = size(rng), size(rng), int(rng.integers(1, 4)), size(rng)
    lead = sizes(rng, 0, 2)
    args = [
        numbers(rng, *lead, queries, width),
        numbers(rng, *lead, keys, width),
        numbers(rng, *lead, keys, out),
    ]
    if rng.random() < 0.3:
        return Sample("", tuple(args), {"is_causal": True})
    masks = [rng.random((queries, keys)) < 0.6] if rng.random() < 0.5 else []
    return Sample("", (*args, *masks))


def _classes(probabilities: bool) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        n, classes, rest = size(rng), int(rng.integers(1, 5)), sizes(rng, 0, 2)
        x = numbers(rng, n, classes, *rest)
        target: Array = rng.integers(0, classes, (n, *rest))
        settings: dict[str, Any] = {"reduction": str(rng.choice(["mean", "sum", "none"]))}
        if probabilities and rng.random() < 0.3:
            settings["label_smoothing"] = float(rng.choice([0.1, 1.0]))
        if rng.random() < 0.4:
            settings["weight"] = np.abs(numbers(rng, classes)).astype(np.float32)
        if rng.random() < 0.4:
            target = np.where(rng.random(target.shape) < 0.4, -100, target)
        if rng.random() < 0.2:
            settings["ignore_index"] = 0
            target = np.where(target == -100, 0, target)
        return Sample("", (x, target), settings)

    return rule


def _elements(**more: tuple[float, ...]) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        shape = sizes(rng, 0, 3)
        settings: dict[str, Any] = {"reduction": str(rng.choice(["mean", "sum", "none"]))}
        settings |= {k: v[rng.integers(len(v))] for k, v in more.items()}
        return Sample("", (numbers(rng, *shape), numbers(rng, *shape)), settings)

    return rule


def _embedding(rng: Rng) -> Sample:
    rows = int(rng.integers(1, 5))
    index = rng.integers(0, rows, sizes(rng, 0, 3))
    padding = {"padding_idx": int(rng.integers(-rows, rows))} if rng.random() < 0.5 else {}
    return Sample("", (np.asarray(index), numbers(rng, rows, size(rng))), padding)


def _gather(rng: Rng) -> Sample:
    x = numbers(rng, *(max(1, n) for n in sizes(rng, 1, 3)))
    dim = any_dim(rng, x.ndim)
    shape = [int(rng.integers(0, n + 1)) for n in x.shape]
    shape[dim] = size(rng)
    return Sample("", (x, dim, rng.integers(0, x.shape[dim], shape)))


def _index_select(rng: Rng) -> Sample:
    x = numbers(rng, *(max(1, n) for n in sizes(rng, 1, 3)))
    dim = any_dim(rng, x.ndim)
    return Sample("", (x, dim, rng.integers(0, x.shape[dim], size(rng))))


def _pad(rng: Rng) -> Sample:
    x = numbers(rng, *sizes(rng, 1, 3))
    amounts = tuple(int(n) for n in rng.choice([0, 0, 1, 2], 2 * rng.integers(1, x.ndim + 1)))
    return Sample("", (x, amounts), {"value": float(rng.choice([0.0, 7.0]))})


def _joined(rng: Rng) -> Sample:
    shape = list(sizes(rng, 1, 3))
    dim = any_dim(rng, len(shape))
    parts = []
    for _ in range(rng.integers(1, 4)):
        shape[dim] = size(rng)
        parts.append(numbers(rng, *shape))
    return Sample("", (parts,), {"dim": dim})


def _pieces(rng: Rng) -> Sample:
    x = numbers(rng, *sizes(rng, 1, 3))
    dim = any_dim(rng, x.ndim)
    return Sample("", (x, int(rng.integers(1, 5))), {"dim": dim})


def _power(rng: Rng) -> Sample:
    exponent = rng.choice([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0])
    return Sample("", (numbers(rng, *sizes(rng, 0, 3)), float(exponent)))


_P = (1, 2, 3, np.inf, 0.5)
_LOSS = _elements()
RULES: dict[str, Callable[[Rng], Sample]] = {
    "conv1d": convolution(1),
    "conv2d": convolution(2),
    "conv_transpose2d": transposed_convolution,
    "max_pool1d": pool(1, maximum=True),
    "max_pool2d": pool(2, maximum=True),
    "avg_pool1d": pool(1, maximum=False),
    "avg_pool2d": pool(2, maximum=False),
    "adaptive_avg_pool1d": adaptive_pool(1),
    "adaptive_avg_pool2d": adaptive_pool(2),
    "sum": _reduction(True),
    "mean": _reduction(True),
    "var": _reduction(True, correction=(0, 1)),
    "std": _reduction(True, correction=(0, 1)),
    "amax": _reduction(True),
    "amin": _reduction(True),
    "max": _reduction(False),
    "min": _reduction(False),
    "prod": _reduction(False),
    "norm": _norm,
    "logsumexp": _reduction(True, always_dim=True),
    "softmax": _along(),
    "log_softmax": _along(),
    "cumsum": _along(),
    "unsqueeze": _along(),
    "squeeze": _along(),
    "matmul": _matmul,
    "linear": _linear,
    "add": _broadcast,
    "mul": _broadcast,
    "div": _broadcast,
    "maximum": _broadcast,
    "minimum": _broadcast,
    "pow": _power,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "scaled_dot_product_attention": _attention,
    "cross_entropy": _classes(probabilities=True),
    "nll_loss": _classes(probabilities=False),
    "mse_loss": _LOSS,
    "l1_loss": _LOSS,
    "huber_loss": _elements(delta=(0.5, 1.0, 2.0)),
    "smooth_l1_loss": _elements(beta=(0.0, 0.5, 1.0)),
    "binary_cross_entropy_with_logits": _LOSS,
    "embedding": _embedding,
    "gather": _gather,
    "index_select": _index_select,
    "pad": _pad,
    "concat": _joined,
    "split": _pieces,
    "chunk": _pieces,
}
