"""Bandits: each rule by hand, the gradient bandit as REINFORCE, and the regrets that are known."""

import math

import numpy as np
import pytest

from undergrad.rl.agents.tabular.bandits import (
    UCB,
    EpsilonGreedy,
    GradientBandit,
    Thompson,
    best,
    regret,
)

RNG = np.random.default_rng
MEANS = np.tile([0.5] + [0.4] * 9, (200, 1))


def seen(rule, counts, sums):
    rule.counts[:], rule.sums[:] = counts, sums
    return rule


def test_equal_arms_are_chosen_equally_often():
    counts = np.bincount(best(np.tile([1.0, 3, 3, 0, 3], (30_000, 1)), RNG(0)), minlength=5)
    assert counts[0] == counts[3] == 0
    np.testing.assert_allclose(counts[[1, 2, 4]], 10_000, atol=300)  # within 4 sigma


def test_what_is_seen_is_counted():
    rule = EpsilonGreedy(2, 3)
    for arm, reward in (([0, 2], [1.0, 0.5]), ([0, 1], [0.0, 2.0])):
        rule.learn(np.array(arm), np.array(reward))
    assert rule.counts.tolist() == [[2, 0, 0], [0, 1, 1]]
    assert rule.means.tolist() == [[0.5, 0, 0], [0, 2, 0.5]]


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_epsilon_is_the_probability_of_any_arm(epsilon):
    rule = seen(EpsilonGreedy(40_000, 4, epsilon), 1, [0.1, 0.2, 0.9, 0.4])
    share = np.bincount(rule.choose(RNG(1)), minlength=4) / 40_000
    expected = np.full(4, epsilon / 4) + (1 - epsilon) * np.eye(4)[2]
    np.testing.assert_allclose(share, expected, atol=0.01)


def test_ucb_adds_what_chance_may_hide():
    rule = seen(UCB(1, 3, c=0.7), [10, 50, 3], [5, 30, 0.9])
    bounds = [s / n + 0.7 * math.sqrt(math.log(63) / n) for n, s in ((10, 5), (50, 30), (3, 0.9))]
    assert rule.choose(RNG(0))[0] == np.argmax(bounds) == 2
    assert seen(UCB(1, 3, c=0.0), [10, 50, 3], [5, 30, 0.9]).choose(RNG(0))[0] == 1
    assert seen(UCB(1, 3), [10, 0, 3], [10, 0, 3]).choose(RNG(0))[0] == 1  # untried first


def test_thompson_pulls_an_arm_as_often_as_it_is_likely_to_be_the_best():
    rule = seen(Thompson(40_000, 2), [3, 5], [2, 2])
    share = (rule.choose(RNG(0)) == 0).mean()
    grid = (np.arange(4000) + 0.5) / 4000
    first, second = grid**2 * (1 - grid), grid**2 * (1 - grid) ** 3  # Beta(3, 2) and Beta(3, 4)
    below = (second.cumsum() - second / 2) / second.sum()
    assert share == pytest.approx((first / first.sum() * below).sum(), abs=0.01)


def test_the_gradient_bandit_is_reinforce_with_one_state():
    """Its step is lr (r - b) times the gradient of log pi, by finite differences."""
    rule, rng = GradientBandit(3, 4, learning_rate=0.2), RNG(0)
    rewards = []
    for _ in range(5):
        before = rule.preferences.copy()
        arm, reward = rng.integers(4, size=3), rng.normal(size=3)
        rule.learn(arm, reward)
        for n in range(3):
            baseline = np.mean([r[n] for r in rewards]) if rewards else 0.0
            for a in range(4):
                sides = []
                for shift in (1e-6, -1e-6):
                    moved = before[n].copy()
                    moved[a] += shift
                    sides.append(moved[arm[n]] - math.log(np.exp(moved).sum()))
                derivative = (sides[0] - sides[1]) / 2e-6
                step = 0.2 * (reward[n] - baseline) * derivative
                assert rule.preferences[n, a] - before[n, a] == pytest.approx(step, abs=1e-8)
        rewards.append(reward)
    np.testing.assert_allclose(rule.policy.sum(axis=1), 1)


def test_regret_counts_means_and_not_luck():
    means = np.array([[0.2, 0.9], [1.0, 0.4]])

    class Second(EpsilonGreedy):
        def choose(self, rng):
            return np.array([1, 1])

    found = regret(Second(2, 2), means, 5, RNG(0))
    np.testing.assert_allclose(found, np.outer(np.arange(1, 6), [0.0, 0.6]))


# The mean regret of 200 problems after 1,000 pulls, with five standard errors on both sides.
KNOWN = {
    "epsilon 0.1": (lambda: EpsilonGreedy(200, 10, 0.1), 54),
    "epsilon 0.01": (lambda: EpsilonGreedy(200, 10, 0.01), 76),
    "ucb": (lambda: UCB(200, 10), 83),
    "ucb 0.5": (lambda: UCB(200, 10, 0.5), 61),
    "thompson": (lambda: Thompson(200, 10), 67),
    "gradient": (lambda: GradientBandit(200, 10, 0.1), 81),
}


@pytest.mark.parametrize("name", KNOWN)
def test_regrets_are_those_of_an_independent_program(name):
    make, expected = KNOWN[name]
    found = regret(make(), MEANS, 1_000, RNG(3))[-1]
    error = found.std() / math.sqrt(200)
    assert found.mean() == pytest.approx(expected, abs=5 * error + 1)
