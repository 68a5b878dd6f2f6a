"""The metric: the notebook reports it, and the check computes it again from here.

Make it yours: change `score` to your metric. `scores` must keep its promise, {seed: score} from
the saved checkpoints and the test data alone.
"""

from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import Tensor, nn

from data import Part, load
from model import network

CHECKPOINTS = Path(__file__).with_name("checkpoints")


def predict(model: nn.Module, image: np.ndarray) -> np.ndarray:
    """Which pixels belong to a nucleus: (rows, columns) -> bool of that shape."""
    model.eval()  # batch norm with the averages of the training
    with engine.no_grad():
        logits = model(Tensor(image[None, None])).numpy()[0, 0]
    model.train()
    return logits > 0


def iou(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union: of the pixels in either mask, the fraction that is in both.

    Two empty masks agree.
    """
    either = (found | truth).sum()
    return float((found & truth).sum() / either) if either else 1.0


def score(model: nn.Module, part: Part) -> float:
    """IoU of the nuclei, class 1, over all rows of a part."""
    return iou(predict(model, part.image), part.mask)


def otsu(pixels: np.ndarray) -> float:
    """The threshold that maximises the variance between the two groups.

    It needs no mask. Source: Otsu 1979, "A threshold selection method from gray-level histograms".
    """
    values = np.sort(pixels, axis=None).astype(np.float64)
    low = np.arange(1, len(values)) / len(values)  # fraction of the darker group, for each cut
    below = values.cumsum()[:-1] / len(values)
    between = (values.mean() * low - below) ** 2 / (low * (1 - low))
    return float(values[between.argmax()])


{% include "checkpoints.py" %}


def scores() -> dict[int, float]:
    """{seed: IoU on the test rows} of every saved checkpoint."""
    test = load()[2]
    return {seed: score(restore(seed), test) for seed in saved()}
