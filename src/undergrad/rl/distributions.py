"""Policies as probability distributions over actions.

A stochastic policy does not name one action: a network outputs the parameters of a probability
distribution. Learning needs three things of it. An action, sampled at random. The logarithm of that
action's probability, through which gradients flow: making it larger makes the action more likely.
And the entropy, which says how undecided the policy still is.

For discrete actions the distribution is `Categorical`; for actions that are a few real numbers,
such as the torque of a motor, it is `DiagNormal`, or `SquashedNormal` where they have bounds and
gradients flow through the action itself. B is the batch size, A the number of actions, D the
numbers in one action.
"""

import math
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor
from undergrad.engine.nn.functional import softplus

Array: TypeAlias = npt.NDArray[Any]

_LOG_TWO_PI = math.log(2 * math.pi)


class Distribution(Protocol):
    """What an agent needs of the policy for B observations."""

    def sample(self, rng: np.random.Generator) -> Array:
        """One action for each row, sampled."""

    def mode(self) -> Array:
        """The most likely action for each row."""

    def log_prob(self, action: Array) -> Tensor:
        """For each row the logarithm of the action's probability (or density): (B,)."""

    def entropy(self) -> Tensor:
        """How undecided each row is: (B,)."""


class Categorical:
    """One of A actions for each row, with probabilities softmax(logits).

    logits: (B, A). Actions are whole numbers, (B,).
    """

    def __init__(self, logits: Tensor) -> None:
        self.logits = logits

    def sample(self, rng: np.random.Generator) -> Array:
        """The largest of logits + noise. With noise from the Gumbel distribution, that is a sample
        with exactly the probabilities of the softmax (Gumbel 1954), without computing them."""
        scores = self.logits.numpy()
        return np.asarray((scores + rng.gumbel(size=scores.shape)).argmax(axis=1))

    def mode(self) -> Array:
        return np.asarray(self.logits.numpy().argmax(axis=1))

    def log_prob(self, action: Array) -> Tensor:
        return self.logits.log_softmax(1).gather(1, action[:, None]).reshape(-1)

    def entropy(self) -> Tensor:
        """-sum of p log p: 0 when sure, log A when all actions are equally likely."""
        log_p = self.logits.log_softmax(1)
        return -(log_p.exp() * log_p).sum(dim=1)


class DiagNormal:
    """D real numbers for each row, each from a normal distribution of its own.

    mean: (B, D).   log_std: (D,), the logarithm of the standard deviation, the same for all rows.
    Actions are (B, D). They are not held within any bounds: what a bounded environment does with
    an action beyond them is its own matter, and the log-probability is that of the number sampled.
    """

    def __init__(self, mean: Tensor, log_std: Tensor) -> None:
        self.mean, self.log_std = mean, log_std

    def sample(self, rng: np.random.Generator) -> Array:
        mean, std = self.mean.numpy(), np.exp(self.log_std.numpy())
        return mean + std * rng.standard_normal(mean.shape, mean.dtype)

    def mode(self) -> Array:
        return self.mean.numpy()

    def log_prob(self, action: Array) -> Tensor:
        """The D numbers are independent, so their logarithms add up; the rows stay apart."""
        distance: Tensor = (self.mean - action) * (-self.log_std).exp()
        return -(0.5 * distance * distance + self.log_std + 0.5 * _LOG_TWO_PI).sum(dim=1)

    def entropy(self) -> Tensor:
        """The sum of log(std) + log(2 pi e) / 2: may be negative, unlike that of `Categorical`."""
        one = (self.log_std + 0.5 * (1 + _LOG_TWO_PI)).sum()
        return one.expand(self.mean.shape[0])


class SquashedNormal:
    """D numbers between -1 and 1 for each row: the tanh of normally distributed ones.

    mean, log_std: (B, D), of the numbers before the tanh.
    """

    def __init__(self, mean: Tensor, log_std: Tensor) -> None:
        self.mean, self.log_std = mean, log_std

    def rsample(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Sampled actions (B, D) and the logarithm of their density (B,).

        The noise is drawn first, and the action is a function of it, of the mean and of the
        standard deviation. So gradients flow through the action too: reparameterisation (Kingma
        and Welling 2014).
        """
        noise = rng.standard_normal(self.mean.shape, self.mean.dtype)
        return tanh_gaussian(self.mean, self.log_std, noise)

    def sample(self, rng: np.random.Generator) -> Array:
        """Sampled actions (B, D), without a gradient."""
        mean, std = self.mean.numpy(), np.exp(self.log_std.numpy())
        return np.asarray(np.tanh(mean + std * rng.standard_normal(mean.shape, mean.dtype)))

    def mode(self) -> Array:
        """The tanh of the mean (B, D): half of all actions are smaller, number by number."""
        return np.asarray(np.tanh(self.mean.numpy()))


def tanh_gaussian(mean: Tensor, log_std: Tensor, noise: Array) -> tuple[Tensor, Tensor]:
    """The action a = tanh(mean + std * noise), (B, D), and the logarithm of its density, (B,).

    Squashing u into a = tanh(u) divides its density by da/du, so that

        log p(a) = log N(u; mean, std) - log(1 - tanh(u)^2).
    """
    u = mean + log_std.exp() * noise
    log_normal = -(log_std + 0.5 * (noise * noise + _LOG_TWO_PI))
    return u.tanh(), (log_normal - log_tanh_derivative(u)).sum(dim=1)


def log_tanh_derivative(u: Tensor) -> Tensor:
    """log(1 - tanh(u)^2), exact also where tanh(u) is rounded to 1 or -1.

    1 - tanh(u)^2 = 4 / (e^u + e^-u)^2, whose logarithm is 2 (log 2 - u - log(1 + e^(-2u))).
    """
    return 2 * (math.log(2) - u - softplus(-2 * u))
