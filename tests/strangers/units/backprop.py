# right: einsum for the weights
def linear_backward(g, cache):
    x, W = cache
    dx = np.dot(g, W)
    dW = np.einsum("nm,nd->md", g, x)
    db = np.sum(g, axis=0)
    return dx, dW, db


# right: one example at a time
def linear_backward(g, cache):
    inputs, weights = cache
    dx = np.zeros_like(inputs, dtype=float)
    dw = np.zeros_like(weights, dtype=float)
    db = np.zeros(weights.shape[0])
    for n in range(len(inputs)):
        dx[n] = weights.T @ g[n]
        dw += np.outer(g[n], inputs[n])
        db += g[n]
    return dx, dw, db


# right: a copy with zeros put in, as in cs231n
def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


# right: where
def relu_backward(g, cache):
    return np.where(cache > 0, g, 0.0)


# right: the one-hot rows are made first
def ce_backward(logits, y):
    n, k = logits.shape
    z = logits - np.max(logits, axis=1)[:, None]
    p = np.exp(z) / np.exp(z).sum(1)[:, None]
    return (p - np.eye(k)[y]) / n


# right: a loop with an index, filled from the end
def count_flops(sizes):
    forward = backward = 0
    for i in range(len(sizes) - 1):
        cost = 2 * sizes[i] * sizes[i + 1]
        forward += cost
        backward += cost if i == 0 else 2 * cost
    return forward, backward


# wrong: one maximum for the whole array
# named: ce_backward-6
def ce_backward(logits, y):
    shifted = logits - logits.max()
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    p[range(len(y)), y] -= 1
    return p / len(y)


# wrong: not divided by the number of examples
# named: ce_backward-1
def ce_backward(logits, y):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    probs[np.arange(logits.shape[0]), y] -= 1
    return probs


# wrong: divided by all numbers of the array
# named: ce_backward-8
def ce_backward(logits, y):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    probs[np.arange(logits.shape[0]), y] -= 1
    return probs / logits.size


# wrong: exp of the logits as they come
# named: ce_backward-5
def ce_backward(logits, y):
    p = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


# wrong: true minus predicted
# named: ce_backward-2
def ce_backward(logits, y):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    onehot = np.zeros_like(p)
    onehot[np.arange(len(y)), y] = 1
    return (onehot - p) / len(y)


# wrong: softmax down the batch
# named: ce_backward-4
def ce_backward(logits, y):
    e = np.exp(logits - logits.max(axis=0))
    p = e / e.sum(axis=0)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


# wrong: 1 at exactly 0
# named: relu_backward-4
def relu_backward(g, cache):
    return g * (cache >= 0)


# wrong: the derivative without the upstream gradient
# named: relu_backward-3
def relu_backward(g, cache):
    return (cache > 0).astype(float)


# wrong: the mask is made of g
# named: relu_backward-1
def relu_backward(g, cache):
    return np.maximum(g, 0)


# wrong: g is changed in place
# named: relu_backward-5
def relu_backward(g, cache):
    g[cache <= 0] = 0
    return g


# wrong: the cached output is put through the sigmoid once more
# named: sigmoid_backward-1
def sigmoid_backward(g, cache):
    s = 1 / (1 + np.exp(-cache))
    return g * s * (1 - s)


# wrong: only the first factor
# named: sigmoid_backward-4
def sigmoid_backward(g, cache):
    return g * (1 - cache)


# wrong: the derivative of tanh
# named: sigmoid_backward-5
def sigmoid_backward(g, cache):
    return g * (1 - cache**2)


# wrong: the mean over the batch once more
# named: linear_backward-8
def linear_backward(g, cache):
    x, W = cache
    n = x.shape[0]
    return g @ W, g.T @ x / n, g.sum(axis=0) / n


# wrong: the bias's gradient is not summed
# named: linear_backward-5
def linear_backward(g, cache):
    x, W = cache
    return g @ W, g.T @ x, g


# wrong: gW is laid out as (D, M)
# named: linear_backward-2
def linear_backward(g, cache):
    x, W = cache
    return g @ W, x.T @ g, g.sum(axis=0)


# wrong: gb has one row
# named: linear_backward-7
def linear_backward(g, cache):
    x, W = cache
    return g @ W, g.T @ x, g.sum(axis=0, keepdims=True)


# wrong: the gradients stay in the order in which they were found
# named: mlp_backward-1
def mlp_backward(cache, y):
    g = ce_backward(cache[-1][1], y)
    grads = []
    for name, saved in reversed(cache[:-1]):
        if name == "linear":
            g, gW, gb = linear_backward(g, saved)
            grads.append((gW, gb))
        elif name == "relu":
            g = relu_backward(g, saved)
        else:
            g = sigmoid_backward(g, saved)
    return grads


# wrong: ReLU's derivative whatever the activation was
# named: mlp_backward-5
def mlp_backward(cache, y):
    g = ce_backward(cache[-1][1], y)
    grads = []
    for name, saved in reversed(cache[:-1]):
        if name == "linear":
            g, gW, gb = linear_backward(g, saved)
            grads.insert(0, (gW, gb))
        else:
            g = relu_backward(g, saved)
    return grads


# wrong: twice the forward pass, the first layer included
# named: count_flops-1
def count_flops(sizes):
    forward = sum(2 * a * b for a, b in zip(sizes[:-1], sizes[1:]))
    return forward, 2 * forward


# wrong: a multiplication and an addition counted as one
# named: count_flops-3
def count_flops(sizes):
    products = [a * b for a, b in zip(sizes, sizes[1:])]
    return sum(products), 2 * sum(products) - products[0]
