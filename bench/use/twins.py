"""Small presets in PyTorch: the same network, loss, optimiser, numbers of examples and epochs.

Ours gives the examples and the starting weights, and judges the trained ones. A minibatch is taken
from whole tensors by its indices, which is several times as fast as PyTorch's loader of examples.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.workloads import dense
from undergrad.supervised.preset import Experiment, Preset


def training(preset: Preset, experiment: Experiment, setting: str) -> Callable[[], None]:
    """Trains the network of the preset in PyTorch, and gives its weights to ours.

    setting: "eager", or "fused" for PyTorch's fast form of the optimiser.
    """
    import torch

    ours, settings = experiment.model, preset.settings
    net, loss = NETWORKS[preset.name](torch.nn, settings), loss_of(torch.nn, preset)
    net.load_state_dict({name: torch.from_numpy(w) for name, w in ours.state_dict().items()})
    optimizer = getattr(torch.optim, type(experiment.optimizer).__name__)(
        net.parameters(),
        lr=settings.learning_rate,
        weight_decay=getattr(settings, "weight_decay", 0.0),
        fused=setting == "fused",
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR
    scheduler = schedule(optimizer, experiment.steps) if experiment.scheduler else None
    x, y = (torch.from_numpy(array) for array in experiment.batches.dataset.arrays)
    y = y.long() if preset.metric == "accuracy" else y

    def train() -> None:
        for _ in range(experiment.epochs):
            for rows in torch.randperm(len(x)).split(experiment.batches.batch_size):
                optimizer.zero_grad()
                loss(net(x[rows]), y[rows]).backward()
                optimizer.step()
                if scheduler:
                    scheduler.step()
        ours.load_state_dict({name: w.numpy() for name, w in net.state_dict().items()})

    return train


def loss_of(nn: Any, preset: Preset) -> Any:
    """The mean squared error, or the cross-entropy where classes are told apart."""
    if preset.metric != "accuracy":
        return nn.MSELoss()
    return nn.CrossEntropyLoss(label_smoothing=getattr(preset.settings, "label_smoothing", 0.0))


def convolutions(nn: Any, channels: int, dropout: float) -> Any:
    """The network of `digits-cnn`."""
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(channels, 2 * channels, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(2 * channels, 2 * channels, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(2 * channels * 4 * 4, 10),
    )


NETWORKS: dict[str, Callable[[Any, Any], Any]] = {
    "celsius": lambda nn, settings: nn.Linear(1, 1),
    "moons": lambda nn, s: dense(nn, (2, s.hidden_size, s.hidden_size, 2)),
    "digits": lambda nn, s: dense(nn, (64, s.hidden_size, 10)),
    "digits-cnn": lambda nn, s: convolutions(nn, s.channels, s.dropout),
}
