"""What is asked of `text`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Random draws may use their generator in any way, so checks of `sample` either leave nothing to
chance (a table that is nearly certain) or name the table whose frequencies are nearest.
"""

import numpy as np

from undergrad.checker import task, within

LETTERS = "abcdefghijklmnopqrstuvwxyz .,-"


def writing(rng, n=60):
    """A text that does not begin with its smallest character; several occur many times."""
    letters = sorted(rng.permutation(list(LETTERS))[:12])
    return letters[-1] + "".join(rng.choice(letters, size=n)) + "".join(letters)


@task(1, "numbers the characters in sorted order", hint=[
    "set(text) holds each character once, in no order you can rely on. What puts it in order?",
    "itos is the sorted list. stoi says for each character where in that list it stands.",
    "itos = sorted(set(text))\nreturn {c: i for i, c in enumerate(itos)}, itos",
])  # fmt: skip
def in_order(code, rng):
    _, itos = code.vocab(writing(rng))
    itos = list(itos)
    return "sorted" if itos == sorted(itos) else "not sorted"


@task(1, "maps every character to its number and back")
def both_ways(code, rng):
    stoi, itos = code.vocab(writing(rng) + "AZ")
    return stoi, itos


def a_text(rng, V=5, n=40):
    """Ids with repeated pairs, unlike first and last characters, and one character unused."""
    ids = rng.integers(V - 1, size=n)
    ids[:6] = (0, 1, 0, 1, 0, 1)
    ids[-1], ids[ids == V - 2] = 2, 3
    # 0 then 2 occurs and 2 then 0 never does, so the table and its transpose differ.
    ids[6:8] = (0, 2)
    ids[1:][(ids[:-1] == 2) & (ids[1:] == 0)] = 3
    return ids


@task(2, "counts each character by row, and what follows it by column", hint=[
    "Write down the pairs of `abaab` by hand. How many are there?",
    "ids[:-1] are the first halves of all pairs and ids[1:] the second halves. A pair that comes "
    "twice must count twice.",
    "C = np.zeros((V, V), dtype=int)\n"
    "for i, j in zip(ids[:-1], ids[1:]):\n"
    "    C[i, j] += 1\n"
    "return C",
])  # fmt: skip
def pairs(code, rng):
    return code.bigram_counts(a_text(rng), 5)


@task(2, "counts one pair less than there are characters")
def total(code, rng):
    return int(np.sum(code.bigram_counts(a_text(rng), 5)))


def table(rng, V=5):
    """Counts from 0 to 9, one row busier than the others, some pairs never seen. (V, V)."""
    counts = rng.integers(1, 10, size=(V, V))
    counts[0, 1], counts[1, 3], counts[2] = 0, 0, counts[2] * 7
    return counts


@task(3, "divides every row by its own sum, after adding alpha", hint=[
    "Which numbers must add up to 1: those in a row or those in a column? What does a row say?",
    "Add alpha to the whole table. The sums run along axis 1; keepdims=True keeps them as a "
    "column, so that each divides its own row.",
    "smoothed = counts + alpha\nreturn smoothed / smoothed.sum(axis=1, keepdims=True)",
])  # fmt: skip
def rows(code, rng):
    return code.to_probs(table(rng), alpha=float(rng.uniform(0.3, 0.8)))


@task(3, "adds 1 when no alpha is given")
def add_one(code, rng):
    return code.to_probs(table(rng))


@task(3, "leaves the counts as they were")
def counts_unchanged(code, rng):
    counts = table(rng).astype(float)
    before = counts.copy()
    code.to_probs(counts, alpha=0.5)
    return counts - before


def chances(rng, V=5):
    """A table of probabilities without zeros, rows adding up to 1. (V, V)."""
    weights = rng.uniform(0.05, 1.0, size=(V, V)) ** 2
    return weights / weights.sum(axis=1, keepdims=True)


@task(4, "is the mean of -log over the pairs", hint=[
    "Which probability does the table give to each pair of the text? That is a row of N - 1 "
    "numbers.",
    "Two arrays of places pick them all at once: probs[ids[:-1], ids[1:]]. Then np.log, a minus, "
    "the mean.",
    "return float(-np.log(probs[ids[:-1], ids[1:]]).mean())",
])  # fmt: skip
def surprise(code, rng):
    return float(code.nll(chances(rng), a_text(rng)))


@task(4, "is log(V) when every character is equally likely")
def fair(code, rng):
    V = int(rng.integers(5, 12))
    return float(code.nll(np.full((V, V), 1 / V), a_text(rng)))


@task(5, "follows the table from character 0 on, one draw after the other", hint=[
    "Play it by hand: 0 is there. Which row do you draw from? You drew 3. Which row now?",
    "Keep the last character in a variable. Raise the row to the power 1 / temperature, divide "
    "by its sum, draw, append, and make the drawn character the last one.",
    "powers = probs ** (1 / temperature)\n"
    "rows = powers / powers.sum(axis=1, keepdims=True)\n"
    "ids, current = [], 0\n"
    "for _ in range(n):\n"
    "    current = rng.choice(len(rows), p=rows[current])\n"
    "    ids.append(current)\n"
    "return np.array(ids)",
])  # fmt: skip
def certain(code, rng):
    # A round trip through all characters, each step all but certain: 0 -> a -> b -> ... -> 0.
    V = 6
    trip = np.array([0, *(1 + rng.permutation(V - 1))])
    probs = np.full((V, V), 1e-12)
    probs[trip, np.roll(trip, -1)] = 1 - (V - 1) * 1e-12
    return np.asarray(code.sample(probs, 2 * V + 3, rng)).astype(int)


