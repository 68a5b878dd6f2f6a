"""PyTorch's side of the case table: what it says to a sample, under the names that ours uses.

`torch` is imported where it is needed, so that everything else works without it.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from functools import singledispatch
from typing import Any
from unittest import mock

import numpy as np

from undergrad.cases.record import (
    Case,
    Layer,
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
    weights = [torch.from_numpy(w).requires_grad_() for w in initial_weights(seed, case.shapes)]
    optimizer = _theirs(case)(weights, **sample.settings)
    path = []
    for pushes in gradient_noise(seed, case.shapes):
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


class Muon:
    """PyTorch's, whose matrix products are in bfloat16, in the float type of its parameters."""

    def __init__(self, params: list[Any], *, maximize: bool = False, **settings: Any) -> None:
        self.torch = importlib.import_module("torch")
        self.optimizer = self.torch.optim.Muon(params, **settings)
        self.params, self.sign = params, -1 if maximize else 1

    def step(self) -> None:
        """One step, in which a conversion to bfloat16 only copies."""
        for p in self.params:
            p.grad = self.sign * p.grad
        with mock.patch.object(self.torch.Tensor, "bfloat16", self.torch.Tensor.clone):
            self.optimizer.step()


def rotary_embedding(x: Any, offset: int = 0, base: float = 10_000.0) -> Any:
    """Pairs as complex numbers, turned by multiplication: another route than sines and cosines."""
    torch = importlib.import_module("torch")
    half = x.shape[-1] // 2
    rates = base ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.outer(torch.arange(offset, offset + x.shape[-2], dtype=torch.float64), rates)
    pairs = torch.complex(x[..., :half].double(), x[..., half:].double())
    turned = pairs * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([turned.real, turned.imag], -1).to(x.dtype)


def swiglu(gate: Any, up: Any) -> Any:
    """The expression that LLaMA's code uses."""
    torch = importlib.import_module("torch")
    return torch.nn.functional.silu(gate) * up


def GroupedQueryAttention(
    embed_dim: int, num_heads: int, num_kv_heads: int, base: float = 10_000.0
) -> Any:
    """A module of four linear layers around `enable_gqa`."""
    torch = importlib.import_module("torch")
    width = embed_dim // num_heads
    sizes = {"q_proj": num_heads, "k_proj": num_kv_heads, "v_proj": num_kv_heads}

    class Attention(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            for name, heads in {**sizes, "o_proj": num_heads}.items():
                setattr(self, name, torch.nn.Linear(embed_dim, heads * width, bias=False))

        def forward(self, x: Any) -> Any:
            q, k, v = (
                getattr(self, name)(x).unflatten(-1, (heads, width)).transpose(1, 2)
                for name, heads in sizes.items()
            )
            q, k = rotary_embedding(q, 0, base), rotary_embedding(k, 0, base)
            attend = torch.nn.functional.scaled_dot_product_attention
            mixed = attend(q, k, v, is_causal=True, enable_gqa=True)
            return self.o_proj(mixed.transpose(1, 2).flatten(2))

    return Attention()


def SwiGLU(in_features: int, hidden_features: int) -> Any:
    """A module of three linear layers."""
    torch = importlib.import_module("torch")

    class Gated(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.gate_proj, self.up_proj = (
                torch.nn.Linear(in_features, hidden_features, bias=False) for _ in range(2)
            )
            self.down_proj = torch.nn.Linear(hidden_features, in_features, bias=False)

        def forward(self, x: Any) -> Any:
            return self.down_proj(swiglu(self.gate_proj(x), self.up_proj(x)))

    return Gated()
