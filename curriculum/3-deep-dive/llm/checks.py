"""What is asked of `llm`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

There are three times as many query heads as heads of keys and values, more keys than queries, and
values of a width of their own, so that a swapped axis or a wrong group shows. Pairs of tokens are
drawn rather than trained, so that no task needs another's.
"""

import numpy as np

from undergrad.checker import improves_on, raises, task, within

N, T, S = 3, 5, 7
HEADS, KV_HEADS, E, M = 6, 2, 4, 8
SPECIALS = ("<|end|>", "(a+b)")
WORDS = (
    "whale", "Ishmael", "na\u00efve", "\u043a\u0438\u0442", "\u9be8", "1", "42", "1851", "1234567",
    " ", " ", " ", "  ", "   ", "\n", "\n\n", "\t", ",", ".", "...", "_", "__", "'", "!?", "- ",
    "\U0001f433",
)  # fmt: skip


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def some_text(rng, n=40):
    """Letters of several alphabets, digits, punctuation and whitespace, side by side at random."""
    return "".join(WORDS[each] for each in rng.integers(len(WORDS), size=n))


def some_pairs(rng, letters, n):
    """n different pairs of letters and of earlier pairs, as byte pair encoding could find them."""
    ids, pairs = list(letters), []
    while len(pairs) < n:
        pair = tuple(int(ids[each]) for each in rng.integers(len(ids), size=2))
        if pair not in pairs:
            pairs.append(pair)
            ids.append(255 + len(pairs))
    return pairs


def some_bytes(rng, letters, n):
    return bytes(letters[each] for each in rng.integers(len(letters), size=n))


def as_lists(pieces):
    """Pieces of bytes as lists of numbers, which can be compared one by one."""
    return [list(piece) for piece in pieces]


# --- 1 to 3: the tokenizer ----------------------------------------------------------------------


@task(1, "cuts letters, digits, other characters and whitespace apart")
def kinds(code, rng):
    fixed = ["", "The whale", "na\u00efve  \u043a\u0438\u0442", "1851, 42nd", "don't", "a_b __c"]
    return [as_lists(code.pre_split(text)) for text in (*fixed, some_text(rng))]


@task(1, "leaves the last character of a run of whitespace for what follows")
def spaces(code, rng):
    run = " " * whole(rng, 2, 5)
    texts = ["a\n\nb", "a\t\tb", " \n ", " a", f"if x:\n{run}y"]
    texts += [f"a{run}12", f"end{run}", f"a{run}."]
    return [as_lists(code.pre_split(text)) for text in texts]


@task(1, "keeps specials in one piece wherever they occur")
def specials(code, rng):
    texts = [f"{some_text(rng, 5)}{each}{some_text(rng, 5)}" for each in (*SPECIALS, "<|end|>" * 2)]
    texts.append("one  <|end|>two (a+b)s aab")
    return [as_lists(code.pre_split(text, SPECIALS)) for text in texts]


@task(2, "takes the most frequent pair, among equal ones the smallest", keeps_arguments=True)
def frequent(code, rng):
    letters = b"abcd"
    pieces = [some_bytes(rng, letters, whole(rng, 1, 6)) for _ in range(60)]
    return code.bpe_train(pieces, 12), code.bpe_train(pieces, 1), code.bpe_train(pieces, 0)


@task(2, "counts a piece as often as it occurs, and no pair across two pieces")
def counted(code, rng):
    often = whole(rng, 4, 9)
    pieces = [b"xy"] * often + [b"zx"] * (often + 2) + [b"pq" + bytes([each]) for each in range(6)]
    return code.bpe_train([*pieces, *[b"y", b"z"] * 20], 10)


@task(2, "stops when no pair occurs twice")
def stopped(code, rng):
    letter = bytes([whole(rng, 97, 122)])
    return [code.bpe_train(pieces, 50) for pieces in ([], [b"ab", b"bc"], [letter * 11, b"ab"])]


@task(2, "leaves specials out")
def without_specials(code, rng):
    pieces = [b"<|end|>"] * 9 + [b"(a+b)"] * 7 + [b"end", b"|>", b"a+"] * 2
    return code.bpe_train(pieces, 6, SPECIALS), code.bpe_train(pieces, 6)


