"""The same values, computed with PyTorch; and what differs from ours."""

from __future__ import annotations

import importlib
import pkgutil
from functools import singledispatch
from typing import Any

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.cases.record import (
    Case,
    Layer,
    Rule,
    Sample,
    Values,
    bowl_pushes,
    bowl_start,
    converted,
    cotangent,
    drawn_state,
)


@singledispatch
def torch_values(case: Case, sample: Sample, seed: int) -> Values:
    """What PyTorch says to the sample, under the names that our side uses. Needs torch."""
    return _called(case.adapted(_theirs(case)), sample, seed)


@torch_values.register
def _(case: Layer, sample: Sample, seed: int) -> Values:
    torch = importlib.import_module("torch")
    layer = case.adapted(_theirs(case))(**sample.settings).train(sample.training)
    state = drawn_state({k: v.numpy() for k, v in layer.state_dict().items()}, seed)
    layer.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()})
    values = _called(layer, sample, seed)
    return values | {f"gradient {k}": p.grad.numpy() for k, p in layer.named_parameters()}


@torch_values.register
def _(case: Rule, sample: Sample, seed: int) -> Values:
    torch = importlib.import_module("torch")
    weights = [torch.from_numpy(w).requires_grad_() for w in bowl_start(seed)]
    optimizer = _theirs(case)(weights, **sample.settings)
    path = []
    for pushes in bowl_pushes(seed):
        for w, push in zip(weights, pushes, strict=True):
            w.grad = w.detach() + torch.from_numpy(push)
        optimizer.step()
        path.append(np.concatenate([w.detach().numpy().ravel() for w in weights]))
    return {"result": np.stack(path)[4::5]}


def differences(case: Case, ours: Values, theirs: Values) -> list[str]:
    """One sentence for each value that differs by more than the case allows."""
    if ours.keys() != theirs.keys():
        return [f"{case.name}: ours are {sorted(ours)}, PyTorch's are {sorted(theirs)}"]
    return [
        f"{case.name}, {name}: {problem}"
        for name in ours
        if (problem := _difference(case, name, ours[name], theirs[name]))
    ]


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


def _called(function: Any, sample: Sample, seed: int) -> Values:
    torch = importlib.import_module("torch")
    made: dict[int, Any] = {}

    def convert(array: Array) -> Any:
        if array.dtype.kind != "f":
            return torch.from_numpy(array) if isinstance(array, np.ndarray) else torch.tensor(array)
        return torch.from_numpy(array.astype(np.float32)).requires_grad_()

    args = converted(sample.args, convert, made)
    out = _main_result(function(*args, **sample.kwargs))
    out.backward(torch.from_numpy(cotangent(tuple(out.shape), seed)))
    gradients = {
        f"gradient {i}": (np.zeros(x.shape, np.float32) if x.grad is None else x.grad.numpy())
        for i, x in enumerate(made.values())
    }
    return {"result": out.detach().numpy(), **gradients}


def _main_result(out: Any) -> Any:
    """What `main_result` does with ours."""
    torch = importlib.import_module("torch")
    tensors = [x for x in _flat(out) if x is not None and x.is_floating_point()]
    return tensors[0] if len(tensors) == 1 else torch.cat([x.flatten() for x in tensors])


def _flat(out: Any) -> list[Any]:
    return [x for part in out for x in _flat(part)] if isinstance(out, tuple) else [out]
