# right: two strided assignments, as in the PyTorch tutorial
def sinusoidal(T, D):
    pe = np.zeros((T, D))
    position = np.arange(T).reshape(T, 1)
    div_term = np.exp(np.arange(0, D, 2) * -(math.log(10000.0) / D))
    pe[:, 0::2] = np.sin(position * div_term)
    pe[:, 1::2] = np.cos(position * div_term)
    return pe


# right: two loops
def sinusoidal(T, D):
    table = np.zeros((T, D))
    for t in range(T):
        for i in range(D // 2):
            angle = t / (10000 ** (2 * i / D))
            table[t, 2 * i] = math.sin(angle)
            table[t, 2 * i + 1] = math.cos(angle)
    return table


# right: the cache is x alone
def gelu(x):
    return 0.5 * x * (1 + erf(x / np.sqrt(2))), x


def gelu_backward(g, cache):
    x = cache
    Phi = 0.5 * (1 + erf(x / np.sqrt(2)))
    phi = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return g * (Phi + x * phi)


# right: the sublayers by name
class Block(Block):
    def forward(self, x):
        g1, b1, Win, bin_, Wout, bout, g2, b2, W1, c1, W2, c2 = self.params
        T = x.shape[1]
        causal = np.tril(np.ones((T, T))).astype(bool)
        n1, self.norm1 = layernorm(x, g1, b1)
        att, self.attended = multi_head(n1, (Win, bin_, Wout, bout), self.heads, mask=causal)
        y = x + att
        n2, self.norm2 = layernorm(y, g2, b2)
        h1, self.layer1 = linear(n2, W1, c1)
        a, self.activation = gelu(h1)
        h2, self.layer2 = linear(a, W2, c2)
        return y + h2


# right: the terms by name
def param_count(V, D, layers):
    attention_part = (3 * D) * D + 3 * D + D * D + D
    mlp_part = (4 * D) * D + 4 * D + D * (4 * D) + D
    two_norms = 2 * (D + D)
    return layers * (attention_part + mlp_part + two_norms) + V * D + D + D


# right: product by product
def flop_count(V, T, D, layers):
    def product(n, m, k):
        return 2 * n * m * k

    total = 0
    for _ in range(layers):
        total += product(T, D, 3 * D) + product(T, D, D)
        total += product(T, D, T) + product(T, T, D)
        total += product(T, D, 4 * D) + product(T, 4 * D, D)
    return total + product(T, D, V)


# right: a dict of counts, as in minbpe
def bpe_train(data, merges):
    ids = list(data)
    pairs = []
    for new in range(256, 256 + merges):
        counts = {}
        for pair in zip(ids, ids[1:]):
            counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        most = max(counts.values())
        if most < 2:
            break
        best = min(p for p, c in counts.items() if c == most)
        pairs.append(best)
        out, i = [], 0
        while i < len(ids):
            if i + 1 < len(ids) and (ids[i], ids[i + 1]) == best:
                out.append(new)
                i += 2
            else:
                out.append(ids[i])
                i += 1
        ids = out
    return pairs


# right: merged in place in a list
def bpe_encode(data, pairs):
    ids = [b for b in data]
    for n, (a, b) in enumerate(pairs):
        i = 0
        while i < len(ids) - 1:
            if ids[i] == a and ids[i + 1] == b:
                ids[i : i + 2] = [256 + n]
            i += 1
    return ids


# right: taken apart again with a stack
def bpe_decode(ids, pairs):
    out, stack = bytearray(), list(ids)[::-1]
    while stack:
        i = stack.pop()
        if i < 256:
            out.append(i)
        else:
            left, right = pairs[i - 256]
            stack += [right, left]
    return bytes(out)


# right: argsort for the top k, and a loop over the intervals
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        context = np.array([out[-model.T :]])
        logits = model.forward(context)[0, -1, :] / temperature
        if top_k is not None:
            k = min(top_k, logits.size)
            threshold = np.partition(logits, -k)[-k]
            logits = np.where(logits < threshold, -np.inf, logits)
        p = np.exp(logits - np.max(logits))
        p /= p.sum()
        u, total, chosen = rng.random(), 0.0, len(p) - 1
        for i, each in enumerate(p):
            total += each
            if u < total:
                chosen = i
                break
        out.append(chosen)
    return out[len(ids) :]


# right: a cache of None is filled first
def kv_cache_step(model, ids, caches=None):
    if caches is None:
        caches = [(None, None)] * len(model.blocks)
    at = 0 if caches[0][0] is None else caches[0][0].shape[-2]
    x = model.E[ids] * math.sqrt(model.D) + sinusoidal(at + 1, model.D)[-1]
    x = x[:, np.newaxis, :]
    new = []
    for block, (keys, values) in zip(model.blocks, caches):
        g1, b1, Win, bin_, Wout, bout, g2, b2, W1, c1, W2, c2 = block.params
        normal, _ = layernorm(x, g1, b1)
        qkv, _ = linear(normal, Win, bin_)
        q, k, v = [split(each, block.heads) for each in np.split(qkv, 3, axis=-1)]
        if keys is not None:
            k = np.concatenate([keys, k], axis=-2)
            v = np.concatenate([values, v], axis=-2)
        new.append((k, v))
        x = x + linear(merge(attention(q, k, v)[0]), Wout, bout)[0]
        normal, _ = layernorm(x, g2, b2)
        x = x + linear(gelu(linear(normal, W1, c1)[0])[0], W2, c2)[0]
    out, _ = layernorm(x, model.gamma, model.beta)
    return out[:, 0] @ model.E.T, new


# wrong: the exponent is 2 * i with i stepping by 2
# named: sinusoidal-4
def sinusoidal(T, D):
    table = np.zeros((T, D))
    for t in range(T):
        for i in range(0, D, 2):
            angle = t / (10000 ** (2 * i / D))
            table[t, i] = math.sin(angle)
            table[t, i + 1] = math.cos(angle)
    return table


# wrong: the exponent is i with i stepping by 1
# named: sinusoidal-5
def sinusoidal(T, D):
    table = np.zeros((T, D))
    for t in range(T):
        for i in range(D // 2):
            angle = t / (10000 ** (i / D))
            table[t, 2 * i] = math.sin(angle)
            table[t, 2 * i + 1] = math.cos(angle)
    return table


# wrong: the sines first, then the cosines
# named: sinusoidal-1
def sinusoidal(T, D):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(0, D, 2) / D)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


# wrong: each column has its own wavelength
# named: sinusoidal-2
def sinusoidal(T, D):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(D) / D)
    table = np.zeros((T, D))
    table[:, 0::2] = np.sin(angles[:, 0::2])
    table[:, 1::2] = np.cos(angles[:, 1::2])
    return table


