"""Bring numbers of unknown size to a usual size, by what has been seen of them so far.

A network learns best from inputs and towards returns of about size 1. When the size is not known
beforehand it can be measured on the way. What was measured is part of what was learned: an agent
whose statistics are lost when it is saved sees other observations when it is loaded.

The statistics stand still while the agent acts, and move only between two rollouts. Otherwise an
action would be judged by a policy that sees something else than the one that chose it.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn

Array: TypeAlias = npt.NDArray[Any]

_CLIP = 10.0  # standard deviations; what lies beyond is cut off, as in OpenAI's baselines


def nonzero_std(std: Array, size: Array) -> Array:
    """The standard deviation of numbers about as large as `size`, ready to divide by.

    Where it is no more than rounding makes of numbers that are all equal, or of a single number,
    it becomes 1: dividing by it would blow up the rounding.
    """
    rounding = 10 * np.finfo(std.dtype).eps * np.abs(size)
    return np.where(std > rounding, std, np.ones_like(std))


class RunningMeanStd(nn.Module):
    """Mean and variance of all rows so far, without keeping the rows. In double precision.

    Source: Chan, Golub and LeVeque 1983, "Algorithms for Computing the Sample Variance".
    """

    def __init__(self, size: int) -> None:
        self.count = np.zeros(())
        self.mean = np.zeros(size)
        self.squares = np.zeros(size)  # the sum of squared distances from the mean

    def update(self, rows: Array) -> None:
        """Take more rows into account: (B, size)."""
        count, mean = len(rows), rows.mean(axis=0, dtype=np.float64)
        squares, delta = ((rows - mean) ** 2).sum(axis=0), mean - self.mean
        total = self.count + count
        self.squares += squares + delta**2 * self.count * count / total
        self.mean += delta * count / total
        self.count += count

    @property
    def std(self) -> Array:
        """The standard deviation; 1 as long as nothing has been seen, or always the same."""
        if not self.count:
            return np.ones_like(self.mean)
        return nonzero_std(np.sqrt(self.squares / self.count), self.mean)


class NormalizeObservation(nn.Module):
    """Each input less its mean, divided by its standard deviation.

    Shape: (B, ...) -> (B, inputs).
    """

    def __init__(self, inputs: int) -> None:
        self.stats = RunningMeanStd(inputs)

    def update(self, observation: Array) -> None:
        """Take more observations into account: (B, ...)."""
        self.stats.update(observation.reshape(len(observation), -1))

    def forward(self, x: Tensor) -> Tensor:
        scale = 1 / (self.stats.std + 1e-8)
        normalized = (x.data.reshape(len(x.data), -1) - self.stats.mean) * scale
        return Tensor(normalized.clip(-_CLIP, _CLIP).astype(np.float32))


class NormalizeReward:
    """Divides rewards by the standard deviation of the discounted return of all environments.

    The mean is left where it is: taking it away would reward merely staying alive, or punish it.
    """

    def __init__(self, n_envs: int, gamma: float) -> None:
        self.stats = RunningMeanStd(1)
        self.gamma = gamma
        self.returns = np.zeros(n_envs)  # of each environment, later rewards not yet known

    @property
    def scale(self) -> float:
        """What rewards are multiplied by."""
        return 1 / (float(self.stats.std[0]) + 1e-8)

    def update(self, reward: Array, ended: Array) -> None:
        """Take T more steps of N environments into account: both (T, N)."""
        rows = np.empty(reward.shape)
        for t in range(len(reward)):
            self.returns = self.gamma * self.returns + reward[t]
            rows[t] = self.returns
            self.returns = self.returns * ~ended[t]
        self.stats.update(rows.reshape(-1, 1))

    def state_dict(self) -> dict[str, Array]:
        return {**self.stats.state_dict(), "returns": self.returns.copy()}

    def load_state_dict(self, state: dict[str, Array]) -> None:
        self.returns = np.array(state["returns"])
        self.stats.load_state_dict({k: v for k, v in state.items() if k != "returns"})
