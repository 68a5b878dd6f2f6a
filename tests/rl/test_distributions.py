"""Distributions against closed forms and draws, their gradients against finite differences."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from undergrad.engine import Tensor, gradcheck
from undergrad.rl.distributions import (
    Categorical,
    DiagNormal,
    SquashedNormal,
    log_tanh_derivative,
)

RNG = np.random.default_rng


def categorical(seed=0, rows=5, actions=4):
    return Categorical(Tensor(RNG(seed).normal(size=(rows, actions)) * 2, requires_grad=True))


def gaussian(seed=0, rows=5, size=3):
    mean = Tensor(RNG(seed).normal(size=(rows, size)), requires_grad=True)
    return DiagNormal(mean, Tensor(RNG(seed + 1).normal(size=size) * 0.5, requires_grad=True))


def softmax(row):
    powers = [math.exp(number) for number in row]
    return [power / sum(powers) for power in powers]


def test_categorical_equals_the_formulas():
    policy, actions = categorical(), RNG(1).integers(4, size=5)
    log_p, entropy = policy.log_prob(actions), policy.entropy()
    assert log_p.shape == entropy.shape == (5,)
    for i, row in enumerate(policy.logits.tolist()):
        p = softmax(row)
        assert log_p.tolist()[i] == pytest.approx(math.log(p[actions[i]]))
        assert entropy.tolist()[i] == pytest.approx(-sum(q * math.log(q) for q in p))
        assert policy.mode()[i] == p.index(max(p))


def test_gaussian_equals_the_formulas():
    policy, actions = gaussian(), RNG(1).normal(size=(5, 3))
    log_p, entropy = policy.log_prob(actions), policy.entropy()
    assert log_p.shape == entropy.shape == (5,)
    for i, row in enumerate(policy.mean.tolist()):
        curves = [
            NormalDist(mean, math.exp(s))
            for mean, s in zip(row, policy.log_std.tolist(), strict=True)
        ]
        by_hand = sum(math.log(c.pdf(a)) for c, a in zip(curves, actions[i], strict=True))
        undecided = sum(0.5 * math.log(2 * math.pi * math.e * c.variance) for c in curves)
        assert log_p.tolist()[i] == pytest.approx(by_hand)
        assert entropy.tolist()[i] == pytest.approx(undecided)
    np.testing.assert_array_equal(policy.mode(), policy.mean.numpy())


def test_gradients_equal_small_differences():
    actions, pushes = RNG(1).integers(4, size=5), RNG(2).normal(size=(5, 3))
    logits, two = categorical().logits, gaussian()
    gradcheck(lambda x: Categorical(x).log_prob(actions), logits)
    gradcheck(lambda x: Categorical(x).entropy(), logits)
    gradcheck(lambda m, s: DiagNormal(m, s).log_prob(pushes), two.mean, two.log_std)
    gradcheck(lambda m, s: DiagNormal(m, s).entropy(), two.mean, two.log_std)


def test_draws_have_the_probabilities_that_are_claimed():
    rows, row = 40_000, [2.0, 0.0, -1.0, 0.5]
    drawn = Categorical(Tensor(np.tile(row, (rows, 1)))).sample(RNG(0))
    expected = np.array(softmax(row)) * rows
    distance = ((np.bincount(drawn, minlength=4) - expected) ** 2 / expected).sum()
    assert distance < 16.3  # chi-square with 3 degrees of freedom: exceeded once in a thousand
    mean, log_std = np.tile([1.0, -2.0], (rows, 1)), np.array([0.5, -1.0])
    pushes = DiagNormal(Tensor(mean), Tensor(log_std)).sample(RNG(0))
    np.testing.assert_allclose(pushes.mean(axis=0), [1, -2], atol=0.03)
    np.testing.assert_allclose(pushes.std(axis=0), np.exp(log_std), rtol=0.02)


@pytest.mark.parametrize("make", [categorical, gaussian])
def test_the_entropy_is_the_mean_of_minus_log_prob(make):
    policy = make(rows=1)
    rng = RNG(3)
    information = [-policy.log_prob(policy.sample(rng)).tolist()[0] for _ in range(4000)]
    assert np.mean(information) == pytest.approx(policy.entropy().tolist()[0], abs=0.06)


def test_every_row_has_a_draw_of_its_own():
    """One draw for all environments would make them all explore at once."""
    same = Categorical(Tensor(np.zeros((64, 4)))).sample(RNG(0))
    assert len(set(same.tolist())) == 4
    pushes = DiagNormal(Tensor(np.zeros((64, 2))), Tensor(np.zeros(2))).sample(RNG(0))
    assert len(np.unique(pushes)) == 128


@pytest.mark.parametrize("make", [categorical, gaussian])
def test_the_same_generator_gives_the_same_draws(make):
    np.testing.assert_array_equal(make().sample(RNG(5)), make().sample(RNG(5)))


def test_impossible_actions_cost_no_numbers():
    """Far apart logits must not become 0 * log 0."""
    policy = Categorical(Tensor([[1000.0, 0.0, -1000.0]]))
    assert policy.log_prob(np.array([0])).tolist() == [0]
    assert policy.log_prob(np.array([2])).tolist() == [-2000]
    assert policy.entropy().tolist() == [0]


def test_equals_pytorch():
    torch = pytest.importorskip("torch")
    discrete, actions = categorical(), RNG(1).integers(4, size=5)
    theirs = torch.distributions.Categorical(logits=torch.tensor(discrete.logits.numpy()))
    np.testing.assert_allclose(
        discrete.log_prob(actions).numpy(), theirs.log_prob(torch.tensor(actions)).numpy()
    )
    np.testing.assert_allclose(discrete.entropy().numpy(), theirs.entropy().numpy())
    real, pushes = gaussian(), RNG(1).normal(size=(5, 3))
    normal = torch.distributions.Normal(
        torch.tensor(real.mean.numpy()), torch.tensor(np.exp(real.log_std.numpy()))
    )
    theirs = torch.distributions.Independent(normal, 1)
    np.testing.assert_allclose(
        real.log_prob(pushes).numpy(), theirs.log_prob(torch.tensor(pushes)).numpy()
    )
    np.testing.assert_allclose(real.entropy().numpy(), theirs.entropy().numpy())


# Squashed


def squashed(seed=0, rows=5, size=3):
    mean = Tensor(RNG(seed).normal(size=(rows, size)), requires_grad=True)
    return SquashedNormal(mean, Tensor(RNG(seed + 1).normal(size=(rows, size)) * 0.5))


def density(action, mean, std):
    """Of tanh of a normal number, as the derivative of how likely a smaller one is."""
    below, width = NormalDist(mean, std), 1e-6
    low, high = (below.cdf(math.atanh(action + side)) for side in (-width, width))
    return (high - low) / (2 * width)


def test_squashed_log_prob_is_that_of_the_squashed_number():
    policy = squashed()
    action, log_prob = policy.rsample(RNG(4))
    assert action.shape == (5, 3)
    assert log_prob.shape == (5,)
    assert (np.abs(action.numpy()) < 1).all()
    for i, row in enumerate(action.tolist()):
        stds = np.exp(policy.log_std.numpy()[i])
        by_hand = [
            math.log(density(a, mean, std))
            for a, mean, std in zip(row, policy.mean.tolist()[i], stds, strict=True)
        ]
        assert log_prob.tolist()[i] == pytest.approx(sum(by_hand), abs=1e-5)


def test_squashed_densities_add_up_to_one():
    mean, log_std = 0.7, -0.4
    grid = np.linspace(-6, 8, 20_001)  # before the tanh, evenly, as if drawn with such noise
    noise = ((grid - mean) / math.exp(log_std))[:, None]

    class Given:
        def standard_normal(self, shape, dtype):
            return noise

    policy = SquashedNormal(
        Tensor(np.full((len(grid), 1), mean)), Tensor(np.full((len(grid), 1), log_std))
    )
    action, log_prob = policy.rsample(Given())
    total = np.trapezoid(np.exp(log_prob.numpy()), action.numpy()[:, 0])
    assert total == pytest.approx(1, abs=1e-4)


def test_squashed_gradients_equal_small_differences():
    policy, cotangent, weight = squashed(), RNG(8).normal(size=5), RNG(9).normal(size=(5, 3))

    def both(mean, log_std):
        action, log_prob = SquashedNormal(mean, log_std).rsample(RNG(4))
        return (log_prob * cotangent).sum() + (action * weight).sum()

    log_std = Tensor(policy.log_std.numpy(), requires_grad=True)
    gradcheck(both, policy.mean, log_std)


def test_the_derivative_of_tanh_is_exact_where_tanh_is_rounded_to_one():
    u = [-40.0, -9.0, -0.3, 0.0, 0.5, 20.0, 60.0]
    exact = [2 * (math.log(2) - abs(x) - math.log1p(math.exp(-2 * abs(x)))) for x in u]
    for dtype, accuracy in ((np.float32, 1e-5), (np.float64, 1e-13)):
        numbers = Tensor(np.array(u, dtype), requires_grad=True)
        found = log_tanh_derivative(numbers)
        np.testing.assert_allclose(found.numpy(), exact, rtol=accuracy, atol=accuracy)
        found.sum().backward()
        np.testing.assert_allclose(numbers.grad, -2 * np.tanh(u), rtol=1e-5, atol=1e-12)


def test_squashed_draws_have_the_probabilities_that_are_claimed():
    rows = 40_000
    policy = SquashedNormal(Tensor(np.full((rows, 1), 0.4)), Tensor(np.full((rows, 1), 0.1)))
    for drawn in (policy.sample(RNG(0)), policy.rsample(RNG(1))[0].numpy()):
        before = NormalDist(0.4, math.exp(0.1))
        edges = [math.tanh(before.inv_cdf(0.05 * i)) for i in range(1, 20)]
        counts = np.bincount(np.searchsorted(edges, drawn[:, 0]), minlength=20)
        assert ((counts - rows / 20) ** 2 / (rows / 20)).sum() < 43.8  # chi-square, 19 degrees
    assert policy.mode()[0, 0] == pytest.approx(math.tanh(0.4))


def test_squashed_equals_pytorch():
    torch = pytest.importorskip("torch")
    policy = squashed()
    action, log_prob = policy.rsample(RNG(4))
    mean = torch.tensor(policy.mean.numpy(), requires_grad=True)
    log_std = torch.tensor(policy.log_std.numpy(), requires_grad=True)
    tanh = torch.distributions.TanhTransform(cache_size=1)
    theirs = torch.distributions.TransformedDistribution(
        torch.distributions.Normal(mean, log_std.exp()), [tanh]
    )
    u = mean + log_std.exp() * torch.tensor(RNG(4).standard_normal((5, 3)))
    expected = theirs.log_prob(tanh(u)).sum(dim=1)
    np.testing.assert_allclose(log_prob.numpy(), expected.detach().numpy())
    np.testing.assert_allclose(action.numpy(), tanh(u).detach().numpy())
    cotangent = RNG(5).normal(size=5)
    expected.backward(torch.tensor(cotangent))
    log_prob.backward(cotangent)
    np.testing.assert_allclose(policy.mean.grad, mean.grad.numpy(), atol=1e-12)
