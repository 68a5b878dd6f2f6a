{% set torch = cookiecutter.framework == "torch" %}
"""The metric: the notebook reports it, and the check computes it again from here.

Make it yours: change `score` to your metric. `scores` must keep its promise, {seed: score} from
the saved checkpoints and the test data alone.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
{% if torch %}
import torch
from safetensors.torch import load_file, save_file
from torch import nn
{% else %}
from undergrad import engine
from undergrad.engine import Tensor, nn
{% endif %}

from data import SIDE, Part, load
from model import network

CHECKPOINTS = Path(__file__).with_name("checkpoints")


def logits(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """Of a bright pixel, given the pixels before it, without dropout: (n, pixels) twice."""
    model.eval()
{% if torch %}
    with torch.no_grad():
        found = model(torch.from_numpy(images)).numpy()
{% else %}
    with engine.no_grad():
        found = model(Tensor(images)).numpy()
{% endif %}
    model.train()
    return found.astype(np.float64)


def bits(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """-log2 of the probability of each image: (n, pixels) -> (n,).

    A file that is compressed by these probabilities has about as many bits. A model that knows
    nothing needs one for each pixel.
    """
    found = logits(model, images)
    return (np.logaddexp(0, found) - images * found).sum(axis=1) / math.log(2)


def score(model: nn.Module, part: Part) -> float:
    """Bits per image, on average. Lower is better."""
    return float(bits(model, part.images).mean())


def samples(
    model: nn.Module, count: int, rng: np.random.Generator, pixels: int = SIDE * SIDE
) -> np.ndarray:
    """New images (count, pixels), sampled pixel by pixel."""
    images = np.zeros((count, pixels), np.float32)
    for pixel in range(pixels):
        images[:, pixel] = rng.random(count) < 1 / (1 + np.exp(-logits(model, images)[:, pixel]))
    return images


@dataclass(frozen=True)
class Mixture:
    """Templates: an image is sampled by choosing one, and then each of its pixels independently.

    weights: how often each template is chosen, (k,).   p: how likely each of its pixels is
    bright, (k, pixels), between 0 and 1.
    """

    weights: np.ndarray
    p: np.ndarray

    def log_joint(self, images: np.ndarray) -> np.ndarray:
        """The log probability of each image together with each template, in nats: (n, k)."""
        of_pixels = images @ np.log(self.p).T + (1 - images) @ np.log1p(-self.p).T
        return np.log(self.weights) + of_pixels

    def bits(self, images: np.ndarray) -> np.ndarray:
        """-log2 of the probability of each image: (n, pixels) -> (n,)."""
        return -np.logaddexp.reduce(self.log_joint(images), axis=1) / math.log(2)

    def samples(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """New images (count, pixels)."""
        chosen = self.p[rng.choice(len(self.weights), count, p=self.weights)]
        return (rng.random(chosen.shape) < chosen).astype(np.float32)


def fit_mixture(images: np.ndarray, count: int, prior: float, rounds: int = 20) -> Mixture:
    """`count` templates for these images by expectation maximisation, from random images.

    prior: as if each template had so many more images, all of them equal to the mean image.
    Source: Bishop 2006, "Pattern recognition and machine learning", section 9.3.3.
    """
    mean = (images.sum(axis=0) + 0.5) / (len(images) + 1)
    chosen = np.random.default_rng(0).choice(len(images), count, replace=False)
    found = Mixture(np.full(count, 1 / count, np.float32), (images[chosen] + mean) / 2)
    for _ in range(rounds):
        joint = found.log_joint(images)
        belongs = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))  # (n, k)
        size = belongs.sum(axis=0)
        p = (belongs.T @ images + prior * mean) / (size[:, None] + prior)
        weights = (size + 1) / (len(images) + count)
        found = Mixture(weights, p.clip(1e-6, 1 - 1e-6))  # never certain
    return found


{% include "checkpoints.py" %}


def scores() -> dict[int, float]:
    """{seed: bits per test image} of every saved checkpoint."""
    test = load()[2]
    return {seed: score(restore(seed), test) for seed in saved()}
