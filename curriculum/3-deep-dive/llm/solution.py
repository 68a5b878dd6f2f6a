"""A language model of 2026, small: tokenizer, LLaMA block, cache, counts, sampling, fine-tuning.

Letters: N sequences, T positions (of queries), S keys, D width, H query heads, K heads of keys and
values, E numbers in a query or key, M numbers in a value, F hidden width of the gated network, V
tokens of the vocabulary, R rank.

Arrays are (N, T, D), weights (out, in). `g` is always the upstream gradient: the gradient of the
loss with respect to a function's output, of the same shape as that output. No function changes its
arguments; the arrays in `params` of a layer belong to the optimiser.

Attention, the RMS norm and the optimiser are imported from your exercises; the check takes them
from the worked solutions as long as yours do not pass. `undergrad check llm` checks your functions.
"""

import math
import re
from collections import Counter
from itertools import pairwise

import numpy as np
from exercises.attention import attention, attention_backward
from exercises.init_norm import rmsnorm_backward, rmsnorm_forward

# --- given --------------------------------------------------------------------------------------


def merge_pair(ids, pair, new):
    """ids with each `pair` replaced by the id `new`, from left to right.

    Returns: merged, list of int
    """
    merged, at = [], 0
    while at < len(ids):
        found = tuple(ids[at : at + 2]) == pair
        merged.append(new if found else ids[at])
        at += 2 if found else 1
    return merged


def split(x, heads):
    """(N, T, D) -> (N, heads, T, D / heads)"""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def merge(x):
    """(N, heads, T, E) -> (N, T, heads * E)"""
    n, heads, t, d = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * d)


class Linear:
    """A layer without a bias. params: [W], W (out, in).   grads: [gW], set by `backward`."""

    def __init__(self, D_out, D_in, rng):
        self.params = [rng.normal(size=(D_out, D_in)) / math.sqrt(D_in)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0].T

    def backward(self, g):
        self.grads = [np.einsum("nto,nti->oi", g, self.x, optimize=True)]
        return g @ self.params[0]

    def merged(self):
        """The weights, as one array."""
        return self.params[0]


class Norm:
    """An RMS norm. params: [gamma]."""

    def __init__(self, D):
        self.params = [np.ones(D)]

    def forward(self, x):
        out, self.cache = rmsnorm_forward(x, self.params[0])
        return out

    def backward(self, g):
        gx, ggamma = rmsnorm_backward(g, self.cache)
        self.grads = [ggamma]
        return gx


class Embedding:
    """A row of D numbers for each token. params: [table], table (V, D)."""

    def __init__(self, V, D, rng):
        self.params = [rng.normal(size=(V, D))]

    def forward(self, ids):
        self.ids = ids
        return self.params[0][ids]

    def backward(self, g):
        self.grads = [np.zeros_like(self.params[0])]
        np.add.at(self.grads[0], self.ids, g)


class Block:
    """A block of LLaMA: x + attend(norm(x)), then x + gated network(norm(x))."""

    def __init__(self, D, heads, kv_heads, F, rng):
        self.heads, self.kv_heads = heads, kv_heads
        kv = D // heads * kv_heads
        self.norm1, self.norm2 = Norm(D), Norm(D)
        self.q, self.k, self.v = (Linear(rows, D, rng) for rows in (D, kv, kv))
        self.o, self.gate, self.up = Linear(D, D, rng), Linear(F, D, rng), Linear(F, D, rng)
        self.down = Linear(D, F, rng)

    def layers(self):
        attend = [self.norm1, self.q, self.k, self.v, self.o]
        return [*attend, self.norm2, self.gate, self.up, self.down]

    def forward(self, x):
        self.positions = positions = np.arange(x.shape[1])
        normal = self.norm1.forward(x)
        q = rope(split(self.q.forward(normal), self.heads), positions)
        k = rope(split(self.k.forward(normal), self.kv_heads), positions)
        v = split(self.v.forward(normal), self.kv_heads)
        past = np.tri(len(positions), dtype=bool)
        mixed, self.attended = grouped_query_attention(q, k, v, past)
        x = x + self.o.forward(merge(mixed))
        normal = self.norm2.forward(x)
        hidden, self.gated = swiglu(self.gate.forward(normal), self.up.forward(normal))
        return x + self.down.forward(hidden)

    def backward(self, g):
        gates = swiglu_backward(self.down.backward(g), self.gated)
        through = self.gate.backward(gates[0]) + self.up.backward(gates[1])
        g = g + self.norm2.backward(through)
        mixed = split(self.o.backward(g), self.heads)
        gq, gk, gv = grouped_query_attention_backward(mixed, self.attended)
        through = self.q.backward(merge(rope_backward(gq, self.positions)))
        through = through + self.k.backward(merge(rope_backward(gk, self.positions)))
        return g + self.norm1.backward(through + self.v.backward(merge(gv)))


