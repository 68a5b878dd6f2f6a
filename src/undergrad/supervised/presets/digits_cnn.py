"""Handwritten digits by convolution: the same small kernels at every position.

It reads the images of `digits` and is expected to do better: it need not learn at each position
again what a stroke is.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import nn, optim
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.tools.metrics import accuracy
from undergrad.engine.training.train import evaluate
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.preset import Experiment, Preset
from undergrad.supervised.presets.digits import judged, shifted, split_digits

_PASS = 0.98


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(15, at_least=1, doc="passes over the training set")
    channels: int = setting(24, at_least=1, at_most=10_000, doc="of the first convolution")
    batch_size: int = setting(64, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.005, above=0, doc="of AdamW; it decays to 0 along a cosine")
    weight_decay: float = setting(1e-3, at_least=0, doc="of AdamW")
    dropout: float = setting(0.3, at_least=0, below=1, doc="before the last layer")
    label_smoothing: float = setting(0.1, at_least=0, below=1, doc="of the cross-entropy")


def build(settings: Settings, seed: int) -> Experiment:
    """Two convolutions, a pooling and a third, on images of 8 x 8 pixels."""
    rng = np.random.default_rng(seed)
    images, labels, test_images, test_labels = split_digits(rng)
    pixels, test_pixels = shifted(images)[:, None], test_images[:, None]  # (n, 1, 8, 8)
    examples = TensorDataset(pixels, np.tile(labels, 5))
    batches = DataLoader(examples, settings.batch_size, shuffle=True, rng=rng)
    test = DataLoader(TensorDataset(test_pixels, test_labels), 500)
    model = network(settings.channels, settings.dropout, rng)
    optimizer = optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = settings.epochs * len(batches)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    return Experiment(
        model=model,
        batches=batches,
        loss=nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing),
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=lambda: evaluate(model, test, {"accuracy": accuracy}),
        judge=lambda: judged(model, test_pixels, test_images, test_labels, _PASS),
        rng=rng,
        scheduler=scheduler,
    )


def network(channels: int, dropout: float, rng: np.random.Generator) -> nn.Sequential:
    """(n, 1, 8, 8) pixels -> (n, 10) scores."""
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1, rng=rng),  # (n, channels, 8, 8)
        nn.ReLU(),
        nn.Conv2d(channels, 2 * channels, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, 2 channels, 4, 4)
        nn.Conv2d(2 * channels, 2 * channels, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(dropout, rng=rng),
        nn.Linear(2 * channels * 4 * 4, 10, rng=rng),
    )


PRESET = Preset(
    name="digits-cnn",
    title="Read handwritten digits by convolution",
    what=(
        "The digits of `digits` again, read by a network of three convolutions: small "
        "kernels that detect the same strokes at every position."
    ),
    pass_line=f"at least {_PASS:.0%} of about 360 test digits read correctly",
    metric="accuracy",
    settings=Settings(),
    build=build,
    seconds=10,
    megabytes=80,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 0 to 2 score 0.997, 0.997 and 0.994 (1, 1 and 2 "
        "digits misread); 8 s of processor time each"
    ),
    plots=("learning", "mistakes"),
)
