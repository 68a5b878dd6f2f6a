"""The checks of `text`.

Random draws may use their generator in any way, so checks of `sample` either leave nothing to
chance (a table that is nearly certain) or name the table whose frequencies are nearest.
"""

import numpy as np

from undergrad.checker import decided_by, task, within

LETTERS = "abcdefghijklmnopqrstuvwxyz .,-"


def writing(rng, n=60):
    """A text that does not begin with its smallest character; several occur many times."""
    letters = sorted(rng.permutation(list(LETTERS))[:12])
    return letters[-1] + "".join(rng.choice(letters, size=n)) + "".join(letters)


@task(1, "numbers the characters in sorted order")
def in_order(code, rng):
    _, itos = code.vocab(writing(rng))
    itos = list(itos)
    return "sorted" if itos == sorted(itos) else "not sorted"


@task(1, "maps every character to its number, and back")
def both_ways(code, rng):
    stoi, itos = code.vocab(writing(rng) + "AZ")
    return stoi, itos


def a_text(rng, V=5, n=40):
    """Ids with repeated pairs, different first and last characters, and one character unused."""
    ids = rng.integers(V - 1, size=n)
    ids[:6] = (0, 1, 0, 1, 0, 1)
    ids[-1], ids[ids == V - 2] = 2, 3
    # 0 then 2 occurs and 2 then 0 never does, so the table and its transpose differ.
    ids[6:8] = (0, 2)
    ids[1:][(ids[:-1] == 2) & (ids[1:] == 0)] = 3
    return ids


@task(
    2,
    "counts pairs: the character by row, and the one that follows by column",
    keeps_arguments=True,
)
def pairs(code, rng):
    return code.bigram_counts(a_text(rng), 5)


@task(2, "counts one pair fewer than there are characters")
def total(code, rng):
    return int(np.sum(code.bigram_counts(a_text(rng), 5)))


def table(rng, V=5):
    """Counts from 0 to 9, one row larger than the others, some pairs never seen. (V, V)."""
    counts = rng.integers(1, 10, size=(V, V))
    counts[0, 1], counts[1, 3], counts[2] = 0, 0, counts[2] * 7
    return counts


@task(3, "divides every row by its own sum, after adding alpha", keeps_arguments=True)
def rows(code, rng):
    return code.to_probs(table(rng).astype(float), alpha=float(rng.uniform(0.3, 0.8)))


@task(3, "adds 1 when no alpha is given")
def add_one(code, rng):
    return code.to_probs(table(rng))


def random_probs(rng, V=5):
    """A table of probabilities without zeros, rows summing to 1. (V, V)."""
    weights = rng.uniform(0.05, 1.0, size=(V, V)) ** 2
    return weights / weights.sum(axis=1, keepdims=True)


@task(4, "returns the mean of -log(probability) over the pairs", keeps_arguments=True)
def mean_nll(code, rng):
    return float(code.nll(random_probs(rng), a_text(rng)))


@task(4, "returns log(V) when every character is equally likely")
def uniform(code, rng):
    V = int(rng.integers(5, 12))
    return float(code.nll(np.full((V, V), 1 / V), a_text(rng)))


@task(5, "follows the table from character 0, one draw after another", keeps_arguments=True)
def certain(code, rng):
    # A round trip through all characters, each step all but certain: 0 -> a -> b -> ... -> 0.
    V = 6
    trip = np.array([0, *(1 + rng.permutation(V - 1))])
    probs = np.full((V, V), 1e-12)
    probs[trip, np.roll(trip, -1)] = 1 - (V - 1) * 1e-12
    return np.asarray(code.sample(probs, 2 * V + 3, rng)).astype(int)


def circle(rng):
    """Three characters, each row the same three numbers shifted by one column. (3, 3).

    The columns sum to 1 as well, and in the long run every character is equally frequent.
    """
    row = rng.permutation([0.62, 0.28, 0.10])
    return np.array([np.roll(row, shift) for shift in range(3)])


def powers(probs, exponent):
    raised = probs**exponent
    return raised / raised.sum(axis=1, keepdims=True)


