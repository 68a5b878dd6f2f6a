"""The hand-written parts against independent routes: a numerical gradient, and a plain loop."""

import numpy as np
from undergrad.engine import Tensor, gradcheck

from data import N_ACTIONS, OBSERVATION_SIZE, ReplayBuffer
from evaluate import restore, save
from model import Learner, huber_loss, network, q_values, td_targets

RNG = np.random.default_rng(1)


def test_the_gradient_of_the_huber_loss_is_the_numerical_one():
    prediction = Tensor(RNG.normal(scale=3, size=12), requires_grad=True)
    target = RNG.normal(size=12)
    report = gradcheck(lambda x: huber_loss(x, target), prediction, rtol=1e-5)
    assert report, report


def test_the_huber_loss_is_a_parabola_near_zero_and_a_line_far_away():
    for difference, expected in [(0.5, 0.125), (-0.5, 0.125), (3.0, 2.5), (-3.0, 2.5)]:
        assert huber_loss(Tensor(np.array([difference])), np.zeros(1)).item() == expected


def test_td_targets_equal_a_plain_loop():
    returns, bootstrap = RNG.normal(size=6), np.array([0.9, 0.9, 0, 0.8, 0, 0.7])
    next_q_online, next_q_target = RNG.normal(size=(2, 6, N_ACTIONS))
    expected = []
    for row in range(6):
        best = max(range(N_ACTIONS), key=lambda action, row=row: next_q_online[row, action])
        expected.append(returns[row] + bootstrap[row] * next_q_target[row, best])
    np.testing.assert_allclose(
        td_targets(returns, bootstrap, next_q_online, next_q_target), expected
    )


def test_a_learner_finds_the_value_of_a_step_that_ends_the_episode():
    buffer, learner, rng = (
        ReplayBuffer(64, n_step=3),
        Learner(seed=0, unit=1.0),
        np.random.default_rng(0),
    )
    for _ in range(64):
        action = int(rng.integers(N_ACTIONS))
        buffer.add(
            np.ones(OBSERVATION_SIZE),
            action,
            float(action),
            np.zeros(OBSERVATION_SIZE),
            True,
            False,
        )
    for _ in range(400):
        learner.learn(buffer, rng)
    found = q_values(learner.network, np.ones((1, OBSERVATION_SIZE), np.float32))[0]
    np.testing.assert_allclose(found, [0, 1], atol=0.05)


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, observation = network(seed=3), RNG.normal(size=(5, OBSERVATION_SIZE)).astype(np.float32)
    save(model, seed=3)
    np.testing.assert_array_equal(
        q_values(restore(seed=3), observation), q_values(model, observation)
    )
