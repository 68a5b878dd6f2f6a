"""Operations that treat every number on its own.

Each function computes its result and names, in the same breath, the gradient: `g` is the gradient
of the loss with respect to the result, and the lambda returns it times the local slope, once for
each operand. Operands broadcast as in NumPy; `backward` sums the gradients back.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops.erf import erf
from undergrad.engine.ops.operands import Operand, pair

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

# Arithmetic


def add(a: Operand, b: Operand) -> Tensor:
    """a + b. The gradient goes to both as it is."""
    a, b = pair(a, b)
    return node(a.data + b.data, (a, b), lambda g: (g, g), "add")


def sub(a: Operand, b: Operand) -> Tensor:
    """a - b. The slopes are 1 and -1."""
    a, b = pair(a, b)
    return node(a.data - b.data, (a, b), lambda g: (g, -g), "sub")


def mul(a: Operand, b: Operand) -> Tensor:
    """a * b. The slope of each operand is the other one."""
    a, b = pair(a, b)
    return node(a.data * b.data, (a, b), lambda g: (g * b.data, g * a.data), "mul")


def div(a: Operand, b: Operand) -> Tensor:
    """a / b. The slopes are 1/b and -(a/b)/b."""
    a, b = pair(a, b)
    out = a.data / b.data
    return node(out, (a, b), lambda g: (g / b.data, -g * out / b.data), "div")


def neg(x: Tensor) -> Tensor:
    """-x. Its slope is -1."""
    return node(-x.data, (x,), lambda g: (-g,), "neg")


# Powers and exponentials


def pow(x: Operand, exponent: Operand) -> Tensor:
    """x to the power e. The slopes are e x^(e-1), and x^e log(x), which counts as 0 at x = 0."""
    x, exponent = pair(x, exponent)
    base, e = x.data, exponent.data
    out = _power(base, e)

    def vjp(g: Array) -> tuple[Array | None, Array | None]:
        below = np.where(e == 0, 1, e - 1)  # for e = 0 the slope is 0, at x = 0 too
        to_x = g * e * _power(base, below) if x.requires_grad else None
        to_exponent = g * out * _log_or_0(base) if exponent.requires_grad else None
        return to_x, to_exponent

    return node(out, (x, exponent), vjp, "pow")


def exp(x: Tensor) -> Tensor:
    """e to the power x, its own slope."""
    out = np.exp(x.data)
    return node(out, (x,), lambda g: (g * out,), "exp")


def log(x: Tensor) -> Tensor:
    """The natural logarithm. Its slope is 1/x."""
    return node(np.log(x.data), (x,), lambda g: (g / x.data,), "log")


def log1p(x: Tensor) -> Tensor:
    """log(1 + x), exact also for x near 0. Its slope is 1 / (1 + x)."""
    return node(np.log1p(x.data), (x,), lambda g: (g / (1 + x.data),), "log1p")


def expm1(x: Tensor) -> Tensor:
    """e^x - 1, exact also for x near 0. Its slope is e^x."""
    out = np.expm1(x.data)
    return node(out, (x,), lambda g: (g * (out + 1),), "expm1")


def sqrt(x: Tensor) -> Tensor:
    """The square root. Its slope is 1 / (2 sqrt(x)), infinite at 0."""
    out = np.sqrt(x.data)
    return node(out, (x,), lambda g: (g / (2 * out),), "sqrt")


def rsqrt(x: Tensor) -> Tensor:
    """1 / sqrt(x). Its slope is -1 / (2 x sqrt(x))."""
    out = 1 / np.sqrt(x.data)
    return node(out, (x,), lambda g: (-0.5 * g * out * out * out,), "rsqrt")


def sin(x: Tensor) -> Tensor:
    """The sine of an angle in radians. Its slope is the cosine."""
    return node(np.sin(x.data), (x,), lambda g: (g * np.cos(x.data),), "sin")


def cos(x: Tensor) -> Tensor:
    """The cosine of an angle in radians. Its slope is minus the sine."""
    return node(np.cos(x.data), (x,), lambda g: (-g * np.sin(x.data),), "cos")


# Activations


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent, between -1 and 1. Its slope is 1 - tanh(x)^2."""
    out = np.tanh(x.data)
    return node(out, (x,), lambda g: (g * (1 - out * out),), "tanh")


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x), between 0 and 1. Its slope is s (1 - s).

    Computed as (1 + tanh(x/2)) / 2, the same function, in which no power of e can overflow.
    """
    out = 0.5 * (1 + np.tanh(0.5 * x.data))
    return node(out, (x,), lambda g: (g * (out * (1 - out)),), "sigmoid")


def relu(x: Tensor) -> Tensor:
    """x where x is positive, else 0. The gradient passes where x was positive and nowhere else."""
    # NumPy compares two arrays up to four times as fast as an array and a number.
    zeros = np.zeros(x.data.shape[1:], x.data.dtype)  # of the shape of one example
    out = np.maximum(x.data, zeros)
    return node(out, (x,), lambda g: (g * (out > 0),), "relu")


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where x is positive, else `negative_slope` times x."""
    slope = np.where(x.data > 0, 1, negative_slope).astype(x.data.dtype)
    return node(x.data * slope, (x,), lambda g: (g * slope,), "leaky_relu")


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x is positive, else alpha (e^x - 1), which bends towards -alpha.

    The slopes are 1 and alpha e^x.
    """
    below = alpha * np.expm1(np.minimum(x.data, 0))
    out = np.where(x.data > 0, x.data, below)
    return node(out, (x,), lambda g: (np.where(x.data > 0, g, g * (below + alpha)),), "elu")


def silu(x: Tensor) -> Tensor:
    """x sigmoid(x), also called swish. Its slope is s (1 + x (1 - s))."""
    s = 0.5 * (1 + np.tanh(0.5 * x.data))
    return node(x.data * s, (x,), lambda g: (g * (s * (1 + x.data * (1 - s))),), "silu")


def gelu(x: Tensor, approximate: Literal["none", "tanh"] = "none") -> Tensor:
    """x times the probability that a number from the bell curve is smaller (Hendrycks 2016).

    That probability is P = (1 + erf(x / sqrt(2))) / 2, and the slope P + x times the bell curve.
    With "tanh", P = (1 + tanh(u)) / 2 for u = sqrt(2 / pi) (x + 0.044715 x^3): faster, and within
    0.0005 of it.
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate is 'none' or 'tanh', not {approximate!r}")
    if approximate == "tanh":
        return _gelu_tanh(x)
    p = 0.5 * (1 + erf(x.data * math.sqrt(0.5)))
    bell = np.exp(-0.5 * x.data * x.data) * (1 / math.sqrt(2 * math.pi))
    return node(x.data * p, (x,), lambda g: (g * (p + x.data * bell),), "gelu")


