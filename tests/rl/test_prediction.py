"""Values of a policy from its episodes: the views agree, and the truth is reached."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undergrad.rl.agents.tabular import episodes, planning, prediction
from undergrad.rl.agents.tabular.episodes import Episode
from undergrad.rl.envs import grids


def random_episode(seed, states=5):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 15))
    seen = rng.integers(states, size=count + 1)
    return Episode(seen, np.zeros(count, int), rng.normal(size=count), bool(rng.integers(2)))


def looped_n_step(rewards, values, t, steps, discount):
    total, end = 0.0, min(t + steps, len(rewards))
    for k in range(t, end):
        total += discount ** (k - t) * rewards[k]
    return total + discount ** (end - t) * values[end]


SEEDS = st.integers(0, 10**6)
UNIT = st.floats(0, 1)


@given(SEEDS, st.integers(1, 20), UNIT)
def test_n_step_returns_equal_the_definition(seed, steps, discount):
    episode, rng = random_episode(seed), np.random.default_rng(seed)
    values = rng.normal(size=len(episode) + 1)
    found = episodes.n_step_returns(episode.rewards, values, steps, discount)
    expected = [
        looped_n_step(episode.rewards, values, t, steps, discount) for t in range(len(episode))
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@given(SEEDS, UNIT, UNIT)
def test_lambda_returns_are_the_weighted_mean_of_all_n_step_returns(seed, decay, discount):
    episode, rng = random_episode(seed), np.random.default_rng(seed)
    values, count = rng.normal(size=len(episode) + 1), len(episode)
    found = episodes.lambda_returns(episode.rewards, values, decay, discount)
    for t in range(count):
        mixed = decay ** (count - t - 1) * looped_n_step(
            episode.rewards, values, t, count, discount
        )
        for n in range(1, count - t):
            weight = (1 - decay) * decay ** (n - 1)
            mixed += weight * looped_n_step(episode.rewards, values, t, n, discount)
        assert found[t] == pytest.approx(mixed, abs=1e-12)


@given(SEEDS, UNIT, UNIT)
def test_forward_and_backward_view_are_equal_offline(seed, decay, discount):
    episode, v = random_episode(seed), np.random.default_rng(seed).normal(size=5)
    settings = (v, episode, 0.1, decay, discount)
    forward = prediction.td_lambda_forward(*settings)
    backward = prediction.td_lambda_backward(*settings, online=False)
    np.testing.assert_allclose(forward, backward, atol=1e-12)


@given(SEEDS, UNIT)
def test_the_two_ends_of_lambda_and_n(seed, discount):
    """lambda 0 is one step, lambda 1 is all of them; so is n at least as long as the episode."""
    episode, v = random_episode(seed), np.random.default_rng(seed).normal(size=5)
    for decay, steps in ((0.0, 1), (1.0, 99)):
        one = prediction.td_lambda_forward(v, episode, 0.1, decay, discount)
        other = prediction.n_step_td(v, episode, 0.1, steps, discount)
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_online_traces_with_lambda_0_are_td_one_step_after_the_other():
    episode, v = random_episode(3), np.linspace(0, 1, 5)
    expected = v.copy()
    for t in range(len(episode)):
        last = t == len(episode) - 1 and episode.terminated
        after = 0 if last else expected[episode.states[t + 1]]
        s = episode.states[t]
        expected[s] += 0.1 * (episode.rewards[t] + 0.9 * after - expected[s])
    found = prediction.td_lambda_backward(v, episode, 0.1, 0.0, 0.9, online=True)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_first_and_every_visit_by_hand():
    """s0, s1, s0, end, earning 1, 2, 3: from the first s0 it is 6, from the second 3."""
    episode = Episode(np.array([0, 1, 0, 2]), np.zeros(3, int), np.array([1.0, 2, 3]), True)
    for every, expected in ((False, [6, 5, 0]), (True, [4.5, 5, 0])):
        v, visits = prediction.monte_carlo(
            np.zeros(3), np.zeros(3), episode, 1.0, every_visit=every
        )
        assert v.tolist() == expected
        assert visits.tolist() == [1 + every, 1, 0]


@pytest.mark.parametrize("every_visit", [False, True])
def test_monte_carlo_and_td_reach_the_truth(every_visit):
    mdp, rng = grids.chain(length=5, slip=0.2), np.random.default_rng(0)
    policy = np.tile([0.3, 0.7], (5, 1))
    truth = planning.evaluate_policy(mdp, policy, 0.9)[:-1]
    v, visits, td = np.zeros(5), np.zeros(5), np.zeros(5)
    for count in range(1500):
        episode = episodes.play(mdp, policy, rng)
        v, visits = prediction.monte_carlo(v, visits, episode, 0.9, every_visit=every_visit)
        rate = 0.5 / (1 + count / 15)
        td = prediction.td_lambda_backward(td, episode, rate, 0.5, 0.9, online=True)
    np.testing.assert_allclose(v[:-1], truth, atol=0.02)
    np.testing.assert_allclose(td[:-1], truth, atol=0.02)


def test_first_visits_are_unbiased_and_every_visit_is_not():
    """One state that pays 1 and ends with probability a half: the truth is 2.

    After one episode of T steps first-visit says T, and the mean of T is 2. Every-visit says
    (T + 1) / 2, and its mean is 1.5. Source: Singh and Sutton 1996.
    """
    lengths = np.random.default_rng(0).geometric(0.5, size=4000)
    said = {False: [], True: []}
    for length in lengths:
        states = np.zeros(length + 1, int)
        episode = Episode(states, states[1:], np.ones(length), True)
        for every, values in said.items():
            v, _ = prediction.monte_carlo(np.zeros(1), np.zeros(1), episode, 1.0, every_visit=every)
            values.append(v[0])
    assert np.mean(said[False]) == pytest.approx(2, abs=0.08)
    assert np.mean(said[True]) == pytest.approx(1.5, abs=0.04)


def test_play_follows_the_policy_and_is_cut_off():
    mdp = grids.chain(length=4)
    right, left = np.eye(2)[[1] * 4], np.eye(2)[[0] * 4]
    episode = episodes.play(mdp, right, np.random.default_rng(0))
    assert episode.states.tolist() == [0, 1, 2, 3]
    assert episode.rewards.tolist() == [0, 0, 1]
    assert episode.terminated
    stuck = episodes.play(mdp, left, np.random.default_rng(0), limit=6)
    assert len(stuck) == 6
    assert not stuck.terminated
