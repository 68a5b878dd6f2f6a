"""Typical wrong solutions of `text`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


@mistake("vocab", "The characters are numbered as they appear, so the numbers depend on how the "
         "text begins. Sort them first.")  # fmt: skip
def as_they_come(text):
    itos = list(dict.fromkeys(text))
    return {c: i for i, c in enumerate(itos)}, itos


@mistake("vocab", "The numbers begin at 1, but a list begins at 0: itos[stoi[c]] is the next "
         "character, not c.")  # fmt: skip
def from_one(text):
    itos = sorted(set(text))
    return {c: i for i, c in enumerate(itos, start=1)}, itos


@mistake("vocab", "Capitals have become small letters. They are characters of their own here.")
def lower_case(text):
    itos = sorted(set(text.lower()))
    return {c: i for i, c in enumerate(itos)}, itos


@mistake("vocab", "The two results have changed places: stoi, the dict, comes first.")
def other_way_round(text):
    itos = sorted(set(text))
    return itos, {c: i for i, c in enumerate(itos)}


@mistake("bigram_counts", "A pair that comes several times is counted once: C[a, b] += 1 with "
         "arrays adds once for each place. Use a loop or np.add.at.")  # fmt: skip
def repeats_lost(ids, V):
    C = np.zeros((V, V), dtype=int)
    C[ids[:-1], ids[1:]] += 1
    return C


@mistake("bigram_counts", "Rows and columns have changed places: the row is the character that is "
         "there, the column the one that follows.")  # fmt: skip
def follower_by_row(ids, V):
    C = np.zeros((V, V), dtype=int)
    np.add.at(C, (ids[1:], ids[:-1]), 1)
    return C


@mistake("bigram_counts", "The last character is paired with the first. Nothing follows the last: "
         "N ids make N - 1 pairs.")  # fmt: skip
def round_the_end(ids, V):
    C = np.zeros((V, V), dtype=int)
    np.add.at(C, (ids, np.roll(ids, -1)), 1)
    return C


@mistake("bigram_counts", "Only every second pair is counted. Pairs overlap: a character is the "
         "end of one and the beginning of the next.")  # fmt: skip
def no_overlap(ids, V):
    C = np.zeros((V, V), dtype=int)
    np.add.at(C, (ids[:-1:2], ids[1::2]), 1)
    return C


@mistake("to_probs", "The columns add up to 1, not the rows. A row answers: given this character, "
         "what comes next?")  # fmt: skip
def by_column(counts, alpha=1.0):
    return (counts + alpha) / (counts + alpha).sum(axis=0, keepdims=True)


@mistake("to_probs", "The whole table adds up to 1. Each row is a question of its own, so each "
         "row must.")  # fmt: skip
def whole_table(counts, alpha=1.0):
    return (counts + alpha) / (counts + alpha).sum()


@mistake("to_probs", "The row sums lie along the wrong axis: without keepdims=True, the sum of "
         "row j divides column j.")  # fmt: skip
def no_keepdims(counts, alpha=1.0):
    return (counts + alpha) / (counts + alpha).sum(axis=1)


@mistake("to_probs", "alpha is put in only where a count is 0. It is added to every count.")
def only_zeros(counts, alpha=1.0):
    smoothed = np.where(counts == 0, alpha, counts)
    return smoothed / smoothed.sum(axis=1, keepdims=True)


@mistake("to_probs", "alpha is in the numerator only, so the rows add up to more than 1. Add it "
         "first, and then take the sums.")  # fmt: skip
def sums_before_alpha(counts, alpha=1.0):
    return (counts + alpha) / counts.sum(axis=1, keepdims=True)


@mistake("to_probs", "alpha is always 1, whatever was asked for.")
def alpha_fixed(counts, alpha=1.0):
    return (counts + 1.0) / (counts + 1.0).sum(axis=1, keepdims=True)


@mistake("to_probs", "The caller's counts are changed: += writes into them. Add into a new array.")
def counts_in_place(counts, alpha=1.0):
    if counts.dtype.kind == "i":
        counts = counts.astype(float)
    counts += alpha
    return counts / counts.sum(axis=1, keepdims=True)


@mistake("nll", "This is the sum. The mean lets you compare texts of different lengths.")
def summed(probs, ids):
    return float(-np.log(probs[ids[:-1], ids[1:]]).sum())


@mistake("nll", "Divided by the number of characters; there is one pair less.")
def by_characters(probs, ids):
    return float(-np.log(probs[ids[:-1], ids[1:]]).sum() / len(ids))


@mistake("nll", "The logarithm to base 2 counts in bits. The natural one, np.log, is asked for.")
def in_bits(probs, ids):
    return float(-np.log2(probs[ids[:-1], ids[1:]]).mean())


@mistake("nll", "The minus is missing. Logs of probabilities are below 0, and a loss should fall "
         "when things get better.")  # fmt: skip
def no_minus(probs, ids):
    return float(np.log(probs[ids[:-1], ids[1:]]).mean())


@mistake("nll", "The log of the mean is taken. Take the log of each probability and then the "
         "mean; the order matters.")  # fmt: skip
def log_of_mean(probs, ids):
    return float(-np.log(probs[ids[:-1], ids[1:]].mean()))


@mistake("nll", "The pairs are looked up the wrong way round: row is the character that is there, "
         "column the one that follows.")  # fmt: skip
def looked_up_backwards(probs, ids):
    return float(-np.log(probs[ids[1:], ids[:-1]]).mean())


def _rows(probs, temperature):
    raised = probs ** (1 / temperature)
    return raised / raised.sum(axis=1, keepdims=True)


def _walk(rows, n, rng):
    ids, current = [], 0
    for _ in range(n):
        current = int(rng.choice(len(rows), p=rows[current]))
        ids.append(current)
    return np.array(ids)


@mistake("sample", "Every draw comes from row 0. The character just drawn decides the row of the "
         "next one.")  # fmt: skip
def stays_in_row_0(probs, n, rng, temperature=1.0):
    return rng.choice(len(probs), size=n, p=_rows(probs, temperature)[0])


@mistake("sample", "The draw is from a column. What may follow character i stands in row i.")
def from_a_column(probs, n, rng, temperature=1.0):
    columns = _rows(probs, temperature).T
    return _walk(columns / columns.sum(axis=1, keepdims=True), n, rng)


@mistake("sample", "The result begins with character 0, which was only there to begin from. Draw "
         "first, then append.")  # fmt: skip
def start_included(probs, n, rng, temperature=1.0):
    return np.array([0, *_walk(_rows(probs, temperature), n - 1, rng)])


@mistake("sample", "The likeliest character is taken each time. Then every text is the same one; "
         "draw by the probabilities.")  # fmt: skip
def no_chance(probs, n, rng, temperature=1.0):
    ids, current = [], 0
    for _ in range(n):
        current = int(probs[current].argmax())
        ids.append(current)
    return np.array(ids)


@mistake("sample", "The temperature has no effect. Dividing probabilities by it and making the sum "
         "1 again undoes it; divide their logs.")  # fmt: skip
def no_effect(probs, n, rng, temperature=1.0):
    rows = probs / temperature
    return _walk(rows / rows.sum(axis=1, keepdims=True), n, rng)


@mistake("sample", "The logs are multiplied by the temperature, so low is wild and high is "
         "cautious. Divide by it.")  # fmt: skip
def multiplied(probs, n, rng, temperature=1.0):
    return _walk(_rows(probs, 1 / temperature), n, rng)


@mistake("sample", "Another text each time, whatever the seed: np.random has a generator of its "
         "own. Use the one you are given.")  # fmt: skip
def own_generator(probs, n, rng, temperature=1.0):
    return _walk(_rows(probs, temperature), n, np.random.default_rng())


def _softmax(scores, axis=1):
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=axis, keepdims=True)


def _counts(ids, V):
    C = np.zeros((V, V))
    np.add.at(C, (ids[:-1], ids[1:]), 1)
    return C


def _loss(P, ids):
    return float(-np.log(P[ids[:-1], ids[1:]]).mean())


def _slope(P, ids):
    C = _counts(ids, len(P))
    return (C.sum(axis=1, keepdims=True) * P - C) / C.sum()


@mistake("learn_step", "The step goes uphill: the loss rises. Walk against the slope, with a "
         "minus.")  # fmt: skip
def uphill(scores, ids, lr):
    P = _softmax(scores)
    return scores + lr * _slope(P, ids), _loss(P, ids)


@mistake("learn_step", "The slope is a sum over the pairs. The loss is their mean, so divide by "
         "the number of pairs.")  # fmt: skip
def slope_summed(scores, ids, lr):
    P = _softmax(scores)
    return scores - lr * _slope(P, ids) * (len(ids) - 1), _loss(P, ids)


@mistake("learn_step", "All rows are pulled equally hard. A row that is asked often has a steeper "
         "slope: P[i] counts once for each pair that begins with i.")  # fmt: skip
def rows_alike(scores, ids, lr):
    P, C = _softmax(scores), _counts(ids, len(scores))
    return scores - lr * (P - C / np.maximum(C.sum(axis=1, keepdims=True), 1)), _loss(P, ids)


@mistake("learn_step", "What was really there is missing from the slope. Take 1 off at the "
         "follower of each pair: predicted minus true.")  # fmt: skip
def nothing_taken_off(scores, ids, lr):
    P, C = _softmax(scores), _counts(ids, len(scores))
    return scores - lr * C.sum(axis=1, keepdims=True) * P / C.sum(), _loss(P, ids)


@mistake("learn_step", "The softmax runs down the columns. Each row has to add up to 1.")
def softmax_by_column(scores, ids, lr):
    P = _softmax(scores, axis=0)
    return scores - lr * _slope(P, ids), _loss(P, ids)


@mistake("learn_step", "This is the loss after the step. Compute it from the scores you were "
         "given.")  # fmt: skip
def loss_after(scores, ids, lr):
    new = scores - lr * _slope(_softmax(scores), ids)
    return new, _loss(_softmax(new), ids)


@mistake("learn_step", "The caller's scores are changed: -= writes into them. Make a new array.")
def scores_in_place(scores, ids, lr):
    P = _softmax(scores)
    scores -= lr * _slope(P, ids)
    return scores, _loss(P, ids)
