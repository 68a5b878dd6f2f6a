"""The network of AlphaZero: from a position to a policy and a value.

One trunk sees the board, and two linear heads share what it found. B is the number of positions, C
the channels of a convolution, A the actions; rows x columns is the board.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from undergrad.engine import Tensor, nn
from undergrad.rl.games.base import Game


class PolicyValueNet(nn.Module):
    """A trunk with two heads.

    Arguments:
        trunk: (B, planes, rows, columns) -> (B, features).
        features: how many numbers the trunk makes of a position.
        actions: A, how many actions the game has.
        rng: draws the initial weights of the heads.

    Shape: (B, planes, rows, columns) -> logits (B, A), and values (B,) between -1 and 1.
    """

    def __init__(
        self, trunk: nn.Module, features: int, actions: int, rng: np.random.Generator
    ) -> None:
        self.trunk = trunk
        self.policy = nn.Linear(features, actions, rng=rng)
        self.value = nn.Linear(features, 1, rng=rng)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk(x)
        return self.policy(features), self.value(features).tanh().reshape(-1)


def net_for(
    game: Game,
    trunk: str,
    hidden_sizes: Sequence[int],
    channels: int,
    blocks: int,
    rng: np.random.Generator,
) -> PolicyValueNet:
    """The untrained network of a game; its trunk is an `mlp` or a `resnet`."""
    cells = game.rows * game.columns
    features = [2 * cells, *hidden_sizes][-1]  # what the heads see
    if trunk == "mlp":
        layers = mlp(2 * cells, hidden_sizes, rng)
    else:
        layers = resnet(2, cells, channels, blocks, features, rng)
    return PolicyValueNet(layers, features, game.actions, rng)


def mlp(inputs: int, hidden_sizes: Sequence[int], rng: np.random.Generator) -> nn.Sequential:
    """Fully connected layers: (B, planes, rows, columns) -> (B, the last of the sizes)."""
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in pairwise([inputs, *hidden_sizes]):
        layers += [nn.Linear(before, after, rng=rng), nn.ReLU()]
    return nn.Sequential(*layers)


def resnet(
    planes: int, cells: int, channels: int, blocks: int, features: int, rng: np.random.Generator
) -> nn.Sequential:
    """Residual blocks of convolutions, and one layer that sees all of them: -> (B, features).

    Arguments:
        cells: rows x columns, which the convolutions keep.
    """
    return nn.Sequential(
        nn.Conv2d(planes, channels, 3, padding=1, bias=False, rng=rng),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        *(ResidualBlock(channels, rng) for _ in range(blocks)),
        nn.Flatten(),
        nn.Linear(channels * cells, features, rng=rng),
        nn.ReLU(),
    )


class ResidualBlock(nn.Module):
    """Two convolutions with batch norm, and the input added to what they make: (B, C, H, W).

    Source: He et al. 2016, "Deep Residual Learning for Image Recognition".
    """

    def __init__(self, channels: int, rng: np.random.Generator) -> None:
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False, rng=rng),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False, rng=rng),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = (x + self.layers(x)).relu()
        return out
