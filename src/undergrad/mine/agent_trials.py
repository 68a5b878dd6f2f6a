"""The parts of an agent, and what each must do exactly as the reference does.

An agent is built of pure functions and of a buffer, which stand in `undergrad.rl` under the names
below. They are replaced there in the same way as the operations of the engine: this table is the
list, `adapter` reads a unit's `parts.py`, and `patch` puts the functions in place. What is not in
the table, such as the loop that calls them, belongs to the frame.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from undergrad.cases.record import Values
from undergrad.engine.autograd import Array
from undergrad.mine.actor_trials import ACTOR_TRIALS
from undergrad.mine.patch import function_at
from undergrad.mine.policy_trials import POLICY_TRIALS
from undergrad.mine.rainbow_trials import RAINBOW_TRIALS
from undergrad.mine.search_trials import SEARCH_TRIALS
from undergrad.mine.table_trials import TABLE_TRIALS
from undergrad.mine.trial import SEED, Trial

_DRAWS = 40_000  # numbers; two correct samples of so many differ by less than _RANDOM
_RANDOM = 0.01
_DQN, _REPLAY = "undergrad.rl.agents.dqn.", "undergrad.rl.replay."


# Targets


def _td_targets() -> Iterator[Trial]:
    for label, dtype in (("one discount", np.float64), ("a discount for each row", np.float32)):
        yield Trial(label, partial(_td_target, dtype, label == "one discount"))


def _td_target(dtype: type, one: bool) -> Values:
    rng = np.random.default_rng(SEED)
    reward, terminated = rng.normal(size=9), np.arange(9) % 3 == 1
    next_q: Array = rng.normal(size=(9, 4)).astype(dtype)
    discount = 0.9 if one else 0.9 ** rng.integers(1, 4, size=9)
    found = function_at(f"{_DQN}dqn_target")(reward, next_q, terminated, discount)
    return {"result": np.asarray(found)}


def _sums() -> Iterator[Trial]:
    for count in (1, 2, 5):
        yield Trial(f"{count} rewards", partial(_sum, count))


def _sum(count: int) -> Values:
    rewards = np.random.default_rng(SEED).normal(size=count).tolist()
    return {"result": np.array(function_at(f"{_REPLAY}discounted_sum")(rewards, 0.9), float)}


# Frames


def _differences() -> Iterator[Trial]:
    for brightest in (255, 100):
        yield Trial(f"bytes up to {brightest}", partial(_difference, brightest))


def _difference(brightest: int) -> Values:
    frames = np.random.default_rng(SEED).integers(brightest + 1, size=(2, 3, 5, 4))
    now, before = frames.astype(np.float32)  # as they come out of a tensor
    found = function_at("undergrad.rl.networks.frame_difference")(now, before, brightest)
    return {"result": np.asarray(found)}


# Exploration and schedules


def _greedy() -> Iterator[Trial]:
    for epsilon in (0.0, 0.4, 1.0):
        yield Trial(f"epsilon {epsilon:g}", partial(_actions, epsilon), atol=_RANDOM)


def _actions(epsilon: float) -> Values:
    """How often each action is chosen, and how often two rows in a row are not greedy."""
    rng = np.random.default_rng(SEED)
    q = np.tile([0.1, 0.9, 0.3], (_DRAWS, 1)).astype(np.float32)
    action = np.asarray(function_at(f"{_DQN}epsilon_greedy")(q, epsilon, rng))
    both = (action[:-1] != 1) & (action[1:] != 1)
    return {
        "fraction of each action": np.bincount(action, minlength=3) / _DRAWS,
        "fraction of neighbours that both explore": np.array(both.mean()),
    }


def _schedules() -> Iterator[Trial]:
    for start, end in ((1.0, 0.05), (0.002, 0.0), (0.1, 0.5)):
        yield Trial(f"from {start:g} to {end:g}", partial(_schedule, start, end))


def _schedule(start: float, end: float) -> Values:
    schedule = function_at(f"{_DQN}linear_schedule")
    return {"result": np.array([schedule(start, end, 40, step) for step in range(0, 60, 3)], float)}


# The target network


def _updates() -> Iterator[Trial]:
    for tau in (0.02, 1.0):
        yield Trial(f"tau {tau:g}, in place", partial(_update, tau))


def _update(tau: float) -> Values:
    rng = np.random.default_rng(SEED)
    target, online = rng.normal(size=(2, 50)).astype(np.float32)
    function_at("undergrad.rl.networks.polyak_update")(target, online, tau)
    return {"target": target, "online": online}


# The replay buffer


def _filled(*counts: int) -> tuple[Any, list[Array]]:
    """A buffer of 7 to which so many transitions were added at once, and the indices of each."""
    rng = np.random.default_rng(SEED)
    buffer = function_at(f"{_REPLAY}ReplayBuffer")(7, (3,))
    index = []
    for count in counts:
        columns = {
            name: (10 * rng.normal(size=(count, *column.shape[1:]))).astype(column.dtype)
            for name, column in buffer.fields.items()
        }
        index.append(buffer.add(function_at(f"{_REPLAY}ReplayBatch")(**columns)))
    return buffer, index


def _adding() -> Iterator[Trial]:
    for counts in ((4,), (4, 2, 3), (3, 20, 2)):
        yield Trial(f"{' and '.join(map(str, counts))} transitions", partial(_added, counts))


def _added(counts: tuple[int, ...]) -> Values:
    buffer, index = _filled(*counts)
    return {**buffer.fields, "added": np.array(buffer.added), "index": np.concatenate(index)}


def _sampling() -> Iterator[Trial]:
    for counts in ((5,), (4, 6)):
        label = f"after {' and '.join(map(str, counts))} transitions"
        yield Trial(label, partial(_sampled, counts), atol=_RANDOM)


def _sampled(counts: tuple[int, ...]) -> Values:
    """How often each transition is sampled, and whether each row is one transition."""
    buffer, _ = _filled(*counts)
    batches = list(buffer.sample(2, _DRAWS // 2, np.random.default_rng(SEED)))
    index = np.concatenate([batch.index for batch in batches])
    first, second = (batch.index for batch in batches)
    mixed = [
        (getattr(batch, name) != column[batch.index]).any()
        for batch in batches
        for name, column in buffer.fields.items()
    ]
    return {
        "fraction of each transition": np.bincount(index, minlength=7) / len(index),
        "fraction of repeated neighbours": np.array([(a == b) for a, b in pairwise(index)]).mean(
            keepdims=True
        ),
        "fraction equal in two batches": (first == second).mean(keepdims=True),
        "mixed rows": np.array(mixed),
        "type of observations": batches[0].observation[:0],
    }


AGENT_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    f"{_DQN}dqn_target": _td_targets,
    f"{_DQN}epsilon_greedy": _greedy,
    f"{_DQN}linear_schedule": _schedules,
    "undergrad.rl.networks.polyak_update": _updates,
    "undergrad.rl.networks.frame_difference": _differences,
    f"{_REPLAY}discounted_sum": _sums,
    f"{_REPLAY}ReplayBuffer.add": _adding,
    f"{_REPLAY}ReplayBuffer.sample": _sampling,
    **POLICY_TRIALS,
    **ACTOR_TRIALS,
    **RAINBOW_TRIALS,
    **TABLE_TRIALS,
    **SEARCH_TRIALS,
}
