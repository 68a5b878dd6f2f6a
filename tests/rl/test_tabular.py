"""Control in a table: rules by hand and against each other, what is known to be best, DQN."""

import numpy as np
import pytest

from undergrad.engine import nn, optim
from undergrad.errors import UsageError
from undergrad.rl import DQN
from undergrad.rl.agents.dqn import DQNSettings
from undergrad.rl.agents.tabular import planning
from undergrad.rl.agents.tabular.agent import Tabular, TabularSettings
from undergrad.rl.agents.tabular.control import METHODS, Step
from undergrad.rl.build import build
from undergrad.rl.envs import grids
from undergrad.rl.envs.mdp import of_environment
from undergrad.rl.loops import Online
from undergrad.rl.replay import ReplayBatch
from undergrad.rl.run import preset
from undergrad.rl.vector_env import EnvSpec, make_env


def settings_of(method, horizon=(0.9, 1, 0.0), epsilon=0.1, rate=0.1, power=0.0):
    gamma, n_step, trace_decay = horizon
    return TabularSettings(
        method=method,
        gamma=gamma,
        n_step=n_step,
        trace_decay=trace_decay,
        epsilon_start=epsilon,
        epsilon_end=epsilon,
        learning_rate=rate,
        learning_rate_power=power,
    )


def agent_of(mdp, settings):
    initial = np.where(mdp.allowed, np.zeros((mdp.states, mdp.actions)), -np.inf)
    return Tabular(initial, settings)


def loop_of(mdp, settings, name, *, seed=0, envs=1, **options):
    env, agent = make_env(name, envs, seed, **options), agent_of(mdp, settings)
    return Online(agent, env, settings, np.random.default_rng(seed))


def trained(mdp, settings, name, steps, **options):
    loop = loop_of(mdp, settings, name, **options)
    while loop.steps < steps:
        loop.advance()
    loop.close()
    return loop.agent


CHAIN = grids.chain(length=3)
STEPS = [Step(0, 1, 0.5, 1, 0, False, False), Step(1, 0, -1.0, 0, 1, False, False)]
LAST = Step(0, 1, 2.0, 2, 0, True, True)


def after(method, steps, horizon=(0.9, 1, 0.0), epsilon=0.2):
    agent = agent_of(CHAIN, settings_of(method, horizon, rate=0.5))
    for table in agent.tables:
        table.values[...] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    for step in steps:
        agent.learn(0, step, epsilon, np.random.default_rng(0))
    return agent.values


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("sarsa", 3.0),  # q(s', a'), a' being 0
        ("expected_sarsa", 0.9 * 4 + 0.1 * 3),
        ("q_learning", 4.0),
    ],
)
def test_one_step_by_hand(method, value):
    q = after(method, STEPS[:1])
    assert q[0, 1] == pytest.approx(2 + 0.5 * (0.5 + 0.9 * value - 2))
    q[0, 1] = 2
    assert q.tolist() == [[1, 2], [3, 4], [5, 6]]  # nothing else moves


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_expected_after_the_end(method):
    q = after(method, [LAST], horizon=(0.9, 3, 0.7))
    share = 0.5 if method == "double_q_learning" else 1.0  # only one of the two tables moves
    assert q[0, 1] == pytest.approx(2 + share * 0.5 * (2.0 - 2))
    cut_off = after(method, [LAST._replace(terminated=False)], horizon=(0.9, 3, 0.7))
    assert cut_off[0, 1] > q[0, 1]  # when only time was up, the world went on


def test_double_q_lets_one_table_choose_and_the_other_judge():
    agent = agent_of(CHAIN, settings_of("double_q_learning", rate=1.0))
    one, other = agent.tables
    one.values[1], other.values[1] = [9.0, 0.0], [1.0, 5.0]
    for seed in range(20):
        one.values[0, 1] = other.values[0, 1] = 0.0
        agent.learn(0, Step(0, 1, 0.0, 1, 0, False, False), 0.1, np.random.default_rng(seed))
        found = (one.values[0, 1], other.values[0, 1])
        assert found in ((0.9 * 1.0, 0), (0, 0.9 * 0.0))


def random_steps(seed, count=60):
    """Episodes as an agent would meet them, in a world of three states."""
    rng, steps = np.random.default_rng(seed), []
    state, action = 0, 0
    for _ in range(count):
        after, following = int(rng.integers(3)), int(rng.integers(2))
        terminated, truncated = rng.random() < 0.15, rng.random() < 0.1
        ended = bool(terminated or truncated)
        steps.append(
            Step(state, action, float(rng.normal()), after, following, bool(terminated), ended)
        )
        state, action = (0, 1) if ended else (after, following)
    return steps


