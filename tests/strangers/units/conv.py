# right: the positions counted one by one
def out_size(n, k, s=1, p=0):
    length = n + 2 * p
    return len(range(0, length - k + 1, s))


# right: from the last layer to the first
def receptive_field(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = (field - 1) * stride + kernel
    return field


# right: four nested loops, with the patch of all channels
def conv2d_loops(x, w, b, stride=1, pad=0):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), mode="constant")
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out


# right: reshape, and a mean over both inner axes
def avgpool2d(x, k):
    N, C, H, W = x.shape
    out = np.empty((N, C, H // k, W // k))
    for i in range(H // k):
        for j in range(W // k):
            out[:, :, i, j] = x[:, :, i * k : (i + 1) * k, j * k : (j + 1) * k].mean(axis=(2, 3))
    return out


# right: a Kronecker product with a block of ones
def avgpool2d_backward(g, k):
    return np.kron(g, np.ones((k, k))) / (k * k)


# wrong: a slice pad:-pad, which is empty without padding
# named: transpose_conv2d-3
def transpose_conv2d(g, w, stride, pad, size):
    N, O, H_out, W_out = g.shape
    k = w.shape[2]
    H, W = size
    out = np.zeros((N, w.shape[1], H + 2 * pad, W + 2 * pad))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * stride, j * stride
            patch = np.tensordot(g[:, :, i, j], w, axes=(1, 0))
            out[:, :, top : top + k, left : left + k] += patch
    return out[:, :, pad:-pad, pad:-pad]


# wrong: = for +=, so that overlapping patches overwrite each other
# named: transpose_conv2d-1
def transpose_conv2d(g, w, stride, pad, size):
    N, O, H_out, W_out = g.shape
    k = w.shape[2]
    H, W = size
    out = np.zeros((N, w.shape[1], H + 2 * pad, W + 2 * pad))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * stride, j * stride
            patch = np.tensordot(g[:, :, i, j], w, axes=(1, 0))
            out[:, :, top : top + k, left : left + k] = patch
    return out[:, :, pad : pad + H, pad : pad + W]


# wrong: one padding only
# named: out_size-2
def out_size(n, k, s=1, p=0):
    return (n + p - k) // s + 1


# wrong: the + 1 is missing
# named: out_size-1
def out_size(n, k, s=1, p=0):
    return (n - k + 2 * p) // s


# wrong: rounds up
# named: out_size-3
def out_size(n, k, s=1, p=0):
    return int(np.ceil((n + 2 * p - k) / s)) + 1


# wrong: a float
# named: `out_size` should return an int; yours returned the
def out_size(n, k, s=1, p=0):
    return np.floor((n + 2 * p - k) / s) + 1


# wrong: the stride of the layer itself is counted already
# named: receptive_field-2
def receptive_field(layers):
    size, jump = 1, 1
    for k, s in layers:
        jump *= s
        size += (k - 1) * jump
    return size


# wrong: the strides are ignored
# named: receptive_field-1
def receptive_field(layers):
    return 1 + sum(k - 1 for k, s in layers)


# wrong: the kernel is flipped, as in mathematics
# named: conv2d_loops-1
def conv2d_loops(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[-1]
    w = w[:, :, ::-1, ::-1]
    h_out, w_out = (x.shape[2] - k) // stride + 1, (x.shape[3] - k) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            patch = x[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out


# wrong: the bias is left out
# named: conv2d_loops-4
def conv2d_loops(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[-1]
    h_out, w_out = (x.shape[2] - k) // stride + 1, (x.shape[3] - k) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            patch = x[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3]))
    return out


# wrong: the stride is left out where the patch begins
# named: conv2d_loops-3
def conv2d_loops(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[-1]
    h_out, w_out = (x.shape[2] - k) // stride + 1, (x.shape[3] - k) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            patch = x[:, :, i : i + k, j : j + k]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out


# wrong: every one of several equal numbers gets the gradient
# named: maxpool2d_backward-1
def maxpool2d_backward(g, cache):
    x, k = cache
    out = x.reshape(*x.shape[:2], x.shape[2] // k, k, x.shape[3] // k, k).max(axis=(3, 5))
    big = out.repeat(k, 2).repeat(k, 3)
    return (x == big) * g.repeat(k, 2).repeat(k, 3)


# wrong: not divided by the number of pixels
# named: avgpool2d_backward-1
def avgpool2d_backward(g, k):
    return np.kron(g, np.ones((k, k)))


# wrong: divided by k only
# named: avgpool2d_backward-2
def avgpool2d_backward(g, k):
    return g.repeat(k, axis=2).repeat(k, axis=3) / k


# wrong: gw is averaged over the batch
# named: conv2d_backward-3
def conv2d_backward(g, cache):
    X, shape, w, stride, pad = cache
    rows = g.transpose(0, 2, 3, 1).reshape(-1, len(w))
    gw = (rows.T @ X).reshape(w.shape) / len(g)
    return transpose_conv2d(g, w, stride, pad, shape[2:]), gw, rows.sum(axis=0)


# wrong: g is reshaped without moving the channels to the end
# named: conv2d_backward-4
def conv2d_backward(g, cache):
    X, shape, w, stride, pad = cache
    rows = g.reshape(-1, len(w))
    gw = (rows.T @ X).reshape(w.shape)
    return transpose_conv2d(g, w, stride, pad, shape[2:]), gw, rows.sum(axis=0)
