"""A model as a table: each layer, the shape of what it returns, and how many numbers it trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from undergrad.engine.grad_mode import no_grad
from undergrad.engine.nn.module import Module
from undergrad.engine.tensor import Tensor


@dataclass(frozen=True)
class Row:
    """One module. `parameters` are its own, without those of the modules inside it."""

    name: str  # dotted, empty for the model itself
    kind: str
    shape: str  # of what it returned; "-" when it was not called as a layer
    parameters: int

    @property
    def depth(self) -> int:
        return self.name.count(".") + 1 if self.name else 0


@dataclass(frozen=True, repr=False)
class Summary:
    """The table; `print` shows it."""

    rows: tuple[Row, ...]
    parameters: int
    trained: int  # of the parameters
    bytes: int

    def __str__(self) -> str:
        cells = [("layer", "output shape", "parameters")]
        cells += [(_label(row), row.shape, f"{row.parameters:,}") for row in self.rows]
        first, second = (max(len(cell[i]) for cell in cells) for i in (0, 1))
        lines = [f"{a:<{first}}  {b:<{second}}  {c:>10}" for a, b, c in cells]
        total = f"{self.parameters:,} parameters, {self.trained:,} of them trained, "
        return "\n".join([*lines, total + _size(self.bytes)])

    __repr__ = __str__


@no_grad()
def summary(model: Module, *inputs: Any) -> Summary:
    """Send `inputs` through the model once, in evaluation mode, and record what each layer returns.

    Arguments:
        inputs: a batch as the model takes it. A float array becomes a tensor.

    Examples:
        >>> model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
        >>> print(summary(model, np.zeros((16, 64), np.float32)))
        layer       output shape  parameters
        Sequential  (16, 10)               0
          0 Linear  (16, 32)           2,080
          1 ReLU    (16, 32)               0
          2 Linear  (16, 10)             330
        2,410 parameters, 2,410 of them trained, 9.6 kB
    """
    given = [Tensor(x) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in inputs]
    modes = [(module, module.training) for module in model.modules()]
    shapes: dict[int, str] = {}
    model.eval()
    try:
        with _watched(model, lambda module, out: shapes.setdefault(id(module), _shape(out))):
            model(*given)
    finally:
        for module, training in modes:
            module.training = training
    parameters = list(model.parameters())
    return Summary(
        rows=tuple(_rows(model, shapes)),
        parameters=sum(p.size for p in parameters),
        trained=sum(p.size for p in parameters if p.requires_grad),
        bytes=sum(p.data.nbytes for p in parameters),
    )


@contextmanager
def _watched(model: Module, see: Callable[[Module, Any], object]) -> Iterator[None]:
    """While this lasts, each module calls `see` with what its forward returned."""
    modules = list({id(module): module for module in model.modules()}.values())

    def watch(module: Module) -> None:
        forward = module.forward

        def watching(*inputs: Any, **named: Any) -> Any:
            out = forward(*inputs, **named)
            see(module, out)
            return out

        vars(module)["forward"] = watching

    for module in modules:
        watch(module)
    try:
        yield
    finally:
        for module in modules:
            del vars(module)["forward"]


def _rows(model: Module, shapes: dict[int, str]) -> Iterator[Row]:
    """A row a module, each parameter counted where it occurs first, at the innermost module."""
    modules = dict(model.named_modules())
    own = dict.fromkeys(modules, 0)
    for name, parameter in model.named_parameters():
        holder = max((m for m in modules if not m or name.startswith(f"{m}.")), key=len)
        own[holder] += parameter.size
    for name, module in modules.items():
        kind = type(module).__name__
        yield Row(name, kind, shapes.get(id(module), "-"), own[name])


def _label(row: Row) -> str:
    last = row.name.rpartition(".")[2]
    return f"{'  ' * row.depth}{last} {row.kind}" if last else row.kind


def _shape(out: Any) -> str:
    if isinstance(out, tuple | list):
        return ", ".join(_shape(part) for part in out)
    return str(tuple(out.shape)) if hasattr(out, "shape") else type(out).__name__


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
