"""How good is it? Numbers for people, where a loss is a number for the optimiser."""

import numpy as np
import numpy.typing as npt

from undergrad.engine.tensor import Tensor


def accuracy(scores: Tensor, labels: npt.ArrayLike) -> float:
    """The share of examples whose highest score stands at the right class.

    Arguments:
        scores: shape (n, classes).
        labels: the right classes, shape (n,).
    """
    return float((scores.argmax(dim=-1) == np.asarray(labels)).mean())
