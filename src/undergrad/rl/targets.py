"""What the value of an action should have been: targets to learn from, as pure functions.

The value q(s, a) of an action is the reward it brings plus everything that is earned afterwards.
What comes afterwards is not known, so it is estimated by the network itself, one step later; that
is called bootstrapping. Only where the world truly ended there is nothing to estimate. Being cut
off by a time limit is not such an end.

B is the batch, A the number of actions, Z of atoms or quantiles. NumPy arrays in, a new one out.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


def td(reward: Array, terminated: Array, next_value: Array, discount: float | Array) -> Array:
    """r + discount * v(s'), and r alone where the episode terminated.

    reward, terminated, next_value: (B,). When s' is k steps away, `reward` is the discounted sum
    of the rewards on the way and `discount` the array (B,) of discount^k.
    Returns (B,), of the type of `next_value`.
    Source: Sutton and Barto, Reinforcement Learning, 2nd edition, equations 6.2 and 7.1.
    """
    _same_shape(reward=reward, terminated=terminated, next_value=next_value)
    goes_on = np.logical_not(terminated)
    return np.asarray(reward + discount * next_value * goes_on, dtype=next_value.dtype)


def td_each(reward: Array, terminated: Array, next_value: Array, discount: float | Array) -> Array:
    """`td` for Z values of each s', such as the places of quantiles: next_value and result (B, Z).

    Source: Dabney et al. 2018, "Distributional Reinforcement Learning with Quantile Regression",
    algorithm 1.
    """
    rewards = np.broadcast_to(reward[:, None], next_value.shape)
    ends = np.broadcast_to(terminated[:, None], next_value.shape)
    return td(rewards, ends, next_value, np.reshape(discount, (-1, 1)))


def double_value(target_out: Array, chooser_q: Array) -> Array:
    """target_out(s', argmax over a of chooser_q(s', a)): (B, A) or (B, A, Z) -> (B,) or (B, Z).

    One network chooses, the other judges, so that an error counts only if both make it. With the
    target's own values as the chooser this is the maximum of plain DQN, which is too large on
    average when the estimates are noisy.
    Source: van Hasselt, Guez and Silver 2016, "Deep Reinforcement Learning with Double Q-learning".
    """
    _same_shape(target_out=target_out[:, :, 0] if target_out.ndim > 2 else target_out, q=chooser_q)
    best = chooser_q.argmax(axis=1)
    return np.asarray(target_out[np.arange(len(best)), best])


def categorical(
    reward: Array, terminated: Array, next_probability: Array, atoms: Array, discount: float | Array
) -> Array:
    """The distribution of r + discount * z', put back onto the atoms: (B, Z), rows of sum 1.

    Each atom z' of the next state is moved to r + discount * z' (to r, where the episode
    terminated), held within the first and last atom, and its probability is shared between the
    two atoms beside its new place, the nearer one receiving more. The mean is kept, unless
    something was held back at an end.

    reward, terminated: (B,).   next_probability: (B, Z).   atoms: (Z,), evenly spaced, ascending.
    Source: Bellemare, Dabney and Munos 2017, "A Distributional Perspective on Reinforcement
    Learning", algorithm 1; whose shares are both 0 when a place is exactly an atom, ours are not.
    """
    _same_shape(reward=reward, terminated=terminated, next=next_probability[:, 0])
    count, gap = len(atoms), atoms[1] - atoms[0]
    moved = np.reshape(discount, (-1, 1)) * atoms * np.logical_not(terminated)[:, None]
    place = (np.clip(reward[:, None] + moved, atoms[0], atoms[-1]) - atoms[0]) / gap  # (B, Z)
    lower = np.clip(np.floor(place).astype(np.intp), 0, count - 2)
    upper_share = np.clip(place - lower, 0, 1)
    rows = np.arange(len(reward))[:, None] * count
    size = len(reward) * count
    low = np.bincount((rows + lower).ravel(), (next_probability * (1 - upper_share)).ravel(), size)
    high = np.bincount((rows + lower + 1).ravel(), (next_probability * upper_share).ravel(), size)
    return np.asarray((low + high).reshape(len(reward), count), dtype=next_probability.dtype)


def quantile_huber(quantile: Array, goal: Array, delta: float) -> tuple[Array, Array]:
    """The loss of quantile regression, with its corner rounded off, and its gradient.

    For the quantile at level tau_i = (i + 1/2) / Z and each of the goals, u = goal - quantile:
    |tau_i - [u < 0]| * huber(u) / delta, summed over i and averaged over the goals. So a quantile
    is pulled up by what lies above it with weight tau, and down with weight 1 - tau.

    quantile: (B, Z).   goal: (B, M).   Returns the loss (B,) and its gradient (B, Z).
    Source: Dabney et al. 2018, equations 9 and 10.
    """
    levels = (np.arange(quantile.shape[1], dtype=quantile.dtype) + 0.5) / quantile.shape[1]
    error = goal[:, None, :] - quantile[:, :, None]  # (B, Z, M)
    weight = np.abs(levels[:, None] - (error < 0))
    held = np.clip(error, -delta, delta)
    loss = weight * held * (error - held / 2) / delta
    slope = -weight * held / delta
    gradient = np.asarray(slope.mean(axis=2), dtype=quantile.dtype)
    return loss.sum(axis=1).mean(axis=1), gradient


def _same_shape(**arrays: Array) -> None:
    """(B,) against (B, 1) would quietly make (B, B)."""
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        raise ValueError(f"these must have one shape: {shapes}")
