"""The hand-written parts against independent routes: numerical gradients, and a plain loop."""

import numpy as np
import pytest
from undergrad.engine import Tensor, gradcheck

from data import CLASSES, SIDE, load
from evaluate import predict, restore, save
from model import conv, dense, network, swish

RNG = np.random.default_rng(1)


def leaf(*shape):
    return Tensor(RNG.normal(size=shape), requires_grad=True)


def test_the_gradients_of_conv_are_the_numerical_ones():
    report = gradcheck(conv, leaf(2, 5, 5), leaf(3, 9), leaf(3), rtol=1e-5)
    assert report, report


def test_the_gradient_of_swish_is_the_numerical_one():
    report = gradcheck(swish, leaf(3, 4), rtol=1e-5)
    assert report, report


def test_conv_equals_a_plain_loop_over_positions():
    x, weight, bias = leaf(2, 6, 6), leaf(3, 4), leaf(3)
    found = conv(x, weight, bias).numpy()
    for down in range(5):
        for right in range(5):
            patch = x.data[:, down : down + 2, right : right + 2].reshape(2, 4)
            expected = patch @ weight.data.T + bias.data
            np.testing.assert_allclose(found[:, down, right], expected)


@pytest.mark.parametrize("build", [network, dense])
def test_an_untrained_network_is_as_unsure_as_a_guess(build):
    train = load()[0]
    logits = predict(build(seed=0), train.inputs).astype(np.float64)
    lost = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(train)), train.labels]
    assert abs(lost.mean() - np.log(CLASSES)) < 0.2


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, inputs = network(seed=3), RNG.random((4, SIDE, SIDE)).astype(np.float32)
    save(model, seed=3)
    np.testing.assert_array_equal(predict(restore(seed=3), inputs), predict(model, inputs))
