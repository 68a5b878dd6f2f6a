"""Word vectors and recurrent nets (RNN, GRU, LSTM), forward and back through time, with NumPy.

Letters: N sequences, T steps, D numbers a step, H numbers of state, V words, K wrong words.
Sequences have shape (N, T, D), states (N, H); weights are (out, in), and the gates of a cell lie
one below the other in one array, as in PyTorch. `g` is always the slope of the loss with respect
to a function's output, and has that output's shape. No function changes what it is given.

A small reader of text is given; it runs when your functions do. `undergrad check sequence` checks
them.
"""

import numpy as np

# --- given --------------------------------------------------------------------------------------


def sigmoid(z):
    """z of any shape. Returns 1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def init_cell(rng, D, H, gates=1):
    """Weights (Wx, Wh, b) of shapes (gates H, D), (gates H, H), (gates H,).

    With four gates, as in an LSTM, the forget gate begins open: its part of b is 1.
    """
    Wx = rng.normal(size=(gates * H, D)) / np.sqrt(D)
    Wh = rng.normal(size=(gates * H, H)) / np.sqrt(H)
    b = np.zeros(gates * H)
    b[H : 2 * H] = 1.0 if gates == 4 else 0.0
    return Wx, Wh, b


def init_reader(rng, V, D, H):
    """Weights of a network that reads ids: [E, Wx, Wh, b, Wo, bo]."""
    Wx, Wh, b = init_cell(rng, D, H, gates=4)
    Wo = rng.normal(size=(V, H)) / np.sqrt(H)
    return [rng.normal(size=(V, D)), Wx, Wh, b, Wo, np.zeros(V)]


def reader_loss(params, ids, y, mask):
    """Word vectors, LSTM, scores, loss: how well are the ids y (N, T) foreseen from ids (N, T)?

    mask: (N, T), 1 where a place counts.   Returns (loss, slopes), slopes as params.
    """
    E, Wx, Wh, b, Wo, bo = params
    start = np.zeros((len(ids), Wh.shape[1]))
    states, last, cache = lstm_forward(embedding_forward(E, ids), start, start, (Wx, Wh, b))
    loss, g = masked_loss(states @ Wo.T + bo, y, mask)
    gWo, gbo = np.einsum("ntv,nth->vh", g, states, optimize=True), g.sum(axis=(0, 1))
    gx, _, _, gW = lstm_backward(g @ Wo, np.zeros_like(last), cache)
    return loss, [embedding_backward(gx, ids, len(E)), *gW, gWo, gbo]


# --- yours --------------------------------------------------------------------------------------


def embedding_forward(E, ids):
    """The vectors of words. E: (V, D).   ids: whole numbers of any shape.   (*ids.shape, D)."""
    raise NotImplementedError("TODO 1: row number i of E is the vector of word i")


def embedding_backward(g, ids, V):
    """g: (*ids.shape, D).   Returns the slope for the whole table, (V, D).

    A word that was looked up several times collects all of its slopes; one that was not gets 0.
    """
    raise NotImplementedError("TODO 1: zeros, then add each slope to the row of its word")


def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    """One step that teaches word vectors who stands near whom.

    Ein, Eout: (V, D), the vectors of a word as the centre, and as a neighbour of one.
    centre, ctx: (N,) ids, pairs that did occur.   negs: (N, K) ids drawn at random.
    The score of two words is the product of their vectors. Loss of a pair: -log sigmoid(score)
    with its neighbour, and -log sigmoid(-score) with each of its K random words, added up; the
    mean over N. Returns (new Ein, new Eout, loss before the step); both move by lr against the
    slopes that they have at the old place.
    """
    raise NotImplementedError("TODO 2: scores, sigmoid minus truth, then back to both tables")


def rnn_forward(x, h0, W):
    """A plain recurrent net: h = tanh(Wx x + Wh h + b) at each step, with h from the step before.

    x: (N, T, D).   h0: (N, H).   W: (Wx, Wh, b), shapes (H, D), (H, H), (H,).
    Returns (states, cache): states (N, T, H), after each step; cache (x, h0, W, states).
    """
    raise NotImplementedError("TODO 3: a loop over T; the state of one step goes into the next")


def rnn_backward(g, cache):
    """The slopes of `rnn_forward`, from the last step to the first.

    g: (N, T, H), what the loss asks of each state directly.   cache: (x, h0, W, states).
    Returns (gx, gh0, (gWx, gWh, gb)) in the shapes of x, h0 and W.
    """
    raise NotImplementedError("TODO 4: two slopes meet at each state: g there, and from behind")


def tbptt(x, h0, W, g, k):
    """Long sequences in pieces of k steps: the state goes on, the slope stops at the piece.

    x, h0, W as in `rnn_forward`, g as in `rnn_backward`. The last piece may be shorter.
    Returns ((gWx, gWh, gb), h): slopes added up over the pieces, and the last state (N, H).
    """
    raise NotImplementedError("TODO 5: forward and back through each piece, then hand h on")


def gru_cell(x, h, W):
    """One step of a gated recurrent unit.

    x: (N, D).   h: (N, H).   W: (Wx, Wh, bx, bh), shapes (3H, D), (3H, H), (3H,), (3H,).
    With a = Wx x + bx and c = Wh h + bh, each cut into three parts r, z, n:
    r = sigmoid(a_r + c_r), z = sigmoid(a_z + c_z), n = tanh(a_n + r * c_n).
    Returns the new state (1 - z) * n + z * h, (N, H).
    """
    raise NotImplementedError("TODO 6: two products, three parts, two gates")


def lstm_cell(x, h, c, W):
    """One step of an LSTM.

    x: (N, D).   h, c: (N, H).   W: (Wx, Wh, b), shapes (4H, D), (4H, H), (4H,).
    z = Wx x + Wh h + b in four parts i, f, g, o; sigmoid for i, f, o and tanh for g;
    new c = f * c + i * g, new h = o * tanh(new c).
    Returns (new h, new c, cache), with what `lstm_cell_backward` needs.
    """
    raise NotImplementedError("TODO 7: one product, four parts, then the two lines for c and h")


def lstm_cell_backward(gh, gc, cache):
    """gh, gc: (N, H), the slopes for the new h and the new c.

    Returns (gx, gh, gc, (gWx, gWh, gb)): slopes for what went into `lstm_cell`.
    """
    raise NotImplementedError("TODO 7: h reaches back into c; then to each gate, then one product")


def lstm_forward(x, h0, c0, W):
    """An LSTM over whole sequences.

    x: (N, T, D).   h0, c0: (N, H).   W as in `lstm_cell`.
    Returns (states, c, cache): all h (N, T, H), the last c (N, H), and what the way back needs.
    """
    raise NotImplementedError("TODO 8: your cell, step by step")


def lstm_backward(g, gc, cache):
    """g: (N, T, H), slopes for all h.   gc: (N, H), the slope for the last c.

    Returns (gx, gh0, gc0, (gWx, gWh, gb)).
    """
    raise NotImplementedError("TODO 8: your cell's way back, last step first")


def pack_lengths(sequences):
    """Sequences of different lengths as one array.

    sequences: a list of N lists of ids.   Returns (ids, mask): ids (N, T), whole numbers, T the
    longest length, each sequence at the beginning of its row and 0 behind it; mask (N, T), floats,
    1 where there is something and 0 where not.
    """
    raise NotImplementedError("TODO 9: zeros, and each row filled from the left")


def masked_loss(logits, y, mask):
    """Mean cross-entropy over the places that count.

    logits: (N, T, V).   y: (N, T) ids.   mask: (N, T), 1 where a place counts.
    Returns (loss, g): a float, and the slope for logits, 0 where a place does not count.
    """
    raise NotImplementedError("TODO 9: cross-entropy place by place, times mask, by the places")
