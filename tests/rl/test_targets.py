"""Targets against loops that follow the definition, one number at a time."""

import copy

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, optim
from undergrad.rl import DQN, Rainbow, targets
from undergrad.rl.agents.dqn import DQNSettings
from undergrad.rl.agents.rainbow import RainbowSettings
from undergrad.rl.replay import ReplayBatch


def looped_td(reward, terminated, next_value, discount):
    found = []
    for i in range(len(reward)):
        goal = float(reward[i])
        if not terminated[i]:
            goal += discount[i] * float(next_value[i])
        found.append(goal)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_td_equals_the_loop_for_each_column(seed):
    rng = np.random.default_rng(seed)
    size, columns = rng.integers(1, 40), rng.integers(1, 6)
    reward, terminated, discount = rng.normal(size=size), rng.random(size) < 0.3, rng.random(size)
    value = rng.normal(size=(size, columns))
    target = targets.td(reward, terminated, value, discount)
    for i in range(columns):
        expected = looped_td(reward, terminated, value[:, i], discount)
        np.testing.assert_allclose(target[:, i], expected, rtol=1e-14)


def dqn_target(reward, terminated, values, **settings):
    """The TD targets of a DQN whose network says `values` (A,) whatever it sees."""
    rng, size = np.random.default_rng(0), len(reward)
    net = nn.Linear(1, len(values), rng=rng)
    net.weight.data = np.zeros_like(net.weight.data)
    net.bias.data = np.array(values, np.float32)
    agent = DQN(net, optim.SGD(net.parameters(), lr=1.0), DQNSettings(**settings))
    seen, action = np.zeros((size, 1), np.float32), np.zeros(size, int)
    batch = ReplayBatch(seen, action, reward, seen, terminated, np.full(size, 3))
    return agent.td_target(batch)


def test_a_copy_of_an_agent_learns_as_the_agent_does():
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.ReLU(), nn.Linear(4, 2, rng=rng))
    agent = DQN(net, optim.Adam(net.parameters(), lr=0.1), DQNSettings(tau=0.5))
    seen, after = rng.normal(size=(2, 8, 3)).astype(np.float32)
    action, reward = rng.integers(2, size=8), rng.normal(size=8).astype(np.float32)
    batch = ReplayBatch(seen, action, reward, after, np.zeros(8, bool), np.ones(8, int))
    agent.learn(batch)
    copied = copy.deepcopy(agent)
    for either in (copied, agent):
        for _ in range(3):
            either.learn(batch)
    for name in ("online", "target", "ema"):
        ours, theirs = (getattr(x, name).state_dict() for x in (copied, agent))
        assert all(np.array_equal(ours[k], theirs[k]) for k in theirs), name
    assert copied.stats(batch) == agent.stats(batch)