# wrong: sine and cosine are swapped
# named: sinusoidal-6
def sinusoidal(T, D):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(0, D, 2) / D)
    table = np.zeros((T, D))
    table[:, 0::2] = np.cos(angles)
    table[:, 1::2] = np.sin(angles)
    return table


# wrong: positions from 1
# named: sinusoidal-3
def sinusoidal(T, D):
    angles = np.arange(1, T + 1)[:, None] / 10000 ** (np.arange(0, D, 2) / D)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, D)


# wrong: multiplied where it should be divided
# named: sinusoidal-7
def sinusoidal(T, D):
    angles = np.arange(T)[:, None] * 10000 ** (np.arange(0, D, 2) / D)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, D)


# wrong: 1000
# named: sinusoidal-8
def sinusoidal(T, D):
    angles = np.arange(T)[:, None] / 1000 ** (np.arange(0, D, 2) / D)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, D)


# wrong: the approximation with tanh, as in GPT-2
# named: gelu-1
def gelu(x):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    y = 0.5 * x * (1 + np.tanh(inner))
    return y, (x, 0.5 * (1 + np.tanh(inner)))


# wrong: erf(x)
# named: gelu-2
def gelu(x):
    cdf = 0.5 * (1 + erf(x))
    return x * cdf, (x, cdf)


