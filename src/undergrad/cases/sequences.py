"""The records of operations on sequences: embedding, recurrence, attention, rotation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from undergrad.cases.draws import Draw, half_open, layouts, uniform
from undergrad.cases.record import Operation, Refusal, Rng, Sample
from undergrad.engine.ops import attention, dropout, embedding, llama, lstm, recurrent
from undergrad.engine.tensor import Tensor


def _ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape, np.float32))


def _words(rng: Rng) -> Iterator[Sample]:
    weight = uniform(rng, (5, 3))
    yield Sample("with repetitions", (np.array([[1, 4, 1], [1, 0, 4]]), weight))
    held = "the row of padding is held still, whatever its gradient"
    yield Sample(held, (np.array([1, 3, 1]), weight, 1), smooth=False)
    yield Sample("padding from the end", (np.array([1, 3, 4]), weight, -1), smooth=False)
    yield Sample("one word", (np.array(2), weight))
    yield Sample("no words", (np.zeros((0, 2), int), weight))
    yield Sample("transposed layout", (np.array([2, 2, 0]), uniform(rng, (3, 5)).T))


def _idle(rng: Rng) -> Iterator[Sample]:
    for label, x in layouts(rng):
        yield Sample(f"{label}, in use", (x, 0.3, False))
        yield Sample(f"{label}, all kept", (x, 0.0))
        yield Sample(f"{label}, none kept", (x, 1.0))


def _read(gates: int, states: int, **kwargs: Any) -> Draw:
    """Sequences, first states and weights, with and without bias."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for label, steps, n, size, bias in [
            ("usual", 4, 2, 3, True), ("no bias", 3, 2, 2, False), ("one step", 1, 1, 2, True),
        ]:  # fmt: skip
            shapes = [(steps, n, 2), *[(n, size)] * states, (gates * size, 2), (gates * size, size)]
            shapes += [(gates * size,)] * 2 * bias
            yield Sample(label, tuple(uniform(rng, shape, -1, 1) for shape in shapes), kwargs)
        x = uniform(rng, (2, 2, 3), -1, 1).T
        shapes = [*[(2, 2)] * states, (gates * 2, 2), (gates * 2, 2)]
        yield Sample("transposed layout", (x, *(uniform(rng, s, -1, 1) for s in shapes)), kwargs)

    return draw


def _whole_layer(states: int) -> Any:
    """torch.gru and the like also do layers, dropout and directions; their states have more axes.

    They are called with x, states, weights, has_biases, layers, dropout, training, two directions
    and batch_first.
    """

    def adapted(theirs: Any) -> Any:
        def call(x: Any, *rest: Any) -> Any:
            start, weights = [state[None] for state in rest[:states]], list(rest[states:])
            settings = len(weights) == 4, 1, 0.0, False, False, False
            return theirs(x, start if states == 2 else start[0], weights, *settings)

        return call

    return adapted


def _attended(rng: Rng) -> Iterator[Sample]:
    q, k, v = uniform(rng, (2, 3, 4)), uniform(rng, (2, 5, 4)), uniform(rng, (2, 5, 2))
    yield Sample("batch", (q, k, v))
    yield Sample("causal", (q, k, v, None, 0.0, True))
    yield Sample("another scale", (q, k, v), {"scale": 0.3})
    yield Sample("mask", (q, k, v, half_open(rng, (3, 5))))
    yield Sample("mask for each example", (q, k, v, half_open(rng, (2, 1, 5))))
    closed = half_open(rng, (3, 5))
    closed[1] = False
    yield Sample("a row that may look at nothing", (q, k, v, closed))
    yield Sample("added to the scores", (q, k, v, uniform(rng, (3, 5))))
    yield Sample("with itself", (q, q, q))
    heads = uniform(rng, (2, 3, 2, 4)).transpose(0, 2, 1, 3)
    yield Sample("heads, transposed layout", (heads, heads, heads, None, 0.0, True))
    yield Sample("large", (100 * q, 100 * k, v), smooth=False)


def _grouped(rng: Rng) -> Iterator[Sample]:
    for label, heads, kv_heads in [("groups", 4, 2), ("one head of keys", 3, 1), ("equal", 2, 2)]:
        q, k = uniform(rng, (2, heads, 3, 4)), uniform(rng, (2, kv_heads, 5, 4))
        yield Sample(label, (q, k, uniform(rng, (2, kv_heads, 5, 2))))
    q, k, v = (uniform(rng, (heads, 3, 4)) for heads in (4, 2, 2))
    yield Sample("causal, no batch", (q, k, v, True))
    yield Sample("with itself", (q, q, q, True))
    x = uniform(rng, (2, 3, 2, 4)).transpose(0, 2, 1, 3)
    yield Sample("transposed layout", (x, x[:, :1], x[:, 1:], True))


