"""How the functions of `sequence` replace those of the engine.

The engine's sequences have the steps first, (T, N, I), those of the exercise the examples.
"""

import numpy as np

from undergrad.mine import part, result


@part("undergrad.engine.ops.embedding.embedding", uses=("embedding_forward", "embedding_backward"))
def embedding(own, borrowed):
    def embedding(index, weight, padding_idx=None):
        ids, words = np.asarray(index), len(weight)
        known = ids.dtype.kind in "iu" and ids.size and ids.min() >= 0 and ids.max() < words
        if not known or weight.ndim != 2 or padding_idx is not None:
            return borrowed(index, weight, padding_idx)
        out = own.embedding_forward(weight.data, ids)
        return result(out, (weight,), lambda g: (own.embedding_backward(g, ids, words),))

    return embedding


@part("undergrad.engine.ops.recurrent.rnn", uses=("rnn_forward", "rnn_backward"))
def rnn(own, borrowed):
    def rnn(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"):
        if nonlinearity != "tanh" or not _fit(1, x, (h0,), weight_ih, weight_hh, bias_ih, bias_hh):
            return borrowed(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity)
        W = weight_ih.data, weight_hh.data, _bias(weight_hh, bias_ih, bias_hh)
        states, cache = own.rnn_forward(_swapped(x.data), h0.data, W)

        def backward(g):
            gx, gh, (gWx, gWh, gb) = own.rnn_backward(_swapped(g), cache)
            return (_swapped(gx), gh, gWx, gWh, gb, gb)[: len(parents)]

        parents = _present(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
        output = result(_swapped(states), parents, backward)
        return output, output[-1]

    return rnn


@part("undergrad.engine.ops.lstm.lstm", uses=("lstm_forward", "lstm_backward"))
def lstm(own, borrowed):
    """All states and the last cell are one node, (T + 1, N, H), which is split at the end."""

    def lstm(x, h0, c0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
        if not _fit(4, x, (h0, c0), weight_ih, weight_hh, bias_ih, bias_hh):
            return borrowed(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh)
        steps = len(x)
        W = weight_ih.data, weight_hh.data, _bias(weight_hh, bias_ih, bias_hh)
        states, cell, cache = own.lstm_forward(_swapped(x.data), h0.data, c0.data, W)

        def backward(g):
            gx, gh, gc, (gWx, gWh, gb) = own.lstm_backward(_swapped(g[:steps]), g[steps], cache)
            return (_swapped(gx), gh, gc, gWx, gWh, gb, gb)[: len(parents)]

        parents = _present(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh)
        both = result(np.concatenate([_swapped(states), cell[None]]), parents, backward)
        return both[:steps], both[steps - 1], both[steps]

    return lstm


def _swapped(sequences):
    """(T, N, I) as (N, T, I), and back."""
    return sequences.swapaxes(0, 1)


def _bias(weight_hh, *biases):
    """The engine's two biases, each of which may be missing, as the one of the exercise."""
    there = [bias.data for bias in biases if bias is not None]
    return sum(there, np.zeros(len(weight_hh), weight_hh.dtype))


def _present(*tensors):
    return tuple(each for each in tensors if each is not None)


def _fit(gates, x, states, weight_ih, weight_hh, *biases):
    """Are these the shapes of an exercise? If not, the engine says what is wrong."""
    if x.ndim != 3 or not len(x) or weight_hh.ndim != 2:
        return False
    rows, size = gates * weight_hh.shape[1], weight_hh.shape[1]
    wanted = [
        *((state, (x.shape[1], size)) for state in states),
        (weight_ih, (rows, x.shape[2])),
        (weight_hh, (rows, size)),
        *((bias, (rows,)) for bias in biases if bias is not None),
    ]
    return all(each.shape == shape for each, shape in wanted)