@task(3, "merges the pair that was found first", keeps_arguments=True)
def lowest_rank(code, rng):
    pairs = some_pairs(rng, b"ab", 12)
    pieces = [some_bytes(rng, b"abc", n) for n in (0, 1, 5)]
    pieces += [some_bytes(rng, b"ab", n) for n in range(20, 60)]
    both = [(97, 98), (98, 97)]
    fixed = [code.encode_piece(piece, both) for piece in (b"bab", b"aba", b"ab")]
    return fixed, [code.encode_piece(piece, pairs) for piece in pieces]


@task(3, "encodes a text piece by piece", needs=[1], keeps_arguments=True)
def piecewise(code, rng):
    text = some_text(rng) + "whale" + some_text(rng)
    pairs = some_pairs(rng, b"whale 5\n", 40)
    crossing = [(101, 32), (32, 119), (32, 32), (119, 104), (259, 97)]
    return code.encode(text, pairs), code.encode("whale whale  whale", crossing)


@task(3, "gives specials the ids behind those of the pairs", needs=[1])
def special_ids(code, rng):
    pairs = some_pairs(rng, b"<|end>", whole(rng, 3, 9))
    text = f"{some_text(rng, 5)}<|end|>{some_text(rng, 5)}(a+b)<|end|>"
    return code.encode(text, pairs, SPECIALS), code.encode(text, pairs)


@task(3, "decodes any ids to bytes", keeps_arguments=True)
def any_bytes(code, rng):
    pairs = some_pairs(rng, bytes(range(120, 140)), 20)
    ids = [*map(int, rng.integers(256 + 20 + 2, size=50)), 277, 276]
    found = code.decode(ids, pairs, SPECIALS), code.decode([], pairs), code.decode([275], pairs)
    return as_lists(found)


# --- 4 to 7: the block --------------------------------------------------------------------------


@task(4, "multiplies the SiLU of the gate by the other input", keeps_arguments=True)
def gated(code, rng):
    pairs = [rng.normal(size=(2, *shape)) for shape in ((4,), (N, T, 6))]
    pairs.append(np.array([[-1000.0, -30, 0, 30, 1000]] * 2))
    return [np.asarray(code.swiglu(2 * gate, up)[0]) for gate, up in pairs]


@task(4, "gives the gradients of both inputs", keeps_arguments=True)
def gated_gradients(code, rng):
    found = []
    for scale in (1.5, 100):
        gate, up, g = rng.normal(size=(3, N, T, 6))
        found.append(code.swiglu_backward(g, code.swiglu(scale * gate, up)[1]))
    return found


@task(5, "rotates each pair by its angle", keeps_arguments=True)
def rotated(code, rng):
    positions = rng.permutation(40)[:T]
    found = [code.rope(rng.normal(size=(*front, T, 6)), positions) for front in ((), (N, HEADS))]
    return [*found, code.rope(rng.normal(size=(1, 8)), np.array([3]), 100.0)]


@task(5, "keeps the length of every row", judge=within(0, 1e-9))
def lengths(code, rng):
    x = rng.normal(size=(N, T, 6))
    y = code.rope(x, rng.integers(1000, size=T))
    return float(np.abs((y**2).sum(axis=-1) - (x**2).sum(axis=-1)).max())


@task(5, "rotates gradients back", keeps_arguments=True)
def rotated_back(code, rng):
    positions, g = rng.integers(40, size=T), rng.normal(size=(N, HEADS, T, 6))
    return code.rope_backward(g, positions), code.rope_backward(g, positions, 50.0)


@task(5, "derives the score from the distance alone", keeps_arguments=True)
def derived(code, rng):
    q, k = rng.normal(size=(2, N, T, 6))
    near, far = whole(rng, 1, 9), whole(rng, 100, 900)
    scores = [code.relative_score(q, k, distance) for distance in (0, near, -near, far)]
    return [*scores, code.relative_score(q[0, 0], k, near, 100.0)]


@task(5, "gives the score of two rotated vectors at any positions", judge=within(0, 1e-12))
def relative(code, rng):
    q, k = rng.normal(size=(2, 1, 8)) / 3
    m, n, shift = (whole(rng, 0, 60) for _ in range(3))
    scores = [
        float(np.sum(code.rope(q, np.array([m + s])) * code.rope(k, np.array([n + s]))))
        for s in (0, shift)
    ]
    return [abs(each - float(code.relative_score(q[0], k[0], m - n))) for each in scores]


