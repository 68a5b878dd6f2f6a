"""REINFORCE, A2C and PPO against loops, gradients and sums over all that can happen."""

import gymnasium
import numpy as np
import pytest
from tests.rl.oracles import (
    SETTINGS,
    descending,
    forward,
    log_prob_and_entropy,
    looped_learning,
    looped_returns,
    numeric_gradient,
    random_rollout,
    small_net,
    values,
)

from undergrad.engine import Tensor, optim
from undergrad.errors import ToolError
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.a2c import A2C
from undergrad.rl.agents.ppo import PPO, clipped_surrogate, minibatches
from undergrad.rl.agents.reinforce import Reinforce
from undergrad.rl.normalize import NormalizeObservation, NormalizeReward
from undergrad.rl.rollout import Rollout

THREE = gymnasium.spaces.Discrete(3)
PUSH = gymnasium.spaces.Box(-2, 2, (2,), np.float64)
RNG = np.random.default_rng
PARTS = {
    "gamma": 0.9,
    "gae_lambda": 0.8,
    "normalize_advantage": True,
    "vf_coef": 0.7,
    "ent_coef": 0.3,
}
WHOLE = {"n_epochs": 1, "batch_size": 10**6}


def compare(agent, start, rollout, updates, settings):
    """The agent's weights after learning, against those of the loops."""
    agent.learn(rollout, RNG(0))
    expected = looped_learning(start, rollout, 0.5, updates, settings)
    for name, weights in agent.net.state_dict().items():
        np.testing.assert_allclose(weights, expected[name], atol=1e-7, err_msg=name)


def made(agent_class, space, seed, **settings):
    net = small_net(space, RNG(seed))
    return descending(agent_class, net, 0.5, **settings), net.state_dict()


@pytest.mark.parametrize("space", [THREE, PUSH], ids=["counted", "numbers"])
@pytest.mark.parametrize("normalise", [True, False])
def test_a2c_equals_the_loops(space, normalise):
    parts = PARTS | {"normalize_advantage": normalise}
    agent, start = made(A2C, space, 1, **parts)
    rollout = random_rollout(RNG(2), actions=0 if space is PUSH else 3, steps=6)
    compare(agent, start, rollout, 1, parts)


@pytest.mark.parametrize("space", [THREE, PUSH], ids=["counted", "numbers"])
def test_ppo_equals_the_loops_over_several_updates(space):
    """The second and third update see a ratio other than 1, and the clip cuts some of them off."""
    parts = PARTS | {"clip_range": 0.1}
    agent, start = made(PPO, space, 3, **parts, n_epochs=3, batch_size=10**6)
    rollout = random_rollout(RNG(4), actions=0 if space is PUSH else 3, steps=6)
    compare(agent, start, rollout, 3, parts)


def test_the_first_update_of_ppo_is_that_of_a2c():
    rollout = random_rollout(RNG(5))
    ppo, _ = made(PPO, THREE, 6, **PARTS, **WHOLE)
    a2c, _ = made(A2C, THREE, 6, **PARTS)
    found = ppo.learn(rollout, RNG(0))
    a2c.learn(rollout, RNG(0))
    assert found["approx_kl"] == pytest.approx(0, abs=1e-12)
    assert found["clip_fraction"] == 0
    for name, weights in ppo.net.state_dict().items():
        np.testing.assert_allclose(weights, a2c.net.state_dict()[name], atol=1e-9, err_msg=name)


def test_reinforce_equals_the_loops():
    agent, start = made(
        Reinforce, THREE, 7, gamma=0.9, normalize_advantage=False, vf_coef=0.7, ent_coef=0.3
    )
    rollout = random_rollout(RNG(8), steps=7)
    counts = RNG(9).random(rollout.mask.shape) < 0.7
    rollout = Rollout(**(vars(rollout) | {"mask": counts}))
    ends = (rollout.terminated, rollout.truncated)
    next_value = values(start, rollout.next_observation)
    goal = looped_returns(rollout.reward, *ends, next_value, 0.9)
    baseline = values(start, rollout.observation)

    def loss(now):
        total = 0.0
        for place in zip(*np.nonzero(counts), strict=True):
            x, action = rollout.observation[place], rollout.action[place]
            log_p, entropy = log_prob_and_entropy(now, x, action)
            error = (forward(now, "critic", x)[0] - goal[place]) ** 2
            total += -log_p * (goal[place] - baseline[place]) + 0.7 * error - 0.3 * entropy
        return total / counts.sum()

    agent.learn(rollout, RNG(0))
    gradients = numeric_gradient(loss, start)
    for name, weights in agent.net.state_dict().items():
        np.testing.assert_allclose(weights, start[name] - 0.5 * gradients[name], atol=1e-7)


# A world of three states on a line, in which everything that can happen can be written down.

