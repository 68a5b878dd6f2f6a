"""Multi-head attention: several attentions side by side, each in its own projection."""

from typing import Any

import numpy as np

from undergrad.engine.nn import init
from undergrad.engine.nn.linear import Linear
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import attention, linalg, reduce, shape
from undergrad.engine.ops import dropout as dropouts
from undergrad.engine.ops.attention import Mask
from undergrad.engine.ops.operands import is_tensor
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class MultiheadAttention(Module):
    """Attention by `num_heads` heads, each on embed_dim / num_heads numbers of the projections.

    Arguments:
        embed_dim, num_heads: width, and the number of heads that share it.
        dropout: of the attention weights, in training.
        bias: of the projections.
        batch_first: the batch is the first axis, not the second.
        rng: generator or seed for the start and the dropout.

    Shape: query (L, N, E), key and value (S, N, E) -> (L, N, E); `in_proj_weight` is (3E, E) and
    holds the projections of query, key and value, one below the other.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        batch_first: bool = False,
        rng: init.Rng = None,
    ) -> None:
        if num_heads < 1 or embed_dim % num_heads:
            raise ValueError(
                f"MultiheadAttention: width {embed_dim} does not divide into {num_heads} heads"
            )
        dropouts.check_probability("MultiheadAttention", dropout)
        self.embed_dim, self.num_heads, self.dropout = embed_dim, num_heads, dropout
        self.batch_first = batch_first
        self._rng = None if rng is None else generator(rng)
        self.in_proj_weight = Tensor(
            np.empty((3 * embed_dim, embed_dim), np.float32), requires_grad=True
        )
        init.xavier_uniform_(self.in_proj_weight, rng=self._rng)
        self.in_proj_bias: Tensor | None = None
        self.out_proj = Linear(embed_dim, embed_dim, bias, self._rng)
        if self.out_proj.bias is not None:
            self.in_proj_bias = Tensor(np.zeros(3 * embed_dim, np.float32), requires_grad=True)
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Mask | None = None,
        need_weights: bool = True,
        attn_mask: Mask | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The result, and the weights (N, L, S) of the attention, or None.

        Arguments:
            key_padding_mask: (N, S), True where a key is padding, to be left out.
            need_weights: return the weights too, which costs time.
            attn_mask: (L, S) or (N * heads, L, S). Here True means *left out*, as in PyTorch, and
                unlike in `scaled_dot_product_attention`. Floats are added to the scores.
            average_attn_weights: over the heads; otherwise the weights are (N, heads, L, S).
            is_causal: query i looks at keys 0 to i only. PyTorch wants the mask beside it.
        """
        inputs = [query, key, value]
        if query.ndim == 2:  # single sequences (L, E): a batch of one
            dim = 0 if self.batch_first else 1
            inputs = [shape.unsqueeze(x, dim) for x in inputs]
            padding = None if key_padding_mask is None else key_padding_mask[None]
            out, weights = self.forward(
                inputs[0],
                inputs[1],
                inputs[2],
                padding,
                need_weights,
                attn_mask,
                average_attn_weights,
                is_causal,
            )
            return shape.squeeze(out, dim), None if weights is None else shape.squeeze(weights, 0)
        if not self.batch_first:
            inputs = [shape.transpose(x, 0, 1) for x in inputs]
        q, k, v = (self._projected(i, x) for i, x in enumerate(inputs))
        mask = self._mask(q, k, key_padding_mask, attn_mask, is_causal)
        causal = is_causal and mask is None
        p = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            weights = attention.attention_weights(q, k, mask, causal)
            mixed = linalg.matmul(dropouts.dropout(weights, p, True, self._rng), v)
            weights = reduce.mean(weights, 1) if average_attn_weights else weights
        else:
            mixed = attention.scaled_dot_product_attention(q, k, v, mask, p, causal, rng=self._rng)
        out = self.out_proj(shape.flatten(shape.transpose(mixed, 1, 2), 2))  # (N, L, E)
        return (out if self.batch_first else shape.transpose(out, 0, 1)), weights

    def _projected(self, i: int, x: Tensor) -> Tensor:
        """Query (i = 0), key (1) or value (2) by head: (N, heads, L, E / heads).

        Three products, not one of three times the width: to cut one result into three would cost
        more on the way back than it saves.
        """
        rows = slice(i * self.embed_dim, (i + 1) * self.embed_dim)
        bias = None if self.in_proj_bias is None else self.in_proj_bias[rows]
        out = linalg.linear(x, self.in_proj_weight[rows], bias)
        heads = self.num_heads, self.embed_dim // self.num_heads
        return shape.transpose(shape.reshape(out, (*x.shape[:2], *heads)), 1, 2)

    def _mask(
        self,
        q: Tensor,
        k: Tensor,
        key_padding_mask: Mask | None,
        attn_mask: Mask | None,
        is_causal: bool,
    ) -> Any:
        """One mask to add to the scores (N, heads, L, S); None when nothing but causality holds."""
        if attn_mask is None and (key_padding_mask is None or not is_causal):
            added = None
        elif attn_mask is None:
            added = _to_add(np.triu(np.ones((q.shape[2], k.shape[2]), bool), 1), q)
        else:
            added = _to_add(attn_mask, q)
        if added is not None and added.ndim == 3:
            added = added.reshape(-1, self.num_heads, *added.shape[1:])
        if key_padding_mask is None:
            return added
        padding = _to_add(key_padding_mask, q)[:, None, None, :]
        return padding if added is None else added + padding

    def extra_repr(self) -> str:
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}"


def _to_add(mask: Mask, like: Tensor) -> Any:
    """Booleans as what to add to the scores: -inf where True, to leave out."""
    if is_tensor(mask) or np.asarray(mask).dtype != bool:
        return mask
    return np.where(mask, like.dtype.type(-np.inf), like.dtype.type(0))
