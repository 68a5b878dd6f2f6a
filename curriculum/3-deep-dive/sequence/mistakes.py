"""Typical wrong solutions of `sequence`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def _added(g, ids, V):
    out = np.zeros((V, g.shape[-1]))
    np.add.at(out, ids, g)
    return out


@mistake("embedding_backward", "A word that comes several times keeps only one of its slopes: "
         "out[ids] += g writes each row once. Add them all up, with np.add.at.")  # fmt: skip
def last_one_stays(g, ids, V):
    out = np.zeros((V, g.shape[-1]))
    out[ids] += g
    return out


@mistake("embedding_backward", "The slopes of a repeated word are averaged. Each use changed the "
         "loss on its own, so they add up.")  # fmt: skip
def averaged(g, ids, V):
    times = np.bincount(ids.ravel(), minlength=V)
    return _added(g, ids, V) / np.maximum(times, 1)[:, None]


def _sgns(Ein, Eout, centre, ctx, negs, lr, only_pairs=False, total=False, order="both"):
    """The solution's step, with switches for what goes wrong."""
    words = np.concatenate([ctx[:, None], negs], axis=1)
    truth = np.zeros(words.shape)
    truth[:, 0] = 1
    truth[:, 1:] = only_pairs
    n = 1 if total else len(centre)
    v, u = Ein[centre], Eout[words]
    scores = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, scores) - truth * scores).sum() / n)
    g = (_sigmoid(scores) - truth) / n
    new = Ein - lr * _added(np.einsum("nk,nkd->nd", g, u), centre, len(Ein))
    if order == "in first":
        v = new[centre]
    to_out = _added(g[:, :, None] * v[:, None], words, len(Eout))
    return new, Eout if order == "in only" else Eout - lr * to_out, loss


@mistake("sgns_step", "The random words are treated as if they were neighbours. Their truth is 0: "
         "the loss wants their scores low.")  # fmt: skip
def all_are_friends(Ein, Eout, centre, ctx, negs, lr):
    return _sgns(Ein, Eout, centre, ctx, negs, lr, only_pairs=True)


@mistake("sgns_step", "The loss is summed over the pairs. It is the mean over N; the slopes are "
         "divided by N too.")  # fmt: skip
def not_a_mean(Ein, Eout, centre, ctx, negs, lr):
    return _sgns(Ein, Eout, centre, ctx, negs, lr, total=True)


@mistake("sgns_step", "Only the centre's table moves. A score is a product of two vectors, so the "
         "neighbours' table has a slope as well.")  # fmt: skip
def one_table(Ein, Eout, centre, ctx, negs, lr):
    return _sgns(Ein, Eout, centre, ctx, negs, lr, order="in only")


@mistake("sgns_step", "The slope of the second table is taken after the first has moved. Both "
         "belong to the same place: find both, then step.")  # fmt: skip
def one_after_the_other(Ein, Eout, centre, ctx, negs, lr):
    return _sgns(Ein, Eout, centre, ctx, negs, lr, order="in first")


def _rnn(x, h0, W, bend=np.tanh, carry=True, turned=False):
    Wx, Wh, b = W
    h, states = h0, []
    for t in range(x.shape[1]):
        h = bend(x[:, t] @ Wx.T + (h if carry else h0) @ (Wh if turned else Wh.T) + b)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, W, states)


@mistake("rnn_forward", "Every step begins from h0. The state that one step leaves is what the "
         "next begins from.")  # fmt: skip
def no_memory(x, h0, W):
    return _rnn(x, h0, W, carry=False)


@mistake("rnn_forward", "The tanh is missing, so the whole net is linear. It bends the sum, at "
         "every step.")  # fmt: skip
def no_bend(x, h0, W):
    return _rnn(x, h0, W, bend=lambda z: z)


@mistake("rnn_forward", "The state meets Wh the wrong way round. A weight is (out, in), so it is h "
         "@ Wh.T; both fit, since Wh is square.")  # fmt: skip
def state_turned(x, h0, W):
    return _rnn(x, h0, W, turned=True)


@mistake("rnn_forward", "The states begin with h0 and end one step early. states[:, 0] is the "
         "state after the first step.")  # fmt: skip
def one_early(x, h0, W):
    states = _rnn(x, h0, W)[0]
    states = np.concatenate([h0[:, None], states[:, :-1]], axis=1)
    return states, (x, h0, W, states)