# wrong: only the output
# named: `gelu` should return 2 values (y, cache); yours
def gelu(x):
    return x * 0.5 * (1 + erf(x / math.sqrt(2)))


# wrong: the second term is missing
# named: gelu_backward-1
def gelu_backward(g, cache):
    x, cdf = cache
    return g * cdf


# wrong: the density without x
# named: gelu_backward-2
def gelu_backward(g, cache):
    x, cdf = cache
    density = np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
    return g * (cdf + density)


# wrong: g is not used
# named: gelu_backward-3
def gelu_backward(g, cache):
    x, cdf = cache
    return cdf + x * np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


# wrong: norm after each part, as in the first paper
# named: Block.forward-1
class Block(Block):
    def forward(self, x):
        g1, b1, *attend, g2, b2, W1, c1, W2, c2 = self.params
        mask = np.tri(x.shape[1], dtype=bool)
        found, self.attended = multi_head(x, attend, self.heads, mask)
        x, self.norm1 = layernorm(x + found, g1, b1)
        h, self.layer1 = linear(x, W1, c1)
        a, self.activation = gelu(h)
        found, self.layer2 = linear(a, W2, c2)
        x, self.norm2 = layernorm(x + found, g2, b2)
        return x


# wrong: no mask
# named: Block.forward-4
class Block(Block):
    def forward(self, x):
        g1, b1, *attend, g2, b2, W1, c1, W2, c2 = self.params
        normal, self.norm1 = layernorm(x, g1, b1)
        found, self.attended = multi_head(normal, attend, self.heads)
        x = x + found
        normal, self.norm2 = layernorm(x, g2, b2)
        h, self.layer1 = linear(normal, W1, c1)
        a, self.activation = gelu(h)
        found, self.layer2 = linear(a, W2, c2)
        return x + found


# wrong: no residual connection around attention
# named: Block.forward-3
class Block(Block):
    def forward(self, x):
        g1, b1, *attend, g2, b2, W1, c1, W2, c2 = self.params
        mask = np.tri(x.shape[1], dtype=bool)
        normal, self.norm1 = layernorm(x, g1, b1)
        x, self.attended = multi_head(normal, attend, self.heads, mask)
        normal, self.norm2 = layernorm(x, g2, b2)
        h, self.layer1 = linear(normal, W1, c1)
        a, self.activation = gelu(h)
        found, self.layer2 = linear(a, W2, c2)
        return x + found


# wrong: the normalised input is what goes past
# named: Block.forward-2
class Block(Block):
    def forward(self, x):
        g1, b1, *attend, g2, b2, W1, c1, W2, c2 = self.params
        mask = np.tri(x.shape[1], dtype=bool)
        x, self.norm1 = layernorm(x, g1, b1)
        found, self.attended = multi_head(x, attend, self.heads, mask)
        x = x + found
        x, self.norm2 = layernorm(x, g2, b2)
        h, self.layer1 = linear(x, W1, c1)
        a, self.activation = gelu(h)
        found, self.layer2 = linear(a, W2, c2)
        return x + found


# wrong: x is changed by +=
# named: Block.forward-7
class Block(Block):
    def forward(self, x):
        g1, b1, *attend, g2, b2, W1, c1, W2, c2 = self.params
        mask = np.tri(x.shape[1], dtype=bool)
        normal, self.norm1 = layernorm(x, g1, b1)
        found, self.attended = multi_head(normal, attend, self.heads, mask)
        x += found
        normal, self.norm2 = layernorm(x, g2, b2)
        h, self.layer1 = linear(normal, W1, c1)
        a, self.activation = gelu(h)
        found, self.layer2 = linear(a, W2, c2)
        x += found
        return x


