"""Classifying images: what is needed around a network that reads digits.

An image is a row of numbers, a class is a whole number from 0 on. Five functions prepare the data
and evaluate the result; the network itself is ready-made. Use only NumPy; `undergrad check images`
runs them.

Letters: N images, D pixels, k classes.
"""

import numpy as np


def split(X, y, frac, rng):
    """Split the images into a training set and a test set, class by class (stratified).

    X: images, (N, D).   y: their labels, (N,), whole numbers. Both are left unchanged.
    frac: the fraction of each class that goes into the test set, between 0 and 1; round to whole
    images.   rng: a numpy.random.Generator; it alone decides which images are in the test set.
    Returns: Xtr (..., D), ytr (...), Xte (..., D), yte (...)
    """
    # TODO 1: for each class, put a random fraction of its rows into the test set
    in_test = np.zeros(len(y), dtype=bool)  # a mask keeps images and labels together
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        in_test[rows[: round(frac * len(rows))]] = True
    return X[~in_test], y[~in_test], X[in_test], y[in_test]


def normalise(X, stats=None):
    """Shift and scale every column (every pixel) to mean 0 and standard deviation 1.

    X: (N, D), left unchanged.   stats: None, or the pair (mean, std) that an earlier call returned.
    Without stats, mean and std are computed from X, each of shape (D,). A column that never changes
    gets the std 1, because 0 cannot be divided by. The pair that was used is returned as well.
    Returns: Z (N, D), stats, tuple
    """
    # TODO 2: the statistics of each column, then every column at mean 0 and std 1
    if stats is None:
        std = X.std(axis=0)
        stats = X.mean(axis=0), np.where(std > 0, std, 1.0)
    mean, std = stats
    return (X - mean) / std, stats


def one_hot(y, k):
    """Labels as rows with a single 1.

    y: (N,), whole numbers in 0..k-1.   k: the number of classes.
    Row i of the float array is 1 in column y[i] and 0 elsewhere.
    Raises ValueError when a label is outside 0..k-1.
    Returns: H (N, k)
    """
    # TODO 3: a row of zeros with a 1 in the column of the label
    y = np.asarray(y)
    if np.any((y < 0) | (y >= k)):  # NumPy would take -1 for the last class
        raise ValueError(f"labels must be in 0..{k - 1}, found {y.min()}..{y.max()}")
    return np.eye(k)[y]


def confusion(y, p, k):
    """The confusion matrix: how often each class was predicted as each class.

    y: true labels, p: predicted labels, both (N,), whole numbers in 0..k-1.
    C[i, j] is how often an image of class i was predicted as j, a whole number.
    Returns: C (k, k)
    """
    # TODO 4: add 1 at row y[n], column p[n], for every n
    C = np.zeros((k, k), dtype=int)
    np.add.at(C, (y, p), 1)
    return C


def worst_pair(C):
    """The two classes that are confused most often, both directions counted together.

    C: a confusion matrix, (k, k), left unchanged.
    It is the pair i < j with the largest C[i, j] + C[j, i].
    Returns: i, int, j, int
    """
    # TODO 5: add both directions, then find the largest entry off the diagonal
    both = np.triu(C + C.T, k=1)  # above the diagonal: each pair once, correct predictions left out
    i, j = np.unravel_index(np.argmax(both), both.shape)
    return int(i), int(j)
