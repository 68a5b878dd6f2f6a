"""TD3, DDPG and SAC: equal to the formulas, number by number, and right where it is known."""

import numpy as np
import pytest
from tests.rl.continuous_oracle import LoopedSAC, LoopedTD3

from undergrad.engine import nn, optim
from undergrad.errors import ToolError, UsageError
from undergrad.rl.agents.sac import SAC, SACSettings
from undergrad.rl.agents.td3 import TD3, TD3Settings
from undergrad.rl.continuous import ActionScale, Critics
from undergrad.rl.networks import relu_layers
from undergrad.rl.replay import ReplayBatch

RNG = np.random.default_rng
INPUTS, RATE = 2, 0.05
SCALE = ActionScale(np.array([-2.0, 1.0]), np.array([2.0, 9.0]))
FREE = {"max_grad_norm": 1e9, "learning_rate": RATE, "tau": 0.3, "reward_scale": 0.5}
DDPG = {"n_critics": 1, "target_policy_noise": 0.0, "policy_delay": 1}
KINDS = {
    "td3": (TD3, LoopedTD3, {"target_policy_noise": 0.6}),
    "no delay": (TD3, LoopedTD3, {"policy_delay": 1}),
    "ddpg": (TD3, LoopedTD3, DDPG),
    "sac": (SAC, LoopedSAC, {}),
    "fixed": (SAC, LoopedSAC, {"autotune": False, "ent_coef": 0.3}),
    "three": (SAC, LoopedSAC, {"n_critics": 3, "target_entropy": 0.2}),
}


def small_agent(kind, seed=0, optimizer=optim.SGD, **changes):
    """Two inputs, two numbers in an action and one hidden layer, in double precision."""
    agent_class, _, settings = KINDS[kind]
    made = {TD3: TD3Settings, SAC: SACSettings}[agent_class](**FREE | settings | changes)
    rng = RNG(seed)
    layers = relu_layers([INPUTS, 3, SCALE.size * (2 if agent_class is SAC else 1)], rng)
    layers += [nn.Tanh()] if agent_class is TD3 else []
    actor = nn.Sequential(nn.Identity(), *layers)
    critics = Critics(nn.Identity(), INPUTS, SCALE.size, [4], made.n_critics, rng)
    for parameter in (*actor.parameters(), *critics.parameters()):
        parameter.data = rng.normal(size=parameter.shape) * 0.7
    return agent_class(actor, critics, SCALE, made, RNG(seed + 1), optimizer)


