"""What is asked of `transformer`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Models are tiny (6 numbers at a place, 2 or 3 heads, 5 places, 7 ids), and all their weights are
drawn anew, so that no gamma is 1 and no offset 0.
"""

import numpy as np

from undergrad.checker import task, within

N, T, D, V, HEADS = 2, 5, 6, 7, 3


@task(1, "tells the first places apart", hint=[
    "Write down row 0 and row 1 for D = 4, with a calculator. Which columns belong together?",
    "There are D / 2 speeds, 1 / 10000 ** (2i / D). An angle is place times speed, shape (T, 1) "
    "times (D / 2,). Each angle gives two columns side by side.",
    "angles = np.arange(T)[:, None] / 10_000 ** (np.arange(0, D, 2) / D)\n"
    "out[:, 0::2], out[:, 1::2] = np.sin(angles), np.cos(angles)",
])  # fmt: skip
def first_places(code, rng):
    return code.sinusoidal(3, 4)


@task(1, "for any length and width")
def places(code, rng):
    return code.sinusoidal(int(rng.integers(5, 30)), 2 * int(rng.integers(3, 9)))


@task(2, "takes the share of the normal curve", hint=[
    "share = (1 + erf(x / sqrt(2))) / 2 is a number between 0 and 1. What is x times that at 0, "
    "far right, far left?",
    "gelu is a product of two things that both depend on x. The slope of the share is the height "
    "of the normal curve, exp(-x * x / 2) / sqrt(2 pi).",
    "return g * (share + x * height)",
])  # fmt: skip
def bend(code, rng):
    return code.gelu(np.append(3 * rng.normal(size=12), [-30.0, 0.0, 30.0]))[0]


@task(2, "sends the slope back along both ways")
def bend_back(code, rng):
    _, cache = code.gelu(2 * rng.normal(size=(3, 4)))
    return code.gelu_backward(rng.normal(size=(3, 4)), cache)


def block(code, rng):
    """A block all of whose weights are random."""
    found = code.Block(D, HEADS, rng)
    found.params = [each + 0.4 * rng.normal(size=each.shape) for each in found.params]
    return found


@task(3, "adds what attention finds, then what the small network makes of it", needs=[2], hint=[
    "Read the two lines of its docstring aloud, and write them: what is normalised, what added?",
    "Keep every cache in self. Back, from the second line to the first: the slope that arrives "
    "goes round the part unchanged, and through it; the two add up before the next part.",
    "g = g + through  # behind the small network\n"
    "through, attend = multi_head_backward(g, self.attended)\n"
    "through, ggamma1, gbeta1 = layernorm_backward(through, self.norm1)\n"
    "return g + through",
])  # fmt: skip
def two_parts(code, rng):
    return block(code, rng).forward(rng.normal(size=(N, T, D)))


@task(3, "returns x itself when the last layers are zero", needs=[2])
def untouched(code, rng):
    found = block(code, rng)
    for last in (4, 5, 10, 11):
        found.params[last] = 0 * found.params[last]
    return found.forward(rng.normal(size=(N, T, D)))


@task(3, "does not let a place see a later one", needs=[2], judge=within(0, 1e-9))
def blind(code, rng):
    found, x = block(code, rng), rng.normal(size=(N, T, D))
    before = found.forward(x)
    x[:, 3:] += rng.normal(size=x[:, 3:].shape)
    return float(np.abs(found.forward(x) - before)[:, :3].max())


@task(3, "goes back through both parts and round them", needs=[2])
def block_back(code, rng):
    found = block(code, rng)
    found.forward(rng.normal(size=(N, T, D)))
    return found.backward(rng.normal(size=(N, T, D))), found.grads


def model(code, rng, layers=2):
    """A model all of whose weights are random."""
    found = code.GPT(V, T, D, layers, HEADS, rng)
    for each in found.params:
        each += 0.3 * rng.normal(size=each.shape)
    return found


