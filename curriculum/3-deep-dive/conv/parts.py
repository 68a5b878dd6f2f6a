"""How the functions of `conv` take the engine's place."""

import numpy as np

from undergrad.mine import part, result


@part("undergrad.engine.ops.conv.conv2d", uses=("conv2d", "conv2d_backward"))
def conv2d(own, borrowed):
    def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        square = weight.ndim == 4 and weight.shape[2] == weight.shape[3]
        step, pad = _one(stride), _one(padding)
        if not square or step is None or pad is None or _one(dilation) != 1 or groups != 1:
            return borrowed(x, weight, bias, stride, padding, dilation, groups)
        b = np.zeros(len(weight), x.dtype) if bias is None else bias.data
        out, cache = own.conv2d(x.data, weight.data, b, step, pad)
        parents = (x, weight) if bias is None else (x, weight, bias)
        return result(out, parents, lambda g: own.conv2d_backward(g, cache)[: len(parents)])

    return conv2d


def _pooling(forward, backward, borrowed):
    def pool(x, kernel_size, stride, padding, dilation, *options):
        k = _one(kernel_size)
        side_by_side = k is not None and _one(k if stride is None else stride) == k
        usual = _one(padding) == 0 and _one(dilation) == 1
        if not side_by_side or not usual or x.ndim != 4 or x.shape[2] % k or x.shape[3] % k:
            return borrowed(x, kernel_size, stride, padding, *options)
        out, cache = forward(x.data, k)
        return result(out, (x,), lambda g: (backward(g, cache),))

    return pool


@part("undergrad.engine.ops.pool.max_pool2d", uses=("maxpool2d", "maxpool2d_backward"))
def max_pool2d(own, borrowed):
    pool = _pooling(own.maxpool2d, own.maxpool2d_backward, borrowed)

    def max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
        return pool(x, kernel_size, stride, padding, dilation, dilation, ceil_mode)

    return max_pool2d


@part("undergrad.engine.ops.pool.avg_pool2d", uses=("avgpool2d", "avgpool2d_backward"))
def avg_pool2d(own, borrowed):
    pool = _pooling(lambda x, k: (own.avgpool2d(x, k), k), own.avgpool2d_backward, borrowed)

    def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        return pool(x, kernel_size, stride, padding, 1, ceil_mode, count_include_pad)

    return avg_pool2d


def _one(size):
    """The one number that holds for both axes; None when there are two, or words."""
    if isinstance(size, tuple) and len(set(size)) == 1:
        return size[0]
    return size if isinstance(size, int) else None
