"""How a network's output says what an action is worth: one number, or a whole distribution.

A distribution of returns tells more than its mean, and learning it makes the network see more. The
action is still chosen by the mean. Each readout below answers four questions: what is the mean of
an output, what should an output have been, how far is it away, and how surprising is that.

B is the batch, A the number of actions, Z the number of atoms or quantiles.
"""

from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node
from undergrad.rl import targets

Array: TypeAlias = npt.NDArray[Any]


class Readout(Protocol):
    """One way to read the output of a value network."""

    def mean(self, out: Array) -> Array:
        """The value of each action: (B, A) or (B, A, Z) -> (B, A)."""

    def goal(self, reward: Array, terminated: Array, next_out: Array, discount: Array) -> Array:
        """What the output for the action taken should have been: (B,) or (B, Z).

        next_out: what the target network says about the next action, (B,) or (B, Z).
        """

    def loss(self, out: Tensor, goal: Array) -> Tensor:
        """How far it is from that: (B,), of the action taken."""

    def surprise(self, out: Array, goal: Array) -> Array:
        """How much there is to learn from each transition: (B,), for prioritized replay."""


class Expected:
    """One number an action: its expected return.

    Arguments:
        lowest, largest: no return can be outside; what the target promises beyond is cut off.
        delta: errors beyond it count linearly rather than squared.
    """

    def __init__(self, lowest: float = -np.inf, largest: float = np.inf, delta: float = 1.0):
        self.lowest, self.largest, self.delta = lowest, largest, delta

    def mean(self, out: Array) -> Array:
        return out

    def goal(self, reward: Array, terminated: Array, next_out: Array, discount: Array) -> Array:
        possible = np.minimum(np.maximum(next_out, self.lowest), self.largest)
        return targets.td(reward, terminated, possible, discount)

    def loss(self, out: Tensor, goal: Array) -> Tensor:
        return nn.functional.huber_loss(out, goal, delta=self.delta, reduction="none")

    def surprise(self, out: Array, goal: Array) -> Array:
        return np.asarray(np.abs(out - goal))


class Categorical:
    """C51: the probability of each of Z fixed returns (Bellemare, Dabney and Munos 2017).

    Arguments:
        lowest, largest: the first and the last of the returns.
        atoms: how many, evenly spaced.
    """

    def __init__(self, lowest: float, largest: float, atoms: int) -> None:
        if not (np.isfinite(largest - lowest) and lowest < largest and atoms > 1):
            raise ValueError(
                "Categorical: the returns go from a lowest to a largest in 2 or more atoms, "
                f"not from {lowest} to {largest} in {atoms}"
            )
        self.atoms = np.linspace(lowest, largest, atoms, dtype=np.float32)

    def mean(self, out: Array) -> Array:
        return np.asarray(_softmax(out) @ self.atoms)

    def goal(self, reward: Array, terminated: Array, next_out: Array, discount: Array) -> Array:
        return targets.categorical(reward, terminated, _softmax(next_out), self.atoms, discount)

    def loss(self, out: Tensor, goal: Array) -> Tensor:
        """Cross-entropy. Its smallest value is the entropy of the goal, not 0."""
        return -(nn.functional.log_softmax(out, -1) * goal).sum(1)

    def surprise(self, out: Array, goal: Array) -> Array:
        """The Kullback-Leibler divergence, as Rainbow takes it; |error| is not defined here."""
        ratio = np.log(np.maximum(goal, 1e-12)) - np.log(np.maximum(_softmax(out), 1e-12))
        return np.asarray((goal * ratio).sum(axis=1)).clip(0)


class Quantiles:
    """QR-DQN: where Z evenly spaced quantiles of the return lie (Dabney et al. 2018).

    Arguments:
        lowest, largest: no return can be outside; what the target promises beyond is cut off.
        delta: the corner of the loss is rounded off within this distance.
    """

    def __init__(self, lowest: float = -np.inf, largest: float = np.inf, delta: float = 1.0):
        self.lowest, self.largest, self.delta = lowest, largest, delta

    def mean(self, out: Array) -> Array:
        return np.asarray(out.mean(axis=-1))

    def goal(self, reward: Array, terminated: Array, next_out: Array, discount: Array) -> Array:
        possible = np.minimum(np.maximum(next_out, self.lowest), self.largest)
        return targets.td_each(reward, terminated, possible, discount)

    def loss(self, out: Tensor, goal: Array) -> Tensor:
        loss, slope = targets.quantile_huber(out.data, goal, self.delta)
        return node(loss, (out,), lambda g: (g[:, None] * slope,), "quantile_huber")

    def surprise(self, out: Array, goal: Array) -> Array:
        return np.asarray(np.abs(out.mean(axis=1) - goal.mean(axis=1)))


def _softmax(out: Array) -> Array:
    shifted = np.exp(out - out.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