def heads_input(rng, front=(N,), heads=HEADS, kv_heads=KV_HEADS):
    """Queries, keys and values of several heads."""
    shapes = ((*front, heads, T, E), (*front, kv_heads, S, E), (*front, kv_heads, S, M))
    return [1.5 * rng.normal(size=shape) for shape in shapes]


@task(6, "lets each group of query heads share keys and values", keeps_arguments=True)
def grouped(code, rng):
    mask = rng.random((T, S)) < 0.6
    mask[:, 0] = True
    return [
        np.asarray(code.grouped_query_attention(*heads_input(rng, front), given)[0])
        for front in ((), (N,))
        for given in (None, mask)
    ]


@task(6, "is multi-head attention with as many heads, and multi-query attention with one")
def extremes(code, rng):
    sizes = ((KV_HEADS, KV_HEADS), (HEADS, 1))
    return [
        np.asarray(code.grouped_query_attention(*heads_input(rng, (N,), *each))[0])
        for each in sizes
    ]


@task(6, "gives the gradients, summed over those that share", keeps_arguments=True)
def grouped_gradients(code, rng):
    found = []
    for front, heads, kv_heads in (((N,), HEADS, KV_HEADS), ((), HEADS, 1), ((N,), 2, 2)):
        mask = np.tri(T, S, 1, dtype=bool)
        inputs = heads_input(rng, front, heads, kv_heads)
        _, cache = code.grouped_query_attention(*inputs, mask)
        g = rng.normal(size=(*front, heads, T, M))
        found.append(code.grouped_query_attention_backward(g, cache))
    return found


def layer_input(rng, length=9):
    """x (N, length, D) and the four matrices of the attention of a block."""
    width, kv = HEADS * E, KV_HEADS * E
    shapes = ((width, width), (kv, width), (kv, width), (width, width))
    weights = tuple(rng.normal(size=shape) / 3 for shape in shapes)
    return rng.normal(size=(N, length, width)), weights


def in_parts(code, x, W, *cuts):
    """The outputs of several calls, one after the other, and what the last one kept."""
    kept, out = None, []
    for part in np.split(x, cuts, axis=1):
        new, kept = code.cached_attention(part, W, HEADS, KV_HEADS, kept)
        out.append(new)
    return np.concatenate(out, axis=1), kept


@task(7, "is causal attention with rotated queries and keys", needs=[5, 6], keeps_arguments=True)
def whole_sequence(code, rng):
    x, W = layer_input(rng)
    out, kept = code.cached_attention(x, W, HEADS, KV_HEADS)
    return out, [np.shape(each) for each in kept]


@task(7, "goes on after what was kept", needs=[5, 6], keeps_arguments=True)
def continued(code, rng):
    x, W = layer_input(rng)
    out, kept = in_parts(code, x, W, 4, 5, 7)
    return out, [np.shape(each) for each in kept]


@task(7, "gives token by token what it gives at once", needs=[5, 6], judge=within(0, 1e-10))
def one_by_one(code, rng):
    x, W = layer_input(rng)
    whole_out, _ = code.cached_attention(x, W, HEADS, KV_HEADS)
    return float(np.abs(whole_out - in_parts(code, x, W, *range(1, 9))[0]).max())


# --- 8 to 10: counts, sampling, scaling ---------------------------------------------------------

LLAMA_2_7B = {
    "vocab_size": 32_000, "hidden_size": 4096, "intermediate_size": 11_008,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
    "tie_word_embeddings": False, "torch_dtype": "float16",
}  # fmt: skip
LLAMA_3_8B = {
    **LLAMA_2_7B, "vocab_size": 128_256, "intermediate_size": 14_336, "num_key_value_heads": 8,
}  # fmt: skip
LLAMA_32_1B = {
    "vocab_size": 128_256, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
    "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
    "tie_word_embeddings": True,
}  # fmt: skip


