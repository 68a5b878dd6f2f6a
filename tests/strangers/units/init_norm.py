# right: the receptive field as in PyTorch's own helper
def fans(shape):
    dims = len(shape)
    if dims < 2:
        raise ValueError("Fan in and fan out can not be computed for fewer than 2 dimensions")
    receptive = 1
    for s in shape[2:]:
        receptive *= s
    return shape[1] * receptive, shape[0] * receptive


# right: the bound with the root of 6
def xavier_uniform(shape, rng):
    fan_in, fan_out = fans(shape)
    a = math.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(low=-a, high=a, size=shape)


# right: the standard deviation is handed to rng.normal
def he_normal(shape, rng):
    n, _ = fans(shape)
    return rng.normal(0.0, np.sqrt(2.0 / n), shape)


# right: PyTorch's way, with the transpose of a flat draw
def orthogonal(shape, rng):
    rows, cols = shape[0], int(np.prod(shape[1:]))
    if rows < cols:
        a = rng.normal(size=(cols, rows))
        q, r = np.linalg.qr(a)
        q *= np.sign(np.diag(r))
        return q.T.reshape(shape)
    q, r = np.linalg.qr(rng.normal(size=(rows, cols)))
    return (q * np.sign(np.diagonal(r))[None, :]).reshape(shape)


# right: an array that is filled
def forward_stats(x, depth, init, act, rng):
    D = x.shape[-1]
    sizes = np.zeros(depth)
    h = x
    for layer in range(depth):
        h = act(np.dot(h, init((D, D), rng).T))
        sizes[layer] = (h * h).mean()
    return sizes


# right: by hand, with sums and N, as in cs231n
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    running_mean, running_var = running
    if not training:
        std = np.sqrt(running_var + eps)
        normed = (x - running_mean) / std
        return gamma * normed + beta, (normed, std, gamma), (running_mean, running_var)
    N = x.shape[0]
    if N == 1:
        raise ValueError("one example has no variance")
    mu = np.sum(x, axis=0) / N
    centred = x - mu
    var = np.sum(centred**2, axis=0) / N
    std = np.sqrt(var + eps)
    normed = centred / std
    running_mean = running_mean + momentum * (mu - running_mean)
    running_var = running_var + momentum * (var * N / (N - 1) - running_var)
    return gamma * normed + beta, (normed, std, gamma), (running_mean, running_var)


# right: the formula of the blog post, with sums
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dx = gamma / (N * std) * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


# right: the features are centred first
def layernorm_forward(x, gamma, beta, eps=1e-5):
    xc = x - np.mean(x, axis=-1)[..., None]
    var = np.mean(xc * xc, axis=-1)[..., None]
    std = (var + eps) ** 0.5
    xhat = xc / std
    return gamma * xhat + beta, (xhat, std, gamma)


# right: the rows are flattened for gamma and beta
def layernorm_backward(g, cache):
    xhat, std, gamma = cache
    D = g.shape[-1]
    dxhat = g * gamma
    s1 = np.sum(dxhat, axis=-1, keepdims=True)
    s2 = np.sum(dxhat * xhat, axis=-1, keepdims=True)
    dx = (D * dxhat - s1 - xhat * s2) / (D * std)
    return dx, np.reshape(g * xhat, (-1, D)).sum(0), np.reshape(g, (-1, D)).sum(0)


# right: einsum for the mean of the squares
def rmsnorm_forward(x, gamma, eps=1e-5):
    ms = np.einsum("...d,...d->...", x, x)[..., np.newaxis] / x.shape[-1]
    rms = np.sqrt(ms + eps)
    y = x / rms
    return y * gamma, (y, rms, gamma)


# right: the Jacobian in two terms
def rmsnorm_backward(g, cache):
    x_hat, rms, gamma = cache
    D = gamma.size
    dxh = g * gamma
    dot = np.sum(dxh * x_hat, axis=-1, keepdims=True)
    gx = dxh / rms - x_hat * dot / (D * rms)
    return gx, (g * x_hat).reshape(-1, D).sum(axis=0)


