"""The checks of `sequence`.

Sizes are all different (3 sequences, 5 steps, 6 inputs, 4 numbers of state), biases and initial
states are not 0, and every upstream gradient is random, so that nothing forgotten stays hidden.
"""

import numpy as np

from undergrad.checker import task

N, T, D, H, V = 3, 5, 6, 4, 7


def cell(rng, gates=1, biases=1):
    """Weights of a cell, all different from 0."""
    shapes = [(gates * H, D), (gates * H, H), *[(gates * H,)] * biases]
    return tuple(0.7 * rng.normal(size=shape) for shape in shapes)


def sequence(rng, steps=T):
    """x (N, steps, D) and an initial state (N, H)."""
    return rng.normal(size=(N, steps, D)), 0.5 * rng.normal(size=(N, H))


@task(1, "looks up rows, for ids of any shape")
def look_up(code, rng):
    E = rng.normal(size=(V, D))
    return [code.embedding_forward(E, rng.integers(V, size=size)) for size in (8, (N, T))]


@task(1, "adds up the gradients of a word that occurs several times", keeps_arguments=True)
def repeated_words(code, rng):
    ids = rng.integers(V - 2, size=(N, T))
    ids[0, :3] = 1  # three times at least; the last two words never occur
    return code.embedding_backward(rng.normal(size=(N, T, D)), ids, V)


def pairs(rng, n=8, k=3):
    """Tables, and pairs of ids among which some words occur several times, in both roles."""
    centre, ctx = rng.integers(V, size=(2, n))
    centre[:2], ctx[:2] = 3, (3, 5)
    negs = rng.integers(V, size=(n, k))
    negs[:, 0] = 5
    return *rng.normal(size=(2, V, D)), centre, ctx, negs


@task(2, "returns the loss of the pairs and their negative samples", needs=[1])
def pair_loss(code, rng):
    return float(code.sgns_step(*pairs(rng), 0.5)[2])


@task(2, "moves both tables against their gradients", needs=[1], keeps_arguments=True)
def pair_step(code, rng):
    return [np.asarray(each) for each in code.sgns_step(*pairs(rng), 0.5)[:2]]


@task(3, "takes one step: inputs, state, bias, and then tanh")
def one_step(code, rng):
    return code.rnn_forward(*sequence(rng, 1), cell(rng))[0]


@task(3, "passes the state from step to step, and keeps the cache", keeps_arguments=True)
def many_steps(code, rng):
    x, h0 = sequence(rng)
    states, cache = code.rnn_forward(x, h0, cell(rng))
    return states, [np.asarray(each) for each in cache[:2]], np.asarray(cache[3])


def forward(x, h0, W):
    """The states of a simple RNN: what a correct `rnn_forward` gives."""
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W[0].T + h @ W[1].T + W[2])
        states.append(h)
    return np.stack(states, axis=1)


def backward(code, rng, steps):
    x, h0 = sequence(rng, steps)
    W = cell(rng)
    g = rng.normal(size=(N, steps, H))
    return code.rnn_backward(g, (x, h0, W, forward(x, h0, W)))


@task(4, "backpropagates through one step")
def one_step_backward(code, rng):
    return backward(code, rng, 1)


@task(4, "backpropagates through time, and sums over the steps", keeps_arguments=True)
def many_steps_backward(code, rng):
    return backward(code, rng, T)


@task(5, "equals the full backward pass when there is only one piece", needs=[3, 4])
def one_piece(code, rng):
    x, h0 = sequence(rng)
    return code.tbptt(x, h0, cell(rng), rng.normal(size=(N, T, H)), T + 2)


@task(5, "passes the state on and cuts the gradient", needs=[3, 4], keeps_arguments=True)
def pieces(code, rng):
    x, h0 = sequence(rng)
    W, g = cell(rng), rng.normal(size=(N, T, H))
    return [code.tbptt(x, h0, W, g, k) for k in (1, 2, 3)]


@task(6, "updates the state with two gates", keeps_arguments=True)
def gru(code, rng):
    x, h0 = sequence(rng)
    return code.gru_cell(x[:, 0], h0, cell(rng, 3, 2))


def lstm_input(rng):
    x, h = sequence(rng)
    return x[:, 0], h, 0.8 * rng.normal(size=(N, H)), cell(rng, 4)


@task(7, "returns the new state and the new cell", keeps_arguments=True)
def gates(code, rng):
    return [np.asarray(each) for each in code.lstm_cell(*lstm_input(rng))[:2]]


@task(7, "backpropagates through every gate", keeps_arguments=True)
def gates_backward(code, rng):
    _, _, cache = code.lstm_cell(*lstm_input(rng))
    return code.lstm_cell_backward(*rng.normal(size=(2, N, H)), cache)


def whole(code, rng):
    x, h0 = sequence(rng)
    return code.lstm_forward(x, h0, 0.8 * rng.normal(size=(N, H)), cell(rng, 4))


@task(8, "runs over a whole sequence, cell by cell", needs=[7], keeps_arguments=True)
def whole_sequence(code, rng):
    return [np.asarray(each) for each in whole(code, rng)[:2]]


@task(8, "backpropagates through time along both paths", needs=[7], keeps_arguments=True)
def whole_backward(code, rng):
    _, _, cache = whole(code, rng)
    return code.lstm_backward(rng.normal(size=(N, T, H)), rng.normal(size=(N, H)), cache)


@task(9, "packs sequences of different lengths")
def packed(code, rng):
    rows = [rng.integers(V, size=length).tolist() for length in (3, 5, 4)]
    rows[2][1] = 0  # an id like others
    return [np.asarray(each) for each in code.pack_lengths(rows)]


def positions(rng):
    mask = np.zeros((N, T))
    for row, length in enumerate((1, 5, 3)):
        mask[row, :length] = 1
    return rng.normal(size=(N, T, V)), rng.integers(V, size=(N, T)), mask


@task(
    9, "returns the mean over the positions that count, even for huge logits", keeps_arguments=True
)
def counted(code, rng):
    logits, y, mask = positions(rng)
    large = 1000 + 300 * logits
    large[1, 2] -= 4000
    far = -400 * np.abs(logits)
    far[..., 0] = 0.0
    return [
        float(code.masked_loss(each, y, mask)[0]) for each in (logits, 1000 + logits, large, far)
    ]


@task(9, "returns a gradient of 0 where a position does not count")
def masked_gradient(code, rng):
    return code.masked_loss(*positions(rng))[1]