PAY = np.array([[1.0, -0.5, 0.3], [0.2, 2.0, -1.0], [-0.7, 0.4, 1.5]])  # (state, action)
SEEN = np.array([[0.3, -1.0], [1.2, 0.4], [-0.6, 0.9]])  # what each state looks like


def all_episodes():
    """Three steps from state 0; action a leads from s to (s + a) mod 3."""
    for actions in np.ndindex(3, 3, 3):
        states = [0, actions[0], (actions[0] + actions[1]) % 3]
        yield states, actions


@pytest.mark.parametrize("baseline", [True, False])
def test_reinforce_climbs_exactly_what_is_earned(baseline):
    """Every episode, weighed by its probability, gives the gradient of the expected return."""
    settings = {"gamma": 1.0, "normalize_advantage": False, "vf_coef": 0.0, "baseline": baseline}
    _, start = made(Reinforce, THREE, 10, **settings)

    def expected_return(weights):
        total = 0.0
        for states, actions in all_episodes():
            log_p = sum(
                log_prob_and_entropy(weights, SEEN[s], a)[0]
                for s, a in zip(states, actions, strict=True)
            )
            total += np.exp(log_p) * sum(PAY[s, a] for s, a in zip(states, actions, strict=True))
        return total

    gradients = numeric_gradient(expected_return, start)
    climbed = {name: np.zeros_like(array) for name, array in start.items()}
    for states, actions in all_episodes():
        agent, _ = made(Reinforce, THREE, 10, **settings)
        over = np.array([[False], [False], [True]])
        rollout = Rollout(
            SEEN[states][:, None],
            np.array(actions)[:, None],
            PAY[states, actions][:, None],
            SEEN[states][:, None],
            over,
            np.zeros((3, 1), bool),
            np.ones((3, 1), bool),
        )
        agent.learn(rollout, RNG(0))
        log_p = sum(
            log_prob_and_entropy(start, SEEN[s], a)[0] for s, a in zip(states, actions, strict=True)
        )
        for name, weights in agent.net.state_dict().items():
            climbed[name] += np.exp(log_p) * 3 * (weights - start[name]) / 0.5
    for name in start:
        np.testing.assert_allclose(climbed[name], gradients[name], atol=1e-7, err_msg=name)


@pytest.mark.parametrize(
    ("ratio", "advantage", "gain", "gradient"),
    [
        (1.0, 2.0, 2.0, 2.0),
        (1.1, 2.0, 2.2, 2.0),
        (1.5, 2.0, 2.4, 0.0),  # good and already much more likely: nothing more to gain
        (0.5, 2.0, 1.0, 2.0),  # good, yet less likely: the clip must not hide that
        (0.5, -2.0, -1.6, 0.0),  # bad and already much less likely
        (1.5, -2.0, -3.0, -2.0),  # bad, yet more likely: counts in full
    ],
)
def test_what_the_clip_cuts_off(ratio, advantage, gain, gradient):
    x = Tensor(np.array([ratio]), requires_grad=True)
    found = clipped_surrogate(x, np.array([advantage]), 0.2)
    assert found.tolist() == [pytest.approx(gain)]
    found.sum().backward()
    assert x.grad.tolist() == [pytest.approx(gradient)]


@pytest.mark.parametrize("baseline", [True, False])
def test_a_critic_is_trained_only_where_it_is_the_baseline(baseline):
    """Without it, nothing of it reaches the policy, through the clipped norm neither."""
    agent, start = made(Reinforce, THREE, 4, vf_coef=5.0, baseline=baseline, max_grad_norm=0.1)
    rollout = random_rollout(RNG(3), steps=12)
    found = agent.learn(rollout, RNG(0))
    moved = {name for name, w in agent.net.state_dict().items() if (w != start[name]).any()}
    assert any(name.startswith("actor") for name in moved)
    assert any(name.startswith("critic") for name in moved) == baseline
    assert {"value_loss", "explained_variance"} <= found.keys() or not baseline
    assert baseline or not {"value_loss", "explained_variance"} & found.keys()
    assert (agent.value(rollout.observation[0]) is not None) == baseline
    other, _ = made(Reinforce, THREE, 4, vf_coef=0.0, baseline=baseline, max_grad_norm=0.1)
    other.learn(rollout, RNG(0))
    actors = [one.net.state_dict()["actor.0.weight"].tolist() for one in (agent, other)]
    assert (actors[0] == actors[1]) != baseline


