"""The Transformer (Vaswani et al. 2017): attention and a small network, each in a residual block.

In a residual block the result of a sublayer is added to its input, so that gradients can also pass
around the sublayer. Layer norm follows each addition, as in the paper, or with `norm_first` comes
before each sublayer, which is easier to train when there are many layers.

Letters: T positions of a sequence, S positions of the encoder's, N sequences, E width (d_model).
"""

import copy
import functools
import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.nn.attention import MultiheadAttention
from undergrad.engine.nn.dropout import Dropout
from undergrad.engine.nn.init import Rng
from undergrad.engine.nn.linear import Linear
from undergrad.engine.nn.module import Module
from undergrad.engine.nn.norm import LayerNorm
from undergrad.engine.ops import elementwise
from undergrad.engine.ops.masks import Mask
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class _TransformerLayer(Module):
    """What encoder and decoder layers share: settings, the small network, residual blocks."""

    attends_to_memory: ClassVar[bool] = False  # a second attention, to the result of an encoder
    norm1: LayerNorm
    norm2: LayerNorm
    norm3: LayerNorm
    dropout1: Dropout
    dropout2: Dropout
    dropout3: Dropout

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        rng: Rng = None,
    ) -> None:
        if activation not in ("relu", "gelu"):
            raise ValueError(f"{type(self).__name__}: activation is 'relu' or 'gelu'")
        self._rng = None if rng is None else generator(rng)
        attention = functools.partial(
            MultiheadAttention, d_model, nhead, dropout, bias, batch_first, self._rng
        )
        self.activation, self.norm_first = activation, norm_first
        self.self_attn = attention()
        self.linear1 = Linear(d_model, dim_feedforward, bias, self._rng)
        self.dropout = Dropout(dropout, self._rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, self._rng)
        if self.attends_to_memory:
            self.multihead_attn = attention()
        sublayers = 3 if self.attends_to_memory else 2
        for i in range(1, sublayers + 1):
            setattr(self, f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias))
        for i in range(1, sublayers + 1):
            setattr(self, f"dropout{i}", Dropout(dropout, self._rng))

    def _residual(self, x: Tensor, sublayer: Callable[[Tensor], Tensor], norm: LayerNorm) -> Tensor:
        """x + sublayer(norm(x)) with `norm_first`, else norm(x + sublayer(x))."""
        if self.norm_first:
            return x + sublayer(norm(x))
        return norm.forward(x + sublayer(x))

    def _feed_forward(self, x: Tensor) -> Tensor:
        """linear2(activation(linear1(x))), at each position by itself: (..., E) -> (..., E)."""
        activation = elementwise.relu if self.activation == "relu" else elementwise.gelu
        out: Tensor = self.linear2(self.dropout(activation(self.linear1(x))))
        return out


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention, then a small network at each position, each in a residual block.

        x = norm1(x + self_attn(x, x, x))
        y = norm2(x + linear2(activation(linear1(x))))

    or, with `norm_first`:

        x = x + self_attn(norm1(x), norm1(x), norm1(x))
        y = x + linear2(activation(linear1(norm2(x))))

    Arguments:
        d_model: E, the width.
        nhead: how many attention heads share it.
        dim_feedforward: width of the small network.
        dropout: probability, after each sublayer and inside both, in training.
        activation: "relu" or "gelu".
        layer_norm_eps: keeps the divisions of the norms finite.
        batch_first: the batch is the first axis, not the second.
        norm_first: normalise before each sublayer instead of after the addition.
        bias: of all projections and norms.
        rng: generator or seed for the first weights and the dropout.

    Shape: (T, N, E) -> the same.

    Examples:
        >>> layer = TransformerEncoderLayer(8, nhead=2, dim_feedforward=16)
        >>> layer(Tensor(np.ones((5, 1, 8), np.float32))).shape
        (5, 1, 8)
    """

    def forward(
        self,
        src: Tensor,
        src_mask: Mask | None = None,
        src_key_padding_mask: Mask | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Masks as in `MultiheadAttention`: a boolean True leaves out."""

        def attend(x: Tensor) -> Tensor:
            masks = src_key_padding_mask, False, src_mask, True, is_causal
            out: Tensor = self.dropout1(self.self_attn(x, x, x, *masks)[0])
            return out

        def feed_forward(x: Tensor) -> Tensor:
            out: Tensor = self.dropout2(self._feed_forward(x))
            return out

        x = self._residual(src, attend, self.norm1)
        return self._residual(x, feed_forward, self.norm2)


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, attention to an encoder's result, then a small network.

        x = norm1(x + self_attn(x, x, x))
        x = norm2(x + multihead_attn(x, memory, memory))            cross-attention
        y = norm3(x + linear2(activation(linear1(x))))

    Arguments as in `TransformerEncoderLayer`.

    Shape: target (T, N, E) and memory (S, N, E) -> (T, N, E).
    """

    attends_to_memory = True

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Mask | None = None,
        memory_mask: Mask | None = None,
        tgt_key_padding_mask: Mask | None = None,
        memory_key_padding_mask: Mask | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Masks as in `MultiheadAttention`: a boolean True leaves out."""

        def attend(x: Tensor) -> Tensor:
            masks = tgt_key_padding_mask, False, tgt_mask, True, tgt_is_causal
            out: Tensor = self.dropout1(self.self_attn(x, x, x, *masks)[0])
            return out

        def attend_to_memory(x: Tensor) -> Tensor:
            masks = memory_key_padding_mask, False, memory_mask, True, memory_is_causal
            out: Tensor = self.dropout2(self.multihead_attn(x, memory, memory, *masks)[0])
            return out

        def feed_forward(x: Tensor) -> Tensor:
            out: Tensor = self.dropout3(self._feed_forward(x))
            return out

        x = self._residual(tgt, attend, self.norm1)
        x = self._residual(x, attend_to_memory, self.norm2)
        return self._residual(x, feed_forward, self.norm3)


