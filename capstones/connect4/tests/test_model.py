"""The hand-written loss against a numerical gradient and a plain formula; checkpoints."""

import numpy as np
from undergrad.engine import Tensor, gradcheck

from data import GAME
from evaluate import checkpoint, restore, save
from model import Opinion, alphazero_loss, network

RNG = np.random.default_rng(1)


def case(count=5):
    """Logits, raw values, a policy and outcomes of `count` positions."""
    policy = RNG.dirichlet(np.ones(7), count)
    return RNG.normal(size=(count, 7)), RNG.normal(size=count), policy, RNG.integers(-1, 2, count)


def test_the_gradient_of_the_loss_is_the_numerical_one():
    logits, raw, policy, outcome = case()
    inputs = Tensor(logits, requires_grad=True), Tensor(raw, requires_grad=True)
    report = gradcheck(lambda x, y: alphazero_loss(x, y, policy, outcome)[0], *inputs, rtol=1e-5)
    assert report, report


def test_the_loss_is_that_of_the_paper():
    logits, raw, policy, outcome = case()
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    of_value = np.mean([(np.tanh(v) - z) ** 2 for v, z in zip(raw, outcome, strict=True)])
    of_policy = np.mean([-pi @ np.log(each) for pi, each in zip(policy, p, strict=True)])
    loss, *parts = alphazero_loss(Tensor(logits), Tensor(raw), policy, outcome)
    np.testing.assert_allclose(parts, [of_value, of_policy])
    np.testing.assert_allclose(loss.item(), of_value + of_policy)


def test_logits_of_any_size_give_a_finite_loss():
    logits, raw, policy, outcome = case()
    for scale in (1e4, -1e4):
        loss, *_ = alphazero_loss(Tensor(logits * scale), Tensor(raw * scale), policy, outcome)
        assert np.isfinite(loss.item())


def test_a_part_that_is_taken_away_says_nothing():
    position, model = GAME.after([3, 3, 2]), network(seed=2)
    logits, value = Opinion(model)(position)
    flat, same = Opinion(model, "the policy")(position)
    kept, nothing = Opinion(model, "the value")(position)
    assert not flat.any() and not nothing.any()
    np.testing.assert_array_equal(same, value)
    np.testing.assert_array_equal(kept, logits)


def test_a_checkpoint_is_the_network_in_half_precision(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model = network(seed=3)
    save(model, seed=3)
    again = restore(seed=3).state_dict()
    for name, weights in model.state_dict().items():
        np.testing.assert_array_equal(again[name], weights.astype(np.float16))
    assert checkpoint(3).stat().st_size < 2.1 * sum(each.size for each in again.values()) + 2_000