def nearest(ids, tables):
    """The name of the table whose rows are nearest to the frequencies of the pairs of ids."""
    ids = [0, *(int(each) for each in ids)]
    counts = np.zeros((3, 3))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    seen = counts.sum(axis=1) > 20
    fractions = counts[seen] / counts[seen].sum(axis=1, keepdims=True)
    gaps = {name: np.abs(fractions - table[seen]).max() for name, table in tables.items()}
    best = min(gaps, key=gaps.get)
    # 3000 draws, about 1000 from each row: a fraction has a standard deviation of 0.016 at most.
    return best if gaps[best] < 0.09 else "another table"


@task(5, "draws with the frequencies of the table")
def frequencies(code, rng):
    probs = circle(rng)
    most_likely = np.eye(3)[probs.argmax(axis=1)]
    tables = {"the table": probs, "always the most likely": most_likely,
              "all equal": np.full((3, 3), 1 / 3)}  # fmt: skip
    return nearest(code.sample(probs, 3000, rng), tables)


@task(5, "divides the logs of the row by the temperature")
def temperatures(code, rng):
    probs, temperature = circle(rng), float(rng.choice([0.5, 2.0]))
    tables = {"divided by it": powers(probs, 1 / temperature), "not changed": probs,
              "multiplied by it": powers(probs, temperature)}  # fmt: skip
    return nearest(code.sample(probs, 3000, rng, temperature=temperature), tables)


@task(5, "takes the most likely character when the temperature is nearly 0")
def nearly_zero(code, rng):
    probs = circle(rng)
    ids = np.asarray(code.sample(probs, 40, rng, temperature=0.02)).astype(int)
    follows = probs.argmax(axis=1)[[0, *ids[:-1]]]
    return "always the most likely" if np.all(ids == follows) else "others as well"


@task(5, "repeats its text with the same generator")
def by_generator(code, rng):
    probs = circle(rng)
    return decided_by(lambda rng: [int(i) for i in code.sample(probs, 60, rng)], rng)


def random_logits(rng, V=5):
    return rng.normal(size=(V, V))


@task(6, "moves the logits against the gradient, and returns the loss before it", needs=[2, 4],
      keeps_arguments=True)  # fmt: skip
def one_step(code, rng):
    logits, loss = code.learn_step(random_logits(rng), a_text(rng), float(rng.uniform(2.0, 4.0)))
    return logits, float(loss)


@task(6, "stays exact for logits of any size, even where rows differ by hundreds", needs=[2, 4])
def rows_apart(code, rng):
    logits = random_logits(rng) + 800.0 * rng.permutation(np.arange(5) - 2)[:, None]
    logits[:, -1] -= 4000.0  # the character that the text does not use
    with np.errstate(all="ignore"):
        new, loss = code.learn_step(logits.copy(), a_text(rng), float(rng.uniform(2.0, 4.0)))
    return new - logits, float(loss)


@task(6, "agrees with the numeric gradient", needs=[2, 4], judge=within(0.0, 1e-6))
def numeric_gradient(code, rng):
    logits, ids, h = random_logits(rng), a_text(rng), 1e-4
    given = logits - code.learn_step(logits.copy(), ids, 1.0)[0]

    def loss(logits):
        rows = np.exp(logits)
        rows /= rows.sum(axis=1, keepdims=True)
        return -np.log(rows[ids[:-1], ids[1:]]).mean()

    numeric = np.zeros_like(logits)
    for index in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[index] += h
        down[index] -= h
        numeric[index] = (loss(up) - loss(down)) / (2 * h)
    return float(np.abs(given - numeric).max())


@task(6, "reaches the loss of the counts, within 0.01", needs=[2, 3, 4],
      judge=within(-0.01, 0.01))  # fmt: skip
def same_loss(code, rng):
    ids = rng.integers(4, size=200)
    logits, loss = np.zeros((4, 4)), 0.0
    for _ in range(200):
        logits, loss = code.learn_step(logits, ids, 5.0)
    return float(loss - code.nll(code.to_probs(code.bigram_counts(ids, 4), 1e-9), ids))
