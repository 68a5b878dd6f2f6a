"""Typical wrong solutions of `floats`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


@mistake("machine_eps", "This halves until nothing is left, which finds the smallest float of "
         "all. The gap is asked for at 1: compare 1 plus the number with 1.")  # fmt: skip
def smallest_float(dtype):
    eps = dtype(1)
    while eps / dtype(2) > 0:
        eps = eps / dtype(2)
    return float(eps)


@mistake("machine_eps", "You went one halving too far: this number is already lost when it is "
         "added to 1. Stop at the last one that is noticed.")  # fmt: skip
def one_too_far(dtype):
    eps = dtype(1)
    while dtype(1) + eps > dtype(1):
        eps = eps / dtype(2)
    return float(eps)


@mistake("machine_eps", "The same gap comes out for every dtype, since the numbers are Python's, "
         "which have double precision. Make 1 and the halves with dtype(...).")  # fmt: skip
def always_double(dtype):
    return 2.0**-52


@mistake("machine_eps", "Two things. The numbers are Python's, so every dtype gets the same "
         "answer: make them with dtype(...). And this number is already lost beside 1: stop one "
         "halving earlier.")  # fmt: skip
def double_and_too_far(dtype):
    return 2.0**-53


@mistake("kahan_sum", "This is the plain loop. Each addition beside the large total is rounded, "
         "and the losses add up: keep what was lost and pay it back with the next "
         "term.")  # fmt: skip
def plain_loop(x):
    total = 0.0
    for term in x:
        total = total + term
    return float(total)


@mistake("kahan_sum", "The correction has the wrong sign, so a loss is doubled instead of paid "
         "back. If you subtract it from the next term, it is (grown - total) - "
         "owed.")  # fmt: skip
def wrong_sign(x):
    total, excess = 0.0, 0.0
    for term in x:
        owed = term + excess
        grown = total + owed
        excess = (grown - total) - owed
        total = grown
    return float(total)


@mistake("logsumexp", "exp overflows above 709 and is 0 below -745. Subtract the largest entry "
         "first, and add it back at the end.")  # fmt: skip
def overflows(x, axis):
    return np.log(np.exp(x).sum(axis=axis))


@mistake("logsumexp", "The largest entry was subtracted and not added back after the logarithm.")
def not_added_back(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - largest).sum(axis=axis))


@mistake("logsumexp", "The largest entry of the whole array is subtracted. A row far below it is "
         "left with nothing but zeros: take the maximum along the axis.")  # fmt: skip
def one_shift_for_all(x, axis):
    shift = np.where(np.isfinite(x.max()), x.max(), 0.0)
    return shift + np.log(np.exp(x - shift).sum(axis=axis))


@mistake("logsumexp", "Where all entries are -inf, you subtract -inf from -inf, which is not a "
         "number. Shift such a row by 0.")  # fmt: skip
def inf_minus_inf(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    out = largest + np.log(np.exp(x - largest).sum(axis=axis, keepdims=True))
    return out.squeeze(axis)


@mistake("logsumexp", "The axis is still there, with length 1. Take it out of the result with "
         "squeeze(axis).")  # fmt: skip
def axis_kept(x, axis):
    return np.log(np.exp(x).sum(axis=axis, keepdims=True))


@mistake("logsumexp", "The caller's x is changed: x -= works inside the array itself. Write x - "
         "shift, which makes a new one.")  # fmt: skip
def scores_changed(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    x -= shift
    out = shift + np.log(np.exp(x).sum(axis=axis, keepdims=True))
    return out.squeeze(axis)


@mistake("log1mexp", "This is the formula as it stands on paper. Near 0 the difference 1 - exp(x) "
         "has lost its digits, and far from 0 exp(x) is lost beside the 1.")  # fmt: skip
def as_on_paper(x):
    return np.log(1 - np.exp(x))


@mistake("log1mexp", "Near 0 this is right. Far from 0, exp(x) is lost beside the 1: use np.log1p "
         "there, for x below -log 2.")  # fmt: skip
def expm1_everywhere(x):
    return np.log(-np.expm1(x))


@mistake("log1mexp", "Far from 0 this is right. Near 0, exp(x) is rounded next to 1 before log1p "
         "sees it: use np.expm1 there, for x above -log 2.")  # fmt: skip
def log1p_everywhere(x):
    return np.log1p(-np.exp(x))


@mistake("log1mexp", "This is log(1 + exp(x)). The probability of the opposite is 1 minus exp(x).")
def plus(x):
    return np.log1p(np.exp(x))


@mistake("stable_bce", "The probability is rounded to exactly 0 or 1 before the logarithm sees "
         "it, and log 0 is infinite. Write the loss with z itself.")  # fmt: skip
def through_the_probability(z, y):
    p = 1 / (1 + np.exp(-z))
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


@mistake("stable_bce", "Clipping the probability gives a number, and a wrong one: no loss can "
         "pass 28, and beyond that its slope is 0. Write the loss with z itself.")  # fmt: skip
def clipped(z, y):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-12, 1 - 1e-12)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


@mistake("stable_bce", "One side is safe and the other is not: exp(-z) overflows for large "
         "negative z. Use exp(-|z|), and max(z, 0) makes up for it.")  # fmt: skip
def one_side(z, y):
    return (1 - y) * z + np.log1p(np.exp(-z))


@mistake("stable_bce", "1 + exp(-|z|) is rounded to 1 for large z, and its logarithm to 0. "
         "np.log1p takes exp(-|z|) without adding the 1.")  # fmt: skip
def log_of_one_plus(z, y):
    return np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z)))


@mistake("stable_bce", "Yes and no are exchanged: a high score with y = 1 should cost little.")
def exchanged(z, y):
    return np.maximum(z, 0) - z * (1 - y) + np.log1p(np.exp(-np.abs(z)))


@mistake("stable_bce", "This is the average. One loss for each question is asked for, shape (N,).")
def averaged(z, y):
    return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))


@mistake("cond2", "The fraction is upside down: the largest stretch goes on top, so the result is "
         "at least 1.")  # fmt: skip
def upside_down(A):
    stretches = np.linalg.svd(A, compute_uv=False)
    return stretches[-1] / stretches[0]


@mistake("cond2", "These are eigenvalues. They say how A stretches the few directions that it "
         "does not turn; use singular values.")  # fmt: skip
def eigenvalues(A):
    sizes = np.abs(np.linalg.eigvals(A))
    return sizes.max() / sizes.min()


@mistake("cond2", "Singular values of A.T @ A are the squares, so this is the condition number "
         "squared. Take those of A.")  # fmt: skip
def squared(A):
    stretches = np.linalg.svd(A.T @ A, compute_uv=False)
    return stretches[0] / stretches[-1]


@mistake("cond2", "The determinant also measures size: a small multiple of the identity has a "
         "tiny one and loses no digit. Compare the stretches with each other.")  # fmt: skip
def by_determinant(A):
    return 1 / abs(np.linalg.det(A)) if A.shape[0] == A.shape[1] else np.inf
