# right: a basis vector for each column
def jacobian(f, x, h=1e-5):
    x = np.asarray(x, dtype=float)
    cols = []
    for e in np.eye(x.size):
        cols.append((f(x + h * e) - f(x - h * e)) / (2 * h))
    return np.column_stack(cols)


# right: einsum
def linear_vjp(x, W, b, g):
    gx = np.einsum("nm,md->nd", g, W)
    gW = np.einsum("nm,nd->md", g, x)
    return gx, gW, np.einsum("nm->m", g)


# right: a sum over examples
def linear_vjp(x, W, b, g):
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(b.shape)
    for xi, gi, row in zip(x, g, dx):
        row += W.T @ gi
        dW += np.outer(gi, xi)
        db += gi
    return dx, dW, db


# right: np.prod of the shape
def mse_grad(pred, target):
    return 2.0 / np.prod(pred.shape) * (pred - target)


# right: element by element
def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    K = len(s)
    J = np.zeros((K, K))
    for i in range(K):
        for j in range(K):
            J[i, j] = s[i] * ((i == j) - s[j])
    return J


# right: subtract the weighted mean
def softmax_vjp(p, g):
    inner = np.sum(g * p, axis=-1)[:, np.newaxis]
    return p * (g - inner)


# right: a while loop, as in micrograd forks
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


# wrong: a forward difference
# named: You nudge to one side only. To
def jacobian(f, x, h=1e-5):
    x = x.astype(float)
    return np.stack([(f(x + h * e) - f(x)) / h for e in np.eye(len(x))], axis=1)


# wrong: the transpose
# named: The Jacobian is transposed: it has one
def jacobian(f, x, h=1e-5):
    x = x.astype(float)
    return np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


# wrong: whole numbers cannot be nudged
# named: An array of whole numbers cuts the
def jacobian(f, x, h=1e-5):
    out = np.zeros((len(f(x)), len(x)))
    for j in range(len(x)):
        up, down = x.copy(), x.copy()
        up[j] += h
        down[j] -= h
        out[:, j] = (f(up) - f(down)) / (2 * h)
    return out


# wrong: precedence, "/ 2 * h"
# named: / 2 * h divides by 2
def jacobian(f, x, h=1e-5):
    x = x.astype(float)
    return np.stack([(f(x + h * e) - f(x - h * e)) / 2 * h for e in np.eye(len(x))], axis=1)


# wrong: the caller's array is not put back
# named: The nudges accumulate: an input that was nudged
def jacobian(f, x, h=1e-5):
    cols = []
    for j in range(len(x)):
        z = x.astype(float)
        z[: j + 1] += h
        up = f(z)
        z[: j + 1] -= 2 * h
        cols.append((up - f(z)) / (2 * h))
    return np.stack(cols, axis=1)


# wrong: W is not transposed back, for a square layer it fits
# named: gW is transposed: W is (M, D),
def linear_vjp(x, W, b, g):
    return g @ W, x.T @ g, g.sum(axis=0)


# wrong: the mean over the batch
# named: The gradients are divided by the size of
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x / len(x), g.mean(axis=0)


# wrong: the bias summed over outputs
# named: gb is summed over the outputs. b
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x, g.sum(axis=1)


# wrong: the bias gradient of one example
# named: Only one example is counted. Does the return
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x, g[0]


# wrong: keepdims
# named: gb has an axis of length 1 too
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x, g.sum(axis=0, keepdims=True)


# wrong: divided by the rows
# named: You divide by the number of rows.
def mse_grad(pred, target):
    return 2 * (pred - target) / len(pred)


# wrong: without the 2
# named: The factor 2 is missing: the derivative
def mse_grad(pred, target):
    return (pred - target) / pred.size


# wrong: target minus pred
# named: The sign is wrong: where a prediction
def mse_grad(pred, target):
    return 2 * (target - pred) / pred.size


# wrong: not divided at all
# named: This is the gradient of the sum
def mse_grad(pred, target):
    return 2 * (pred - target)


# wrong: exp overflows
# named: exp(1000) is infinite, and the Jacobian is
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - np.outer(p, p)


# wrong: the sign
# named: The sign is wrong: a probability grows with
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.outer(p, p) - np.diag(p)


# wrong: only the diagonal
# named: Only the diagonal is filled. The probabilities
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.diag(p * (1 - p))


# wrong: the element-wise derivative
# named: This is the derivative of each class with
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return p * (1 - p)


# wrong: the formula of a sigmoid
# named: This is the rule for the sigmoid,
def softmax_vjp(p, g):
    return g * p * (1 - p)


# wrong: the plain sum, not weighted with p
# named: The plain sum or mean of g is
def softmax_vjp(p, g):
    return p * (g - g.sum(axis=1, keepdims=True))


# wrong: the mean
# named: The products g * p are averaged. Their
def softmax_vjp(p, g):
    return p * (g - (g * p).mean(axis=1, keepdims=True))


# wrong: summed over the batch
# named: The dot product is taken over the
def softmax_vjp(p, g):
    return p * (g - (g * p).sum(axis=0, keepdims=True))


# wrong: one sum for the whole batch
# named: There is one sum for the whole batch.
def softmax_vjp(p, g):
    return p * (g - np.sum(g * p))


# wrong: the mean of the copies
# named: The gradients of the copies are averaged.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=i, keepdims=True)
    return g


# wrong: axes in front only
# named: Only the axes in front are summed.
def unbroadcast(g, shape):
    while len(g.shape) > len(shape):
        g = g.sum(0)
    return g.reshape(shape) if g.size == np.prod(shape) else g


# wrong: the axes of 1 only
# named: The axes that broadcasting added in front are
def unbroadcast(g, shape):
    extra = g.ndim - len(shape)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i + extra, keepdims=True)
    return g


# wrong: cut off in place of summed
# named: One copy is picked and the others
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0]
    for i, n in enumerate(shape):
        if n == 1:
            g = np.take(g, [0], axis=i)
    return g


# wrong: keepdims is missing
# named: The axes of length 1 are gone.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in reversed(list(enumerate(shape))):
        if n == 1:
            g = g.sum(axis=i)
    return g
