"""Word vectors and recurrent nets, forward and back through time: the worked solution."""

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
    return E[ids]


def embedding_backward(g, ids, V):
    out = np.zeros((V, g.shape[-1]), g.dtype)
    np.add.at(out, ids, g)  # out[ids] += g would keep one slope of a repeated word
    return out


def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)  # (N, 1 + K), the true one first
    truth = np.zeros(words.shape)
    truth[:, 0] = 1
    v, u = embedding_forward(Ein, centre), embedding_forward(Eout, words)
    scores = np.einsum("nd,nkd->nk", v, u)
    # -log sigmoid(s) is log(1 + exp(-s)), or log(1 + exp(s)) - s; for a random word without the s.
    loss = float((np.logaddexp(0, scores) - truth * scores).sum() / len(centre))
    g = (sigmoid(scores) - truth) / len(centre)
    to_in = embedding_backward(np.einsum("nk,nkd->nd", g, u), centre, len(Ein))
    to_out = embedding_backward(g[:, :, None] * v[:, None], words, len(Eout))
    return Ein - lr * to_in, Eout - lr * to_out, loss


def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx.T + h @ Wh.T + b)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, W, states)


def rnn_backward(g, cache):
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
    total, h = [np.zeros_like(each) for each in W], h0
    for first in range(0, x.shape[1], k):
        piece = slice(first, first + k)
        states, cache = rnn_forward(x[:, piece], h, W)
        _, _, slopes = rnn_backward(g[:, piece], cache)
        total = [a + b for a, b in zip(total, slopes, strict=True)]
        h = states[:, -1]
    return tuple(total), h


def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    a_r, a_z, a_n = np.split(x @ Wx.T + bx, 3, axis=1)
    c_r, c_z, c_n = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(a_r + c_r), sigmoid(a_z + c_z)
    return (1 - z) * np.tanh(a_n + r * c_n) + z * h


def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    i, f, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new = f * c + i * g
    bent = np.tanh(new)
    return o * bent, new, (x, h, c, W, (i, f, g, o), bent)


def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), bent = cache
    gc = gc + gh * o * (1 - bent**2)  # c is used twice: in h, and by the next step
    to_gates = (
        gc * g * i * (1 - i),
        gc * c * f * (1 - f),
        gc * i * (1 - g**2),
        gh * bent * o * (1 - o),
    )
    gz = np.concatenate(to_gates, axis=1)
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


def lstm_forward(x, h0, c0, W):
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_cell(x[:, t], h, c, W)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), c, caches


def lstm_backward(g, gc, cache):
    W = cache[0][3]
    gh, gx, total = np.zeros_like(gc), [], [np.zeros_like(each) for each in W]
    for t in reversed(range(len(cache))):
        to_x, gh, gc, slopes = lstm_cell_backward(g[:, t] + gh, gc, cache[t])
        gx.append(to_x)
        total = [a + b for a, b in zip(total, slopes, strict=True)]
    return np.stack(gx[::-1], axis=1), gh, gc, tuple(total)


def pack_lengths(sequences):
    longest = max(len(each) for each in sequences)
    ids, mask = np.zeros((len(sequences), longest), int), np.zeros((len(sequences), longest))
    for row, each in enumerate(sequences):
        ids[row, : len(each)] = each
        mask[row, : len(each)] = 1
    return ids, mask


def masked_loss(logits, y, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]  # (N, T)
    truth = y[..., None] == np.arange(logits.shape[-1])
    g = (np.exp(log_p) - truth) * mask[..., None] / mask.sum()
    return float((losses * mask).sum() / mask.sum()), g
