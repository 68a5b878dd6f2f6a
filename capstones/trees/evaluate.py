"""The metric: the notebook reports it, and the check computes it again from here.

Only the evaluation uses the test tiles and those from elsewhere.
"""

from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import Tensor, nn

from data import Part, load
from model import network

CHECKPOINTS = Path(__file__).with_name("checkpoints")


def predict(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """Which pixels are crown: images (n, 3, h, w) -> (n, h, w), bool."""
    model.eval()  # batch norm with the averages of the training
    with engine.no_grad():
        logits = model(Tensor(images)).numpy()[:, 0]
    model.train()
    return logits > 0


def iou(found: np.ndarray, part: Part, chosen: np.ndarray | slice = slice(None)) -> float:
    """Intersection over union of the crowns, over the known pixels of all tiles together.

    found: (n, 64, 64), bool.   chosen: numbers of tiles, with repetitions for a bootstrap.
    """
    overlap, union = counts(found, part)
    return float(overlap[chosen].sum() / max(1, union[chosen].sum()))


def counts(found: np.ndarray, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """For each tile, how many known pixels are in both masks, and in either: (n,) and (n,)."""
    pairs = found & part.crown, (found | part.crown) & part.known
    overlap, union = (each.sum(axis=(1, 2)) for each in pairs)
    return overlap, union


def score(model: nn.Module, part: Part) -> float:
    """IoU of the crowns that a network finds."""
    return iou(predict(model, part.images), part)


def interval(found: np.ndarray, part: Part, other: np.ndarray | None = None) -> tuple[float, float]:
    """The 95% interval over tiles of an IoU, or of its difference to that of `other`.

    A bootstrap that draws whole tiles, because the pixels of a tile are not independent.
    """
    rng = np.random.default_rng(0)
    draws = rng.integers(len(part), size=(1000, len(part)))
    values = [
        iou(found, part, draw) - (0 if other is None else iou(other, part, draw)) for draw in draws
    ]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def checkpoint(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(model: nn.Module, seed: int) -> None:
    """Keep the weights of a trained network."""
    CHECKPOINTS.mkdir(exist_ok=True)
    engine.save(checkpoint(seed), model=model)


def restore(seed: int) -> nn.Module:
    """The trained network of a seed, as `save` left it."""
    model = network(seed)
    engine.load(checkpoint(seed), model=model)
    return model


def saved() -> list[int]:
    """The seeds whose networks are saved."""
    return sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))


def scores() -> dict[int, float]:
    """{seed: IoU on the test tiles} of every saved network."""
    test = load()["test"]
    return {seed: score(restore(seed), test) for seed in saved()}