def _rnn_back(g, cache, carry=True, turned=False, twice=False, last=False, after=False):
    """The solution's way back, with switches for what goes wrong."""
    x, h0, (Wx, Wh, b), states = cache
    gx, gWx, gWh, gb = (np.zeros_like(each) for each in (x, Wx, Wh, b))
    gh, steps = np.zeros_like(h0), x.shape[1]
    for t in reversed(range(steps)):
        before = states[:, t] if after else states[:, t - 1] if t else h0
        bent = np.tanh(states[:, t]) if twice else states[:, t]
        gz = (g[:, t] + (gh if carry else 0)) * (1 - bent**2)
        gx[:, t], gh = gz @ Wx, gz @ (Wh.T if turned else Wh)
        if last and t < steps - 1:
            continue
        gWx, gWh, gb = gWx + gz.T @ x[:, t], gWh + gz.T @ before, gb + gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


@mistake("rnn_backward", "tanh is taken once more of what is tanh already. The states are its "
         "results: its slope is 1 - h ** 2.")  # fmt: skip
def bent_twice(g, cache):
    return _rnn_back(g, cache, twice=True)


@mistake("rnn_backward", "The slope meets Wh.T on its way back. Forward it was h @ Wh.T, so back "
         "it is gz @ Wh.")  # fmt: skip
def turned_again(g, cache):
    return _rnn_back(g, cache, turned=True)


@mistake("rnn_backward", "gWh is paired with the state after the step. Wh was multiplied by the "
         "state before it: states[:, t - 1], and h0 at the first step.")  # fmt: skip
def wrong_partner(g, cache):
    return _rnn_back(g, cache, after=True)


@mistake("rnn_backward", "Each step listens only to its own g. What the steps behind it ask "
         "arrives through the state: add gz @ Wh of the step behind.")  # fmt: skip
def no_way_through_time(g, cache):
    return _rnn_back(g, cache, carry=False)


@mistake("rnn_backward", "The weights keep the slope of one step. The same weights are used at "
         "every step, so what they get there adds up: += .")  # fmt: skip
def one_step_counts(g, cache):
    return _rnn_back(g, cache, last=True)


def _tbptt(x, h0, W, g, k, carry=True, rest=True, mean=False):
    total, h, count = [np.zeros_like(each) for each in W], h0, 0
    steps = x.shape[1] if rest else x.shape[1] // k * k
    for first in range(0, steps, k):
        piece = slice(first, first + k)
        states, cache = _rnn(x[:, piece], h if carry else h0, W)
        slopes = _rnn_back(g[:, piece], cache)[2]
        total = [a + b for a, b in zip(total, slopes, strict=True)]
        h, count = states[:, -1], count + 1
    return tuple(each / count if mean else each for each in total), h


@mistake("tbptt", "Each piece begins from h0 again. Only the slope is cut: the state goes on.")
def forgets_between(x, h0, W, g, k):
    return _tbptt(x, h0, W, g, k, carry=False)


@mistake("tbptt", "The slopes are averaged over the pieces. They add up, as they would in one "
         "piece.")  # fmt: skip
def mean_of_pieces(x, h0, W, g, k):
    return _tbptt(x, h0, W, g, k, mean=True)


def _gru(x, h, W, swap=False, early=False):
    Wx, Wh, bx, bh = W
    a_r, a_z, a_n = np.split(x @ Wx.T + bx, 3, axis=1)
    c_r, c_z, c_n = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = _sigmoid(a_r + c_r), _sigmoid(a_z + c_z)
    if early:
        c_n = (r * h) @ np.split(Wh, 3)[2].T + np.split(bh, 3)[2]
        n = np.tanh(a_n + c_n)
    else:
        n = np.tanh(a_n + r * c_n)
    return z * n + (1 - z) * h if swap else (1 - z) * n + z * h


@mistake("gru_cell", "z and 1 - z have changed places. z is the share of the old state that stays.")
def places_changed(x, h, W):
    return _gru(x, h, W, swap=True)


@mistake("gru_cell", "r multiplies h before the product with Wh. Here, as in PyTorch, it "
         "multiplies the product, offset included.")  # fmt: skip
def reset_early(x, h, W):
    return _gru(x, h, W, early=True)


def _lstm(x, h, c, W, order=(0, 1, 2, 3), bend=np.tanh, old=False):
    """The solution's cell, with switches; its cache is that of the solution."""
    Wx, Wh, b = W
    parts = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = (parts[place] for place in order)
    i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
    new = f * c + i * g
    return o * bend(c if old else new), new, (x, h, c, W, (i, f, g, o), np.tanh(new))


@mistake("lstm_cell", "The parts are read in the order i, f, o, g. Here, as in PyTorch, it is i, "
         "f, g, o.")  # fmt: skip
def other_order(x, h, c, W):
    return _lstm(x, h, c, W, order=(0, 1, 3, 2))


@mistake("lstm_cell", "The new state is o * c. The cell is bent first: o * tanh(c).")
def cell_not_bent(x, h, c, W):
    return _lstm(x, h, c, W, bend=lambda c: c)


@mistake("lstm_cell", "The new state shows the old cell. Renew c first, then h = o * tanh(c) of "
         "the new one.")  # fmt: skip
