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
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from tests.engine.fills import Fill, fills_of
from tests.engine.grammar import RULES

from undergrad.cases.record import Case, Layer, Operation, Rng, Sample, converted
from undergrad.engine.autograd import Array

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
