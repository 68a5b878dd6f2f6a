"""Penalties, and how weights begin."""

import math

import numpy as np
import pytest

from undergrad.engine import Tensor, gradcheck, optim
from undergrad.engine.nn import init
from undergrad.engine.training.regularise import l1_penalty, l2_penalty


def weights(*numbers):
    return Tensor(np.array(numbers), requires_grad=True)


def test_penalties_and_their_gradients():
    a, b = weights(1.0, -2.0), weights(3.0)
    assert l1_penalty([a, b]).item() == 6
    assert l2_penalty(iter([a, b])).item() == 7
    assert gradcheck(lambda *ws: l1_penalty(ws), a, b)
    assert gradcheck(lambda *ws: l2_penalty(ws), a, b)


def test_the_l2_penalty_is_weight_decay():
    paths = []
    for decay, share in ((0.3, 0.0), (0.0, 0.3)):
        w = weights(1.0, -2.0)
        optimizer = optim.SGD([w], lr=0.1, weight_decay=decay)
        for _ in range(5):
            optimizer.zero_grad()
            ((w - 1.0) ** 2).sum().backward()
            (share * l2_penalty([w])).backward()
            optimizer.step()
        paths.append(w.data.copy())
    assert np.allclose(*paths)


def test_a_penalty_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs parameters"):
        l1_penalty([])


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (4, 2, 3, 3)])
def test_orthogonal_weights_keep_lengths(shape):
    w = init.orthogonal_(Tensor(np.empty(shape)), gain=2.0, rng=0).data.reshape(shape[0], -1)
    small = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    assert np.allclose(small, 4 * np.eye(len(small)))


def test_orthogonal_matrices_are_drawn_evenly():
    turned = [init.orthogonal_(Tensor(np.empty((2, 2))), rng=i).data[0, 0] for i in range(400)]
    assert abs(np.mean(turned)) < 0.1
    assert np.mean(np.square(turned)) == pytest.approx(0.5, abs=0.1)


def test_a_truncated_normal_has_no_tails():
    drawn = init.trunc_normal_(Tensor(np.empty(20_000)), 1.0, 2.0, -1.0, 2.0, rng=0).data
    assert drawn.min() >= -1
    assert drawn.max() <= 2
    low, high = (0.5 * (1 + math.erf((edge - 1) / 2 / math.sqrt(2))) for edge in (-1, 2))
    middle = 0.5 * (1 + math.erf((0.5 - 1) / 2 / math.sqrt(2)))
    assert (drawn < 0.5).mean() == pytest.approx((middle - low) / (high - low), abs=0.02)


def test_eye_passes_everything_on():
    assert init.eye_(Tensor(np.ones((2, 3)))).tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: init.eye_(Tensor(np.ones(2))), "needs a matrix"),
        (lambda: init.orthogonal_(Tensor(np.ones(2))), "2 or more axes"),
        (lambda: init.trunc_normal_(Tensor(np.ones(2)), 9.0), "too little of the normal"),
        (lambda: init.trunc_normal_(Tensor(np.ones(2)), a=1.0, b=0.0), "too little"),
    ],
)
def test_init_refuses(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_gains_and_fans_equal_pytorch():
    theirs = pytest.importorskip("torch").nn.init
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert init.calculate_gain(name) == pytest.approx(theirs.calculate_gain(name))
    assert init.calculate_gain("leaky_relu", 0.3) == theirs.calculate_gain("leaky_relu", 0.3)
    torch = pytest.importorskip("torch")
    for shape in [(3, 4), (3, 4, 5), (6, 2, 3, 3)]:
        expected = theirs._calculate_fan_in_and_fan_out(torch.empty(shape))
        assert init.fans(Tensor(np.empty(shape))) == expected


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("xavier_uniform_", {"gain": 2.0}), ("xavier_normal_", {}),
        ("kaiming_uniform_", {"a": 0.5}), ("kaiming_normal_", {"mode": "fan_out"}),
        ("kaiming_normal_", {"nonlinearity": "tanh"}), ("orthogonal_", {"gain": 3.0}),
        ("trunc_normal_", {"std": 2.0}), ("uniform_", {"a": -1.0}), ("normal_", {"std": 0.1}),
    ],
)  # fmt: skip
def test_the_std_is_that_of_pytorch(name, settings):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    theirs = getattr(torch.nn.init, name)(torch.empty(60, 20, 3, 3), **settings).numpy()
    ours = getattr(init, name)(Tensor(np.empty((60, 20, 3, 3))), **settings, rng=0).data
    assert ours.mean() == pytest.approx(float(theirs.mean()), abs=0.05 * float(theirs.std()))
    assert ours.std() == pytest.approx(float(theirs.std()), rel=0.03)
    assert np.abs(ours).max() == pytest.approx(float(np.abs(theirs).max()), rel=0.3)
