"""Pooling layers: each window of neighbouring numbers becomes one."""

from collections.abc import Sequence

from undergrad.engine.nn.module import Module
from undergrad.engine.ops import pool
from undergrad.engine.ops.im2col import Size
from undergrad.engine.tensor import Tensor


class _MaxPool(Module):
    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        ceil_mode: bool = False,
    ) -> None:
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.ceil_mode = ceil_mode
        self.stride = kernel_size if stride is None else stride

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        self.kernel_size, self.padding, self.ceil_mode = kernel_size, padding, ceil_mode
        self.stride = kernel_size if stride is None else stride
        self.count_include_pad = count_include_pad

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxPool2d(_MaxPool):
    """The maximum of each window of an image.

        y[n, c, r, s] = max over i, j of x[n, c, stride r + i, stride s + j]

    Arguments:
        kernel_size: height and width of the window, or one number for both.
        stride: how far the window moves; `kernel_size` when left out: windows side by side.
        padding: border around the image, which is never the maximum.
        dilation: distance between the points of the window.
        ceil_mode: let the last windows reach over the edge, so that every number is in one.

    Shape: (N, C, H, W) -> (N, C, H', W').

    Examples:
        >>> x = Tensor([[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]]])
        >>> MaxPool2d(2)(x).tolist()
        [[[[6.0, 8.0]]]]
    """

    def forward(self, x: Tensor) -> Tensor:
        settings = self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        return pool.max_pool2d(x, *settings)


class MaxPool1d(_MaxPool):
    """The maximum of each window of a sequence; arguments as in `MaxPool2d`.

    Shape: (N, C, L) -> (N, C, L').
    """

    def forward(self, x: Tensor) -> Tensor:
        settings = self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        return pool.max_pool1d(x, *settings)


class AvgPool2d(_AvgPool):
    """The average of each window of an image.

        y[n, c, r, s] = mean over i, j of x[n, c, stride r + i, stride s + j]

    Arguments:
        kernel_size: height and width of the window, or one number for both.
        stride: how far the window moves; `kernel_size` when left out: windows side by side.
        padding: zeros around the image.
        ceil_mode: let the last windows reach over the edge; what lies there does not count.
        count_include_pad: the zeros of the padding count as numbers of the window.

    Shape: (N, C, H, W) -> (N, C, H', W').

    Examples:
        >>> x = Tensor([[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]]])
        >>> AvgPool2d(2)(x).tolist()
        [[[[3.5, 5.5]]]]
    """

    def forward(self, x: Tensor) -> Tensor:
        settings = self.kernel_size, self.stride, self.padding, self.ceil_mode
        return pool.avg_pool2d(x, *settings, self.count_include_pad)


class AvgPool1d(_AvgPool):
    """The average of each window of a sequence; arguments as in `AvgPool2d`.

    Shape: (N, C, L) -> (N, C, L').
    """

    def forward(self, x: Tensor) -> Tensor:
        settings = self.kernel_size, self.stride, self.padding, self.ceil_mode
        return pool.avg_pool1d(x, *settings, self.count_include_pad)


class AdaptiveAvgPool2d(Module):
    """Averages over as many windows as wanted.

    Arguments:
        output_size: (H', W') or one number for both; None keeps the size of an axis.

    Shape: (N, C, H, W) -> (N, C, H', W').
    """

    def __init__(self, output_size: int | Sequence[int | None] | None) -> None:
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        return pool.adaptive_avg_pool2d(x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(Module):
    """Averages over as many windows as wanted.

    Arguments:
        output_size: L'.

    Shape: (N, C, L) -> (N, C, L').
    """

    def __init__(self, output_size: int) -> None:
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        return pool.adaptive_avg_pool1d(x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"
