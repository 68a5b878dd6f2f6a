"""What is asked of `transformer`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Models are tiny (18 numbers at a position, 3 heads, 5 positions, 7 ids), and all their weights are
random, so that no gamma is 1 and no bias 0.
"""

import numpy as np

from undergrad.checker import task, within

N, T, D, V, HEADS = 4, 5, 18, 7, 3


@task(1, "tells the first positions apart")
def first_positions(code, rng):
    return code.sinusoidal(3, 4)


@task(1, "does so for any length and width")
def positions(code, rng):
    return code.sinusoidal(int(rng.integers(5, 30)), 2 * int(rng.integers(3, 9)))


@task(2, "multiplies x by the fraction of a normal distribution below x", keeps_arguments=True)
def gelu_values(code, rng):
    return code.gelu(np.append(3 * rng.normal(size=12), [-30.0, 0.0, 30.0]))[0]


@task(2, "gives the gradient through both factors", keeps_arguments=True)
def gelu_gradient(code, rng):
    _, cache = code.gelu(3 * rng.normal(size=(3, 4)))
    return code.gelu_backward(rng.normal(size=(3, 4)), cache)


def block(code, rng):
    """A block all of whose weights are random."""
    found = code.Block(D, HEADS, rng)
    found.params = [each + 0.4 * rng.normal(size=each.shape) for each in found.params]
    return found


@task(3, "adds the output of attention, then that of the feed-forward network", needs=[2])
def two_parts(code, rng):
    x = rng.normal(size=(N, T, D))
    return block(code, rng).forward(x), x


@task(3, "returns x itself when the last layers are zero", needs=[2])
def unchanged(code, rng):
    found = block(code, rng)
    for last in (4, 5, 10, 11):
        found.params[last] = 0 * found.params[last]
    return found.forward(rng.normal(size=(N, T, D)))


@task(3, "does not let a position see a later one", needs=[2], judge=within(0, 1e-9))
def causal(code, rng):
    found, x = block(code, rng), rng.normal(size=(N, T, D))
    before = found.forward(x)
    x[:, 3:] += rng.normal(size=x[:, 3:].shape)
    return float(np.abs(found.forward(x) - before)[:, :3].max())


@task(4, "gives the gradient through both branches and past them", needs=[2, 3])
def block_gradients(code, rng):
    found = block(code, rng)
    found.forward(rng.normal(size=(N, T, D)))
    g = rng.normal(size=(N, T, D))
    return found.backward(g), found.grads, g


def model(code, rng, layers=2):
    """A model all of whose weights are random."""
    found = code.GPT(V, T, D, layers, HEADS, rng)
    for each in found.params:
        each += 0.3 * rng.normal(size=each.shape)
    return found


@task(5, "gives the logits of what it embedded, without any block", needs=[1])
def no_blocks(code, rng):
    return model(code, rng, layers=0).forward(rng.integers(V, size=(N, T)))


@task(5, "sends every position through its blocks", needs=[1, 3])
def logits(code, rng):
    found = model(code, rng)
    return [found.forward(rng.integers(V, size=(N, t))) for t in (T, 3)]


@task(6, "gives the gradient of every weight, in the order of params", needs=[1, 3, 4, 5])
def model_gradients(code, rng):
    found = model(code, rng)
    found.forward(rng.integers(V - 2, size=(N, T)))  # the last two ids never occur
    return found.backward(rng.normal(size=(N, T, V)))


def sizes(rng):
    """Vocabulary, length, width and layers of a random model."""
    vocabulary, length = (int(each) for each in rng.integers(20, 300, size=2))
    return vocabulary, length, 8 * int(rng.integers(2, 9)), int(rng.integers(2, 7))


@task(7, "counts the parameters of a model")
def parameters(code, rng):
    vocabulary, _, width, layers = sizes(rng)
    return int(code.param_count(vocabulary, width, layers))


@task(7, "counts the operations of the matrix products")
def operations(code, rng):
    return int(code.flop_count(*sizes(rng)))


class Recorder:
    """Stands for an optimiser: plain steps, and a record of rates and gradients."""

    def __init__(self, params):
        self.params, self.lr, self.rates, self.grads = params, 0.5, [], []

    def step(self, grads):
        self.rates.append(float(self.lr))
        self.grads.append([np.array(each) for each in grads])
        for param, grad in zip(self.params, grads, strict=True):
            param -= self.lr * grad


def trained(code, rng, steps, **settings):
    """The losses of a training, the recorder, and the model."""
    found = model(code, rng, layers=1)
    recorder = Recorder(found.params)

    def batch():
        ids = rng.integers(V, size=(N, T + 1))
        return ids[:, :-1], ids[:, 1:]

    losses = code.train(found, recorder, batch, steps, **settings)
    return [float(each) for each in losses], recorder, found


@task(8, "takes a fresh batch in each step, and records its loss", needs=[1, 2, 3, 4, 5, 6])
def losses_of_steps(code, rng):
    losses, _, found = trained(code, rng, 4, lr=0.05, warmup=2)
    return losses, [np.asarray(each) for each in found.params]


@task(8, "lets the learning rate rise during the warm-up", needs=[1, 2, 3, 4, 5, 6])
def rates(code, rng):
    return trained(code, rng, 6, lr=0.03, warmup=4)[1].rates, trained(code, rng, 2)[1].rates


