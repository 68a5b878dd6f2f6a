"""Word vectors and recurrent networks (RNN, GRU, LSTM) with backpropagation through time, in NumPy.

Sequences have shape (N, T, D), states (N, H). Weights are (out, in), and the gates of a cell are
stacked along the first axis of one array, as in PyTorch. `g` is always the upstream gradient: the
gradient of the loss with respect to a function's output, of that output's shape. No function
changes its arguments.

A small character-level language model is given; it runs once your functions do. `undergrad check
sequence` checks them.

Letters: N sequences, T steps, D numbers per step, H numbers of state, V words, K negative samples.
"""

import numpy as np

# --- given --------------------------------------------------------------------------------------


def sigmoid(z):
    """1 / (1 + exp(-z)) without overflow.   z: any shape.

    Returns: s (like z)
    """
    return 0.5 * (1 + np.tanh(0.5 * z))


def init_cell(rng, D, H, gates=1):
    """Initial weights of a cell.

    With four gates, as in an LSTM, the forget gate is initialised open: its part of b is 1.
    Returns: Wx (gates * H, D), Wh (gates * H, H), b (gates * H,)
    """
    Wx = rng.normal(size=(gates * H, D)) / np.sqrt(D)
    Wh = rng.normal(size=(gates * H, H)) / np.sqrt(H)
    b = np.zeros(gates * H)
    b[H : 2 * H] = 1.0 if gates == 4 else 0.0
    return Wx, Wh, b


def init_reader(rng, V, D, H):
    """Initial weights of a language model that reads ids: [E, Wx, Wh, b, Wo, bo].

    Returns: params, list
    """
    Wx, Wh, b = init_cell(rng, D, H, gates=4)
    Wo = rng.normal(size=(V, H)) / np.sqrt(H)
    return [rng.normal(size=(V, D)), Wx, Wh, b, Wo, np.zeros(V)]