# wrong: in and out are swapped
# named: fans-1
def fans(shape):
    if len(shape) < 2:
        raise ValueError("too few axes")
    k = int(np.prod(shape[2:]))
    return shape[0] * k, shape[1] * k


# wrong: the kernel does not count
# named: fans-2
def fans(shape):
    if len(shape) < 2:
        raise ValueError("too few axes")
    return shape[1], shape[0]


# wrong: the kernel counts only for fan in
# named: fans-3
def fans(shape):
    if len(shape) < 2:
        raise ValueError("too few axes")
    return math.prod(shape[1:]), shape[0]


# wrong: only one side of the kernel counts
# named: fans-4
def fans(shape):
    if len(shape) < 2:
        raise ValueError("too few axes")
    k = shape[2] if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


# wrong: a vector is not refused
# named: Here a ValueError should be raised, but the
def fans(shape):
    kernel = math.prod(shape[2:])
    return shape[-1] * kernel if len(shape) < 2 else shape[1] * kernel, shape[0] * kernel


# wrong: the square root of 2, not of 6
# named: xavier_uniform-2
def xavier_uniform(shape, rng):
    i, o = fans(shape)
    b = np.sqrt(2 / (i + o))
    return rng.uniform(-b, b, size=shape)


# wrong: a normal distribution
# named: xavier_uniform-5
def xavier_uniform(shape, rng):
    i, o = fans(shape)
    return rng.normal(size=shape) * np.sqrt(2 / (i + o))


# wrong: only fan in
# named: xavier_uniform-3
def xavier_uniform(shape, rng):
    i, o = fans(shape)
    b = np.sqrt(3 / i)
    return rng.uniform(-b, b, size=shape)


# wrong: from 0 to b
# named: xavier_uniform-4
def xavier_uniform(shape, rng):
    b = np.sqrt(6 / sum(fans(shape)))
    return rng.uniform(0, b, size=shape)


# wrong: no root
# named: xavier_uniform-6
def xavier_uniform(shape, rng):
    b = 6 / sum(fans(shape))
    return rng.uniform(-b, b, size=shape)


# wrong: the variance in place of the standard deviation
# named: he_normal-2
def he_normal(shape, rng):
    return rng.normal(size=shape) * (2 / fans(shape)[0])


# wrong: fan out
# named: he_normal-3
def he_normal(shape, rng):
    return rng.normal(size=shape) * np.sqrt(2 / fans(shape)[1])


# wrong: 1 / fan in, as for tanh
# named: he_normal-1
def he_normal(shape, rng):
    return rng.normal(size=shape) / np.sqrt(fans(shape)[0])


# wrong: NumPy's global generator
# named: Not deterministic
def he_normal(shape, rng):
    return np.random.randn(*shape) * np.sqrt(2 / fans(shape)[0])


# wrong: the shape's second number, which forgets the kernel
# named: he_normal-4
def he_normal(shape, rng):
    return rng.normal(size=shape) * np.sqrt(2 / shape[1])


# wrong: uniform numbers
# named: he_normal-5
def he_normal(shape, rng):
    return rng.random(size=shape) * np.sqrt(2 / fans(shape)[0])


# wrong: no signs, so not all matrices are equally likely
# named: orthogonal-2
def orthogonal(shape, rng):
    rows, columns = shape[0], math.prod(shape[1:])
    a = rng.normal(size=(max(rows, columns), min(rows, columns)))
    q, _ = np.linalg.qr(a)
    return (q if rows >= columns else q.T).reshape(shape)


# wrong: QR of the wide form
# named: orthogonal-3
def orthogonal(shape, rng):
    a = rng.normal(size=(shape[0], math.prod(shape[1:])))
    q, r = np.linalg.qr(a)
    q = q * np.sign(np.diag(r))
    return q.reshape(shape)


# wrong: the rows have length 1 and are not orthogonal
# named: orthogonal-1
def orthogonal(shape, rng):
    a = rng.normal(size=(shape[0], math.prod(shape[1:])))
    return (a / np.linalg.norm(a, axis=1, keepdims=True)).reshape(shape)