def shows_the_old(x, h, c, W):
    return _lstm(x, h, c, W, old=True)


def _lstm_back(gh, gc, cache, into_c=True, from_c=True, forget=True):
    x, h, c, (Wx, Wh, _), (i, f, g, o), bent = cache
    gc = (gc if from_c else 0) + (gh * o * (1 - bent**2) if into_c else 0)
    gz = np.concatenate(
        (
            gc * g * i * (1 - i),
            gc * c * f * (1 - f),
            gc * i * (1 - g**2),
            gh * bent * o * (1 - o),
        ),
        axis=1,
    )
    return gz @ Wx, gz @ Wh, gc * f if forget else gc, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


@mistake("lstm_cell_backward", "gh does not reach the cell. The state is o * tanh(c), so gh * o * "
         "(1 - tanh(c) ** 2) arrives at c.")  # fmt: skip
def cell_left_out(gh, gc, cache):
    return _lstm_back(gh, gc, cache, into_c=False)


@mistake("lstm_cell_backward", "gc, the slope that arrives at the cell from the next step, is not "
         "used. The new c has two readers: h, and the next step.")  # fmt: skip
def next_step_ignored(gh, gc, cache):
    return _lstm_back(gh, gc, cache, from_c=False)


@mistake("lstm_cell_backward", "The slope for the old c is that of the new one. The forget gate "
         "stood between them: multiply by f.")  # fmt: skip
def nothing_forgotten(gh, gc, cache):
    return _lstm_back(gh, gc, cache, forget=False)


@mistake("lstm_forward", "The cell begins from c0 at every step; only h is handed on. Both are.")
def cell_not_handed_on(x, h0, c0, W):
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, c, cache = _lstm(x[:, t], h, c0, W)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), c, caches


def _through_time(g, gc, caches, forward=False, cut=False):
    gh, gx = np.zeros_like(gc), [None] * len(caches)
    total = [np.zeros_like(each) for each in caches[0][3]]
    steps = range(len(caches))
    for t in steps if forward else reversed(steps):
        gx[t], gh, gc, slopes = _lstm_back(g[:, t] + gh, gc, caches[t])
        gc = 0 * gc if cut else gc
        total = [a + b for a, b in zip(total, slopes, strict=True)]
    return np.stack(gx, axis=1), gh, gc, tuple(total)


@mistake("lstm_backward", "The steps are taken from first to last. What a step sends back must be "
         "there before the step in front of it is asked: go from last to first.")  # fmt: skip
def from_the_front(g, gc, cache):
    return _through_time(g, gc, cache, forward=True)


@mistake("lstm_backward", "The cell's slope is dropped between the steps. That path, from c to c, "
         "is why an LSTM remembers.")  # fmt: skip
def cell_path_cut(g, gc, cache):
    return _through_time(g, gc, cache, cut=True)


def _packed(sequences, left=True):
    longest = max(len(each) for each in sequences)
    ids, mask = np.zeros((len(sequences), longest), int), np.zeros((len(sequences), longest))
    for row, each in enumerate(sequences):
        place = slice(0, len(each)) if left else slice(longest - len(each), longest)
        ids[row, place], mask[row, place] = each, 1
    return ids, mask


@mistake("pack_lengths", "The padding stands in front. Sequences begin at the left, so that their "
         "first step is step 0 for all.")  # fmt: skip
def padded_in_front(sequences):
    return _packed(sequences, left=False)


@mistake("pack_lengths", "The mask marks the padding. It is 1 where there is something.")
def mask_turned(sequences):
    ids, mask = _packed(sequences)
    return ids, 1 - mask


def _losses(logits, y):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    return losses, np.exp(log_p) - (y[..., None] == np.arange(logits.shape[-1]))


@mistake("masked_loss", "The sum is divided by all places, padding included, so the loss shrinks "
         "when a long sequence joins. Divide by mask.sum().")  # fmt: skip
def divided_by_all(logits, y, mask):
    losses, g = _losses(logits, y)
    return float((losses * mask).mean()), g * mask[..., None] / mask.size


@mistake("masked_loss", "This is the mean of the sequences' means, in which a place of a short "
         "sequence counts more. Every place counts the same.")  # fmt: skip
def mean_of_means(logits, y, mask):
    losses, g = _losses(logits, y)
    lengths = mask.sum(axis=1, keepdims=True)
    share = mask / lengths / len(mask)
    return float((losses * share).sum()), g * share[..., None]


@mistake("masked_loss", "The loss ignores the padding, but its slope does not. What does not count "
         "asks for nothing: multiply g by the mask too.")  # fmt: skip
def slope_not_masked(logits, y, mask):
    losses, g = _losses(logits, y)
    return float((losses * mask).sum() / mask.sum()), g / mask.sum()
