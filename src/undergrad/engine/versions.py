"""Version counters: are the numbers that a backward pass reads still those of the forward pass?

The vjp of a * b reads b. If an optimiser changes b in place after the forward pass, the gradient is
silently that of something else: the usual case is a GAN, where the generator's loss was computed
before the discriminator's step. So every tensor counts its changes in place, views of the same
memory count together, and `backward` raises when an operand was changed after it was used.

What counts is a step of an optimiser, `load_state_dict`, the functions of `nn.init`, and `x += ...`
and its like under `no_grad`. As in PyTorch, writing into the array `x.data` goes unnoticed; another
array put in its place does no harm, because a graph keeps the arrays that it was computed with.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy.typing as npt

from undergrad.engine import graph_errors

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

clock = itertools.count(1)  # one tick for each result and each change in place

_REMEMBERED = 64  # changes of which the time is known: as many can be told apart in a message


class VersionCounter:
    """How often a piece of memory was changed in place, and when.

    Most counters belong to views and never count. So making one costs next to nothing: until the
    first change its fields are those of the class.
    """

    number = latest = 0
    times: deque[int]

    def increment(self, time: int) -> None:
        if not self.number:
            self.times = deque(maxlen=_REMEMBERED)
        self.number += 1
        self.latest = time
        self.times.append(time)

    def __repr__(self) -> str:
        return f"VersionCounter(number={self.number})"

    def at(self, time: int) -> int:
        """The version that was there at that time."""
        return self.number - sum(change > time for change in self.times)


_latest_change = 0


def increment_version(tensors: Iterable[Tensor]) -> None:
    """Note that the numbers of these tensors have been changed in place."""
    global _latest_change
    _latest_change = next(clock)
    for tensor in tensors:
        (tensor._counter or shared_counter(tensor)).increment(_latest_change)


def in_place(x: Tensor, result: Tensor) -> Tensor:
    """`x`, filled with `result`; but `result` itself where a graph is recorded.

    So `w -= lr * w.grad` updates a parameter under `no_grad`, as in PyTorch, and `h += x` in a
    network is h = h + x.
    """
    if result.requires_grad:
        if x.requires_grad and x._vjp is None:
            raise graph_errors.in_place_on_leaf()
        return result
    if result.shape != x.shape:
        raise ValueError(f"shape {x.shape} cannot hold a result of shape {result.shape} in place")
    x.data[...] = result.data
    increment_version([x])
    return x


def shared_counter(tensor: Tensor) -> VersionCounter:
    """The counter of a tensor, for a view to count along; made when it is first needed."""
    if tensor._counter is None:
        tensor._counter = VersionCounter()
    return tensor._counter


def check_unchanged(results: Sequence[Tensor]) -> None:
    """Raise RuntimeError if a vjp of `results`, newest first, would read changed numbers."""
    if not results or results[-1]._order > _latest_change:
        return  # the usual case: nothing at all was changed since the forward pass began
    for result in results:
        for i, parent in enumerate(result._parents):
            if _changed(parent, result._order) and _is_read(i, result):
                raise graph_errors.modified(result, parent, "operand", *_versions(parent, result))
        if _changed(result, result._order) and result.op in _READ_THEIR_RESULT:
            raise graph_errors.modified(result, result, "result", *_versions(result, result))


def is_view(out: npt.NDArray[Any], tensor: Tensor) -> bool:
    """Whether `out` lies in the memory of `tensor`: NumPy's `base` is the array that owns it."""
    return out.base is tensor.data or out.base is tensor.data.base


def _changed(tensor: Tensor, time: int) -> bool:
    counter = tensor._counter
    return counter is not None and counter.latest > time


def _versions(tensor: Tensor, result: Tensor) -> tuple[int, int]:
    """The version of `tensor` now, and when `result` was computed."""
    counter = shared_counter(tensor)
    return counter.number, counter.at(result._order)


# What the vjp of an operation reads

_Readers: TypeAlias = Sequence[Sequence[int]]
_ALL = range(7)

# For each operand, the operands whose gradients are computed from it. An operation that is not
# listed is taken to read all of its operands for all of its gradients.
_READERS: dict[str, _Readers] = {
    **dict.fromkeys(("mul", "matmul", "linear", "conv2d", "conv_transpose2d"), ((1,), (0,), ())),
    **dict.fromkeys(("layer_norm", "rms_norm", "batch_norm", "group_norm"), ((), (0,), ())),
    "div": ((), (0, 1)),
    "scaled_dot_product_attention": ((), (0,), (0, 1, 3), ()),
    **dict.fromkeys(("rnn", "gru"), ((2,), (), (0,), _ALL, (), ())),
    "lstm": ((3,), (), (), (0,), _ALL, (), ()),
}

_READ_NO_OPERAND = {
    "add", "sub", "neg", "exp", "expm1", "sqrt", "rsqrt", "tanh", "sigmoid", "relu", "leaky_relu",
    "elu", "sign", "where", "dropout", "sum", "mean", "var", "std", "cumsum", "logsumexp",
    "reshape", "transpose", "permute", "expand", "pad", "flip", "tril", "triu", "concat", "stack",
    "getitem", "gather", "scatter_add", "embedding", "softmax", "log_softmax", "avg_pool2d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "mse_loss", "l1_loss", "huber_loss",
    "cross_entropy", "nll_loss", "kl_div", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "mean of pieces",
}  # fmt: skip

_READ_THEIR_RESULT = {
    "exp", "expm1", "sqrt", "rsqrt", "tanh", "sigmoid", "relu", "div", "pow", "softmax",
    "log_softmax", "std", "amax", "amin", "max_pool2d", "layer_norm", "rms_norm", "batch_norm",
    "group_norm", "rnn", "gru", "lstm",
}  # fmt: skip


def _is_read(i: int, result: Tensor) -> bool:
    """Whether operand i is read for the gradient of an operand that needs one."""
    if result.op in _READ_NO_OPERAND:
        return False
    readers = _READERS.get(result.op)
    return any(
        parent.requires_grad
        for j, parent in enumerate(result._parents)
        if readers is None or j in readers[i]
    )