# wrong: no activation function
# named: Block.forward-6
class Block(Block):
    def forward(self, x):
        g1, b1, *attend, g2, b2, W1, c1, W2, c2 = self.params
        mask = np.tri(x.shape[1], dtype=bool)
        normal, self.norm1 = layernorm(x, g1, b1)
        found, self.attended = multi_head(normal, attend, self.heads, mask)
        x = x + found
        normal, self.norm2 = layernorm(x, g2, b2)
        h, self.layer1 = linear(normal, W1, c1)
        self.activation = gelu(h)[1]
        found, self.layer2 = linear(h, W2, c2)
        return x + found


# wrong: the gradient past the small network is forgotten
# named: Block.backward-1
class Block(Block):
    def backward(self, g):
        t, gW2, gb2 = linear_backward(g, self.layer2)
        t, gW1, gb1 = linear_backward(gelu_backward(t, self.activation), self.layer1)
        g, gg2, gbeta2 = layernorm_backward(t, self.norm2)
        t, attend = multi_head_backward(g, self.attended)
        t, gg1, gbeta1 = layernorm_backward(t, self.norm1)
        self.grads = [gg1, gbeta1, *attend, gg2, gbeta2, gW1, gb1, gW2, gb2]
        return g + t


# wrong: the gradient past attention is forgotten
# named: Block.backward-2
class Block(Block):
    def backward(self, g):
        t, gW2, gb2 = linear_backward(g, self.layer2)
        t, gW1, gb1 = linear_backward(gelu_backward(t, self.activation), self.layer1)
        t, gg2, gbeta2 = layernorm_backward(t, self.norm2)
        g = g + t
        t, attend = multi_head_backward(g, self.attended)
        t, gg1, gbeta1 = layernorm_backward(t, self.norm1)
        self.grads = [gg1, gbeta1, *attend, gg2, gbeta2, gW1, gb1, gW2, gb2]
        return t


# wrong: the gradients begin with the last layer
# named: Block.backward-4
class Block(Block):
    def backward(self, g):
        t, gW2, gb2 = linear_backward(g, self.layer2)
        t, gW1, gb1 = linear_backward(gelu_backward(t, self.activation), self.layer1)
        t, gg2, gbeta2 = layernorm_backward(t, self.norm2)
        g = g + t
        t, attend = multi_head_backward(g, self.attended)
        t, gg1, gbeta1 = layernorm_backward(t, self.norm1)
        self.grads = [gW2, gb2, gW1, gb1, gg2, gbeta2, *attend, gg1, gbeta1]
        return g + t


# wrong: the embedding is not scaled
# named: GPT.forward-2
class GPT(GPT):
    def forward(self, ids):
        x = self.E[ids] + sinusoidal(ids.shape[1], self.D)
        for block in self.blocks:
            x = block.forward(x)
        self.ids = ids
        self.top, self.norm = layernorm(x, self.gamma, self.beta)
        return self.top @ self.E.T


# wrong: the positions are scaled too
# named: GPT.forward-4
class GPT(GPT):
    def forward(self, ids):
        x = math.sqrt(self.D) * (self.E[ids] + sinusoidal(ids.shape[1], self.D))
        for block in self.blocks:
            x = block.forward(x)
        self.ids = ids
        self.top, self.norm = layernorm(x, self.gamma, self.beta)
        return self.top @ self.E.T


# wrong: no positions
# named: GPT.forward-1
class GPT(GPT):
    def forward(self, ids):
        x = math.sqrt(self.D) * self.E[ids]
        for block in self.blocks:
            x = block.forward(x)
        self.ids = ids
        self.top, self.norm = layernorm(x, self.gamma, self.beta)
        return self.top @ self.E.T


# wrong: no norm at the end
# named: GPT.forward-3
class GPT(GPT):
    def forward(self, ids):
        x = math.sqrt(self.D) * self.E[ids] + sinusoidal(ids.shape[1], self.D)
        for block in self.blocks:
            x = block.forward(x)
        self.ids, self.top = ids, x
        self.norm = layernorm(x, self.gamma, self.beta)[1]
        return self.top @ self.E.T


