"""Predicting and generating text: which character follows which, from counts and from a network.

A text becomes an array of whole numbers, its ids. A table with one row for each character and one
column for each character that may follow is all that this generator uses (a bigram model). Use only
NumPy; `undergrad check text` runs it.

Letters: V different characters (the vocabulary), N ids of a text.
"""

import numpy as np


def vocab(text):
    """The vocabulary of a text: a number for every character.

    text: a string. Its different characters, sorted, get the numbers 0, 1, 2, ...
    stoi is a dict from character to number, itos the list of the characters, so that
    itos[stoi[c]] == c for every character c of the text.
    Returns: stoi, dict, itos, list
    """
    # TODO 1: the sorted different characters, and the inverse look-up
    itos = sorted(set(text))
    stoi = {character: number for number, character in enumerate(itos)}
    return stoi, itos


def bigram_counts(ids, V):
    """Count which character follows which.

    ids: whole numbers in 0..V-1, shape (N,).   V: how many characters there are.
    C[i, j] is how often j comes right after i, a whole number.
    Returns: C (V, V)
    """
    # TODO 2: count every pair of neighbours
    ids = np.asarray(ids)
    C = np.zeros((V, V), dtype=int)
    np.add.at(C, (ids[:-1], ids[1:]), 1)
    return C


def to_probs(counts, alpha=1.0):
    """Turn counts into probabilities of the next character.

    counts: (V, V), one row for each current character; left unchanged.
    alpha: added to every count first, so that nothing is impossible (smoothing).
    Every row of the probabilities sums to 1.
    Returns: probs (V, V)
    """
    # TODO 3: smooth the counts, then make every row sum to 1
    smoothed = counts + alpha
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def nll(probs, ids):
    """The negative log-likelihood of a text: the mean of -log(probability) over its pairs.

    probs: (V, V), no zeros.   ids: (N,).
    The logarithm is the natural one; N ids make N - 1 pairs.
    Returns: loss, float
    """
    # TODO 4: how improbable did the table find each pair, on average?
    ids = np.asarray(ids)
    p = probs[ids[:-1], ids[1:]]  # of each pair, (N - 1,)
    return float(-np.log(p).mean())


def softmax(logits):  # solution only
    """Each row of the logits (V, V) as probabilities."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sample(probs, n, rng, temperature=1.0):
    """Generate a text of n characters, one after the other.

    probs: (V, V), no zeros.   rng: a numpy.random.Generator, the only source of randomness.
    temperature: above 0. The logs of a row are divided by it before they become probabilities
    again: 1 leaves the row unchanged, a smaller one is more cautious, a larger one more varied.
    The text begins as if character 0 came before it; that 0 is not in the result.
    Returns: ids (n,)
    """
    # TODO 5: draw from the row of the last character, n times
    rows = softmax(np.log(probs) / temperature)
    ids, current = [], 0
    for _ in range(n):
        current = int(rng.choice(len(rows), p=rows[current]))
        ids.append(current)
    return np.array(ids)


def learn_step(logits, ids, lr):
    """One step of gradient descent for a network that learns the table instead of counting.

    logits: (V, V), any numbers, left unchanged; the softmax of a row gives the probabilities P of
    the next character.   ids: (N,).   lr: learning rate.
    The loss is `nll` of P. A pair (i, j) contributes to row i only: its gradient is P[i] with 1
    subtracted at j. The gradient of the loss is the mean over all N - 1 pairs. The loss is the one
    before the step.
    Returns: logits (V, V), loss, float
    """
    # TODO 6: softmax of each row, gradient, a step against it
    P, C = softmax(logits), bigram_counts(ids, len(logits))
    # Row i gets P[i] once for each pair that begins with i; the ones to subtract are C itself.
    gradient = (C.sum(axis=1, keepdims=True) * P - C) / C.sum()
    return logits - lr * gradient, nll(P, ids)
