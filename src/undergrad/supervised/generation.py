"""Judging generated digits: how far their features are from those of real ones, and a baseline.

The distance is that of Frechet between two Gaussians that are fitted to features, as in the
"Frechet Inception distance" (Heusel et al. 2017); the features are the last feature maps of a
small convolutional classifier of digits, averaged over the image, and always the same. The distance
is biased upwards for few samples, so compare only distances of equally many samples.

The features decide such a comparison: between other features, and between pixels, a Gaussian for
each digit is closer to the test digits than the diffusion model. `race.py` of the unit `generative`
shows the figures.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.training.train import train
from undergrad.supervised.presets.digits_cnn import network

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Classifier:
    """The network of `digits-cnn`, cut in two: `body` ends with the last convolution."""

    body: nn.Sequential
    head: nn.Sequential

    def features(self, pixels: Array) -> Array:
        """The mean of each feature map: (n, 64) pixels between 0 and 1 -> (n, channels)."""
        return np.asarray(self._maps(pixels).mean((2, 3)).data)

    def read(self, pixels: Array) -> Array:
        """The digit that each image shows most probably: (n, 64) -> (n,)."""
        with no_grad():
            return np.asarray(self.head(self._maps(pixels)).data.argmax(axis=1))

    def _maps(self, pixels: Array) -> Tensor:
        with no_grad():
            maps: Tensor = self.body(Tensor(pixels.reshape(-1, 1, 8, 8).astype(np.float32)))
        return maps


@lru_cache(maxsize=1)
def classifier() -> Classifier:
    """Trained on all 1,797 digits, with seed 0, so that every distance uses the same features."""
    rng = np.random.default_rng(0)
    images, labels = datasets.digits()
    model = network(channels=12, dropout=0.3, rng=rng)
    batches = DataLoader(TensorDataset(images[:, None], labels), 64, shuffle=True, rng=rng)
    adam = optim.Adam(model.parameters(), lr=0.003)
    train(model, batches, nn.CrossEntropyLoss(), adam, epochs=8)
    layers = list(model.eval())
    return Classifier(nn.Sequential(*layers[:7]), nn.Sequential(*layers[7:]))


def frechet(a: Array, b: Array) -> float:
    """The squared Frechet distance of the Gaussians with the moments of a (n, D) and b (m, D).

    |mean_a - mean_b|^2 + trace(A + B - 2 (A B)^(1/2)). With the symmetric square root R of A, the
    last trace is that of (R B R)^(1/2), whose eigenvalues are real; rounding below 0 is cut off.
    """
    covariance_a, covariance_b = (np.cov(each, rowvar=False) for each in (a, b))
    values, vectors = np.linalg.eigh(covariance_a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    mixed = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ covariance_b @ root), 0)).sum()
    gap = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    return float(gap + np.trace(covariance_a) + np.trace(covariance_b) - 2 * mixed)


def gaussian_samples(
    pixels: Array, labels: Array, wanted: Array, rng: np.random.Generator
) -> Array:
    """The baseline: for each wanted label, a draw from the Gaussian of that label's images.

    Each Gaussian has the mean and the full covariance of its images, (n, 64); draws are clipped to
    the range of pixels, [0, 1], as any method's samples are.
    """
    found = np.empty((len(wanted), pixels.shape[1]))
    for label in np.unique(wanted):
        own, rows = pixels[labels == label].astype(float), wanted == label
        found[rows] = rng.multivariate_normal(
            own.mean(axis=0), np.cov(own, rowvar=False), int(rows.sum()), method="eigh"
        )
    return found.clip(0, 1)


def sheet(figure: "Figure", columns: list[tuple[str, Array]]) -> None:
    """Ten images of each method below each other, one column of the sheet per digit."""
    grid = figure.subplots(len(columns), 10, squeeze=False)
    for row, (name, pixels) in zip(grid, columns, strict=True):
        for axes, image in zip(row, pixels, strict=False):
            axes.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        for axes in row:
            axes.set(xticks=[], yticks=[])
        row[0].set_ylabel(name, fontsize="small")