# wrong: only the first block
# named: GPT.forward-5
class GPT(GPT):
    def forward(self, ids):
        x = math.sqrt(self.D) * self.E[ids] + sinusoidal(ids.shape[1], self.D)
        x = self.blocks[0].forward(x)
        self.ids = ids
        self.top, self.norm = layernorm(x, self.gamma, self.beta)
        return self.top @ self.E.T


# wrong: the table's gradient from the logits alone
# named: GPT.backward-2
class GPT(GPT):
    def backward(self, g):
        gE = np.einsum("ntv,ntd->vd", g, self.top)
        g, gg, gb = layernorm_backward(g @ self.E, self.norm)
        for block in reversed(self.blocks):
            g = block.backward(g)
        return [gE, *[e for b in self.blocks for e in b.grads], gg, gb]


# wrong: += with repeated ids
# named: GPT.backward-3
class GPT(GPT):
    def backward(self, g):
        gE = np.einsum("ntv,ntd->vd", g, self.top)
        g, gg, gb = layernorm_backward(g @ self.E, self.norm)
        for block in reversed(self.blocks):
            g = block.backward(g)
        gE[self.ids] += math.sqrt(self.D) * g
        return [gE, *[e for b in self.blocks for e in b.grads], gg, gb]


# wrong: sqrt(D) is forgotten in the backward pass
# named: GPT.backward-4
class GPT(GPT):
    def backward(self, g):
        gE = np.einsum("ntv,ntd->vd", g, self.top)
        g, gg, gb = layernorm_backward(g @ self.E, self.norm)
        for block in reversed(self.blocks):
            g = block.backward(g)
        np.add.at(gE, self.ids, g)
        return [gE, *[e for b in self.blocks for e in b.grads], gg, gb]


# wrong: the blocks are gone through from the first to the last
# named: GPT.backward-5
class GPT(GPT):
    def backward(self, g):
        gE = np.einsum("ntv,ntd->vd", g, self.top)
        g, gg, gb = layernorm_backward(g @ self.E, self.norm)
        for block in self.blocks:
            g = block.backward(g)
        np.add.at(gE, self.ids, math.sqrt(self.D) * g)
        return [gE, *[e for b in self.blocks for e in b.grads], gg, gb]


# wrong: a separate matrix for the logits
# named: param_count-2
def param_count(V, D, layers):
    block = 3 * D * D + 3 * D + D * D + D + 8 * D * D + 5 * D + 4 * D
    return 2 * V * D + layers * block + 2 * D


# wrong: no biases
# named: param_count-1
def param_count(V, D, layers):
    return V * D + layers * (12 * D * D + 4 * D) + 2 * D


# wrong: the last norm is forgotten
# named: param_count-3
def param_count(V, D, layers):
    block = 12 * D * D + 9 * D + 4 * D
    return V * D + layers * block


# wrong: the norms are forgotten
# named: param_count-5
def param_count(V, D, layers):
    return V * D + layers * (12 * D * D + 9 * D)


# wrong: a multiplication and an addition counted as one
# named: flop_count-2
def flop_count(V, T, D, layers):
    return layers * (12 * T * D * D + 2 * T * T * D) + T * D * V


# wrong: only half of the scores, as a causal mask hides the others
# named: flop_count-4
def flop_count(V, T, D, layers):
    return layers * (24 * T * D * D + 2 * T * T * D) + 2 * T * D * V


# wrong: the scores only, not the weighted values
# named: flop_count-3
def flop_count(V, T, D, layers):
    return layers * (24 * T * D * D + 4 * T * T * D)


# wrong: the products of attention are forgotten
# named: flop_count-1
def flop_count(V, T, D, layers):
    return 2 * (layers * 12 * T * D * D + T * D * V)


# wrong: the first of equally frequent pairs
# named: bpe_train-2
def bpe_train(data, merges):
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(zip(ids, ids[1:]))
        if not counts:
            break
        best = max(counts, key=counts.get)
        if counts[best] < 2:
            break
        new, out, i = 256 + len(pairs), [], 0
        while i < len(ids):
            if i + 1 < len(ids) and (ids[i], ids[i + 1]) == best:
                out.append(new)
                i += 2
            else:
                out.append(ids[i])
                i += 1
        ids = out
        pairs.append(best)
    return pairs


