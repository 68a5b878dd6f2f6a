"""The pilot and what it learns from. The loss of the actor is written by hand to its gradient."""

import numpy as np
from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.autograd import node

from data import MEMORY, MIRROR, N_ACTIONS, OBSERVATION_SIZE

EVERYTHING = np.ones(OBSERVATION_SIZE, np.float32)
# What is left of an observation for a pilot that lacks a sense: 1 is felt, and 0 is not.
NO_WINGS, NO_MEMORY = EVERYTHING.copy(), EVERYTHING.copy()
NO_WINGS[MEMORY : 2 * MEMORY] = 0
NO_MEMORY[1:MEMORY] = NO_MEMORY[MEMORY + 1 : 2 * MEMORY] = 0


class Pilot(nn.Module):
    """The actor and the critic: observations (n, 25) -> logits of the actions (n, 3), values (n,).

    They are two networks, so that neither has to serve the other's loss. Both see each observation
    twice, as it is and in a mirror, and the actor's answer to the reflection is turned back. So
    left and right are alike from the start, and a left turn need not be learned again.

    Arguments:
        seed: of the first weights.
        senses: (25,) what the pilot feels; `NO_WINGS` and `NO_MEMORY` leave something out.
        mirror: without it, each observation is seen once.
    """

    def __init__(self, seed: int, senses: np.ndarray = EVERYTHING, mirror: bool = True) -> None:
        rng = np.random.default_rng(seed)
        self.actor, self.critic = _layers(N_ACTIONS, rng), _layers(1, rng)
        self.actor[-1].weight.data *= np.float32(0.1)  # at first all actions are nearly as likely
        self._senses, self._mirror = senses, mirror

    def forward(self, observation: Tensor) -> tuple[Tensor, Tensor]:
        felt = observation * self._senses
        logits, values = self.actor(felt), self.critic(felt)
        if self._mirror:
            reflection = felt * MIRROR
            logits = logits + self.actor(reflection)[:, ::-1]
            values = values + self.critic(reflection)
        return logits, values.reshape(-1)


def _layers(outputs: int, rng: np.random.Generator, hidden: int = 48) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(OBSERVATION_SIZE, hidden, rng=rng),
        nn.Tanh(),
        nn.Linear(hidden, hidden, rng=rng),
        nn.Tanh(),
        nn.Linear(hidden, outputs, rng=rng),
    )


def evaluate_batch(pilot: nn.Module, observation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits (n, 3) and values (n,) without building a graph."""
    with no_grad():
        logits, values = pilot(Tensor(observation))
    return logits.numpy(), values.numpy()


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the probabilities: (n, actions) -> (n, actions)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def actor_loss(
    logits: Tensor,
    action: np.ndarray,
    advantage: np.ndarray,
    old: np.ndarray,
    clip_range: float = 0.2,
    ent_coef: float = 0.005,
) -> Tensor:
    """The loss of PPO's actor: -mean(min(r A, clip(r, 1 - c, 1 + c) A) + e H).

    logits: (n, actions).   action, advantage A, old: (n,), where old is the logarithm of the
    probability that the action had when it was taken, so that r = exp(log p(action) - old).
    Where the clipped term is the smaller one, it does not depend on the logits. Elsewhere the
    derivative of r with respect to the logits is r (onehot(action) - p), and that of the entropy
    H = -sum(p log p) is -p (log p + H).
    Source: Schulman and others 2017, "Proximal policy optimization algorithms", formula 7.
    """
    rows, n = np.arange(len(action)), len(action)
    log_p = log_softmax(logits.data)
    p = np.exp(log_p)
    ratio = np.exp(log_p[rows, action] - old)
    plain, clipped = ratio * advantage, np.clip(ratio, 1 - clip_range, 1 + clip_range) * advantage
    entropy = -(p * log_p).sum(axis=1)
    out = -(np.minimum(plain, clipped) + ent_coef * entropy).mean()

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        pull = np.where(plain <= clipped, plain, 0)[:, None]
        onehot = np.eye(p.shape[1], dtype=p.dtype)[action]
        of_entropy = -p * (log_p + entropy[:, None])
        total = pull * (onehot - p) + ent_coef * of_entropy
        return ((-g * total / n).astype(logits.data.dtype),)

    return node(np.asarray(out, logits.data.dtype), (logits,), gradient, "actor_loss")


def advantages(
    rewards: np.ndarray, values: np.ndarray, gamma: float = 0.99, gae_lambda: float = 0.95
) -> np.ndarray:
    """Generalised advantage estimation: rewards (t, n), values (t + 1, n) -> (t, n).

    The sum of gamma * gae_lambda to the k times the TD error k seconds later. The last row of
    values is that of the end, because after five minutes the flight could have gone on.
    Source: Schulman and others 2016, formula 16.
    """
    td_errors = rewards + gamma * values[1:] - values[:-1]
    found, carried = np.zeros_like(td_errors), np.zeros_like(td_errors[0])
    for t in reversed(range(len(rewards))):
        carried = td_errors[t] + gamma * gae_lambda * carried
        found[t] = carried
    return found
