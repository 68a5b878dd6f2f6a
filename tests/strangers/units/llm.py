# right: character by character, without regular expressions
def pre_split(text, specials=()):
    pieces, at = [], 0

    def kind(c):
        if c.isalpha():
            return "letter"
        if c.isdigit():
            return "digit"
        return "space" if c.isspace() else "other"

    def cut(part):
        i, found = 0, []
        while i < len(part):
            k, j = kind(part[i]), i
            if part[i] == " " and i + 1 < len(part) and kind(part[i + 1]) in ("letter", "other"):
                k, j = kind(part[i + 1]), i + 1
            start = i
            while j < len(part) and kind(part[j]) == k:
                j += 1
            if k == "digit":
                j = min(j, i + 3)
            if k == "space" and j < len(part) and j - i > 1:
                j -= 1
            found.append(part[start:j])
            i = j
        return found

    while at < len(text):
        hits = [(text.find(s, at), s) for s in specials if text.find(s, at) >= 0]
        end, special = min(hits, default=(len(text), ""))
        pieces += cut(text[at:end])
        if special:
            pieces.append(special)
        at = end + len(special)
    return [p.encode("utf-8") for p in pieces]


# right: scores kept in a dictionary, and max with a key that turns both numbers round
def bpe_train(pieces, merges, specials=()):
    skip = [s.encode() for s in specials]
    freq = {}
    for piece in pieces:
        if piece not in skip:
            freq[piece] = freq.get(piece, 0) + 1
    vocab = {piece: tuple(piece) for piece in freq}
    result = []
    for step in range(merges):
        stats = {}
        for piece, ids in vocab.items():
            for a, b in zip(ids, ids[1:]):
                stats[a, b] = stats.get((a, b), 0) + freq[piece]
        if not stats:
            break
        top = max(stats.values())
        if top < 2:
            break
        pair = min(p for p in stats if stats[p] == top)
        vocab = {p: tuple(merge_pair(list(ids), pair, 256 + step)) for p, ids in vocab.items()}
        result.append(pair)
    return result


# right: all merges replayed in their order
def encode_piece(piece, pairs):
    ids = list(piece)
    for number, pair in enumerate(pairs):
        ids = merge_pair(ids, tuple(pair), 256 + number)
    return ids


# right: recursive expansion of an id
def decode(ids, pairs, specials=()):
    def expand(i):
        if i < 256:
            return bytes([i])
        if i < 256 + len(pairs):
            left, right = pairs[i - 256]
            return expand(left) + expand(right)
        return specials[i - 256 - len(pairs)].encode()

    out = b""
    for i in ids:
        out += expand(i)
    return out


# right: a sigmoid that overflows into inf and still gives 0
def swiglu(gate, up):
    with np.errstate(over="ignore"):
        sigmoid = 1 / (1 + np.exp(-gate))
    return gate * sigmoid * up, (gate, up, sigmoid)


# right: complex numbers
def rope(x, positions, base=10_000.0):
    half = x.shape[-1] // 2
    z = x[..., :half] + 1j * x[..., half:]
    theta = base ** (-2 * np.arange(half) / x.shape[-1])
    z = z * np.exp(1j * np.outer(positions, theta))
    return np.concatenate([z.real, z.imag], axis=-1)


# right: the way of Hugging Face, with cosines repeated and a rotated half
def rope(x, positions, base=10_000.0):
    inv_freq = 1.0 / (base ** (np.arange(0, x.shape[-1], 2) / x.shape[-1]))
    freqs = np.asarray(positions)[:, None] * inv_freq[None, :]
    emb = np.concatenate((freqs, freqs), axis=-1)
    x1, x2 = x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]
    return x * np.cos(emb) + np.concatenate((-x2, x1), axis=-1) * np.sin(emb)


# right: the query rotated by the distance, the key not at all
def relative_score(q, k, distance, base=10_000.0):
    turned = rope(q[..., None, :], np.array([distance]), base)[..., 0, :]
    return (turned * k).sum(axis=-1)


