"""How the functions of `init-norm` take the engine's place."""

import numpy as np

from undergrad.engine.rng import generator
from undergrad.mine import part, result


@part("undergrad.engine.nn.init.xavier_uniform_", uses=("xavier_uniform",))
def xavier_uniform(own, borrowed):
    def xavier_uniform_(x, gain=1.0, rng=None):
        x.data[...] = gain * own.xavier_uniform(x.shape, generator(rng))
        return x

    return xavier_uniform_


@part("undergrad.engine.nn.init.orthogonal_", uses=("orthogonal",))
def orthogonal(own, borrowed):
    def orthogonal_(x, gain=1.0, rng=None):
        x.data[...] = gain * own.orthogonal(x.shape, generator(rng))
        return x

    return orthogonal_


@part("undergrad.engine.ops.norm.layer_norm", uses=("layernorm_forward", "layernorm_backward"))
def layer_norm(own, borrowed):
    def layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5):
        if len(normalized_shape) != 1 or x.shape[-1:] != tuple(normalized_shape):
            return borrowed(x, normalized_shape, weight, bias, eps)
        gamma, beta = _scale_and_shift(x, weight, bias)
        out, cache = own.layernorm_forward(x.data, gamma, beta, eps)
        return _node(out, x, weight, bias, lambda g: own.layernorm_backward(g, cache))

    return layer_norm


@part("undergrad.engine.ops.norm.rms_norm", uses=("rmsnorm_forward", "rmsnorm_backward"))
def rms_norm(own, borrowed):
    def rms_norm(x, normalized_shape, weight=None, eps=None):
        if len(normalized_shape) != 1 or x.shape[-1:] != tuple(normalized_shape):
            return borrowed(x, normalized_shape, weight, eps)
        gamma, _ = _scale_and_shift(x, weight, None)
        smallest = np.finfo(x.dtype).eps if eps is None else eps
        out, cache = own.rmsnorm_forward(x.data, gamma, smallest)
        return _node(out, x, weight, None, lambda g: own.rmsnorm_backward(g, cache))

    return rms_norm


@part(
    "undergrad.engine.ops.batch_norm.batch_norm", uses=("batchnorm_forward", "batchnorm_backward")
)
def batch_norm(own, borrowed):
    """Images (N, C, H, W) are rows too: each position of each image is one."""

    def batch_norm(
        x, running_mean=None, running_var=None, weight=None, bias=None, training=False,
        momentum=0.1, eps=1e-5,
    ):  # fmt: skip
        rows = np.moveaxis(x.data, 1, -1)
        if not training or momentum is None or rows[..., 0].size < 2:
            arguments = x, running_mean, running_var, weight, bias, training, momentum, eps
            return borrowed(*arguments)
        shape, channels = rows.shape, x.shape[1]
        gamma, beta = _scale_and_shift(x, weight, bias, channels)
        running = (np.zeros(channels), np.ones(channels))
        if running_mean is not None:
            running = running_mean, running_var
        rows = rows.reshape(-1, channels)
        out, cache, moved = own.batchnorm_forward(rows, gamma, beta, running, True, momentum, eps)
        if running_mean is not None:
            running_mean[...], running_var[...] = moved

        def back(g):
            gx, *others = own.batchnorm_backward(np.moveaxis(g, 1, -1).reshape(rows.shape), cache)
            return np.moveaxis(gx.reshape(shape), -1, 1), *others

        return _node(np.moveaxis(out.reshape(shape), -1, 1), x, weight, bias, back)

    return batch_norm


def _scale_and_shift(x, weight, bias, width=None):
    """The learned gamma and beta, or 1 and 0 where there are none."""
    width = x.shape[-1] if width is None else width
    gamma = np.ones(width, x.dtype) if weight is None else weight.data
    return gamma, np.zeros(width, x.dtype) if bias is None else bias.data


def _node(out, x, weight, bias, gradients):
    """The result; `gradients(g)` are those of x, weight and bias, where there are such."""
    there = [True, weight is not None, bias is not None]
    parents = tuple(p for p in (x, weight, bias) if p is not None)

    def back(g):
        return [gradient for gradient, wanted in zip(gradients(g), there, strict=False) if wanted]

    return result(out, parents, back)
