"""Value networks: each layer does what its paper says."""

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, no_grad
from undergrad.rl import networks
from undergrad.rl.networks import NoisyLinear, reset_noise


def in_double(net):
    for parameter in net.parameters():
        parameter.data = parameter.data.astype(np.float64)
    return net


@pytest.mark.parametrize("hidden_sizes", [[], [8], [16, 16], [4, 4, 4]])
def test_a_plain_network_is_linear_layers_with_relu_between_them(hidden_sizes):
    net = networks.q_network(nn.Identity(), 3, hidden_sizes, 2, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(7, 3)).astype(np.float32)
    parameters, expected = list(net.parameters()), x
    for i, (weight, bias) in enumerate(zip(parameters[::2], parameters[1::2], strict=True)):
        expected = (np.maximum(expected, 0) if i else expected) @ weight.data.T + bias.data
    np.testing.assert_allclose(networks.predict(net, x), expected, rtol=1e-5, atol=1e-6)
    assert len(parameters) == 2 * len(hidden_sizes) + 2


def test_flat_parameters_are_the_weights_and_a_copy_follows():
    nets = [networks.q_network(nn.Identity(), 3, [5], 2, np.random.default_rng(i)) for i in (0, 1)]
    target, online = (networks.flat_parameters(net).data for net in nets)
    before = target.copy()
    networks.polyak_update(target, online, 0.25)
    np.testing.assert_allclose(target, before + 0.25 * (online - before), rtol=1e-5)
    networks.polyak_update(target, online, 1)
    for one, other in zip(*(net.parameters() for net in nets), strict=True):
        np.testing.assert_array_equal(one.data, other.data)


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("dueling", [False, True])
@pytest.mark.parametrize("atoms", [0, 3])
def test_gradients_equal_small_differences(noisy, dueling, atoms):
    rng = np.random.default_rng(1)
    shape = dict(atoms=atoms, dueling=dueling, noisy=noisy)
    net = in_double(networks.q_network(nn.Identity(), 3, [5], 2, rng, **shape))
    if noisy:
        reset_noise(net, rng)
    x, parameters = Tensor(rng.normal(size=(4, 3))), list(net.parameters())
    assert net(x).shape == ((4, 2, 3) if atoms else (4, 2))

    def loss():
        return (net(x)[np.arange(4), np.array([0, 1, 1, 0])] ** 2).sum()

    loss().backward()
    for parameter in parameters:
        flat, gradient = parameter.data.reshape(-1), parameter.grad.reshape(-1)
        for i in rng.integers(flat.size, size=3):
            before = flat[i]
            values = []
            for step in (1e-6, -1e-6):
                flat[i] = before + step
                with no_grad():
                    values.append(loss().item())
            flat[i] = before
            assert (values[0] - values[1]) / 2e-6 == pytest.approx(gradient[i], abs=1e-5)


@pytest.mark.parametrize("atoms", [1, 4])
def test_dueling_centres_the_advantages_of_each_row(atoms):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, (1 + 3) * atoms))
    parts = x.reshape(5, 4, atoms)
    expected = np.empty((5, 3, atoms))
    for row in range(5):
        for z in range(atoms):
            value, advantage = parts[row, 0, z], parts[row, 1:, z]
            expected[row, :, z] = value + advantage - advantage.mean()
    out = networks.Dueling(3)(Tensor(x)).data.reshape(5, 3, atoms)
    np.testing.assert_allclose(out, expected)
    np.testing.assert_allclose(out.mean(axis=1), parts[:, 0])


def test_noise_is_factorised_as_in_the_paper():
    rng = np.random.default_rng(0)
    layer, x = NoisyLinear(4, 3, rng), rng.normal(size=(6, 4)).astype(np.float32)
    layer.reset_noise(rng)
    weight = layer.weight.data + layer.weight_sigma.data * np.outer(layer.noise_out, layer.noise_in)
    bias = layer.bias.data + layer.bias_sigma.data * layer.noise_out
    np.testing.assert_allclose(layer(Tensor(x)).data, x @ weight.T + bias, rtol=1e-5, atol=1e-6)
    assert layer.weight_sigma.data[0, 0] == pytest.approx(0.5 / 2)


def test_without_noise_it_is_a_linear_layer_and_noise_stays_until_the_next():
    rng = np.random.default_rng(0)
    layer, x = NoisyLinear(4, 3, rng), Tensor(rng.normal(size=(6, 4)).astype(np.float32))
    plain = x.data @ layer.weight.data.T + layer.bias.data
    np.testing.assert_allclose(layer(x).data, plain, rtol=1e-6)
    layer.reset_noise(rng)
    first = layer(x).data
    np.testing.assert_array_equal(first, layer(x).data)
    layer.reset_noise(rng)
    assert not np.allclose(first, layer(x).data)


def test_noise_has_the_right_size():
    """f(e) = sign(e) sqrt|e| has mean 0, and its square the mean of |e|, sqrt(2 / pi)."""
    layer, rng = NoisyLinear(20_000, 1, np.random.default_rng(0)), np.random.default_rng(1)
    layer.reset_noise(rng)
    assert abs(layer.noise_in.mean()) < 0.03
    assert (layer.noise_in**2).mean() == pytest.approx(np.sqrt(2 / np.pi), rel=0.03)


def test_states_become_rows_with_a_one():
    out = networks.OneHot(4)(Tensor(np.array([2, 0]), dtype=np.float32))
    assert out.data.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
