"""The hand-written parts against independent routes: a numerical gradient, and plain loops."""

import numpy as np
import pytest
from undergrad.engine import Tensor, gradcheck

import evaluate
from data import (
    CHART_MIRROR,
    CHART_SIZE,
    MEMORY,
    MIRROR,
    N_ACTIONS,
    OBSERVATION_SIZE,
    observe,
    start,
)
from model import (
    NO_MEMORY,
    NO_WINGS,
    Critic,
    Pilot,
    actor_loss,
    advantages,
    log_softmax,
    without_graph,
)
from training import fit

RNG = np.random.default_rng(1)


def seen(n=5):
    """Observations of nobody."""
    return RNG.normal(size=(n, OBSERVATION_SIZE)).astype(np.float32)


def flown(n=12):
    """Logits, actions, advantages, and the old logarithms of the probabilities."""
    logits = RNG.normal(size=(n, N_ACTIONS))
    action = RNG.integers(N_ACTIONS, size=n)
    old = log_softmax(logits)[np.arange(n), action] + RNG.choice([-0.5, -0.1, 0.1, 0.5], size=n)
    return logits, action, RNG.normal(size=n), old


def test_the_gradient_of_the_actor_loss_is_the_numerical_one():
    logits, *rest = flown()
    report = gradcheck(
        lambda x: actor_loss(x, *rest, ent_coef=0.3), Tensor(logits, requires_grad=True), rtol=1e-5
    )
    assert report, report


def test_the_actor_loss_equals_a_plain_loop():
    logits, action, advantage, old = flown()
    total = 0.0
    for row, chosen, gain, before in zip(logits, action, advantage, old, strict=True):
        p = np.exp(row) / np.exp(row).sum()
        ratio = p[chosen] / np.exp(before)
        total += min(ratio * gain, min(max(ratio, 0.8), 1.2) * gain) - 0.3 * sum(p * np.log(p))
    found = actor_loss(Tensor(logits), action, advantage, old, ent_coef=0.3).item()
    assert found == pytest.approx(-total / len(action))


def test_an_action_that_has_become_much_likelier_is_pushed_no_further():
    for gain, is_pushed in ((1.0, False), (-1.0, True)):
        logits = Tensor(np.array([[3.0, 0.0, 0.0]]), requires_grad=True)
        rest = np.array([0]), np.array([gain]), np.log([0.5])
        actor_loss(logits, *rest, ent_coef=0.0).backward()
        assert logits.grad.any() == is_pushed


def test_advantages_equal_a_plain_loop():
    rewards, values = RNG.normal(size=(9, 2)), RNG.normal(size=(10, 2))
    found = advantages(rewards, values, gamma=0.9, gae_lambda=0.8)
    for t, n in np.ndindex(9, 2):
        errors = [rewards[k, n] + 0.9 * values[k + 1, n] - values[k, n] for k in range(t, 9)]
        total = sum((0.9 * 0.8) ** k * error for k, error in enumerate(errors))
        assert found[t, n] == pytest.approx(total)


def test_an_untrained_pilot_has_no_favourite():
    logits = without_graph(Pilot(seed=0), observe(start(range(50))))
    assert np.exp(log_softmax(logits)).max() < 0.45


def test_a_pilot_steers_a_reflection_the_other_way():
    observation = seen()
    logits, turned = (without_graph(Pilot(0), each) for each in (observation, observation * MIRROR))
    np.testing.assert_allclose(turned, logits[:, ::-1], atol=1e-5)
    assert not np.allclose(turned, logits, atol=1e-3)


def test_a_critic_values_a_reflection_alike_and_looks_at_the_sky_only_if_it_may():
    view = np.concatenate([seen(), RNG.normal(size=(5, CHART_SIZE)).astype(np.float32)], axis=1)
    blind, values = (without_graph(Critic(0, sees_sky), view) for sees_sky in (False, True))
    reflection = view * np.concatenate([MIRROR, CHART_MIRROR])
    np.testing.assert_allclose(without_graph(Critic(0), reflection), values, atol=1e-5)
    view[:, OBSERVATION_SIZE:] += 1
    np.testing.assert_array_equal(without_graph(Critic(0, sees_sky=False), view), blind)
    assert not np.allclose(without_graph(Critic(0), view), values, atol=1e-3)


@pytest.mark.parametrize(
    ("senses", "unfelt"),
    [
        (NO_WINGS, range(MEMORY, 2 * MEMORY)),
        (NO_MEMORY, [*range(1, MEMORY), *range(MEMORY + 1, 2 * MEMORY)]),
    ],
)
def test_a_pilot_without_a_sense_does_not_notice_it(senses, unfelt):
    pilot, observation = Pilot(0, senses), seen()
    before = without_graph(pilot, observation)
    for number in range(OBSERVATION_SIZE):
        other = observation.copy()
        other[:, number] += 1
        is_felt = not np.allclose(without_graph(pilot, other), before)
        assert is_felt == (number not in unfelt)


def test_a_short_training_is_repeated_exactly():
    pilots = [fit(3, rounds=1).pilot for _ in range(2)]
    observation = seen()
    one, other = (without_graph(pilot, observation) for pilot in pilots)
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, without_graph(Pilot(3), observation))


def test_the_rule_searches_turns_to_the_lifted_wing_and_keeps_the_side_of_its_circle():
    world = start([0, 1])
    climb, roll = world.readings[..., 0], world.readings[..., 1]
    policy = evaluate.rule(seconds=3, enough=0.0, bank=2, react=9.0, tilt=0.2)
    climb[:], roll[:] = -1, 0.1
    assert policy(world).tolist() == [1, 1]
    roll[:] = [[0.3], [-0.3]]
    assert policy(world).tolist() == [2, 0]
    climb[:] = 2
    world.bank[:] = -2, 2
    assert policy(world).tolist() == [1, 1]


def test_the_rule_tightens_its_circle_where_the_climb_falls():
    world = start([0, 1])
    world.bank[:] = 2
    world.readings[:, :2, 0], world.readings[:, 2:, 0] = [[2], [3]], [[3], [2]]
    policy = evaluate.rule(seconds=3, enough=0.0, bank=2, react=0.5, tilt=9.0)
    assert policy(world).tolist() == [2, 0]


def test_a_checkpoint_gives_the_same_pilot_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    pilot, observation = Pilot(seed=3), seen()
    pilot.layers[0].weight.data += 1
    evaluate.save(pilot, seed=3)
    again = without_graph(evaluate.restore(seed=3), observation)
    np.testing.assert_array_equal(again, without_graph(pilot, observation))