def some_config(rng):
    """Heads wider than the width divided by their number, as some families have them."""
    heads = whole(rng, 3, 5)
    config = {
        "vocab_size": whole(rng, 100, 200), "hidden_size": 8 * heads, "num_attention_heads": heads,
        "num_hidden_layers": whole(rng, 6, 9), "intermediate_size": whole(rng, 50, 70),
    }  # fmt: skip
    return config, {**config, "head_dim": 12, "num_key_value_heads": 1}


@task(8, "counts the parameters of LLaMA-2 7B and Llama-3 8B exactly", judge=within(0, 0))
def published(code, rng):
    exact = {6_738_415_616: LLAMA_2_7B, 8_030_261_248: LLAMA_3_8B, 1_235_814_400: LLAMA_32_1B}
    return [abs(code.param_count(config) - right) for right, config in exact.items()]


@task(8, "counts parameters where names are missing and heads are wider", keeps_arguments=True)
def other_families(code, rng):
    return [code.param_count(each) for each in (*some_config(rng), LLAMA_32_1B)]


@task(8, "counts the bytes of the cache", keeps_arguments=True)
def cached(code, rng):
    t, n, size = whole(rng, 10, 99), whole(rng, 3, 9), whole(rng, 1, 4)
    configs = (LLAMA_2_7B, LLAMA_3_8B, *some_config(rng))
    return [code.cache_bytes(each, t, n, size) for each in configs]


@task(8, "counts the operations for a token", keeps_arguments=True)
def operations(code, rng):
    configs = (LLAMA_2_7B, LLAMA_32_1B, *some_config(rng))
    return [code.flops_per_token(each, t) for each in configs for t in (1, whole(rng, 50, 99))]


def drawn_from(code, logits, **settings):
    """The probabilities, and which of them are not 0."""
    p = code.sample_filter(logits, **settings)
    return p, np.asarray(p) > 0


@task(9, "divides by the temperature, and takes the largest logit at 0", keeps_arguments=True)
def temperature(code, rng):
    logits = 3 * rng.normal(size=11)
    tied = np.array([0.5, 2.0, 2.0, -1.0])
    settings = ({}, {"temperature": 0.4}, {"temperature": 3.0}, {"temperature": 0})
    found = [drawn_from(code, logits, **each) for each in settings]
    return [*found, drawn_from(code, tied, temperature=0), drawn_from(code, 1000 * logits)]


@task(9, "keeps the k most probable, and those that are equal to the last", keeps_arguments=True)
def top_k(code, rng):
    logits = rng.normal(size=9)
    tied = rng.permutation([3.0, 2.0, 2.0, 2.0, 1.0, 0.0])
    found = [drawn_from(code, logits, top_k=k) for k in (1, whole(rng, 2, 8), 9, 20)]
    return [*found, *[drawn_from(code, tied, top_k=k) for k in (2, 3, 5)]]


@task(9, "keeps the first tokens that reach p together, the one that crosses included")
def top_p(code, rng):
    logits = rng.permutation(np.log([0.4, 0.25, 0.15, 0.1, 0.06, 0.04]))
    tied, many = np.zeros(8), np.floor(3 * rng.random(60))
    found = [drawn_from(code, logits, top_p=p) for p in (1e-6, 0.3, 0.5, 0.7, 0.95, 0.999)]
    ties = [drawn_from(code, tied, top_p=p) for p in (0.1, 0.25, 0.5)]
    return found, ties, [drawn_from(code, many, top_p=p) for p in (0.2, 0.4, 0.6)]


@task(9, "changes nothing at p = 1, however improbable a token is", keeps_arguments=True)
def whole_nucleus(code, rng):
    logits = np.append(rng.normal(size=5), [-60.0, -80.0])
    return drawn_from(code, logits, top_p=1.0), drawn_from(code, np.array([-60.0, 0.0, -80.0]))


@task(9, "keeps what is probable enough beside the most probable", keeps_arguments=True)
def min_p(code, rng):
    logits = rng.permutation(np.log([0.4, 0.25, 0.15, 0.1, 0.06, 0.04]))
    found = [drawn_from(code, logits, min_p=p) for p in (0.0, 0.12, 0.3, 0.5, 1.0)]
    return [*found, drawn_from(code, logits, min_p=0.3, temperature=2.0)]


