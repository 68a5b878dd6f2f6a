"""Long short-term memory: a recurrent layer with a second, almost undisturbed state.

The cell state c is only ever scaled and added to, so a gradient can pass through many steps of it.
As in `recurrent`, whose letters are used here, the fast form is one node for a whole sequence.

It keeps the four gates apart, as (4, T, N, H): what happens to one gate at one step is then
contiguous in memory, and the forward pass takes a fifth less time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import linalg, shape
from undergrad.engine.ops.operands import given
from undergrad.engine.ops.recurrent import check, sum_of

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def lstm_simple(
    x: Tensor,
    h0: Tensor,
    c0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g), h_t = sigmoid(o) tanh(c_t), step by step."""
    states, cell = [h0], c0
    for x_t in x:
        from_input = linalg.linear(x_t, weight_ih, bias_ih)
        from_state = linalg.linear(states[-1], weight_hh, bias_hh)
        i, f, g, o = (from_input + from_state).chunk(4, dim=1)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        states.append(o.sigmoid() * cell.tanh())
    return shape.stack(states[1:]), states[-1], cell


def lstm(
    x: Tensor,
    h0: Tensor,
    c0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Fast form of `lstm_simple`: one node, 1.7 times as fast.

    Long short-term memory (Hochreiter and Schmidhuber 1997), for x (T, N, I), h0 and c0 (N, H).
    With z = W_ih x_t + b_ih + W_hh h_(t-1) + b_hh in four parts i, f, g, o:
    c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g) and h_t = sigmoid(o) tanh(c_t).
    Returns all hidden states h (T, N, H), the last h and the last c (N, H).

    The gradient runs through the steps in reverse, from c_t to c_(t-1) by the factor sigmoid(f).
    """
    check("lstm", 4, x, (h0, c0), weight_ih, weight_hh, bias_ih, bias_hh)
    inputs, to_input, to_state = x.data, _four(weight_ih.data), _four(weight_hh.data)
    (steps, n, features), size = inputs.shape, h0.data.shape[1]
    state, dtype = (n, size), x.data.dtype
    states = np.empty((steps + 2, *state), dtype)  # h_0 .. h_T, then c_T
    cells = np.empty((steps + 1, *state), dtype)  # c_0 .. c_T
    tanh_cells = np.empty((steps, *state), dtype)  # tanh(c_1) .. tanh(c_T)
    states[0], cells[0] = h0.data, c0.data
    scale = _scale(dtype)
    from_input, from_state = (
        (scale * weight).swapaxes(1, 2).copy() for weight in (to_input, to_state)
    )  # (4, I, H), (4, H, H)
    gates = inputs.reshape(steps * n, features) @ from_input
    if (bias := sum_of(bias_ih, bias_hh)) is not None:
        gates += scale * _four(bias)[:, None]
    gates = gates.reshape(4, steps, *state)  # z, then the gates i, f, g, o in its place
    for t in range(steps):
        z = gates[:, t]
        z += states[t] @ from_state
        _tanh_and_sigmoids(z, scale)
        i, f, g, o = z
        np.multiply(f, cells[t], out=cells[t + 1])
        cells[t + 1] += i * g
        np.tanh(cells[t + 1], out=tanh_cells[t])
        np.multiply(o, tanh_cells[t], out=states[t + 1])
    states[-1] = cells[-1]

    def vjp(grad: Array) -> list[Array | None]:
        to_z, to_h, to_c = np.empty_like(gates), np.zeros_like(h0.data), grad[steps].copy()
        for t in range(steps - 1, -1, -1):
            to_h += grad[t]
            _step_backward(gates[:, t], cells[t], tanh_cells[t], to_h, to_c, to_z[:, t])
            to_h = (to_z[:, t] @ to_state).sum(axis=0)
        flat = to_z.reshape(4, steps * n, size)
        to_x = (flat @ to_input).sum(axis=0).reshape(inputs.shape)
        gradients = to_x, to_h, to_c, _to_weight(flat, inputs), _to_weight(flat, states[:steps])
        return [*gradients, *[flat.sum(axis=1).ravel()] * (len(parents) - 5)]

    parents = given(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh)
    both = node(states[1:], parents, vjp, "lstm")
    return both[:steps], both[steps - 1], both[steps]


def _step_backward(
    gates: Array, cell: Array, tanh_cell: Array, to_h: Array, to_c: Array, to_z: Array
) -> None:
    """One step in reverse; fills `to_z`, and turns `to_c` into that of the step before."""
    i, f, g, o = gates
    derivatives = gates * (1 - gates)  # of the sigmoids
    derivatives[2] = 1 - g * g  # of the tanh
    to_c += to_h * o * (1 - tanh_cell * tanh_cell)
    np.multiply(to_c, g, out=to_z[0])
    np.multiply(to_c, cell, out=to_z[1])
    np.multiply(to_c, i, out=to_z[2])
    np.multiply(to_h, tanh_cell, out=to_z[3])
    to_z *= derivatives
    to_c *= f


def _four(stacked: Array) -> Array:
    """A parameter stacked for the gates i, f, g, o as in PyTorch: (4H, ...) -> (4, H, ...)."""
    return stacked.reshape(4, -1, *stacked.shape[1:])


def _to_weight(to_z: Array, inputs: Array) -> Array:
    """The gradient of a stacked weight (4H, ...): a product for each gate, over all steps."""
    flat = inputs.reshape(-1, inputs.shape[-1])
    products: Array = to_z.swapaxes(1, 2) @ flat
    return products.reshape(-1, inputs.shape[-1])


def _scale(dtype: np.dtype[np.generic]) -> Array:
    """1/2 for the three sigmoids and 1 for the tanh, in the order of the gates: (4, 1, 1)."""
    return np.array([0.5, 0.5, 1, 0.5], dtype)[:, None, None]


def _tanh_and_sigmoids(z: Array, scale: Array) -> None:
    """Gates (4, N, H) from values that were scaled already: one call of tanh for all four.

    sigmoid(z) = tanh(z / 2) / 2 + 1/2.
    """
    np.tanh(z, out=z)
    z *= scale
    z += 1 - scale
