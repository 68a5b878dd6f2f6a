"""The Transformer (Vaswani et al. 2017): attention and a small network, each beside a shortcut.

In a residual block the result of a part is added to what went in, so that a gradient always finds a
straight way back. Layer norm stands after each addition, as in the paper, or with `norm_first`
before each part, which is easier to train when there are many layers.
"""

import copy
import math

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.nn.attention import MultiheadAttention
from undergrad.engine.nn.dropout import Dropout
from undergrad.engine.nn.init import Rng
from undergrad.engine.nn.linear import Linear
from undergrad.engine.nn.module import Module
from undergrad.engine.nn.norm import LayerNorm
from undergrad.engine.ops import elementwise
from undergrad.engine.ops.attention import Mask
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor

_ACTIVATIONS = ("relu", "gelu")


class _Block(Module):
    """What encoder and decoder layers share: the settings and the small network."""

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
        if activation not in _ACTIVATIONS:
            raise ValueError(f"{type(self).__name__}: activation is one of {_ACTIVATIONS}")
        self._rng = None if rng is None else generator(rng)
        self._width, self._eps, self._bias = d_model, layer_norm_eps, bias
        self._attention = nhead, dropout, bias, batch_first
        self.activation, self.norm_first = activation, norm_first
        self.self_attn = self._make_attention()
        self.linear1 = Linear(d_model, dim_feedforward, bias, self._rng)
        self.dropout = Dropout(dropout, self._rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, self._rng)

    def _make_attention(self) -> MultiheadAttention:
        return MultiheadAttention(self._width, *self._attention, self._rng)

    def _make_norm(self) -> LayerNorm:
        return LayerNorm(self._width, self._eps, bias=self._bias)

    def _feed_forward(self, x: Tensor, last: Dropout) -> Tensor:
        bend = elementwise.relu if self.activation == "relu" else elementwise.gelu
        out: Tensor = last(self.linear2(self.dropout(bend(self.linear1(x)))))
        return out


class TransformerEncoderLayer(_Block):
    """Self-attention, then a small network at each place, each with a shortcut and a norm.

    Arguments:
        d_model, nhead: width, and the number of attention heads that share it.
        dim_feedforward: width of the small network.
        dropout: after attention, inside the network and after it, in training.
        activation: "relu" or "gelu".
        batch_first: the batch is the first axis, not the second.
        norm_first: normalise before each part instead of after the addition.
        bias: of all projections and norms.
        rng: generator or seed for the start and the dropout.

    Shape: (T, N, d_model) -> the same.
    """

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
        settings = dropout, activation, layer_norm_eps, batch_first, norm_first, bias, rng
        super().__init__(d_model, nhead, dim_feedforward, *settings)
        self.norm1, self.norm2 = self._make_norm(), self._make_norm()
        self.dropout1, self.dropout2 = Dropout(dropout, self._rng), Dropout(dropout, self._rng)

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

        if self.norm_first:
            x: Tensor = src + attend(self.norm1(src))
            return x + self._feed_forward(self.norm2(x), self.dropout2)
        x = self.norm1(src + attend(src))
        out: Tensor = self.norm2(x + self._feed_forward(x, self.dropout2))
        return out


class TransformerDecoderLayer(_Block):
    """Self-attention, attention to what an encoder remembers, then a small network.

    Arguments as in `TransformerEncoderLayer`.

    Shape: target (T, N, d_model) and memory (S, N, d_model) -> (T, N, d_model).
    """

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
        settings = dropout, activation, layer_norm_eps, batch_first, norm_first, bias, rng
        super().__init__(d_model, nhead, dim_feedforward, *settings)
        self.multihead_attn = self._make_attention()
        self.norm1, self.norm2, self.norm3 = (self._make_norm() for _ in range(3))
        self.dropout1, self.dropout2, self.dropout3 = (
            Dropout(dropout, self._rng) for _ in range(3)
        )

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

        def look_up(x: Tensor) -> Tensor:
            masks = memory_key_padding_mask, False, memory_mask, True, memory_is_causal
            out: Tensor = self.dropout2(self.multihead_attn(x, memory, memory, *masks)[0])
            return out

        if self.norm_first:
            x: Tensor = tgt + attend(self.norm1(tgt))
            x = x + look_up(self.norm2(x))
            return x + self._feed_forward(self.norm3(x), self.dropout3)
        x = self.norm1(tgt + attend(tgt))
        x = self.norm2(x + look_up(x))
        out: Tensor = self.norm3(x + self._feed_forward(x, self.dropout3))
        return out


class TransformerEncoder(Module):
    """`num_layers` encoder layers in a row, copies of `encoder_layer`, and a last norm if given."""

    def __init__(
        self, encoder_layer: TransformerEncoderLayer, num_layers: int, norm: Module | None = None
    ) -> None:
        rng = encoder_layer._rng  # not copied: all layers would leave out the same places
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
    """Adds to each place of a sequence what tells the places apart; see `sinusoids`.

    Attention by itself cannot see the order. Learnt places are an `Embedding` of 0, 1, 2 ...

    Arguments:
        d_model: width.
        dropout: of the sum, in training.
        max_len: the longest sequence.
        batch_first: the batch is the first axis, not the second.

    Shape: (T, N, d_model) -> the same.
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
        self._places = sinusoids(max_len, d_model)

    def forward(self, x: Tensor) -> Tensor:
        length = x.shape[1 if self.batch_first else 0]
        if length > len(self._places):
            raise ValueError(
                f"PositionalEncoding: a sequence of {length} is longer than max_len "
                f"{len(self._places)}"
            )
        places = self._places[:length]
        out: Tensor = self.dropout(x + (places if self.batch_first else places[:, None]))
        return out


def sinusoids(length: int, width: int) -> Array:
    """Positions as waves of growing length (Vaswani et al. 2017): (length, width), float32.

    Column 2i is sin(t / 10000^(2i / width)) and column 2i + 1 the cosine: like the hands of many
    clocks, of which the first turns fast and the last hardly moves.
    """
    times = np.arange(length)[:, None]
    speeds = np.exp(np.arange(0, width, 2) * (-math.log(10_000) / width))
    out = np.zeros((length, width), np.float32)
    out[:, 0::2] = np.sin(times * speeds)
    out[:, 1::2] = np.cos(times * speeds)[:, : width // 2]
    return out