class TransformerEncoder(Module):
    """A stack of encoder layers: `num_layers` copies of `encoder_layer`, and a last norm if given.

    Shape: (T, N, E) -> the same.
    """

    def __init__(
        self, encoder_layer: TransformerEncoderLayer, num_layers: int, norm: Module | None = None
    ) -> None:
        rng = encoder_layer._rng  # not copied: all layers would drop the same numbers
        self.layers = [copy.deepcopy(encoder_layer, {id(rng): rng}) for _ in range(num_layers)]
        self.norm = norm

    def forward(
        self,
        src: Tensor,
        mask: Mask | None = None,
        src_key_padding_mask: Mask | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Masks as in `MultiheadAttention`: a boolean True leaves out."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal)
        out: Tensor = src if self.norm is None else self.norm(src)
        return out


class PositionalEncoding(Module):
    """Adds a different vector at each position, since attention by itself cannot see the order.

        y_t = x_t + p_t
        p_t[2i] = sin(t / 10000^(2i / E)),  p_t[2i + 1] = cos(t / 10000^(2i / E))

    Learned positions, the alternative, are an `Embedding` of 0, 1, 2 ...

    Arguments:
        d_model: E, the width.
        dropout: probability, of the sum, in training.
        max_len: the longest sequence.
        batch_first: the batch is the first axis, not the second.
        rng: generator or seed for the dropout.

    Shape: (T, N, E) -> the same.
    """

    def __init__(
        self,
        d_model: int,
        dropout: float = 0.1,
        max_len: int = 5000,
        batch_first: bool = False,
        rng: Rng = None,
    ) -> None:
        self.dropout = Dropout(dropout, rng)
        self.batch_first = batch_first
        self._encoding = sinusoids(max_len, d_model)

    def forward(self, x: Tensor) -> Tensor:
        length, max_len = x.shape[1 if self.batch_first else 0], len(self._encoding)
        if length > max_len:
            raise ValueError(
                f"PositionalEncoding: a sequence of {length} is longer than max_len {max_len}"
            )
        encoding = self._encoding[:length]
        out: Tensor = self.dropout(x + (encoding if self.batch_first else encoding[:, None]))
        return out


def sinusoids(length: int, width: int) -> Array:
    """Positions as waves of growing length (Vaswani et al. 2017): (length, width), float32.

    Column 2i is sin(t / 10000^(2i / width)) and column 2i + 1 the cosine: like the hands of many
    clocks, of which the first turns fast and the last hardly moves.
    """
    t = np.arange(length)[:, None]
    frequencies = np.exp(np.arange(0, width, 2) * (-math.log(10_000) / width))
    out = np.zeros((length, width), np.float32)
    out[:, 0::2] = np.sin(t * frequencies)
    out[:, 1::2] = np.cos(t * frequencies)[:, : width // 2]
    return out
