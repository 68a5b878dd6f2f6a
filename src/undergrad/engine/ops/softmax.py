"""From scores to probabilities, and the loss that teaches classes.

Softmax turns scores z into p_i = e^(z_i) / sum_j e^(z_j). The largest score is taken out first:
that changes no probability, and no power of e can overflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, reduce, shape
from undergrad.engine.ops.loss import Reduction, reduced

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def softmax(x: Tensor, dim: int) -> Tensor:
    """Probabilities along `dim`, from any scores.

    Raising z_i takes from all others what it gives to p_i: dp_i/dz_j = p_i (1[i=j] - p_j), so the
    gradient is p (g - sum(g p)).
    """
    powers = np.exp(x.data - x.data.max(axis=dim, keepdims=True))
    p = powers / powers.sum(axis=dim, keepdims=True)
    return node(p, (x,), lambda g: (p * (g - (g * p).sum(axis=dim, keepdims=True)),), "softmax")


def softmax_simple(x: Tensor, dim: int) -> Tensor:
    """The readable twin of `softmax`."""
    powers = elementwise.exp(x - reduce.amax(x, dim, keepdim=True).detach())
    return powers / reduce.sum(powers, dim, keepdim=True)


def log_softmax(x: Tensor, dim: int) -> Tensor:
    """The logarithm of softmax, exact even where a probability rounds to 0.

    log p = z - logsumexp(z), and the gradient is g - p sum(g).
    """
    log_p = _log_softmax(x.data, dim)
    return node(
        log_p,
        (x,),
        lambda g: (g - np.exp(log_p) * g.sum(axis=dim, keepdims=True),),
        "log_softmax",
    )


def log_softmax_simple(x: Tensor, dim: int) -> Tensor:
    """The readable twin of `log_softmax`."""
    return x - reduce.logsumexp(x, dim, keepdim=True)


def cross_entropy(
    logits: Tensor,
    target: npt.ArrayLike,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log of the probability that the scores give to the right class.

    The gradient of an example is softmax(logits) minus the wanted distribution: 1 at the right
    class; or, with s = `label_smoothing`, 1 - s there and s spread evenly over all classes.

    Arguments:
        logits: scores of shape (..., classes).
        target: the right classes, integers of shape (...).
        reduction: "mean", "sum", or "none" for one loss an example, of the shape of `target`.
        label_smoothing: the share of certainty to give away, from 0 to 1.
    """
    labels = _checked_labels(logits.data, target, label_smoothing)
    right = (np.arange(labels.size), labels.reshape(-1))
    classes = logits.data.shape[-1]
    log_p = _log_softmax(logits.data, -1).reshape(-1, classes)  # (n, classes)
    losses = -log_p[right]
    if label_smoothing:
        losses = (1 - label_smoothing) * losses - label_smoothing * log_p.mean(axis=-1)

    def vjp(g: Array) -> tuple[Array]:
        to_logits = np.exp(log_p)
        to_logits[right] -= 1 - label_smoothing
        if label_smoothing:
            to_logits -= label_smoothing / classes
        to_logits *= g.reshape(-1, 1)
        return (to_logits.reshape(logits.data.shape),)

    return reduced(node(losses.reshape(labels.shape), (logits,), vjp, "cross_entropy"), reduction)


def cross_entropy_simple(
    logits: Tensor,
    target: npt.ArrayLike,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The readable twin of `cross_entropy`."""
    labels = _checked_labels(logits.data, target, label_smoothing)
    log_p = log_softmax_simple(logits, -1)
    right = shape.squeeze(shape.gather(log_p, -1, labels[..., None]), -1)
    losses = (label_smoothing - 1) * right - label_smoothing * reduce.mean(log_p, -1)
    return reduced(losses, reduction)


def _log_softmax(scores: Array, dim: int) -> Array:
    shifted = scores - scores.max(axis=dim, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True)))


def _checked_labels(scores: Array, target: npt.ArrayLike, label_smoothing: float) -> Array:
    labels, classes = np.asarray(target), scores.shape[-1]
    if labels.dtype.kind not in "iu" or labels.shape != scores.shape[:-1]:
        raise ValueError(
            f"cross_entropy: logits of shape {scores.shape} need integer targets of shape "
            f"{scores.shape[:-1]}, not {labels.dtype} of shape {labels.shape}"
        )
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"cross_entropy: targets run from {labels.min()} to {labels.max()}, but with "
            f"{classes} scores an example they must lie between 0 and {classes - 1}"
        )
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing {label_smoothing} is not in [0, 1]")
    return labels