# wrong: the largest of equally frequent pairs
# named: bpe_train-1
def bpe_train(data, merges):
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(zip(ids, ids[1:]))
        if not counts:
            break
        best = max(counts, key=lambda p: (counts[p], p))
        if counts[best] < 2:
            break
        new, out, i = 256 + len(pairs), [], 0
        while i < len(ids):
            if i + 1 < len(ids) and (ids[i], ids[i + 1]) == best:
                out.append(new)
                i += 2
            else:
                out.append(ids[i])
                i += 1
        ids = out
        pairs.append(best)
    return pairs


# wrong: pairs that occur once are merged too
# named: bpe_train-3
def bpe_train(data, merges):
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(zip(ids, ids[1:]))
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], p))
        new, out, i = 256 + len(pairs), [], 0
        while i < len(ids):
            if i + 1 < len(ids) and (ids[i], ids[i + 1]) == best:
                out.append(new)
                i += 2
            else:
                out.append(ids[i])
                i += 1
        ids = out
        pairs.append(best)
    return pairs


# wrong: nothing is merged, the pairs of bytes are counted once
# named: bpe_train-4
def bpe_train(data, merges):
    counts = Counter(zip(data, data[1:]))
    order = sorted(counts, key=lambda p: (-counts[p], p))
    return [p for p in order if counts[p] > 1][:merges]


# wrong: new ids from 255
# named: bpe_train-5
def bpe_train(data, merges):
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(zip(ids, ids[1:]))
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], p))
        if counts[best] < 2:
            break
        pairs.append(best)
        new, out, i = 256 + len(pairs), [], 0
        while i < len(ids):
            if i + 1 < len(ids) and (ids[i], ids[i + 1]) == best:
                out.append(new)
                i += 2
            else:
                out.append(ids[i])
                i += 1
        ids = out
    return pairs


# wrong: merged one pass only, longest first
# named: bpe_encode-1
def bpe_encode(data, pairs):
    ids = list(data)
    for n in reversed(range(len(pairs))):
        i = 0
        while i < len(ids) - 1:
            if (ids[i], ids[i + 1]) == tuple(pairs[n]):
                ids[i : i + 2] = [256 + n]
            i += 1
    return ids


# wrong: only the first place of each pair is merged
# named: bpe_encode-3
def bpe_encode(data, pairs):
    ids = list(data)
    for n, pair in enumerate(pairs):
        for i in range(len(ids) - 1):
            if (ids[i], ids[i + 1]) == tuple(pair):
                ids[i : i + 2] = [256 + n]
                break
    return ids


# wrong: return inside the loop
# named: The loop of `bpe_encode` ends in its
def bpe_encode(data, pairs):
    ids = list(data)
    for n, pair in enumerate(pairs):
        i = 0
        while i < len(ids) - 1:
            if (ids[i], ids[i + 1]) == tuple(pair):
                ids[i : i + 2] = [256 + n]
            i += 1
        return ids


# wrong: ids from 0
# named: bpe_encode-4
def bpe_encode(data, pairs):
    ids = list(data)
    for n, pair in enumerate(pairs):
        i = 0
        while i < len(ids) - 1:
            if (ids[i], ids[i + 1]) == tuple(pair):
                ids[i : i + 2] = [n]
            i += 1
    return ids


# wrong: a string
# named: `bpe_decode` should return bytes; yours returned a string.
def bpe_decode(ids, pairs):
    pieces = [bytes([i]) for i in range(256)]
    for a, b in pairs:
        pieces.append(pieces[a] + pieces[b])
    return b"".join(pieces[i] for i in ids).decode("utf-8", errors="replace")


# wrong: right before left
# named: bpe_decode-2
def bpe_decode(ids, pairs):
    pieces = [bytes([i]) for i in range(256)]
    for a, b in pairs:
        pieces.append(pieces[b] + pieces[a])
    return b"".join(pieces[i] for i in ids)


