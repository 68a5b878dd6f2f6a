"""What is asked of `sequence`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Sizes are all different (3 sequences, 5 steps, 2 numbers, 4 of state), offsets and first states are
not 0, and every slope that may arrive does arrive, so that nothing forgotten stays hidden.
"""

import numpy as np

from undergrad.checker import task

N, T, D, H, V = 3, 5, 2, 4, 7


def cell(rng, gates=1, offsets=1):
    """Weights of a cell, all different from 0."""
    shapes = [(gates * H, D), (gates * H, H), *[(gates * H,)] * offsets]
    return tuple(0.7 * rng.normal(size=shape) for shape in shapes)


def sequence(rng, steps=T):
    """x (N, steps, D) and a first state (N, H)."""
    return rng.normal(size=(N, steps, D)), 0.5 * rng.normal(size=(N, H))


@task(1, "looks rows up, for ids of any shape", hint=[
    "What is E[[2, 0, 2]]? Print it for a small table.",
    "NumPy's index does the look-up. Back, a row was used as often as its id stands in ids, and "
    "each use sends a slope: they add up. E[ids] += g does not see repetitions; np.add.at does.",
    "out = np.zeros((V, g.shape[-1]))\nnp.add.at(out, ids, g)",
])  # fmt: skip
def looked_up(code, rng):
    E = rng.normal(size=(V, D))
    return code.embedding_forward(E, rng.integers(V, size=6)), code.embedding_forward(
        E, rng.integers(V, size=(N, T))
    )


@task(1, "adds up the slopes of a word that comes several times")
def collected(code, rng):
    ids = rng.integers(V - 2, size=(N, T))
    ids[0, :3] = 1  # three times at least; the last two words never come
    return code.embedding_backward(rng.normal(size=(N, T, D)), ids, V)


def pairs(rng, n=6, k=2):
    """Tables, and pairs of ids among which some words come several times, also as both."""
    centre, ctx = rng.integers(V, size=(2, n))
    centre[:2], ctx[:2] = 3, (3, 5)
    negs = rng.integers(V, size=(n, k))
    negs[:, 0] = 5
    return *rng.normal(size=(2, V, D)), centre, ctx, negs


@task(2, "knows the loss of pairs that occur and words that do not", needs=[1], hint=[
    "One pair first: what is its score, and what does the loss ask of it? And of a random word?",
    "The slope of both losses for a score is sigmoid(score) minus truth, 1 for the pair and 0 for "
    "the random words; divide it by N. A score is a product, so each vector's slope is that times "
    "the other vector.",
    "scores = np.einsum('nd,nkd->nk', v, u)  # u: (N, 1 + K, D), the true neighbour first\n"
    "g = (sigmoid(scores) - truth) / N\n"
    "gv = np.einsum('nk,nkd->nd', g, u); gu = g[:, :, None] * v[:, None]",
])  # fmt: skip
def pair_loss(code, rng):
    return float(code.sgns_step(*pairs(rng), 0.5)[2])


@task(2, "moves both tables against their slopes", needs=[1])
def pair_step(code, rng):
    return [np.asarray(each) for each in code.sgns_step(*pairs(rng), 0.5)[:2]]


@task(3, "takes one step: inputs, state, offset, tanh", hint=[
    "Write it for a sequence of one step. Which two products are added, and what comes after?",
    "h is a variable outside the loop: it begins as h0, and each step replaces it. Collect them "
    "and stack along axis 1.",
    "for t in range(x.shape[1]):\n    h = np.tanh(x[:, t] @ Wx.T + h @ Wh.T + b)\n"
    "    states.append(h)",
])  # fmt: skip
def one_step(code, rng):
    return code.rnn_forward(*sequence(rng, 1), cell(rng))[0]


@task(3, "hands the state from step to step, and keeps what the way back needs")
def many_steps(code, rng):
    x, h0 = sequence(rng)
    states, cache = code.rnn_forward(x, h0, cell(rng))
    return states, [np.asarray(each) for each in cache[:2]], np.asarray(cache[3])


def forward(x, h0, W):
    """The states of a plain recurrent net: what a right `rnn_forward` gives."""
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W[0].T + h @ W[1].T + W[2])
        states.append(h)
    return np.stack(states, axis=1)


def back(code, rng, steps):
    x, h0 = sequence(rng, steps)
    W = cell(rng)
    g = rng.normal(size=(N, steps, H))
    return code.rnn_backward(g, (x, h0, W, forward(x, h0, W)))


@task(4, "goes back through one step", hint=[
    "Begin with a sequence of one step. That is a linear layer with two inputs, and tanh, whose "
    "slope is 1 - h ** 2.",
    "Now the last step of many. What it sends to the state before it is `gz @ Wh`; there it meets "
    "g[:, t], what the loss asks of that state itself. They add up, then the same again.",
    "gz = (g[:, t] + gh) * (1 - states[:, t] ** 2)\n"
    "gx[:, t], gh = gz @ Wx, gz @ Wh\n"
    "gWx += gz.T @ x[:, t]; gWh += gz.T @ before; gb += gz.sum(axis=0)",
])  # fmt: skip
def one_step_back(code, rng):
    return back(code, rng, 1)


