"""The hand-written parts against independent routes: a measured slope, and a plain loop."""

import numpy as np
from undergrad.engine import Tensor, gradcheck

from data import ACTIONS, NUMBERS, Memory
from evaluate import restore, save
from model import Learner, huber, network, targets, values

RNG = np.random.default_rng(1)


def test_the_gradient_of_huber_is_its_slope():
    prediction = Tensor(RNG.normal(scale=3, size=12), requires_grad=True)
    target = RNG.normal(size=12)
    report = gradcheck(lambda x: huber(x, target), prediction, rtol=1e-5)
    assert report, report


def test_huber_is_a_parabola_near_zero_and_a_line_far_away():
    for difference, expected in [(0.5, 0.125), (-0.5, 0.125), (3.0, 2.5), (-3.0, 2.5)]:
        assert huber(Tensor(np.array([difference])), np.zeros(1)).item() == expected


def test_targets_equal_a_plain_loop():
    earned, weight = RNG.normal(size=6), np.array([0.9, 0.9, 0, 0.8, 0, 0.7])
    chosen, judged = RNG.normal(size=(2, 6, ACTIONS))
    expected = []
    for row in range(6):
        best = max(range(ACTIONS), key=lambda action, row=row: chosen[row, action])
        expected.append(earned[row] + weight[row] * judged[row, best])
    np.testing.assert_allclose(targets(earned, weight, chosen, judged), expected)


def test_a_learner_finds_the_value_of_a_step_that_ends_the_episode():
    memory, learner, rng = Memory(64, reach=3), Learner(seed=0, unit=1.0), np.random.default_rng(0)
    for _ in range(64):
        action = int(rng.integers(ACTIONS))
        memory.add(np.ones(NUMBERS), action, float(action), np.zeros(NUMBERS), True, False)
    for _ in range(400):
        learner.learn(memory, rng)
    found = values(learner.network, np.ones((1, NUMBERS), np.float32))[0]
    np.testing.assert_allclose(found, [0, 1], atol=0.05)


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, seen = network(seed=3), RNG.normal(size=(5, NUMBERS)).astype(np.float32)
    save(model, seed=3)
    np.testing.assert_array_equal(values(restore(seed=3), seen), values(model, seen))
