"""Convolution layers: the same small weights at every place of an image or a sequence."""

import math

import numpy as np

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import conv
from undergrad.engine.ops.im2col import Size
from undergrad.engine.tensor import Tensor


class _Convolution(Module):
    """Weights and settings of all convolutions. The bias begins as in PyTorch, like the weights
    evenly within 1 / sqrt(numbers that one result looks at)."""

    axes = 2
    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        rng: init.Rng = None,
    ) -> None:
        if groups < 1 or in_channels % groups or out_channels % groups or in_channels < 1:
            raise ValueError(
                f"{type(self).__name__}: {in_channels} channels in and {out_channels} out do not "
                f"make {groups} equal groups"
            )
        sizes = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * self.axes
        first, second = in_channels, out_channels // groups
        if not self.transposed:
            first, second = out_channels, in_channels // groups
        self.weight = Tensor(np.empty((first, second, *sizes), np.float32), requires_grad=True)
        self.bias: Tensor | None = None
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.dilation, self.groups = dilation, groups
        self._channels = in_channels, out_channels
        bound = 1 / math.sqrt(second * math.prod(sizes))
        init.uniform_(self.weight, -bound, bound, rng)
        if bias:
            self.bias = Tensor(np.empty(out_channels, np.float32), requires_grad=True)
            init.uniform_(self.bias, -bound, bound, rng)

    def extra_repr(self) -> str:
        settings = [f"kernel_size={self.kernel_size}", f"stride={self.stride}"]
        usual = {"padding": 0, "dilation": 1, "groups": 1}
        settings += [f"{k}={getattr(self, k)}" for k, v in usual.items() if getattr(self, k) != v]
        settings += [] if self.bias is not None else ["bias=False"]
        return ", ".join([*map(str, self._channels), *settings])


class Conv2d(_Convolution):
    """A small window of weights slides over an image; at each stop it gives one weighted sum.

    Arguments:
        in_channels, out_channels: numbers at each place of the image, before and after.
        kernel_size: height and width of the window, or one number for both.
        stride: how far the window moves.
        padding: zeros around the image; "same" for as many as keep its size.
        dilation: distance between the places of the window.
        groups: channels are split into so many groups that do not see each other.
        bias: add a trained constant to each channel.

    Shape: (N, in, H, W) -> (N, out, H', W'); `weight` is (out, in / groups, kh, kw).

    Examples:
        >>> Conv2d(3, 8, 5, padding=2)(Tensor(np.ones((1, 3, 28, 28), np.float32))).shape
        (1, 8, 28, 28)
    """

    def forward(self, x: Tensor) -> Tensor:
        return conv.conv2d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )


class Conv1d(_Convolution):
    """A window slides along a sequence; arguments as in `Conv2d`.

    Shape: (N, in, L) -> (N, out, L'); `weight` is (out, in / groups, k).
    """

    axes = 1

    def forward(self, x: Tensor) -> Tensor:
        return conv.conv1d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )


class ConvTranspose2d(_Convolution):
    """Each number spreads a pattern of weights around its place: a convolution's way back.

    Arguments as in `Conv2d`, and `output_padding`: numbers to add at the lower and right edge,
    since a stride of 2 leads from 8 as well as from 7 places to 4.

    Shape: (N, in, H, W) -> (N, out, H', W'); `weight` is (in, out / groups, kh, kw).
    """

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        rng: init.Rng = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, rng
        )
        self.padding: Size = padding
        self.output_padding = output_padding

    def forward(self, x: Tensor) -> Tensor:
        return conv.conv_transpose2d(
            x,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self.output_padding,
            self.groups,
            self.dilation,
        )
