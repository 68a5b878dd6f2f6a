"""Parity: every record of the case table, computed with PyTorch and compared with ours.

The samples of the table are followed by corner cases from its grammar, `tests.engine.corners`,
on which the fast form, the readable twin and PyTorch are compared, and also what they refuse.

    python -m tests.engine.parity --seed 7

It needs PyTorch. Where that is missing, the tests compare the same records with stored values.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import math
import pkgutil
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import numpy as np
from tests.engine.corners import STRICTER, corners

from undergrad.cases import CASES
from undergrad.cases.record import (
    Case,
    Layer,
    Operation,
    OptimizerCase,
    Sample,
    Values,
    converted,
    cotangent,
    drawn_state,
    gradient_noise,
    initial_weights,
)
from undergrad.cases.schedules import ScheduleCase, followed
from undergrad.engine.autograd import Array


@singledispatch
def torch_values(case: Case, sample: Sample, seed: int) -> Values:
    """What PyTorch says to the sample, under the names that our side uses. Needs torch."""
    exact = bool(rounding_of_scores(case, sample))
    return _called(case.adapted(_theirs(case)), sample, seed, np.float64 if exact else np.float32)


@torch_values.register
def _(case: Layer, sample: Sample, seed: int) -> Values:
    torch = importlib.import_module("torch")
    layer = case.adapted(_theirs(case))(**sample.settings).train(sample.training)
    state = drawn_state({k: v.numpy() for k, v in layer.state_dict().items()}, seed)
    layer.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()})
    values = _called(layer, sample, seed)
    return values | {f"gradient {k}": p.grad.numpy() for k, p in layer.named_parameters()}


@torch_values.register
def _(case: OptimizerCase, sample: Sample, seed: int) -> Values:
    torch = importlib.import_module("torch")
    weights = [torch.from_numpy(w).requires_grad_() for w in initial_weights(seed)]
    optimizer = _theirs(case)(weights, **sample.settings)
    path = []
    for pushes in gradient_noise(seed):
        for w, push in zip(weights, pushes, strict=True):
            w.grad = w.detach() + torch.from_numpy(push)
        optimizer.step()
        path.append(np.concatenate([w.detach().numpy().ravel() for w in weights]))
    return {"result": np.stack(path)[4::5]}


@torch_values.register
def _(case: ScheduleCase, sample: Sample, seed: int) -> Values:
    torch = importlib.import_module("torch")
    weights = [torch.from_numpy(w).requires_grad_() for w in initial_weights(seed)]

    def push(pushes: list[Array]) -> None:
        for w, extra in zip(weights, pushes, strict=True):
            w.grad = w.detach() + torch.from_numpy(extra)

    rates = followed(torch.optim, torch.optim.lr_scheduler, weights, push, sample, seed)
    return {"result": torch.cat([w.detach().ravel() for w in weights]).numpy(), "rates": rates}


def differences(case: Case, ours: Values, theirs: Values) -> list[str]:
    """One sentence for each value that differs by more than the case allows."""
    if ours.keys() != theirs.keys():
        return [f"{case.name}: ours are {sorted(ours)}, PyTorch's are {sorted(theirs)}"]
    return [
        f"{case.name}, {name}: {problem}"
        for name in ours
        if (problem := _difference(case, name, ours[name], theirs[name]))
    ]


@dataclass(frozen=True)
class Corners:
    """What became of the corners of a record."""

    counts: Counter[str]  # equal, refused by both, refused by ours alone, by PyTorch alone, twins
    problems: list[str]


def compared_corners(case: Case, seed: int, count: int, with_torch: bool = True) -> Corners:
    """The corners of a record, computed by the fast form, the readable twin and PyTorch."""
    counts: Counter[str] = Counter()
    problems: list[str] = []
    for sample in corners(case, seed, count):
        ours = attempted(lambda s=sample: case.values(s, seed))
        if isinstance(case, Operation) and case.twin and isinstance(ours, dict):
            twin = attempted(lambda s=sample: case.values_of(case.twin, s, seed))
            kind, found = _verdict(case, sample, ours, twin)
            counts[f"twins {kind}"] += 1
            problems += [f"{sentence} ({sample.label}, twin)" for sentence in found]
        if with_torch:
            theirs = attempted(lambda s=sample: torch_values(case, s, seed))
            kind, found = _verdict(case, sample, ours, theirs)
            counts[kind] += 1
            problems += [f"{sentence} ({sample.label})" for sentence in found]
    return Corners(counts, problems)


def attempted(values: Callable[[], Values]) -> Values | Exception:
    """The values, or why there are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return values()
        except (ValueError, TypeError, IndexError, RuntimeError) as error:
            return error