# wrong: uniform numbers, which favour some directions
# named: orthogonal-4
def orthogonal(shape, rng):
    rows, columns = shape[0], math.prod(shape[1:])
    a = rng.random(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(a)
    q = q * np.sign(np.diag(r))
    return (q if rows >= columns else q.T).reshape(shape)


# wrong: by SVD with the shape of the draw taken from the first two axes
def orthogonal(shape, rng):
    a = rng.normal(size=shape[:2])
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return u if u.shape == shape else vt


# wrong: one weight matrix for all layers
# named: forward_stats-1
def forward_stats(x, depth, init, act, rng):
    W = init((x.shape[1], x.shape[1]), rng)
    sizes = []
    for _ in range(depth):
        x = act(x @ W.T)
        sizes.append(np.mean(x**2))
    return np.array(sizes)


# wrong: the input is put through each layer by itself
# named: forward_stats-5
def forward_stats(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        W = init((x.shape[1], x.shape[1]), rng)
        h = act(x @ W.T)
        sizes.append(np.mean(h**2))
    return np.array(sizes)


# wrong: measured before the activation function
# named: forward_stats-2
def forward_stats(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        z = x @ init((x.shape[1], x.shape[1]), rng).T
        sizes.append(np.mean(z**2))
        x = act(z)
    return np.array(sizes)


# wrong: the variance, where the mean square is asked for
# named: forward_stats-3
def forward_stats(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = act(x @ init((x.shape[1], x.shape[1]), rng).T)
        sizes.append(x.var())
    return np.array(sizes)


# wrong: the root mean square
# named: forward_stats-6
def forward_stats(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = act(x @ init((x.shape[1], x.shape[1]), rng).T)
        sizes.append(np.sqrt(np.mean(x**2)))
    return np.array(sizes)


# wrong: the square of the mean
# named: forward_stats-7
def forward_stats(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = act(x @ init((x.shape[1], x.shape[1]), rng).T)
        sizes.append(np.mean(x) ** 2)
    return np.array(sizes)


# wrong: return inside the loop
# named: The loop of `forward_stats` ends in its
def forward_stats(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = act(x @ init((x.shape[1], x.shape[1]), rng).T)
        sizes.append(np.mean(x**2))
        return np.array(sizes)


# wrong: eps is added to the standard deviation
# named: batchnorm_forward-9
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=0), x.var(axis=0)
        running = (
            (1 - momentum) * running[0] + momentum * mean,
            (1 - momentum) * running[1] + momentum * x.var(axis=0, ddof=1),
        )
    std = np.sqrt(var) + eps
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: the running variance takes the batch's as it is
# named: batchnorm_forward-3
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=0), x.var(axis=0)
        running = (
            (1 - momentum) * running[0] + momentum * mean,
            (1 - momentum) * running[1] + momentum * var,
        )
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: momentum as in cs231n, where it is the fraction that is kept
# named: batchnorm_forward-4
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=0), x.var(axis=0)
        running = (
            momentum * running[0] + (1 - momentum) * mean,
            momentum * running[1] + (1 - momentum) * x.var(axis=0, ddof=1),
        )
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: normalised with N - 1
# named: batchnorm_forward-2
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
        running = (
            (1 - momentum) * running[0] + momentum * mean,
            (1 - momentum) * running[1] + momentum * var,
        )
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: the running arrays are changed in place
# named: batchnorm_forward-12
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    running_mean, running_var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean *= 1 - momentum
        running_mean += momentum * mean
        running_var *= 1 - momentum
        running_var += momentum * x.var(axis=0, ddof=1)
    else:
        mean, var = running
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), (running_mean, running_var)


# wrong: the batch's statistics at inference too
# named: batchnorm_forward-6
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one example")
    mean, var = x.mean(axis=0), x.var(axis=0)
    if training:
        running = (
            (1 - momentum) * running[0] + momentum * mean,
            (1 - momentum) * running[1] + momentum * x.var(axis=0, ddof=1),
        )
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: the running statistics move at inference too
# named: batchnorm_forward-7
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one example")
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else running
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    running = (
        (1 - momentum) * running[0] + momentum * x.mean(axis=0),
        (1 - momentum) * running[1] + momentum * x.var(axis=0, ddof=1),
    )
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: the running statistics are used in training
# named: batchnorm_forward-8
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        running = (
            (1 - momentum) * running[0] + momentum * x.mean(axis=0),
            (1 - momentum) * running[1] + momentum * x.var(axis=0, ddof=1),
        )
    mean, var = running
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: statistics of each row
# named: batchnorm_forward-1
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        running = (
            (1 - momentum) * running[0] + momentum * x.mean(axis=0),
            (1 - momentum) * running[1] + momentum * x.var(axis=0, ddof=1),
        )
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: no root
# named: batchnorm_forward-10
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=0), x.var(axis=0)
        running = (
            (1 - momentum) * running[0] + momentum * mean,
            (1 - momentum) * running[1] + momentum * x.var(axis=0, ddof=1),
        )
    std = var + eps
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: one example is trained on
# named: batchnorm_forward-11
def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        n = len(x)
        running = (
            (1 - momentum) * running[0] + momentum * mean,
            (1 - momentum) * running[1] + momentum * var * n / max(n - 1, 1),
        )
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma), running


# wrong: the mean is taken as a constant
# named: batchnorm_backward-3
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    gx = (h - x_hat * (h * x_hat).mean(axis=0)) / std
    return gx, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: the standard deviation is taken as a constant
# named: batchnorm_backward-2
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    gx = (h - h.mean(axis=0)) / std
    return gx, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: both are taken as constants
# named: batchnorm_backward-1
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    return g * gamma / std, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: gamma is forgotten
# named: batchnorm_backward-4
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    gx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / std
    return gx, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: the mean over the batch for gamma and beta
# named: batchnorm_backward-5
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    gx = (h - h.mean(axis=0) - x_hat * (h * x_hat).mean(axis=0)) / std
    return gx, (g * x_hat).mean(axis=0), g.mean(axis=0)


# wrong: sums where means belong
# named: batchnorm_backward-6
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    gx = (h - h.sum(axis=0) - x_hat * (h * x_hat).sum(axis=0)) / std
    return gx, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: not divided by the standard deviation
# named: batchnorm_backward-7
def batchnorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    gx = h - h.mean(axis=0) - x_hat * (h * x_hat).mean(axis=0)
    return gx, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: std + eps
# named: layernorm_forward-3
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    std = x.std(axis=-1, keepdims=True) + eps
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


# wrong: no eps
# named: layernorm_forward-4
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    std = x.std(axis=-1, keepdims=True)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


# wrong: down the batch
# named: layernorm_forward-1
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0, keepdims=True)
    std = np.sqrt(x.var(axis=0, keepdims=True) + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


# wrong: axis 1, which is the steps in a batch of sequences
# named: layernorm_forward-2
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=1, keepdims=True)
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


