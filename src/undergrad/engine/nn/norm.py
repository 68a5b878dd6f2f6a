"""Normalisation layers: mean 0 and spread 1, then a mean and a spread that are learnt."""

from collections.abc import Sequence

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import batch_norm, group_norm, norm
from undergrad.engine.tensor import Tensor


class _BatchNorm(Module):
    """What the two batch norms share; `needs` are the numbers of axes they accept."""

    needs: tuple[int, ...] = ()

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = _ones(num_features) if affine else None
        self.bias = _zeros(num_features) if affine else None
        self.running_mean: Array | None = None
        self.running_var: Array | None = None
        if track_running_stats:
            self.running_mean = np.zeros(num_features, np.float32)
            self.running_var = np.ones(num_features, np.float32)
            self.num_batches_tracked = np.zeros((), np.int64)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim not in self.needs or x.shape[1] != self.num_features:
            raise ValueError(
                f"{type(self).__name__} of {self.num_features} features needs {self.needs} axes, "
                f"the second of length {self.num_features}; x has shape {x.shape}"
            )
        tracked = self.running_mean is not None
        if self.training and tracked:
            self.num_batches_tracked += 1
        return batch_norm.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not tracked,
            self.momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.weight is not None}, "
            f"track_running_stats={self.running_mean is not None}"
        )


class BatchNorm1d(_BatchNorm):
    """Each feature normalised over the batch (Ioffe and Szegedy 2015).

    In training with the batch's own mean and variance, which also move the running ones by
    `momentum`; after `eval()` with the running ones.

    Arguments:
        num_features: C, the length of the second axis.
        eps: keeps the division finite.
        momentum: the share of the batch in the running mean and variance.
        affine: learn a spread, `weight`, and a mean, `bias`.
        track_running_stats: keep running ones; without them, use the batch's own always.

    Shape: (N, C) or (N, C, L) -> the same.
    """

    needs = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Each channel normalised over the batch and all places; see `BatchNorm1d`.

    Shape: (N, C, H, W) -> the same.
    """

    needs = (4,)


class LayerNorm(Module):
    """Each example normalised over its last axes (Ba et al. 2016); the batch plays no part.

    Arguments:
        normalized_shape: the lengths of these axes, or one number for the last axis.
        eps: keeps the division finite.
        elementwise_affine: learn a spread, `weight`, and a mean, `bias`, for each number.
        bias: with False, learn no mean.

    Shape: (..., *normalized_shape) -> the same.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self._shape = _axes(normalized_shape)
        self.eps = eps
        self.weight = _ones(*self._shape) if elementwise_affine else None
        self.bias = _zeros(*self._shape) if elementwise_affine and bias else None

    def forward(self, x: Tensor) -> Tensor:
        return norm.layer_norm(x, self._shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self._shape}, eps={self.eps}, elementwise_affine={self.weight is not None}"


class RMSNorm(Module):
    """Each example divided by its root mean square (Zhang and Sennrich 2019).

    Arguments as in `LayerNorm`; `eps` is the smallest step of the float type when left out.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self._shape = _axes(normalized_shape)
        self.eps = eps
        self.weight = _ones(*self._shape) if elementwise_affine else None

    def forward(self, x: Tensor) -> Tensor:
        return norm.rms_norm(x, self._shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self._shape}, eps={self.eps}, elementwise_affine={self.weight is not None}"


class GroupNorm(Module):
    """Each example normalised over each group of channels (Wu and He 2018).

    Arguments:
        num_groups: how many groups; 1 takes all channels together.
        num_channels: C, the length of the second axis.
        eps: keeps the division finite.
        affine: learn a spread, `weight`, and a mean, `bias`, for each channel.

    Shape: (N, C, ...) -> the same.
    """

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        if num_groups < 1 or num_channels % num_groups:
            raise ValueError(f"GroupNorm: {num_channels} channels make no {num_groups} groups")
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self.weight = _ones(num_channels) if affine else None
        self.bias = _zeros(num_channels) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        return group_norm.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, "
            f"affine={self.weight is not None}"
        )


def _ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape, np.float32), requires_grad=True)


def _zeros(*shape: int) -> Tensor:
    return Tensor(np.zeros(shape, np.float32), requires_grad=True)


def _axes(shape: int | Sequence[int]) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)
