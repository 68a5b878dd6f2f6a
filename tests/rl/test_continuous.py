"""Actions that are rows of numbers: their scale, and critics side by side."""

import numpy as np
import pytest

from undergrad.engine import Tensor, gradcheck, nn
from undergrad.rl.continuous import ActionScale, Critics, StackedLinear, constant

RNG = np.random.default_rng


def double(net):
    """The same network in double precision, with weights that are not small."""
    for i, parameter in enumerate(net.parameters()):
        parameter.data = RNG(i).normal(size=parameter.shape)
    return net


def test_minus_one_and_one_are_the_bounds():
    scale = ActionScale(np.float32([-2, 0]), np.float32([2, 10]))
    actions = np.float32([[-1, -1], [1, 1], [0, 0], [0.5, -0.5], [-7, 7]])
    expected = [[-2, 0], [2, 10], [0, 5], [1, 2.5], [-2, 10]]
    assert scale.to_env(actions).tolist() == expected
    assert scale.to_env(actions.astype(float)).dtype == np.float32
    np.testing.assert_allclose(scale.from_env(np.array(expected[:4])), actions[:4], atol=1e-7)


def test_there_and_back_is_the_same_action():
    low, high = RNG(0).uniform(-9, 0, 5), RNG(1).uniform(1, 9, 5)
    scale, actions = ActionScale(np.float32(low), np.float32(high)), RNG(2).uniform(-1, 1, (99, 5))
    received = scale.to_env(actions)
    assert (received >= np.float32(low)).all()
    assert (received <= np.float32(high)).all()
    np.testing.assert_allclose(scale.from_env(received), actions, atol=1e-6)


def test_a_number_that_cannot_vary_is_left_where_it_is():
    scale = ActionScale(np.float32([3, -1]), np.float32([3, 1]))
    received = scale.to_env(np.float32([[0.7, 0.7]]))
    assert received[0, 0] == 3
    np.testing.assert_allclose(scale.from_env(received), [[0, 0.7]], rtol=1e-6)


def test_stacked_layers_are_layers_one_after_the_other():
    stacked, x = double(StackedLinear(3, 4, 5, RNG(0))), RNG(1).normal(size=(7, 4))
    together = stacked(Tensor(x)).numpy()
    one_each = stacked(Tensor(np.stack([x, 2 * x, -x]))).numpy()
    for i, factor in enumerate((1, 2, -1)):
        weight, bias = stacked.weight.numpy()[i], stacked.bias.numpy()[i, 0]
        np.testing.assert_allclose(together[i], [row @ weight + bias for row in x])
        np.testing.assert_allclose(one_each[i], [factor * row @ weight + bias for row in x])


def test_the_first_weights_are_spread_as_those_of_a_linear_layer():
    stacked, single = StackedLinear(2, 50, 400, RNG(0)), nn.Linear(50, 400, rng=RNG(1))
    for parameter, expected in zip(stacked.parameters(), single.parameters(), strict=True):
        assert parameter.dtype == np.float32
        assert np.abs(parameter.numpy()).max() <= 50**-0.5
        assert parameter.numpy().std() == pytest.approx(expected.numpy().std(), rel=0.05)
    assert (stacked.weight.numpy()[0] != stacked.weight.numpy()[1]).all()


def critics(count=2):
    return double(Critics(nn.Identity(), 3, 2, [6, 5], count, RNG(0)))


def looped(net, observation, action):
    """q(s, a) by each critic, one row and one layer at a time."""
    values = []
    for c in range(len(net.layers[0].weight.numpy())):
        rows = []
        for x in np.concatenate([observation, action], axis=1):
            for layer in net.layers[:-1]:
                x = np.maximum(x @ layer.weight.numpy()[c] + layer.bias.numpy()[c, 0], 0)
            last = net.layers[-1]
            rows.append((x @ last.weight.numpy()[c] + last.bias.numpy()[c, 0])[0])
        values.append(rows)
    return np.array(values)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_critics_are_networks_of_their_own(count):
    net, observation, action = (
        critics(count),
        RNG(3).normal(size=(8, 3)),
        RNG(4).normal(size=(8, 2)),
    )
    q = net(observation, Tensor(action))
    assert q.shape == (count, 8)
    np.testing.assert_allclose(q.numpy(), looped(net, observation, action))


def test_gradients_of_the_critics_equal_small_differences():
    net, observation = critics(), RNG(3).normal(size=(4, 3))
    action = Tensor(RNG(4).normal(size=(4, 2)), requires_grad=True)
    cotangent = RNG(5).normal(size=(2, 4))
    gradcheck(lambda a: (net(observation, a) * cotangent).sum(), action)
    weight = net.layers[1].weight

    def with_weight(w):
        net.layers[1].weight = w
        return (net(observation, Tensor(action.numpy())) * cotangent).sum()

    gradcheck(with_weight, weight)


def test_gradients_flow_through_constants_and_not_into_them():
    net, observation = critics(), RNG(3).normal(size=(4, 3))
    found = []
    for parameters in ([], list(net.parameters())):
        action = Tensor(RNG(4).normal(size=(4, 2)), requires_grad=True)
        with constant(parameters):
            net(observation, action).sum().backward()
        found.append(action.grad)
    np.testing.assert_array_equal(*found)
    before = [parameter.grad.copy() for parameter in net.parameters()]
    with constant(list(net.parameters())):
        net(observation, Tensor(np.ones((4, 2)), requires_grad=True)).sum().backward()
    for parameter, gradient in zip(net.parameters(), before, strict=True):
        np.testing.assert_array_equal(parameter.grad, gradient)
    assert all(parameter.requires_grad for parameter in net.parameters())
