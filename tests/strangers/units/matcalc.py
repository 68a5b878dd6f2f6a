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
# named: jacobian-2
def jacobian(f, x, h=1e-5):
    x = x.astype(float)
    return np.stack([(f(x + h * e) - f(x)) / h for e in np.eye(len(x))], axis=1)


# wrong: the transpose
# named: jacobian-1
def jacobian(f, x, h=1e-5):
    x = x.astype(float)
    return np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


# wrong: whole numbers cannot be nudged
# named: jacobian-6
def jacobian(f, x, h=1e-5):
    out = np.zeros((len(f(x)), len(x)))
    for j in range(len(x)):
        up, down = x.copy(), x.copy()
        up[j] += h
        down[j] -= h
        out[:, j] = (f(up) - f(down)) / (2 * h)
    return out


# wrong: precedence, "/ 2 * h"
# named: jacobian-7
def jacobian(f, x, h=1e-5):
    x = x.astype(float)
    return np.stack([(f(x + h * e) - f(x - h * e)) / 2 * h for e in np.eye(len(x))], axis=1)


# wrong: the caller's array is not put back
# named: jacobian-5
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
# named: linear_vjp-2
def linear_vjp(x, W, b, g):
    return g @ W, x.T @ g, g.sum(axis=0)


# wrong: the mean over the batch
# named: linear_vjp-6
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x / len(x), g.mean(axis=0)


# wrong: the bias summed over outputs
# named: linear_vjp-4
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x, g.sum(axis=1)


# wrong: the bias gradient of one example
# named: linear_vjp-7
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x, g[0]


# wrong: keepdims
# named: linear_vjp-8
def linear_vjp(x, W, b, g):
    return g @ W, g.T @ x, g.sum(axis=0, keepdims=True)


# wrong: divided by the rows
# named: mse_grad-2
def mse_grad(pred, target):
    return 2 * (pred - target) / len(pred)


# wrong: without the 2
# named: mse_grad-1
def mse_grad(pred, target):
    return (pred - target) / pred.size


# wrong: target minus pred
# named: mse_grad-4
def mse_grad(pred, target):
    return 2 * (target - pred) / pred.size


# wrong: not divided at all
# named: mse_grad-3
def mse_grad(pred, target):
    return 2 * (pred - target)


# wrong: exp overflows
# named: softmax_jacobian-5
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - np.outer(p, p)


# wrong: the sign
# named: softmax_jacobian-6
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.outer(p, p) - np.diag(p)


# wrong: only the diagonal
# named: softmax_jacobian-1
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.diag(p * (1 - p))


# wrong: the element-wise derivative
# named: softmax_jacobian-7
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return p * (1 - p)


# wrong: the formula of a sigmoid
# named: softmax_vjp-1
def softmax_vjp(p, g):
    return g * p * (1 - p)


# wrong: the plain sum, not weighted with p
# named: softmax_vjp-3
def softmax_vjp(p, g):
    return p * (g - g.sum(axis=1, keepdims=True))


# wrong: the mean
# named: softmax_vjp-7
def softmax_vjp(p, g):
    return p * (g - (g * p).mean(axis=1, keepdims=True))


# wrong: summed over the batch
# named: softmax_vjp-4
def softmax_vjp(p, g):
    return p * (g - (g * p).sum(axis=0, keepdims=True))


# wrong: one sum for the whole batch
# named: softmax_vjp-8
def softmax_vjp(p, g):
    return p * (g - np.sum(g * p))


# wrong: the mean of the copies
# named: unbroadcast-1
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=i, keepdims=True)
    return g


# wrong: axes in front only
# named: unbroadcast-2
def unbroadcast(g, shape):
    while len(g.shape) > len(shape):
        g = g.sum(0)
    return g.reshape(shape) if g.size == np.prod(shape) else g


# wrong: the axes of 1 only
# named: unbroadcast-6
def unbroadcast(g, shape):
    extra = g.ndim - len(shape)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i + extra, keepdims=True)
    return g


# wrong: cut off in place of summed
# named: unbroadcast-4
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0]
    for i, n in enumerate(shape):
        if n == 1:
            g = np.take(g, [0], axis=i)
    return g


# wrong: keepdims is missing
# named: unbroadcast-3
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in reversed(list(enumerate(shape))):
        if n == 1:
            g = g.sum(axis=i)
    return g


# right: columns written into an array
def jacobian(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((len(f(x)), len(x)))
    for j in range(len(x)):
        keep = x[j]
        x[j] = keep + h
        up = f(x)
        x[j] = keep - h
        down = f(x)
        x[j] = keep
        J[:, j] = (up - down) / (2 * h)
    return J


# right: row by row through a Jacobian-free product
def softmax_vjp(p, g):
    out = np.empty_like(p)
    for n in range(len(p)):
        out[n] = p[n] * g[n] - p[n] * (p[n] @ g[n])
    return out


# wrong: the bias gradient keeps an axis
# named: linear_vjp-8
def linear_vjp(x, W, b, g):
    ones = np.ones((1, len(g)))
    return np.dot(g, W), np.dot(g.T, x), ones @ g


# wrong: averaged where p is the weight already
# named: softmax_vjp-7
def softmax_vjp(p, g):
    weighted = p * g
    return weighted - p * weighted.mean(axis=-1)[:, None]
