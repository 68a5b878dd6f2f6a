"""Long short-term memory: a recurrent layer with a second state that little disturbs.

The cell c is only ever scaled and added to, so a gradient can pass through many steps of it. Like
the layers in `recurrent`, whose letters are used here, it is one node for a whole sequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, linalg, shape
from undergrad.engine.ops.recurrent import (
    check,
    from_inputs,
    parts,
    present,
    to_bias,
    to_input,
    to_weight,
    total,
)

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def lstm(
    x: Tensor,
    h0: Tensor,
    c0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Long short-term memory (Hochreiter and Schmidhuber 1997), for x (T, N, I), h0 and c0 (N, H).

    With z = W_ih x_t + b_ih + W_hh h_(t-1) + b_hh in four parts i, f, g, o:
    c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g) and h_t = sigmoid(o) tanh(c_t).
    Returns all states h (T, N, H), the last h and the last c (N, H).

    The gradient runs back through the steps, from c_t to c_(t-1) by the factor sigmoid(f).
    """
    check("lstm", 4, x, (h0, c0), weight_ih, weight_hh, bias_ih, bias_hh)
    steps, size = len(x.data), h0.data.shape[1]
    recurrent = weight_hh.data
    states = np.empty((steps + 2, *h0.data.shape), x.data.dtype)  # h_0 .. h_T, then c_T
    cells = np.empty((steps + 1, *h0.data.shape), x.data.dtype)  # c_0 .. c_T
    bent = np.empty((steps, *h0.data.shape), x.data.dtype)  # tanh(c_1) .. tanh(c_T)
    states[0], cells[0] = h0.data, c0.data
    half, bias = _halves(size, x.data.dtype), total(bias_ih, bias_hh)
    halved = (recurrent * half[:, None]).T.copy()  # (H, 4H)
    gates = from_inputs(  # then i, f, g, o in its place
        x, weight_ih.data * half[:, None], None if bias is None else bias * half
    )
    for t in range(steps):
        z = gates[t]
        z += states[t] @ halved
        _tanh_and_sigmoids(z, size)
        i, f, g, o = (z[:, k * size : (k + 1) * size] for k in range(4))
        np.multiply(f, cells[t], out=cells[t + 1])
        cells[t + 1] += i * g
        np.tanh(cells[t + 1], out=bent[t])
        np.multiply(o, bent[t], out=states[t + 1])
    states[-1] = cells[-1]

    def vjp(grad: Array) -> list[Array | None]:
        to_z, to_h, to_c = np.empty_like(gates), np.zeros_like(h0.data), grad[steps].copy()
        for t in range(steps - 1, -1, -1):
            to_h += grad[t]
            _lstm_step_back(gates[t], cells[t], bent[t], to_h, to_c, to_z[t])
            to_h = to_z[t] @ recurrent
        ours = to_input(x, weight_ih, to_z), to_h, to_c, to_weight(to_z, x.data)
        biases = [to_bias(to_z)] * (len(parents) - 5)
        return [*ours, to_weight(to_z, states[:steps]), *biases]

    parents = present(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh)
    both = node(states[1:], parents, vjp, "lstm")
    return both[:steps], both[steps - 1], both[steps]


def _lstm_step_back(
    gates: Array, cell: Array, bent: Array, to_h: Array, to_c: Array, to_z: Array
) -> None:
    """One step of the way back; `to_z` is filled, and `to_c` becomes that of the step before."""
    size = bent.shape[1]
    i, f, g, o = (gates[:, k * size : (k + 1) * size] for k in range(4))
    slopes = gates * (1 - gates)  # of the sigmoids
    slopes[:, 2 * size : 3 * size] = 1 - g * g
    to_c += to_h * o * (1 - bent * bent)
    np.multiply(to_c, g, out=to_z[:, :size])
    np.multiply(to_c, cell, out=to_z[:, size : 2 * size])
    np.multiply(to_c, i, out=to_z[:, 2 * size : 3 * size])
    np.multiply(to_h, bent, out=to_z[:, 3 * size :])
    to_z *= slopes
    to_c *= f


def _halves(size: int, dtype: np.dtype[np.generic]) -> Array:
    """1/2 for the three sigmoids of the LSTM and 1 for its tanh: (4H,)."""
    half = np.full(4 * size, 0.5, dtype)
    half[2 * size : 3 * size] = 1
    return half


def _tanh_and_sigmoids(z: Array, size: int) -> None:
    """Gates of the LSTM from values that were halved already: one call of tanh for all four."""
    np.tanh(z, out=z)
    for sigmoid in (z[:, : 2 * size], z[:, 3 * size :]):
        sigmoid *= 0.5
        sigmoid += 0.5


# Readable twin


def lstm_simple(
    x: Tensor,
    h0: Tensor,
    c0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """The readable twin of `lstm`."""
    states, cell = [h0], c0
    for now in x:
        from_state = linalg.linear(states[-1], weight_hh, bias_hh)
        i, f, g, o = parts(linalg.linear(now, weight_ih, bias_ih) + from_state, 4)
        cell = elementwise.sigmoid(f) * cell + elementwise.sigmoid(i) * elementwise.tanh(g)
        states.append(elementwise.sigmoid(o) * elementwise.tanh(cell))
    return shape.stack(states[1:]), states[-1], cell
