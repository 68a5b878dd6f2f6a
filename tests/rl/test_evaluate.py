"""Evaluation: every episode counts once, and the statistics are the textbook's."""

import itertools
from importlib import import_module

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Discrete

from undergrad.rl import envs
from undergrad.rl.evaluate import bootstrap_interval, episode_seeds, evaluate, interquartile_mean


def lean(observation):
    """Push towards the side to which the pole falls: about 40 steps, different each time."""
    return (observation[:, 2] > 0).astype(int)


def play_alone(seed):
    env = gymnasium.make("CartPole-v1")
    observation, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(int(lean(observation[None])[0]))
        total, over = total + reward, terminated or truncated
    return total


def test_equals_one_episode_after_the_other():
    expected = [play_alone(seed) for seed in episode_seeds([3, 1], 60)]
    outcome = evaluate(lean, "CartPole-v1", episodes=60, seed=[3, 1])
    assert list(outcome.returns) == expected  # long and short ones alike, in order
    assert outcome.mean == pytest.approx(np.mean(expected))
    assert outcome.std == pytest.approx(np.std(expected))
    assert outcome.steps == sum(expected)
    assert len(set(expected)) > 5


@pytest.mark.parametrize("name", envs.NAMES)
def test_games_all_at_once_equal_single_ones(name, monkeypatch):
    """The policy depends on what is seen, and sees the same rows."""
    envs.register()
    space, asked = gymnasium.make(name).action_space, []

    def policy(seen):
        asked.append(seen)
        total = 7 * seen.reshape(len(seen), -1).sum(axis=1)
        if isinstance(space, Discrete):
            return total.astype(int) % space.n
        return np.sin(total[:, None] + np.arange(space.shape[0])).astype(space.dtype)

    at_once = evaluate(policy, name, episodes=53, seed=4, gamma=0.97)
    first = asked.copy()
    asked.clear()
    monkeypatch.setattr(import_module("undergrad.rl.evaluate"), "OURS", "none of them")
    alone = evaluate(policy, name, episodes=53, seed=4, gamma=0.97)
    assert at_once == alone
    assert len(first) == len(asked)
    for one, other in zip(first, asked, strict=True):
        np.testing.assert_array_equal(one, other)


def test_discounted_returns_are_geometric_sums():
    outcome = evaluate(lean, "CartPole-v1", episodes=5, gamma=0.9)
    expected = [(1 - 0.9**steps) / 0.1 for steps in outcome.returns]
    np.testing.assert_allclose(outcome.discounted, expected)


def test_other_seeds_are_other_episodes():
    assert not set(episode_seeds([0, 3], 100)) & set(episode_seeds([0, 4], 100))


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([7], 7), ([1, 9], 5), ([0, 4, 5, 90], 4.5), ([500, 1, 3, 2, 400], 135), (range(8), 3.5)],
)
def test_interquartile_mean(scores, expected):
    assert interquartile_mean(list(scores)) == pytest.approx(expected)


def test_bootstrap_equals_the_exact_distribution_of_all_draws():
    scores = [1.0, 2.0, 4.0, 8.0]
    every = [interquartile_mean(draw) for draw in itertools.product(scores, repeat=4)]
    low, high = bootstrap_interval(scores, np.random.default_rng(0), draws=20_000)
    assert (low, high) == pytest.approx(tuple(np.percentile(every, [2.5, 97.5])), abs=0.26)


def test_no_episodes_and_no_scores_are_refused():
    with pytest.raises(ValueError, match="too few"):
        evaluate(lean, "CartPole-v1", episodes=0)
    with pytest.raises(ValueError, match="no scores"):
        interquartile_mean([])
