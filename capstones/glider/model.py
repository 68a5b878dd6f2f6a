"""The pilot and what it learns from. The loss of the actor is written by hand to its gradient."""

import numpy as np
from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.autograd import node

from data import CHART_MIRROR, CHART_SIZE, MEMORY, MIRROR, N_ACTIONS, OBSERVATION_SIZE

EVERYTHING = np.ones(OBSERVATION_SIZE, np.float32)
# What is left of an observation for a pilot that lacks a sense: 1 is felt, and 0 is not.
NO_WINGS, NO_MEMORY = EVERYTHING.copy(), EVERYTHING.copy()
NO_WINGS[MEMORY : 2 * MEMORY] = 0
NO_MEMORY[1:MEMORY] = NO_MEMORY[MEMORY + 1 : 2 * MEMORY] = 0


class Pilot(nn.Module):
    """The actor: observations (n, 25) -> logits of the actions (n, 3).

    It sees each observation twice, as it is and in a mirror, and the answer to the reflection is
    turned back. So left and right are alike from the start, and a left turn need not be learned
    again.

    Arguments:
        seed: of the first weights.
        senses: (25,) what the pilot feels; `NO_WINGS` and `NO_MEMORY` leave something out.
    """

    def __init__(self, seed: int, senses: np.ndarray = EVERYTHING) -> None:
        self.layers = _layers(OBSERVATION_SIZE, N_ACTIONS, np.random.default_rng(seed))
        self.layers[-1].weight.data *= np.float32(0.1)  # at first all actions are nearly as likely
        self._senses = senses

    def forward(self, observation: Tensor) -> Tensor:
        felt = observation * self._senses
        return self.layers(felt) + self.layers(felt * MIRROR)[:, ::-1]


class Critic(nn.Module):
    """How much height will be gained: observations and charts, (n, 49) -> (n,), in units of 20 m.

    It is needed for the training only, so it may look at the sky, which no pilot can. Then less of
    what it calls an advantage is luck. With `sees_sky` off, it knows what the pilot knows.
    Source: Pinto and others 2017, "Asymmetric actor critic for image-based robot learning".
    """

    def __init__(self, seed: int, sees_sky: bool = True) -> None:
        rng = np.random.default_rng([seed, 1])
        self.layers = _layers(OBSERVATION_SIZE + CHART_SIZE, 1, rng)
        self._seen = np.repeat(np.float32([1, sees_sky]), [OBSERVATION_SIZE, CHART_SIZE])

    def forward(self, view: Tensor) -> Tensor:
        seen = view * self._seen
        reflection = seen * np.concatenate([MIRROR, CHART_MIRROR])
        return (self.layers(seen) + self.layers(reflection)).reshape(-1)


def _layers(inputs: int, outputs: int, rng: np.random.Generator, hidden: int = 48) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden, rng=rng),
        nn.Tanh(),
        nn.Linear(hidden, hidden, rng=rng),
        nn.Tanh(),
        nn.Linear(hidden, outputs, rng=rng),
    )


def without_graph(model: nn.Module, inputs: np.ndarray) -> np.ndarray:
    """What a network says about an array, as an array."""
    with no_grad():
        return model(Tensor(inputs)).numpy()


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
