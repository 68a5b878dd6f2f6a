"""The parts of the agents that learn a policy: returns, advantages, losses. See `agent_trials`."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from undergrad.cases.record import Values, gradient_of
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor
from undergrad.mine.patch import function_at
from undergrad.mine.trial import SEED, Trial
from undergrad.words import plural

_PPO, _STATS = "undergrad.rl.agents.ppo.", "undergrad.rl.normalize.RunningMeanStd"
_ADVANTAGES, _POLICY = "undergrad.rl.advantages.", "undergrad.rl.distributions.Categorical"
_TO_POINTS = "undergrad.rl.agents.reinforce.returns_to_points"


# A choice between actions


def _of_policies(what: str) -> Iterator[Trial]:
    for size in (0, 1, 1000):
        yield Trial(f"logits of size {size}", partial(_of_policy, what, size))


def _of_policy(what: str, size: float) -> Values:
    """For each row, with the gradient of the logits. Some logits are the largest by far."""
    rng = np.random.default_rng(SEED)
    logits = Tensor((size * rng.normal(size=(12, 4))).astype(np.float32), requires_grad=True)
    action = [rng.integers(4, size=12)] if what == "log_prob" else []
    result = getattr(function_at(_POLICY)(logits), what)(*action)
    result.backward(rng.normal(size=12).astype(np.float32))
    return {"result": result.numpy(), "gradient of the logits": gradient_of(logits)}


# Returns


def _returns() -> Iterator[Trial]:
    for steps, envs in ((1, 1), (9, 1), (20, 3)):
        yield Trial(f"{steps} steps of {envs}", partial(_returned, steps, envs))


def _returned(steps: int, envs: int) -> Values:
    rng = np.random.default_rng(SEED)
    reward, next_value = rng.normal(size=(2, steps, envs)).astype(np.float32)
    ends: Array = rng.random((2, steps, envs)) < 0.2  # some terminated and truncated at once
    found = function_at(f"{_ADVANTAGES}returns")(reward, *ends, next_value, 0.9)
    return {"result": np.asarray(found)}


def _to_points() -> Iterator[Trial]:
    for steps, critic in ((1, False), (30, False), (30, True)):
        label = f"{steps} steps of 4" + ", completed by a critic" * critic
        yield Trial(label, partial(_returned_to_points, steps, critic))


def _returned_to_points(steps: int, critic: bool) -> Values:
    """Points, most of them inside of a game; some games end without one."""
    rng = np.random.default_rng(SEED)
    reward: Array = (rng.integers(-1, 2, (steps, 4)) * (rng.random((steps, 4)) < 0.3)).astype("f4")
    terminated, truncated = rng.random((2, steps, 4)) < 0.1
    next_value = rng.normal(size=(steps, 4)).astype(np.float32) * critic
    found = function_at(_TO_POINTS)(reward, terminated, truncated, next_value, 0.9)
    return {"result": np.asarray(found)}


# Advantages


def _rollout(steps: int, envs: int) -> tuple[Array, Array, Array, Array, Array]:
    """Reward, terminated, truncated, value and next_value, as `advantages.gae` takes them."""
    rng = np.random.default_rng(SEED)
    reward, value, next_value = rng.normal(size=(3, steps, envs)).astype(np.float32)
    terminated, truncated = rng.random((2, steps, envs)) < 0.2  # some are both at once
    continues = ~(terminated | truncated)[:-1]
    next_value[:-1][continues] = value[1:][continues]
    return reward, terminated, truncated, value, next_value


def _advantages() -> Iterator[Trial]:
    for steps, envs, gae_lambda in ((1, 1, 0.9), (9, 1, 0.0), (20, 3, 0.95), (6, 5, 1.0)):
        label = f"{steps} steps of {envs}, lambda {gae_lambda:g}"
        yield Trial(label, partial(_advantage, steps, envs, gae_lambda))


def _advantage(steps: int, envs: int, gae_lambda: float) -> Values:
    found = function_at(f"{_ADVANTAGES}gae")(*_rollout(steps, envs), 0.9, gae_lambda)
    return {"result": np.asarray(found)}


def _normalising() -> Iterator[Trial]:
    for label, factor in (("numbers that differ", 2.0), ("numbers that are all equal", 0.0)):
        yield Trial(label, partial(_normalised, factor))


def _normalised(factor: float) -> Values:
    numbers = factor * np.random.default_rng(SEED).normal(size=(5, 3)) + 0.3
    found = function_at(f"{_ADVANTAGES}normalized")(numbers.astype(np.float32))
    return {"result": np.asarray(found)}


def _explaining() -> Iterator[Trial]:
    for label, factor in (("returns that differ", 1.0), ("returns that are all equal", 0.0)):
        yield Trial(label, partial(_explained, factor))


def _explained(factor: float) -> Values:
    value, noise = np.random.default_rng(SEED).normal(size=(2, 40)).astype(np.float32)
    returns = (factor * (value + 0.3 * noise) + 3).astype(np.float32)
    found = function_at(f"{_ADVANTAGES}explained_variance")(value, returns)
    return {"result": np.array(found, float)}


# A2C


def _losses() -> Iterator[Trial]:
    for vf_coef, ent_coef in ((0.5, 0.0), (1.0, 0.02)):
        label = f"vf_coef {vf_coef:g} and ent_coef {ent_coef:g}"
        yield Trial(label, partial(_loss, vf_coef, ent_coef))


def _loss(vf_coef: float, ent_coef: float) -> Values:
    rng = np.random.default_rng(SEED)
    logits = Tensor(rng.normal(size=(12, 3)).astype(np.float32), requires_grad=True)
    value = Tensor(rng.normal(size=12).astype(np.float32), requires_grad=True)
    advantage, returns = rng.normal(size=(2, 12)).astype(np.float32)
    action = rng.integers(3, size=12)
    policy = function_at(_POLICY)(logits)
    loss, terms = function_at("undergrad.rl.agents.a2c.a2c_loss")(
        policy, value, action, advantage, returns, vf_coef, ent_coef
    )
    (3.0 * loss).backward()
    return {
        "loss": loss.numpy(),
        "gradient of the logits": gradient_of(logits),
        "gradient of the values": gradient_of(value),
        **{name.replace("_", " "): np.array(float(term)) for name, term in terms.items()},
    }


class _Counting:
    """Three environments that count their steps; the first ends after 2, the second after 3."""

    size = 3

    def __init__(self) -> None:
        self.observation: Array = np.zeros((3, 2), np.float32)

    def step(self, action: Array) -> tuple[Any, list[float]]:
        seen, rows = self.observation, np.arange(3)
        after = (seen + 1 + action[:, None] / 8).astype(np.float32)
        terminated, truncated = (after[:, 0] > limit for limit in ([2, 99, 99], [99, 3, 99]))
        over = terminated | truncated
        self.observation = np.where(over[:, None], np.float32(0), after)
        columns = rows, seen, action, action * 0.5, after, terminated, truncated
        transitions = function_at("undergrad.rl.env.Transitions")(*columns)
        return transitions, after[over, 0].tolist()


def _rollouts() -> Iterator[Trial]:
    for steps in (1, 7):
        yield Trial(plural(steps, "step"), partial(_collected, steps))


def _collected(steps: int) -> Values:
    """Two rollouts, one after the other."""
    env, found = _Counting(), dict[str, Array]()
    for name in ("first", "second"):
        collect = function_at("undergrad.rl.rollout.collect")
        rollout, ended = collect(
            env, lambda seen: seen[:, 0].astype(int) % 2, steps, lambda action: action + 1
        )
        found |= {f"{name} {column}": values for column, values in vars(rollout).items()}
        found[f"returns of the {name}"] = np.array(ended, float)
    return found


# Proximal policy optimisation


def _surrogates() -> Iterator[Trial]:
    for clip_range in (0.2, 0.3):
        yield Trial(f"clip range {clip_range:g}", partial(_surrogate, clip_range))


def _surrogate(clip_range: float) -> Values:
    """Objective and gradient for both signs, with ratios below, within and above the range."""
    rng = np.random.default_rng(SEED)
    numbers: Array = np.resize([0.3, 0.95, 1.6, 1.05], 24) + rng.uniform(-0.04, 0.04, 24)
    ratio = Tensor(numbers.astype(np.float32), requires_grad=True)
    advantage = (np.repeat([1, -1], 12) * rng.uniform(0.5, 2, 24)).astype(np.float32)
    objective = function_at(f"{_PPO}clipped_surrogate")(ratio, advantage, clip_range)
    objective.backward(rng.normal(size=24).astype(np.float32))
    return {"objective": objective.numpy(), "gradient": np.asarray(ratio.grad)}


def _estimates() -> Iterator[Trial]:
    for size in (0.05, 1.0):
        yield Trial(f"log ratios of size {size:g}", partial(_estimate, size))


def _estimate(size: float) -> Values:
    log_ratio = (size * np.random.default_rng(SEED).normal(size=40)).astype(np.float32)
    return {"result": np.array(function_at(f"{_PPO}approx_kl")(log_ratio), float)}


def _passes() -> Iterator[Trial]:
    for count, size in ((9, 4), (6, 6), (3, 5)):
        yield Trial(f"{count} rows, {size} at a time", partial(_epochs, count, size), atol=0.02)


def _epochs(count: int, size: int, n_epochs: int = 20_000) -> Values:
    """The sizes of minibatches, what an epoch consists of, and how often each row is the first."""
    rng = np.random.default_rng(SEED)
    rows = [
        np.asarray(each) for each in function_at(f"{_PPO}minibatches")(count, n_epochs, size, rng)
    ]
    order = np.concatenate(rows).reshape(n_epochs, count)
    return {
        "sizes": np.array([len(each) for each in rows]),
        "rows of an epoch": np.sort(order, axis=1),
        "fraction of each first row": np.bincount(order[:, 0], minlength=count) / n_epochs,
        "fraction of equal first rows": np.array((order[1:, 0] == order[:-1, 0]).mean()),
    }


def _measuring() -> Iterator[Trial]:
    for sizes in ((5,), (1, 7, 2)):
        yield Trial(f"{' and '.join(map(str, sizes))} rows", partial(_measured, sizes))


def _measured(sizes: tuple[int, ...]) -> Values:
    rng = np.random.default_rng(SEED)
    stats = function_at(_STATS)(3)
    for size in sizes:
        stats.update((rng.normal(size=(size, 3)) * 3 + rng.normal(size=3)).astype(np.float32))
    return {"count": stats.count, "mean": stats.mean, "squares": stats.squares}


POLICY_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    f"{_POLICY}.log_prob": partial(_of_policies, "log_prob"),
    f"{_POLICY}.entropy": partial(_of_policies, "entropy"),
    f"{_ADVANTAGES}returns": _returns,
    _TO_POINTS: _to_points,
    f"{_ADVANTAGES}gae": _advantages,
    f"{_ADVANTAGES}normalized": _normalising,
    f"{_ADVANTAGES}explained_variance": _explaining,
    "undergrad.rl.agents.a2c.a2c_loss": _losses,
    "undergrad.rl.rollout.collect": _rollouts,
    f"{_PPO}clipped_surrogate": _surrogates,
    f"{_PPO}approx_kl": _estimates,
    f"{_PPO}minibatches": _passes,
    f"{_STATS}.update": _measuring,
}