def _enable_gqa(theirs: Any) -> Any:
    """PyTorch's, told that heads come in groups."""

    def call(query: Any, key: Any, value: Any, is_causal: bool = False) -> Any:
        return theirs(query, key, value, is_causal=is_causal, enable_gqa=True)

    return call


def _turned(rng: Rng) -> Iterator[Sample]:
    yield Sample("heads", (uniform(rng, (2, 3, 5, 4)),))
    yield Sample("after others", (uniform(rng, (2, 3, 6)), 7))
    yield Sample("another base", (uniform(rng, (3, 2)), 2, 100.0))
    yield Sample("no positions", (uniform(rng, (2, 0, 4)),))
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T[:, ::-1],))


def _gated(rng: Rng) -> Iterator[Sample]:
    z = uniform(rng, (2, 3, 4))
    yield Sample("usual", (z, uniform(rng, (2, 3, 4))))
    yield Sample("with itself", (z, z))
    yield Sample("large", (100 * z, z), smooth=False)
    yield Sample("no numbers", (uniform(rng, (0, 4)), uniform(rng, (0, 4))))
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T, uniform(rng, (3, 4))))


_STATE = (Refusal("it needs (steps, sequences, features)", tuple(_ones(2, 2) for _ in range(5))),)

SEQUENCE_OPERATIONS = (
    Operation(
        "embedding",
        embedding.embedding,
        "torch.nn.functional.embedding",
        _words,
        twin=embedding.embedding_simple,
        refusals=(
            Refusal("must lie between 0 and 4", (np.array([5]), _ones(5, 2))),
            Refusal("must lie between 0 and 4", (np.array([-1]), _ones(5, 2))),
            Refusal("must hold integers", (np.array([0.5]), _ones(5, 2))),
        ),
    ),
    Operation(
        "dropout",
        dropout.dropout,
        "torch.nn.functional.dropout",
        _idle,
        refusals=(Refusal("between 0 and 1", (_ones(2), 1.5)),),
    ),
    Operation(
        "rnn",
        recurrent.rnn,
        "torch.rnn_tanh",
        _read(1, 1),
        twin=recurrent.rnn_simple,
        refusals=_STATE,
        adapted=_whole_layer(1),
    ),
    Operation(
        "gru",
        recurrent.gru,
        "torch.gru",
        _read(3, 1),
        twin=recurrent.gru_simple,
        refusals=_STATE,
        adapted=_whole_layer(1),
    ),
    Operation(
        "lstm",
        lstm.lstm,
        "torch.lstm",
        _read(4, 2),
        twin=lstm.lstm_simple,
        refusals=(
            *_STATE,
            Refusal(
                "state 1 has shape (1, 2)",
                (_ones(3, 1, 2), _ones(1, 4), _ones(1, 2), _ones(16, 2), _ones(16, 4)),
            ),
        ),
        adapted=_whole_layer(2),
    ),
    Operation(
        "scaled_dot_product_attention",
        attention.scaled_dot_product_attention,
        "torch.nn.functional.scaled_dot_product_attention",
        _attended,
        twin=attention.scaled_dot_product_attention_simple,
        refusals=(
            Refusal("do not fit", (_ones(3, 4), _ones(5, 3), _ones(5, 2))),
            Refusal(
                "give it or attn_mask", (_ones(3, 4),) * 3 + (np.ones((3, 3), bool), 0.0, True)
            ),
        ),
    ),
    Operation(
        "grouped_query_attention",
        attention.grouped_query_attention,
        "torch.nn.functional.scaled_dot_product_attention",
        _grouped,
        twin=attention.grouped_query_attention_simple,
        refusals=(
            Refusal("do not fit", (_ones(3, 2, 4), _ones(2, 2, 4), _ones(2, 2, 4))),
            Refusal("do not fit", (_ones(2, 4), _ones(2, 4), _ones(2, 4))),
        ),
        adapted=_enable_gqa,
    ),
    Operation(
        "rotary_embedding",
        llama.rotary_embedding,
        "tests.engine.torch_side.rotary_embedding",
        _turned,
        twin=llama.rotary_embedding_simple,
        refusals=(
            Refusal("an even width", (_ones(2, 3),)),
            Refusal("an even width", (_ones(4),)),
        ),
    ),
    Operation(
        "swiglu",
        llama.swiglu,
        "tests.engine.torch_side.swiglu",
        _gated,
        twin=llama.swiglu_simple,
        refusals=(Refusal("they need one shape", (_ones(2, 3), _ones(3))),),
    ),
)
