"""The Tensor: an array of real numbers with a record of how it was computed.

A tensor holds float32 or float64 numbers. Lists and integers become float32; arrays keep their
float type. Indices, class labels and masks stay plain NumPy arrays. What a tensor can do is listed
below it, one line each; the operations themselves live in `ops`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from undergrad.engine import autograd, versions
from undergrad.engine.autograd import Array, Vjp
from undergrad.engine.ops import elementwise, linalg, reduce, shape, softmax
from undergrad.engine.ops.operands import Operand, real_numbers, unpacked
from undergrad.engine.ops.reduce import Dim, Extreme


class Tensor:
    """An array, its gradient, and the step that made it.

    Arguments:
        data: numbers, nested lists or an array. A float array is used as it is, without a copy;
            `tensor(data)` copies.
        requires_grad: collect a gradient for this tensor when `backward` is called.
        dtype: np.float32 or np.float64; otherwise that of a float array, else float32.

    Examples:
        >>> x = Tensor([3.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        array([6.], dtype=float32)
    """

    __slots__ = (
        "_counter", "_order", "_parents", "_vjp", "data", "grad", "op", "requires_grad",
        "retains_grad",
    )  # fmt: skip
    __array_ufunc__ = None  # so that array + tensor calls Tensor.__radd__

    data: Array
    grad: Array | None  # d(loss)/d(this), of the shape of data
    requires_grad: bool
    retains_grad: bool  # whether `backward` keeps the gradient of this intermediate result
    op: str  # the name of the operation that made this, "" when nothing did
    _parents: tuple[Tensor, ...]
    _vjp: Vjp | None  # None for a leaf
    _order: int  # the time of creation
    _counter: versions.VersionCounter | None  # of changes in place; None before the first one

    def __init__(
        self, data: npt.ArrayLike, requires_grad: bool = False, dtype: npt.DTypeLike | None = None
    ) -> None:
        self.data = real_numbers(data, dtype)
        self.grad = None
        self.requires_grad, self.retains_grad = requires_grad, False
        self.op = ""
        self._parents, self._vjp, self._order, self._counter = (), None, 0, None

    # What it is

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    @property
    def T(self) -> Tensor:
        """With its axes in reverse order."""
        return shape.permute(self, range(self.ndim)[::-1])

    def numpy(self) -> Array:
        """The array itself, without its history; not a copy."""
        return self.data

    def item(self) -> float:
        """The one number of a tensor of size 1."""
        return float(self.data.item())

    def tolist(self) -> Any:
        return self.data.tolist()

    def detach(self) -> Tensor:
        """The same numbers as a new leaf, through which no gradient flows."""
        made = type(self)(self.data)
        made.op, made._counter = "detach", versions.shared_counter(self)
        return made

    @property
    def _version(self) -> int:
        """How often its numbers were changed in place, as in PyTorch; see `versions`."""
        return 0 if self._counter is None else self._counter.number

    # Gradients

    def backward(self, gradient: npt.ArrayLike | None = None, retain_graph: bool = False) -> None:
        """Add d(self)/d(leaf) to the `grad` of every leaf this was computed from."""
        autograd.backward(self, gradient, retain_graph)

    def retain_grad(self) -> None:
        """Keep the gradient of this intermediate result too, as `grad`."""
        self.retains_grad = self._vjp is not None  # that of a leaf is kept anyway

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Start or stop collecting a gradient for this leaf."""
        if self._vjp is not None:
            raise RuntimeError(f"only a leaf can change requires_grad, not a result of {self.op}")
        self.requires_grad, self.op = requires_grad, ""  # where it came from no longer matters
        return self

    # Operations, by their PyTorch names; see `ops` for what they do

    # fmt: off
    def exp(self) -> Tensor: return elementwise.exp(self)
    def expm1(self) -> Tensor: return elementwise.expm1(self)
    def log(self) -> Tensor: return elementwise.log(self)
    def log1p(self) -> Tensor: return elementwise.log1p(self)
    def sqrt(self) -> Tensor: return elementwise.sqrt(self)
    def rsqrt(self) -> Tensor: return elementwise.rsqrt(self)
    def sin(self) -> Tensor: return elementwise.sin(self)
    def cos(self) -> Tensor: return elementwise.cos(self)
    def tanh(self) -> Tensor: return elementwise.tanh(self)
    def sigmoid(self) -> Tensor: return elementwise.sigmoid(self)
    def relu(self) -> Tensor: return elementwise.relu(self)
    def abs(self) -> Tensor: return elementwise.abs(self)
    def sign(self) -> Tensor: return elementwise.sign(self)
    def pow(self, exponent: Operand) -> Tensor: return elementwise.pow(self, exponent)
    def clip(self, min: float | None = None, max: float | None = None) -> Tensor:
        return elementwise.clip(self, min, max)

    def sum(self, dim: Dim = None, keepdim: bool = False) -> Tensor:
        return reduce.sum(self, dim, keepdim)
    def mean(self, dim: Dim = None, keepdim: bool = False) -> Tensor:
        return reduce.mean(self, dim, keepdim)
    def amax(self, dim: Dim = None, keepdim: bool = False) -> Tensor:
        return reduce.amax(self, dim, keepdim)
    def amin(self, dim: Dim = None, keepdim: bool = False) -> Tensor:
        return reduce.amin(self, dim, keepdim)
    def logsumexp(self, dim: Dim = None, keepdim: bool = False) -> Tensor:
        return reduce.logsumexp(self, dim, keepdim)
    def var(self, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Tensor:
        return reduce.var(self, dim, correction, keepdim)
    def std(self, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Tensor:
        return reduce.std(self, dim, correction, keepdim)
    def norm(self, p: float = 2.0, dim: Dim = None, keepdim: bool = False) -> Tensor:
        return reduce.norm(self, p, dim, keepdim)
    def prod(self, dim: int | None = None, keepdim: bool = False) -> Tensor:
        return reduce.prod(self, dim, keepdim)
    def max(self, dim: int | None = None, keepdim: bool = False) -> Tensor | Extreme:
        return reduce.max(self, dim, keepdim)
    def min(self, dim: int | None = None, keepdim: bool = False) -> Tensor | Extreme:
        return reduce.min(self, dim, keepdim)
    def argmax(self, dim: int | None = None, keepdim: bool = False) -> Array:
        return reduce.argmax(self, dim, keepdim)
    def argmin(self, dim: int | None = None, keepdim: bool = False) -> Array:
        return reduce.argmin(self, dim, keepdim)
    def cumsum(self, dim: int) -> Tensor: return reduce.cumsum(self, dim)
    def softmax(self, dim: int) -> Tensor: return softmax.softmax(self, dim)
    def log_softmax(self, dim: int) -> Tensor: return softmax.log_softmax(self, dim)

    def reshape(self, *sizes: int | Sequence[int]) -> Tensor:
        return shape.reshape(self, unpacked(sizes))
    def view(self, *sizes: int | Sequence[int]) -> Tensor: return self.reshape(*sizes)
    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        return shape.flatten(self, start_dim, end_dim)
    def transpose(self, dim0: int, dim1: int) -> Tensor: return shape.transpose(self, dim0, dim1)
    def permute(self, *dims: int | Sequence[int]) -> Tensor:
        return shape.permute(self, unpacked(dims))
    def expand(self, *sizes: int | Sequence[int]) -> Tensor:
        return shape.expand(self, unpacked(sizes))
    def squeeze(self, dim: int | Sequence[int] | None = None) -> Tensor:
        return shape.squeeze(self, dim)
    def unsqueeze(self, dim: int) -> Tensor: return shape.unsqueeze(self, dim)
    def flip(self, *dims: int | Sequence[int]) -> Tensor:
        return shape.flip(self, unpacked(dims))
    def tril(self, diagonal: int = 0) -> Tensor: return shape.tril(self, diagonal)
    def triu(self, diagonal: int = 0) -> Tensor: return shape.triu(self, diagonal)
    def split(self, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
        return shape.split(self, split_size, dim)
    def chunk(self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        return shape.chunk(self, chunks, dim)
    def gather(self, dim: int, index: npt.ArrayLike) -> Tensor:
        return shape.gather(self, dim, index)
    def index_select(self, dim: int, index: npt.ArrayLike) -> Tensor:
        return shape.index_select(self, dim, index)
    def scatter_add(self, dim: int, index: npt.ArrayLike, src: Tensor) -> Tensor:
        return shape.scatter_add(self, dim, index, src)
    def matmul(self, other: Operand) -> Tensor: return linalg.matmul(self, other)
    # fmt: on

    # Python's own protocols

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", prefix="tensor(", precision=4)
        kind = "" if self.dtype == np.float32 else f", dtype={self.dtype}"
        history = f", op={self.op!r}" if self.op else ""
        return f"tensor({numbers}{kind}{history}{', requires_grad=True' * self.requires_grad})"

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("a tensor of one number and no axes has no length; use item()")
        return len(self.data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return self.item()

    def __bool__(self) -> bool:
        return bool(self.data)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Array:
        if self.requires_grad:
            raise TypeError("NumPy would lose this tensor's gradient; use x.detach() or x.numpy()")
        return np.array(self.data, dtype=dtype, copy=copy)

    def __getitem__(self, index: Any) -> Tensor:
        return shape.getitem(self, index)

    __hash__ = object.__hash__  # by identity, since == compares number by number

    # Operators. Here == compares number by number, where Python's own gives one bool: hence the
    # two exceptions for the type checker.

    # fmt: off
    def __add__(self, other: Operand) -> Tensor: return elementwise.add(self, other)
    def __radd__(self, other: Operand) -> Tensor: return elementwise.add(other, self)
    def __sub__(self, other: Operand) -> Tensor: return elementwise.sub(self, other)
    def __rsub__(self, other: Operand) -> Tensor: return elementwise.sub(other, self)
    def __mul__(self, other: Operand) -> Tensor: return elementwise.mul(self, other)
    def __rmul__(self, other: Operand) -> Tensor: return elementwise.mul(other, self)
    def __truediv__(self, other: Operand) -> Tensor: return elementwise.div(self, other)
    def __rtruediv__(self, other: Operand) -> Tensor: return elementwise.div(other, self)
    def __pow__(self, other: Operand) -> Tensor: return elementwise.pow(self, other)
    def __rpow__(self, other: Operand) -> Tensor: return elementwise.pow(other, self)
    def __matmul__(self, other: Operand) -> Tensor: return linalg.matmul(self, other)
    def __rmatmul__(self, other: Operand) -> Tensor: return linalg.matmul(other, self)
    def __iadd__(self, other: Operand) -> Tensor: return versions.in_place(self, self + other)
    def __isub__(self, other: Operand) -> Tensor: return versions.in_place(self, self - other)
    def __imul__(self, other: Operand) -> Tensor: return versions.in_place(self, self * other)
    def __itruediv__(self, other: Operand) -> Tensor: return versions.in_place(self, self / other)
    def __neg__(self) -> Tensor: return elementwise.neg(self)
    def __abs__(self) -> Tensor: return elementwise.abs(self)
    def __lt__(self, other: Operand) -> Array: return self.data < _numbers(other)
    def __le__(self, other: Operand) -> Array: return self.data <= _numbers(other)
    def __gt__(self, other: Operand) -> Array: return self.data > _numbers(other)
    def __ge__(self, other: Operand) -> Array: return self.data >= _numbers(other)
    def __eq__(self, other: Any) -> Array: return np.equal(self.data, _numbers(other))  # type: ignore[override]
    def __ne__(self, other: Any) -> Array: return np.not_equal(self.data, _numbers(other))  # type: ignore[override]
    # fmt: on


def tensor(
    data: npt.ArrayLike, requires_grad: bool = False, dtype: npt.DTypeLike | None = None
) -> Tensor:
    """A new tensor with a copy of `data`; see `Tensor`."""
    made = Tensor(data, requires_grad, dtype)
    if isinstance(data, np.ndarray):
        made.data = made.data.copy()
    return made


def _numbers(value: Any) -> Array:
    """What a comparison compares with."""
    return value.data if isinstance(value, Tensor) else np.asarray(value)