@pytest.mark.parametrize("seed", range(5))
def test_the_target_of_dqn_equals_the_loop(seed):
    rng = np.random.default_rng(seed)
    reward, terminated = rng.normal(size=9), rng.random(9) < 0.4
    values = rng.normal(size=4)
    target = dqn_target(reward, terminated, values, gamma=0.8, reward_scale=0.25)
    next_value = np.full(9, values.astype(np.float32).max())
    expected = looped_td(0.25 * reward, terminated, next_value, np.full(9, 0.8**3))
    assert target.shape == (9, 1)
    assert target.dtype == np.float32
    np.testing.assert_allclose(target[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("terminated", "truncated", "expected"),
    [(False, False, 1 + 0.5 * 8), (True, False, 1), (False, True, 1 + 0.5 * 8), (True, True, 1)],
)
def test_only_a_true_end_cuts_the_value_off(terminated, truncated, expected):
    mask = np.array([terminated])  # `truncated` has no place in the formula
    assert targets.td(np.array([1.0]), mask, np.array([[8.0]]), 0.5) == [[expected]]
    assert dqn_target(np.array([1.0]), mask, [3.0, 8.0], gamma=0.5 ** (1 / 3)) == pytest.approx(
        expected
    )


def test_targets_keep_the_networks_type_and_do_not_change_their_inputs():
    reward, value = np.ones(3, np.float32), np.full((3, 1), 2, np.float32)
    target = targets.td(reward, np.array([False, True, False]), value, 0.9)
    assert target.dtype == np.float32
    assert value.tolist() == [[2], [2], [2]]
    assert reward.tolist() == [1, 1, 1]


def test_a_column_against_a_row_is_refused():
    with pytest.raises(ValueError, match="these must be"):
        targets.td(np.ones(4), np.zeros(4, bool), np.ones(4), 0.9)
    with pytest.raises(ValueError, match="one length"):
        targets.td(np.ones(4), np.zeros(4, bool), np.ones((5, 1)), 0.9)


@pytest.mark.parametrize("double", [False, True])
def test_double_is_below_the_maximum_when_estimates_are_noisy(double):
    """All true values are 0: the maximum promises a gain that is not there, double does not."""
    nets = [nn.Linear(4000, 10, bias=False, rng=np.random.default_rng(i)) for i in (0, 1)]
    for net in nets:  # a value of its own for each state and action
        net.weight.data *= np.float32(np.sqrt(3 * 4000))  # of standard deviation 1
    agent = Rainbow(nets[0], optim.SGD(nets[0].parameters()), RainbowSettings(double=double))
    agent.target.load_state_dict(nets[1].state_dict())
    states, zeros = np.eye(4000, dtype=np.float32), np.zeros(4000, int)
    batch = ReplayBatch(states, zeros, zeros * 0.0, states, zeros > 0, zeros)
    mean = agent.td_target(batch).mean()
    assert abs(mean) < 0.06 if double else mean > 1.4


def looped_projection(reward, terminated, probability, atoms, discount):
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
def test_projection_equals_the_loop_and_keeps_all_probability(seed):
    rng = np.random.default_rng(seed)
    size, count = rng.integers(1, 20), rng.integers(2, 30)
    atoms = np.linspace(-rng.random() * 5, rng.random() * 5 + 0.1, count)
    reward, terminated = rng.normal(size=size) * 4, rng.random(size) < 0.3
    probability = rng.dirichlet(np.ones(count), size=size)
    discount = rng.random(size)
    moved = targets.c51_projection(reward, terminated, probability, atoms, discount)
    expected = looped_projection(reward, terminated, probability, atoms, discount)
    np.testing.assert_allclose(moved, expected, atol=1e-12)
    np.testing.assert_allclose(moved.sum(axis=1), 1, atol=1e-12)


def test_projection_keeps_the_mean_inside_the_atoms():
    rng, atoms = np.random.default_rng(0), np.linspace(-10, 10, 21)
    probability = rng.dirichlet(np.ones(21), size=50)
    reward, terminated = rng.uniform(-1, 1, 50), rng.random(50) < 0.3
    moved = targets.c51_projection(reward, terminated, probability, atoms, np.full(50, 0.9))
    mean = targets.td(reward, terminated, (probability @ atoms)[:, None], 0.9)
    np.testing.assert_allclose(moved @ atoms, mean[:, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("reward", "expected"),
    [(0, [0, 1, 0, 0]), (2, [0, 0, 0, 1]), (9, [0, 0, 0, 1]), (-9, [1, 0, 0, 0])],
)
def test_projection_on_an_atom_and_beyond_the_ends(reward, expected):
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
                huber = u * u / 2 if abs(u) <= delta else delta * (abs(u) - delta / 2)
                total += abs(level - (u < 0)) * huber / delta / len(goals)
        losses.append(total)
    return losses


def quantile_loss(quantile, goal, delta):
    """The loss (B,) of the engine's operations, and its gradient (B, Z)."""
    x = Tensor(quantile, requires_grad=True)
    loss = targets.quantile_huber_loss(x, goal, delta)
    loss.sum().backward()
    return loss.data, x.grad


@pytest.mark.parametrize("seed", range(10))
def test_quantile_loss_equals_the_loop_and_its_gradient_the_difference(seed):
    rng = np.random.default_rng(seed)
    quantile, goal = rng.normal(size=(4, 7)) * 2, rng.normal(size=(4, rng.integers(1, 9))) * 2
    loss, gradient = quantile_loss(quantile, goal, 0.8)
    np.testing.assert_allclose(loss, looped_quantile_loss(quantile, goal, 0.8), rtol=1e-12)
    for i in range(7):
        up, down = quantile.copy(), quantile.copy()
        up[:, i] += 1e-6
        down[:, i] -= 1e-6
        rise = quantile_loss(up, goal, 0.8)[0] - quantile_loss(down, goal, 0.8)[0]
        np.testing.assert_allclose(gradient[:, i], rise / 2e-6, atol=1e-6)


def test_following_the_gradient_finds_the_quantiles():
    goal = np.random.default_rng(0).exponential(size=(1, 400))
    quantile = np.zeros((1, 5))
    for _ in range(3000):
        quantile -= 0.05 * quantile_loss(quantile, goal, 0.01)[1]
    np.testing.assert_allclose(quantile[0], np.quantile(goal, [0.1, 0.3, 0.5, 0.7, 0.9]), atol=0.05)
