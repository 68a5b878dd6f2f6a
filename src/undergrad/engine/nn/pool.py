"""Pooling layers: many neighbouring numbers become one."""

from undergrad.engine.nn.module import Module
from undergrad.engine.ops import pool
from undergrad.engine.ops.im2col import Size
from undergrad.engine.tensor import Tensor


class _Pooling(Module):
    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _MaxPooling(_Pooling):
    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.dilation = dilation


class _AvgPooling(_Pooling):
    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.count_include_pad = count_include_pad


class MaxPool2d(_MaxPooling):
    """The largest number of each window. `stride` is `kernel_size` when left out.

    Shape: (N, C, H, W) -> (N, C, H', W').
    """

    def forward(self, x: Tensor) -> Tensor:
        return pool.max_pool2d(x, self.kernel_size, self.stride, self.padding, self.dilation)


class MaxPool1d(_MaxPooling):
    """The largest number of each window: (N, C, L) -> (N, C, L')."""

    def forward(self, x: Tensor) -> Tensor:
        return pool.max_pool1d(x, self.kernel_size, self.stride, self.padding, self.dilation)


class AvgPool2d(_AvgPooling):
    """The average of each window; `count_include_pad`: zeros of the border are numbers of it.

    Shape: (N, C, H, W) -> (N, C, H', W').
    """

    def forward(self, x: Tensor) -> Tensor:
        return pool.avg_pool2d(
            x, self.kernel_size, self.stride, self.padding, self.count_include_pad
        )


class AvgPool1d(_AvgPooling):
    """The average of each window: (N, C, L) -> (N, C, L')."""

    def forward(self, x: Tensor) -> Tensor:
        return pool.avg_pool1d(
            x, self.kernel_size, self.stride, self.padding, self.count_include_pad
        )


class AdaptiveAvgPool2d(Module):
    """Averages over as many windows as wanted: (N, C, H, W) -> (N, C, *output_size)."""

    def __init__(self, output_size: int | tuple[int | None, int | None]) -> None:
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        return pool.adaptive_avg_pool2d(x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(Module):
    """Averages over as many windows as wanted: (N, C, L) -> (N, C, output_size)."""

    def __init__(self, output_size: int) -> None:
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        return pool.adaptive_avg_pool1d(x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"