@pytest.mark.parametrize("seed", range(5))
def test_one_step_ahead_is_sarsa_and_far_ahead_is_monte_carlo(seed):
    steps = random_steps(seed)
    sarsa = after("sarsa", steps)
    np.testing.assert_allclose(after("n_step_sarsa", steps, (0.9, 1, 0.0)), sarsa, atol=1e-12)
    np.testing.assert_allclose(after("sarsa_lambda", steps, (0.9, 1, 0.0)), sarsa, atol=1e-12)
    far = after("n_step_sarsa", steps, (0.9, 1000, 0.0))
    ended = steps[: max(i for i, step in enumerate(steps) if step.ended) + 1]
    np.testing.assert_allclose(after("monte_carlo", ended), far, atol=1e-12)
    assert not np.allclose(far, sarsa, atol=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_n_steps_equal_the_definition(seed):
    """Every step of an episode, once, towards up to three rewards and one value."""
    steps = random_steps(seed, 40)
    q = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    waiting = []
    for now, step in enumerate(steps):
        waiting.append(now)
        rest = 0.0 if step.terminated else 0.9**1 * q[step.next_state, step.next_action]
        goals = []
        for begin in [i for i in waiting if step.ended or now - i == 2]:
            goal = sum(0.9 ** (k - begin) * steps[k].reward for k in range(begin, now + 1))
            goals.append((begin, goal + 0.9 ** (now - begin) * rest))
        for begin, goal in goals:
            at = steps[begin].state, steps[begin].action
            q[at] += 0.5 * (goal - q[at])
            waiting.remove(begin)
    np.testing.assert_allclose(after("n_step_sarsa", steps, (0.9, 3, 0.0)), q, atol=1e-12)


def test_traces_equal_a_table_of_them():
    steps = random_steps(1)
    q, trace = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.zeros((3, 2))
    for step in steps:
        value = 0 if step.terminated else q[step.next_state, step.next_action]
        td_error = step.reward + 0.9 * value - q[step.state, step.action]
        trace *= 0.9 * 0.6
        trace[step.state, step.action] += 1
        q += 0.5 * td_error * trace
        trace *= not step.ended
    np.testing.assert_allclose(after("sarsa_lambda", steps, (0.9, 1, 0.6)), q, atol=1e-12)


def test_environments_do_not_share_their_trajectories():
    """Two environments side by side learn what each would alone, when they share no entry."""
    one, two = random_steps(1, 30), random_steps(2, 30)
    shifted = [s._replace(state=s.state + 3, next_state=s.next_state + 3) for s in two]
    mdp = grids.chain(length=6)
    both, alone = (agent_of(mdp, settings_of("n_step_sarsa", (0.9, 3, 0.0))) for _ in range(2))
    for a, b in zip(one, shifted, strict=True):
        both.learn(0, a, 0.1, np.random.default_rng(0))
        both.learn(1, b, 0.1, np.random.default_rng(0))
    for step in one:
        alone.learn(0, step, 0.1, np.random.default_rng(0))
    np.testing.assert_array_equal(both.values[:3], alone.values[:3])


# What is known to be best.


@pytest.mark.parametrize("method", ["q_learning", "double_q_learning"])
def test_q_learning_finds_the_best_values_of_a_chain(method):
    mdp = grids.chain(length=6, slip=0.1)
    settings = settings_of(method, epsilon=0.5, rate=1.0, power=0.7)
    agent = trained(mdp, settings, "undergrad/Chain-v0", 15_000, envs=8, length=6, slip=0.1)
    best = planning.value_iteration(mdp, 0.9)[:-1]
    np.testing.assert_allclose(agent.values[:-1], best, atol=0.03)


@pytest.mark.parametrize(
    "method", ["sarsa", "expected_sarsa", "n_step_sarsa", "monte_carlo", "sarsa_lambda"]
)
def test_the_others_find_the_best_policy_of_a_chain(method):
    mdp = grids.chain(length=6)
    settings = settings_of(method, (0.9, 3, 0.8), epsilon=0.3)
    agent = trained(mdp, settings, "undergrad/Chain-v0", 4_000, envs=4, length=6)
    policy = np.eye(2)[agent.values.argmax(axis=1)]
    assert not len(planning.mistakes(mdp, policy, 0.9))


def test_expected_sarsa_learns_the_value_of_exploring_and_q_learning_that_of_the_best():
    """Expected SARSA keeps away from the edge, since it will stumble; Q-learning does not."""
    mdp, earned = grids.cliff(), {}
    for method in ("expected_sarsa", "q_learning"):
        settings = settings_of(method, (1.0, 1, 0.0), rate=0.3)
        agent = trained(mdp, settings, "undergrad/Cliff-v0", 6_000, envs=8)
        policy = np.eye(4)[agent.values.argmax(axis=1)]
        earned[method] = mdp.start @ planning.evaluate_policy(mdp, policy, 0.999)
    assert earned["q_learning"] == pytest.approx(-12.92, abs=0.01)
    assert earned["expected_sarsa"] < -14.5


def shares_of_bad_starts(method, runs=60, episodes=200):
    """How often each of some agents goes where 0.1 is lost; exploring alone costs 0.05."""
    mdp, name, shares = grids.maximization_bias(), "undergrad/MaximizationBias-v0", []
    for seed in range(runs):
        loop, bad = loop_of(mdp, settings_of(method, (1.0, 1, 0.0)), name, seed=seed), 0
        for _ in range(episodes):
            bad += int(loop.action[0]) == 1
            while not loop.advance():
                pass
        loop.close()
        shares.append(bad / episodes)
    return np.array(shares)


def test_the_maximum_of_noisy_estimates_misleads_and_two_tables_do_not():
    """Far more than the noise of 60 agents each: the difference is over ten standard errors."""
    single, double = shares_of_bad_starts("q_learning"), shares_of_bad_starts("double_q_learning")
    noise = np.sqrt((single.var() + double.var()) / len(single))
    assert single.mean() - double.mean() > 10 * noise
    assert double.mean() < 0.2 < 0.4 < single.mean()


def test_dqn_with_a_table_for_a_net_is_q_learning():
    """One-hot inputs, a linear net, SGD, batches of one, no lag: the same numbers to 1e-12."""
    mdp = of_environment("FrozenLake-v1")
    table = agent_of(mdp, settings_of("q_learning", rate=0.3))
    net = nn.Linear(mdp.states, mdp.actions, bias=False, rng=np.random.default_rng(0))
    net.weight.data = table.values.T.copy()
    free = DQNSettings(gamma=0.9, tau=1.0, huber_delta=1e9, max_grad_norm=1e9)
    dqn = DQN(net, optim.SGD(net.parameters(), lr=0.3), free)
    env, rng, one_hot = (
        make_env("FrozenLake-v1", 1, 0),
        np.random.default_rng(0),
        np.eye(mdp.states),
    )
    one = np.ones(1, np.int64)
    for _ in range(3000):
        seen, _ = env.step(rng.integers(4, size=1))
        here, there = one_hot[seen.observation], one_hot[seen.next_observation]
        dqn.learn(ReplayBatch(here, seen.action, seen.reward, there, seen.terminated, one))
        row = (c[0].item() for c in (seen.observation, seen.action, seen.reward))
        end = (bool(seen.terminated[0]), bool(seen.ended[0]))
        table.learn(0, Step(*row, int(seen.next_observation[0]), 0, *end), 0.1, rng)
    assert table.values.max() > 0.05
    np.testing.assert_allclose(net.weight.data.T, table.values, rtol=0, atol=1e-12)


# As a run.


def test_saved_and_loaded_it_continues_equally():
    task = preset.load("frozenlake").with_settings(
        {"n_envs": "3", "method": "n_step_sarsa", "n_step": "4"}
    )
    one, other = (build("tabular", task.env, task.settings, seed=1) for _ in range(2))
    for _ in range(100):
        one.advance()
    other.load_state_dict(one.state_dict())
    for _ in range(100):
        assert one.advance() == other.advance()
    np.testing.assert_array_equal(one.agent.values, other.agent.values)


def test_what_a_table_cannot_do_is_named():
    task = preset.load("frozenlake")
    with pytest.raises(UsageError, match="method must be sarsa or expected_sarsa"):
        task.with_settings({"method": "guess"})
    with pytest.raises(UsageError, match="A table needs discrete states and actions"):
        build("tabular", EnvSpec("CartPole-v1"), task.settings, seed=0)
