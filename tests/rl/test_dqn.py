"""DQN and Rainbow: equal to Q-learning in a table, and right where the answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from undergrad.engine import nn, optim
from undergrad.errors import ToolError, UsageError
from undergrad.rl import DQN, Rainbow
from undergrad.rl.agents.dqn import DQNSettings
from undergrad.rl.agents.rainbow import RainbowSettings
from undergrad.rl.networks import NoisyLinear, ScaleObservation, q_network
from undergrad.rl.replay import ReplayBatch

STATES, ACTIONS = 6, 3
SEEN = ("observation", "next_observation")
# Nothing that keeps an update from being that of a table.
FREE = {
    "huber_delta": 1e9,
    "max_grad_norm": 1e9,
    "tau": 1.0,
    "target_update_interval": 1,
    "ema_decay": 0.0,
}


def table_net(rng):
    """A linear net without bias on one-hot inputs: its weights are a table of values."""
    net = nn.Linear(STATES, ACTIONS, bias=False, rng=rng)
    net.weight.data = net.weight.data.astype(np.float64)
    return net


def table_agent(seed=0, kind=DQN, **settings):
    net = table_net(np.random.default_rng(seed))
    settings_class = DQNSettings if kind is DQN else RainbowSettings
    return kind(net, optim.SGD(net.parameters(), lr=0.3), settings_class(**FREE | settings))


def random_batch(rng, size=1):
    one_hot = np.eye(STATES)
    return ReplayBatch(
        one_hot[rng.integers(STATES, size=size)],
        rng.integers(ACTIONS, size=size),
        rng.normal(size=size),
        one_hot[rng.integers(STATES, size=size)],
        rng.random(size) < 0.2,
        rng.integers(1, 4, size=size),
    )


KINDS = {"plain": (DQN, {}), "off": (Rainbow, {}), "double": (Rainbow, {"double": True})}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("interval", [1, 7])
def test_equals_q_learning_in_a_table(kind, interval):
    made, blocks = KINDS[kind]
    agent = table_agent(kind=made, gamma=0.9, target_update_interval=interval, **blocks)
    rng = np.random.default_rng(1)
    table = agent.online.weight.data.T.copy()  # (state, action)
    lagged = table.copy()
    for update in range(1, 1001):
        batch = random_batch(rng)
        s, a = batch.observation[0].argmax(), batch.action[0]
        s2, target = batch.next_observation[0].argmax(), float(batch.reward[0])
        if not batch.terminated[0]:
            chooser = table if kind == "double" else lagged
            target += 0.9 ** batch.n[0] * lagged[s2, chooser[s2].argmax()]
        table[s, a] += 0.3 * (target - table[s, a])
        if update % interval == 0:
            lagged = table.copy()
        agent.learn(batch)
    np.testing.assert_allclose(agent.online.weight.data.T, table, rtol=0, atol=1e-12)


def chain_transitions():
    """Six states in a row; 0 goes left, 1 goes right, 2 stays. The right end pays 1 and ends."""
    rows = []
    for state in range(STATES):
        for action, move in enumerate((-1, 1, 0)):
            after = min(max(state + move, 0), STATES - 1)
            pays = state == STATES - 1 and action == 1
            rows.append((state, action, float(pays), after, pays))
    return rows


def optimal_values(rows, discount):
    """Value iteration."""
    q = np.zeros((STATES, ACTIONS))
    for _ in range(500):
        for state, action, reward, after, over in rows:
            q[state, action] = reward + (0 if over else discount * q[after].max())
    return q


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reward_scale", [1.0, 0.25])
def test_reaches_the_known_values_of_a_chain(kind, reward_scale):
    rows, rng = chain_transitions(), np.random.default_rng(0)
    made, blocks = KINDS[kind]
    net = q_network(ScaleObservation([1.0] * STATES), STATES, [32], ACTIONS, rng)
    settings = RainbowSettings(gamma=0.8, tau=0.1, reward_scale=reward_scale, **blocks)
    agent = made(net, optim.Adam(net.parameters(), lr=0.01), settings)
    states, actions, rewards, after, over = (np.array(c) for c in zip(*rows, strict=True))
    one_hot, n = np.eye(STATES, dtype=np.float32), np.ones_like(actions)
    batch = ReplayBatch(one_hot[states], actions, rewards, one_hot[after], over, n)
    for step in range(1200):
        agent.optimizer.param_groups[0]["lr"] = 0.01 * (1 - step / 1200)
        agent.learn(batch)
    expected = optimal_values(rows, 0.8)
    np.testing.assert_allclose(agent.value(one_hot), expected.max(axis=1), atol=0.02)
    assert agent.act_greedily(one_hot).tolist() == [1] * STATES


def test_no_promise_beyond_what_can_be_earned():
    agent = table_agent(kind=Rainbow, v_max=2.0, gamma=0.5)
    batch = random_batch(np.random.default_rng(0))
    agent.target.weight.data[...] = agent.online.weight.data[...] = 100.0
    batch.terminated[:], batch.n[:] = False, 1
    agent.learn(batch)
    state, action = batch.observation[0].argmax(), batch.action[0]
    target = batch.reward[0] + 0.5 * 2.0
    learned = agent.online.weight.data[action, state]
    assert learned == pytest.approx(100 + 0.3 * (target - 100))


def test_the_target_stays_while_the_online_network_learns():
    agent, rng = table_agent(target_update_interval=5), np.random.default_rng(0)
    before = agent.target.weight.data.copy()
    for update in range(1, 6):
        agent.learn(random_batch(rng, 8))
        moved = not np.array_equal(agent.target.weight.data, before)
        assert moved == (update == 5)
    np.testing.assert_array_equal(agent.target.weight.data, agent.online.weight.data)


def test_the_target_follows_softly():
    agent = table_agent(tau=0.25)
    slow = agent.target.weight.data.copy()
    agent.learn(random_batch(np.random.default_rng(0), 8))
    expected = slow + 0.25 * (agent.online.weight.data - slow)
    np.testing.assert_allclose(agent.target.weight.data, expected, atol=1e-15)


def test_greedy_play_uses_the_average_of_the_weights():
    agent, rng = table_agent(ema_decay=0.8), np.random.default_rng(0)
    expected, seen = np.zeros((ACTIONS, STATES)), []
    for update in range(1, 31):
        agent.learn(random_batch(rng, 4))
        seen.append(agent.online.weight.data.copy())
        rate = max(0.2, 1 / update)
        expected = (1 - rate) * expected + rate * seen[-1]
        if update == 5:
            np.testing.assert_allclose(agent.ema.weight.data, np.mean(seen, axis=0))
    np.testing.assert_allclose(agent.ema.weight.data, expected, atol=1e-12)
    np.testing.assert_allclose(agent.value(np.eye(STATES)), expected.max(axis=0))
    assert agent.act_greedily(np.eye(STATES)).tolist() == expected.argmax(axis=0).tolist()


def test_what_counts_less_pulls_less():
    """Two transitions of different states: each row of the table moves by its own weight."""
    eye, nothing = np.eye(STATES), np.zeros(2)
    batch = ReplayBatch(
        eye[:2], np.array([0, 1]), np.array([5.0, -3.0]), eye[2:4], nothing == 0, nothing
    )
    moved = []
    for weight in (None, np.array([1.0, 0.25])):
        agent = table_agent(kind=Rainbow)
        before = agent.online.weight.data.copy()
        agent.learn(replace(batch, weight=weight))
        moved.append(agent.online.weight.data - before)
    np.testing.assert_allclose(moved[1][0, 0], moved[0][0, 0])
    np.testing.assert_allclose(moved[1][1, 1], 0.25 * moved[0][1, 1])
    expected = np.abs(batch.reward - before[[0, 1], [0, 1]])
    np.testing.assert_allclose(agent.td_error, expected)  # not weighed


@pytest.mark.parametrize("kind", [DQN, Rainbow])
def test_the_stats_are_those_of_the_table(kind):
    agent = table_agent(kind=kind, gamma=0.9, reward_scale=0.5)
    agent.target.weight.data[...] += 0.125
    batch = random_batch(np.random.default_rng(4), 40)
    table, slow = agent.online.weight.data.T.copy(), agent.target.weight.data.T
    s, s2 = batch.observation.argmax(axis=1), batch.next_observation.argmax(axis=1)
    target = 0.5 * batch.reward + 0.9**batch.n * slow[s2].max(axis=1) * ~batch.terminated
    ranked = np.sort(table[s], axis=1)
    stats = agent.stats(batch)
    assert stats["q"] == pytest.approx(ranked[:, -1].mean() / 0.5)
    assert stats["action_gap"] == pytest.approx((ranked[:, -1] - ranked[:, -2]).mean() / 0.5)
    td_error = np.abs(table[s, batch.action] - target).mean() / 0.5
    assert stats["td_error"] == pytest.approx(td_error)
    assert stats["target_lag"] == pytest.approx(0.125)
    np.testing.assert_array_equal(agent.online.weight.data.T, table)  # nothing was learned


@pytest.mark.parametrize("distributional", ["none", "quantile"])
def test_the_td_error_is_in_units_of_the_reward(distributional):
    """A reward ten times as large, scaled to the same size, is a TD error ten times as large."""
    errors = []
    for reward, scale in ((1.0, 0.5), (10.0, 0.05)):
        rng, atoms = np.random.default_rng(2), 4 if distributional == "quantile" else 0
        net = q_network(nn.Identity(), STATES, [8], ACTIONS, rng, atoms=atoms)
        settings = RainbowSettings(distributional=distributional, reward_scale=scale)
        agent = Rainbow(net, optim.SGD(net.parameters(), lr=0.1), settings)
        batch = random_batch(np.random.default_rng(5), 20)
        single = {name: getattr(batch, name).astype(np.float32) for name in SEEN}
        batch = replace(batch, reward=reward * batch.reward, **single)
        errors.append(agent.stats(batch)["td_error"])
    assert errors[1] == pytest.approx(10 * errors[0], rel=1e-5)


def test_a_noisy_network_explores_when_it_acts_and_never_when_it_is_greedy():
    rng = np.random.default_rng(0)
    net = q_network(nn.Identity(), 3, [16], 4, rng, noisy=True)
    settings = RainbowSettings(noisy=True, ema_decay=0.0)
    agent = Rainbow(net, optim.Adam(net.parameters()), settings)
    seen = rng.normal(size=(50, 3)).astype(np.float32)
    acted = [agent.act(seen, 0.0, rng).tolist() for _ in range(8)]
    assert len({tuple(actions) for actions in acted}) > 1
    never, n = np.zeros(50, bool), np.ones(50, int)
    agent.learn(ReplayBatch(seen, np.zeros(50, int), np.ones(50), seen, never, n))
    noises = [part.noise_in for part in agent.online.modules() if isinstance(part, NoisyLinear)]
    others = [part.noise_in for part in agent.target.modules() if isinstance(part, NoisyLinear)]
    assert not any(np.array_equal(a, b) for a, b in zip(noises, others, strict=True))
    assert len({tuple(agent.act_greedily(seen).tolist()) for _ in range(8)}) == 1


def test_a_saved_agent_continues_equally():
    rng = np.random.default_rng(0)
    batches = [random_batch(rng, 4) for _ in range(20)]
    one, other = (
        table_agent(seed=0, target_update_interval=3),
        table_agent(seed=1, target_update_interval=3),
    )
    for batch in batches[:10]:
        one.learn(batch)
    other.load_state_dict(one.state_dict())
    for batch in batches[10:]:
        assert one.learn(batch) == other.learn(batch)
    np.testing.assert_array_equal(one.target.weight.data, other.target.weight.data)


def test_a_run_that_explodes_is_stopped():
    agent, batch = table_agent(), random_batch(np.random.default_rng(0))
    batch.reward[0] = np.inf
    with pytest.raises(ToolError, match="learning rate"), np.errstate(all="ignore"):
        agent.learn(batch)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ema_decay": 1.0},
        {"gamma": 1.0},
        {"tau": 0.0},
        {"target_update_interval": 0},
        {"reward_scale": 0.0},
    ],
)
def test_settings_without_sense_are_refused(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        table_agent(**wrong)