class Llama:
    """A language model. trained: the layers whose weights are trained; all of them at first."""

    def __init__(self, V, D, layers, heads, kv_heads, F, rng):
        self.embedding, self.norm, self.head = Embedding(V, D, rng), Norm(D), Linear(V, D, rng)
        self.blocks = [Block(D, heads, kv_heads, F, rng) for _ in range(layers)]
        inside = [each for block in self.blocks for each in block.layers()]
        self.trained = [self.embedding, *inside, self.norm, self.head]

    @property
    def params(self):
        """The weights of the layers that are trained, in one list."""
        return [each for layer in self.trained for each in layer.params]

    def forward(self, ids):
        """ids: (N, T).

        Returns: logits (N, T, V); of the next token at each position
        """
        x = self.embedding.forward(ids)
        for block in self.blocks:
            x = block.forward(x)
        return self.head.forward(self.norm.forward(x))

    def backward(self, g):
        """The gradients in the order of `params`. g: (N, T, V).

        Returns: grads, list
        """
        g = self.norm.backward(self.head.backward(g))
        for block in reversed(self.blocks):
            g = block.backward(g)
        self.embedding.backward(g)
        return [each for layer in self.trained for each in layer.grads]


def add_lora(model, R, alpha, rng):
    """Put your `LoRA` around the queries and the values of each block; train nothing else."""
    model.trained = []
    for block in model.blocks:
        block.q, block.v = LoRA(block.q, R, alpha, rng), LoRA(block.v, R, alpha, rng)
        model.trained += [block.q, block.v]


def generate(model, ids, n, rng, end=None, **settings):
    """Continue a sequence by n tokens, or up to `end`, with your cache and your filter.

    ids: a list of tokens, at least one.   settings: of `sample_filter`.
    Returns: new, list of int
    """
    kept, new = [None] * len(model.blocks), []
    x = model.embedding.params[0][np.array([ids])]
    while len(new) < n and (end is None or new[-1:] != [end]):
        for i, block in enumerate(model.blocks):
            W = [each.merged() for each in (block.q, block.k, block.v, block.o)]
            heads = block.heads, block.kv_heads
            out, kept[i] = cached_attention(block.norm1.forward(x), W, *heads, kept[i])
            normal = block.norm2.forward(x + out)
            hidden, _ = swiglu(block.gate.forward(normal), block.up.forward(normal))
            x = x + out + block.down.forward(hidden)
        logits = model.head.forward(model.norm.forward(x))[0, -1]
        new.append(int(rng.choice(len(logits), p=sample_filter(logits, **settings))))
        x = model.embedding.params[0][np.array([new[-1:]])]
    return new


# --- yours --------------------------------------------------------------------------------------


def pre_split(text, specials=()):
    """Cut a text into pieces, which no token will ever cross.

    Pieces are taken from left to right, each of the first kind that fits and as long as possible:
    letters of any alphabet, with one space in front of them if there is one; one to three digits;
    other visible characters, with one space in front of them if there is one; whitespace. Where
    something visible follows a run of whitespace, the last character of the run is left for the
    next piece, and becomes a piece by itself if that piece cannot take it.
    specials: strings such as "<|end|>". Each stays in one piece wherever it occurs, and the text
    before it and after it is cut as if it were alone.
    Returns: pieces, list; of bytes, UTF-8
    """
    # TODO 1: one regular expression with an alternative for each kind; specials come first
    kinds = r" ?[^\W\d_]+|\d{1,3}| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s"
    either = "|".join(re.escape(each) for each in specials)
    parts = re.split(f"({either})", text) if specials else [text]
    pieces = []
    for part in parts:
        pieces += [part] if part in specials else re.findall(kinds, part)
    return [each.encode() for each in pieces]


