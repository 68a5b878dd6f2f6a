"""Operations that treat every number on its own.

Each function computes its result and, on the next line, its gradient: `g` is the gradient of the
loss with respect to the result (the upstream gradient), and the lambda returns g times the
derivative, once for each operand. Operands broadcast as in NumPy; `backward` sums the gradients of
the repeated numbers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops.erf import erf
from undergrad.engine.ops.masks import Mask, boolean_mask, masked
from undergrad.engine.ops.operands import Operand, pair

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

# Arithmetic


def add(a: Operand, b: Operand) -> Tensor:
    """a + b. Both derivatives are 1."""
    a, b = pair(a, b)
    return node(a.data + b.data, (a, b), lambda g: (g, g), "add")


def sub(a: Operand, b: Operand) -> Tensor:
    """a - b. The derivatives are 1 and -1."""
    a, b = pair(a, b)
    return node(a.data - b.data, (a, b), lambda g: (g, -g), "sub")


def mul(a: Operand, b: Operand) -> Tensor:
    """a * b. The derivative with respect to each operand is the other one."""
    a, b = pair(a, b)
    left, right = a.data, b.data
    return node(left * right, (a, b), lambda g: (g * right, g * left), "mul")


def div(a: Operand, b: Operand) -> Tensor:
    """a / b. The derivatives are 1/b and -a/b^2."""
    a, b = pair(a, b)
    divisor = b.data
    out = a.data / divisor
    return node(out, (a, b), lambda g: (g / divisor, -g * out / divisor), "div")


def neg(x: Tensor) -> Tensor:
    """-x. Its derivative is -1."""
    return node(-x.data, (x,), lambda g: (-g,), "neg")


# Powers and exponentials


def pow(x: Operand, exponent: Operand) -> Tensor:
    """x^e. The derivatives are e x^(e-1), and x^e log(x), which is 0 at x = 0 for e >= 0.

    For e = 0 the first one is 0, at x = 0 too.
    """
    x, exponent = pair(x, exponent)
    base, e = x.data, exponent.data
    out = _power(base, e)

    def vjp(g: Array) -> tuple[Array | None, Array | None]:
        to_x = to_exponent = None
        if x.requires_grad:
            to_x = masked(g * e * _power(base, np.where(e == 0, 1, e - 1)), e != 0)
        if exponent.requires_grad:
            with np.errstate(divide="ignore", invalid="ignore"):
                to_exponent = masked(g * out * np.log(base), (base != 0) | ~(e >= 0))
        return to_x, to_exponent

    return node(out, (x, exponent), vjp, "pow")


def exp(x: Tensor) -> Tensor:
    """e^x. Its derivative is e^x too."""
    out = np.exp(x.data)
    return node(out, (x,), lambda g: (g * out,), "exp")


def log(x: Tensor) -> Tensor:
    """The natural logarithm. Its derivative is 1/x."""
    data = x.data
    return node(np.log(data), (x,), lambda g: (g / data,), "log")


def log1p(x: Tensor) -> Tensor:
    """log(1 + x), exact also for x near 0. Its derivative is 1 / (1 + x)."""
    data = x.data
    return node(np.log1p(data), (x,), lambda g: (g / (1 + data),), "log1p")


def expm1(x: Tensor) -> Tensor:
    """e^x - 1, exact also for x near 0. Its derivative is e^x."""
    out = np.expm1(x.data)
    return node(out, (x,), lambda g: (g * (out + 1),), "expm1")


def sqrt(x: Tensor) -> Tensor:
    """The square root. Its derivative is 1 / (2 sqrt(x)), infinite at 0."""
    out = np.sqrt(x.data)
    return node(out, (x,), lambda g: (g / (2 * out),), "sqrt")


def rsqrt(x: Tensor) -> Tensor:
    """1 / sqrt(x). Its derivative is -1 / (2 x sqrt(x))."""
    out = 1 / np.sqrt(x.data)
    return node(out, (x,), lambda g: (-0.5 * g * out * out * out,), "rsqrt")


def sin(x: Tensor) -> Tensor:
    """The sine of an angle in radians. Its derivative is the cosine."""
    data = x.data
    return node(np.sin(data), (x,), lambda g: (g * np.cos(data),), "sin")


def cos(x: Tensor) -> Tensor:
    """The cosine of an angle in radians. Its derivative is minus the sine."""
    data = x.data
    return node(np.cos(data), (x,), lambda g: (-g * np.sin(data),), "cos")


# Activations


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent, between -1 and 1. Its derivative is 1 - tanh(x)^2."""
    out = np.tanh(x.data)
    return node(out, (x,), lambda g: (g * (1 - out * out),), "tanh")


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x), called s, between 0 and 1. Its derivative is s (1 - s).

    Computed as (1 + tanh(x/2)) / 2, the same function, in which no power of e can overflow.
    """
    out = 0.5 * (1 + np.tanh(0.5 * x.data))
    return node(out, (x,), lambda g: (g * (out * (1 - out)),), "sigmoid")


def relu(x: Tensor) -> Tensor:
    """max(x, 0). Its derivative is 1 where x is positive, else 0."""
    # NumPy compares two arrays up to four times as fast as an array and a number.
    zeros = np.zeros(x.data.shape[1:], x.data.dtype)  # of the shape of one example
    out = np.maximum(x.data, zeros)
    # out != 0 is x > 0, and also true for nan, which must not end as a harmless gradient of 0.
    return node(out, (x,), lambda g: (masked(g, out != 0),), "relu")


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where x is positive, else `negative_slope` times x. Its derivative is 1 or that number."""
    derivative = np.where(x.data > 0, 1, negative_slope).astype(x.data.dtype)
    return node(x.data * derivative, (x,), lambda g: (g * derivative,), "leaky_relu")


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x is positive, else alpha (e^x - 1), which tends to -alpha.

    The derivatives are 1 and alpha e^x.
    """
    below = alpha * np.expm1(np.minimum(x.data, 0))
    positive = x.data > 0
    out = np.where(positive, x.data, below)
    return node(out, (x,), lambda g: (np.where(positive, g, g * (below + alpha)),), "elu")


def silu(x: Tensor) -> Tensor:
    """x s, where s = sigmoid(x); also called swish. Its derivative is s (1 + x (1 - s))."""
    data = x.data
    s = 0.5 * (1 + np.tanh(0.5 * data))
    return node(data * s, (x,), lambda g: (g * (s * (1 + data * (1 - s))),), "silu")


def gelu(x: Tensor, approximate: Literal["none", "tanh"] = "none") -> Tensor:
    """x P(x), where P is the cumulative normal distribution (Hendrycks and Gimpel 2016).

    P(x), the probability that a standard normal number is smaller than x, is
    (1 + erf(x / sqrt(2))) / 2. Its derivative is the normal density p(x), so that of gelu is
    P(x) + x p(x). With "tanh", P = (1 + tanh(u)) / 2 for u = sqrt(2 / pi) (x + 0.044715 x^3):
    faster, and within 0.0005 of it.
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate is 'none' or 'tanh', not {approximate!r}")
    if approximate == "tanh":
        return _gelu_tanh(x)
    data = x.data
    cumulative = 0.5 * (1 + erf(data * math.sqrt(0.5)))
    density = np.exp(-0.5 * data * data) * (1 / math.sqrt(2 * math.pi))
    out = data * cumulative
    return node(out, (x,), lambda g: (g * (cumulative + data * density),), "gelu")


