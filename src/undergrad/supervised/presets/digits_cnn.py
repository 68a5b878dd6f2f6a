"""Handwritten digits by convolution: the same small windows of weights at every place.

It reads the images of `digits`, and is expected to do better: it need not learn anew what a stroke
is at each place.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import nn, optim
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.tools.metrics import accuracy
from undergrad.engine.training.callbacks import Scheduled
from undergrad.engine.training.train import evaluate
from undergrad.supervised import task
from undergrad.supervised.presets.digits import judged, moved, split_digits
from undergrad.supervised.task import Task, Training

_LINE = 0.98


@dataclass(frozen=True)
class Settings(task.Settings):
    epochs: int = 15
    channels: int = 24
    batch: int = 64
    learning_rate: float = 0.005
    weight_decay: float = 1e-3
    dropout: float = 0.3
    label_smoothing: float = 0.1


def build(settings: Settings, seed: int) -> Training:
    """Two convolutions, a pooling and a third, on images of 8 x 8 pixels."""
    rng = np.random.default_rng(seed)
    images, labels, new_images, new_labels = split_digits(rng)
    pictures, new_pictures = moved(images)[:, None], new_images[:, None]  # (n, 1, 8, 8)
    examples = TensorDataset(pictures, np.tile(labels, 5))
    batches = DataLoader(examples, settings.batch, shuffle=True, rng=rng)
    held_out = DataLoader(TensorDataset(new_pictures, new_labels), 500)
    model = network(settings.channels, settings.dropout, rng)
    optimizer = optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = settings.epochs * len(batches)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    return Training(
        model=model,
        batches=batches,
        loss=nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing),
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=lambda: evaluate(model, held_out, {"accuracy": accuracy}),
        judge=lambda: judged(model, new_pictures, new_images, new_labels, _LINE),
        rng=rng,
        callbacks=[Scheduled(schedule, each="step")],
        parts={"schedule": schedule},
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


TASK = Task(
    name="digits-cnn",
    title="Read handwritten digits by convolution",
    what=(
        "The digits of `digits` again, read by a network of three convolutions: small windows "
        "of weights that look for the same strokes at every place."
    ),
    line=f"at least {_LINE:.0%} of about 360 held-out digits read rightly",
    score="accuracy",
    settings=Settings(),
    build=build,
    seconds=15,
    megabytes=110,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 0-2 score 0.997 (1 digit misread); "
        "13 s of processor time each"
    ),
    pictures=("mistakes",),
)