# right: the queries of a group one below the other
def grouped_query_attention(q, k, v, mask=None):
    *front, h, t, e = q.shape
    groups = h // k.shape[-3]
    repeated_k = np.concatenate(
        [k[..., i // groups : i // groups + 1, :, :] for i in range(h)], axis=-3
    )
    repeated_v = np.concatenate(
        [v[..., i // groups : i // groups + 1, :, :] for i in range(h)], axis=-3
    )
    out, w = attention(q, repeated_k, repeated_v, mask)
    return out, (q, repeated_k, repeated_v, w, groups)


# right: one token at a time in a loop
def cached_attention(x, W, heads, kv_heads, kept=None):
    Wq, Wk, Wv, Wo = W
    outs = []
    for t in range(x.shape[1]):
        now = x[:, t : t + 1]
        pos = np.array([0 if kept is None else kept[0].shape[2]])
        q = rope(split(now @ Wq.T, heads), pos)
        k = rope(split(now @ Wk.T, kv_heads), pos)
        v = split(now @ Wv.T, kv_heads)
        if kept is not None:
            k = np.concatenate([kept[0], k], axis=2)
            v = np.concatenate([kept[1], v], axis=2)
        kept = (k, v)
        outs.append(merge(grouped_query_attention(q, k, v)[0]) @ Wo.T)
    return np.concatenate(outs, axis=1), kept


# right: array by array
def param_count(config):
    d, layers = config["hidden_size"], config["num_hidden_layers"]
    heads = config["num_attention_heads"]
    kv = config.get("num_key_value_heads") or heads
    hd = config.get("head_dim") or d // heads
    sizes = [(d, heads * hd), (d, kv * hd), (d, kv * hd), (heads * hd, d)]
    sizes += [(d, config["intermediate_size"])] * 3
    total = config["vocab_size"] * d + d
    for _ in range(layers):
        total += sum(a * b for a, b in sizes) + d + d
    if not config.get("tie_word_embeddings"):
        total += config["vocab_size"] * d
    return total


# right: logits set to minus infinity, as in the libraries
def sample_filter(logits, temperature=1.0, top_k=None, top_p=1.0, min_p=0.0):
    if temperature == 0:
        p = np.zeros(len(logits))
        p[int(np.argmax(logits))] = 1.0
        return p
    z = np.array(logits, dtype=float) / temperature

    def softmax(z):
        e = np.exp(z - z.max())
        return e / e.sum()

    if top_k is not None and top_k < len(z):
        z[z < np.sort(z)[::-1][top_k - 1]] = -np.inf
    if top_p < 1.0:
        p = softmax(z)
        total, keep = 0.0, []
        for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
            if total >= top_p:
                break
            keep.append(i)
            total += p[i]
        drop = np.ones(len(z), bool)
        drop[keep] = False
        z[drop] = -np.inf
    p = softmax(z)
    z[p < min_p * p.max()] = -np.inf
    return softmax(z)


# right: least squares by lstsq
def fit_power_law(sizes, losses, error):
    X = np.column_stack([np.ones(len(sizes)), np.log(sizes)])
    best, ok = None, []
    for i in range(1000):
        floor = losses.min() * i / 1000
        coef, *_ = np.linalg.lstsq(X, np.log(losses - floor), rcond=None)
        worst = np.max(np.abs(floor + np.exp(X @ coef) - losses))
        if best is None or worst < best[0]:
            best = (worst, floor, np.exp(coef[0]), -coef[1])
        if worst <= error:
            ok.append(floor)
    if len(ok) == 0:
        raise ValueError("no power law")
    return best[1], best[2], best[3], (min(ok), max(ok)), bool(min(ok) > 0)


# right: lists
def sft_example(prompt, answer, end, T):
    ids = list(prompt) + list(answer) + [end]
    mask = [False] * len(prompt) + [True] * (len(answer) + 1)
    if len(ids) > T:
        raise ValueError("too long")
    while len(ids) < T:
        ids.append(end)
        mask.append(False)
    return np.array(ids), np.array(mask)


# right: a loop over sequences and positions
def answer_logp(logits, ids, mask):
    out = np.zeros(len(ids))
    kept = np.zeros_like(logits[:, :-1])
    for n in range(ids.shape[0]):
        for t in range(ids.shape[1] - 1):
            z = logits[n, t] - logits[n, t].max()
            kept[n, t] = z - np.log(np.exp(z).sum())
            if mask[n, t + 1]:
                out[n] += kept[n, t, ids[n, t + 1]]
    return out, (kept, ids, mask)


# right: the weights counted in a list first, the gradients divided at the end
def finetune(model, optimizer, steps):
    history = []
    for micro in steps:
        sums, tokens = None, 0
        nats = 0.0
        for ids, mask in micro:
            n = int(np.sum(mask[:, 1:]))
            loss, g = sft_loss(model.forward(ids), ids, mask)
            grads = [np.array(each) for each in model.backward(g * n)]
            sums = grads if sums is None else [a + b for a, b in zip(sums, grads)]
            tokens += n
            nats += loss * n
        optimizer.step([each / tokens for each in sums])
        history.append(float(nats / tokens))
    return history


# right: a sigmoid by cases
def dpo_loss(logp_w, logp_l, ref_w, ref_l, beta):
    z = beta * (logp_w - logp_l - ref_w + ref_l)
    loss = np.where(z > 0, np.log1p(np.exp(-np.abs(z))), -z + np.log1p(np.exp(-np.abs(z))))
    e = np.exp(-np.abs(z))
    sig = np.where(z > 0, e / (1 + e), 1 / (1 + e))
    g = -beta * sig / len(z)
    return float(loss.mean()), g, -g


# right: log2 of probabilities
def bits_per_byte(nll, text):
    return float(np.sum(-np.log2(np.exp(-nll))) / len(bytes(text, "utf-8")))


# wrong: split at spaces
# named: pre_split-1
def pre_split(text, specials=()):
    return [word.encode() for word in re.findall(r"\S+|\s+", text)]


# wrong: GPT-2's pattern without the limit on digits
# named: pre_split-2
def pre_split(text, specials=()):
    pattern = r" ?[^\W\d_]+| ?\d+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+"
    out = []
    for part in (
        re.split("(" + "|".join(map(re.escape, specials)) + ")", text) if specials else [text]
    ):
        out += [part] if part in specials else re.findall(pattern, part)
    return [p.encode() for p in out]


# wrong: letters of English only
# named: pre_split-7
def pre_split(text, specials=()):
    pattern = r" ?[A-Za-z]+|\d{1,3}| ?[^A-Za-z\d\s]+|\s+(?!\S)|\s"
    out = []
    for part in (
        re.split("(" + "|".join(map(re.escape, specials)) + ")", text) if specials else [text]
    ):
        out += [part] if part in specials else re.findall(pattern, part)
    return [p.encode() for p in out]


# wrong: strings are returned
# named: pre_split-3
def pre_split(text, specials=()):
    pattern = r" ?[^\W\d_]+|\d{1,3}| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s"
    out = []
    for part in (
        re.split("(" + "|".join(map(re.escape, specials)) + ")", text) if specials else [text]
    ):
        out += [part] if part in specials else re.findall(pattern, part)
    return out


# wrong: the specials are not escaped
# named: pre_split-9
def pre_split(text, specials=()):
    pattern = r" ?[^\W\d_]+|\d{1,3}| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s"
    out = []
    for part in re.split("(" + "|".join(specials) + ")", text) if specials else [text]:
        if part is not None:
            out += [part] if part in specials else re.findall(pattern, part)
    return [p.encode() for p in out]


# wrong: pairs of different pieces counted once
# named: bpe_train-1
def bpe_train(pieces, merges, specials=()):
    words = [list(p) for p in set(pieces) if p not in [s.encode() for s in specials]]
    pairs = []
    for i in range(merges):
        counts = Counter(pair for ids in words for pair in pairwise(ids))
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], p))
        if counts[best] < 2:
            break
        words = [merge_pair(ids, best, 256 + i) for ids in words]
        pairs.append(best)
    return pairs


# wrong: as in the unit before, over one long text
# named: bpe_train-2
def bpe_train(pieces, merges, specials=()):
    ids, pairs = list(b"".join(pieces)), []
    while len(pairs) < merges:
        counts = Counter(pairwise(ids))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        ids = merge_pair(ids, best, 256 + len(pairs))
        pairs.append(best)
    return pairs


# wrong: most_common, in the order of first occurrence
# named: bpe_train-4
def bpe_train(pieces, merges, specials=()):
    known = {each.encode() for each in specials}
    words = [(list(p), n) for p, n in Counter(pieces).items() if p not in known]
    pairs = []
    for i in range(merges):
        counts = Counter()
        for ids, n in words:
            for pair in pairwise(ids):
                counts[pair] += n
        if not counts or counts.most_common(1)[0][1] < 2:
            break
        best = counts.most_common(1)[0][0]
        words = [(merge_pair(ids, best, 256 + i), n) for ids, n in words]
        pairs.append(best)
    return pairs


# wrong: goes on as long as there are pairs
# named: bpe_train-6
def bpe_train(pieces, merges, specials=()):
    known = {each.encode() for each in specials}
    words = [(list(p), n) for p, n in Counter(pieces).items() if p not in known]
    pairs = []
    for i in range(merges):
        counts = Counter()
        for ids, n in words:
            for pair in pairwise(ids):
                counts[pair] += n
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], p))
        words = [(merge_pair(ids, best, 256 + i), n) for ids, n in words]
        pairs.append(best)
    return pairs