# wrong: taken apart once only
# named: bpe_decode-1
def bpe_decode(ids, pairs):
    out = []
    for i in ids:
        if i >= 256:
            out += list(pairs[i - 256])
        else:
            out.append(i)
    return bytes(out)


# wrong: the most likely id each time
# named: generate-6
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, -1]
        out.append(int(logits.argmax()))
    return out[len(ids) :]


# wrong: multiplied by the temperature
# named: generate-4
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, -1] * temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out[len(ids) :]


# wrong: the first ids are returned too
# named: generate-3
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out


# wrong: the whole context, longer than T
# named: generate-2
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out[len(ids) :]


# wrong: the first T ids
# named: generate-7
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[: model.T]]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out[len(ids) :]


# wrong: the caller's list grows
# named: `generate` changes its argument `ids` in place. The
def generate(model, ids, n, temperature, top_k, rng):
    start = len(ids)
    for _ in range(n):
        logits = model.forward(np.array([ids[-model.T :]]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        ids.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return ids[start:]


# wrong: top_k is not used
# named: generate-8
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, -1] / temperature
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out[len(ids) :]


# wrong: logits outside of the top k become 0, not -inf
# named: generate-9
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, 0.0)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out[len(ids) :]


# wrong: the logits of the first position
# named: generate-1
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, 0] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
    return out[len(ids) :]


# wrong: return inside the loop
# named: The loop of `generate` ends in its
def generate(model, ids, n, temperature, top_k, rng):
    out = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([out[-model.T :]]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        out.append(int(np.searchsorted(np.cumsum(p), rng.random(), side="right")))
        return out[len(ids) :]


# wrong: always position 0
# named: kv_cache_step-1
def kv_cache_step(model, ids, caches=None):
    caches = caches or [None] * len(model.blocks)
    x = math.sqrt(model.D) * model.E[ids][:, None] + sinusoidal(1, model.D)[0]
    longer = []
    for block, cache in zip(model.blocks, caches):
        x, cache = _block_step(block, x, cache)
        longer.append(cache)
    return layernorm(x, model.gamma, model.beta)[0][:, 0] @ model.E.T, longer


# wrong: the position one too far
# named: kv_cache_step-2
def kv_cache_step(model, ids, caches=None):
    caches = caches or [None] * len(model.blocks)
    at = 0 if caches[0] is None else caches[0][0].shape[2] - 1
    x = math.sqrt(model.D) * model.E[ids][:, None] + sinusoidal(at + 1, model.D)[at]
    longer = []
    for block, cache in zip(model.blocks, caches):
        x, cache = _block_step(block, x, cache)
        longer.append(cache)
    return layernorm(x, model.gamma, model.beta)[0][:, 0] @ model.E.T, longer


# wrong: every block starts from the first one's cache
# named: kv_cache_step-3
def kv_cache_step(model, ids, caches=None):
    caches = caches or [None] * len(model.blocks)
    at = 0 if caches[0] is None else caches[0][0].shape[2]
    x = math.sqrt(model.D) * model.E[ids][:, None] + sinusoidal(at + 1, model.D)[at]
    longer = []
    for block in model.blocks:
        x, cache = _block_step(block, x, caches[0])
        longer.append(cache)
    return layernorm(x, model.gamma, model.beta)[0][:, 0] @ model.E.T, longer


# wrong: no last norm
# named: kv_cache_step-4
def kv_cache_step(model, ids, caches=None):
    caches = caches or [None] * len(model.blocks)
    at = 0 if caches[0] is None else caches[0][0].shape[2]
    x = math.sqrt(model.D) * model.E[ids][:, None] + sinusoidal(at + 1, model.D)[at]
    longer = []
    for block, cache in zip(model.blocks, caches):
        x, cache = _block_step(block, x, cache)
        longer.append(cache)
    return x[:, 0] @ model.E.T, longer
