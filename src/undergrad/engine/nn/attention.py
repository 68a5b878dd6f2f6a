"""Multi-head attention: several attentions side by side, each in projections of its own.

Letters: E width, L queries, S keys and values, N sequences.
"""

from typing import Any

import numpy as np

from undergrad.engine.nn import init
from undergrad.engine.nn.linear import Linear
from undergrad.engine.nn.module import Module, parameter
from undergrad.engine.ops import attention, linalg, shape
from undergrad.engine.ops import dropout as dropouts
from undergrad.engine.ops.masks import Mask, score_mask
from undergrad.engine.ops.operands import is_tensor
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class MultiheadAttention(Module):
    """Multi-head attention (Vaswani et al. 2017).

        head_i = softmax(Q_i K_i^T / sqrt(E / heads)) V_i
        y = concat(head_1, head_2, ...) W_O^T + b_O

    Q_i, K_i and V_i are slices, E / heads wide, of the projections query W_Q^T + b_Q,
    key W_K^T + b_K and value W_V^T + b_V. The arithmetic of one head can be read in
    `ops.attention.scaled_dot_product_attention_simple`, whose fast form the layer calls.

    Arguments:
        embed_dim: E, the width of queries, keys, values and results.
        num_heads: how many heads share it.
        dropout: probability, of the attention weights, in training.
        bias: learn b_Q, b_K, b_V and b_O.
        batch_first: the batch is the first axis, not the second.
        rng: generator or seed for the first weights and the dropout.

    Shape: query (L, N, E), key and value (S, N, E) -> (L, N, E) and attention weights (N, L, S).
    `in_proj_weight` is (3E, E): W_Q, W_K and W_V, one below the other; `out_proj.weight` is W_O.

    Examples:
        >>> x = Tensor(np.ones((5, 2, 8), np.float32))
        >>> y, weights = MultiheadAttention(8, num_heads=4)(x, x, x)
        >>> y.shape, weights.shape
        ((5, 2, 8), (2, 5, 5))
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
        self.in_proj_weight = init.xavier_uniform_(
            parameter(3 * embed_dim, embed_dim), rng=self._rng
        )
        self.in_proj_bias = parameter(3 * embed_dim) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, self._rng)
        if self.out_proj.bias is not None:
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
        """The result, and the attention weights (N, L, S), or None.

        Arguments:
            key_padding_mask: (N, S), True where a key is padding, to be left out.
            need_weights: return the weights too, which takes more time.
            attn_mask: (L, S) or (N * heads, L, S). Here True means *left out*, as in PyTorch, and
                unlike in `scaled_dot_product_attention`. Floats are added to the scores.
            average_attn_weights: over the heads; otherwise the weights are (N, heads, L, S).
            is_causal: query i may attend to keys 0 to i only. PyTorch needs the mask beside it.
        """
        if query.ndim == 2:  # single sequences (L, E): a batch of one
            dim = 0 if self.batch_first else 1
            q, k, v = (shape.unsqueeze(x, dim) for x in (query, key, value))
            padding = key_padding_mask
            if padding is not None:
                padding = padding[None] if is_tensor(padding) else np.asarray(padding)[None]
            options = need_weights, attn_mask, average_attn_weights, is_causal
            out, weights = self.forward(q, k, v, padding, *options)
            return shape.squeeze(out, dim), None if weights is None else shape.squeeze(weights, 0)
        inputs = [query, key, value]
        if not self.batch_first:
            inputs = [shape.transpose(x, 0, 1) for x in inputs]
        q, k, v = (self._heads(i, x) for i, x in enumerate(inputs))  # (N, heads, L or S, E / heads)
        mask = self._mask(q, k, key_padding_mask, attn_mask, is_causal)
        causal = is_causal and mask is None
        p = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            weights = attention.attention_weights(q, k, mask, causal)
            mixed = dropouts.dropout(weights, p, True, self._rng) @ v
            weights = weights.mean(1) if average_attn_weights else weights
        else:
            mixed = attention.scaled_dot_product_attention(q, k, v, mask, p, causal, rng=self._rng)
        out = self.out_proj(shape.flatten(shape.transpose(mixed, 1, 2), 2))  # (N, L, E)
        return (out if self.batch_first else shape.transpose(out, 0, 1)), weights

    def _heads(self, i: int, x: Tensor) -> Tensor:
        """The projection of query (i = 0), key (1) or value (2), by head: (N, heads, L, E / heads).

        Three products, not one of three times the width: cutting one result into three would cost
        more in the backward pass than it saves.
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
        """One mask to add to the scores (N, heads, L, S); None when at most causality restricts."""
        if attn_mask is None and (key_padding_mask is None or not is_causal):
            added = None
        elif attn_mask is None:
            causal = np.triu(np.ones((q.shape[2], k.shape[2]), bool), 1)
            added = _to_add("attn_mask", causal, q)
        else:
            added = _to_add("attn_mask", attn_mask, q)
        if added is not None and added.ndim == 3:
            added = added.reshape(-1, self.num_heads, *added.shape[1:])
        if key_padding_mask is None:
            return added
        padding = _to_add("key_padding_mask", key_padding_mask, q)[:, None, None, :]
        return padding if added is None else added + padding

    def extra_repr(self) -> str:
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}"


def _to_add(name: str, mask: Mask, like: Tensor) -> Any:
    """Booleans as what to add to the scores: -inf where True, to leave out."""
    if is_tensor(mask):
        return mask
    array = score_mask("MultiheadAttention", name, mask)
    if array.dtype != bool:
        return array
    return np.where(array, like.dtype.type(-np.inf), like.dtype.type(0))
