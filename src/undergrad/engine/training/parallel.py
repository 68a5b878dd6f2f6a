"""One training step from pieces of a batch: one after the other, or at once on several threads.

Each piece goes forward and backward on its own, and its gradients are collected; their sum over the
pieces is the gradient of the whole batch, also where pieces ignore different numbers of examples.
One after the other (gradient accumulation) needs the memory of one piece only. At once (data
parallelism) uses several processor cores: NumPy releases Python's lock while it computes, so
threads that work on large arrays run side by side. Gradients are added in the order of the pieces,
so a run repeats bit for bit.

With threads, let each matrix product use one thread only, or the two kinds of parallelism get in
each other's way: set the environment variable OPENBLAS_NUM_THREADS=1 before NumPy is imported.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from undergrad.engine.autograd import node
from undergrad.engine.grad_mode import Collected, collect_gradients, mode
from undergrad.engine.nn.module import Module
from undergrad.engine.tensor import Tensor
from undergrad.engine.training.pieces import PieceLoss, divisor, is_sum, loss_of_piece, mean_of
from undergrad.engine.training.train import Batch, Forward, LossFunction

Piece: TypeAlias = tuple[Batch, float]  # and its fraction of the examples
BatchLoss: TypeAlias = Callable[..., Tensor]  # of the columns of a batch, a mean over the examples


def accumulate(pieces: int) -> Forward:
    """Gradient accumulation, for `train(forward=...)`: the memory of a small batch.

    Layers such as batch norm see one piece at a time.
    """
    if pieces < 1:
        raise ValueError(f"accumulate: pieces must be at least 1, and is {pieces}")

    def forward(model: Module, loss: LossFunction, batch: Batch) -> Tensor:
        return _loss_of_all(map, _batch_loss(model, loss), cut(batch, pieces), is_sum(loss))

    return forward


def data_parallel(threads: int) -> Forward:
    """Data parallelism, for `train(forward=...)`: the pieces of a batch at once, on `threads`.

    It serves large networks. Layers such as batch norm see one piece; dropout is refused: it draws
    random numbers, which the threads would draw in another order each time.
    """
    if threads < 1:
        raise ValueError(f"data_parallel: threads must be at least 1, and is {threads}")

    def forward(model: Module, loss: LossFunction, batch: Batch) -> Tensor:
        pieces = cut(batch, threads)
        return _loss_of_all(_pool(threads).map, _batch_loss(model, loss), pieces, is_sum(loss))

    return forward


def backward(
    loss: BatchLoss, batch: Batch, threads: int = 2, axes: Sequence[int] | None = None
) -> float:
    """Add the gradients of the mean loss of `batch`, computed on threads; the loss itself.

    Arguments:
        loss: of the columns of a batch, a mean over their examples.
        batch: columns of examples: tensors, or arrays such as labels.
        threads: into how many pieces the batch is cut, along the examples.
        axes: for each column, the axis of its examples; 0 when left out.

    Examples:
        >>> w = Tensor([2.0], requires_grad=True)
        >>> x = np.array([1.0, 3.0], np.float32)
        >>> backward(lambda x: ((w * Tensor(x)) ** 2).mean(), [x])
        20.0
        >>> w.grad  # 2 w times the mean of x^2
        array([20.], dtype=float32)
    """
    value = _loss_of_all(_pool(threads).map, loss, cut(batch, threads, axes))
    value.backward()
    return value.item()


def cut(batch: Batch, pieces: int, axes: Sequence[int] | None = None) -> list[Piece]:
    """The batch in `pieces` parts of nearly equal length; fewer when it has fewer examples."""
    axes = axes or (0,) * len(batch)
    examples = batch[-1].shape[axes[-1]]
    edges = np.linspace(0, examples, max(min(pieces, examples), 1) + 1).astype(int)
    return [
        (
            [
                column[(slice(None),) * axis + (slice(a, b),)]
                for column, axis in zip(batch, axes, strict=True)
            ],
            float(b - a) / max(examples, 1),
        )
        for a, b in pairwise(edges)
    ]


def _batch_loss(model: Module, loss: LossFunction) -> BatchLoss:
    return lambda *columns: loss(model(*columns[:-1]), columns[-1])


def _loss_of_all(
    run: Callable[..., Iterable[tuple[PieceLoss, Collected]]],
    loss: BatchLoss,
    pieces: list[Piece],
    is_sum: bool = False,
) -> Tensor:
    """The loss of all pieces together, as a node whose gradients are known already."""
    results = list(run(functools.partial(_forward_backward, loss, is_sum), pieces))
    losses = [piece for piece, _ in results]
    n = divisor(losses)
    total: Collected = {}
    for (_, fraction), (piece, gradients) in zip(pieces, results, strict=True):
        factor = piece.weight / n / fraction  # 1, unless pieces ignore different numbers
        for key, (leaf, gradient) in gradients.items():
            gradient = gradient if abs(factor - 1) < 1e-9 else gradient * factor
            total[key] = leaf, total[key][1] + gradient if key in total else gradient
    leaves, sums = zip(*total.values(), strict=True)
    value = np.asarray(mean_of(losses), leaves[0].dtype)
    return node(value, leaves, lambda g: [g * gradient for gradient in sums], "loss of pieces")


def _forward_backward(loss: BatchLoss, is_sum: bool, piece: Piece) -> tuple[PieceLoss, Collected]:
    """The loss of a piece, and its gradients times the piece's fraction of the examples."""
    columns, fraction = piece
    with collect_gradients() as gradients:
        part, value = loss_of_piece(loss, columns, fraction, is_sum)
        value.backward(np.full(value.shape, fraction))
    return part, gradients


def _is_concurrent() -> None:
    mode.concurrent = True  # of this thread only


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that are kept for the next step: to start one takes as long as a layer."""
    return ThreadPoolExecutor(threads, "undergrad", initializer=_is_concurrent)
