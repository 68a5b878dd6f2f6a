"""Typical wrong solutions of `conv`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


@mistake("out_size", "The first place is not counted: (n + 2p - k) // s is the number of steps, "
         "and there is one more place than steps.")  # fmt: skip
def steps_not_places(n, k, s=1, p=0):
    return (n + 2 * p - k) // s


@mistake("out_size", "The padding is counted once. It is put at both ends, so the row is n + 2p "
         "long.")  # fmt: skip
def one_sided(n, k, s=1, p=0):
    return (n + p - k) // s + 1


@mistake("receptive_field", "The strides are left out. Behind a stride of 2, neighbours stand "
         "two pixels apart, and each later window reaches twice as far.")  # fmt: skip
def strides_left_out(layers):
    return 1 + sum(k - 1 for k, _ in layers)


@mistake("receptive_field", "A layer's own stride is counted too early. The window is laid over "
         "what came in; its stride sets the distance for the layers after it.")  # fmt: skip
def stride_too_early(layers):
    seen, jump = 1, 1
    for k, s in layers:
        jump *= s
        seen += (k - 1) * jump
    return seen


@mistake("out_size", "The division is rounded up. A window that would stick out at the end does "
         "not count: round down, // .")  # fmt: skip
def rounded_up(n, k, s=1, p=0):
    return -((k - n - 2 * p) // s) + 1


def _pad(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def _seen(x, k, stride, pad):
    """All windows, (N, C, H', W', k, k)."""
    view = np.lib.stride_tricks.sliding_window_view(_pad(x, pad), (k, k), axis=(2, 3))
    return view[:, :, ::stride, ::stride]


def _conv(x, w, b, stride, pad):
    seen = _seen(x, w.shape[2], stride, pad)
    return np.einsum("nchwij,ocij->nohw", seen, w) + b[:, None, None]


@mistake("conv2d_loops", "The window is turned round. That is the convolution of mathematics; "
         "here, as in every library, weight (0, 0) meets the upper left pixel.")  # fmt: skip
def turned_round(x, w, b, stride=1, pad=0):
    return _conv(x, w[:, :, ::-1, ::-1], b, stride, pad)


@mistake("conv2d_loops", "b is added for each channel. One output number has one offset, added "
         "after the sum.")  # fmt: skip
def offset_for_each_channel(x, w, b, stride=1, pad=0):
    return _conv(x, w, b * x.shape[1], stride, pad)


@mistake("conv2d_loops", "The window moves by 1 at every stride. At place (i, j) it "
         "begins at i * stride, j * stride.")  # fmt: skip
def stride_forgotten(x, w, b, stride=1, pad=0):
    whole = _conv(x, w, b, 1, pad)
    rows, columns = ((n + 2 * pad - w.shape[2]) // stride + 1 for n in x.shape[2:])
    return whole[:, :, :rows, :columns]


@mistake("conv2d", "The product has a row for each place, (N H' W', O), and is reshaped to (N, "
         "O, H', W') at once, which mixes places and channels. Reshape to (N, H', W', O), then "
         "transpose.")  # fmt: skip
def channels_mixed(x, w, b, stride=1, pad=0):
    out = np.ascontiguousarray(_conv(x, w, b, stride, pad).transpose(0, 2, 3, 1))
    n, rows, columns, o = out.shape
    return out.reshape(n, o, rows, columns), (x, w, stride, pad)


@mistake("conv2d", "The windows are flattened in the order N, C, H', W'. A row is one place "
         "with all its channels: bring the axes to N, H', W', C, k, k first.")  # fmt: skip
def windows_mixed(x, w, b, stride=1, pad=0):
    seen = _seen(x, w.shape[2], stride, pad)
    n, c, rows, columns, k, _ = seen.shape
    out = seen.reshape(n * rows * columns, c * k * k) @ w.reshape(len(w), -1).T + b
    return out.reshape(n, rows, columns, -1).transpose(0, 3, 1, 2), (x, w, stride, pad)


@mistake("conv2d", "The numbers are right, and Python still visits the places one by one. Write "
         "what all windows see as the rows of one matrix; then it is one product.")  # fmt: skip
def still_loops(x, w, b, stride=1, pad=0):
    padded, k = _pad(x, pad), w.shape[2]
    rows, columns = ((n - k) // stride + 1 for n in padded.shape[2:])
    out = np.zeros((len(x), len(w), rows, columns))
    for n, o, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        out[n, o, i, j] = (padded[n, :, top : top + k, left : left + k] * w[o]).sum() + b[o]
    return out, (x, w, stride, pad)


def _stamp(g, w, stride, pad, size, add=True):
    k, (rows, columns), (height, width) = w.shape[2], g.shape[2:], size
    out = np.zeros((len(g), w.shape[1], height + 2 * pad, width + 2 * pad))
    for i, j in np.ndindex(k, k):
        place = (..., slice(i, i + stride * rows, stride), slice(j, j + stride * columns, stride))
        pattern = np.einsum("nohw,oc->nchw", g, w[:, :, i, j])
        out[place] = out[place] + pattern if add else pattern
    return out[:, :, pad : pad + height, pad : pad + width]


@mistake("transpose_conv2d", "Where patterns overlap, the later one replaces the earlier. A "
         "pixel is seen by several windows, so its slopes add up: += .")  # fmt: skip
def overwritten(g, w, stride, pad, size):
    return _stamp(g, w, stride, pad, size, add=False)


@mistake("transpose_conv2d", "The pattern is stamped upside down. Weight (i, j) met the pixel "
         "at (i, j) of the window, and goes back to it.")  # fmt: skip
def upside_down(g, w, stride, pad, size):
    return _stamp(g, w[:, :, ::-1, ::-1], stride, pad, size)


def _conv_backward(g, cache):
    """With the cache of the solution."""
    X, shape, w, stride, pad = cache
    rows = g.transpose(0, 2, 3, 1).reshape(-1, len(w))
    gx = _stamp(g, w, stride, pad, shape[2:])
    return gx, (rows.T @ X).reshape(w.shape), rows.sum(axis=0)


@mistake("conv2d_backward", "gb is a mean. One offset serves every place of every picture, so "
         "its slopes add up over N, H' and W'.")  # fmt: skip
def offset_mean(g, cache):
    gx, gw, _ = _conv_backward(g, cache)
    return gx, gw, g.mean(axis=(0, 2, 3))


@mistake("conv2d_backward", "gw is divided by the number of places. A weight is used at every "
         "place, and what it does there adds up; a 1/N came in with g.")  # fmt: skip
def weights_averaged(g, cache):
    gx, gw, gb = _conv_backward(g, cache)
    return gx, gw / len(cache[0]), gb


@mistake("maxpool2d", "The blocks are compared with 0, as if a ReLU were part of it. The "
         "largest of negative numbers is negative.")  # fmt: skip
def never_negative(x, k):
    n, c, height, width = x.shape
    cut = x.reshape(n, c, height // k, k, width // k, k)
    return np.maximum(cut.max(axis=(3, 5)), 0), (x, k)


@mistake("maxpool2d", "This cuts the rows into pieces of k * k neighbours instead of the "
         "picture into squares. Split H and W first: (H / k, k, W / k, k).")  # fmt: skip
def cut_in_rows(x, k):
    n, c, height, width = x.shape
    return x.reshape(n, c, height // k, width // k, k * k).max(axis=-1), (x, k)


@mistake("maxpool2d_backward", "Several equally large pixels all get the whole slope, which "
         "makes more of it than came in. One takes it: the first.")  # fmt: skip
def all_equals(g, cache):
    x, k = cache
    n, c, rows, columns = g.shape
    cut = x.reshape(n, c, rows, k, columns, k)
    largest = cut == cut.max(axis=(3, 5), keepdims=True)
    return (largest * g[:, :, :, None, :, None]).reshape(x.shape)


@mistake("avgpool2d", "The block is summed. Divide by its k * k pixels.")
def summed(x, k):
    n, c, height, width = x.shape
    return x.reshape(n, c, height // k, k, width // k, k).sum(axis=(3, 5))


@mistake("avgpool2d_backward", "Each pixel gets the whole slope. It had one k * k-th of a say "
         "in the mean.")  # fmt: skip
def whole_slope(g, k):
    return g.repeat(k, axis=2).repeat(k, axis=3)


def _correction(self, x):
    self.z = _conv(x, self.w1, self.b1, 1, 1)
    return _conv(np.maximum(self.z, 0), self.w2, self.b2, 1, 1)


@mistake("ResidualBlock.forward", "The shortcut is missing: the block returns the correction "
         "alone. Add x.")  # fmt: skip
def no_shortcut(self, x):
    return _correction(self, x)


@mistake("ResidualBlock.forward", "There is a ReLU after the sum. Then the block cannot leave x "
         "as it is, since x may be negative.")  # fmt: skip
def relu_after_sum(self, x):
    return np.maximum(x + _correction(self, x), 0)


@mistake("ResidualBlock.backward", "Only the slope through the block is returned. x is used "
         "twice, so g itself is added: the shortcut passes it on as it came.")  # fmt: skip
def back_without_shortcut(self, g):
    through, gw2, gb2 = _conv_backward(g, self.second)
    through, gw1, gb1 = _conv_backward(through * (self.z > 0), self.first)
    self.grads = [gw1, gb1, gw2, gb2]
    return through
