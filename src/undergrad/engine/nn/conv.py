"""Convolution layers: one small kernel of weights, applied at every position of the input."""

import math

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module, parameter
from undergrad.engine.ops import conv
from undergrad.engine.ops.im2col import Size
from undergrad.engine.tensor import Tensor


class _Convolution(Module):
    """Parameters and settings of all convolutions.

    As in PyTorch, weight and bias are drawn uniformly from -1/sqrt(n) to 1/sqrt(n), where n is the
    second axis of the weight times the size of the kernel.
    """

    axes = 2  # of an image: height and width
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
                f"{type(self).__name__}: {in_channels} channels in and {out_channels} channels out "
                f"do not divide into {groups} equal groups"
            )
        sizes = (kernel_size,) * self.axes if isinstance(kernel_size, int) else tuple(kernel_size)
        first, second = out_channels, in_channels // groups
        if self.transposed:
            first, second = in_channels, out_channels // groups
        bound = 1 / math.sqrt(second * math.prod(sizes))
        self.weight = init.uniform_(parameter(first, second, *sizes), -bound, bound, rng)
        self.bias = init.uniform_(parameter(out_channels), -bound, bound, rng) if bias else None
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.dilation, self.groups = dilation, groups
        self._channels = in_channels, out_channels

    def extra_repr(self) -> str:
        settings = [f"kernel_size={self.kernel_size}", f"stride={self.stride}"]
        defaults = {"padding": 0, "dilation": 1, "groups": 1}
        settings += [
            f"{name}={getattr(self, name)}"
            for name, default in defaults.items()
            if getattr(self, name) != default
        ]
        settings += [] if self.bias is not None else ["bias=False"]
        return ", ".join([*map(str, self._channels), *settings])


class Conv2d(_Convolution):
    """2-D convolution: a kernel slides over an image and gives one weighted sum at each position.

        y[n, o, r, s] = sum over c, i, j of
            weight[o, c, i, j] * x[n, c, stride r + i, stride s + j] + bias[o]

    (with `padding` = 0, `dilation` = 1 and `groups` = 1; the kernel is not flipped, so mathematics
    calls it a cross-correlation). The output has H' = (H + 2 padding - dilation (kh - 1) - 1) /
    stride + 1 rows, rounded down, and likewise W' columns.

    Arguments:
        in_channels, out_channels: C and O, the channels of x and of y.
        kernel_size: (kh, kw), height and width of the kernel, or one number for both.
        stride: how far the kernel moves from one output position to the next.
        padding: zeros around the image; "same" for as many as keep its size.
        dilation: distance between the points of the kernel.
        groups: G; the channels are split into groups, each convolved by itself.
        bias: learn a constant for each output channel.
        rng: generator or seed for the first weights.

    Shape: (N, C, H, W) -> (N, O, H', W'); `weight` is (O, C / G, kh, kw), `bias` is (O,).

    Examples:
        One output number as in `ops.conv.conv2d_simple`, whose fast form the layer calls:

        >>> x, layer = Tensor(np.ones((1, 3, 28, 28), np.float32)), Conv2d(3, 8, 5, padding=2)
        >>> layer(x).shape
        (1, 8, 28, 28)
        >>> patch = x[0, :, 0:5, 0:5]  # what the kernel covers at output position (2, 2)
        >>> y = (layer.weight[7] * patch).sum() + layer.bias[7]
        >>> np.allclose(y.item(), layer(x)[0, 7, 2, 2].item(), atol=1e-6)
        True
    """

    def forward(self, x: Tensor) -> Tensor:
        settings = self.stride, self.padding, self.dilation, self.groups
        return conv.conv2d(x, self.weight, self.bias, *settings)


class Conv1d(_Convolution):
    """1-D convolution: a kernel slides along a sequence. Formula and arguments as in `Conv2d`.

    Shape: (N, C, L) -> (N, O, L'); `weight` is (O, C / G, k), `bias` is (O,).
    """

    axes = 1

    def forward(self, x: Tensor) -> Tensor:
        settings = self.stride, self.padding, self.dilation, self.groups
        return conv.conv1d(x, self.weight, self.bias, *settings)


class ConvTranspose2d(_Convolution):
    """Transposed convolution: each number adds a copy of the kernel, times itself, to the output.

        y[n, o, stride r + i, stride s + j] += x[n, c, r, s] * weight[c, o, i, j]

    It is the gradient of `Conv2d` with respect to its input, used as a layer to enlarge an image:
    H' = (H - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1. Its arithmetic can be
    read in `ops.conv.conv_transpose2d_simple`.

    Arguments as in `Conv2d`, and `output_padding`: rows and columns to add at the lower and right
    edge. With a stride of 2, images of 7 and of 8 rows can both shrink to 4, so the size to return
    to is not unique.

    Shape: (N, C, H, W) -> (N, O, H', W'); `weight` is (C, O / G, kh, kw), `bias` is (O,).

    Examples:
        >>> x = Tensor(np.ones((1, 8, 14, 14), np.float32))
        >>> ConvTranspose2d(8, 3, 4, stride=2, padding=1)(x).shape
        (1, 3, 28, 28)
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
        settings = self.stride, self.padding, self.output_padding, self.groups, self.dilation
        return conv.conv_transpose2d(x, self.weight, self.bias, *settings)
