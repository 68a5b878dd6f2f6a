"""Predicting and generating text: which letter follows which, from counts and from a network.

A text becomes a row of whole numbers, its ids. A table with a row for each character and a column
for each character that may follow holds everything this generator knows. Letters: V different
characters, N ids. Write plain NumPy; `undergrad check text` runs it.
"""

import numpy as np


def vocab(text):
    """Give every character of a text a number.

    text: a string. Its different characters, sorted, get the numbers 0, 1, 2, ...
    Returns (stoi, itos): stoi is a dict from character to number, itos the list of the
    characters, so that itos[stoi[c]] == c for every character c of the text.
    """
    raise NotImplementedError("TODO 1: the sorted different characters, and the way back")


def bigram_counts(ids, V):
    """Count which character follows which.

    ids: whole numbers in 0..V-1, shape (N,).   V: how many characters there are.
    Returns whole numbers of shape (V, V): C[i, j] is how often j comes right after i.
    """
    raise NotImplementedError("TODO 2: add 1 at row ids[n], column ids[n + 1], for every pair")


def to_probs(counts, alpha=1.0):
    """Turn counts into probabilities of the next character.

    counts: (V, V), row = the character that is there; it stays as it is.
    alpha: added to every count first, so that nothing is impossible.
    Returns floats of shape (V, V); every row adds up to 1.
    """
    raise NotImplementedError("TODO 3: add alpha everywhere, then divide each row by its sum")


def nll(probs, ids):
    """How surprised the table is by a text: the mean of -log(probability) over its pairs.

    probs: (V, V), no zeros.   ids: shape (N,).
    Returns a float. The logarithm is the natural one; N ids make N - 1 pairs.
    """
    raise NotImplementedError("TODO 4: look up each pair, then the mean of -log")


def sample(probs, n, rng, temperature=1.0):
    """Draw a text of n characters, one after the other.

    probs: (V, V), no zeros.   rng: a numpy.random.Generator; all chance comes from it.
    temperature: above 0. The logs of a row are divided by it before they become probabilities
    again: 1 leaves the row as it is, less is cautious, more is varied.
    The draw begins as if character 0 were there; 0 itself is not part of the result.
    Returns whole numbers of shape (n,).
    """
    raise NotImplementedError("TODO 5: draw from the row of the last character, n times")


def learn_step(scores, ids, lr):
    """One step of a network that learns the table, in the place of counting.

    scores: (V, V), any numbers; the softmax of a row gives the probabilities P of the next
    character. The array itself stays as it is.   ids: shape (N,).   lr: the step size.
    The loss is `nll` of P. Each pair (i, j) asks for a change in row i alone: the slope is P[i]
    with 1 taken off at j. The slope of the loss is the mean over all N - 1 pairs.
    Returns (new scores, loss before the step).
    """
    raise NotImplementedError("TODO 6: softmax of each row, slope, a step against it")