# wrong: the longest known token from the left
# named: encode_piece-1
def encode_piece(piece, pairs):
    table = {bytes([b]): b for b in range(256)}
    parts = [bytes([b]) for b in range(256)]
    for n, (a, b) in enumerate(pairs):
        parts.append(parts[a] + parts[b])
        table.setdefault(parts[-1], 256 + n)
    ids, at = [], 0
    while at < len(piece):
        for end in range(len(piece), at, -1):
            if piece[at:end] in table:
                ids.append(table[piece[at:end]])
                at = end
                break
    return ids


# wrong: text is encoded as a whole
# named: encode-1
def encode(text, pairs, specials=()):
    return encode_piece(text.encode(), pairs)


# wrong: specials behind the bytes
# named: encode-3
def encode(text, pairs, specials=()):
    ids = []
    for piece in pre_split(text, specials):
        if piece.decode() in specials:
            ids.append(256 + list(specials).index(piece.decode()))
        else:
            ids.extend(encode_piece(piece, pairs))
    return ids


# wrong: a string with replacement characters
# named: `decode` should return bytes; yours returned a string
def decode(ids, pairs, specials=()):
    table = [bytes([byte]) for byte in range(256)]
    for left, right in pairs:
        table.append(table[left] + table[right])
    table += [each.encode() for each in specials]
    return b"".join(table[i] for i in ids).decode("utf-8", errors="replace")


