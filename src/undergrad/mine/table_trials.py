"""The parts of the agents that learn in tables: targets, updates, returns. See `agent_trials`."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from undergrad.cases.record import Values
from undergrad.mine.patch import function_at
from undergrad.mine.trial import SEED, Trial

_TABLE = "undergrad.rl.agents.tabular.control."
_EPISODE_RETURNS = "undergrad.rl.agents.tabular.episodes.returns"


def _targets_of_a_table() -> Iterator[Trial]:
    for terminated in (False, True):
        yield Trial(f"terminated: {terminated}", partial(_target_of_a_table, terminated))


def _target_of_a_table(terminated: bool) -> Values:
    td_target = function_at(f"{_TABLE}td_target")
    pairs = np.random.default_rng(SEED).normal(size=(5, 2)).tolist()
    return {"result": np.array([td_target(*pair, terminated, 0.9) for pair in pairs], float)}


def _moves() -> Iterator[Trial]:
    for power in (0.0, 0.7):
        yield Trial(f"power {power:g}, in place", partial(_moved, power))


def _moved(power: float) -> Values:
    """A table after some updates, of one entry more than once."""
    rng = np.random.default_rng(SEED)
    values, visits = rng.normal(size=(4, 3)), np.zeros((4, 3), np.int64)
    table = function_at(f"{_TABLE}Table")(values, visits, 0.3, power)
    for state, action in ((0, 1), (3, 2), (0, 1), (2, 0)):
        table.move(state, action, float(rng.normal()))
    return {"values": values, "visits": visits}


def _expected() -> Iterator[Trial]:
    rows = {
        "one best action": [0.3, -1.0, 2.0, 0.5],
        "two best actions": [1.0, 0.0, 1.0],
        "an action that the state lacks": [0.2, -np.inf, 0.7],
    }
    for label, row in rows.items():
        yield Trial(label, partial(_expectation, row))


def _expectation(row: list[float]) -> Values:
    expected_value = function_at(f"{_TABLE}expected_value")
    means = [expected_value(np.array(row), epsilon) for epsilon in (0.0, 0.3, 1.0)]
    return {"result": np.array(means, float)}


def _doubles() -> Iterator[Trial]:
    yield Trial("two rows", _double)


def _double() -> Values:
    double_value = function_at(f"{_TABLE}double_value")
    rows = np.random.default_rng(SEED).normal(size=(6, 2, 4))
    return {"result": np.array([double_value(*pair) for pair in rows], float)}


def _episode_returns() -> Iterator[Trial]:
    for count, last in ((1, 0.0), (1, 2.5), (6, 0.0), (6, -1.5)):
        yield Trial(f"{count} rewards, then {last:g}", partial(_episode_return, count, last))


def _episode_return(count: int, last: float) -> Values:
    rewards = np.random.default_rng(SEED).normal(size=count)
    return {"result": np.array(function_at(_EPISODE_RETURNS)(rewards, 0.9, last), float)}


TABLE_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    f"{_TABLE}td_target": _targets_of_a_table,
    f"{_TABLE}Table.move": _moves,
    f"{_TABLE}expected_value": _expected,
    f"{_TABLE}double_value": _doubles,
    _EPISODE_RETURNS: _episode_returns,
}
