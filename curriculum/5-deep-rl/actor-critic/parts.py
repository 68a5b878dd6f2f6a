"""How the functions of `actor-critic` take their place in the agents that learn from rollouts.

The loss is one node of the engine's graph, with the gradients that the learner computed. Actions
that are numbers are borrowed, since the exercise is about choices.
"""

import numpy as np

from undergrad.mine import part, result
from undergrad.rl.distributions import Categorical
from undergrad.rl.rollout import Rollout


@part("undergrad.rl.advantages.gae", uses=("gae",))
def gae(own, borrowed):
    def gae(reward, terminated, truncated, value, next_value, gamma, gae_lambda):
        found = own.gae(reward, terminated, truncated, value, next_value, gamma, gae_lambda)
        return np.asarray(found, dtype=value.dtype)

    return gae


@part("undergrad.rl.advantages.explained_variance", uses=("explained_variance",))
def explained_variance(own, borrowed):
    return own.explained_variance


@part("undergrad.rl.agents.a2c.a2c_loss", uses=("a2c_loss",))
def a2c_loss(own, borrowed):
    def a2c_loss(policy, value, *rest):
        if not isinstance(policy, Categorical):
            return borrowed(policy, value, *rest)
        logits = policy.logits
        loss, terms, g_logits, g_value = own.a2c_loss(logits.data, value.data, *rest)
        names = "policy_loss", "value_loss", "entropy"
        node = result(loss, (logits, value), lambda g: (g * g_logits, g * g_value))
        return node, dict(zip(names, map(float, terms), strict=True))

    return a2c_loss


@part("undergrad.rl.rollout.collect", uses=("collect",))
def collect(own, borrowed):
    def collect(env, act, steps, env_action=lambda action: action):
        worlds = _Worlds(env, env_action)
        s, a, next_s, r, terminated, truncated = own.collect(worlds, act, steps)
        mask = np.ones(np.shape(r), bool)
        return Rollout(s, a, r, next_s, terminated, truncated, mask), worlds.finished

    return collect


class _Worlds:
    """The agent's environments in the form of the exercise's `VecEnv`."""

    def __init__(self, env, env_action):
        self._env, self._env_action = env, env_action
        self.finished = []  # the returns of episodes that ended

    @property
    def s(self):
        return self._env.observation

    def step(self, a):
        seen, returns = self._env.step(self._env_action(a))
        self.finished += returns
        return seen.next_observation, seen.reward, seen.terminated, seen.truncated
