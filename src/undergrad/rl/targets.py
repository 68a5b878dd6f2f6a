"""What the output of a value network should have been: targets to learn from, as pure functions.

The value q(s, a) of an action is the reward it brings plus everything that is earned afterwards.
What comes afterwards is not known, so the network itself estimates it, one step later; that is
called bootstrapping. Only where the episode truly terminated there is nothing to estimate. Being
cut off by a time limit is not such an end.

B is the batch size, Z the number of atoms or quantiles (1 for a single number).
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor
from undergrad.engine.nn.functional import huber_loss

Array: TypeAlias = npt.NDArray[Any]


def td(reward: Array, terminated: Array, next_value: Array, discount: float | Array) -> Array:
    """r + discount * v(s'), and r alone where the episode terminated: (B, Z).

    reward, terminated: (B,).   next_value: (B, Z), such as the values of quantiles.
    When s' is n steps away, `reward` is the discounted sum of the rewards up to there and
    `discount` the array (B,) of gamma^n. The result has the type of `next_value`.
    Source: Sutton and Barto, Reinforcement Learning, 2nd edition, equations 6.2 and 7.1; for
    quantiles Dabney et al. 2018, algorithm 1.
    """
    _same_length(reward=reward, terminated=terminated, next_value=next_value)
    bootstrap = discount * np.logical_not(terminated)  # (B,)
    return np.asarray(reward[:, None] + bootstrap[:, None] * next_value, dtype=next_value.dtype)


def c51_projection(
    reward: Array, terminated: Array, next_probability: Array, atoms: Array, discount: float | Array
) -> Array:
    """The distribution of r + discount * z', projected onto the atoms: (B, Z), rows of sum 1.

    Each atom z' of the next state is moved to r + discount * z' (to r, where the episode
    terminated) and held within the first and the last atom. Its probability is divided between the
    two atoms beside it, the nearer one receiving more. The mean is kept, unless something was held
    back at an end.

    reward, terminated: (B,).   next_probability: (B, Z).   atoms: (Z,), evenly spaced, ascending.
    Source: Bellemare, Dabney and Munos 2017, "A Distributional Perspective on Reinforcement
    Learning", algorithm 1; whose two fractions are both 0 exactly at an atom, ours are not.
    """
    _same_length(reward=reward, terminated=terminated, next_probability=next_probability)
    count, gap = len(atoms), atoms[1] - atoms[0]
    moved = np.reshape(discount, (-1, 1)) * atoms * np.logical_not(terminated)[:, None]
    index = (np.clip(reward[:, None] + moved, atoms[0], atoms[-1]) - atoms[0]) / gap  # (B, Z)
    lower = np.clip(np.floor(index).astype(np.intp), 0, count - 2)
    upper_part = np.clip(index - lower, 0, 1)
    rows = np.arange(len(reward))[:, None] * count
    size = len(reward) * count
    low = np.bincount((rows + lower).ravel(), (next_probability * (1 - upper_part)).ravel(), size)
    high = np.bincount((rows + lower + 1).ravel(), (next_probability * upper_part).ravel(), size)
    return np.asarray((low + high).reshape(len(reward), count), dtype=next_probability.dtype)


def quantile_huber_loss(quantile: Tensor, td_target: Array, delta: float) -> Tensor:
    """The loss of quantile regression, with its corner rounded off: (B,).

    For the quantile at level tau_i = (i + 1/2) / Z and each of the targets, u = target - quantile:
    |tau_i - [u < 0]| * huber(u) / delta, summed over i and averaged over the targets. So a quantile
    is pulled up by what lies above it with weight tau, and down with weight 1 - tau.

    quantile: (B, Z).   td_target: (B, M).
    Source: Dabney et al. 2018, "Distributional Reinforcement Learning with Quantile Regression",
    equations 9 and 10.
    """
    count, z = quantile.shape
    shape = (count, z, td_target.shape[1])
    levels = (np.arange(z, dtype=quantile.dtype) + 0.5) / z
    target = np.ascontiguousarray(np.broadcast_to(td_target[:, None, :], shape))
    below = target < quantile.data[:, :, None]
    weight = np.abs(levels[:, None] - below).astype(quantile.dtype)  # (B, Z, M)
    each = huber_loss(
        quantile.reshape(count, z, 1).expand(*shape), target, delta=delta, reduction="none"
    )
    return (each * weight / delta).sum(1).mean(1)


def _same_length(**arrays: Array) -> None:
    """(B,) against (B, 1) would quietly make (B, B)."""
    shapes = {name: array.shape for name, array in arrays.items()}
    first, *rest = shapes.values()
    if any(len(shape) != 1 for shape in [first, *rest[:-1]]) or len(rest[-1]) != 2:
        raise ValueError(f"these must be (B,), (B,) and (B, Z): {shapes}")
    if len({shape[0] for shape in shapes.values()}) > 1:
        raise ValueError(f"these must have one length: {shapes}")
