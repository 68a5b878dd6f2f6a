"""Known worlds: planning against other routes to the same numbers, tables against Gymnasium's."""

import itertools

import numpy as np
import pytest

from undergrad.rl.agents.tabular import planning, policies
from undergrad.rl.agents.tabular.planning import share_of_best_actions
from undergrad.rl.envs import grids
from undergrad.rl.envs.mdp import MDP, from_outcomes, of_environment
from undergrad.rl.vector_env import EnvSpec


def random_mdp(seed, states=4, actions=3, width=2):
    """Anything can lead anywhere; about one outcome in five is an end."""
    rng = np.random.default_rng(seed)
    shape = (states, actions, width)
    probability = rng.dirichlet(np.ones(width), size=(states, actions))
    tables = probability, rng.integers(states, size=shape), rng.normal(size=shape)
    return MDP(*tables, rng.random(shape) < 0.2, rng.dirichlet(np.ones(states)))


def all_policies(mdp):
    for chosen in itertools.product(range(mdp.actions), repeat=mdp.states):
        yield np.eye(mdp.actions)[list(chosen)]


@pytest.mark.parametrize("seed", range(5))
def test_best_values_equal_the_best_of_all_policies(seed):
    mdp = random_mdp(seed)
    every = [planning.evaluate_policy(mdp, policy, 0.9) for policy in all_policies(mdp)]
    best = np.max(every, axis=0)
    np.testing.assert_allclose(planning.value_iteration(mdp, 0.9).max(axis=1), best, atol=1e-10)
    np.testing.assert_allclose(planning.policy_iteration(mdp, 0.9).max(axis=1), best, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_a_policys_values_equal_the_sum_over_time(seed):
    """Where it is after each step, and what it earns there, for 400 steps."""
    mdp, rng = random_mdp(seed), np.random.default_rng(seed)
    policy = rng.dirichlet(np.ones(mdp.actions), size=mdp.states)
    where, total = np.eye(mdp.states), np.zeros(mdp.states)
    for time in range(400):
        ahead = np.zeros_like(where)
        for s, a, k in itertools.product(*map(range, mdp.probability.shape)):
            weight = where[:, s] * policy[s, a] * mdp.probability[s, a, k]
            total += 0.9**time * weight * mdp.reward[s, a, k]
            ahead[:, mdp.next_state[s, a, k]] += weight * (not mdp.terminated[s, a, k])
        where = ahead
    np.testing.assert_allclose(planning.evaluate_policy(mdp, policy, 0.9), total, atol=1e-10)


def test_a_chain_has_a_closed_form():
    """From n steps before the end: discount^(n - 1), and one step more for walking away."""
    q = planning.value_iteration(grids.chain(length=7), 0.9)[:-1]
    towards = 0.9 ** np.arange(5, -1, -1.0)
    away = 0.9 * np.concatenate([towards[:1], towards[:-1]])
    np.testing.assert_allclose(q, np.stack([away, towards], axis=1), atol=1e-12)


def test_our_cliff_is_gymnasiums():
    ours, theirs = grids.cliff(), of_environment("CliffWalking-v1")
    for name in ("next_state", "reward", "terminated"):
        np.testing.assert_array_equal(getattr(ours, name)[:47], getattr(theirs, name)[:47])
    np.testing.assert_array_equal(ours.start, theirs.start)


@pytest.mark.parametrize(("where", "best"), [("CliffWalking-v1", -13), ("undergrad/Cliff-v0", -13)])
def test_the_shortest_way_along_the_cliff(where, best):
    mdp = of_environment(where)
    assert mdp.start @ planning.value_iteration(mdp, 1.0).max(axis=1) == best


def test_a_gridworld_without_slipping_is_the_shortest_path():
    """Steps to the goal by breadth-first search."""
    layout = grids.ROOMS
    mdp, cells = grids.gridworld(slip=0.0), "".join(layout)
    goal = cells.index("G")
    far, border = {goal: 0}, [goal]
    while border:
        here = border.pop(0)
        row, column = divmod(here, 9)
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            there = r * 9 + c
            if 0 <= r < 8 and 0 <= c < 9 and cells[there] in "S." and there not in far:
                far[there] = far[here] + 1
                border.append(there)
    v = planning.value_iteration(mdp, 0.9).max(axis=1)
    for place, steps in far.items():
        if steps:
            assert v[place] == pytest.approx(0.9 ** (steps - 1))


@pytest.mark.parametrize(
    "name", ["FrozenLake-v1", "Taxi-v4", "undergrad/Gridworld-v0", "undergrad/Chain-v0"]
)
def test_playing_agrees_with_the_tables(name):
    """Every transition that happens has a probability, and often the right one."""
    import gymnasium

    mdp, env = of_environment(name), gymnasium.make(name)
    rng, seen = np.random.default_rng(0), {}
    state, _ = env.reset(seed=0)
    for _ in range(4000):
        action = int(rng.integers(mdp.actions))
        after, reward, terminated, truncated, _ = env.step(action)
        key = (int(state), action, int(after), float(reward), bool(terminated))
        seen[key] = seen.get(key, 0) + 1
        state = env.reset()[0] if terminated or truncated else after
    for (s, a, after, reward, over), count in seen.items():
        same = mdp.next_state[s, a] == after
        same &= (mdp.reward[s, a] == reward) & (mdp.terminated[s, a] == over)
        expected = mdp.probability[s, a] @ same
        tries = sum(n for (s2, a2, *_), n in seen.items() if (s2, a2) == (s, a))
        assert expected > 0
        assert abs(count / tries - expected) < 4.5 * np.sqrt(0.25 / tries)


def test_noise_and_missing_actions():
    mdp = grids.maximization_bias()
    q = planning.value_iteration(mdp, 1.0)
    assert q[0, :2].tolist() == [0, -0.1]
    assert (q[0, 2:] == -np.inf).all()
    assert q[1].tolist() == [-0.1] * 10


def test_mistakes_count_only_where_the_policy_comes():
    mdp = grids.chain(length=5)
    right = np.eye(2)[[1] * 5]
    assert planning.mistakes(mdp, right, 0.9).tolist() == []
    back = right.copy()
    back[3] = [1, 0]
    assert planning.mistakes(mdp, back, 0.9).tolist() == [3]
    start_left = np.eye(2)[[0] * 5]  # never leaves the first state, so only that one counts
    assert planning.mistakes(mdp, start_left, 0.9).tolist() == [0]


def test_the_measure_of_a_pass_line():
    world = EnvSpec("CliffWalking-v1", {"max_episode_steps": 50})
    best = planning.value_iteration(of_environment("CliffWalking-v1"), 1.0).argmax(axis=1)
    assert share_of_best_actions(lambda states: best[states], world, 1.0) == 1
    best[30] = 0  # one step before the last turn: up, away from the goal
    assert share_of_best_actions(lambda states: best[states], world, 1.0) < 1


def test_ends_that_never_come_are_named():
    circle = from_outcomes({0: {0: [(1.0, 0, 1.0, False)]}}, np.ones(1))
    with pytest.raises(ValueError, match="never ends"):
        planning.evaluate_policy(circle, np.ones((1, 1)), 1.0)
    with pytest.raises(ValueError, match="do not settle"):
        planning.value_iteration(circle, 1.0)
    with pytest.raises(ValueError, match="does not show"):
        of_environment("CartPole-v1")
    with pytest.raises(ValueError, match="add up to 1"):
        from_outcomes({0: {0: [(0.5, 0, 1.0, False)]}}, np.ones(1))


def test_epsilon_greedy_shares_among_equals_and_skips_what_is_missing():
    q = np.array([[1.0, 1.0, 0.0, -np.inf], [0.0, 2.0, 0.0, 0.0]])
    policy = policies.epsilon_greedy(q, 0.3)
    expected = [[0.35 + 0.1, 0.35 + 0.1, 0.1, 0], [0.075, 0.775, 0.075, 0.075]]
    np.testing.assert_allclose(policy, expected)
    drawn = policies.choose(np.repeat(policy[:1], 20_000, axis=0), np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 20_000, policy[0], atol=0.015)