def _gelu_tanh(x: Tensor) -> Tensor:
    """With u' = sqrt(2/pi) (1 + 3 * 0.044715 x^2) the slope is P + x u' (1 - tanh^2) / 2."""
    c, cubic = math.sqrt(2 / math.pi), 0.044715
    square = x.data * x.data
    t = np.tanh(x.data * (c + c * cubic * square))

    def vjp(g: Array) -> tuple[Array]:
        slope = 1 - t * t
        slope *= x.data
        slope *= c + 3 * c * cubic * square
        slope += 1 + t
        slope *= 0.5
        slope *= g
        return (slope,)

    return node(x.data * (0.5 + 0.5 * t), (x,), vjp, "gelu")


def softplus(x: Tensor) -> Tensor:
    """log(1 + e^x), a smooth relu. Its slope is sigmoid(x).

    Computed as max(x, 0) + log(1 + e^-|x|), in which no power of e can overflow.
    """
    out = np.maximum(x.data, 0) + np.log1p(np.exp(-np.abs(x.data)))
    return node(out, (x,), lambda g: (g * (0.5 * (1 + np.tanh(0.5 * x.data))),), "softplus")


# Choices


def abs(x: Tensor) -> Tensor:
    """The distance from 0. Its slope is the sign of x, 0 at 0."""
    return node(np.abs(x.data), (x,), lambda g: (g * np.sign(x.data),), "abs")


def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1. Its slope is 0 everywhere."""
    return node(np.sign(x.data), (x,), lambda g: (np.zeros_like(g),), "sign")


def clip(x: Tensor, min: float | None = None, max: float | None = None) -> Tensor:
    """x, held between `min` and `max`. The gradient passes where x lies there, bounds included."""
    out = np.clip(x.data, min, max)
    return node(out, (x,), lambda g: (g * (out == x.data),), "clip")


def where(condition: npt.ArrayLike, a: Operand, b: Operand) -> Tensor:
    """a where `condition` holds, else b. The gradient goes to the one that was taken."""
    chosen = np.asarray(condition, dtype=bool)
    a, b = pair(a, b)
    out = np.where(chosen, a.data, b.data)
    return node(out, (a, b), lambda g: (g * chosen, g * ~chosen), "where")


def maximum(a: Operand, b: Operand) -> Tensor:
    """The larger of a and b, number by number. Equal numbers share the gradient."""
    a, b = pair(a, b)
    out = np.maximum(a.data, b.data)
    return node(out, (a, b), lambda g: _to_the_chosen(g, out, a.data, b.data), "maximum")


def minimum(a: Operand, b: Operand) -> Tensor:
    """The smaller of a and b, number by number. Equal numbers share the gradient."""
    a, b = pair(a, b)
    out = np.minimum(a.data, b.data)
    return node(out, (a, b), lambda g: _to_the_chosen(g, out, a.data, b.data), "minimum")


def _power(base: Array, exponent: Array) -> Array:
    """base ** exponent. Cubes as products: NumPy's general power takes 290 times as long."""
    if exponent.ndim == 0 and float(exponent) in (1.0, 2.0, 3.0):
        return {1.0: base, 2.0: base * base, 3.0: base * base * base}[float(exponent)]
    return np.asarray(base**exponent)


def _log_or_0(x: Array) -> Array:
    """log(x), and 0 where x is 0."""
    return np.log(np.where(x == 0, 1, x))


def _to_the_chosen(g: Array, out: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """`g` where an operand is the result, half of it where both are."""
    shared = g * (1 - 0.5 * (a == b)).astype(g.dtype)
    return shared * (a == out), shared * (b == out)