def bpe_train(pieces, merges, specials=()):
    """Byte pair encoding of pieces: find the pairs that are worth a token.

    It begins with one id for each byte, 0 to 255. Then it repeats: count all neighbouring pairs of
    ids inside the pieces, take the most frequent one, among equally frequent ones the smallest
    pair, and give it the next new id, from 256 on; merge it everywhere. It stops when no pair
    occurs twice. Pieces that are specials do not count.
    pieces: a list of bytes, in which many occur often.   merges: the largest number of pairs.
    Returns: pairs, list in order; pair number i made id 256 + i
    """
    # TODO 2: how often does each different piece occur, and how often each pair in it?
    known = {each.encode() for each in specials}
    words = [(list(piece), n) for piece, n in Counter(pieces).items() if piece not in known]
    pairs = []
    while len(pairs) < merges:
        counts = Counter()
        for ids, n in words:
            for pair in pairwise(ids):
                counts[pair] += n
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if counts[best] < 2:  # None, when there is no pair, occurs 0 times
            break
        words = [(merge_pair(ids, best, 256 + len(pairs)), n) for ids, n in words]
        pairs.append(best)
    return pairs


def encode_piece(piece, pairs):
    """The ids of one piece: of the pairs in it, always the one that was found first is merged next.

    piece: bytes, any.   pairs: as `bpe_train` returns them.
    Returns: ids, list of int
    """
    # TODO 3: which of the pairs in the piece has the lowest rank, and when is there none?
    ids, rank = list(piece), {pair: number for number, pair in enumerate(pairs)}
    while len(ids) > 1:
        best = min(pairwise(ids), key=lambda pair: rank.get(pair, len(rank)))
        if best not in rank:
            break
        ids = merge_pair(ids, best, 256 + rank[best])
    return ids


def encode(text, pairs, specials=()):
    """The ids of a text. The specials have the ids behind those of the pairs, in their order.

    Returns: ids, list of int
    """
    # TODO 3: each piece is a special, or goes through `encode_piece`
    first = 256 + len(pairs)
    known = {each.encode(): [first + number] for number, each in enumerate(specials)}
    ids = []
    for piece in pre_split(text, specials):
        if piece not in known:
            known[piece] = encode_piece(piece, pairs)
        ids += known[piece]
    return ids


def decode(ids, pairs, specials=()):
    """The bytes that the ids stand for; a model may well write bytes that are not UTF-8.

    Returns: data, bytes
    """
    # TODO 3: which bytes does each id stand for, those of the specials included?
    table = [bytes([byte]) for byte in range(256)]
    for left, right in pairs:
        table.append(table[left] + table[right])
    table += [each.encode() for each in specials]
    return b"".join(table[each] for each in ids)


def swiglu(gate, up):
    """The gated unit of LLaMA's network: the SiLU of one projection times the other one.

    The numbers may be of any size.
    gate, up: any shape, the same for both.   cache: what `swiglu_backward` needs.
    Returns: out (like gate), cache
    """
    # TODO 4: a sigmoid and two products
    sigmoid = 0.5 * (1 + np.tanh(0.5 * gate))
    return gate * sigmoid * up, (gate, up, sigmoid)


def swiglu_backward(g, cache):
    """The gradients of `swiglu` with respect to both inputs.

    g: the shape of both.   cache: as `swiglu` returns it.
    Returns: ggate (like g), gup (like g)
    """
    # TODO 4: the gate occurs twice in the SiLU, so which two terms does its derivative have?
    gate, up, sigmoid = cache
    derivative = sigmoid + gate * sigmoid * (1 - sigmoid)
    return g * up * derivative, g * gate * sigmoid


