"""The networks of a policy and its critic, and what is measured of the world on the way."""

import gymnasium
import numpy as np
import pytest
from tests.rl.oracles import random_rollout

from undergrad.engine import Tensor, nn, optim
from undergrad.errors import UsageError
from undergrad.rl.actor_critic import ACTIVATIONS, ActorCritic, dense
from undergrad.rl.agents.ppo import PPO, PPOSettings
from undergrad.rl.build import build, settings_class
from undergrad.rl.networks import ScaleObservation
from undergrad.rl.normalize import NormalizeObservation, NormalizeReward
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs.settings import changed

THREE = gymnasium.spaces.Discrete(3)
RNG = np.random.default_rng


def test_actions_stay_within_the_bounds_of_the_world():
    net = ActorCritic(
        gymnasium.spaces.Box(np.float32([-2, 0]), np.float32([2, 10])),
        ScaleObservation([1, 1]),
        2,
        [4],
        RNG(0),
    )
    drawn = np.array([[0, 0], [1, -1], [0.5, 0.5], [-7, 7]], np.float32)
    assert net.env_action(drawn).tolist() == [[0, 5], [2, 0], [1, 7.5], [-2, 10]]
    assert net.env_action(drawn).dtype == np.float32
    counted = ActorCritic(THREE, ScaleObservation([1, 1]), 2, [4], RNG(0))
    assert counted.env_action(np.array([2, 0])).tolist() == [2, 0]


@pytest.mark.parametrize(
    "space",
    [
        gymnasium.spaces.MultiBinary(3),
        gymnasium.spaces.Box(-np.inf, np.inf, (2,)),
        gymnasium.spaces.Box(0, 1, (2, 2)),
        gymnasium.spaces.Discrete(3, start=1),
    ],
    ids=str,
)
def test_other_actions_are_refused(space):
    with pytest.raises(UsageError, match="cannot be learned"):
        ActorCritic(space, ScaleObservation([1, 1]), 2, [4], RNG(0))


def test_an_untrained_policy_treats_all_actions_alike():
    net = ActorCritic(
        gymnasium.spaces.Discrete(5), ScaleObservation([1.0] * 4), 4, [32, 32], RNG(0)
    )
    entropy = net.policy(RNG(1).normal(size=(100, 4)).astype(np.float32)).entropy().numpy()
    assert entropy.min() > 0.999 * np.log(5)


@pytest.mark.parametrize("agent", ["reinforce", "a2c", "ppo"])
@pytest.mark.parametrize(("name", "activation"), ACTIVATIONS.items())
def test_a_setting_says_what_stands_between_the_layers(agent, name, activation):
    settings = changed(settings_class(agent)(), {"activation": name, "hidden_sizes": "8,4"})
    net = build(agent, EnvSpec("undergrad/CartPole-v1"), settings, seed=0).agent.net
    for part in (net.actor, net.critic):
        between = [type(layer) for layer in part if not isinstance(layer, nn.Linear)]
        assert between == [activation, activation]


def test_orthogonal_layers_keep_the_length():
    net = dense([6, 6, 6], 0.5, RNG(0))
    for layer, gain in ((net[0], np.sqrt(2)), (net[2], 0.5)):
        square = layer.weight.data @ layer.weight.data.T
        np.testing.assert_allclose(square, gain**2 * np.eye(6), atol=1e-5)
        assert not layer.bias.data.any()


def test_statistics_equal_those_of_all_rows_together():
    rng, layer = RNG(0), NormalizeObservation(3)
    rows = rng.normal([5, -100, 0], [1, 20, 0.01], size=(500, 3))
    for part in np.split(rows, [1, 2, 100, 350]):
        layer.stats.update(part.astype(np.float32))
    np.testing.assert_allclose(layer.stats.mean, rows.mean(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.stats.std, rows.std(axis=0), rtol=1e-4)
    seen = layer(Tensor(rows.astype(np.float32))).numpy()
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(seen.std(axis=0), 1, rtol=1e-3)


def test_statistics_stand_still_while_the_agent_acts():
    net = ActorCritic(THREE, NormalizeObservation(2), 2, [4], RNG(0))
    agent = PPO(net, optim.Adam(net.parameters()), PPOSettings(n_epochs=1, batch_size=100))
    before = net.state_dict()
    for seed in range(5):
        agent.act(RNG(seed).normal(5, 9, size=(8, 2)), RNG(0))
        agent.value(RNG(seed).normal(5, 9, size=(8, 2)))
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    rollout = random_rollout(RNG(0))
    agent.learn(rollout, RNG(0))
    assert net.normalize.stats.count == 27
    np.testing.assert_allclose(net.normalize.stats.mean, rollout.observation.mean(axis=(0, 1)))


def test_the_size_of_rewards_is_that_of_discounted_returns():
    rng, scale = RNG(0), NormalizeReward(2, 0.9)
    reward, ended = rng.normal(3, 1, size=(40, 2)), rng.random((40, 2)) < 0.1
    totals = []
    for n in range(2):
        running = 0.0
        for t in range(40):
            running = reward[t, n] + 0.9 * running
            totals.append(running)
            if ended[t, n]:
                running = 0.0
    for start in (0, 15, 16):
        stop = {0: 15, 15: 16, 16: 40}[start]
        scale.update(reward[start:stop], ended[start:stop])
    assert scale.scale == pytest.approx(1 / np.std(totals))
