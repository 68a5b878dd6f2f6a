"""Tile coding, semi-gradient SARSA, and the case in which off-policy bootstrapping diverges."""

import gymnasium
import numpy as np
import pytest

from undergrad.rl.agents.tabular.linear import BAIRD_FEATURES, LinearSarsa, TileCoder, baird

RNG = np.random.default_rng
CAR = TileCoder((-1.2, -0.07), (0.6, 0.07))


def test_each_tiling_has_one_tile_of_its_own():
    tiles = CAR(RNG(0).uniform([-1.2, -0.07], [0.6, 0.07], (5000, 2)))
    assert tiles.shape == (5000, 8)
    np.testing.assert_array_equal(tiles // (CAR.features // 8), np.tile(np.arange(8), (5000, 1)))
    assert tiles.min() >= 0
    assert tiles.max() < CAR.features


def test_bounds_and_what_lies_beyond_them_are_inside():
    inside, beyond = CAR(np.array([[-1.2, 0.07], [0.6, -0.07]])), CAR(np.array([[-9, 9], [9, -9]]))
    np.testing.assert_array_equal(inside, beyond)
    assert inside.max() < CAR.features


def test_the_tile_is_that_of_the_shifted_grid():
    coder = TileCoder((0.0, 0.0), (1.0, 2.0), bins=4, tilings=4)
    for x, y in RNG(1).uniform([0, 0], [1, 2], (200, 2)):
        for i, found in enumerate(coder(np.array([x, y]))):
            column = int(x / 0.25 + i / 4)  # in tiles of 1/4, shifted by i/4 of one
            row = int(y / 0.5 + (3 * i / 4) % 1)
            assert found == i * 25 + column + 5 * row


def test_neighbours_share_most_tiles_and_strangers_none():
    point = np.array([-0.5, 0.01])
    shared = [
        len(set(CAR(point)) & set(CAR(point + np.array([d * 1.8 / 8, 0]))))
        for d in (0, 0.1, 0.6, 1)
    ]
    assert shared[0] == 8
    assert shared[1] >= 7
    assert shared[2] in (3, 4)
    assert shared[3] == 0


def test_a_learning_rate_of_one_reaches_the_target_at_once():
    class Once(gymnasium.Env):
        def reset(self, *, seed=None, options=None):
            return np.array([0.0, 0.0]), {}

        def step(self, action):
            return np.array([0.5, 0.05]), 3.0, True, False, {}

    agent = LinearSarsa(CAR, 2, 1.0, 0.9)
    agent.episode(Once(), 0, 0.0, RNG(0))
    assert agent.values(np.array([0.0, 0.0])).tolist() == pytest.approx([3.0, 0.0])


def test_a_time_limit_is_no_end():
    class Cut(gymnasium.Env):
        truncated = True

        def reset(self, *, seed=None, options=None):
            return np.array([0.0, 0.0]), {}

        def step(self, action):
            return np.array([0.5, 0.05]), 1.0, not self.truncated, self.truncated, {}

    for truncated, expected in ((True, 1 + 0.9 * 2), (False, 1.0)):
        world, agent = Cut(), LinearSarsa(CAR, 1, 1.0, 0.9)
        world.truncated = truncated
        agent.weights[0, CAR(np.array([0.5, 0.05]))] = 2 / 8
        agent.episode(world, 0, 0.0, RNG(0))
        assert agent.values(np.array([0.0, 0.0]))[0] == pytest.approx(expected)


@pytest.mark.slow
def test_the_car_comes_up_the_hill():
    env = gymnasium.make("MountainCar-v0", max_episode_steps=2000)
    agent, rng = LinearSarsa(CAR, 3, 0.5, 1.0), RNG(0)
    for episode in range(300):
        agent.episode(env, episode, 0.0, rng)
    late = [agent.episode(env, 10_000 + i, 0.0, rng, learn=False) for i in range(50)]
    assert np.mean(late) > -130


def test_every_value_of_the_counterexample_can_be_right():
    """The features are independent, so the fault lies with the rule and not with them."""
    assert np.linalg.matrix_rank(BAIRD_FEATURES) == 7
    np.testing.assert_array_equal(BAIRD_FEATURES @ np.zeros(8), np.zeros(7))


@pytest.mark.parametrize("seed", range(3))
def test_all_three_legs_diverge_and_no_two_of_them_do(seed):
    norms = {rule: float(np.linalg.norm(baird(rule, 1_000, RNG(seed)))) for rule in
             ("td", "dp", "monte_carlo", "on_policy", "residual", "tdc")}  # fmt: skip
    assert norms.pop("td") > 100
    assert norms.pop("dp") > 100
    assert max(norms.values()) < 12, norms


def test_one_step_of_each_rule_is_its_formula():
    x, w = BAIRD_FEATURES, np.array([1.0, 1, 1, 1, 1, 1, 10, 1])
    expected = np.mean([(0.99 * x[6] @ w - row @ w) * row for row in x], axis=0)
    np.testing.assert_allclose(baird("dp", 1, RNG(0)), w + 0.01 * expected)
