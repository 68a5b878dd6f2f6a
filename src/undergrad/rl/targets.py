"""What the value of an action should have been: targets to learn from, as pure functions.

The value q(s, a) of an action is the reward it brings plus everything that is earned afterwards.
What comes afterwards is not known, so it is estimated by the network itself, one step later; that
is called bootstrapping. Only where the world truly ended there is nothing to estimate. Being cut
off by a time limit is not such an end.

B is the batch, A the number of actions. NumPy arrays in, a new NumPy array out.
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


def greedy_value(target_q: Array) -> Array:
    """max over a of q_target(s', a): (B, A) -> (B,). Mnih et al. 2015.

    The maximum of noisy estimates is on average too large.
    """
    return np.asarray(target_q.max(axis=1))


def double_value(target_q: Array, online_q: Array) -> Array:
    """q_target(s', argmax over a of q_online(s', a)): (B, A) and (B, A) -> (B,).

    One network chooses, the other judges, so that an error counts only if both make it.
    Source: van Hasselt, Guez and Silver 2016, "Deep Reinforcement Learning with Double Q-learning".
    """
    _same_shape(target_q=target_q, online_q=online_q)
    chosen = online_q.argmax(axis=1)
    return np.asarray(target_q[np.arange(len(chosen)), chosen])


def _same_shape(**arrays: Array) -> None:
    """(B,) against (B, 1) would quietly make (B, B)."""
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        raise ValueError(f"these must have one shape: {shapes}")
