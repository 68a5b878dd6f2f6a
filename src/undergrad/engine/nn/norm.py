"""Normalisation layers: mean 0 and variance 1, then a learned scale and shift.

They differ in the numbers that are normalised together: all numbers of a channel in the batch
(batch norm), the features of one sample or token (layer norm), or a group of channels of one sample
(group norm). RMS norm works like layer norm without the mean, and batch norm uses running
statistics at inference. Var is the biased variance, the mean of the squared deviations. The
doctests compute what each layer computes, in plain arithmetic.
"""

from collections.abc import Sequence

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.grad_mode import now_or_collected
from undergrad.engine.nn.module import Module, parameter
from undergrad.engine.ops import batch_norm, group_norm, norm
from undergrad.engine.tensor import Tensor


class LayerNorm(Module):
    """Layer normalisation (Ba et al. 2016) of each sample, or each token, on its own.

        y = (x - E[x]) / sqrt(Var[x] + eps) * weight + bias

    E and Var are taken over the last axes, those of `normalized_shape`. The batch plays no part, so
    training and inference are the same.

    Arguments:
        normalized_shape: the sizes of the last axes; an int means the last axis only.
        eps: added to the variance, so that nothing is divided by 0.
        elementwise_affine: learn a scale, `weight`, and a shift, `bias`, for each feature.
        bias: learn the shift too.

    Shape: (..., *normalized_shape) -> the same; `weight` and `bias` are normalized_shape.

    Examples:
        The layer calls the fast form of `ops.norm.layer_norm_simple`:

        >>> x, layer = Tensor([[1.0, 2.0, 6.0]]), LayerNorm(3)
        >>> centred = x - x.mean(-1, keepdim=True)
        >>> variance = (centred * centred).mean(-1, keepdim=True)
        >>> y = centred / (variance + layer.eps).sqrt() * layer.weight + layer.bias
        >>> np.allclose(y.numpy(), layer(x).numpy())
        True
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape, self.eps = _as_tuple(normalized_shape), eps
        self.weight = parameter(*self.normalized_shape, value=1) if elementwise_affine else None
        self.bias = parameter(*self.normalized_shape) if elementwise_affine and bias else None

    def forward(self, x: Tensor) -> Tensor:
        return norm.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine = self.weight is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}"


class RMSNorm(Module):
    """Root mean square normalisation (Zhang and Sennrich 2019): layer norm without mean and shift.

        y = x / sqrt(E[x^2] + eps) * weight

    E is taken over the last axes, those of `normalized_shape`: over the features of each example,
    or of each token of a sequence.

    Arguments:
        normalized_shape: the sizes of the last axes; an int means the last axis only.
        eps: keeps the division finite; the machine epsilon of the float type when left out.
        elementwise_affine: learn a scale, `weight`, for each feature.

    Shape: (..., *normalized_shape) -> the same; `weight` is normalized_shape.

    Examples:
        The layer calls the fast form of `ops.norm.rms_norm_simple`:

        >>> x, layer = Tensor([[1.0, 2.0, 6.0]]), RMSNorm(3, eps=1e-5)
        >>> mean_square = (x * x).mean(-1, keepdim=True)
        >>> y = x / (mean_square + layer.eps).sqrt() * layer.weight
        >>> np.allclose(y.numpy(), layer(x).numpy())
        True
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self.normalized_shape, self.eps = _as_tuple(normalized_shape), eps
        self.weight = parameter(*self.normalized_shape, value=1) if elementwise_affine else None

    def forward(self, x: Tensor) -> Tensor:
        return norm.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        affine = self.weight is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}"


