# right: two comprehensions
def vocab(text):
    chars = sorted(set(text))
    return {ch: n for n, ch in enumerate(chars)}, chars


# right: a dict that grows, sorted first
def vocab(text):
    stoi, itos = {}, []
    for ch in sorted(text):
        if ch not in stoi:
            stoi[ch] = len(itos)
            itos.append(ch)
    return stoi, itos


# right: a loop with zip, as in makemore
def bigram_counts(ids, V):
    N = np.zeros((V, V), dtype=np.int32)
    for ix1, ix2 in zip(ids, ids[1:]):
        N[ix1, ix2] += 1
    return N


# right: a loop over the rows
def to_probs(counts, alpha=1.0):
    P = np.empty(counts.shape, dtype=float)
    for r in range(counts.shape[0]):
        row = counts[r] + alpha
        P[r] = row / row.sum()
    return P


# right: a running sum of logs
def nll(probs, ids):
    log_likelihood, n = 0.0, 0
    for a, b in zip(ids[:-1], ids[1:]):
        log_likelihood += np.log(probs[a, b])
        n += 1
    return -log_likelihood / n


# right: the power in place of the quotient of logs
def sample(probs, n, rng, temperature=1.0):
    ix = 0
    out = []
    for _ in range(n):
        p = probs[ix] ** (1.0 / temperature)
        p = p / p.sum()
        ix = rng.choice(len(p), p=p)
        out.append(ix)
    return np.array(out)


# right: a pair at a time, with a gradient table
def learn_step(logits, ids, lr):
    e = np.exp(logits - logits.max(1, keepdims=True))
    P = e / e.sum(1, keepdims=True)
    loss = nll(P, ids)
    dlogits = np.zeros_like(logits)
    m = len(ids) - 1
    for t in range(m):
        dlogits[ids[t]] += P[ids[t]]
        dlogits[ids[t], ids[t + 1]] -= 1
    return logits - lr * dlogits / m, loss


# wrong: the characters in the order in which they first occur
# named: vocab-1
def vocab(text):
    itos = list(dict.fromkeys(text))
    return {c: i for i, c in enumerate(itos)}, itos


# wrong: numbers from 1, with 0 kept for the end of a name
# named: vocab-2
def vocab(text):
    itos = sorted(set(text))
    stoi = {c: i + 1 for i, c in enumerate(itos)}
    return stoi, itos


# wrong: itos is a dict
# named: `vocab` should return `itos` as a list; yours
def vocab(text):
    chars = sorted(set(text))
    stoi = {c: i for i, c in enumerate(chars)}
    itos = {i: c for c, i in stoi.items()}
    return stoi, itos


# wrong: each pair only once
# named: bigram_counts-1
def bigram_counts(ids, V):
    C = np.zeros((V, V), dtype=int)
    C[ids[:-1], ids[1:]] += 1
    return C


# wrong: the table is transposed
# named: bigram_counts-2
def bigram_counts(ids, V):
    C = np.zeros((V, V), dtype=int)
    np.add.at(C, (ids[1:], ids[:-1]), 1)
    return C


# wrong: the last character is followed by the first one
# named: bigram_counts-3
def bigram_counts(ids, V):
    C = np.zeros((V, V), dtype=int)
    for n in range(len(ids)):
        C[ids[n - 1], ids[n]] += 1
    return C


# wrong: a sum without keepdims divides the columns
# named: to_probs-3
def to_probs(counts, alpha=1.0):
    smooth = counts + alpha
    return smooth / smooth.sum(axis=1)


# wrong: divided by the sum of the whole table
# named: to_probs-2
def to_probs(counts, alpha=1.0):
    return (counts + alpha) / (counts + alpha).sum()


# wrong: alpha only in the numerator
# named: to_probs-5
def to_probs(counts, alpha=1.0):
    return (counts + alpha) / counts.sum(axis=1, keepdims=True)


# wrong: always 1, whatever alpha is
# named: to_probs-6
def to_probs(counts, alpha=1.0):
    P = (counts + 1).astype(float)
    P /= P.sum(1, keepdims=True)
    return P


# wrong: the sum, not the mean
# named: nll-1
def nll(probs, ids):
    return -np.log(probs[ids[:-1], ids[1:]]).sum()


# wrong: divided by N, not by the number of pairs
# named: nll-2
def nll(probs, ids):
    total = 0.0
    for t in range(len(ids) - 1):
        total -= np.log(probs[ids[t], ids[t + 1]])
    return total / len(ids)


# wrong: the last pair is left out
# named: nll-7
def nll(probs, ids):
    pairs = range(len(ids) - 2)
    return -np.mean([np.log(probs[ids[t], ids[t + 1]]) for t in pairs])