def random_batch(rng, size=4):
    """With every kind of end, and transitions over one to three steps."""
    return ReplayBatch(
        rng.normal(size=(size, INPUTS)),
        SCALE.to_env(rng.uniform(-1, 1, (size, SCALE.size))).astype(float),
        rng.normal(size=size) * 3,
        rng.normal(size=(size, INPUTS)),
        np.arange(size) % 4 == 1,
        rng.integers(1, 4, size=size),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_updates_equal_the_formulas(kind):
    agent = small_agent(kind)
    looped, rng = KINDS[kind][1](agent, RATE), RNG(5)
    for _ in range(2):
        batch = random_batch(rng)
        agent.learn(batch)
        looped.learn(batch)
    pairs = [(agent.actor, looped.actor), (agent.critics, looped.critics)]
    pairs += [(agent.target_critics, looped.target_critics)]
    pairs += [(agent.target_actor, looped.target_actor)] if isinstance(agent, TD3) else []
    for net, expected in pairs:
        for name, array in net.state_dict().items():
            np.testing.assert_allclose(array, expected[name], rtol=1e-5, atol=1e-6, err_msg=name)
    if isinstance(agent, SAC):
        assert agent.ent_coef == pytest.approx(looped.ent_coef, rel=1e-5)


def test_ddpg_is_td3_without_the_three_additions():
    """Its target is the critic's value of the target actor's action itself."""
    agent, batch = small_agent("ddpg"), random_batch(RNG(2))
    before = agent.rng.bit_generator.state
    values = agent.next_value(batch.next_observation)
    again = agent.next_value(batch.next_observation)
    np.testing.assert_array_equal(values, again)
    assert before != agent.rng.bit_generator.state  # the same numbers are drawn with and without
    agent.learn(batch)
    assert agent.updates == 1


def test_the_actor_waits_for_its_turn():
    agent, rng = small_agent("td3", policy_delay=3), RNG(0)
    watched = (agent.actor, agent.target_actor, agent.target_critics)
    for update in range(1, 7):
        before = [net.state_dict() for net in watched]
        critics = agent.critics.state_dict()
        agent.learn(random_batch(rng))
        for net, old in zip(watched, before, strict=True):
            moved = any((net.state_dict()[name] != array).any() for name, array in old.items())
            assert moved == (update % 3 == 0)
        assert (agent.critics.state_dict()["layers.1.weight"] != critics["layers.1.weight"]).any()


def test_what_is_sampled_for_the_target_lies_within_the_bounds():
    agent = small_agent("td3", target_policy_noise=9.0, target_noise_clip=3.0)
    seen = []
    agent.target_critics = lambda observation, action: (
        seen.append(action) or agent.critics(observation, action)
    )
    agent.next_value(RNG(0).normal(size=(50, INPUTS)))
    assert np.abs(seen[0].numpy()).max() == 1


@pytest.mark.parametrize(("surplus", "falls"), [(0.5, True), (-0.5, False)])
def test_alpha_falls_while_there_is_too_much_entropy(surplus, falls):
    agent, batch = small_agent("sac"), random_batch(RNG(1), 400)
    entropy = small_agent("sac").learn(batch)["entropy"]
    agent.target_entropy = entropy - surplus
    agent.learn(batch)
    assert (agent.ent_coef < 1) == falls


@pytest.mark.parametrize("kind", ["td3", "sac"])
def test_actions_are_within_the_bounds_of_the_environment(kind):
    agent, observation = small_agent(kind), RNG(0).normal(size=(200, INPUTS)) * 5
    for action in (
        agent.act(observation, 0.0, RNG(1)),
        agent.act(observation, 1.0, RNG(1)),
        agent.act_greedily(observation),
    ):
        assert action.shape == (200, 2)
        assert action.dtype == np.float32
        assert ((action >= SCALE.low) & (action <= SCALE.high)).all()
    random = SCALE.from_env(agent.act(observation, 1.0, RNG(1)))
    counts = np.histogram(random, bins=8, range=(-1, 1))[0]
    assert ((counts - 50) ** 2 / 50).sum() < 24.3  # chi-square, 7 degrees, 0.1 %
    half = (agent.act(observation, 0.5, RNG(1)) == agent.act(observation, 0.0, RNG(1))).all(axis=1)
    assert 60 < half.sum() < 140


def test_the_spread_of_a_policy_is_bounded():
    agent = small_agent("sac")
    observation = RNG(0).normal(size=(50, INPUTS)) * 1e4
    log_std = agent.policy(observation).log_std.numpy()
    assert (log_std.min(), log_std.max()) == (-20, 2)
    assert np.isfinite(agent.policy(observation).rsample(RNG(1))[1].numpy()).all()


@pytest.mark.parametrize("kind", ["td3", "sac"])
def test_it_explores_when_it_acts_and_never_when_it_is_greedy(kind):
    agent, observation = small_agent(kind), RNG(0).normal(size=(40, INPUTS))
    rng = RNG(1)
    one, other = (agent.act(observation, 0.0, rng) for _ in range(2))
    assert (one != other).any(axis=1).all()
    np.testing.assert_array_equal(agent.act_greedily(observation), agent.act_greedily(observation))


def test_the_noise_of_td3_has_its_standard_deviation():
    agent = small_agent("td3", action_noise=0.05)
    observation = np.repeat(RNG(0).normal(size=(1, INPUTS)) * 0.2, 20_000, axis=0)
    noise = SCALE.from_env(agent.act(observation, 0.0, RNG(1))) - agent.mode(observation[:1])
    np.testing.assert_allclose(noise.std(axis=0), 0.05, rtol=0.03)
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=0.002)


@pytest.mark.parametrize("kind", ["td3", "sac"])
def test_values_and_stats_are_in_units_of_the_reward(kind):
    agent, batch = small_agent(kind, reward_scale=0.25), random_batch(RNG(3), 20)
    action = agent.mode(batch.observation)
    q = agent.q_values(batch.observation, action)
    np.testing.assert_allclose(agent.value(batch.observation), q.min(axis=0) * 4)
    agent.target_critics.layers[0].bias.data[...] += 0.5
    before = agent.rng.bit_generator.state
    stats = agent.stats(batch)
    assert stats["q"] == pytest.approx(4 * q.min(axis=0).mean())
    assert stats["critic_gap"] == pytest.approx(4 * abs(q[0] - q[1]).mean())
    assert stats["action_size"] == pytest.approx(abs(action).mean())
    sizes = [parameter.size for parameter in agent.critics.parameters()]
    assert stats["target_lag"] == pytest.approx(np.sqrt(0.25 * sizes[1] / sum(sizes)))
    assert agent.rng.bit_generator.state == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_agent_continues_equally(kind):
    rng = RNG(0)
    batches = [random_batch(rng) for _ in range(9)]
    one, other = (small_agent(kind, seed, optim.Adam) for seed in (0, 7))
    for batch in batches[:5]:
        one.learn(batch)
    other.load_state_dict(one.state_dict())
    for batch in batches[5:]:
        assert one.learn(batch) == other.learn(batch)
    for name, array in one.target_critics.state_dict().items():
        np.testing.assert_array_equal(array, other.target_critics.state_dict()[name])


