"""TD3 and SAC once more, one row and one number at a time: slow, plain and independent.

Nothing here uses the engine. Gradients are finite differences of the loss in every weight.
"""

import copy
import math

import numpy as np
from tests.rl.oracles import numeric_gradient


def forward(weights, x):
    """One row through linear layers `1`, `3`, ... with ReLU between them."""
    names = sorted((k.removesuffix(".weight") for k in weights if k.endswith(".weight")), key=int)
    for name in names:
        x = weights[f"{name}.weight"] @ x + weights[f"{name}.bias"]
        x = x if name == names[-1] else np.maximum(x, 0)
    return x


def q_value(weights, critic, x, action):
    """One critic's q(s, a)."""
    row = np.concatenate([x, action])
    names = sorted({k.rpartition(".")[0] for k in weights})
    for name in names:
        row = row @ weights[f"{name}.weight"][critic] + weights[f"{name}.bias"][critic, 0]
        row = row if name == names[-1] else np.maximum(row, 0)
    return row[0]


def squashed(out, noise):
    """An action and its log-density, from the mean and the log_std of its D numbers."""
    size = len(out) // 2
    action, log_prob = np.zeros(size), 0.0
    for i in range(size):
        mean, std = out[i], math.exp(min(max(out[size + i], -20), 2))
        u = mean + std * noise[i]
        action[i] = math.tanh(u)
        normal = math.exp(-((u - mean) ** 2) / (2 * std**2)) / (std * math.sqrt(2 * math.pi))
        log_prob += math.log(normal) + 2 * math.log(math.cosh(u))  # 1 - tanh^2 = 1 / cosh^2
    return action, log_prob


class Looped:
    """What an agent of the family holds, and one update of it.

    agent: read once, at the beginning.
    """

    def __init__(self, agent, rate):
        self.s, self.rate, self.updates = agent.settings, rate, 0
        self.middle, self.half = agent.scale.middle, agent.scale.half
        self.actor = {k: v.astype(float) for k, v in agent.actor.state_dict().items()}
        self.critics = {k: v.astype(float) for k, v in agent.critics.state_dict().items()}
        self.target_actor = copy.deepcopy(self.actor)
        self.target_critics = copy.deepcopy(self.critics)
        self.rng = np.random.default_rng()
        self.rng.bit_generator.state = agent.rng.bit_generator.state
        self.log_ent_coef = math.log(getattr(self.s, "ent_coef", 1.0))

    def learn(self, batch):
        s, count = self.s, len(batch.reward)
        taken = (batch.action - self.middle) / self.half
        targets = [
            batch.reward[i] * s.reward_scale
            + (0 if batch.terminated[i] else s.gamma ** batch.n[i] * value)
            for i, value in enumerate(self.next_values(batch.next_observation))
        ]

        def critic_loss(weights):
            return sum(
                (q_value(weights, c, batch.observation[i], taken[i]) - targets[i]) ** 2 / count
                for c in range(s.n_critics)
                for i in range(count)
            )

        self.critics = self.descended(critic_loss, self.critics)
        self.updates += 1
        self.rest(batch, count)

    def descended(self, loss, weights):
        gradients = numeric_gradient(loss, weights)
        return {name: weights[name] - self.rate * gradients[name] for name in weights}

    def followed(self, target, online):
        tau = self.s.tau
        return {name: (1 - tau) * target[name] + tau * online[name] for name in online}

    def smallest(self, weights, x, action):
        return min(q_value(weights, c, x, action) for c in range(self.s.n_critics))


class LoopedTD3(Looped):
    def next_values(self, observation):
        s, size = self.s, len(self.half)
        noise = s.target_policy_noise * self.rng.standard_normal((len(observation), size))
        noise = np.minimum(np.maximum(noise, -s.target_noise_clip), s.target_noise_clip)
        actions = [np.tanh(forward(self.target_actor, x)) for x in observation]
        return [
            self.smallest(self.target_critics, x, np.minimum(np.maximum(a + e, -1), 1))
            for x, a, e in zip(observation, actions, noise, strict=True)
        ]

    def rest(self, batch, count):
        if self.updates % self.s.policy_delay:
            return

        def actor_loss(weights):
            return -sum(
                q_value(self.critics, 0, x, np.tanh(forward(weights, x))) / count
                for x in batch.observation
            )

        self.actor = self.descended(actor_loss, self.actor)
        self.target_actor = self.followed(self.target_actor, self.actor)
        self.target_critics = self.followed(self.target_critics, self.critics)


class LoopedSAC(Looped):
    def next_values(self, observation):
        noise = self.rng.standard_normal((len(observation), len(self.half)))
        values = []
        for x, e in zip(observation, noise, strict=True):
            action, log_prob = squashed(forward(self.actor, x), e)
            value = self.smallest(self.target_critics, x, action)
            values.append(value - math.exp(self.log_ent_coef) * log_prob)
        return values

    def rest(self, batch, count):
        noise, ent_coef = self.rng.standard_normal((count, len(self.half))), self.ent_coef

        def parts(weights):
            for x, e in zip(batch.observation, noise, strict=True):
                action, log_prob = squashed(forward(weights, x), e)
                yield log_prob, self.smallest(self.critics, x, action)

        def actor_loss(weights):
            return sum((ent_coef * log_prob - q) / count for log_prob, q in parts(weights))

        entropy = -sum(log_prob for log_prob, _ in parts(self.actor)) / count
        self.actor = self.descended(actor_loss, self.actor)
        if self.s.autotune:
            target = self.s.target_entropy * len(self.half)
            self.log_ent_coef -= self.rate * (entropy - target)
        self.target_critics = self.followed(self.target_critics, self.critics)

    @property
    def ent_coef(self):
        return math.exp(self.log_ent_coef)
