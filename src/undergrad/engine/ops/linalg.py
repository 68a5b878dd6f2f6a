"""Matrix products. Their gradients are matrix products again, with the other factor transposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, shape

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """The matrix product a @ b; leading axes broadcast, vectors count as in NumPy.

    From out[i, k] = sum_j a[i, j] b[j, k] follow d/da = g b^T and d/db = a^T g.
    """
    if a.data.ndim == 0 or b.data.ndim == 0 or a.data.shape[-1] != b.data.shape[-min(2, b.ndim)]:
        raise ValueError(_does_not_fit("matmul", a, b))
    left = a.data if a.data.ndim > 1 else a.data[None, :]
    right = b.data if b.data.ndim > 1 else b.data[:, None]

    def vjp(g: Array) -> tuple[Array | None, Array | None]:
        if a.data.ndim == 1:
            g = np.expand_dims(g, -1 if b.data.ndim == 1 else -2)
        if b.data.ndim == 1:
            g = np.expand_dims(g, -1)
        to_a = g @ right.swapaxes(-1, -2) if a.requires_grad else None
        to_b = left.swapaxes(-1, -2) @ g if b.requires_grad else None
        return to_a, to_b[..., 0] if to_b is not None and b.data.ndim == 1 else to_b

    return node(a.data @ b.data, (a, b), vjp, "matmul")


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x @ weight^T + bias in one step: (..., in), (out, in) and (out,) give (..., out).

    With all leading axes of x made into one, g (n, out) gives d/dx = g weight, d/dweight = g^T x
    and d/dbias = the sum of g over n. What `linear_simple` computes, with one node in place of
    three; and no product is spent on the gradient of an input that needs none.
    """
    try:
        out = _times(x.data, weight.data.T)
    except ValueError:
        raise ValueError(_does_not_fit("linear", x, weight)) from None
    if bias is not None:
        out += bias.data

    def vjp(g: Array) -> tuple[Array | None, ...]:
        n_out, n_in = weight.data.shape
        rows = g.reshape(-1, n_out)  # (n, out)
        to_x = g @ weight.data if x.requires_grad else None
        to_weight = rows.T @ x.data.reshape(-1, n_in)  # (out, in)
        return (to_x, to_weight) if bias is None else (to_x, to_weight, rows.sum(axis=0))

    return node(out, (x, weight) if bias is None else (x, weight, bias), vjp, "linear")


def linear_simple(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The readable twin of `linear`."""
    product = matmul(x, shape.transpose(weight, 0, 1))
    return product if bias is None else elementwise.add(product, bias)


def _times(x: Array, matrix: Array) -> Array:
    """x @ matrix; for a single row by `dot`, in half the time: an agent acts on one observation."""
    return np.asarray(x.dot(matrix) if x.ndim == 1 else x @ matrix)


def _does_not_fit(op: str, a: Tensor, b: Tensor) -> str:
    cure = (
        "the last axis of x must be as long as the last axis of weight"
        if op == "linear"
        else "the last axis of the first must be as long as the second-last axis of the second"
    )
    return f"{op}: shapes {a.data.shape} and {b.data.shape} do not fit: {cure}"