def _angles(positions, E, base):  # solution only
    """Cosines and sines of shape (T, E / 2)."""
    angles = np.asarray(positions)[:, None] * base ** (-np.arange(0, E, 2) / E)
    return np.cos(angles), np.sin(angles)


def rope(x, positions, base=10_000.0):
    """Rotary position embedding: each pair of numbers is rotated by an angle.

    Pair i is made of columns i and i + E / 2, and turns by base^(-2i / E) per position.
    x: (..., T, E), E even.   positions: (T,), whole numbers, of the rows of x.
    Returns: y (like x)
    """
    # TODO 5: the angles (T, E / 2), then the rotation of both halves
    cos, sin = _angles(positions, x.shape[-1], base)
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def rope_backward(g, positions, base=10_000.0):
    """The gradient of `rope` with respect to x.

    g: (..., T, E).   positions: (T,).
    Returns: gx (like g)
    """
    # TODO 5: what is the transpose of a rotation?
    return rope(g, -np.asarray(positions), base)


def relative_score(q, k, distance, base=10_000.0):
    """The dot product of a rotated query and a rotated key, from their distance alone.

    Derive it: it must not depend on the two positions themselves, so there is nothing to rotate.
    q, k: (..., E), not rotated.   distance: position of the query minus that of the key.
    Returns: score (...)
    """
    # TODO 5: two sums over the pairs; one is multiplied by cosines, the other one by sines
    (cos,), (sin,) = _angles([distance], q.shape[-1], base)
    qa, qb = np.split(q, 2, axis=-1)
    ka, kb = np.split(k, 2, axis=-1)
    return ((qa * ka + qb * kb) * cos + (qa * kb - qb * ka) * sin).sum(axis=-1)


def grouped_query_attention(q, k, v, mask=None):
    """Attention in which each head of keys and values serves a group of H / K query heads.

    The first H / K query heads share the first head of keys and values, and so on.
    q: (..., H, T, E).   k: (..., K, S, E).   v: (..., K, S, M).   mask: as in `attention`, (T, S).
    Returns: out (..., H, T, M), cache; what `grouped_query_attention_backward` needs
    """
    # TODO 6: give each query head its keys and values, then use `attention`
    group = q.shape[-3] // k.shape[-3]
    repeated = [np.repeat(each, group, axis=-3) for each in (k, v)]
    out, weights = attention(q, *repeated, mask)
    return out, (q, *repeated, weights, group)