@task(4, "goes back through time, and adds up over the steps")
def many_steps_back(code, rng):
    return back(code, rng, T)


@task(5, "is the whole way back when one piece holds everything", needs=[3, 4], hint=[
    "How many pieces do 5 steps make with k = 2, and how long is each?",
    "range(0, T, k) gives where they begin, and a slice that goes beyond the end just stops there. "
    "Forward, back, add the slopes, and the last state is the next piece's h0.",
    "states, cache = rnn_forward(x[:, first : first + k], h, W)\n"
    "_, _, slopes = rnn_backward(g[:, first : first + k], cache)\n"
    "h = states[:, -1]",
])  # fmt: skip
def one_piece(code, rng):
    x, h0 = sequence(rng)
    return code.tbptt(x, h0, cell(rng), rng.normal(size=(N, T, H)), T + 2)


@task(5, "hands the state on and cuts the slope", needs=[3, 4])
def pieces(code, rng):
    x, h0 = sequence(rng)
    W, g = cell(rng), rng.normal(size=(N, T, H))
    return [code.tbptt(x, h0, W, g, k) for k in (1, 2, 3)]


@task(6, "keeps and renews by its two gates", hint=[
    "Two products, one of x and one of h, each cut into three. Which part of the state's product "
    "is not simply added?",
    "np.split(a, 3, axis=1) cuts. r multiplies c_n, offset included, before it meets a_n. z says "
    "how much of the old state stays.",
    "n = np.tanh(a_n + r * c_n)\nreturn (1 - z) * n + z * h",
])  # fmt: skip
def gru(code, rng):
    x, h0 = sequence(rng)
    return code.gru_cell(x[:, 0], h0, cell(rng, 3, 2))


def lstm_input(rng):
    x, h = sequence(rng)
    return x[:, 0], h, 0.8 * rng.normal(size=(N, H)), cell(rng, 4)


@task(7, "makes the new cell and the new state", hint=[
    "Forward: one product for all four parts, np.split(z, 4, axis=1). Three of them are gates.",
    "Back: the new h is o * tanh(c), so gh goes to o and into c, where gc is waiting. From c it "
    "goes to f, i, g and the old c. Each gate then has its own bend: s * (1 - s), or 1 - g ** 2.",
    "gc = gc + gh * o * (1 - bent ** 2)\n"
    "gz = np.concatenate((gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * (1 - g ** 2), "
    "gh * bent * o * (1 - o)), axis=1)\n"
    "return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))",
])  # fmt: skip
def gates(code, rng):
    return [np.asarray(each) for each in code.lstm_cell(*lstm_input(rng))[:2]]


@task(7, "sends slopes back through every gate")
def gates_back(code, rng):
    _, _, cache = code.lstm_cell(*lstm_input(rng))
    return code.lstm_cell_backward(*rng.normal(size=(2, N, H)), cache)


def whole(code, rng):
    x, h0 = sequence(rng)
    return code.lstm_forward(x, h0, 0.8 * rng.normal(size=(N, H)), cell(rng, 4))


@task(8, "reads a whole sequence, cell by cell", needs=[7], hint=[
    "As rnn_forward, with two things handed on instead of one.",
    "Keep the cache of each step in a list. Back, gh and gc both travel from step to step: gh "
    "meets g[:, t], gc begins as the slope of the last c.",
    "gxt, gh, gc, slopes = lstm_cell_backward(g[:, t] + gh, gc, cache[t])\n"
    "total = [a + b for a, b in zip(total, slopes)]",
])  # fmt: skip
def read(code, rng):
    return [np.asarray(each) for each in whole(code, rng)[:2]]


@task(8, "goes back through time along both paths", needs=[7])
def read_back(code, rng):
    _, _, cache = whole(code, rng)
    return code.lstm_backward(rng.normal(size=(N, T, H)), rng.normal(size=(N, H)), cache)


@task(9, "packs sequences of different lengths", hint=[
    "How long must a row be? What stands behind a short sequence, and what in the mask there?",
    "The loss: log_p at every place, picked out at y, times the mask, divided by how many places "
    "count. The slope is softmax minus truth, times the same mask, divided by the same number.",
    "losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]\n"
    "loss = (losses * mask).sum() / mask.sum()\n"
    "g = (np.exp(log_p) - truth) * mask[..., None] / mask.sum()",
])  # fmt: skip
def packed(code, rng):
    rows = [rng.integers(1, V, size=length).tolist() for length in (2, 4, 3)]
    return [np.asarray(each) for each in code.pack_lengths(rows)]


def places(rng):
    mask = np.zeros((N, T))
    for row, length in enumerate((1, 5, 3)):
        mask[row, :length] = 1
    return rng.normal(size=(N, T, V)), rng.integers(V, size=(N, T)), mask


@task(9, "takes the mean over the places that count, also for huge scores")
def counted(code, rng):
    logits, y, mask = places(rng)
    large = 1000 + 300 * logits
    return float(code.masked_loss(logits, y, mask)[0]), float(code.masked_loss(large, y, mask)[0])


@task(9, "asks nothing of the places that do not count")
def silent(code, rng):
    return code.masked_loss(*places(rng))[1]
