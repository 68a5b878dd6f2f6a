"""What a person would try before a network: a threshold on colour, and a classifier of pixels.

The classifier is a logistic regression on 19 numbers per pixel that are known to work for texture,
with their squares and products. It sees as far around a pixel as the widest mean, and has no
feature that was learned.
"""

import numpy as np

from data import Part
from evaluate import iou

RADII = (1, 2, 4, 8)  # of the square neighbourhoods, in pixels


def mean_around(x: np.ndarray, radius: int) -> np.ndarray:
    """The mean of the (2 radius + 1)² pixels around each: (n, h, w) -> (n, h, w).

    By sums from the corner, so that the size does not matter; the edge is repeated outside.
    """
    width = 2 * radius + 1
    padded = np.pad(x.astype(np.float64), ((0, 0), (radius, radius), (radius, radius)), "edge")
    total = np.pad(padded, ((0, 0), (1, 0), (1, 0))).cumsum(axis=1).cumsum(axis=2)
    box = total[:, width:] - total[:, :-width]
    return (box[:, :, width:] - box[:, :, :-width]) / width**2


def indices(images: np.ndarray) -> dict[str, np.ndarray]:
    """Single numbers per pixel that a threshold could be put on: (n, 3, h, w) -> (n, h, w) each.

    Means over 5 by 5 pixels, since single pixels are noisy.
    """
    red, green, blue = (mean_around(each, 2) for each in images.transpose(1, 0, 2, 3))
    return {
        "darkness": -(red + green + blue),
        "green over red": green - red,
        "blue over red": blue - red,
    }


def best_threshold(values: np.ndarray, part: Part) -> float:
    """The threshold above which a pixel is best called crown, by the IoU on a part."""
    cuts = np.quantile(values[part.known], np.linspace(0.02, 0.98, 97))
    return float(max(cuts, key=lambda cut: iou(values > cut, part)))


def numbers(images: np.ndarray) -> np.ndarray:
    """(n, 3, h, w) -> (n, h, w, 19): the colours, their means and the roughness around.

    The means are those at four radii, and the roughness is the standard deviation of the brightness
    at the same radii.
    """
    colours = [*images.transpose(1, 0, 2, 3)]
    grey = np.mean(colours, axis=0)
    found = [*colours, *(mean_around(each, radius) for radius in RADII for each in colours)]
    for radius in RADII:
        variance = mean_around(grey**2, radius) - mean_around(grey, radius) ** 2
        found.append(np.sqrt(np.maximum(variance, 0)))
    return np.stack(found, axis=-1).astype(np.float32)


def with_products(x: np.ndarray) -> np.ndarray:
    """(n, 19) -> (n, 210): all of them, their squares and products, and a 1 for the bias."""
    one, other = np.triu_indices(x.shape[1])
    return np.concatenate([x, x[:, one] * x[:, other], np.ones_like(x[:, :1])], axis=1)


class PixelClassifier:
    """Logistic regression on `numbers` with their products, and the best threshold on it.

    pixels: how many known ones of each tile it is fitted to, drawn at random.
    """

    def __init__(self, part: Part, pixels: int = 200, penalty: float = 1.0) -> None:
        rng, every = np.random.default_rng(0), numbers(part.images)
        chosen = [rng.choice(np.flatnonzero(known), pixels, replace=False) for known in part.known]
        places = list(zip(every, chosen, strict=True))
        rows = np.concatenate([x.reshape(-1, x.shape[-1])[i] for x, i in places])
        truth = np.concatenate([m.ravel()[i] for m, i in zip(part.crown, chosen, strict=True)])
        self.mean, self.std = rows.mean(axis=0), rows.std(axis=0)
        self.weights = newton(with_products((rows - self.mean) / self.std), truth, penalty)
        self.threshold = best_threshold(self.logits(part.images), part)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """(n, 3, h, w) -> (n, h, w), tile by tile, since the products take space."""
        standard = (numbers(images) - self.mean) / self.std
        rows = (with_products(x.reshape(-1, x.shape[-1])) @ self.weights for x in standard)
        return np.stack([*rows]).reshape(standard.shape[:3])

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Which pixels are crown: (n, h, w), bool."""
        return self.logits(images) > self.threshold


def newton(rows: np.ndarray, truth: np.ndarray, penalty: float, steps: int = 8) -> np.ndarray:
    """The weights of a logistic regression with an L2 penalty, which spares the last, the bias."""
    weights = np.zeros(rows.shape[1], rows.dtype)
    ridge = penalty * np.eye(len(weights))
    ridge[-1, -1] = 1e-6
    for _ in range(steps):
        p = 0.5 * (1 + np.tanh(0.5 * (rows @ weights)))
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + ridge
        weights += np.linalg.solve(curvature, rows.T @ (truth - p) - ridge @ weights)
    return weights