class GroupNorm(Module):
    """Group normalisation (Wu and He 2018) of each sample over groups of its channels.

        y = (x - E[x]) / sqrt(Var[x] + eps) * weight + bias

    E and Var are taken over all numbers of one group of channels of one sample.

    Arguments:
        num_groups: how many groups; with 1, all channels form one group.
        num_channels: C, the length of the second axis.
        eps: added to the variance, so that nothing is divided by 0.
        affine: learn a scale, `weight`, and a shift, `bias`, for each channel.

    Shape: (N, C, ...) -> the same; `weight` and `bias` are (C,).

    Examples:
        The layer calls the fast form of `ops.group_norm.group_norm_simple`:

        >>> x, layer = Tensor([[1.0, 2.0, 6.0, 7.0]]), GroupNorm(2, 4)
        >>> groups = x.reshape(1, 2, 2)
        >>> centred = groups - groups.mean(-1, keepdim=True)
        >>> variance = (centred * centred).mean(-1, keepdim=True)
        >>> x_hat = (centred / (variance + layer.eps).sqrt()).reshape(1, 4)
        >>> np.allclose((x_hat * layer.weight + layer.bias).numpy(), layer(x).numpy())
        True
    """

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        if num_groups < 1 or num_channels % num_groups:
            raise ValueError(
                f"GroupNorm: {num_channels} channels do not divide into {num_groups} equal groups"
            )
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self.weight = parameter(num_channels, value=1) if affine else None
        self.bias = parameter(num_channels) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        return group_norm.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine = self.weight is not None
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={affine}"


class _BatchNorm(Module):
    """Both batch norms, which differ in the number of dimensions that they accept."""

    accepted_ndims: tuple[int, ...] = ()

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = parameter(num_features, value=1) if affine else None
        self.bias = parameter(num_features) if affine else None
        self.running_mean: Array | None = None
        self.running_var: Array | None = None
        if track_running_stats:
            self.running_mean = np.zeros(num_features, np.float32)
            self.running_var = np.ones(num_features, np.float32)
            self.num_batches_tracked = np.zeros((), np.int64)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim not in self.accepted_ndims or x.shape[1] != self.num_features:
            raise ValueError(
                f"{type(self).__name__} of {self.num_features} features needs "
                f"{_either(self.accepted_ndims)} axes, the second of length {self.num_features}; "
                f"x has shape {x.shape}"
            )
        tracked = self.running_mean is not None
        if self.training and tracked:
            now_or_collected(self._count)
        return batch_norm.batch_norm(  # in training it updates the running statistics in place
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=self.training or not tracked,
            momentum=self.momentum,
            eps=self.eps,
        )

    def _count(self) -> None:
        self.num_batches_tracked += 1

    def extra_repr(self) -> str:
        affine, tracked = self.weight is not None, self.running_mean is not None
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={affine}, track_running_stats={tracked}"
        )


class BatchNorm1d(_BatchNorm):
    """Batch normalisation (Ioffe and Szegedy 2015) of each feature over the batch and positions.

        y = (x - E[x]) / sqrt(Var[x] + eps) * weight + bias

    In training, E and Var are those of the batch, for each feature, and the running statistics
    follow them: running = (1 - momentum) * running + momentum * batch, where the running variance
    follows the unbiased one (divided by n - 1), as in PyTorch. At inference, after
    `eval()`, the running statistics take their place, so that examples do not affect each other.

    Arguments:
        num_features: C, the length of the second axis.
        eps: added to the variance, so that nothing is divided by 0.
        momentum: how far one batch moves the running statistics, from 0 to 1.
        affine: learn a scale, `weight`, and a shift, `bias`, for each feature.
        track_running_stats: keep running statistics; without them, always use those of the batch.

    Shape: (N, C) or (N, C, L) -> the same; `weight`, `bias` and the running statistics are (C,).

    Examples:
        The layer calls the fast form of `ops.batch_norm.batch_norm_simple`:

        >>> x, layer = Tensor([[1.0, 5.0], [2.0, 6.0], [6.0, 7.0]]), BatchNorm1d(2)
        >>> centred = x - x.mean(0, keepdim=True)
        >>> variance = (centred * centred).mean(0, keepdim=True)
        >>> y = centred / (variance + layer.eps).sqrt() * layer.weight + layer.bias
        >>> np.allclose(y.numpy(), layer(x).numpy())
        True
    """

    accepted_ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images: each channel over the batch and all positions.

    Formula and arguments as in `BatchNorm1d`.

    Shape: (N, C, H, W) -> the same; `weight`, `bias` and the running statistics are (C,).
    """

    accepted_ndims = (4,)


def _either(numbers: tuple[int, ...]) -> str:
    return " or ".join(map(str, numbers))


def _as_tuple(shape: int | Sequence[int]) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)
