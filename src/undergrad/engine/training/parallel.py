"""One training step on several processor cores: each thread takes a piece of the batch.

NumPy lets go of Python's lock while it computes, so threads that work on large arrays truly run
side by side. Every thread brings its piece through the model and back, and puts the gradients it
finds aside; they are then added in the order of the pieces, so a run repeats bit for bit.

Let the matrix products use one thread then, or both ways of sharing the cores get in each other's
way: set the environment variable OPENBLAS_NUM_THREADS=1 before NumPy is imported.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.grad_mode import Collected, accumulate_grad, collect_gradients
from undergrad.engine.tensor import Tensor

Batch: TypeAlias = Sequence[Tensor | Array]
Piece: TypeAlias = tuple[Batch, float]  # and its share of the examples


def backward(
    loss: Callable[..., Tensor], batch: Batch, threads: int = 2, axes: Sequence[int] | None = None
) -> float:
    """Add the gradients of the mean loss of `batch` to the parameters; the loss itself.

    Arguments:
        loss: of the columns of a batch, a mean over their examples.
        batch: columns of examples: tensors, or arrays such as labels.
        threads: into how many pieces the batch is cut; they are worked on at once.
        axes: for each column, along which axis its examples lie; 0 when left out.

    Layers such as batch norm see their piece only. Dropout is refused: it draws random numbers as
    it goes, and the threads would draw them in another order each time.

    Examples:
        >>> w = Tensor([2.0], requires_grad=True)
        >>> x = np.array([1.0, 3.0], np.float32)
        >>> backward(lambda x: ((w * Tensor(x)) ** 2).mean(), [x])
        20.0
        >>> w.grad  # 2 w times the mean of x^2
        array([20.], dtype=float32)
    """
    work = functools.partial(_there_and_back, loss)
    results = list(_pool(threads).map(work, cut(batch, threads, axes)))
    for _, gradients in results:
        for tensor, gradient in gradients.values():
            accumulate_grad(tensor, gradient)
    return sum(part for part, _ in results)


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


def _there_and_back(loss: Callable[..., Tensor], piece: Piece) -> tuple[float, Collected]:
    """A piece's part of the mean loss, and the gradients of that part."""
    columns, share = piece
    with collect_gradients() as found:
        value = loss(*columns)
        value.backward(np.full(value.shape, share))
    return share * value.item(), found


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that wait for work, kept for the next step: to begin one takes as long as a layer."""
    return ThreadPoolExecutor(threads, thread_name_prefix="undergrad")