def test_the_bonus_makes_undecided():
    settings = {"normalize_advantage": False, "vf_coef": 0.0}
    rollout = random_rollout(RNG(0), steps=20)
    rollout = Rollout(
        **(vars(rollout) | {"reward": np.zeros((20, 3)), "terminated": ~rollout.ended | True})
    )
    for agent_class, extra in ((A2C, {}), (PPO, WHOLE), (Reinforce, {"baseline": False})):
        agent, _ = made(agent_class, THREE, 2, ent_coef=1.0, **settings, **extra)
        agent.net.critic[-1].weight.data *= 0
        agent.net.critic[-1].bias.data *= 0
        entropies = [agent.learn(rollout, RNG(0))["entropy"] for _ in range(5)]
        assert entropies == sorted(entropies)
        assert entropies[-1] > entropies[0] + 0.01


def test_each_step_is_in_one_minibatch_of_every_epoch():
    rows = list(minibatches(27, 3, 8, RNG(0)))
    assert [len(r) for r in rows] == [8, 8, 8, 3] * 3
    epochs = [np.concatenate(rows[i : i + 4]) for i in (0, 4, 8)]
    assert all(sorted(epoch.tolist()) == list(range(27)) for epoch in epochs)
    assert epochs[0].tolist() != epochs[1].tolist()


def test_a_policy_that_has_gone_too_far_leaves_the_rollout():
    rollout = random_rollout(RNG(1), steps=20)
    far, _ = made(PPO, THREE, 2, n_epochs=50, batch_size=60, target_kl=0.002)
    found = far.learn(rollout, RNG(0))
    assert 1 < found["updates"] < 50
    assert far.updates == found["updates"]
    free, _ = made(PPO, THREE, 2, n_epochs=50, batch_size=60)
    assert free.learn(rollout, RNG(0))["updates"] == 50


def test_the_value_clip_holds_the_critic_back():
    rollout = random_rollout(RNG(1), steps=20)
    moved = {}
    for clip in (0.0, 0.01):
        agent, _ = made(PPO, THREE, 2, n_epochs=30, batch_size=60, clip_range_vf=clip)
        before = agent.net.values(rollout.observation)
        agent.learn(rollout, RNG(0))
        moved[clip] = np.abs(agent.net.values(rollout.observation) - before).mean()
    assert moved[0.01] < 0.7 * moved[0.0]


@pytest.mark.parametrize("agent_class", [Reinforce, A2C, PPO])
def test_steps_that_do_not_count_teach_nothing(agent_class):
    """What came after the end of the recording is in the arrays, and must not matter."""
    whole = random_rollout(RNG(3), steps=9)
    whole.terminated[5] = True
    mask = np.zeros((9, 3), bool)
    mask[:6] = True
    whole = Rollout(**vars(whole) | {"mask": mask})
    part = Rollout(**{name: column[:6] for name, column in vars(whole).items()})
    learned = []
    for rollout in (whole, part):
        agent, _ = made(agent_class, THREE, 1, ent_coef=0.1)
        agent.learn(rollout, RNG(0))
        learned.append(agent.net.state_dict())
    for name, weights in learned[0].items():
        np.testing.assert_allclose(weights, learned[1][name], atol=1e-12, err_msg=name)


@pytest.mark.parametrize("agent_class", [Reinforce, A2C, PPO])
def test_a_reward_that_is_not_a_number_is_named(agent_class):
    agent, start = made(agent_class, THREE, 1)
    rollout = random_rollout(RNG(0))
    rollout.reward[2, 1] = np.nan
    with pytest.raises(ToolError, match="no longer a finite number"):
        agent.learn(rollout, RNG(0))
    np.testing.assert_array_equal(agent.net.state_dict()["actor.0.weight"], start["actor.0.weight"])


@pytest.mark.parametrize("agent_class", [Reinforce, A2C, PPO])
def test_saved_and_put_back_it_continues_to_the_last_bit(agent_class):
    def agent():
        net = ActorCritic(PUSH, NormalizeObservation(2), 2, [8], RNG(0))
        extra = [NormalizeReward(3, 0.9)] if agent_class is PPO else []
        settings = SETTINGS[agent_class]()
        return agent_class(net, optim.Adam(net.parameters(), lr=0.01), settings, *extra)

    rollouts = [random_rollout(RNG(i), actions=0) for i in range(6)]
    one, other = agent(), agent()
    rng = RNG(0)
    for rollout in rollouts[:3]:
        one.learn(rollout, rng)
    other.load_state_dict(one.state_dict())
    twin = RNG(0)
    twin.bit_generator.state = rng.bit_generator.state
    for rollout in rollouts[3:]:
        assert one.learn(rollout, rng) == other.learn(rollout, twin)
    for name, weights in one.net.state_dict().items():
        np.testing.assert_array_equal(weights, other.net.state_dict()[name], err_msg=name)
    assert one.reward_scale == other.reward_scale
    player = agent()
    player.load_weights(one.weights())
    seen = RNG(9).normal(size=(5, 2))
    np.testing.assert_array_equal(player.act_greedily(seen), one.act_greedily(seen))
    np.testing.assert_array_equal(player.value(seen), one.value(seen))
