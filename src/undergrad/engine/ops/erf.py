"""The error function, which NumPy lacks: erf(x) is 2/sqrt(pi) times the area below e^(-t^2).

It has no closed form. In float32 one quotient of two polynomials is exact to the last digits; in
float64 two of them are needed, one near 0 and one for the tail (the Cephes library's).
"""

from __future__ import annotations

import numpy as np

from undergrad.engine.autograd import Array

_SINGLE = (
    (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
     -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02),
    (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
     -1.42647390514189e-02),
)  # fmt: skip
_NEAR = (
    (9.60497373987051638749, 9.00260197203842689217e1, 2.23200534594684319226e3,
     7.00332514112805075473e3, 5.55923013010394962768e4),
    (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
     2.26290000613890934246e4, 4.92673942608635921086e4),
)  # fmt: skip
_TAIL = (
    (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687,
     4.86371970985681366614e1, 1.96520832956077098242e2, 5.26445194995477358631e2,
     9.34528527171957607540e2, 1.02755188689515710272e3, 5.57535335369399327526e2),
    (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
     9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3,
     1.65666309194161350182e3, 5.57535340817727675546e2),
)  # fmt: skip


def erf(x: Array) -> Array:
    """erf of every number, of the float type of x."""
    if x.dtype == np.float32:
        held = np.clip(x, -4, 4)  # beyond 4, erf is 1 in float32
        return held * _quotient(held * held, _SINGLE)
    size = np.minimum(np.abs(x), 6.5)
    near = np.minimum(size, 1)
    inner = near * _quotient(near * near, _NEAR)
    outer = 1 - np.exp(-size * size) * _quotient(size, _TAIL)
    return np.copysign(np.where(size < 1, inner, outer), x)


def _quotient(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    above, below = (_polynomial(x, each) for each in coefficients)
    above /= below
    return above


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Horner's rule: the coefficient of the highest power comes first."""
    out = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        out *= x
        out += coefficient
    return out
