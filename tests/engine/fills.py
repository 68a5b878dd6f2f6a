"""Ways to replace the numbers of a sample: ties, zeros, infinities, another byte order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from undergrad.cases.draws import uniform
from undergrad.cases.record import Case, Operation, Rng
from undergrad.engine.autograd import Array

Fill: TypeAlias = Callable[[Rng, Array], Array]

ANY: dict[str, Fill] = {
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
_WITH_INFINITIES = ("elementwise", "shape", "pool", "reduce")
_WITH_MASKED_NUMBERS = ("softmax", "loss")
_FINITE_ONLY = {
    "gelu": "PyTorch's is not a number at infinity, where the limit is infinity",
    "div": "the derivative is a product of infinity and 0",
    "pow": "the derivative is a product of infinity and 0",
    "mul": "the derivative is a product of infinity and 0",
    "prod": "PyTorch divides the product by each number, where ours multiplies the others",
    "l1_loss": "PyTorch's sign of nan, of infinity minus infinity, is 0; ours stays nan",
    "smooth_l1_loss": "as l1_loss",
}
_DISTRIBUTIONS = {"kl_div", "KLDivLoss", "binary_cross_entropy", "BCELoss"}  # keep their numbers


def fills_of(case: Case) -> dict[str, Fill]:
    """The ways to replace the numbers of a record on which PyTorch can be compared."""
    family = case.ours.__module__.rpartition(".")[2]
    if case.name in _DISTRIBUTIONS:
        return {"foreign byte order": ANY["foreign byte order"]}
    if not isinstance(case, Operation) or case.name in _FINITE_ONLY:
        return ANY
    if family in _WITH_INFINITIES:
        return {**ANY, **_INFINITE, **_MASKED}
    return {**ANY, **_MASKED} if family in _WITH_MASKED_NUMBERS else ANY


def numbers(rng: Rng, *shape: int) -> Array:
    """An array of ordinary numbers, or of ties, zeros or infinities."""
    x = uniform(rng, shape)
    fill = str(rng.choice(["", "", "", "ties", "whole numbers", "zeros"]))
    return np.asarray(ANY[fill](rng, x)) if fill else x
