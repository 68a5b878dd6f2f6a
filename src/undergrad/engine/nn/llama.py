"""The two sublayers of a LLaMA block (Touvron et al. 2023); `RMSNorm` precedes each of them.

Letters: N sequences, T positions, E width, H query heads, K heads of keys and values.
"""

from undergrad.engine.nn.init import Rng
from undergrad.engine.nn.linear import Linear
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import attention, llama, shape
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class GroupedQueryAttention(Module):
    """Causal attention of a sequence to itself, with rotary positions and shared keys and values.

        q, k, v = rotate(x W_Q^T), rotate(x W_K^T), x W_V^T
        y = concat(head_1, head_2, ...) W_O^T

    Each head of keys and values is shared by H / K query heads (Ainslie et al. 2023), so a
    key-value cache is H / K times smaller. Queries and keys, but not values, are rotated by their
    position (Su et al. 2021). There are no biases, as in LLaMA.

    Arguments:
        embed_dim: E, the width; E / H is even.
        num_heads: H, the number of query heads.
        num_kv_heads: K, of which H is a multiple.
        base: of the rotary angles.
        rng: generator or seed for the first weights.

    Shape: (N, T, E) -> the same.

    Examples:
        >>> layer = GroupedQueryAttention(8, num_heads=4, num_kv_heads=2)
        >>> layer(Tensor([[[1.0] * 8] * 5])).shape, layer.k_proj.weight.shape
        ((1, 5, 8), (4, 8))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        num_kv_heads: int,
        base: float = 10_000.0,
        rng: Rng = None,
    ) -> None:
        if min(num_heads, num_kv_heads) < 1 or num_heads % num_kv_heads:
            raise ValueError(
                f"GroupedQueryAttention: {num_heads} query heads do not divide into groups for "
                f"{num_kv_heads} heads of keys and values"
            )
        if embed_dim % (2 * num_heads):
            raise ValueError(
                f"GroupedQueryAttention: width {embed_dim} does not divide into {num_heads} heads "
                "of an even width"
            )
        self.num_heads, self.num_kv_heads, self.base = num_heads, num_kv_heads, base
        own = None if rng is None else generator(rng)
        kv_dim = embed_dim // num_heads * num_kv_heads
        self.q_proj = Linear(embed_dim, embed_dim, bias=False, rng=own)
        self.k_proj = Linear(embed_dim, kv_dim, bias=False, rng=own)
        self.v_proj = Linear(embed_dim, kv_dim, bias=False, rng=own)
        self.o_proj = Linear(embed_dim, embed_dim, bias=False, rng=own)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, E) -> the same; no position attends to a later one."""
        q = llama.rotary_embedding(_split(self.q_proj(x), self.num_heads), 0, self.base)
        k = llama.rotary_embedding(_split(self.k_proj(x), self.num_kv_heads), 0, self.base)
        v = _split(self.v_proj(x), self.num_kv_heads)
        mixed = attention.grouped_query_attention(q, k, v, is_causal=True)
        out: Tensor = self.o_proj(shape.flatten(shape.transpose(mixed, 1, 2), 2))
        return out


class SwiGLU(Module):
    """The gated network of a LLaMA block (Shazeer 2020), applied to each position by itself.

        y = (silu(x W_gate^T) * x W_up^T) W_down^T

    With three matrices instead of two, a hidden width of 8 E / 3 has as many parameters as the
    4 E of GPT-2.

    Arguments:
        in_features: E, the width of input and result.
        hidden_features: the width between.
        rng: generator or seed for the first weights.

    Shape: (..., E) -> the same.

    Examples:
        >>> SwiGLU(6, 16)(Tensor([[1.0] * 6])).shape
        (1, 6)
    """

    def __init__(self, in_features: int, hidden_features: int, rng: Rng = None) -> None:
        own = None if rng is None else generator(rng)
        self.gate_proj = Linear(in_features, hidden_features, bias=False, rng=own)
        self.up_proj = Linear(in_features, hidden_features, bias=False, rng=own)
        self.down_proj = Linear(hidden_features, in_features, bias=False, rng=own)

    def forward(self, x: Tensor) -> Tensor:
        """(..., E) -> the same."""
        out: Tensor = self.down_proj(llama.swiglu(self.gate_proj(x), self.up_proj(x)))
        return out


def _split(x: Tensor, heads: int) -> Tensor:
    """(N, T, heads E) -> (N, heads, T, E)"""
    n, length, width = x.shape
    return shape.transpose(shape.reshape(x, (n, length, heads, width // heads)), 1, 2)
