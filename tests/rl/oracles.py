"""Policy gradients once more, in loops that follow the definitions: slow, plain and independent.

Nothing here uses the engine or the functions under test. Gradients are finite differences.
"""

import math

import numpy as np

from undergrad.engine import nn, optim
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.a2c import A2C, A2CSettings
from undergrad.rl.agents.ppo import PPO, PPOSettings
from undergrad.rl.agents.reinforce import Reinforce, ReinforceSettings
from undergrad.rl.rollout import Rollout

SETTINGS = {A2C: A2CSettings, PPO: PPOSettings, Reinforce: ReinforceSettings}


def looped_gae(reward, terminated, truncated, value, next_value, gamma, gae_lambda):
    """The sum over all later steps of the episode, from scratch for each step: O(T^2)."""
    steps, envs = reward.shape
    advantage = np.zeros((steps, envs))
    for n in range(envs):
        for t in range(steps):
            for k in range(steps - t):
                i = t + k
                after = 0.0 if terminated[i, n] else gamma * next_value[i, n]
                delta = reward[i, n] + after - value[i, n]
                advantage[t, n] += (gamma * gae_lambda) ** k * delta
                if terminated[i, n] or truncated[i, n]:
                    break
    return advantage


def looped_returns(reward, terminated, truncated, next_value, gamma):
    """Every reward until the end of the episode; then, unless the world ended, the estimate."""
    steps, envs = reward.shape
    earned = np.zeros((steps, envs))
    for n in range(envs):
        for t in range(steps):
            for k in range(steps - t):
                i = t + k
                earned[t, n] += gamma**k * reward[i, n]
                last = i == steps - 1 or terminated[i, n] or truncated[i, n]
                if last and not terminated[i, n]:
                    earned[t, n] += gamma ** (k + 1) * next_value[i, n]
                if last:
                    break
    return earned


def random_rollout(rng, steps=9, envs=3, actions=3, inputs=2):
    """Steps with every kind of end. What was seen next is never what stands in the row below."""
    shape = (steps, envs)
    continuous = actions == 0
    return Rollout(
        rng.normal(size=(*shape, inputs)),
        rng.normal(size=(*shape, 2)) if continuous else rng.integers(actions, size=shape),
        rng.normal(size=shape),
        rng.normal(size=(*shape, inputs)),
        rng.random(shape) < 0.2,
        rng.random(shape) < 0.2,
        np.ones(shape, bool),
    )


def small_net(space, rng, hidden=4):
    """Two inputs, one hidden layer, in double precision, with weights that are not symmetric."""
    net = ActorCritic(space, nn.Identity(), 2, [hidden], rng)
    for parameter in net.parameters():
        parameter.data = rng.normal(size=parameter.shape) * 0.7
    return net


def descending(agent_class, net, rate, **settings):
    """An agent that follows its plain gradient, so that what it computed can be read off."""
    chosen = SETTINGS[agent_class](**{"max_grad_norm": 1e9} | settings)
    return agent_class(net, optim.SGD(net.parameters(), lr=rate), chosen)


def forward(weights, name, x):
    """One row x through the net `actor` or `critic`: a list of numbers."""
    for layer, last in (("0", False), ("2", True)):
        matrix, bias = weights[f"{name}.{layer}.weight"], weights[f"{name}.{layer}.bias"]
        x = [
            sum(w * xi for w, xi in zip(row, x, strict=True)) + b
            for row, b in zip(matrix, bias, strict=True)
        ]
        x = x if last else [math.tanh(xi) for xi in x]
    return x


def log_prob_and_entropy(weights, x, action):
    """By the formulas, one number at a time, for counted actions and for a row of numbers."""
    numbers = forward(weights, "actor", x)
    if "log_std" not in weights:
        total = sum(math.exp(number) for number in numbers)
        p = [math.exp(number) / total for number in numbers]
        return math.log(p[action]), -sum(pi * math.log(pi) for pi in p)
    log_p = entropy = 0.0
    for mean, log_std, a in zip(numbers, weights["log_std"], action, strict=True):
        std = math.exp(log_std)
        log_p += math.log(
            math.exp(-((a - mean) ** 2) / (2 * std**2)) / (std * math.sqrt(2 * math.pi))
        )
        entropy += 0.5 * math.log(2 * math.pi * math.e * std**2)
    return log_p, entropy


def values(weights, observations):
    steps, envs = observations.shape[:2]
    return np.array(
        [
            [forward(weights, "critic", observations[t, n])[0] for n in range(envs)]
            for t in range(steps)
        ]
    )


def numeric_gradient(loss, weights, width=1e-6):
    """d loss / d weight for every single weight."""
    gradients = {}
    for name, array in weights.items():
        gradients[name] = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            sides = []
            for shift in (width, -width):
                moved = {**weights, name: array.copy()}
                moved[name][place] += shift
                sides.append(loss(moved))
            gradients[name][place] = (sides[0] - sides[1]) / (2 * width)
    return gradients


def looped_learning(weights, rollout, rate, updates, s):
    """The weights after `updates` plain gradient steps on the whole rollout.

    s: gamma, gae_lambda, normalize_advantage, vf_coef, ent_coef; and `clip_range` for PPO's
    objective, without which it is log-probability times advantage.
    """
    steps, envs = rollout.reward.shape
    places = [(t, n) for t in range(steps) for n in range(envs)]
    value, next_value = (
        values(weights, rollout.observation),
        values(weights, rollout.next_observation),
    )
    advantage = looped_gae(
        rollout.reward,
        rollout.terminated,
        rollout.truncated,
        value,
        next_value,
        s["gamma"],
        s["gae_lambda"],
    )
    goal = advantage + value
    if s["normalize_advantage"]:
        mean = sum(advantage[place] for place in places) / len(places)
        variance = sum((advantage[place] - mean) ** 2 for place in places) / len(places)
        advantage = (advantage - mean) / (math.sqrt(variance) + 1e-8)
    then = {
        place: log_prob_and_entropy(weights, rollout.observation[place], rollout.action[place])[0]
        for place in places
    }

    def loss(now):
        total = 0.0
        for place in places:
            x, action, better = rollout.observation[place], rollout.action[place], advantage[place]
            log_p, entropy = log_prob_and_entropy(now, x, action)
            gain = log_p * better
            if "clip_range" in s:
                ratio = math.exp(log_p - then[place])
                near = min(max(ratio, 1 - s["clip_range"]), 1 + s["clip_range"])
                gain = min(ratio * better, near * better)
            error = (forward(now, "critic", x)[0] - goal[place]) ** 2
            total += -gain + s["vf_coef"] * error - s["ent_coef"] * entropy
        return total / len(places)

    for _ in range(updates):
        gradients = numeric_gradient(loss, weights)
        weights = {name: weights[name] - rate * gradients[name] for name in weights}
    return weights