@task(9, "applies the filters in their order, each to what is left", keeps_arguments=True)
def all_filters(code, rng):
    logits = rng.permutation(np.log([0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.04, 0.03]))
    together = (
        {"top_k": 4, "top_p": 0.75},
        {"temperature": 2.0, "top_k": 6, "top_p": 0.7, "min_p": 0.5},
        {"temperature": 0, "top_k": 3, "top_p": 0.1, "min_p": 0.9},
        {"temperature": 0.5, "top_p": 0.8},
    )
    return [drawn_from(code, logits, **each) for each in together]


SIZES = 1e3 * 4.0 ** np.arange(5)


@task(10, "recovers a floor, a factor and an exponent", keeps_arguments=True)
def recovered(code, rng):
    floor, A, alpha = rng.uniform(0.5, 2), rng.uniform(5, 20), rng.uniform(0.2, 0.5)
    losses = floor + A * SIZES**-alpha
    noisy = losses + 0.002 * rng.normal(size=5)
    return code.fit_power_law(SIZES, losses, 0.01), code.fit_power_law(SIZES, noisy, 0.02)


@task(10, "says that a floor is not identified when it may be 0", keeps_arguments=True)
def not_identified(code, rng):
    losses = rng.uniform(5, 20) * SIZES[:4] ** -0.2
    blurred = 0.3 + losses + 0.03 * rng.normal(size=4)
    return code.fit_power_law(SIZES[:4], losses, 0.001), code.fit_power_law(SIZES[:4], blurred, 0.2)


@task(10, "refuses losses of another form", judge=raises(ValueError))
def another_form(code, rng):
    losses = np.array([3.0, 2.0, 2.5, 1.5, 2.2]) + 0.1 * rng.random(5)
    return code.fit_power_law(SIZES, losses, 0.01)


# --- 11 to 15: after training -------------------------------------------------------------------


@task(11, "trains the answer and the token that ends it", keeps_arguments=True)
def examples(code, rng):
    prompt, answer = ([int(i) for i in rng.integers(50, size=n)] for n in (4, 3))
    end = 50
    cases = ((prompt, answer, 12), (prompt, answer, 8), ([], answer, 6), (prompt, [], 7))
    return [code.sft_example(first, then, end, t) for first, then, t in cases]


@task(11, "refuses what does not fit", judge=raises(ValueError))
def too_long(code, rng):
    return code.sft_example([1, 2, 3, 4], [5, 6, 7], 9, 7)


def answers_input(rng, scale=1.0):
    """Logits, ids and masks with different numbers of tokens to be written, perhaps none."""
    V = 6
    logits = scale * rng.normal(size=(N, T, V)) + 1000 * rng.normal(size=(N, T, 1))
    mask = rng.random((N, T)) < 0.6
    mask[0], mask[1, 1:] = True, False
    return logits, rng.integers(V, size=(N, T)), mask


@task(11, "sums the log-probabilities of the next tokens of each answer", keeps_arguments=True)
def log_probabilities(code, rng):
    return [np.asarray(code.answer_logp(*answers_input(rng, s))[0]) for s in (1.0, 1000.0)]


@task(11, "gives their gradient, and none to prompts", keeps_arguments=True)
def log_probability_gradients(code, rng):
    _, cache = code.answer_logp(*answers_input(rng, 2.0))
    return code.answer_logp_backward(rng.normal(size=N), cache)


@task(11, "gives every answer token of the batch the same weight", keeps_arguments=True)
def supervised(code, rng):
    return code.sft_loss(*answers_input(rng, 2.0))


def adapted(code, rng, D_out=5, D_in=7, R=3):
    """A layer, LoRA around it, and another generator in the same state."""
    linear = code.Linear(D_out, D_in, rng)
    return linear, code.LoRA(linear, R, whole(rng, 4, 9), rng)


def moved(layer, rng):
    """A and B after some training."""
    layer.params = [each + rng.normal(size=each.shape) for each in layer.params]
    return layer


@task(12, "computes at first what the layer does")
def same_at_first(code, rng):
    linear, layer = adapted(code, rng)
    x = rng.normal(size=(N, T, 7))
    return layer.forward(x), layer.params, layer.merged() - linear.params[0]


@task(12, "adds the product of two thin matrices, scaled")
def two_paths(code, rng):
    layer = moved(adapted(code, rng)[1], rng)
    return layer.forward(rng.normal(size=(N, T, 7))), layer.merged()


