"""How the functions of `backprop` take the engine's place."""

import numpy as np

from undergrad.mine import part, result


@part("undergrad.engine.ops.linalg.linear", uses=("linear", "linear_backward"))
def linear(own, borrowed):
    def linear(x, weight, bias=None):
        b = np.zeros(len(weight), x.dtype) if bias is None else bias.data
        rows = x.data.reshape(-1, x.shape[-1])  # all leading axes as one: the N of the exercise
        out, cache = own.linear(rows, weight.data, b)
        parents = (x, weight) if bias is None else (x, weight, bias)

        def back(g):
            gx, gW, gb = own.linear_backward(g.reshape(out.shape), cache)
            return (gx.reshape(x.shape), gW, gb)[: len(parents)]

        return result(out.reshape(*x.shape[:-1], len(weight)), parents, back)

    return linear


@part("undergrad.engine.ops.elementwise.relu", uses=("relu", "relu_backward"))
def relu(own, borrowed):
    def relu(x):
        out, cache = own.relu(x.data)
        return result(out, (x,), lambda g: (own.relu_backward(g, cache),))

    return relu


@part("undergrad.engine.ops.elementwise.sigmoid", uses=("sigmoid", "sigmoid_backward"))
def sigmoid(own, borrowed):
    def sigmoid(x):
        out, cache = own.sigmoid(x.data)
        return result(out, (x,), lambda g: (own.sigmoid_backward(g, cache),))

    return sigmoid


@part("undergrad.engine.ops.elementwise.tanh", uses=("sigmoid", "sigmoid_backward"))
def tanh(own, borrowed):
    """tanh(x) = 2 sigmoid(2x) - 1: the same curve, stretched in both directions."""

    def tanh(x):
        out, cache = own.sigmoid(2 * x.data)
        return result(2 * out - 1, (x,), lambda g: (4 * own.sigmoid_backward(g, cache),))

    return tanh


@part("undergrad.engine.ops.cross_entropy.cross_entropy", uses=("cross_entropy", "ce_backward"))
def cross_entropy(own, borrowed):
    """With label smoothing the loss is a mixture: mostly the loss for the right class, and for the
    rest the losses for every class in equal parts."""

    def cross_entropy(
        logits, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0
    ):
        y = np.asarray(getattr(target, "data", target))
        plain = weight is None and reduction == "mean" and logits.ndim == 2 and len(y) > 0
        if not plain or y.dtype.kind not in "iu" or (y == ignore_index).any():
            return borrowed(logits, target, weight, ignore_index, reduction, label_smoothing)
        z, K = logits.data, logits.shape[1]
        mixture = [(1 - label_smoothing, y)]
        if label_smoothing:
            mixture += [(label_smoothing / K, np.full_like(y, k)) for k in range(K)]
        loss = sum(part * own.cross_entropy(z, labels) for part, labels in mixture)

        def back(g):
            return (g * sum(part * own.ce_backward(z, labels) for part, labels in mixture),)

        return result(loss, (logits,), back)

    return cross_entropy
