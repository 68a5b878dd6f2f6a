"""Heads: what the output of a value network says, one number for each action or a distribution.

A distribution of returns tells more than its mean, and learning it makes the network see more. The
action is still chosen by the mean. Each head answers four questions: what is the mean of an output,
what should an output have been, how far is it from that, and how large is the error.

B is the batch size, A the number of actions, Z the number of atoms or quantiles.
"""

from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor
from undergrad.engine.nn.functional import huber_loss, log_softmax
from undergrad.rl import targets

Array: TypeAlias = npt.NDArray[Any]


class Head(Protocol):
    """What the output of the network says about an action."""

    def mean(self, out: Array) -> Array:
        """The value of each action: (B, A) or (B, A, Z) -> (B, A)."""

    def td_target(
        self, reward: Array, terminated: Array, next_out: Array, discount: Array
    ) -> Array:
        """What the output for the action taken should have been, of the shape of `next_out`.

        reward, terminated, discount: (B,).   next_out: of the next action, (B, 1) or (B, Z).
        """

    def loss(self, taken: Tensor, td_target: Array) -> Tensor:
        """How far the output for the action taken is from that: (B,)."""

    def td_error(self, taken: Array, td_target: Array) -> Array:
        """How much there is to learn from each transition: (B,), for prioritized replay."""


class ScalarHead:
    """One number for each action: its expected return.

    Arguments:
        v_min, v_max: no return can be outside; what the target network promises beyond is cut off.
        delta: errors beyond it count linearly rather than squared.
    """

    def __init__(self, v_min: float = -np.inf, v_max: float = np.inf, delta: float = 1.0) -> None:
        self.v_min, self.v_max, self.delta = v_min, v_max, delta

    def mean(self, out: Array) -> Array:
        return out

    def td_target(
        self, reward: Array, terminated: Array, next_out: Array, discount: Array
    ) -> Array:
        return targets.td(reward, terminated, next_out.clip(self.v_min, self.v_max), discount)

    def loss(self, taken: Tensor, td_target: Array) -> Tensor:
        return huber_loss(taken, td_target, delta=self.delta, reduction="none").reshape(-1)

    def td_error(self, taken: Array, td_target: Array) -> Array:
        return np.asarray(np.abs(taken - td_target)[:, 0])


class C51Head:
    """C51: the probability of each of Z fixed returns (Bellemare, Dabney and Munos 2017).

    Arguments:
        v_min, v_max: the first and the last of the returns.
        n_atoms: how many, evenly spaced.
    """

    def __init__(self, v_min: float, v_max: float, n_atoms: int) -> None:
        if not (np.isfinite(v_max - v_min) and v_min < v_max and n_atoms > 1):
            raise ValueError(
                "C51Head: the returns go from v_min up to v_max in 2 or more atoms, "
                f"not from {v_min} to {v_max} in {n_atoms}"
            )
        self.atoms = np.linspace(v_min, v_max, n_atoms, dtype=np.float32)

    def mean(self, out: Array) -> Array:
        return np.asarray(_softmax(out) @ self.atoms)

    def td_target(
        self, reward: Array, terminated: Array, next_out: Array, discount: Array
    ) -> Array:
        probability = _softmax(next_out)
        return targets.c51_projection(reward, terminated, probability, self.atoms, discount)

    def loss(self, taken: Tensor, td_target: Array) -> Tensor:
        """Cross-entropy. Its smallest value is the entropy of the target, not 0."""
        return -(log_softmax(taken, -1) * td_target).sum(1)

    def td_error(self, taken: Array, td_target: Array) -> Array:
        """The Kullback-Leibler divergence, as in Rainbow; |error| is not defined here."""
        ratio = np.log(np.maximum(td_target, 1e-12)) - np.log(np.maximum(_softmax(taken), 1e-12))
        return np.asarray((td_target * ratio).sum(axis=1)).clip(0)


class QuantileHead:
    """QR-DQN: where Z evenly spaced quantiles of the return lie (Dabney et al. 2018).

    Arguments:
        v_min, v_max: no return can be outside; what the target network promises beyond is cut off.
        delta: the corner of the loss is rounded off within this distance.
    """

    def __init__(self, v_min: float = -np.inf, v_max: float = np.inf, delta: float = 1.0) -> None:
        self.v_min, self.v_max, self.delta = v_min, v_max, delta

    def mean(self, out: Array) -> Array:
        return np.asarray(out.mean(axis=-1))

    def td_target(
        self, reward: Array, terminated: Array, next_out: Array, discount: Array
    ) -> Array:
        return targets.td(reward, terminated, next_out.clip(self.v_min, self.v_max), discount)

    def loss(self, taken: Tensor, td_target: Array) -> Tensor:
        return targets.quantile_huber_loss(taken, td_target, self.delta)

    def td_error(self, taken: Array, td_target: Array) -> Array:
        return np.asarray(np.abs(taken.mean(axis=1) - td_target.mean(axis=1)))


def _softmax(out: Array) -> Array:
    shifted = np.exp(out - out.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
