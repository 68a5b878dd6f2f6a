"""Sorting pictures into classes: what stands around a network that reads digits.

A picture is a row of numbers, a class is a whole number from 0 on. Five functions prepare the
data and judge the result; the network itself is ready-made. Write plain NumPy;
`undergrad check images` runs them.
"""

import numpy as np


def split(X, y, frac, rng):
    """Keep a share of the pictures back, for the test.

    X: pictures, shape (N, D).   y: their labels, shape (N,), whole numbers.
    frac: the share of each class that goes to the test, between 0 and 1; round to whole pictures.
    rng: a numpy.random.Generator; it alone decides which pictures are kept back.
    Returns (Xtr, ytr, Xte, yte). X and y themselves stay as they are.
    """
    raise NotImplementedError("TODO 1: for each class, keep a random share of its rows back")


def normalise(X, stats=None):
    """Shift and scale every column (every pixel) to mean 0 and standard deviation 1.

    X: shape (N, D).   stats: None, or the pair (mean, std) that an earlier call returned.
    Without stats they are computed from X: mean and std, each of shape (D,). A column that
    never changes gets std 1, so that it can be divided by.
    Returns (Z, stats): Z of shape (N, D), a new array, and the pair that was used.
    """
    raise NotImplementedError("TODO 2: (X - mean) / std, column by column")


def one_hot(y, k):
    """Labels as rows with a single 1.

    y: shape (N,), whole numbers in 0..k-1.   k: the number of classes.
    Returns a float array of shape (N, k): row i is 1 in column y[i] and 0 elsewhere.
    Raises ValueError when a label lies outside 0..k-1.
    """
    raise NotImplementedError("TODO 3: a row of zeros with a 1 at the label's place")


def confusion(y, p, k):
    """Count what was called what.

    y: true labels, p: predicted labels, both shape (N,), whole numbers in 0..k-1.
    Returns whole numbers of shape (k, k): C[i, j] is how often a picture of i was called j.
    """
    raise NotImplementedError("TODO 4: add 1 at row y[n], column p[n], for every n")


def worst_pair(C):
    """The two classes that are confused most often, both directions counted together.

    C: a confusion matrix, shape (k, k); it stays as it is.
    Returns (i, j) with i < j, two ints: the pair with the largest C[i, j] + C[j, i].
    """
    raise NotImplementedError("TODO 5: add both directions, then find the largest off-diagonal")
