"""The readable forms in place of the fast ones, for as long as a `with` block lasts.

Every operation that is fused for speed has a readable twin above it, made of simpler operations:
`linear` has `linear_simple`. Layers, losses and the methods of a tensor call an operation by its
name in its module, so putting the twin under that name changes the arithmetic of a whole network.

What a fast form gains is said in its docstring: forward and backward on one core, by `bench.twins`.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from undergrad.engine.nn import functional
from undergrad.engine.ops import (
    attention,
    batch_norm,
    binary_cross_entropy,
    conv,
    cross_entropy,
    embedding,
    group_norm,
    linalg,
    loss,
    lstm,
    norm,
    pool,
    recurrent,
    shape,
    softmax,
)

TWINS: tuple[Callable[..., Any], ...] = (
    linalg.linear_simple,
    shape.gather_simple,
    softmax.softmax_simple,
    softmax.log_softmax_simple,
    norm.layer_norm_simple,
    norm.rms_norm_simple,
    batch_norm.batch_norm_simple,
    group_norm.group_norm_simple,
    conv.conv2d_simple,
    conv.conv_transpose2d_simple,
    pool.max_pool2d_simple,
    pool.avg_pool2d_simple,
    embedding.embedding_simple,
    recurrent.rnn_simple,
    recurrent.gru_simple,
    lstm.lstm_simple,
    attention.scaled_dot_product_attention_simple,
    loss.mse_loss_simple,
    loss.l1_loss_simple,
    loss.huber_loss_simple,
    cross_entropy.cross_entropy_simple,
    binary_cross_entropy.binary_cross_entropy_with_logits_simple,
)

_one_at_a_time = threading.RLock()


@contextmanager
def readable() -> Iterator[None]:
    """Compute with the readable twins: `with readable():`.

    The results are the same up to rounding; the graph shows every step, and a debugger can follow
    it. It holds for all threads, and a second thread that enters a block waits for the first.

    Examples:
        >>> x, layer = Tensor([[1.0, 2.0]]), nn.Linear(2, 1)
        >>> layer(x).op
        'linear'
        >>> with readable():
        ...     print(layer(x).op)
        add
    """
    with _one_at_a_time:
        before = []
        for twin in TWINS:
            name = twin.__name__.removesuffix("_simple")
            for holder in (inspect.getmodule(twin), functional):
                if hasattr(holder, name):
                    before.append((holder, name, getattr(holder, name)))
                    setattr(holder, name, twin)
        try:
            yield
        finally:
            for holder, name, fast in before:
                setattr(holder, name, fast)