# wrong: log of the mean
# named: nll-5
def nll(probs, ids):
    return -np.log(np.mean(probs[ids[:-1], ids[1:]]))


# wrong: in bits
# named: nll-3
def nll(probs, ids):
    return float(np.mean(-np.log2(probs[ids[:-1], ids[1:]])))


# wrong: the sign is missing
# named: nll-4
def nll(probs, ids):
    return np.log(probs[ids[:-1], ids[1:]]).mean()


# wrong: the most likely character every time
# named: sample-4
def sample(probs, n, rng, temperature=1.0):
    out, last = [], 0
    for _ in range(n):
        last = int(np.argmax(probs[last]))
        out.append(last)
    return np.array(out)


# wrong: every character is drawn from row 0
# named: sample-1
def sample(probs, n, rng, temperature=1.0):
    p = np.exp(np.log(probs[0]) / temperature)
    return rng.choice(len(probs), size=n, p=p / p.sum())


# wrong: the temperature multiplies
# named: sample-6
def sample(probs, n, rng, temperature=1.0):
    c, text = 0, []
    for _ in range(n):
        logits = np.log(probs[c]) * temperature
        p = np.exp(logits) / np.exp(logits).sum()
        c = rng.choice(len(p), p=p)
        text.append(c)
    return np.array(text)


# wrong: the temperature is ignored
# named: sample-5
def sample(probs, n, rng, temperature=1.0):
    c, text = 0, []
    for _ in range(n):
        c = int(rng.choice(len(probs), p=probs[c]))
        text.append(c)
    return np.array(text)


# wrong: divided by V * V
# named: learn_step-8
def learn_step(logits, ids, lr):
    e = np.exp(logits - logits.max(1, keepdims=True))
    P = e / e.sum(1, keepdims=True)
    g = np.zeros_like(logits)
    np.add.at(g, ids[:-1], P[ids[:-1]])
    np.add.at(g, (ids[:-1], ids[1:]), -1)
    return logits - lr * g / logits.size, nll(P, ids)


# wrong: the gradient is P in each row, also in rows that never occur
# named: learn_step-10
def learn_step(logits, ids, lr):
    e = np.exp(logits - logits.max(1, keepdims=True))
    P = e / e.sum(1, keepdims=True)
    loss = -np.log(P[ids[:-1], ids[1:]]).mean()
    g = P.copy()
    g[ids[:-1], ids[1:]] -= 1
    return logits - lr * g / (len(ids) - 1), loss


# wrong: the loss after the step
# named: learn_step-6
def learn_step(logits, ids, lr):
    def soft(z):
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    P, g = soft(logits), np.zeros_like(logits)
    for a, b in zip(ids, ids[1:]):
        g[a] += P[a]
        g[a, b] -= 1
    new = logits - lr * g / (len(ids) - 1)
    return new, nll(soft(new), ids)


# wrong: the table is changed in place
# named: learn_step-7
def learn_step(logits, ids, lr):
    e = np.exp(logits - logits.max(1, keepdims=True))
    P = e / e.sum(1, keepdims=True)
    loss = nll(P, ids)
    g = np.zeros_like(logits)
    np.add.at(g, ids[:-1], P[ids[:-1]])
    np.add.at(g, (ids[:-1], ids[1:]), -1)
    logits -= lr * g / (len(ids) - 1)
    return logits, loss


# right: Counter of pairs
def bigram_counts(ids, V):
    from collections import Counter

    table = np.zeros((V, V), dtype=int)
    for (a, b), times in Counter(zip(ids[:-1], ids[1:])).items():
        table[a, b] = times
    return table


# right: one-hot gradient, pair by pair
def learn_step(logits, ids, lr):
    x, y = np.asarray(ids[:-1]), np.asarray(ids[1:])
    z = logits[x]
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(x)), y]).mean()
    p[np.arange(len(x)), y] -= 1
    grad = np.zeros_like(logits)
    np.add.at(grad, x, p / len(x))
    return logits - lr * grad, loss


# wrong: range one too short
# named: bigram_counts-6
def bigram_counts(ids, V):
    N = np.zeros((V, V), dtype=int)
    for k in range(1, len(ids) - 1):
        N[ids[k - 1], ids[k]] += 1
    return N


# wrong: the gradient divided by all characters
# named: learn_step-9
def learn_step(logits, ids, lr):
    n = len(ids)
    p = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    d, loss = np.zeros_like(logits), 0.0
    for a, b in zip(ids[:-1], ids[1:]):
        onehot = np.eye(len(logits))[b]
        d[a] += (p[a] - onehot) / n
        loss -= np.log(p[a, b]) / (n - 1)
    return logits - lr * d, loss
