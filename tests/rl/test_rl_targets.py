"""Targets against loops that follow the definition, one number at a time."""

import numpy as np
import pytest

from undergrad.rl import targets


def looped_td(reward, terminated, next_value, discount):
    goals = []
    for i in range(len(reward)):
        goal = float(reward[i])
        if not terminated[i]:
            goal += discount * float(next_value[i])
        goals.append(goal)
    return goals


def looped_double(target_q, online_q):
    values = []
    for row in range(len(target_q)):
        best = 0
        for action in range(len(online_q[row])):
            if online_q[row][action] > online_q[row][best]:
                best = action
        values.append(target_q[row][best])
    return values


@pytest.mark.parametrize("seed", range(20))
def test_td_and_double_equal_the_loops(seed):
    rng = np.random.default_rng(seed)
    size, actions, discount = rng.integers(1, 40), rng.integers(1, 6), rng.random()
    reward, terminated = rng.normal(size=size), rng.random(size) < 0.3
    target_q, online_q = rng.normal(size=(2, size, actions))
    value = targets.double_value(target_q, online_q)
    np.testing.assert_array_equal(value, looped_double(target_q, online_q))
    plain = targets.double_value(target_q, target_q)
    np.testing.assert_array_equal(plain, [max(row) for row in target_q])
    goal = targets.td(reward, terminated, value, discount)
    np.testing.assert_allclose(goal, looped_td(reward, terminated, value, discount), rtol=1e-15)


@pytest.mark.parametrize(
    ("terminated", "truncated", "expected"),
    [(False, False, 1 + 0.5 * 8), (True, False, 1), (False, True, 1 + 0.5 * 8), (True, True, 1)],
)
def test_only_a_true_end_cuts_the_value_off(terminated, truncated, expected):
    mask = np.array([terminated])  # `truncated` has no place in the formula
    assert targets.td(np.array([1.0]), mask, np.array([8.0]), 0.5) == [expected]


def test_targets_keep_the_networks_type_and_do_not_change_their_inputs():
    reward, value = np.ones(3, np.float32), np.full(3, 2, np.float32)
    goal = targets.td(reward, np.array([False, True, False]), value, 0.9)
    assert goal.dtype == np.float32
    assert value.tolist() == [2, 2, 2]
    assert reward.tolist() == [1, 1, 1]


def test_a_column_against_a_row_is_refused():
    with pytest.raises(ValueError, match="one shape"):
        targets.td(np.ones(4), np.zeros(4, bool), np.ones((4, 1)), 0.9)


def test_double_is_below_the_maximum_when_estimates_are_noisy():
    """All true values are 0: the maximum promises a gain that is not there, double does not."""
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 4000, 10))
    assert targets.double_value(one, one).mean() > 1.4
    assert abs(targets.double_value(one, other).mean()) < 0.06
