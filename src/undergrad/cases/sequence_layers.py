"""The records of layers for sequences: embedding, recurrence, attention, the Transformer, LLaMA."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from undergrad.cases.draws import Draw, half_open, uniform
from undergrad.cases.record import Layer, Rng, Sample
from undergrad.engine import nn

Settings = dict[str, Any]


def _sequences(settings: tuple[Settings, ...], states: int) -> Draw:
    """Sequences of batches, also single ones, with and without first states."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for chosen in settings:
            layers = chosen.get("num_layers", 1) * (1 + chosen.get("bidirectional", False))
            yield Sample(f"{chosen}", (uniform(rng, (3, 3, 2)),), {}, chosen, training=False)
            start = tuple(uniform(rng, (layers, 3, 2)) for _ in range(states))
            hx = start if states == 2 else start[0]
            yield Sample(f"{chosen}, first states", (uniform(rng, (3, 3, 2)), hx), {}, chosen)
        yield Sample("single", (uniform(rng, (3, 2)),), settings=settings[0])

    return draw


_SIZES = {"input_size": 2, "hidden_size": 2}
_RECURRENT: tuple[Settings, ...] = (
    _SIZES,
    {**_SIZES, "num_layers": 2, "bidirectional": True},
    {**_SIZES, "batch_first": True, "bias": False},
)
_RNN = (*_RECURRENT, {**_SIZES, "nonlinearity": "relu"})


def _heads(rng: Rng) -> Iterator[Sample]:
    chosen: Settings = {"embed_dim": 4, "num_heads": 2}
    q, k = uniform(rng, (3, 2, 4)), uniform(rng, (5, 2, 4))
    padding = ~half_open(rng, (2, 5))
    yield Sample("with itself", (q, q, q), settings=chosen)
    yield Sample("without weights", (q, k, k, None, False), settings=chosen)
    yield Sample("weights of each head", (q, k, k, None, True, None, False), settings=chosen)
    yield Sample("padding", (q, k, k, padding), settings=chosen)
    closed = ~half_open(rng, (3, 5))
    yield Sample("mask, padding", (q, k, k, padding & False, False, closed), settings=chosen)
    masks = ~half_open(rng, (4, 3, 5))
    yield Sample("a mask for each head", (q, k, k, None, True, masks), settings=chosen)
    first = {**chosen, "batch_first": True, "bias": False}
    yield Sample("batch first", (uniform(rng, (2, 3, 4)),) * 3, settings=first)
    yield Sample("single", (uniform(rng, (3, 4)),) * 3, settings=chosen)


_WIDTHS: Settings = {"d_model": 4, "nhead": 2, "dim_feedforward": 3}
_NOT_LATER = np.triu(np.ones((3, 3), bool), 1)


def _encoded(rng: Rng) -> Iterator[Sample]:
    for more in ({}, {"norm_first": True, "batch_first": True}, {"activation": "gelu"}):
        chosen = {**_WIDTHS, "dropout": 0.0, **more}
        yield Sample(f"{more}", (uniform(rng, (3, 2, 4)),), settings=chosen)
    chosen = {**_WIDTHS, "dropout": 0.0}
    yield Sample("mask", (uniform(rng, (3, 2, 4)), _NOT_LATER), settings=chosen)
    yield Sample("in use", (uniform(rng, (3, 2, 4)),), settings=_WIDTHS, training=False)


def _decoded(rng: Rng) -> Iterator[Sample]:
    for more in ({}, {"norm_first": True, "bias": False}):
        chosen = {**_WIDTHS, "dropout": 0.0, **more}
        args = uniform(rng, (3, 2, 4)), uniform(rng, (4, 2, 4)), _NOT_LATER
        yield Sample(f"{more}", args, settings=chosen)


def _shared_heads(rng: Rng) -> Iterator[Sample]:
    for more in ({}, {"num_kv_heads": 1, "base": 100.0}):
        settings = {"embed_dim": 8, "num_heads": 4, "num_kv_heads": 2, **more}
        yield Sample(f"{more}", (uniform(rng, (2, 5, 8)),), settings=settings)


def _gated_network(rng: Rng) -> Iterator[Sample]:
    settings = {"in_features": 4, "hidden_features": 6}
    yield Sample("sequences", (uniform(rng, (2, 3, 4)),), settings=settings)


def _looked_up(rng: Rng) -> Iterator[Sample]:
    for more in ({}, {"padding_idx": 1}):
        settings = {"num_embeddings": 4, "embedding_dim": 3, **more}
        yield Sample(f"{more}", (rng.integers(0, 4, (2, 3)),), settings=settings)


def _dropped(rng: Rng) -> Iterator[Sample]:
    for p in (0.0, 1.0):
        yield Sample(f"p {p}", (uniform(rng, (3, 4)),), settings={"p": p})
    yield Sample("in use", (uniform(rng, (3, 4)),), settings={"p": 0.5}, training=False)


_DEEP = "several layers of sums, in another order than PyTorch's"

SEQUENCE_LAYERS = (
    Layer("Embedding", nn.Embedding, "torch.nn.Embedding", _looked_up),
    Layer("Dropout", nn.Dropout, "torch.nn.Dropout", _dropped),
    Layer("RNN", nn.RNN, "torch.nn.RNN", _sequences(_RNN, 1)),
    Layer("GRU", nn.GRU, "torch.nn.GRU", _sequences(_RECURRENT, 1)),
    Layer("LSTM", nn.LSTM, "torch.nn.LSTM", _sequences(_RECURRENT, 2)),
    Layer(
        "MultiheadAttention",
        nn.MultiheadAttention,
        "torch.nn.MultiheadAttention",
        _heads,
        atol=3e-5,
        because=_DEEP,
    ),
    Layer(
        "TransformerEncoderLayer",
        nn.TransformerEncoderLayer,
        "torch.nn.TransformerEncoderLayer",
        _encoded,
        atol=1e-4,
        because="gradients up to 28; against float64 PyTorch's are off by up to 8e-5, ours by 2e-5",
    ),
    Layer(
        "TransformerDecoderLayer",
        nn.TransformerDecoderLayer,
        "torch.nn.TransformerDecoderLayer",
        _decoded,
        atol=3e-5,
        because=_DEEP,
    ),
    Layer(
        "GroupedQueryAttention",
        nn.GroupedQueryAttention,
        "tests.engine.torch_side.GroupedQueryAttention",
        _shared_heads,
        atol=3e-5,
        because=_DEEP,
    ),
    Layer(
        "SwiGLU",
        nn.SwiGLU,
        "tests.engine.torch_side.SwiGLU",
        _gated_network,
        atol=3e-5,
        because=_DEEP,
    ),
)
