"""How the functions of `llm` take the engine's place."""

import numpy as np

from undergrad.mine import part, result


@part("undergrad.engine.ops.llama.rotary_embedding", uses=("rope", "rope_backward"))
def rotary_embedding(own, borrowed):
    def rotary_embedding(x, offset=0, base=10_000.0):
        positions = np.arange(offset, offset + x.shape[-2])
        out = own.rope(x.data, positions, base)
        return result(out, (x,), lambda g: (own.rope_backward(g, positions, base),))

    return rotary_embedding


@part("undergrad.engine.ops.llama.swiglu", uses=("swiglu", "swiglu_backward"))
def swiglu(own, borrowed):
    def swiglu(gate, up):
        out, cache = own.swiglu(gate.data, up.data)
        return result(out, (gate, up), lambda g: own.swiglu_backward(g, cache))

    return swiglu


@part(
    "undergrad.engine.ops.attention.grouped_query_attention",
    uses=("grouped_query_attention", "grouped_query_attention_backward"),
)
def grouped_query_attention(own, borrowed):
    def grouped_query_attention(query, key, value, is_causal=False):
        mask = np.tri(query.shape[-2], key.shape[-2], dtype=bool) if is_causal else None
        out, cache = own.grouped_query_attention(query.data, key.data, value.data, mask)
        parents = query, key, value
        return result(out, parents, lambda g: own.grouped_query_attention_backward(g, cache))

    return grouped_query_attention