def _gelu_tanh(x: Tensor) -> Tensor:
    """With u' = sqrt(2/pi) (1 + 3 * 0.044715 x^2) the derivative is P + x u' (1 - tanh^2) / 2."""
    c, cubic = math.sqrt(2 / math.pi), 0.044715
    data = x.data
    square = data * data
    t = np.tanh(data * (c + c * cubic * square))

    def vjp(g: Array) -> tuple[Array]:
        out = 1 - t * t
        out *= data
        out *= c + 3 * c * cubic * square
        out += 1 + t
        out *= 0.5
        out *= g
        return (out,)

    return node(data * (0.5 + 0.5 * t), (x,), vjp, "gelu")


def softplus(x: Tensor) -> Tensor:
    """log(1 + e^x), a smooth relu. Its derivative is sigmoid(x).

    Computed as max(x, 0) + log(1 + e^-|x|), in which no power of e can overflow.
    """
    data = x.data
    out = np.maximum(data, 0) + np.log1p(np.exp(-np.abs(data)))
    return node(out, (x,), lambda g: (g * (0.5 * (1 + np.tanh(0.5 * data))),), "softplus")


# Choices


def abs(x: Tensor) -> Tensor:
    """|x|. Its derivative is the sign of x, 0 at 0."""
    data = x.data
    return node(np.abs(data), (x,), lambda g: (g * np.sign(data),), "abs")


def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1. Its derivative is 0 everywhere."""
    return node(np.sign(x.data), (x,), lambda g: (np.zeros_like(g),), "sign")


def clip(x: Tensor, min: float | None = None, max: float | None = None) -> Tensor:
    """x, clipped to [min, max]. Its derivative is 1 where x lies there, bounds included, else 0."""
    data = x.data

    def vjp(g: Array) -> tuple[Array]:
        above = True if min is None else data >= min
        below = True if max is None else data <= max
        return (masked(g, np.logical_and(above, below)),)

    return node(np.clip(data, min, max), (x,), vjp, "clip")


def where(condition: Mask, a: Operand, b: Operand) -> Tensor:
    """a where `condition`, booleans, holds, else b. The gradient goes to the one that was taken."""
    mask = boolean_mask("where", "condition", condition)
    a, b = pair(a, b)
    out = np.where(mask, a.data, b.data)
    return node(out, (a, b), lambda g: (masked(g, mask), masked(g, ~mask)), "where")


def maximum(a: Operand, b: Operand) -> Tensor:
    """The larger of a and b, number by number. Equal numbers get half of the gradient each."""
    a, b = pair(a, b)
    left, right = a.data, b.data
    return node(np.maximum(left, right), (a, b), lambda g: _divided(g, left, right), "maximum")


def minimum(a: Operand, b: Operand) -> Tensor:
    """The smaller of a and b, number by number. Equal numbers get half of the gradient each."""
    a, b = pair(a, b)
    left, right = a.data, b.data
    return node(np.minimum(left, right), (a, b), lambda g: _divided(g, right, left), "minimum")


def _power(base: Array, exponent: Array) -> Array:
    """base ** exponent. Cubes as products: NumPy's general power takes 290 times as long."""
    if exponent.ndim == 0 and float(exponent) in (1.0, 2.0, 3.0):
        out = base.copy()
        for _ in range(int(exponent) - 1):
            out *= base
        return out
    return np.asarray(base**exponent)


def _divided(g: Array, larger: Array, smaller: Array) -> tuple[Array, Array]:
    """`g` for `larger` unless it is the smaller one, and the reverse; half of it where they meet.

    A nan is neither, so both receive the gradient.
    """
    g = g * (1 - 0.5 * (larger == smaller)).astype(g.dtype)
    return masked(g, ~(larger < smaller)), masked(g, ~(smaller < larger))
