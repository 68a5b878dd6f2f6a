"""Was an action better than usual? Returns and advantages, as pure functions.

The return of a step is what was earned from there on, later rewards discounted. It is unbiased but
noisy: it depends on everything that happened afterwards. One reward and then an estimate has little
variance, but is wrong where the estimate is. Generalised advantage estimation (GAE) goes anywhere
in between.

All arrays are (T, N): T steps one after the other in each of N environments side by side. Episodes
may begin and end anywhere inside. What was truly seen after each step has its value in
`next_value`, so nothing is ever read from the row below, which may belong to another episode.
There are three kinds of end:

- `terminated`: a true end. Nothing more is earned, so `next_value` does not count.
- truncated: the time was up. `next_value` counts, but what follows in the array does not.
- the last row: the recording stops. That is the same as truncated.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.normalize import nonzero_std

Array: TypeAlias = npt.NDArray[Any]


def returns(
    reward: Array, terminated: Array, truncated: Array, next_value: Array, gamma: float
) -> Array:
    """What was earned from each step on: r + gamma r' + gamma^2 r'' + ..., (T, N).

    Where the recording or the time was up, the sum is completed by the discounted `next_value`.
    With zeros for `next_value` this is the plain Monte Carlo return.
    Source: Sutton and Barto, Reinforcement Learning, 2nd edition, equation 3.9.
    """
    _same_shape(reward=reward, terminated=terminated, truncated=truncated, next_value=next_value)
    earned = np.empty_like(next_value)
    later = next_value[-1]
    for t in reversed(range(len(reward))):
        later = np.where(truncated[t], next_value[t], later) * ~terminated[t]
        later = reward[t] + gamma * later
        earned[t] = later
    return earned


def gae(
    reward: Array,
    terminated: Array,
    truncated: Array,
    value: Array,
    next_value: Array,
    gamma: float,
    gae_lambda: float,
) -> Array:
    """How much better each action was than the value of its state: (T, N), as float of `value`.

    The sum over later steps of the same episode of (gamma gae_lambda)^k delta, where
    delta = r + gamma v(s') - v(s). With gae_lambda = 0 only the next step counts, with 1
    everything that was earned.
    Source: Schulman et al. 2016, "High-Dimensional Continuous Control Using Generalized Advantage
    Estimation", equation 16.
    """
    _same_shape(
        reward=reward,
        terminated=terminated,
        truncated=truncated,
        value=value,
        next_value=next_value,
    )
    delta = reward + gamma * next_value * ~terminated - value
    continues = ~(terminated | truncated)
    advantage = np.empty_like(value)
    later = np.zeros_like(value[0])
    for t in reversed(range(len(value))):
        later = delta[t] + gamma * gae_lambda * continues[t] * later
        advantage[t] = later
    return advantage


def normalized(advantage: Array) -> Array:
    """Mean 0 and standard deviation 1 over all numbers together, whatever the shape.

    Over all: for each environment apart, the best and the worst of them would look alike. A single
    number stays as it is, since less its own mean it would be 0 and teach nothing; numbers that
    are all equal become 0.
    """
    if advantage.size < 2:
        return advantage
    mean = advantage.mean()
    centred = advantage - mean
    return np.asarray(centred / (nonzero_std(centred.std(), mean) + 1e-8))


def explained_variance(value: Array, returns: Array) -> float:
    """The fraction of the returns' variance that the values predict: 1 all, 0 none, below 0 worse.

    0 when the returns are all equal, since there was nothing to explain.
    """
    if np.ptp(returns) == 0:  # where rounding may leave a variance that is not quite 0
        return 0.0
    return 1 - float((returns - value).var() / returns.var())


def _same_shape(**arrays: Array) -> None:
    """(T, N) against (N, T) or (T,) would quietly make something else."""
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1 or len(next(iter(shapes.values()))) != 2:
        raise ValueError(f"these must all be (steps, environments): {shapes}")