@task(4, "without a block, scores what it looked up", needs=[1], hint=[
    "For a model without blocks there are three lines: look up and add places, norm, score.",
    "E is used at the bottom, times sqrt(D), and at the top, turned. On the way back it gets a "
    "slope from each: from the top a product over all places, from the bottom one slope for each "
    "id that was looked up, and ids repeat: np.add.at.",
    "gE = np.einsum('ntv,ntd->vd', g, self.top)\n"
    "g, ggamma, gbeta = layernorm_backward(g @ self.E, self.norm)\n"
    "np.add.at(gE, self.ids, math.sqrt(self.D) * g)  # after the blocks",
])  # fmt: skip
def no_blocks(code, rng):
    return model(code, rng, layers=0).forward(rng.integers(V, size=(N, T)))


@task(4, "sends every place through its blocks", needs=[1, 3])
def scores(code, rng):
    found = model(code, rng)
    return [found.forward(rng.integers(V, size=(N, t))) for t in (T, 3)]


@task(4, "goes back to every weight, in the order of params", needs=[1, 3])
def model_back(code, rng):
    found = model(code, rng)
    found.forward(rng.integers(V - 2, size=(N, T)))  # the last two ids are never looked up
    return found.backward(rng.normal(size=(N, T, V)))


def sizes(rng):
    """Vocabulary, length, width and layers of a model, drawn anew."""
    vocabulary, length = (int(each) for each in rng.integers(20, 300, size=2))
    return vocabulary, length, 8 * int(rng.integers(2, 9)), int(rng.integers(2, 7))


@task(5, "counts what a model learns", hint=[
    "Add up the sizes of `params` for one block by hand, with D left as a letter.",
    "A block: 3 D D + 3 D, D D + D, 4 D D + 4 D, 4 D D + D, and two norms of 2 D. The table is "
    "there once, the waves are not learnt. In flops every weight of a matrix works once at each "
    "place; scores and means cost T T D each.",
    "weights = 12 * D * D; pairs = 2 * T * T * D\n"
    "return 2 * (layers * (T * weights + pairs) + T * D * V)",
])  # fmt: skip
def learnt(code, rng):
    vocabulary, _, width, layers = sizes(rng)
    return int(code.param_count(vocabulary, width, layers))


@task(5, "counts the work of the matrix products")
def work(code, rng):
    return int(code.flop_count(*sizes(rng)))


TEXT = "the cat sat on the mat; the hat that the cat had sat on was that mat. äöü €"


def shuffled(rng):
    """A text in which words repeat, in another order each time, as bytes."""
    words = TEXT.split()
    return " ".join(words[place] for place in rng.integers(len(words), size=40)).encode()


@task(6, "finds the commonest pair, and the smallest of equals", hint=[
    "Do it on paper for b'abababc', two rounds. Which pairs are there after the first?",
    "collections.Counter(zip(ids, ids[1:])) counts. min with the key (-count, pair) takes the "
    "commonest, then the smallest. A helper that joins one pair serves encode as well.",
    "best = min(counts, key=lambda pair: (-counts[pair], pair))\n"
    "out.append(new); at += 2  # if ids[at : at + 2] is the pair, else ids[at]; at += 1\n"
    "pieces.append(pieces[left] + pieces[right])  # decode",
])  # fmt: skip
def first_pairs(code, rng):
    given = (b"abababc", b"pqpq xyxy abab", b"banana bandana")
    return [[(int(a), int(b)) for a, b in code.bpe_train(data, 1)] for data in given]


@task(6, "joins joined pairs again, and stops when none comes twice")
def pairs(code, rng):
    texts = (b"abababab", b"aaaaa", b"", b"abc", shuffled(rng))
    return [[(int(a), int(b)) for a, b in code.bpe_train(data, 30)] for data in texts]


@task(6, "encodes in the order in which the pairs were learnt")
def encoded(code, rng):
    learnt = [(98, 99), (97, 98), (256, 100), (97, 258), (99, 99)]
    made = bytes(rng.integers(97, 101, size=60).tolist())
    return [[int(each) for each in code.bpe_encode(data, learnt)] for data in (b"abcd", made, b"")]


