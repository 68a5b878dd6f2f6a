"""A small U-Net, one of the same depth that sees only close by, and a loss written by hand."""

from itertools import pairwise

import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node
from undergrad.engine.ops.shape import concat


def jaccard_loss(logits: Tensor, crown: np.ndarray, known: np.ndarray) -> Tensor:
    """1 - (I + 1) / (U + 1), the IoU of a soft mask p = sigmoid(logits) with the true mask m.

    With k = 1 for known pixels and 0 for the others, I = sum(k m p) and U = sum(k (m + p - m p)).
    So dI/dp = k m and dU/dp = k (1 - m), and the quotient rule gives the derivative of the loss,
    (k (1 - m) (I + 1) - k m (U + 1)) / (U + 1)^2: a pixel of a crown pulls up as the union is
    large, a pixel of the ground down as the overlap is, and an unknown pixel not at all.
    logits, crown, known: the same shape; one number out. Source: Rahman and Wang 2016, "Optimizing
    intersection-over-union in deep neural networks for image segmentation"; the factor k and the
    ones, which keep it defined without any crown, are ours.
    """
    p = 0.5 * (1 + np.tanh(0.5 * logits.data))  # sigmoid, in a form that cannot overflow
    overlap = (known * crown * p).sum() + 1
    union = (known * (crown + p - crown * p)).sum() + 1
    out = np.asarray(1 - overlap / union, dtype=logits.data.dtype)

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        of_p = known * ((1 - crown) * overlap - crown * union) / union**2
        return ((g * of_p * p * (1 - p)).astype(logits.data.dtype),)

    return node(out, (logits,), gradient, "jaccard_loss")


class Block(nn.Module):
    """A convolution, batch norm and ReLU: (n, before, h, w) -> (n, after, h, w)."""

    def __init__(self, before: int, after: int, rng: np.random.Generator) -> None:
        self.conv = nn.Conv2d(before, after, 3, padding=1, bias=False, rng=rng)
        self.norm = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x)).relu()


class UNet(nn.Module):
    """Colours (n, 3, h, w) -> logits (n, 1, h, w); h and w are multiples of 8.

    Three halvings, so that a pixel receives a neighbourhood of several crowns; then three
    doublings, each beside the fine features of its size. Source: Ronneberger, Fischer, Brox 2015.
    """

    def __init__(self, c: int, rng: np.random.Generator) -> None:
        widths = (c, 2 * c, 3 * c, 4 * c)
        self.down = [Block(a, b, rng) for a, b in zip((3, *widths), widths, strict=False)]
        back = [*zip(widths[::-1], widths[-2::-1], strict=False)]  # (4c, 3c), (3c, 2c), (2c, c)
        self.double = [nn.ConvTranspose2d(a, b, 2, stride=2, rng=rng) for a, b in back]
        self.up = [Block(2 * b, b, rng) for _, b in back]
        self.half = nn.MaxPool2d(2)
        self.head = nn.Conv2d(c, 1, 1, rng=rng)

    def forward(self, x: Tensor) -> Tensor:
        kept = [self.down[0](x)]  # (n, c, h, w), then (n, 2c, h/2, w/2) and so on
        for block in self.down[1:]:
            kept.append(block(self.half(kept[-1])))
        x = kept.pop()
        for double, block in zip(self.double, self.up, strict=True):
            x = block(concat([double(x), kept.pop()], 1))
        return self.head(x)


def network(seed: int, channels: int = 8) -> UNet:
    """An untrained U-Net; `channels` are those of the first block."""
    return UNet(channels, np.random.default_rng(seed))


def nearsighted(seed: int, channels: int = 8) -> nn.Sequential:
    """The same without halvings: four convolutions, by which a pixel receives 9 by 9 pixels."""
    rng = np.random.default_rng(seed)
    widths = (3, channels, 2 * channels, 2 * channels, channels)
    blocks = [Block(a, b, rng) for a, b in pairwise(widths)]
    return nn.Sequential(*blocks, nn.Conv2d(channels, 1, 1, rng=rng))
