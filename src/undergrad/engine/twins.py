"""The readable forms in place of the fast ones, for as long as a `with` block lasts.

Every operation that is fused for speed has a readable twin above it, made of simpler operations:
`linear` has `linear_simple`. Layers, losses and the methods of a tensor look an operation up in its
module when they call it, so putting the twin there changes the arithmetic of a whole network.

What a fast form gains is said in its docstring: forward and backward on one core, by `bench.twins`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from undergrad.engine.ops import (
    attention,
    batch_norm,
    conv,
    cross_entropy,
    embedding,
    group_norm,
    linalg,
    llama,
    loss,
    lstm,
    norm,
    pool,
    recurrent,
    shape,
    softmax,
)
from undergrad.engine.ops import binary_cross_entropy as bce
from undergrad.engine.optim import adam

TWINS: dict[Callable[..., Any], Callable[..., Any]] = {
    linalg.linear: linalg.linear_simple,
    shape.gather: shape.gather_simple,
    softmax.softmax: softmax.softmax_simple,
    softmax.log_softmax: softmax.log_softmax_simple,
    norm.layer_norm: norm.layer_norm_simple,
    norm.rms_norm: norm.rms_norm_simple,
    batch_norm.batch_norm: batch_norm.batch_norm_simple,
    group_norm.group_norm: group_norm.group_norm_simple,
    conv.conv2d: conv.conv2d_simple,
    conv.conv_transpose2d: conv.conv_transpose2d_simple,
    pool.max_pool2d: pool.max_pool2d_simple,
    pool.avg_pool2d: pool.avg_pool2d_simple,
    embedding.embedding: embedding.embedding_simple,
    recurrent.rnn: recurrent.rnn_simple,
    recurrent.gru: recurrent.gru_simple,
    lstm.lstm: lstm.lstm_simple,
    attention.scaled_dot_product_attention: attention.scaled_dot_product_attention_simple,
    attention.grouped_query_attention: attention.grouped_query_attention_simple,
    llama.rotary_embedding: llama.rotary_embedding_simple,
    llama.swiglu: llama.swiglu_simple,
    loss.mse_loss: loss.mse_loss_simple,
    loss.l1_loss: loss.l1_loss_simple,
    loss.huber_loss: loss.huber_loss_simple,
    cross_entropy.cross_entropy: cross_entropy.cross_entropy_simple,
    bce.binary_cross_entropy_with_logits: bce.binary_cross_entropy_with_logits_simple,
    adam.adam_step: adam.adam_step_simple,
}

_one_at_a_time = threading.RLock()


@contextmanager
def readable() -> Iterator[None]:
    """Compute with the readable twins: `with readable():`.

    The results are the same up to rounding; the graph shows every step, and a debugger can follow
    it. Every module that holds a fast form, also by `from ... import`, gets its twin: for all
    threads at once, so a second one that enters a block waits for the first.

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
        try:
            for module in list(sys.modules.values()):
                names = getattr(module, "__dict__", {})
                for name, value in list(names.items()):
                    if type(value) is FunctionType and value in TWINS:
                        before.append((names, name, value))
                        names[name] = TWINS[value]
            yield
        finally:
            for names, name, fast in before:
                names[name] = fast