@task(6, "gives back any bytes")
def decoded(code, rng):
    learnt = [(98, 99), (97, 256), (257, 257), (258, 0)]
    ids = [*rng.integers(260, size=40).tolist(), 259, 257]
    return list(code.bpe_decode(ids, learnt)), list(code.bpe_decode([], learnt))


class Table:
    """Stands for a model: the scores depend on the last id and on how many it was shown."""

    T = 4

    def __init__(self, rng):
        self.scores, self.longest = 2 * rng.normal(size=(self.T, 9, 9)), 0

    def forward(self, ids):
        self.longest = max(self.longest, ids.shape[1])
        seen = min(ids.shape[1], self.T)
        return np.stack([self.scores[seen - 1][row] for row in ids])


@task(7, "draws id after id, and shows the model the last T", hint=[
    "One round by hand: which row of the model's scores says what comes after the last id?",
    "Divide by the temperature, hide all but the top_k largest with -inf, softmax, cumsum. The "
    "number drawn lies in the stretch of one id; np.searchsorted finds it.",
    "scores = model.forward(np.array([written[-model.T :]]))[0, -1] / temperature\n"
    "ends = np.exp(scores - scores.max()).cumsum()\n"
    "written.append(int(np.searchsorted(ends, rng.random() * ends[-1], 'right')))",
])  # fmt: skip
def written(code, rng):
    table, start = Table(rng), rng.integers(9, size=2).tolist()
    found = code.generate(table, start, 30, 1.0, None, rng)
    return [int(each) for each in found], table.longest


@task(7, "is careful at a low temperature and daring at a high one")
def temperatures(code, rng):
    found = [code.generate(Table(rng), [3, 1], 30, heat, None, rng) for heat in (0.3, 2.0)]
    return [[int(each) for each in row] for row in found]


@task(7, "draws among the top_k only")
def top(code, rng):
    found = [code.generate(Table(rng), [3], 30, 1.0, k, rng) for k in (1, 3, 20)]
    return [[int(each) for each in row] for row in found]


@task(8, "gives the scores of the whole model, place by place", needs=[1, 2, 3, 4], hint=[
    "Of a place that is done, what do later places still need? Not its query.",
    "x is (N, 1, D). Its keys and values join those of the cache along the axis of places; then "
    "one query looks at all of them, without a mask. Mind which row of the waves is added: the "
    "cache says how many places there were.",
    "place = 0 if caches is None else caches[0][0].shape[2]\n"
    "k = np.concatenate([cache[0], k], axis=2)  # v likewise, (N, heads, places, D / heads)\n"
    "x = x + merge(attention(q, k, v)[0]) @ Wout.T + bout",
])  # fmt: skip
def step_by_step(code, rng):
    return stepped(code, model(code, rng), rng.integers(V, size=(N, T)))


def stepped(code, found, ids):
    """The scores of each place in turn, (N, T, V)."""
    caches, rows = None, []
    for place in range(T):
        row, caches = code.kv_cache_step(found, ids[:, place], caches)
        rows.append(row)
    return np.stack(rows, axis=1)


@task(8, "to within 1e-10", needs=[1, 2, 3, 4], judge=within(0, 1e-10))
def as_the_whole(code, rng):
    found, ids = model(code, rng), rng.integers(V, size=(N, T))
    return float(np.abs(stepped(code, found, ids) - found.forward(ids)).max())


@task(8, "keeps keys and values, and leaves the caches it was given as they were",
      needs=[1, 2, 3, 4])  # fmt: skip
def kept(code, rng):
    found, ids = model(code, rng), rng.integers(V, size=(N, 3))
    _, first = code.kv_cache_step(found, ids[:, 0])
    _, second = code.kv_cache_step(found, ids[:, 1], first)
    once = code.kv_cache_step(found, ids[:, 2], second)[0]
    twice = code.kv_cache_step(found, ids[:, 2], second)[0]
    return [(np.asarray(k), np.asarray(v)) for k, v in second], once - twice
