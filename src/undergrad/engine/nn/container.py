"""Modules that hold modules."""

from collections.abc import Iterable, Iterator
from typing import Any

from undergrad.engine.nn.module import Module
from undergrad.engine.ops import shape
from undergrad.engine.tensor import Tensor


class Sequential(Module):
    """A chain of layers: each one receives what the one before it returned.

    The parameters are named by position: `0.weight`, `0.bias`, `2.weight` ...

    Examples:
        >>> from undergrad.engine.nn import Linear, ReLU
        >>> Sequential(Linear(4, 8), ReLU(), Linear(8, 2))
        Sequential(
          (0): Linear(in_features=4, out_features=8, bias=True)
          (1): ReLU()
          (2): Linear(in_features=8, out_features=2, bias=True)
        )
    """

    def __init__(self, *layers: Module) -> None:
        self.layers = layers

    def parts(self) -> Iterable[tuple[str, Any]]:
        return ((str(i), layer) for i, layer in enumerate(self.layers))

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, index: int) -> Module:
        return self.layers[index]


class ModuleList(Module):
    """A list of layers, to be called one by one; their parameters are named by position.

    A plain Python list as an attribute does the same; this one has PyTorch's name and repr.
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._list = list(modules)

    def parts(self) -> Iterable[tuple[str, Any]]:
        return ((str(i), layer) for i, layer in enumerate(self._list))

    def append(self, module: Module) -> "ModuleList":
        self._list.append(module)
        return self

    def __len__(self) -> int:
        return len(self._list)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._list)

    def __getitem__(self, index: int) -> Module:
        return self._list[index]


class Flatten(Module):
    """Merge the axes `start_dim` to `end_dim`; by default all but the first, the batch.

    Shape: (N, ...) -> (N, product of the others), by default.
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Tensor) -> Tensor:
        return shape.flatten(x, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Identity(Module):
    """y = x: a placeholder where no layer is wanted."""

    def forward(self, x: Tensor) -> Tensor:
        return x