def reader_loss(params, ids, y, mask):
    """The loss of the language model and its gradients: embedding, LSTM, linear layer, loss.

    ids: (N, T).   y: (N, T), the ids to predict.   mask: (N, T), 1 where a position counts.
    The gradients are a list of arrays like params.
    Returns: loss, float, gradients, list
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
    """Look up the vectors of words.   E: (V, D).   ids: whole numbers of any shape.

    Returns: vectors (..., D)
    """
    # TODO 1: row number i of E is the vector of word i
    return E[ids]


def embedding_backward(g, ids, V):
    """The gradient with respect to the whole table.   g: (..., D), one row for each id.

    A word that was looked up several times gets the sum of its gradients; one that was not gets 0.
    Returns: gE (V, D)
    """
    # TODO 1: zeros, then add each gradient to the row of its word
    out = np.zeros((V, g.shape[-1]), g.dtype)
    np.add.at(out, ids, g)
    return out


def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    """One step of word2vec: skip-gram with negative sampling.

    Ein, Eout: (V, D), the vectors of a word as a centre word, and as a context word.
    centre, ctx: (N,) ids, pairs that occurred.   negs: (N, K) ids, the negative samples.
    The score of two words is the dot product of their vectors. The loss of a pair is
    -log sigmoid(score) with its context word plus -log sigmoid(-score) with each of its K negative
    samples; the loss is the mean over N, before the step. Both tables take a step with learning
    rate lr against their gradients, which are computed before either has changed.
    Returns: Ein (V, D), Eout (V, D), loss, float
    """
    # TODO 2: scores, their gradients, then the gradients of both tables
    words = np.concatenate([ctx[:, None], negs], axis=1)  # (N, 1 + K), the true one first
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = embedding_forward(Ein, centre), embedding_forward(Eout, words)
    scores = np.einsum("nd,nkd->nk", v, u)
    # -log sigmoid(s) is log(1 + exp(s)) - s; for a negative sample it is log(1 + exp(s)).
    loss = float((np.logaddexp(0, scores) - target * scores).sum() / len(centre))
    g = (sigmoid(scores) - target) / len(centre)
    gin = embedding_backward(np.einsum("nk,nkd->nd", g, u), centre, len(Ein))
    gout = embedding_backward(g[:, :, None] * v[:, None], words, len(Eout))
    return Ein - lr * gin, Eout - lr * gout, loss


def rnn_forward(x, h0, W):
    """A simple RNN: h = tanh(Wx x + Wh h + b) at each step, with h from the step before.

    x: (N, T, D).   h0: (N, H).   W: (Wx, Wh, b), shapes (H, D), (H, H), (H,).
    states holds h after each step; cache is (x, h0, W, states).
    Returns: states (N, T, H), cache, tuple
    """
    # TODO 3: a loop over T; the state of one step is used in the next
    Wx, Wh, b = W
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx.T + h @ Wh.T + b)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, W, states)


def rnn_backward(g, cache):
    """Backpropagation through time for `rnn_forward`, from the last step to the first.

    g: (N, T, H), the upstream gradient of each state.   cache: (x, h0, W, states).
    gW is (gWx, gWh, gb), arrays like W.
    Returns: gx (N, T, D), gh0 (N, H), gW, tuple
    """
    # TODO 4: two gradients meet at each state: g there, and that of the next step
    x, h0, (Wx, Wh, b), states = cache
    gx, gWx, gWh, gb = (np.zeros_like(each) for each in (x, Wx, Wh, b))
    gh = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t else h0
        gz = (g[:, t] + gh) * (1 - states[:, t] ** 2)
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx += gz.T @ x[:, t]
        gWh += gz.T @ before
        gb += gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


def tbptt(x, h0, W, g, k):
    """Truncated backpropagation through time: pieces of k steps.

    The state continues from piece to piece, the gradient stops at the start of a piece.
    x, h0, W as in `rnn_forward`, g as in `rnn_backward`. The last piece may be shorter.
    gW is (gWx, gWh, gb), summed over the pieces; h is the last state.
    Returns: gW, tuple, h (N, H)
    """
    # TODO 5: forward and backward through each piece, then pass h on
    total, h = [np.zeros_like(each) for each in W], h0
    for first in range(0, x.shape[1], k):
        piece = slice(first, first + k)
        states, cache = rnn_forward(x[:, piece], h, W)
        _, _, gW = rnn_backward(g[:, piece], cache)
        total = [a + b for a, b in zip(total, gW, strict=True)]
        h = states[:, -1]
    return tuple(total), h


def gru_cell(x, h, W):
    """One step of a gated recurrent unit.

    x: (N, D).   h: (N, H).   W: (Wx, Wh, bx, bh), shapes (3H, D), (3H, H), (3H,), (3H,).
    With a = Wx x + bx and c = Wh h + bh, each split into three parts r, z, n:
    r = sigmoid(a_r + c_r), z = sigmoid(a_z + c_z), n = tanh(a_n + r * c_n).
    The new state is (1 - z) * n + z * h.
    Returns: h (N, H)
    """
    # TODO 6: two products, three parts, two gates
    Wx, Wh, bx, bh = W
    a_r, a_z, a_n = np.split(x @ Wx.T + bx, 3, axis=1)
    c_r, c_z, c_n = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(a_r + c_r), sigmoid(a_z + c_z)
    n = np.tanh(a_n + r * c_n)
    return (1 - z) * n + z * h


def lstm_cell(x, h, c, W):
    """One step of an LSTM.

    x: (N, D).   h, c: (N, H).   W: (Wx, Wh, b), shapes (4H, D), (4H, H), (4H,).
    z = Wx x + Wh h + b in four parts i, f, g, o; sigmoid for i, f, o and tanh for g;
    new c = f * c + i * g, new h = o * tanh(new c).
    The results are the new h and c, and what `lstm_cell_backward` needs.
    Returns: h (N, H), c (N, H), cache, tuple
    """
    # TODO 7: one product, four parts, then the two lines for c and h
    Wx, Wh, b = W
    i, f, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new_c = f * c + i * g
    tanh_c = np.tanh(new_c)
    return o * tanh_c, new_c, (x, h, c, W, (i, f, g, o), tanh_c)


def lstm_cell_backward(gh, gc, cache):
    """The gradients of `lstm_cell`.   gh, gc: (N, H), upstream gradients of the new h and new c.

    The results are the gradients with respect to the arguments of `lstm_cell`; gW is (gWx, gWh,
    gb), arrays like W.
    Returns: gx (N, D), gh (N, H), gc (N, H), gW, tuple
    """
    # TODO 7: h depends on c; from c to each gate, then one product
    x, h, c, (Wx, Wh, _), (i, f, g, o), tanh_c = cache
    gc = gc + gh * o * (1 - tanh_c**2)  # the new c is used twice: in h, and by the next step
    to_gates = (
        gc * g * i * (1 - i),
        gc * c * f * (1 - f),
        gc * i * (1 - g**2),
        gh * tanh_c * o * (1 - o),
    )
    gz = np.concatenate(to_gates, axis=1)
    gW = (gz.T @ x, gz.T @ h, gz.sum(axis=0))
    return gz @ Wx, gz @ Wh, gc * f, gW


def lstm_forward(x, h0, c0, W):
    """An LSTM over whole sequences.

    x: (N, T, D).   h0, c0: (N, H).   W as in `lstm_cell`.
    states holds h after each step, c is the last cell, cache what `lstm_backward` needs.
    Returns: states (N, T, H), c (N, H), cache, list
    """
    # TODO 8: your cell, step by step
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_cell(x[:, t], h, c, W)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), c, caches


def lstm_backward(g, gc, cache):
    """Backpropagation through time for `lstm_forward`.

    g: (N, T, H), upstream gradient of all states.   gc: (N, H), upstream gradient of the last c.
    gW is (gWx, gWh, gb), arrays like W.
    Returns: gx (N, T, D), gh0 (N, H), gc0 (N, H), gW, tuple
    """
    # TODO 8: the backward pass of your cell, last step first
    W = cache[0][3]
    gx = np.zeros((*g.shape[:2], W[0].shape[1]), g.dtype)
    gh, total = np.zeros_like(gc), [np.zeros_like(each) for each in W]
    for t in reversed(range(len(cache))):
        gx[:, t], gh, gc, gW = lstm_cell_backward(g[:, t] + gh, gc, cache[t])
        total = [a + b for a, b in zip(total, gW, strict=True)]
    return gx, gh, gc, tuple(total)


def pack_lengths(sequences):
    """Sequences of different lengths as one padded array.

    sequences: a list of N lists of ids.
    T is the longest length. Each row of ids begins with its sequence and is padded with 0 at its
    end; mask holds floats, 1 at ids of a sequence and 0 at padding.
    Returns: ids (N, T), mask (N, T)
    """
    # TODO 9: zeros, and each row filled from the left
    longest = max(len(each) for each in sequences)
    ids = np.zeros((len(sequences), longest), int)
    mask = np.zeros(ids.shape)
    for row, each in enumerate(sequences):
        ids[row, : len(each)] = each
        mask[row, : len(each)] = 1
    return ids, mask


def masked_loss(logits, y, mask):
    """The mean cross-entropy over the positions that count, and its gradient.

    logits: (N, T, V), perhaps in the thousands.   y: (N, T) ids.   mask: (N, T), 1 where a position
    counts.   The gradient with respect to the logits is 0 where a position does not count.
    Returns: loss, float, g (N, T, V)
    """
    # TODO 9: the cross-entropy at each position; what is the weight of each in the mean?
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]  # (N, T)
    target = y[..., None] == np.arange(logits.shape[-1])  # one-hot
    weight = mask / mask.sum()
    g = (np.exp(log_p) - target) * weight[..., None]
    return float((losses * weight).sum()), g