def circle(rng):
    """Three characters, each row the same three numbers turned on by one place. (3, 3).

    The columns add up to 1 as well, and in the long run every character is equally frequent.
    """
    row = rng.permutation([0.62, 0.28, 0.10])
    return np.array([np.roll(row, shift) for shift in range(3)])


def powers(probs, exponent):
    raised = probs**exponent
    return raised / raised.sum(axis=1, keepdims=True)


def nearest(ids, tables):
    """The name of the table whose rows are nearest to how the ids follow each other."""
    ids = [0, *(int(each) for each in ids)]
    counts = np.zeros((3, 3))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    seen = counts.sum(axis=1) > 20
    shares = counts[seen] / counts[seen].sum(axis=1, keepdims=True)
    gaps = {name: np.abs(shares - table[seen]).max() for name, table in tables.items()}
    best = min(gaps, key=gaps.get)
    # 3000 draws, about 1000 from each row: one share has a standard deviation of 0.016 at most.
    return best if gaps[best] < 0.09 else "no table that is known here"


@task(5, "draws as often as the table says")
def frequencies(code, rng):
    probs = circle(rng)
    likeliest = np.eye(3)[probs.argmax(axis=1)]
    tables = {"the table": probs, "always the likeliest": likeliest,
              "all alike": np.full((3, 3), 1 / 3)}  # fmt: skip
    return nearest(code.sample(probs, 3000, rng), tables)


@task(5, "divides the logs of the row by the temperature")
def warmer_or_colder(code, rng):
    probs, temperature = circle(rng), float(rng.choice([0.5, 2.0]))
    tables = {"divided by it": powers(probs, 1 / temperature), "not changed": probs,
              "multiplied by it": powers(probs, temperature)}  # fmt: skip
    return nearest(code.sample(probs, 3000, rng, temperature=temperature), tables)


@task(5, "takes the likeliest character when the temperature is nearly 0")
def nearly_zero(code, rng):
    probs = circle(rng)
    ids = np.asarray(code.sample(probs, 40, rng, temperature=0.02)).astype(int)
    follows = probs.argmax(axis=1)[[0, *ids[:-1]]]
    return "always the likeliest" if np.all(ids == follows) else "others as well"


@task(5, "is repeatable with the same generator")
def by_generator(code, rng):
    probs, seed = circle(rng), int(rng.integers(1000))
    first, again, other = (
        [int(i) for i in code.sample(probs, 60, np.random.default_rng(each))]
        for each in (seed, seed, seed + 1)
    )
    if first != again:
        return "another text although the generator began in the same state"
    return "the same text for another state" if first == other else "the generator decides"


def beginning(rng, V=5):
    return rng.normal(size=(V, V))


@task(6, "moves the scores against the slope, and gives the loss before it", hint=[
    "The table of the softmax is P. Which pairs ask something of row i, and what does each ask?",
    "Row i gets (how often i comes first) * P[i] - C[i], where C are the counts. Divide by the "
    "number of pairs, and step against it.",
    "e = np.exp(scores)\n"
    "P = e / e.sum(axis=1, keepdims=True)\n"
    "C = bigram_counts(ids, len(scores))\n"
    "slope = (C.sum(axis=1, keepdims=True) * P - C) / (len(ids) - 1)\n"
    "return scores - lr * slope, nll(P, ids)",
], needs=[2, 4])  # fmt: skip
def one_step(code, rng):
    scores, loss = code.learn_step(beginning(rng), a_text(rng), float(rng.uniform(2.0, 4.0)))
    return scores, float(loss)


@task(6, "agrees with slopes measured by nudging each score", needs=[2, 4],
      judge=within(0.0, 1e-6))  # fmt: skip
def nudged(code, rng):
    scores, ids, h = beginning(rng), a_text(rng), 1e-4
    given = scores - code.learn_step(scores.copy(), ids, 1.0)[0]

    def loss(scores):
        rows = np.exp(scores)
        rows /= rows.sum(axis=1, keepdims=True)
        return -np.log(rows[ids[:-1], ids[1:]]).mean()

    measured = np.zeros_like(scores)
    for place in np.ndindex(scores.shape):
        up, down = scores.copy(), scores.copy()
        up[place] += h
        down[place] -= h
        measured[place] = (loss(up) - loss(down)) / (2 * h)
    return float(np.abs(given - measured).max())


@task(6, "arrives at the loss of the counts, within 0.01", needs=[2, 3, 4],
      judge=within(-0.01, 0.01))  # fmt: skip
def same_loss(code, rng):
    ids = rng.integers(4, size=200)
    scores, loss = np.zeros((4, 4)), 0.0
    for _ in range(200):
        scores, loss = code.learn_step(scores, ids, 5.0)
    return float(loss - code.nll(code.to_probs(code.bigram_counts(ids, 4), 1e-9), ids))


@task(6, "leaves the old scores as they were", needs=[2, 4])
def scores_unchanged(code, rng):
    scores = beginning(rng)
    before = scores.copy()
    code.learn_step(scores, a_text(rng), 1.0)
    return scores - before