@pytest.mark.parametrize("kind", ["td3", "sac"])
def test_a_run_that_explodes_is_stopped(kind):
    agent, batch = small_agent(kind), random_batch(RNG(0))
    batch.reward[0] = np.inf
    with pytest.raises(ToolError, match="learning rate"), np.errstate(all="ignore"):
        agent.learn(batch)


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        (TD3Settings, {"policy_delay": 0}),
        (TD3Settings, {"action_noise": -0.1}),
        (TD3Settings, {"n_critics": 0}),
        (SACSettings, {"ent_coef": 0.0}),
        (SACSettings, {"tau": 0.0}),
        (SACSettings, {"gamma": 1.0}),
    ],
)
def test_settings_without_sense_are_refused(settings, wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        settings(**wrong)


def test_equals_pytorch():
    """Three updates of SAC with Adam, from the same weights and with the same noise."""
    torch = pytest.importorskip("torch")
    agent = small_agent("sac", optimizer=optim.Adam, learning_rate=0.01)
    noises = RNG(1)
    noises.bit_generator.state = agent.rng.bit_generator.state

    def tensor(array):
        return torch.tensor(np.asarray(array), dtype=torch.float64)

    actor = {k: tensor(v).requires_grad_() for k, v in agent.actor.state_dict().items()}
    critics = {k: tensor(v).requires_grad_() for k, v in agent.critics.state_dict().items()}
    targets = {k: v.detach().clone() for k, v in critics.items()}
    log_alpha = torch.zeros((), requires_grad=True)
    adams = [torch.optim.Adam(p, lr=0.01) for p in (critics.values(), actor.values(), [log_alpha])]

    def policy(x, noise):
        hidden = torch.relu(x @ actor["1.weight"].T + actor["1.bias"])
        mean, log_std = (hidden @ actor["3.weight"].T + actor["3.bias"]).chunk(2, dim=1)
        log_std = log_std.clamp(-20, 2)
        u = mean + log_std.exp() * noise
        normal = torch.distributions.Normal(mean, log_std.exp())
        tanh = torch.distributions.TanhTransform(cache_size=1)
        both = torch.distributions.TransformedDistribution(normal, [tanh])
        return tanh(u), both.log_prob(tanh(u)).sum(dim=1)

    def values(w, x, action):
        hidden = torch.cat([x, action], dim=1) @ w["layers.0.weight"] + w["layers.0.bias"]
        return (torch.relu(hidden) @ w["layers.1.weight"] + w["layers.1.bias"])[:, :, 0]

    def minimise(adam, loss):
        adam.zero_grad()
        loss.backward()
        adam.step()

    rng = RNG(5)
    for _ in range(3):
        batch = random_batch(rng, 6)
        agent.learn(batch)
        x, x2, r = map(tensor, (batch.observation, batch.next_observation, 0.5 * batch.reward))
        alpha = float(log_alpha.detach().exp())
        with torch.no_grad():
            action, log_prob = policy(x2, tensor(noises.standard_normal((6, 2))))
            v = values(targets, x2, action).min(dim=0).values - alpha * log_prob
            target = r + tensor(0.99**batch.n) * tensor(~batch.terminated) * v
        q = values(critics, x, tensor(SCALE.from_env(batch.action)))
        minimise(adams[0], ((q - target) ** 2).mean(dim=1).sum())
        action, log_prob = policy(x, tensor(noises.standard_normal((6, 2))))
        minimise(adams[1], (alpha * log_prob - values(critics, x, action).min(dim=0).values).mean())
        minimise(adams[2], -(log_alpha * (log_prob.detach().mean() - 2.0)))
        with torch.no_grad():
            for name, slow in targets.items():
                slow.lerp_(critics[name], 0.3)
    for ours, theirs in ((agent.actor, actor), (agent.critics, critics)):
        for name, array in ours.state_dict().items():
            np.testing.assert_allclose(array, theirs[name].detach().numpy(), rtol=1e-5, atol=1e-7)
    assert agent.ent_coef == pytest.approx(float(log_alpha.detach().exp()), rel=1e-5)