def grouped_query_attention_backward(g, cache):
    """The gradients of `grouped_query_attention`.

    g: (..., H, T, M).   cache: as `grouped_query_attention` returns it.
    Returns: gq (..., H, T, E), gk (..., K, S, E), gv (..., K, S, M)
    """
    # TODO 6: `attention_backward` gives one gradient for each query head; who shares them?
    *kept, group = cache
    gq, *repeated = attention_backward(g, kept)
    *front, heads, _, _ = gq.shape
    groups = (each.reshape(*front, heads // group, group, *each.shape[-2:]) for each in repeated)
    return gq, *(each.sum(axis=-3) for each in groups)


def cached_attention(x, W, heads, kv_heads, kept=None):
    """The attention of a block for the next T positions, with keys and values kept from earlier.

    No position attends to a later one. Queries and keys, but not values, go through `rope`.
    x: (N, T, D), the positions after those that are kept.   W: (Wq, Wk, Wv, Wo), weights (out, in).
    kept: None at the beginning, then what the previous call returned.
    Returns: out (N, T, D), kept, tuple; (keys, values), both (N, K, positions so far, E)
    """
    # TODO 7: at which position does x begin, and which keys may each of its positions attend to?
    Wq, Wk, Wv, Wo = W
    past = 0 if kept is None else kept[0].shape[2]
    positions = past + np.arange(x.shape[1])
    q = rope(split(x @ Wq.T, heads), positions)
    k, v = rope(split(x @ Wk.T, kv_heads), positions), split(x @ Wv.T, kv_heads)
    if kept is not None:
        k, v = (np.concatenate(both, axis=2) for both in zip(kept, (k, v), strict=True))
    mask = np.arange(past + x.shape[1]) <= positions[:, None]
    return merge(grouped_query_attention(q, k, v, mask)[0]) @ Wo.T, (k, v)


def param_count(config):
    """How many parameters a model of the LLaMA family has, from its published configuration.

    A block has four matrices for attention, three for the gated network and two norms; there are no
    biases. After the last block follow a norm and the head, which is a second matrix of the size of
    the embedding unless `tie_word_embeddings` is true.
    config: a dict as in config.json, with vocab_size, hidden_size, intermediate_size,
    num_hidden_layers, num_attention_heads, and perhaps num_key_value_heads (as many as there are
    query heads), head_dim (hidden_size shared among the query heads), tie_word_embeddings (false).
    What is given in brackets holds where a name is missing.
    Returns: count, int
    """
    # TODO 8: which arrays does a block have, and of which sizes?
    D, heads = config["hidden_size"], config["num_attention_heads"]
    E = config.get("head_dim", D // heads)
    queries, keys = heads * E, config.get("num_key_value_heads", heads) * E
    block = 2 * D * queries + 2 * D * keys + 3 * D * config["intermediate_size"] + 2 * D
    tables = 1 if config.get("tie_word_embeddings", False) else 2
    return tables * config["vocab_size"] * D + config["num_hidden_layers"] * block + D


def cache_bytes(config, T, N, size):
    """The memory that the keys and values of N sequences of T tokens take.

    config: as in `param_count`.   size: bytes per number, such as 2 for bfloat16.
    Returns: count, int
    """
    # TODO 8: what is kept for each token, in each block?
    heads = config["num_attention_heads"]
    E = config.get("head_dim", config["hidden_size"] // heads)
    kv_heads = config.get("num_key_value_heads", heads)
    return 2 * config["num_hidden_layers"] * kv_heads * E * T * N * size


def flops_per_token(config, T):
    """The operations of the matrix products for one new token that attends to T positions.

    A product of (n, m) and (m, k) costs 2 n m k. Norms, rotations, softmax, the gates and looking
    up the embedding do not count; the head does.
    config: as in `param_count`.   T: the new token itself included.
    Returns: count, int
    """
    # TODO 8: two operations per weight that multiplies the token, and two products with T keys
    D, heads = config["hidden_size"], config["num_attention_heads"]
    E = config.get("head_dim", D // heads)
    queries, keys = heads * E, config.get("num_key_value_heads", heads) * E
    block = 2 * D * queries + 2 * D * keys + 3 * D * config["intermediate_size"]
    products = config["num_hidden_layers"] * (block + 2 * T * queries)
    return 2 * (products + D * config["vocab_size"])


def sample_filter(logits, temperature=1.0, top_k=None, top_p=1.0, min_p=0.0):
    """The probabilities from which the next token is drawn.

    The four settings apply in this order, each to what the one before has left: temperature divides
    the logits, and 0 leaves the largest logit alone, the first one if several are equal; top_k
    keeps the k most probable tokens, and all that are as probable as the last of them; top_p keeps
    the smallest set of most probable tokens whose probabilities, out of what is left, sum to at
    least top_p, the earlier of equally probable ones first; min_p keeps those that are at least
    min_p times as probable as the most probable one.
    logits: (V,).   top_k: None for all.   top_p: 1 for all.
    Returns: p (V,); sums to 1
    """
    # TODO 9: set probabilities to 0, filter by filter, and normalise
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = np.exp((logits - logits.max()) / temperature)
    if top_k is not None:
        p[p < np.sort(p)[-min(top_k, len(p))]] = 0
    if top_p < 1:
        order = np.argsort(-p, kind="stable")
        before = np.cumsum(p[order]) - p[order]
        p[order[before >= top_p * p.sum()]] = 0
    p[p < min_p] = 0  # that of the most probable token is exp(0) = 1
    return p / p.sum()


def fit_power_law(sizes, losses, error):
    """Fit losses = floor + A sizes^(-alpha), and say what the measurements do not decide.

    1,000 equally spaced floors are tried, from 0 up to the smallest loss, which is left out. For
    each of them, A and alpha come from the straight line through log(losses - floor) against
    log(sizes), by least squares. A curve is as bad as its largest absolute difference from a loss.
    The floor with the best curve is returned, and the interval reaches from the lowest to the
    highest floor whose curve misses no loss by more than `error`.
    sizes, losses: (n,), n at least 3.   error: how far a measured loss may be off.
    ValueError if there is no such floor: then the losses do not follow this form.
    Returns: floor, float, A, float, alpha, float, interval, tuple, identified, bool; False if the
    floor may be 0
    """
    # TODO 10: for each floor, fit a line; how far is its curve from the losses?
    floors = np.linspace(0, losses.min(), 1000, endpoint=False)
    logs = np.log(losses[:, None] - floors)  # a column for each floor
    exponents, intercepts = np.polyfit(np.log(sizes), logs, 1)
    curves = floors + np.exp(intercepts) * sizes[:, None] ** exponents
    misses = np.abs(curves - losses[:, None]).max(axis=0)
    possible = floors[misses <= error]
    if not len(possible):
        raise ValueError("the losses do not follow a power law with a floor to within this error")
    best = misses.argmin()
    A, alpha = float(np.exp(intercepts[best])), -float(exponents[best])
    interval = float(possible[0]), float(possible[-1])
    return float(floors[best]), A, alpha, interval, interval[0] > 0


def sft_example(prompt, answer, end, T):
    """One conversation as T tokens, and which of them the model is trained to write.

    The prompt, the answer, the token `end`, and `end` again as padding. The answer is trained, and
    so is what tells the model to stop there.
    prompt, answer: lists of ids.
    ValueError if they do not fit into T tokens.
    Returns: ids (T,), int, mask (T,), bool; True for tokens to be written
    """
    # TODO 11: which tokens does the model write: the prompt, the answer, `end`, the padding?
    length = len(prompt) + len(answer) + 1
    if length > T:
        raise ValueError(f"{length} tokens do not fit into {T}")
    ids = np.array([*prompt, *answer, *[end] * (T - length + 1)])
    position = np.arange(T)
    return ids, (position >= len(prompt)) & (position < length)


def answer_logp(logits, ids, mask):
    """The log-probability of each answer: the sum over its tokens, each given all before it.

    logits: (N, T, V), at each position those of the next token.   ids, mask: (N, T), as
    `sft_example` makes them. The first token of a sequence is predicted by nothing, and does not
    count.   cache: what `answer_logp_backward` needs.
    Returns: logp (N,), cache
    """
    # TODO 11: a log-softmax, and at each position the entry of the token that follows
    shifted = logits[:, :-1] - logits[:, :-1].max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    written = np.take_along_axis(log_p, ids[:, 1:, None], axis=-1)[..., 0]
    return (written * mask[:, 1:]).sum(axis=1), (log_p, ids, mask)


def answer_logp_backward(g, cache):
    """The gradient of `answer_logp` with respect to the logits.

    g: (N,).   cache: as `answer_logp` returns it.
    Returns: glogits (N, T, V)
    """
    # TODO 11: one-hot minus probabilities, where the mask is True; and the last position?
    log_p, ids, mask = cache
    one_hot = ids[:, 1:, None] == np.arange(log_p.shape[-1])
    inside = g[:, None, None] * mask[:, 1:, None] * (one_hot - np.exp(log_p))
    return np.pad(inside, ((0, 0), (0, 1), (0, 0)))


def sft_loss(logits, ids, mask):
    """The mean cross-entropy of all answer tokens in the batch, and its gradient.

    logits: (N, T, V).   ids, mask: (N, T).
    Returns: loss, float, g (N, T, V)
    """
    # TODO 11: by what is the sum of `answer_logp` divided?
    count = mask[:, 1:].sum()
    logp, cache = answer_logp(logits, ids, mask)
    return float(-logp.sum() / count), answer_logp_backward(np.full(len(ids), -1 / count), cache)


class LoRA:
    """A linear layer that is frozen, and beside it a product of two thin matrices to be trained.

    params: [A, B], A (R, in) and B (out, R).   grads: their gradients, set by `backward`.
    """

    def __init__(self, linear, R, alpha, rng):
        """linear: a `Linear`.   The product is multiplied by alpha / R.

        A is drawn as rng.normal, with standard deviation 1 / sqrt(in). B begins so that the layer
        computes what `linear` does.
        """
        # TODO 12: keep the layer and the scale; make A and B
        self.linear, self.scale = linear, alpha / R
        D_out, D_in = linear.params[0].shape
        self.params = [rng.normal(size=(R, D_in)) / math.sqrt(D_in), np.zeros((D_out, R))]

    def forward(self, x):
        """Keeps what `backward` needs in self. x: (N, T, in).

        Returns: y (N, T, out)
        """
        # TODO 12: two paths from x to y
        A, B = self.params
        self.x, self.thin = x, x @ A.T
        return self.linear.forward(x) + self.scale * self.thin @ B.T

    def backward(self, g):
        """Sets self.grads. g: (N, T, out).

        Returns: gx (N, T, in)
        """
        # TODO 12: the gradients of A and B, and both paths of x
        A, B = self.params
        gthin = self.scale * g @ B
        gB = self.scale * np.einsum("nto,ntr->or", g, self.thin, optimize=True)
        self.grads = [np.einsum("ntr,nti->ri", gthin, self.x, optimize=True), gB]
        return g @ self.linear.merged() + gthin @ A

    def merged(self):
        """One matrix that does the work of both paths.

        Returns: W (out, in)
        """
        # TODO 12: what does x get multiplied by in all?
        A, B = self.params
        return self.linear.merged() + self.scale * B @ A


def finetune(model, optimizer, steps):
    """The training loop of fine-tuning, with the gradients of several batches added up for a step.

    A step has as much memory as its largest batch needs, and the result of one large batch: the
    loss of a step is the mean over all answer tokens of its batches, whichever batch they are in.
    losses holds the loss of each step, before it is taken.
    model: a `Llama`.   optimizer: its method step(grads) changes the arrays of model.params.
    steps: a list with, for each step, a list of batches (ids, mask), both (N, T).
    Returns: losses, list of float
    """
    # TODO 13: how much does each batch count in its step?
    losses = []
    for batches in steps:
        total = sum(mask[:, 1:].sum() for _, mask in batches)
        loss, grads = 0.0, [0.0] * len(model.params)
        for ids, mask in batches:
            fraction = mask[:, 1:].sum() / total
            part, g = sft_loss(model.forward(ids), ids, mask)
            loss += fraction * part
            new = model.backward(fraction * g)
            grads = [old + each for old, each in zip(grads, new, strict=True)]
        optimizer.step(grads)
        losses.append(float(loss))
    return losses


def dpo_loss(logp_w, logp_l, ref_w, ref_l, beta):
    """Direct preference optimisation: the better answer should gain more than the worse one.

    The gain of an answer is its log-probability minus that under the reference model, which does
    not change. The loss is the mean of -log sigmoid(beta times the difference of the two gains).
    logp_w, logp_l, ref_w, ref_l: (N,), log-probabilities of the better (w) and the worse (l) answer
    of each pair, under the model and under the reference model.
    Returns: loss, float, g_w (N,), g_l (N,); the gradients with respect to logp_w and logp_l
    """
    # TODO 14: the margin, a logarithm that does not overflow, and two gradients of opposite sign
    margin = beta * ((logp_w - ref_w) - (logp_l - ref_l))
    g = -beta * np.exp(-np.logaddexp(0, margin)) / len(margin)
    return float(np.logaddexp(0, -margin).mean()), g, -g


def bits_per_byte(nll, text):
    """How many bits a model needs for each byte of a text; comparable between tokenizers.

    nll: (n,), for each token of the text minus the natural logarithm of its probability.
    text: a string.
    Returns: bits, float
    """
    # TODO 15: nats into bits, and the bytes of the text
    return float(nll.sum() / math.log(2) / len(text.encode()))
