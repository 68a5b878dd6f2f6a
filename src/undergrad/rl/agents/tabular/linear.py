"""Linear function approximation: values as sums of weights, one for each feature of a state.

A table has one number for each state. With features, states share numbers, so what is learned in
one carries over to others; the value is w . x(s), and its gradient is x(s) itself. Tile coding
makes features of a few real numbers: several grids, each shifted by a part of a tile, say in which
tile the point lies. Each grid has exactly one active feature, so a value is a sum of few weights.

Sharing has its price. With bootstrapping and with actions chosen by another policy, the weights may
grow without limit: the deadly triad. `baird` is the smallest famous case.

Source: Sutton and Barto, 2nd edition, sections 9.5.4, 10.1 and 11.2 to 11.7.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


class TileCoder:
    """Which tiles of several shifted grids a point lies in.

    Arguments:
        low, high: the bounds of each of the K numbers; what lies beyond counts as at the bound.
        bins: tiles along each number, in each grid.
        tilings: how many grids. The i-th is shifted by i / tilings of a tile, times 1, 3, 5 ...
            from one number to the next, so that the shifts do not lie on one diagonal.
    """

    def __init__(
        self, low: Sequence[float], high: Sequence[float], bins: int = 8, tilings: int = 8
    ) -> None:
        self.low, self.width = np.asarray(low), np.subtract(high, low) / bins
        self.bins, self.tilings = bins, tilings
        shifts = np.arange(tilings)[:, None] * (2 * np.arange(len(self.low)) + 1) / tilings
        self._shift = shifts % 1  # (tilings, K), in tiles
        self._strides = (bins + 1) ** np.arange(len(self.low))  # a shifted grid has one more
        self._per_tiling = (bins + 1) ** len(self.low)
        self.features = tilings * self._per_tiling

    def __call__(self, point: Array) -> Array:
        """The active feature of each tiling: (..., K) -> (..., tilings)."""
        place = np.clip((point - self.low) / self.width, 0, self.bins - 1e-9)
        tile = (place[..., None, :] + self._shift).astype(np.int64)  # (..., tilings, K)
        return np.asarray(
            (tile * self._strides).sum(-1) + self._per_tiling * np.arange(self.tilings)
        )


class LinearSarsa:
    """Semi-gradient SARSA on tile-coded observations, with one weight vector for each action.

    w <- w + (lr / tilings) (r + gamma q(s', a') - q(s, a)) x(s), where the gradient of the target
    is left out: it is a semi-gradient. Divided by the tilings, a learning rate of 1 would move
    q(s, a) exactly to its target. Section 10.1.
    """

    def __init__(self, coder: TileCoder, actions: int, learning_rate: float, gamma: float) -> None:
        self.coder, self.gamma = coder, gamma
        self.weights = np.zeros((actions, coder.features))
        self.learning_rate = learning_rate / coder.tilings

    def values(self, observation: Array) -> Array:
        """q(s, a) of all actions: (A,)."""
        return np.asarray(self.weights[:, self.coder(observation)].sum(axis=-1))

    def episode(
        self,
        env: gymnasium.Env[Any, Any],
        seed: int,
        epsilon: float,
        rng: np.random.Generator,
        *,
        learn: bool = True,
    ) -> float:
        """Play one episode, epsilon-greedily, and learn from every step. Returns its return."""
        observation, _ = env.reset(seed=seed)
        action, earned, over = self._choose(observation, epsilon, rng), 0.0, False
        while not over:
            after, reward, terminated, truncated, _ = env.step(action)
            next_action = self._choose(after, epsilon, rng)
            if learn:
                rest = 0.0 if terminated else self.gamma * self.values(after)[next_action]
                tiles = self.coder(observation)
                td_error = float(reward) + rest - self.weights[action, tiles].sum()
                self.weights[action, tiles] += self.learning_rate * td_error
            observation, action, over = after, next_action, terminated or truncated
            earned += float(reward)
        return earned

    def _choose(self, observation: Array, epsilon: float, rng: np.random.Generator) -> int:
        if rng.random() < epsilon:
            return int(rng.integers(len(self.weights)))
        return int(self.values(observation).argmax())


# Baird's counterexample: seven states, eight weights, no reward, so every value should be 0. The
# dashed action leads to one of the first six states, the solid one to the seventh. What acts
# chooses solid once in seven times; what is evaluated always does.
BAIRD_FEATURES = np.hstack([2 * np.eye(7), np.ones((7, 1))])
BAIRD_FEATURES[6, 6:] = (1, 2)
_BAIRD_START = np.array([1.0, 1, 1, 1, 1, 1, 10, 1])
BAIRD_RULES = ("td", "dp", "monte_carlo", "on_policy", "residual", "tdc")


def baird(
    rule: str,
    steps: int,
    rng: np.random.Generator,
    learning_rate: float = 0.01,
    second_rate: float = 0.05,
    gamma: float = 0.99,
) -> Array:
    """The weights after some steps of one of six rules, (8,).

    rule: `td`, off-policy semi-gradient TD, which diverges, and so does `dp`, which sweeps over all
        states with expected targets and samples nothing. Each of the others lacks one element of
        the triad or corrects the gradient: `monte_carlo` does not bootstrap, `on_policy` acts as it
        evaluates, `residual` follows the whole gradient of the squared TD error, and `tdc` (with
        `second_rate`) the projected one.
    """
    x, w, v, state = BAIRD_FEATURES, _BAIRD_START.copy(), np.zeros(8), int(rng.integers(7))
    for _ in range(steps):
        if rule == "dp":
            w += learning_rate / 7 * (gamma * x[6] @ w - x @ w) @ x
            continue
        solid = rule == "on_policy" or rng.random() < 1 / 7
        after = 6 if solid else int(rng.integers(6))
        ratio = 1.0 if rule == "on_policy" else 7.0 * solid
        rest = 0.0 if rule == "monte_carlo" else gamma * (x[after] @ w)
        td_error = rest - x[state] @ w
        if rule == "residual":
            w -= learning_rate * ratio * td_error * (gamma * x[after] - x[state])
        elif rule == "tdc":
            w += learning_rate * ratio * (td_error * x[state] - gamma * x[after] * (x[state] @ v))
            v += second_rate * ratio * (td_error - x[state] @ v) * x[state]
        else:
            w += learning_rate * ratio * td_error * x[state]
        state = after
    return w
