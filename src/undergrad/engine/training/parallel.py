"""One training step from pieces of a batch: one after the other, or at once on several threads.

Each piece goes forward and backward on its own, and its gradients are collected; their sum over the
pieces is the gradient of the whole batch, also where pieces ignore different numbers of examples.
Batch norm sees one piece at a time, and its running statistics follow one piece after the other.
One after the other (gradient accumulation) needs the memory of one piece only. At once (data
parallelism) uses several processor cores: NumPy releases Python's lock while it computes, so
threads that work on large arrays run side by side. What the pieces found is put together in their
order, so a run repeats bit for bit, and both ways give the same bits. See `thread_pool` about how
many threads are of use.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine import thread_pool
from undergrad.engine.autograd import Array, node
from undergrad.engine.grad_mode import Collected, Gradients, collect, mode
from undergrad.engine.nn.module import Module
from undergrad.engine.tensor import Tensor
from undergrad.engine.training.pieces import PieceLoss, divisor, is_sum, loss_of_piece, mean_of
from undergrad.engine.training.train import Batch, Forward, LossFunction

Piece: TypeAlias = tuple[Batch, float]  # and its fraction of the examples
BatchLoss: TypeAlias = Callable[..., Tensor]  # of the columns of a batch, a mean over the examples


def accumulate(pieces: int) -> Forward:
    """Gradient accumulation, for `train(forward=...)`: the memory of a small batch."""
    if pieces < 1:
        raise ValueError(f"accumulate: pieces must be at least 1, and is {pieces}")

    def forward(model: Module, loss: LossFunction, batch: Batch) -> Tensor:
        return _loss_of_all(_batch_loss(model, loss), cut(batch, pieces), 1, is_sum(loss))

    return forward


def data_parallel(threads: int) -> Forward:
    """Data parallelism, for `train(forward=...)`: the pieces of a batch at once, on `threads`.

    It serves large networks. Dropout is refused: it draws random numbers, which the threads would
    draw in another order each time.
    """
    if threads < 1:
        raise ValueError(f"data_parallel: threads must be at least 1, and is {threads}")

    def forward(model: Module, loss: LossFunction, batch: Batch) -> Tensor:
        pieces = cut(batch, threads)
        return _loss_of_all(_batch_loss(model, loss), pieces, threads, is_sum(loss))

    return forward


def side_by_side(*networks: Module, threads: int | None = None) -> Forward:
    """Networks that learn from the same batches, for `train(forward=...)`: the sum of their losses.

    They share no weights, so on several threads each goes forward and backward on its own; the
    gradients are those of the sum, bit for bit. `model` contains all of them, and `loss` is the
    loss of one network.

    Arguments:
        threads: how many; as many as `engine.threads` allows when left out. Networks with dropout
            need 1.

    Raises ValueError without networks, and for fewer than one thread.
    """
    if not networks:
        raise ValueError("side_by_side: it needs at least one network")
    if threads is not None and threads < 1:
        raise ValueError(f"side_by_side: threads must be at least 1, and is {threads}")

    def forward(model: Module, loss: LossFunction, batch: Batch) -> Tensor:
        if (threads or thread_pool.allowed()) == 1 or mode.disabled:
            return functools.reduce(operator.add, (_batch_loss(n, loss)(*batch) for n in networks))

        def of_network(network: Module) -> tuple[Array, Collected]:
            with collect() as collected:
                value = _batch_loss(network, loss)(*batch)
                if value.requires_grad:  # it may be frozen
                    value.backward()
            return value.data, collected

        results = thread_pool.in_threads(of_network, networks, threads)
        value = functools.reduce(operator.add, (value for value, _ in results))
        parts = [part for _, part in results]
        return _with_known_gradients(value, parts, [1.0] * len(parts))

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
    value = _loss_of_all(loss, cut(batch, threads, axes), threads)
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
    loss: BatchLoss, pieces: list[Piece], threads: int, is_sum: bool = False
) -> Tensor:
    """The loss of all pieces together."""

    def of_piece(piece: Piece) -> tuple[PieceLoss, Collected, np.dtype[Any]]:
        columns, fraction = piece
        with collect() as found:
            part, value = loss_of_piece(loss, columns, fraction, is_sum)
            value.backward(np.full(value.shape, fraction))
        return part, found, value.data.dtype

    losses, collected, (dtype, *_) = zip(
        *thread_pool.in_threads(of_piece, pieces, threads), strict=True
    )
    n = divisor(losses)
    # 1, unless pieces ignore different numbers
    factors = [
        piece.weight / n / fraction for piece, (_, fraction) in zip(losses, pieces, strict=True)
    ]
    value = np.asarray(mean_of(losses), dtype)
    return _with_known_gradients(value, collected, factors)


def _with_known_gradients(
    value: Array, parts: Sequence[Collected], factors: Sequence[float]
) -> Tensor:
    """A loss whose parts went backward already. Their updates are made now, in their order."""
    total: Gradients = {}
    for part, factor in zip(parts, factors, strict=True):
        for update in part.updates:
            update()
        for key, (leaf, gradient) in part.gradients.items():
            gradient = gradient if abs(factor - 1) < 1e-9 else gradient * factor
            total[key] = leaf, total[key][1] + gradient if key in total else gradient
    leaves, sums = zip(*total.values(), strict=True)
    return node(value, leaves, lambda g: [g * gradient for gradient in sums], "loss of pieces")
