"""The hand-written parts against independent routes: a numerical gradient, and a plain loop."""

import numpy as np
from undergrad.engine import Tensor, gradcheck

from data import N_ACTIONS, OBSERVATION_SIZE, ReplayBuffer
from evaluate import height, restore, save
from model import Learner, huber_loss, network, q_values, td_targets
from training import fit

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


def test_a_checkpoint_gives_the_same_networks_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    snapshots = {1_000: network(seed=3), 2_000: network(seed=4)}
    observation = RNG.normal(size=(5, OBSERVATION_SIZE)).astype(np.float32)
    save(snapshots, seed=3)
    again = restore(seed=3)
    assert list(again) == [1_000, 2_000]
    for step, model in snapshots.items():
        np.testing.assert_array_equal(
            q_values(again[step], observation), q_values(model, observation)
        )


def test_a_snapshot_stays_as_it_was_when_the_training_goes_on(monkeypatch):
    monkeypatch.setattr("training.EVERY", 100)
    snapshots = fit(2, steps=700).snapshots  # which learns from step 500 on
    observation = RNG.normal(size=(5, OBSERVATION_SIZE)).astype(np.float32)
    values = {step: q_values(model, observation) for step, model in snapshots.items()}
    assert list(values) == [100, 200, 300, 400, 500, 600, 700]
    np.testing.assert_array_equal(values[100], values[400])
    assert not np.array_equal(values[600], values[700])


def test_the_score_is_the_mean_over_networks_and_episodes(monkeypatch):
    played = iter([np.array([10.0, 30.0]), np.array([100.0, 100.0])])
    monkeypatch.setattr("evaluate.returns", lambda policy, pole: next(played))
    assert height({1_000: network(0), 2_000: network(1)}) == 60.0
