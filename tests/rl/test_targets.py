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


def looped_categorical(reward, terminated, probability, atoms, discount):
    """Each atom moved and shared out, one at a time."""
    gap, rows = atoms[1] - atoms[0], []
    for b in range(len(reward)):
        row = [0.0] * len(atoms)
        for z, p in zip(atoms, probability[b], strict=True):
            moved = reward[b] + (0 if terminated[b] else discount[b] * z)
            moved = min(max(moved, atoms[0]), atoms[-1])
            for i, atom in enumerate(atoms):
                row[i] += p * max(0.0, 1 - abs(moved - atom) / gap)
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("seed", range(20))
def test_categorical_equals_the_loop_and_keeps_all_probability(seed):
    rng = np.random.default_rng(seed)
    size, count = rng.integers(1, 20), rng.integers(2, 30)
    atoms = np.linspace(-rng.random() * 5, rng.random() * 5 + 0.1, count)
    reward, terminated = rng.normal(size=size) * 4, rng.random(size) < 0.3
    probability = rng.dirichlet(np.ones(count), size=size)
    discount = rng.random(size)
    moved = targets.c51_projection(reward, terminated, probability, atoms, discount)
    expected = looped_categorical(reward, terminated, probability, atoms, discount)
    np.testing.assert_allclose(moved, expected, atol=1e-12)
    np.testing.assert_allclose(moved.sum(axis=1), 1, atol=1e-12)


def test_categorical_keeps_the_mean_inside_the_atoms():
    rng, atoms = np.random.default_rng(0), np.linspace(-10, 10, 21)
    probability = rng.dirichlet(np.ones(21), size=50)
    reward, terminated = rng.uniform(-1, 1, 50), rng.random(50) < 0.3
    moved = targets.c51_projection(reward, terminated, probability, atoms, np.full(50, 0.9))
    mean = targets.td(reward, terminated, probability @ atoms, 0.9)
    np.testing.assert_allclose(moved @ atoms, mean, atol=1e-12)


@pytest.mark.parametrize(
    ("reward", "expected"),
    [(0, [0, 1, 0, 0]), (2, [0, 0, 0, 1]), (9, [0, 0, 0, 1]), (-9, [1, 0, 0, 0])],
)
def test_categorical_on_an_atom_and_beyond_the_ends(reward, expected):
    sure = np.array([[0.0, 0, 1, 0]])
    atoms = np.array([-1.0, 0, 1, 2])
    moved = targets.c51_projection(np.array([reward]), np.array([True]), sure, atoms, 0.9)
    assert moved.tolist() == [expected]


def looped_quantile_loss(quantile, goal, delta):
    losses = []
    for row, goals in zip(quantile, goal, strict=True):
        total = 0.0
        for i, place in enumerate(row):
            level = (i + 0.5) / len(row)
            for g in goals:
                u = g - place
                bend = u * u / 2 if abs(u) <= delta else delta * (abs(u) - delta / 2)
                total += abs(level - (u < 0)) * bend / delta / len(goals)
        losses.append(total)
    return losses


@pytest.mark.parametrize("seed", range(10))
def test_quantile_loss_equals_the_loop_and_its_gradient_the_difference(seed):
    rng = np.random.default_rng(seed)
    quantile, goal = rng.normal(size=(4, 7)) * 2, rng.normal(size=(4, rng.integers(1, 9))) * 2
    loss, gradient = targets.quantile_huber(quantile, goal, 0.8)
    np.testing.assert_allclose(loss, looped_quantile_loss(quantile, goal, 0.8), rtol=1e-12)
    for i in range(7):
        up, down = quantile.copy(), quantile.copy()
        up[:, i] += 1e-6
        down[:, i] -= 1e-6
        rise = targets.quantile_huber(up, goal, 0.8)[0] - targets.quantile_huber(down, goal, 0.8)[0]
        np.testing.assert_allclose(gradient[:, i], rise / 2e-6, atol=1e-6)


def test_following_the_gradient_finds_the_quantiles():
    goal = np.random.default_rng(0).exponential(size=(1, 400))
    quantile = np.zeros((1, 5))
    for _ in range(3000):
        quantile -= 0.05 * targets.quantile_huber(quantile, goal, 0.01)[1]
    np.testing.assert_allclose(quantile[0], np.quantile(goal, [0.1, 0.3, 0.5, 0.7, 0.9]), atol=0.05)


def test_td_for_each_quantile_is_td_column_by_column():
    rng = np.random.default_rng(0)
    reward, terminated, discount = rng.normal(size=6), rng.random(6) < 0.4, rng.random(6)
    value = rng.normal(size=(6, 3))
    goal = targets.td_each(reward, terminated, value, discount)
    for i in range(3):
        column = targets.td(reward, terminated, value[:, i], discount)
        np.testing.assert_array_equal(goal[:, i], column)