# wrong: divided by D - 1, as torch.std does
# named: layernorm_forward-6
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    std = np.sqrt(x.var(-1, keepdims=True, ddof=1) + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


# wrong: beta is forgotten
# named: layernorm_forward-7
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    std = np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat, (x_hat, std, gamma)


# wrong: the variance is in the cache
# named: These are the squares: a square root is
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    var = x.var(-1, keepdims=True) + eps
    x_hat = (x - mean) / np.sqrt(var)
    return gamma * x_hat + beta, (x_hat, var, gamma)


# wrong: gamma and beta are summed over the first axis only
# named: layernorm_backward-2
def layernorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    m = h.mean(axis=-1, keepdims=True)
    s = x_hat * (h * x_hat).mean(axis=-1, keepdims=True)
    return (h - m - s) / std, (g * x_hat).sum(axis=0), g.sum(axis=0)


# wrong: gamma comes in at the end, as in batch norm
# named: layernorm_backward-1
def layernorm_backward(g, cache):
    x_hat, std, gamma = cache
    m = g.mean(axis=-1, keepdims=True)
    s = x_hat * (g * x_hat).mean(axis=-1, keepdims=True)
    others = tuple(range(g.ndim - 1))
    return gamma * (g - m - s) / std, (g * x_hat).sum(axis=others), g.sum(axis=others)


# wrong: the means are taken over the batch
# named: layernorm_backward-3
def layernorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    m = h.mean(axis=0, keepdims=True)
    s = x_hat * (h * x_hat).mean(axis=0, keepdims=True)
    others = tuple(range(g.ndim - 1))
    return (h - m - s) / std, (g * x_hat).sum(axis=others), g.sum(axis=others)


# wrong: no mean's part
# named: layernorm_backward-4
def layernorm_backward(g, cache):
    x_hat, std, gamma = cache
    h = g * gamma
    s = x_hat * (h * x_hat).mean(axis=-1, keepdims=True)
    others = tuple(range(g.ndim - 1))
    return (h - s) / std, (g * x_hat).sum(axis=others), g.sum(axis=others)


# wrong: eps outside of the root
# named: rmsnorm_forward-3
def rmsnorm_forward(x, gamma, eps=1e-5):
    rms = np.sqrt(np.mean(x**2, axis=-1, keepdims=True)) + eps
    x_hat = x / rms
    return gamma * x_hat, (x_hat, rms, gamma)


# wrong: the mean is subtracted, as in layer norm
# named: rmsnorm_forward-1
def rmsnorm_forward(x, gamma, eps=1e-5):
    xc = x - x.mean(axis=-1, keepdims=True)
    rms = np.sqrt(np.mean(xc**2, axis=-1, keepdims=True) + eps)
    x_hat = xc / rms
    return gamma * x_hat, (x_hat, rms, gamma)


# wrong: the standard deviation in place of the root mean square
# named: rmsnorm_forward-4
def rmsnorm_forward(x, gamma, eps=1e-5):
    rms = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    x_hat = x / rms
    return gamma * x_hat, (x_hat, rms, gamma)


# wrong: the length, not the root mean square
# named: rmsnorm_forward-2
def rmsnorm_forward(x, gamma, eps=1e-5):
    rms = np.sqrt(np.sum(x**2, axis=-1, keepdims=True) + eps)
    x_hat = x / rms
    return gamma * x_hat, (x_hat, rms, gamma)


# wrong: axis 1
# named: rmsnorm_forward-5
def rmsnorm_forward(x, gamma, eps=1e-5):
    rms = np.sqrt(np.mean(x**2, axis=1, keepdims=True) + eps)
    x_hat = x / rms
    return gamma * x_hat, (x_hat, rms, gamma)


# wrong: eps is left out
# named: rmsnorm_forward-6
def rmsnorm_forward(x, gamma, eps=1e-5):
    rms = np.sqrt(np.mean(x**2, axis=-1, keepdims=True))
    x_hat = x / rms
    return gamma * x_hat, (x_hat, rms, gamma)


# wrong: layer norm's backward pass, with the mean
# named: rmsnorm_backward-1
def rmsnorm_backward(g, cache):
    x_hat, rms, gamma = cache
    h = g * gamma
    s = x_hat * (h * x_hat).mean(axis=-1, keepdims=True)
    gx = (h - h.mean(axis=-1, keepdims=True) - s) / rms
    return gx, (g * x_hat).sum(axis=tuple(range(g.ndim - 1)))


# wrong: the root mean square is taken as a constant
# named: rmsnorm_backward-2
def rmsnorm_backward(g, cache):
    x_hat, rms, gamma = cache
    return g * gamma / rms, (g * x_hat).sum(axis=tuple(range(g.ndim - 1)))


# wrong: a sum where the mean belongs
# named: rmsnorm_backward-3
def rmsnorm_backward(g, cache):
    x_hat, rms, gamma = cache
    h = g * gamma
    gx = (h - x_hat * (h * x_hat).sum(axis=-1, keepdims=True)) / rms
    return gx, (g * x_hat).sum(axis=tuple(range(g.ndim - 1)))


# wrong: ggamma is summed over the first axis only
# named: rmsnorm_backward-5
def rmsnorm_backward(g, cache):
    x_hat, rms, gamma = cache
    h = g * gamma
    gx = (h - x_hat * (h * x_hat).mean(axis=-1, keepdims=True)) / rms
    return gx, (g * x_hat).sum(axis=0)
