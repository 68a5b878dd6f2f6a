"""Bring numbers of unknown size to a usual size, by what has been seen of them so far.

A network learns best from inputs and towards goals of about size 1. When the size is not known
beforehand it can be measured on the way. What was measured is part of what was learnt: an agent
whose statistics are lost when it is saved sees another world when it is loaded.

The statistics stand still while the agent acts, and move only between two rollouts. Otherwise an
action would be judged by a policy that looks at the world differently from the one that chose it.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn

Array: TypeAlias = npt.NDArray[Any]

_LONGEST = 10.0  # in usual sizes; what lies beyond is cut off, as in OpenAI's baselines


class Statistics(nn.Module):
    """Mean and variance of all rows so far, without keeping the rows. In double precision.

    Source: Chan, Golub and LeVeque 1983, "Algorithms for Computing the Sample Variance".
    """

    def __init__(self, size: int) -> None:
        self.count = np.zeros(())
        self.mean = np.zeros(size)
        self.squares = np.zeros(size)  # the sum of squared distances from the mean

    def add(self, rows: Array) -> None:
        """Take more rows into account: (B, size)."""
        many, mean = len(rows), rows.mean(axis=0, dtype=np.float64)
        squares, apart = ((rows - mean) ** 2).sum(axis=0), mean - self.mean
        total = self.count + many
        self.squares += squares + apart**2 * self.count * many / total
        self.mean += apart * many / total
        self.count += many

    @property
    def std(self) -> Array:
        """The spread, and 1 as long as nothing has been seen."""
        return np.sqrt(self.squares / self.count) if self.count else np.ones_like(self.mean)


class Standardise(nn.Module):
    """Each input in units of its spread, from its mean. Shape: (B, inputs) -> (B, inputs)."""

    def __init__(self, inputs: int) -> None:
        self.seen = Statistics(inputs)

    def forward(self, x: Tensor) -> Tensor:
        scale = 1 / (self.seen.std + 1e-8)
        far = (x.data - self.seen.mean) * scale
        return Tensor(far.clip(-_LONGEST, _LONGEST).astype(np.float32))


class RewardScale:
    """Divides rewards by the usual size of the discounted return, one for all environments.

    The mean is left where it is: taking it away would pay for merely staying alive, or punish it.
    """

    def __init__(self, envs: int, discount: float) -> None:
        self.seen = Statistics(1)
        self.discount = discount
        self.running = np.zeros(envs)  # the return of each environment, later rewards not yet known

    @property
    def size(self) -> float:
        return float(self.seen.std[0]) + 1e-8

    def add(self, reward: Array, ended: Array) -> None:
        """Take T more steps of N environments into account: both (T, N)."""
        rows = np.empty(reward.shape)
        for t in range(len(reward)):
            self.running = self.discount * self.running + reward[t]
            rows[t] = self.running
            self.running = self.running * ~ended[t]
        self.seen.add(rows.reshape(-1, 1))

    def state_dict(self) -> dict[str, Array]:
        return {**self.seen.state_dict(), "running": self.running.copy()}

    def load_state_dict(self, state: dict[str, Array]) -> None:
        self.running = np.array(state["running"])
        self.seen.load_state_dict({k: v for k, v in state.items() if k != "running"})
