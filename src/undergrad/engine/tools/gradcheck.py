"""Is a gradient right? Compare it with finite differences, the change when an input is nudged.

For a function f and random weights c, the number s(x) = sum(c * f(x)) has the gradient that
`backward(c)` computes, and also the numeric gradient (s(x + h) - s(x - h)) / 2h, one number of x
at a time. The weights are random on purpose: with all ones, the outputs of softmax sum to 1
whatever x is, every gradient is 0, and a wrong rule passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


@dataclass(frozen=True)
class Finding:
    """One argument of the function, at the index where its two gradients differ most."""

    op: str
    argument: int
    index: tuple[int, ...]
    computed: float  # by backward
    numeric: float  # by finite differences
    right: bool
    kinks: int  # indices left out, since the derivatives from both sides differ there

    def __str__(self) -> str:
        verdict = "right" if self.right else "wrong"
        kinks = f", {self.kinks} kinks left out" if self.kinks else ""
        return (
            f"{self.op}, argument {self.argument}: {verdict}; worst at {self.index}: "
            f"computed {self.computed:.6g}, numeric {self.numeric:.6g}{kinks}"
        )


@dataclass(frozen=True)
class Report:
    """The findings for all arguments. True when each of them is right."""

    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return all(finding.right for finding in self.findings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))


def gradcheck(
    function: Callable[..., Tensor],
    *inputs: Tensor,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-4,
    rng: np.random.Generator | int | None = 0,
) -> Report:
    """Compare the gradients of `function` at `inputs` with numeric gradients.

    Arguments:
        function: takes the inputs, returns one tensor; it must give the same result every time.
        inputs: float64 tensors. Those with requires_grad=True are checked.
        eps: how far to nudge.
        atol, rtol: |computed - numeric| may be atol + rtol |numeric|.
        rng: for the random weights.

    Raises TypeError for float32, in which the nudge would drown in rounding.
    """
    if any(x.dtype != np.float64 for x in inputs):
        raise TypeError("gradcheck needs float64 inputs: Tensor(x, dtype=np.float64)")
    out = function(*inputs)
    weights = generator(rng).normal(size=out.shape)
    before = [x.grad for x in inputs]
    computed = _computed(out, inputs, weights)
    for x, gradient in zip(inputs, before, strict=True):
        x.grad = gradient

    def total() -> float:
        return float((function(*inputs).data * weights).sum())

    return Report(
        tuple(
            _compare(out.op, i, gradient, *_one_sided(total, x.data, eps), atol, rtol)
            for i, (x, gradient) in enumerate(zip(inputs, computed, strict=True))
            if x.requires_grad
        )
    )


def _computed(out: Tensor, inputs: tuple[Tensor, ...], weights: Array) -> list[Array]:
    for x in inputs:
        x.grad = None
    out.backward(weights)
    return [np.zeros_like(x.data) if x.grad is None else x.grad for x in inputs]


def _one_sided(total: Callable[[], float], x: Array, eps: float) -> tuple[Array, Array]:
    """The derivatives from the left and from the right, for every number of `x`."""
    left, right, here = np.zeros_like(x), np.zeros_like(x), total()
    for index in np.ndindex(x.shape):
        value = x[index]
        x[index] = value - eps
        left[index] = (here - total()) / eps
        x[index] = value + eps
        right[index] = (total() - here) / eps
        x[index] = value
    return left, right


def _compare(
    op: str, argument: int, computed: Array, left: Array, right: Array, atol: float, rtol: float
) -> Finding:
    """The worst index. Not at a kink, where any number between the two derivatives would do."""
    numeric = (left + right) / 2
    kink = np.abs(right - left) > 1e-3 * (1 + np.abs(numeric))
    excess = np.abs(computed - numeric) - (atol + rtol * np.abs(numeric))
    excess = np.where(kink, -np.inf, np.where(np.isnan(excess), np.inf, excess))
    if not excess.size:
        return Finding(op, argument, (), 0.0, 0.0, True, 0)
    worst = tuple(int(i) for i in np.unravel_index(excess.argmax(), excess.shape))
    return Finding(
        op=op,
        argument=argument,
        index=worst,
        computed=float(computed[worst]),
        numeric=float(numeric[worst]),
        right=bool(excess[worst] <= 0 and not kink.all()),
        kinks=int(kink.sum()),
    )
