"""Corner cases drawn from a small grammar: settings and numbers that a person would not think of.

    corner    = filled sample | window | sized call
    filled    = a record's own sample, its numbers replaced by
                ties | whole numbers | zeros | infinities | foreign byte order
    window    = a convolution or a pool whose kernel, stride, padding, dilation and image are drawn
                independently: kernel 1, padding of the kernel's size, stride larger than the
                kernel, images of size 0 and 1 ...
    sized     = a reduction, norm, loss, product or rearrangement of arrays whose axes have size
                0, 1, 2, 3 or 5

The draws are independent of each other, so most of them are ordinary, some are senseless and are
refused, and the rest are the corners. `tests.engine.parity` compares the fast form, the readable
twin and PyTorch on all of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from undergrad.cases.draws import uniform
from undergrad.cases.record import Case, Layer, Operation, Rng, Sample, converted
from undergrad.engine.autograd import Array

Fill: TypeAlias = Callable[[Rng, Array], Array]

SIZES = (0, 1, 1, 2, 3, 5)
_ANY: dict[str, Fill] = {
    "ties": lambda rng, x: np.round(2 * x) / 2 + 0.0,  # no -0.0, whose powers PyTorch rounds away
    "whole numbers": lambda rng, x: np.round(3 * x) + 0.0,
    "zeros": lambda rng, x: np.where(rng.random(x.shape) < 0.5, 0.0, x),
    "foreign byte order": lambda rng, x: x.astype(">f8"),
}
_MASKED: dict[str, Fill] = {
    "minus infinities": lambda rng, x: np.where(rng.random(x.shape) < 0.2, -np.inf, x)
}
_INFINITE: dict[str, Fill] = {
    "infinities": lambda rng, x: np.where(rng.random(x.shape) < 0.2, np.copysign(np.inf, x), x)
}
# Infinity times 0 is not a number. Where numbers are multiplied and summed, whether that happens
# depends on the order, so these operations are compared on infinite numbers, and no others.
_WITH_INFINITIES = ("elementwise", "shape", "pool")
_WITH_MASKED_NUMBERS = ("softmax",)
_FINITE_ONLY = {
    "gelu": "PyTorch's is not a number at infinity, where the limit is infinity or 0",
    "div": "the derivative is a product of infinity and 0",
    "pow": "the derivative is a product of infinity and 0",
    "mul": "the derivative is a product of infinity and 0",
}
_DISTRIBUTIONS = {"kl_div", "KLDivLoss", "binary_cross_entropy", "BCELoss"}  # keep their numbers


def fills_of(case: Case) -> dict[str, Fill]:
    """The ways to replace the numbers of a record on which PyTorch can be compared."""
    family = case.ours.__module__.rpartition(".")[2]
    if case.name in _DISTRIBUTIONS:
        return {"foreign byte order": _ANY["foreign byte order"]}
    if not isinstance(case, Operation) or case.name in _FINITE_ONLY:
        return _ANY
    if family in _WITH_INFINITIES:
        return {**_ANY, **_INFINITE, **_MASKED}
    return {**_ANY, **_MASKED} if family in _WITH_MASKED_NUMBERS else _ANY


def filled(case: Case, seed: int) -> Iterator[Sample]:
    """The samples of a record, each with its numbers replaced in every way."""
    rng = np.random.default_rng([seed, 11])
    for sample in case.samples(seed):
        for name, fill in fills_of(case).items():
            args = converted(sample.args, functools.partial(_filled, fill, rng), {})
            yield replace(sample, label=f"{sample.label}, {name}", args=args)


def _filled(fill: Fill, rng: Rng, x: Array) -> Array:
    return np.asarray(fill(rng, x)) if x.dtype.kind == "f" else x


def drawn(case: Case, seed: int, count: int) -> Iterator[Sample]:
    """`count` calls of an operation that the grammar has a rule for; none for the others."""
    rng = np.random.default_rng([seed, 12, len(case.name), *case.name.encode()])
    rule = RULES.get(case.name)
    if rule is not None:
        for i in range(count):
            sample = rule(rng)
            yield replace(sample, label=f"{i}: {_described(sample)}")


def _described(sample: Sample) -> str:
    shapes = converted(sample.args, lambda x: x.shape, {})
    return f"{shapes} {dict(sample.kwargs)}"


def numbers(rng: Rng, *shape: int) -> Array:
    """An array of ordinary numbers, or of ties, zeros or infinities."""
    x = uniform(rng, shape)
    fill = str(rng.choice(["", "", "", "ties", "whole numbers", "zeros"]))
    return np.asarray(_ANY[fill](rng, x)) if fill else x


def size(rng: Rng) -> int:
    return int(rng.choice(SIZES))


def sizes(rng: Rng, low: int = 0, high: int = 4) -> tuple[int, ...]:
    """The shape of an array of `low` to `high` axes."""
    return tuple(size(rng) for _ in range(rng.integers(low, high + 1)))


def any_dim(rng: Rng, ndim: int) -> int:
    return int(rng.integers(-max(ndim, 1), max(ndim, 1)))


# Windows


def _pair(rng: Rng, *choices: int, axes: int = 2) -> Any:
    """One number for all axes, or one for each."""
    if axes == 1 or rng.random() < 0.5:
        return int(rng.choice(choices))
    return tuple(int(n) for n in rng.choice(choices, axes))


def _image(rng: Rng, channels: int, axes: int) -> Array:
    image = tuple(
        int(n) for n in rng.choice([0, 1, 2, 3, 4, 6, 7], axes, p=[0.05] + 6 * [0.95 / 6])
    )
    return numbers(rng, int(rng.choice([0, 1, 2, 3], p=[0.05, 0.4, 0.35, 0.2])), channels, *image)


def _convolution(axes: int) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        groups = int(rng.choice([1, 1, 1, 2, 3]))
        inputs, outputs = (groups * int(rng.integers(1, 3)) for _ in range(2))
        kernel = tuple(int(k) for k in rng.choice([1, 1, 2, 3, 4], axes))
        args = [_image(rng, inputs, axes), numbers(rng, outputs, inputs // groups, *kernel)]
        if rng.random() < 0.5:
            args.append(numbers(rng, outputs))
        settings = {
            "stride": _pair(rng, 1, 1, 2, 3, 5, axes=axes),
            "padding": _pair(rng, 0, 0, 1, 2, 4, axes=axes),
            "dilation": _pair(rng, 1, 1, 1, 2, 3, axes=axes),
            "groups": groups,
        }
        if rng.random() < 0.1:
            settings |= {"padding": "same", "stride": 1}
        return Sample("", tuple(args), settings)

    return rule


def _transposed_convolution(rng: Rng) -> Sample:
    groups = int(rng.choice([1, 1, 2]))
    inputs, outputs = (groups * int(rng.integers(1, 3)) for _ in range(2))
    kernel = tuple(int(k) for k in rng.choice([1, 1, 2, 3, 4], 2))
    args = [_image(rng, inputs, 2), numbers(rng, inputs, outputs // groups, *kernel)]
    if rng.random() < 0.5:
        args.append(numbers(rng, outputs))
    settings = {
        "stride": _pair(rng, 1, 1, 2, 3, 5),
        "padding": _pair(rng, 0, 0, 1, 2, 3),
        "output_padding": _pair(rng, 0, 0, 1, 2),
        "groups": groups,
        "dilation": _pair(rng, 1, 1, 2, 3),
    }
    return Sample("", tuple(args), settings)


def _pool(axes: int, maximum: bool) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        kernel = _pair(rng, 1, 2, 3, 4, axes=axes)
        settings: dict[str, Any] = {
            "kernel_size": kernel,
            "stride": _pair(rng, 1, 2, 3, 5, axes=axes),
            "padding": _pair(rng, 0, 0, 1, 2, axes=axes),
            "ceil_mode": bool(rng.random() < 0.3),
        }
        if maximum and rng.random() < 0.4:
            # PyTorch 2.13 itself aborts for some dilated kernels with large padding.
            settings |= {"dilation": _pair(rng, 1, 2, 3, axes=axes), "padding": 0}
        if not maximum:
            settings["count_include_pad"] = bool(rng.random() < 0.5)
        if rng.random() < 0.3:
            del settings["stride"]
        return Sample("", (_image(rng, int(rng.integers(1, 3)), axes),), settings)

    return rule


def _adaptive_pool(axes: int) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        return Sample("", (_image(rng, 2, axes), _pair(rng, 1, 2, 3, 5, 8, axes=axes)))

    return rule


# Sizes


def _reduction(several: bool, **more: tuple[Any, ...]) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        x = numbers(rng, *sizes(rng))
        settings: dict[str, Any] = {}
        if rng.random() < 0.7:
            settings = {"dim": any_dim(rng, x.ndim), "keepdim": bool(rng.random() < 0.5)}
            if several and rng.random() < 0.4 and x.ndim:
                chosen = rng.permutation(x.ndim)[: rng.integers(1, x.ndim + 1)]
                settings["dim"] = tuple(int(i) for i in chosen)
        chosen_more = {k: v[rng.integers(len(v))] for k, v in more.items()}
        return Sample("", (x,), {**settings, **chosen_more})

    return rule


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
    "conv1d": _convolution(1),
    "conv2d": _convolution(2),
    "conv_transpose2d": _transposed_convolution,
    "max_pool1d": _pool(1, maximum=True),
    "max_pool2d": _pool(2, maximum=True),
    "avg_pool1d": _pool(1, maximum=False),
    "avg_pool2d": _pool(2, maximum=False),
    "adaptive_avg_pool1d": _adaptive_pool(1),
    "adaptive_avg_pool2d": _adaptive_pool(2),
    "sum": _reduction(True),
    "mean": _reduction(True),
    "var": _reduction(True, correction=(0, 1)),
    "std": _reduction(True, correction=(0, 1)),
    "amax": _reduction(True),
    "amin": _reduction(True),
    "max": _reduction(False),
    "min": _reduction(False),
    "prod": _reduction(False),
    "norm": _reduction(True),
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


# What PyTorch computes and ours refuses on purpose, by a part of the message, with the reason.
STRICTER = {
    "there is nothing to average": "PyTorch gives nan, and all weights are nan after the next step",
    "cannot average 0 numbers": "PyTorch gives nan",
    "the result would have size": "PyTorch gives an image without pixels",
    "must be smaller than the stride": "PyTorch lets it pass where the batch has no images",
}


def corners(case: Case, seed: int, count: int) -> Iterator[Sample]:
    """The corners of a record: its own samples filled again, and `count` from the grammar."""
    if isinstance(case, Operation | Layer):
        yield from filled(case, seed)
        yield from drawn(case, seed, count)
