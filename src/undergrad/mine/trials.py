"""What a part must do exactly as the reference does, before it may be used.

Most of it stands in the engine's case table: values and gradients of an operation, fifty steps of
an optimiser, the rates of a schedule. What has no record there (the sweep, clipping, first weights,
chance) has its trials here. Every trial looks the piece up by name when it runs, so that it can be
run with the reference and again with the learner's part in its place.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.cases import OPERATIONS, PLANS, RULES, Case, Operation, Sample
from undergrad.engine.cases.record import Values
from undergrad.engine.tensor import Tensor
from undergrad.mine.place import piece

_SEED = 20
_CHANCE = 0.03  # two honest draws of 40,000 numbers differ by less


@dataclass(frozen=True)
class Trial:
    """A calculation in which the piece takes part, and how near its numbers must come."""

    label: str
    run: Callable[[], Values]
    rtol: float = 1e-4
    atol: float = 1e-5


def trials(name: str) -> list[Trial]:
    """All trials of the piece at this dotted name; call it with the reference in place."""
    own = _OWN_TRIALS.get(name, lambda: iter(()))
    return [*_from_table(name), *own()]


def _from_table(name: str) -> Iterator[Trial]:
    holder, _, attribute = name.rpartition(".")
    if attribute in ("update", "rate"):
        yield from _of_rule(piece(holder))
    for case in OPERATIONS:
        if case.ours is piece(name):
            yield from _of_operation(case, name)


def _of_rule(rule: Any) -> Iterator[Trial]:
    for case in (*RULES, *PLANS):
        if case.ours is rule:
            for sample in case.samples(_SEED):
                yield _trial(case, sample, partial(case.values, sample, _SEED))


def _of_operation(case: Operation, name: str) -> Iterator[Trial]:
    """Extreme values in float64 only, the type that exercises are written in.

    Samples without any numbers are left out: no training has them, and few exercises ask for them.
    """
    for sample in case.samples(_SEED):
        if any(isinstance(arg, np.ndarray) and not arg.size for arg in sample.args):
            continue
        for dtype in (np.float32, np.float64) if sample.smooth else (np.float64,):
            yield _trial(case, sample, partial(_called, case, name, sample, dtype))


def _trial(case: Case, sample: Sample, run: Callable[[], Values]) -> Trial:
    rtol = max(case.rtol, case.gradient_rtol)
    return Trial(sample.label or "as it is", run, rtol, case.atol)


def _called(case: Operation, name: str, sample: Sample, dtype: type) -> Values:
    return case.values_of(piece(name), sample, _SEED, dtype)


# Trials without a record


def _sweeps() -> Iterator[Trial]:
    """Graphs with one way, with two ways that meet, and with a long way."""
    for label, compute in (
        ("a result that is used twice", lambda x: (x * x + x) * x),
        ("a row added to a matrix", lambda x: x * x[0] + x),
        ("a chain of 3,000 steps", _chain),
    ):
        case = Operation("backward", compute, "", _square)
        for dtype in (np.float32, np.float64):
            run = partial(case.values, case.samples(_SEED)[0], _SEED, dtype)
            yield Trial(f"{label}, {np.dtype(dtype)}", run)


def _chain(x: Tensor) -> Tensor:
    for _ in range(3_000):
        x = x + 0.001
    return x


def _square(rng: np.random.Generator) -> Iterator[Sample]:
    yield Sample("a square", (rng.normal(size=(3, 3)),))


def _clipping() -> Iterator[Trial]:
    for max_norm in (0.5, 1e6):
        yield Trial(f"to a length of {max_norm:g}", partial(_clipped, max_norm))


def _clipped(max_norm: float) -> Values:
    rng = np.random.default_rng(_SEED)
    weights = [Tensor(np.zeros(shape, np.float32)) for shape in ((3, 4), (5,))]
    for w in weights:
        w.grad = rng.normal(size=w.shape).astype(np.float32)
    length = piece("undergrad.engine.optim.clip.clip_grad_norm_")(weights, max_norm)
    gradients = {f"gradient {i}": w.grad for i, w in enumerate(weights) if w.grad is not None}
    return {"length": np.array(length), **gradients}


def _first_weights() -> Iterator[Trial]:
    for shape in ((200, 100), (40, 20, 3, 3)):
        yield Trial(f"shape {shape}", partial(_drawn, shape), rtol=_CHANCE, atol=1e-3)


def _drawn(shape: tuple[int, ...]) -> Values:
    """How far the weights reach and how wide they spread; which ones they are is chance."""
    x = Tensor(np.zeros(shape, np.float32))
    piece("undergrad.engine.nn.init.xavier_uniform_")(x, rng=_SEED)
    numbers = [x.data.min(), x.data.max(), x.data.std()]
    return {"smallest, largest and spread": np.array(numbers)}


def _leaving_out() -> Iterator[Trial]:
    for p in (0.1, 0.5):
        yield Trial(f"p = {p}", partial(_left_out, p), rtol=_CHANCE)


def _left_out(p: float) -> Values:
    """What is left is what the others become; the way back leaves out the same numbers."""
    x = Tensor(np.ones((200, 200), np.float32), requires_grad=True)
    out = piece("undergrad.engine.ops.dropout.dropout")(x, p, True, _SEED)
    out.backward(np.ones(x.shape))
    kept: Array = out.data[out.data != 0]
    numbers = [kept.size / x.size, kept.min(), kept.max(), np.abs(out.data - x.grad).max()]
    return {"share kept, its smallest and largest, and way back": np.array(numbers)}


_OWN_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    "undergrad.engine.autograd.backward": _sweeps,
    "undergrad.engine.optim.clip.clip_grad_norm_": _clipping,
    "undergrad.engine.nn.init.xavier_uniform_": _first_weights,
    "undergrad.engine.ops.dropout.dropout": _leaving_out,
}
