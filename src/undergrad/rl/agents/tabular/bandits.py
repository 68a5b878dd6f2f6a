"""Bandits: which of A arms to pull, when only pulling tells what an arm is worth.

It is the smallest problem in which exploring costs something. There is one state, so the value of
an arm is its mean reward, and what a rule loses by not pulling the best arm is its regret. All
rules play N problems side by side; counts and sums of rewards are (N, A).

    epsilon-greedy   mostly the best mean so far, sometimes any arm      regret grows like t
    UCB              the best mean plus what may be hidden by chance     like log t
    Thompson         the best of one sample from each arm's posterior    like log t
    gradient         preferences that follow the policy gradient         depends on the rate

Source: Sutton and Barto, 2nd edition, sections 2.2 to 2.8; Auer, Cesa-Bianchi and Fischer 2002,
"Finite-time Analysis of the Multiarmed Bandit Problem" (UCB1); Thompson 1933.
"""

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


class Rule(ABC):
    """Chooses an arm in each of N bandits, and keeps what it has seen of all arms."""

    def __init__(self, problems: int, arms: int) -> None:
        self.counts, self.sums = np.zeros((2, problems, arms))

    @abstractmethod
    def choose(self, rng: np.random.Generator) -> Array:
        """One arm for each problem: (N,)."""

    def learn(self, arm: Array, reward: Array) -> None:
        """Take note of what the arms (N,) brought: (N,)."""
        rows = np.arange(len(arm))
        self.counts[rows, arm] += 1
        self.sums[rows, arm] += reward

    @property
    def means(self) -> Array:
        """The mean reward of each arm so far, 0 for one that was never pulled: (N, A)."""
        return np.asarray(self.sums / np.maximum(self.counts, 1))


class EpsilonGreedy(Rule):
    """With probability epsilon any arm, otherwise the one with the best mean so far."""

    def __init__(self, problems: int, arms: int, epsilon: float = 0.1) -> None:
        super().__init__(problems, arms)
        self.epsilon = epsilon

    def choose(self, rng: np.random.Generator) -> Array:
        anything = rng.integers(self.counts.shape[1], size=len(self.counts))
        return np.where(rng.random(len(anything)) < self.epsilon, anything, best(self.means, rng))


class UCB(Rule):
    """The upper confidence bound: the best of mean + c sqrt(log t / n), untried arms first.

    A mean of n rewards between 0 and 1 is too low by sqrt(log(t) 2 / n) with a probability of at
    most t^-4 (Hoeffding), so with c = sqrt(2) an arm is left alone only when it is surely worse.
    """

    def __init__(self, problems: int, arms: int, c: float = 2**0.5) -> None:
        super().__init__(problems, arms)
        self.c = c

    def choose(self, rng: np.random.Generator) -> Array:
        pulls = np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        bonus = self.c * np.sqrt(np.log(pulls) / np.maximum(self.counts, 1))
        return best(np.where(self.counts > 0, self.means + bonus, np.inf), rng)


class Thompson(Rule):
    """The arm that is best in one sample from the posterior, for rewards of 0 or 1.

    With an even prior, the probability of a 1 after n pulls with k ones is Beta(1 + k, 1 + n - k).
    So an arm is pulled as often as it is likely to be the best.
    """

    def choose(self, rng: np.random.Generator) -> Array:
        return best(rng.beta(1 + self.sums, 1 + self.counts - self.sums), rng)


class GradientBandit(Rule):
    """Preferences whose softmax is the policy, moved along the gradient of the expected reward.

    H <- H + lr (r - b) (one-hot of the arm - pi), where b is the mean of all rewards before: this
    is REINFORCE with a baseline, in a world of one state. Section 2.8.
    """

    def __init__(self, problems: int, arms: int, learning_rate: float = 0.1) -> None:
        super().__init__(problems, arms)
        self.learning_rate, self.preferences = learning_rate, np.zeros((problems, arms))

    @property
    def policy(self) -> Array:
        """The probability of each arm: (N, A)."""
        powers = np.exp(self.preferences - self.preferences.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def choose(self, rng: np.random.Generator) -> Array:
        noise = rng.gumbel(size=self.preferences.shape)  # the largest is a sample of the softmax
        return np.asarray((self.preferences + noise).argmax(axis=1))

    def learn(self, arm: Array, reward: Array) -> None:
        baseline = self.sums.sum(axis=1) / np.maximum(self.counts.sum(axis=1), 1)
        away = np.eye(self.counts.shape[1])[arm] - self.policy
        self.preferences += self.learning_rate * (reward - baseline)[:, None] * away
        super().learn(arm, reward)


def best(values: Array, rng: np.random.Generator) -> Array:
    """The arm with the largest of the values (N, A), equal ones at random: (N,)."""
    largest = values == values.max(axis=1, keepdims=True)
    return np.asarray(np.where(largest, rng.random(values.shape), -1).argmax(axis=1))


def regret(rule: Rule, means: Array, pulls: int, rng: np.random.Generator) -> Array:
    """What the rule has lost after each pull, by the means of the arms (N, A): (pulls, N).

    Rewards are 1 with the probability of the arm's mean, otherwise 0. The regret counts means, not
    rewards, so it has no noise besides that of the choices.
    """
    rows, lost = np.arange(len(means)), np.empty((pulls, len(means)))
    for t in range(pulls):
        arm = rule.choose(rng)
        mean = means[rows, arm]
        rule.learn(arm, (rng.random(len(arm)) < mean).astype(float))
        lost[t] = means.max(axis=1) - mean
    return lost.cumsum(axis=0)