# wrong: bytes that are not UTF-8 are dropped
# named: decode-1
def decode(ids, pairs, specials=()):
    table = [bytes([byte]) for byte in range(256)]
    for left, right in pairs:
        table.append(table[left] + table[right])
    table += [each.encode() for each in specials]
    return b"".join(table[i] for i in ids).decode("utf-8", errors="ignore").encode()


# wrong: up goes through the SiLU
# named: swiglu-2
def swiglu(gate, up):
    s = 1 / (1 + np.exp(-up))
    return gate * up * s, (gate, up, 1 / (1 + np.exp(-gate)))


# wrong: a sigmoid that is nan for large numbers
# named: swiglu-3
def swiglu(gate, up):
    sigmoid = np.exp(gate) / (1 + np.exp(gate))
    return gate * sigmoid * up, (gate, up, sigmoid)


# wrong: GLU
# named: swiglu-1
def swiglu(gate, up):
    sigmoid = 1 / (1 + np.exp(-gate))
    return sigmoid * up, (gate, up, sigmoid)


# wrong: the second term forgotten
# named: swiglu_backward-2
def swiglu_backward(g, cache):
    gate, up, sigmoid = cache
    dgate = g * up * sigmoid
    dup = g * gate * sigmoid
    return dgate, dup


# wrong: the derivative of a sigmoid
# named: swiglu_backward-1
def swiglu_backward(g, cache):
    gate, up, s = cache
    return g * up * s * (1 - s), g * gate * s


