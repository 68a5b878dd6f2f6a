"""A small U-Net, and `dice_loss`, which is written by hand down to its gradient.

Make it yours: replace `dice_loss` by a layer or a loss of your own that your problem needs, and
keep a gradient check for it in `tests/test_model.py`.
"""

import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node
from undergrad.engine.ops.shape import concat


def dice_loss(logits: Tensor, mask: np.ndarray) -> Tensor:
    """1 - (2 sum(p m) + 1) / (sum(p) + sum(m) + 1), with p = sigmoid(logits) and the mask m.

    The fraction is the Dice coefficient of a soft mask with the true one, and the added ones keep
    it defined where both are empty. Unlike cross-entropy it does not reward finding background,
    of which there is four times as much. With the fraction a / b, its derivative with respect to
    one p is (2 m b - a) / b^2. logits, mask: the same shape; one number out.
    Source: Milletari, Navab, Ahmadi 2016, "V-Net", section 3, with sums in place of squares.
    """
    p = 0.5 * (1 + np.tanh(0.5 * logits.data))  # sigmoid, in a form that cannot overflow
    a, b = 2 * (p * mask).sum() + 1, p.sum() + mask.sum() + 1
    out = np.asarray(1 - a / b, dtype=logits.data.dtype)

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (-g * (2 * mask * b - a) / b**2 * p * (1 - p),)

    return node(out, (logits,), gradient, "dice_loss")


class Block(nn.Module):
    """A convolution, batch norm and ReLU: (n, before, h, w) -> (n, after, h, w)."""

    def __init__(self, before: int, after: int, rng: np.random.Generator) -> None:
        self.conv = nn.Conv2d(before, after, 3, padding=1, bias=False, rng=rng)
        self.norm = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x)).relu()


class UNet(nn.Module):
    """Brightness (n, 1, h, w) -> logits (n, 1, h, w); h and w are multiples of 4.

    The encoder halves the image twice, so that a pixel receives what stands around it. The decoder
    doubles it again, and at each size the fine features of the encoder stand beside the coarse
    ones. Source: Ronneberger, Fischer, Brox 2015, "U-Net".
    """

    def __init__(self, c: int, rng: np.random.Generator) -> None:
        self.fine, self.middle = Block(1, c, rng), Block(c, 2 * c, rng)
        self.coarse = Block(2 * c, 4 * c, rng)
        self.half = nn.MaxPool2d(2)
        self.to_middle = nn.ConvTranspose2d(4 * c, 2 * c, 2, stride=2, rng=rng)
        self.to_fine = nn.ConvTranspose2d(2 * c, c, 2, stride=2, rng=rng)
        self.middle_again, self.fine_again = Block(4 * c, 2 * c, rng), Block(2 * c, c, rng)
        self.head = nn.Conv2d(c, 1, 1, rng=rng)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(x)  # (n, c, h, w)
        middle = self.middle(self.half(fine))  # (n, 2c, h/2, w/2)
        x = self.to_middle(self.coarse(self.half(middle)))
        x = self.to_fine(self.middle_again(concat([x, middle], 1)))
        return self.head(self.fine_again(concat([x, fine], 1)))


def network(seed: int, channels: int = 8) -> UNet:
    """An untrained U-Net; `channels` are those of the first block."""
    return UNet(channels, np.random.default_rng(seed))
