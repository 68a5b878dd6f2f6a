"""The parts of the agents whose actions are rows of numbers, TD3 and SAC.

The list of all parts of agents is in `agent_trials`.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from undergrad.cases.record import Values, gradient_of
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor
from undergrad.mine.patch import function_at
from undergrad.mine.trial import SEED, Trial
from undergrad.words import plural

_OFF_POLICY = "undergrad.rl.agents.off_policy."
_TD3, _SAC = "undergrad.rl.agents.td3.", "undergrad.rl.agents.sac."
_GAUSSIAN = "undergrad.rl.distributions.tanh_gaussian"


def _normal(*shape: int) -> Array:
    return np.random.default_rng([SEED, *shape]).normal(size=shape).astype(np.float32)


def _targets() -> Iterator[Trial]:
    for critics in (1, 2, 5):
        yield Trial(plural(critics, "critic"), partial(_target, critics))


def _target(critics: int) -> Values:
    """With a discount for each row, as transitions of several steps have it."""
    discount = 0.9 ** (1 + np.arange(9) % 3)
    found = function_at(f"{_OFF_POLICY}td_target")(
        _normal(9), _normal(critics, 9), np.arange(9) % 4 == 1, discount
    )
    return {"result": np.asarray(found)}


def _critic_losses() -> Iterator[Trial]:
    for critics in (1, 2, 4):
        yield Trial(plural(critics, "critic"), partial(_critic_loss, critics))


def _critic_loss(critics: int) -> Values:
    q = Tensor(_normal(critics, 9), requires_grad=True)
    loss = function_at(f"{_OFF_POLICY}critic_loss")(q, _normal(9))
    (2.0 * loss).backward()
    return {"loss": loss.numpy(), "gradient of q": gradient_of(q)}


def _smoothing() -> Iterator[Trial]:
    for noise_clip in (0.1, 0.5):
        yield Trial(f"a clip of {noise_clip:g}", partial(_smoothed, noise_clip))


def _smoothed(noise_clip: float) -> Values:
    """Noise beyond the clip on both sides, and actions near both bounds."""
    action = np.tanh(2 * _normal(12, 3))
    found = function_at(f"{_TD3}smoothed_action")(action, _normal(3, 12).T, noise_clip)
    return {"result": np.asarray(found)}


def _gaussians() -> Iterator[Trial]:
    for label, size in (("near 0", 1.0), ("where tanh is rounded to 1", 30.0)):
        yield Trial(label, partial(_gaussian, size))


def _gaussian(size: float) -> Values:
    """Gradients arrive through the action and through its density."""
    mean = Tensor(size * _normal(7, 3), requires_grad=True)
    log_std = Tensor(0.5 * _normal(3, 7).T - 1, requires_grad=True)
    action, log_prob = function_at(_GAUSSIAN)(mean, log_std, _normal(1, 7, 3)[0])
    ((action * _normal(3, 3, 7)[0].T).sum() + (log_prob * _normal(7)).sum()).backward()
    return {
        "action": action.numpy(),
        "log probability": log_prob.numpy(),
        "gradient of the mean": gradient_of(mean),
        "gradient of log_std": gradient_of(log_std),
    }


def _actor_losses() -> Iterator[Trial]:
    for critics in (1, 2, 4):
        yield Trial(plural(critics, "critic"), partial(_actor_loss, critics))


def _actor_loss(critics: int) -> Values:
    log_prob = Tensor(_normal(9), requires_grad=True)
    q = Tensor(_normal(critics, 9), requires_grad=True)
    loss = function_at(f"{_SAC}sac_actor_loss")(log_prob, q, 0.3)
    (2.0 * loss).backward()
    return {
        "loss": loss.numpy(),
        "gradient of the log probability": gradient_of(log_prob),
        "gradient of q": gradient_of(q),
    }


def _temperatures() -> Iterator[Trial]:
    for label, target in (("too much entropy", -6.0), ("too little entropy", 4.0)):
        yield Trial(label, partial(_temperature, target))


def _temperature(target_entropy: float) -> Values:
    log_ent_coef = Tensor(np.float32(-1.5), requires_grad=True)
    loss = function_at(f"{_SAC}alpha_loss")(log_ent_coef, Tensor(_normal(20)), target_entropy)
    loss.backward()
    return {"loss": loss.numpy(), "gradient": gradient_of(log_ent_coef)}


ACTOR_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    f"{_OFF_POLICY}td_target": _targets,
    f"{_OFF_POLICY}critic_loss": _critic_losses,
    f"{_TD3}smoothed_action": _smoothing,
    _GAUSSIAN: _gaussians,
    f"{_SAC}sac_actor_loss": _actor_losses,
    f"{_SAC}alpha_loss": _temperatures,
}