def _verdict(
    case: Case, sample: Sample, ours: Values | Exception, theirs: Values | Exception
) -> tuple[str, list[str]]:
    """How the two agree, in a word for counting, and a sentence for each disagreement."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = differences(with_rounding(case, sample, theirs), ours, theirs)
        return ("different" if found else "equal"), found
    if isinstance(ours, Exception) and "/undergrad/" not in _place(ours):
        return "different", [f"{case.name}: an error that is none of ours: {ours!r}"]
    if isinstance(ours, dict):
        return "refused by PyTorch alone", []
    if isinstance(theirs, Exception):
        return "refused by both", []
    if any(part in str(ours) for part in STRICTER):
        return "refused by ours alone", []
    return "different", [f"{case.name}: refused by ours alone: {ours}"]


def _place(error: Exception) -> str:
    """The file in which the error was raised."""
    return traceback.extract_tb(error.__traceback__)[-1].filename


def with_rounding(case: Case, sample: Sample, theirs: Values) -> Case:
    """The record, with room for the rounding of numbers as large as the largest in the result.

    A norm multiplies rounding by 1 / sqrt(eps), about 300, where the numbers are nearly equal.
    """
    scores = rounding_of_scores(case, sample)
    finite = [np.abs(v[np.isfinite(v)]).max(initial=1.0) for v in theirs.values()]
    size = min(max(map(float, finite), default=1.0), 1e3)
    norm = 20 if "norm" in case.name.lower() else 1
    return replace(
        case,
        rtol=case.rtol + scores,
        gradient_rtol=case.gradient_rtol + scores,
        atol=(case.atol * norm + scores) * size,
    )


def rounding_of_scores(case: Case, sample: Sample) -> float:
    """How far rounding can move the attention weights of a sample, as a fraction of each; else 0.

    A score s = q k / sqrt(E) in float32 is off by up to eps |s|, eps = 2^-23, and e^s by the factor
    1 + eps |s|. The scores are at most sqrt(E) max|q| max|k|; those of 20,000 leave only two or
    three digits of the weights, PyTorch's as well as ours. So both are compared with float64.
    """
    if case.name != "scaled_dot_product_attention":
        return 0.0
    query, key = sample.args[:2]
    largest = float(np.abs(query).max(initial=0.0) * np.abs(key).max(initial=0.0))
    return float(np.finfo(np.float32).eps) * math.sqrt(query.shape[-1]) * largest


def _difference(case: Case, name: str, ours: Array, theirs: Array) -> str:
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return f"{ours.dtype} of shape {ours.shape}, PyTorch's {theirs.dtype} of {theirs.shape}"
    rtol = case.rtol if name == "result" else case.gradient_rtol
    close = np.isclose(ours, theirs, rtol=rtol, atol=case.atol, equal_nan=True)
    if close.all():
        return ""
    worst = tuple(int(i) for i in np.argwhere(~close)[0])
    return f"at {worst} ours is {ours[worst]}, PyTorch's {theirs[worst]}"


def _theirs(case: Case) -> Any:
    """`torch.nn.functional.relu` -> the function."""
    return pkgutil.resolve_name(case.theirs)


def _called(function: Any, sample: Sample, seed: int, dtype: type = np.float32) -> Values:
    """Computed in `dtype`, and then float32, as ours are."""
    torch = importlib.import_module("torch")
    made: dict[int, Any] = {}

    def convert(array: Array) -> Any:
        if array.dtype.kind != "f":
            return torch.from_numpy(array) if isinstance(array, np.ndarray) else torch.tensor(array)
        return torch.from_numpy(array.astype(dtype)).requires_grad_()

    args = converted(sample.args, convert, made)
    out = _main_result(function(*args, **sample.kwargs))
    out.backward(torch.from_numpy(cotangent(tuple(out.shape), seed).astype(dtype)))
    gradients = {
        f"gradient {i}": (np.zeros(x.shape) if x.grad is None else x.grad.numpy())
        for i, x in enumerate(made.values())
    }
    values = {"result": out.detach().numpy(), **gradients}
    return {name: value.astype(np.float32) for name, value in values.items()}


def _main_result(out: Any) -> Any:
    """The counterpart of `main_result` for ours."""
    torch = importlib.import_module("torch")
    tensors = [x for x in _flat(out) if x is not None and x.is_floating_point()]
    return tensors[0] if len(tensors) == 1 else torch.cat([x.flatten() for x in tensors])


def _flat(out: Any) -> list[Any]:
    return [x for part in out for x in _flat(part)] if isinstance(out, tuple) else [out]


class Lion:
    """Algorithm 2 of Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"."""

    def __init__(
        self,
        params: list[Any],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        maximize: bool = False,
    ) -> None:
        self.params, self.lr, self.betas = params, lr, betas
        self.weight_decay, self.sign = weight_decay, -1 if maximize else 1
        self.momenta = [0 * p.detach() for p in params]

    def step(self) -> None:
        """One step of every parameter on its own."""
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            theta, m, g = p.detach(), self.momenta[i], self.sign * p.grad
            c = b1 * m + (1 - b1) * g
            theta.copy_(theta - self.lr * (c.sign() + self.weight_decay * theta))
            self.momenta[i] = b2 * m + (1 - b2) * g


CORNERS = 60  # calls from the grammar for each operation that has a rule

MISSING = (
    "PyTorch is not installed here: pip install 'undergrad[torch]'. Without it, the tests compare "
    "the same records with values of PyTorch that were stored: pytest tests/engine"
)


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when all went well, 1 when a record differs, 3 when PyTorch is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.parity", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the sample inputs")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error("--seed must be 0 or more")
    if importlib.util.find_spec("torch") is None:
        print(MISSING, file=sys.stderr)
        return 3
    return _compare_all(options.seed)


def _compare_all(seed: int) -> int:
    problems = {case.name: _compare(case, seed) for case in CASES}
    failed = [name for name, found in problems.items() if found]
    for found in problems.values():
        print("\n".join(found), end="\n" if found else "")
    print(f"{len(CASES) - len(failed)} of {len(CASES)} records equal PyTorch (seed {seed})")
    counts: Counter[str] = Counter()
    wrong = 0
    for case in CASES:
        found = compared_corners(case, seed, CORNERS)
        counts += found.counts
        wrong += len(found.problems)
        print("\n".join(found.problems), end="\n" if found.problems else "")
    print("corners: " + ", ".join(f"{n:,} {kind}" for kind, n in sorted(counts.items())))
    return 1 if failed or wrong else 0


def _compare(case: Case, seed: int) -> list[str]:
    problems = []
    for sample in case.samples(seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = differences(case, case.values(sample, seed), torch_values(case, sample, seed))
        problems += [f"{sentence} ({sample.label})" for sentence in found]
    return problems


if __name__ == "__main__":
    sys.exit(main())