@task(
    8,
    "clips all gradients together, and only where their norm is above 1",
    needs=[1, 2, 3, 4, 5, 6],
)
def clipped_gradients(code, rng):
    found = model(code, rng, layers=1)
    recorder, large = Recorder(found.params), [rng.normal(size=each.shape) for each in found.params]
    norm = np.sqrt(sum(np.sum(each * each) for each in large))
    scales = iter((2.5 / norm, 0.4 / norm, 1.5 / norm))
    found.backward = lambda g: [scale * each for scale in (next(scales),) for each in large]
    ids = rng.integers(V, size=(N, T + 1))
    code.train(found, recorder, lambda: (ids[:, :-1], ids[:, 1:]), 3)
    return recorder.grads


TEXT = "the cat sat on the mat; the hat that the cat had sat on was that mat. äöü €"


def shuffled(rng):
    """A text in which words repeat, in another order each time, as bytes."""
    words = TEXT.split()
    return " ".join(words[index] for index in rng.integers(len(words), size=40)).encode()


@task(9, "finds the most frequent pair, and the smallest among equals")
def first_pairs(code, rng):
    given = (b"abababc", b"pqpq xyxy abab", b"banana bandana")
    return [[(int(a), int(b)) for a, b in code.bpe_train(data, 1)] for data in given]


@task(9, "merges merged pairs again, and stops when none occurs twice")
def pairs(code, rng):
    texts = (b"abababab", b"aaaaa", b"", b"abc", shuffled(rng))
    return [[(int(a), int(b)) for a, b in code.bpe_train(data, 30)] for data in texts]


@task(9, "encodes in the order in which the pairs were found", keeps_arguments=True)
def encoded(code, rng):
    pairs = [(98, 99), (97, 98), (256, 100), (97, 258), (99, 99)]
    made = bytes(rng.integers(97, 101, size=60).tolist())
    return [[int(each) for each in code.bpe_encode(data, pairs)] for data in (b"abcd", made, b"")]


@task(9, "gives back any bytes")
def decoded(code, rng):
    pairs = [(98, 99), (97, 256), (257, 257), (258, 0)]
    ids = [*rng.integers(260, size=40).tolist(), 259, 257]
    return list(code.bpe_decode(ids, pairs)), list(code.bpe_decode([], pairs))


class Table:
    """Stands for a model: the logits depend on the last id and on how many it was given."""

    T = 4

    def __init__(self, rng):
        self.logits, self.longest = 2 * rng.normal(size=(self.T, 9, 9)), 0

    def forward(self, ids):
        self.longest = max(self.longest, ids.shape[1])
        seen = min(ids.shape[1], self.T)
        return np.stack([self.logits[seen - 1][row] for row in ids])


@task(10, "draws id after id, and gives the model the last T", keeps_arguments=True)
def generated(code, rng):
    table, start = Table(rng), rng.integers(9, size=2).tolist()
    found = code.generate(table, start, 30, 1.0, None, rng)
    return [int(each) for each in found], table.longest


@task(10, "prefers the likely ids at a low temperature, and draws more evenly at a high one")
def temperatures(code, rng):
    found = [
        code.generate(Table(rng), [3, 1], 30, temperature, None, rng) for temperature in (0.3, 2.0)
    ]
    return [[int(each) for each in row] for row in found]


@task(10, "stays finite when logits reach a thousand")
def large_logits(code, rng):
    table = Table(rng)
    table.logits += 1000 * rng.permutation([-1, 0, 1, 2])[:, None, None]
    with np.errstate(all="ignore"):
        found = code.generate(table, [3], 30, 1.0, None, rng)
    return [int(each) for each in found]


@task(10, "draws among the top_k only")
def top(code, rng):
    found = [code.generate(Table(rng), [3], 30, 1.0, k, rng) for k in (1, 3, 6, 20)]
    return [[int(each) for each in row] for row in found]


@task(11, "gives the logits of the whole model, position by position", needs=[1, 2, 3, 5])
def step_by_step(code, rng):
    return stepped(code, model(code, rng), rng.integers(V, size=(N, T)))


def stepped(code, found, ids):
    """The logits of each position in turn, (N, T, V)."""
    caches, rows = None, []
    for position in range(T):
        row, caches = code.kv_cache_step(found, ids[:, position], caches)
        rows.append(row)
    return np.stack(rows, axis=1)


@task(11, "agrees with the whole model to within 1e-10", needs=[1, 2, 3, 5], judge=within(0, 1e-10))
def as_the_whole(code, rng):
    found, ids = model(code, rng), rng.integers(V, size=(N, T))
    return float(np.abs(stepped(code, found, ids) - found.forward(ids)).max())


@task(11, "keeps the keys and values of each block", needs=[1, 2, 3, 5], keeps_arguments=True)
def kept(code, rng):
    found, ids = model(code, rng), rng.integers(V, size=(N, 3))
    _, first = code.kv_cache_step(found, ids[:, 0])
    _, second = code.kv_cache_step(found, ids[:, 1], first)
    return [(np.asarray(k), np.asarray(v)) for k, v in second]
