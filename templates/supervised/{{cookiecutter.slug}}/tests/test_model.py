"""The hand-written part against an independent route: a numerical gradient."""

import numpy as np
from undergrad.engine import Tensor, gradcheck

from data import CLASSES, load
from evaluate import restore, save
from model import network, swish


def test_the_gradient_of_swish_is_the_numerical_one():
    x = Tensor(np.random.default_rng(1).normal(size=(3, 4)), requires_grad=True)
    report = gradcheck(swish, x, rtol=1e-5)
    assert report, report


def test_swish_is_x_times_sigmoid_and_never_overflows():
    x = np.array([-1000.0, -1.0, 0.0, 1.0, 1000.0])
    expected = [0.0, -1 / (1 + np.e), 0.0, 1 / (1 + 1 / np.e), 1000.0]
    np.testing.assert_allclose(swish(Tensor(x)).numpy(), expected, rtol=1e-12)


def test_an_untrained_network_is_as_unsure_as_a_guess():
    train = load()[0]
    logits = network(seed=0)(Tensor(train.inputs)).numpy().astype(np.float64)
    lost = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(train)), train.labels]
    assert abs(lost.mean() - np.log(CLASSES)) < 0.2


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, inputs = network(seed=3), Tensor(load()[2].inputs)
    save(model, seed=3)
    np.testing.assert_array_equal(restore(seed=3)(inputs).numpy(), model(inputs).numpy())