@task(12, "gives the gradients of both matrices and of x, and leaves the layer alone")
def adapter_gradients(code, rng):
    linear, layer = adapted(code, rng)
    before, found = linear.params[0].copy(), []
    for _ in range(2):
        layer.forward(rng.normal(size=(N, T, 7)))
        gx = layer.backward(rng.normal(size=(N, T, 5)))
        found.append((gx, list(layer.grads)))
        moved(layer, rng)
    return found, linear.params[0] - before


class Steps:
    """Gradient descent that remembers what it was given."""

    def __init__(self, params, lr):
        self.params, self.lr, self.seen = params, lr, []

    def step(self, grads):
        self.seen.append([np.array(each) for each in grads])
        for w, g in zip(self.params, grads, strict=True):
            w -= self.lr * g


def small_model(code, rng):
    return code.Llama(V=7, D=8, layers=1, heads=2, kv_heads=1, F=10, rng=rng)


def batch(rng, n, density):
    mask = rng.random((n, T)) < density
    mask[0, -1] = True
    return rng.integers(7, size=(n, T)), mask


@task(13, "adds up gradients, each answer token with the same weight", needs=[4, 5, 6, 11])
def accumulated(code, rng):
    model = small_model(code, rng)
    optimizer = Steps(model.params, 0.1)
    steps = [
        [batch(rng, 4, 0.9), batch(rng, 2, 0.2), batch(rng, 3, 0.5)],
        [batch(rng, 3, 0.5)],
        [batch(rng, 2, 0.9), batch(rng, 4, 0.1)],
    ]
    losses = code.finetune(model, optimizer, steps)
    return losses, optimizer.seen, model.params


def copied(rng, every, n=32):
    """A step with one batch: random tokens, a mark, and the token before the mark once more.

    every: all tokens are trained, and not the last one alone.
    """
    ids = rng.integers(6, size=(n, T))
    ids[:, -2], ids[:, -1] = 6, ids[:, -3]
    return [(ids, np.ones((n, T), bool) if every else np.tile(np.arange(T) == T - 1, (n, 1)))]


@task(
    13,
    "learns answers sooner when the prompts are not trained",
    needs=[4, 5, 6, 11],
    judge=improves_on(by=0.3),
)
def answers_alone(code, rng):
    """The loss of the answers after as many steps, with the prompts trained and without."""
    after, seed = [], whole(rng, 0, 10**6)
    for every in (True, False):
        rng = np.random.default_rng(seed)
        model = code.Llama(V=7, D=16, layers=1, heads=2, kv_heads=1, F=10, rng=rng)
        code.finetune(model, Steps(model.params, 0.15), [copied(rng, every) for _ in range(50)])
        after += code.finetune(model, Steps(model.params, 0), [copied(rng, False, 200)])
    return after


@task(13, "trains what LoRA adds, and nothing else", needs=[4, 5, 6, 11, 12])
def with_lora(code, rng):
    model = small_model(code, rng)
    frozen = model.params
    before = [each.copy() for each in frozen]
    code.add_lora(model, 2, 4, rng)
    optimizer = Steps(model.params, 0.1)
    losses = code.finetune(model, optimizer, [[batch(rng, 4, 0.5)] for _ in range(2)])
    kept = [bool((old == new).all()) for old, new in zip(before, frozen, strict=True)]
    return losses, model.params, kept


@task(14, "rewards a better answer that gains more", keeps_arguments=True)
def preferences(code, rng):
    logps = rng.normal(size=(4, N))
    return code.dpo_loss(*logps, 0.7), code.dpo_loss(*logps[[0, 1, 0, 1]], 0.1)


@task(14, "stays finite for answers of any length", keeps_arguments=True)
def long_answers(code, rng):
    logps = 1e4 * rng.normal(size=(4, N))
    return code.dpo_loss(*logps, 0.5), code.dpo_loss(*logps[[1, 0, 3, 2]], 0.5)


@task(15, "counts bits and bytes", keeps_arguments=True)
def compressed(code, rng):
    texts = ("whale", "na\u00efve \u043a\u0438\u0442 \u9be8", some_text(rng) + "\u9be8")
    return [code.bits_per_byte(rng.gamma(2.0, size=whole(rng, 3, 20)), text) for text in texts]
