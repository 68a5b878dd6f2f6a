"""The parts of Rainbow: targets, losses, a layer and the sum tree. See `agent_trials`.

Weights of trees are whole numbers, whose sums are exact in any order.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from undergrad.cases.record import Values, gradient_of
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor
from undergrad.mine.patch import function_at
from undergrad.mine.trial import SEED, Trial

_CHOICE = "undergrad.rl.agents.rainbow.double_choice"
_DUELING = "undergrad.rl.networks.Dueling"
_PROJECTION = "undergrad.rl.targets.c51_projection"
_QUANTILES = "undergrad.rl.targets.quantile_huber_loss"
_TREE = "undergrad.rl.sumtree.SumTree"


def _choices() -> Iterator[Trial]:
    for numbers in (1, 5):
        yield Trial(f"{numbers} for each action", partial(_choice, numbers))


def _choice(numbers: int) -> Values:
    rng = np.random.default_rng(SEED)
    q: Array = rng.normal(size=(9, 4)).astype(np.float32)
    out: Array = rng.normal(size=(9, 4, numbers)).astype(np.float32)
    found = function_at(_CHOICE)(q, out[:, :, 0] if numbers == 1 else out)
    return {"result": np.asarray(found)}


def _layers() -> Iterator[Trial]:
    for numbers in (1, 5):
        yield Trial(f"{numbers} for each action", partial(_layer, numbers))


def _layer(numbers: int) -> Values:
    rng = np.random.default_rng(SEED)
    x = Tensor(rng.normal(size=(7, 4 * numbers)).astype(np.float32), requires_grad=True)
    out = function_at(_DUELING)(3)(x)
    out.backward(rng.normal(size=out.shape).astype(np.float32))
    return {"result": out.numpy(), "gradient": gradient_of(x)}


def _projections() -> Iterator[Trial]:
    for label in ("one discount", "a discount for each row"):
        yield Trial(label, partial(_projection, label == "one discount"))


def _projection(one: bool) -> Values:
    """Between atoms, exactly on them, beyond both ends, and after the end of an episode."""
    rng = np.random.default_rng(SEED)
    atoms = np.linspace(-2, 2, 9, dtype=np.float32)
    p: Array = rng.exponential(size=(8, 9))
    p = (p / p.sum(axis=1, keepdims=True)).astype(np.float32)
    reward = np.array([0.0, 0.3, -1.2, 9.0, -9.0, 0.5, 1.0, 0.77], np.float32)
    discount = 0.5 if one else 0.9 ** rng.integers(1, 4, size=8)
    found = function_at(_PROJECTION)(reward, np.arange(8) % 3 == 2, p, atoms, discount)
    return {"result": np.asarray(found)}


def _quantiles() -> Iterator[Trial]:
    for delta in (1.0, 0.3):
        yield Trial(f"delta {delta:g}", partial(_quantile, delta))


def _quantile(delta: float) -> Values:
    rng = np.random.default_rng(SEED)
    quantile = Tensor(rng.normal(size=(6, 5)).astype(np.float32), requires_grad=True)
    target = (2 * rng.normal(size=(6, 4))).astype(np.float32)
    loss = function_at(_QUANTILES)(quantile, target, delta)
    loss.backward(rng.normal(size=6).astype(np.float32))
    return {"loss": loss.numpy(), "gradient": gradient_of(quantile)}


def _tree(capacity: int) -> tuple[Any, Array]:
    """A tree after some updates, one of an index that occurs twice, and its weights by hand."""
    rng = np.random.default_rng(SEED)
    tree, weights = function_at(_TREE)(capacity), np.zeros(capacity)
    for size in (capacity, 2, 3):
        index = rng.integers(capacity, size=size)
        weight = rng.integers(1, 9, size=size).astype(float)
        tree.update(index, weight)
        weights[index] = weight
    tree.update(np.array([capacity // 2]), 0.0)
    weights[capacity // 2] = 0
    return tree, weights


def _changes() -> Iterator[Trial]:
    for capacity in (1, 6, 16):
        yield Trial(f"{capacity} weights", partial(_changed, capacity))


def _changed(capacity: int) -> Values:
    tree, weights = _tree(capacity)
    return {"sums": tree.nodes[1:], "leaves": tree.weights - weights}


def _searches() -> Iterator[Trial]:
    for capacity in (2, 6, 16):
        yield Trial(f"{capacity} weights", partial(_found, capacity))


def _found(capacity: int) -> Values:
    tree, weights = _tree(capacity)
    position = np.arange(0, weights.sum(), 0.5)
    return {"index": np.asarray(tree.find(position)), "position": position}


RAINBOW_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    _CHOICE: _choices,
    f"{_DUELING}.forward": _layers,
    _PROJECTION: _projections,
    _QUANTILES: _quantiles,
    f"{_TREE}.update": _changes,
    f"{_TREE}.find": _searches,
}