# wrong: gradients in the other order
# named: The first and the second value have changed places
def swiglu_backward(g, cache):
    gate, up, s = cache
    return g * gate * s, g * up * (s + gate * s * (1 - s))


# wrong: neighbouring columns, as in the paper
# named: rope-5
def rope(x, positions, base=10_000.0):
    E = x.shape[-1]
    theta = base ** (-np.arange(0, E, 2) / E)
    angle = np.asarray(positions)[:, None] * theta
    out = np.empty_like(x)
    out[..., 0::2] = x[..., 0::2] * np.cos(angle) - x[..., 1::2] * np.sin(angle)
    out[..., 1::2] = x[..., 0::2] * np.sin(angle) + x[..., 1::2] * np.cos(angle)
    return out


# wrong: the positions are ignored
# named: rope-9
def rope(x, positions, base=10_000.0):
    E = x.shape[-1]
    angle = np.arange(x.shape[-2])[:, None] * base ** (-np.arange(0, E, 2) / E)
    a, b = x[..., : E // 2], x[..., E // 2 :]
    c, s = np.cos(angle), np.sin(angle)
    return np.concatenate([a * c - b * s, b * c + a * s], axis=-1)


# wrong: exponents i / E instead of 2i / E
# named: rope-3
def rope(x, positions, base=10_000.0):
    E = x.shape[-1]
    angle = np.outer(positions, base ** (-np.arange(E // 2) / E))
    a, b = x[..., : E // 2], x[..., E // 2 :]
    c, s = np.cos(angle), np.sin(angle)
    return np.concatenate([a * c - b * s, b * c + a * s], axis=-1)


# wrong: rotated forward again
# named: rope_backward-1
def rope_backward(g, positions, base=10_000.0):
    return rope(g, positions, base)


# wrong: the sign of the sine terms
# named: relative_score-1
def relative_score(q, k, distance, base=10_000.0):
    E = q.shape[-1]
    angle = distance * base ** (-np.arange(0, E, 2) / E)
    h = E // 2
    q1, q2, k1, k2 = q[..., :h], q[..., h:], k[..., :h], k[..., h:]
    c, s = np.cos(angle), np.sin(angle)
    return np.sum((q1 * k1 + q2 * k2) * c + (q2 * k1 - q1 * k2) * s, axis=-1)


# wrong: cosines only
# named: relative_score-3
def relative_score(q, k, distance, base=10_000.0):
    E = q.shape[-1]
    angle = distance * base ** (-np.arange(0, E, 2) / E)
    h = E // 2
    return ((q[..., :h] * k[..., :h] + q[..., h:] * k[..., h:]) * np.cos(angle)).sum(-1)


# wrong: np.tile in place of np.repeat
# named: grouped_query_attention-1
def grouped_query_attention(q, k, v, mask=None):
    group = q.shape[-3] // k.shape[-3]
    reps = (1,) * (k.ndim - 3) + (group, 1, 1)
    out, w = attention(q, np.tile(k, reps), np.tile(v, reps), mask)
    return out, (q, np.tile(k, reps), np.tile(v, reps), w, group)


# wrong: averages over the group
# named: grouped_query_attention_backward-1
def grouped_query_attention_backward(g, cache):
    *kept, group = cache
    gq, gk, gv = attention_backward(g, kept)

    def shared(x):
        return x.reshape(*x.shape[:-3], -1, group, *x.shape[-2:]).mean(axis=-3)

    return gq, shared(gk), shared(gv)


# wrong: the gradients of the repeated keys
# named: Expected an array of shape
def grouped_query_attention_backward(g, cache):
    *kept, group = cache
    return attention_backward(g, kept)


# wrong: positions from 0 at every call
# named: cached_attention-1
def cached_attention(x, W, heads, kv_heads, kept=None):
    Wq, Wk, Wv, Wo = W
    pos = np.arange(x.shape[1])
    q, k = rope(split(x @ Wq.T, heads), pos), rope(split(x @ Wk.T, kv_heads), pos)
    v = split(x @ Wv.T, kv_heads)
    if kept is not None:
        k = np.concatenate([kept[0], k], axis=2)
        v = np.concatenate([kept[1], v], axis=2)
    past = k.shape[2] - x.shape[1]
    mask = np.tri(x.shape[1], k.shape[2], past, dtype=bool)
    return merge(grouped_query_attention(q, k, v, mask)[0]) @ Wo.T, (k, v)


# wrong: values rotated as well
# named: cached_attention-3
def cached_attention(x, W, heads, kv_heads, kept=None):
    Wq, Wk, Wv, Wo = W
    start = 0 if kept is None else kept[0].shape[2]
    pos = np.arange(start, start + x.shape[1])
    q, k, v = (
        rope(split(x @ w.T, n), pos) for w, n in ((Wq, heads), (Wk, kv_heads), (Wv, kv_heads))
    )
    if kept is not None:
        k = np.concatenate([kept[0], k], axis=2)
        v = np.concatenate([kept[1], v], axis=2)
    mask = np.tri(x.shape[1], k.shape[2], start, dtype=bool)
    return merge(grouped_query_attention(q, k, v, mask)[0]) @ Wo.T, (k, v)


# wrong: a square lower triangle of the new positions
# named: cached_attention-5
def cached_attention(x, W, heads, kv_heads, kept=None):
    Wq, Wk, Wv, Wo = W
    start = 0 if kept is None else kept[0].shape[2]
    pos = np.arange(start, start + x.shape[1])
    q, k = rope(split(x @ Wq.T, heads), pos), rope(split(x @ Wk.T, kv_heads), pos)
    v = split(x @ Wv.T, kv_heads)
    if kept is not None:
        k = np.concatenate([kept[0], k], axis=2)
        v = np.concatenate([kept[1], v], axis=2)
    mask = np.tri(x.shape[1], k.shape[2], dtype=bool)
    return merge(grouped_query_attention(q, k, v, mask)[0]) @ Wo.T, (k, v)


# wrong: four square matrices
# named: param_count-1
def param_count(config):
    d = config["hidden_size"]
    block = 4 * d * d + 3 * d * config["intermediate_size"] + 2 * d
    tables = 1 if config.get("tie_word_embeddings") else 2
    return tables * config["vocab_size"] * d + config["num_hidden_layers"] * block + d


# wrong: no last norm
# named: param_count-3
def param_count(config):
    d, h = config["hidden_size"], config["num_attention_heads"]
    e = config.get("head_dim", d // h)
    kv = config.get("num_key_value_heads", h)
    block = 2 * d * h * e + 2 * d * kv * e + 3 * d * config["intermediate_size"] + 2 * d
    tables = 1 if config.get("tie_word_embeddings") else 2
    return tables * config["vocab_size"] * d + config["num_hidden_layers"] * block


# wrong: keys only
# named: cache_bytes-1
def cache_bytes(config, T, N, size):
    h = config["num_attention_heads"]
    e = config.get("head_dim", config["hidden_size"] // h)
    return config["num_hidden_layers"] * config.get("num_key_value_heads", h) * e * T * N * size


# wrong: all query heads
# named: cache_bytes-2
def cache_bytes(config, T, N, size):
    h = config["num_attention_heads"]
    e = config.get("head_dim", config["hidden_size"] // h)
    return 2 * config["num_hidden_layers"] * h * e * T * N * size


# wrong: two operations per parameter, norms and embedding included
# named: flops_per_token-6
def flops_per_token(config, T):
    return 2 * param_count(config)


# wrong: top-p in the order of the sorted tokens
# named: sample_filter-5
def sample_filter(logits, temperature=1.0, top_k=None, top_p=1.0, min_p=0.0):
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = np.exp((logits - logits.max()) / temperature)
    p /= p.sum()
    if top_k is not None:
        p[p < np.sort(p)[-min(top_k, len(p))]] = 0
        p /= p.sum()
    if top_p < 1:
        sorted_p = -np.sort(-p)
        before = np.cumsum(sorted_p) - sorted_p
        p[before >= top_p] = 0
        p /= p.sum()
    p[p < min_p * p.max()] = 0
    return p / p.sum()


# wrong: the token that crosses is removed
# named: sample_filter-4
def sample_filter(logits, temperature=1.0, top_k=None, top_p=1.0, min_p=0.0):
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = np.exp((logits - logits.max()) / temperature)
    p /= p.sum()
    if top_k is not None:
        p[p < np.sort(p)[-min(top_k, len(p))]] = 0
        p /= p.sum()
    if top_p < 1:
        order = np.argsort(-p, kind="stable")
        p[order[np.cumsum(p[order]) > top_p]] = 0
    p[p < min_p * p.max()] = 0
    return p / p.sum()


# wrong: not normalised at the end
# named: sample_filter-11
def sample_filter(logits, temperature=1.0, top_k=None, top_p=1.0, min_p=0.0):
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = np.exp((logits - logits.max()) / temperature)
    p /= p.sum()
    kept = p.copy()
    if top_k is not None:
        kept[kept < np.sort(kept)[-min(top_k, len(p))]] = 0
    if top_p < 1:
        order = np.argsort(-kept, kind="stable")
        before = np.cumsum(kept[order]) - kept[order]
        kept[order[before >= top_p * kept.sum()]] = 0
    kept[kept < min_p * kept.max()] = 0
    return kept


# wrong: division by a temperature of 0
# named: sample_filter-2
def sample_filter(logits, temperature=1.0, top_k=None, top_p=1.0, min_p=0.0):
    p = np.exp((logits - logits.max()) / max(temperature, 1e-8))
    if top_k is not None:
        p[p < np.sort(p)[-min(top_k, len(p))]] = 0
    if top_p < 1:
        order = np.argsort(-p, kind="stable")
        before = np.cumsum(p[order]) - p[order]
        p[order[before >= top_p * p.sum()]] = 0
    p[p < min_p * p.max()] = 0
    return p / p.sum()


# wrong: no floor at all
# named: fit_power_law-9
def fit_power_law(sizes, losses, error):
    slope, intercept = np.polyfit(np.log(sizes), np.log(losses), 1)
    return 0.0, float(np.exp(intercept)), float(-slope), (0.0, 0.0), False


# wrong: always identified
# named: fit_power_law-7
def fit_power_law(sizes, losses, error):
    rows = []
    for floor in np.linspace(0, losses.min(), 1000, endpoint=False):
        m, c = np.polyfit(np.log(sizes), np.log(losses - floor), 1)
        rows.append((np.abs(floor + np.exp(c) * sizes**m - losses).max(), floor, np.exp(c), -m))
    fits = [r[1] for r in rows if r[0] <= error]
    if not fits:
        raise ValueError("no fit")
    _, floor, A, alpha = min(rows)
    return floor, A, alpha, (fits[0], fits[-1]), True


# wrong: the end is not trained
# named: sft_example-1
def sft_example(prompt, answer, end, T):
    n = len(prompt) + len(answer)
    if n + 1 > T:
        raise ValueError("too long")
    ids = np.full(T, end)
    ids[:n] = list(prompt) + list(answer)
    mask = np.zeros(T, bool)
    mask[len(prompt) : n] = True
    return ids, mask


# wrong: everything but the padding is trained
# named: sft_example-2
def sft_example(prompt, answer, end, T):
    n = len(prompt) + len(answer) + 1
    if n > T:
        raise ValueError("too long")
    ids = np.full(T, end)
    ids[: n - 1] = list(prompt) + list(answer)
    return ids, np.arange(T) < n


# wrong: not shifted
# named: answer_logp-1
def answer_logp(logits, ids, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return (picked * mask).sum(axis=1), (log_p[:, :-1], ids, mask)


# wrong: the gradient of a cross-entropy
# named: answer_logp_backward-1
def answer_logp_backward(g, cache):
    log_p, ids, mask = cache
    d = np.exp(log_p)
    n, t = np.indices(ids[:, 1:].shape)
    d[n, t, ids[:, 1:]] -= 1
    d = d * (g[:, None] * mask[:, 1:])[..., None]
    return np.concatenate([d, np.zeros_like(d[:, :1])], axis=1)


# wrong: divided by all positions
# named: sft_loss-2
def sft_loss(logits, ids, mask):
    logp, cache = answer_logp(logits, ids, mask)
    n = ids.shape[0] * (ids.shape[1] - 1)
    return float(-logp.sum() / n), answer_logp_backward(np.full(len(ids), -1.0 / n), cache)


# wrong: the mean of the batches
# named: finetune-1
def finetune(model, optimizer, steps):
    losses = []
    for batches in steps:
        total, grads = 0.0, None
        for ids, mask in batches:
            loss, g = sft_loss(model.forward(ids), ids, mask)
            new = model.backward(g / len(batches))
            total += loss / len(batches)
            grads = new if grads is None else [a + b for a, b in zip(grads, new)]
        optimizer.step(grads)
        losses.append(float(total))
    return losses


# wrong: a step for each batch
# named: finetune-6
def finetune(model, optimizer, steps):
    losses = []
    for batches in steps:
        total = sum(mask[:, 1:].sum() for _, mask in batches)
        value = 0.0
        for ids, mask in batches:
            loss, g = sft_loss(model.forward(ids), ids, mask)
            part = mask[:, 1:].sum() / total
            optimizer.step(model.backward(part * g))
            value += part * loss
        losses.append(float(value))
    return losses


# wrong: no reference model
# named: dpo_loss-1
def dpo_loss(logp_w, logp_l, ref_w, ref_l, beta):
    m = beta * (logp_w - logp_l)
    g = -beta * np.exp(-np.logaddexp(0, m)) / len(m)
    return float(np.logaddexp(0, -m).mean()), g, -g


# wrong: log of a sigmoid that is 0
# named: dpo_loss-4
def dpo_loss(logp_w, logp_l, ref_w, ref_l, beta):
    m = beta * (logp_w - ref_w - logp_l + ref_l)
    s = 1 / (1 + np.exp(-m))
    g = -beta * (1 - s) / len(m)
    return float(-np.log(s).mean()), g, -g


# wrong: one sign for both
# named: dpo_loss-9
def dpo_loss(logp_w, logp_l, ref_w, ref_l, beta):
    m = beta * (logp_w - ref_w - logp_l + ref_l)
    g = -beta * np.exp(-np.logaddexp(0, m)) / len(m)
    return float(np.logaddexp(0, -m).mean()), g, g


# wrong: bits per character
# named: bits_per_byte-1
def bits_per_byte(nll, text):
    return float(nll.sum() / np.log(2) / len(text))


# wrong: nats per byte
# named: bits_per_byte-3
def bits_per_byte(nll, text):
    return float(nll.sum() / len(text.encode("utf-8")))
