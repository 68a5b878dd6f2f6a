"""A worked solution of `text`."""

import numpy as np


def vocab(text):
    itos = sorted(set(text))
    return {character: number for number, character in enumerate(itos)}, itos


def bigram_counts(ids, V):
    ids = np.asarray(ids)
    C = np.zeros((V, V), dtype=int)
    np.add.at(C, (ids[:-1], ids[1:]), 1)  # C[i, j] += 1 would count a repeated pair once
    return C


def to_probs(counts, alpha=1.0):
    smoothed = counts + alpha
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def nll(probs, ids):
    ids = np.asarray(ids)
    return float(-np.log(probs[ids[:-1], ids[1:]]).mean())


def softmax(scores):
    """Each row of scores (V, V) as probabilities."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sample(probs, n, rng, temperature=1.0):
    # A uniform draw falls into the stretch of one character: the stretches lie end to end in 0..1.
    ends = softmax(np.log(probs) / temperature).cumsum(axis=1)
    ids, current = [], 0
    for _ in range(n):
        current = int(np.searchsorted(ends[current], rng.random() * ends[current, -1], "right"))
        ids.append(current)
    return np.array(ids)


def learn_step(scores, ids, lr):
    P, C = softmax(scores), bigram_counts(ids, len(scores))
    # Row i is asked C[i].sum() times, each time for P[i]; all the ones taken off are C itself.
    slope = (C.sum(axis=1, keepdims=True) * P - C) / C.sum()
    return scores - lr * slope, nll(P, ids)
