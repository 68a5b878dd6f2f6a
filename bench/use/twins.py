"""Presets in PyTorch: the same network, loss, optimiser, learning rates, batches and epochs.

Ours gives the examples, the starting weights and the learning rate of every step, and judges the
trained ones. A minibatch is taken from whole tensors by its indices, which is several times as fast
as PyTorch's loader of examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.use.networks import TWINS
from undergrad.supervised.language import RandomSequences
from undergrad.supervised.preset import Experiment, Preset


def training(preset: Preset, experiment: Experiment, setting: str) -> Callable[[], None]:
    """Trains the network of the preset in PyTorch, and gives its weights to ours.

    setting: "eager"; "fused" for PyTorch's fast form of the optimiser; or "channels last", which
    is fused too and keeps images in the layout that suits its convolutions.
    """
    import torch

    ours, loss = experiment.model, TWINS[preset.name].loss
    layout = torch.channels_last if setting == "channels last" else torch.contiguous_format
    net = network_of(torch, preset, experiment).to(memory_format=layout)
    optimizer = optimizer_of(torch.optim, net, experiment, fused=setting != "eager")
    clipped = [
        (list(part_of(net, ours, callback.model).parameters()), callback.max_norm)
        for callback in experiment.callbacks
    ]
    rates, batches = learning_rates(experiment), batches_of(torch, experiment, layout)
    functional = torch.nn.functional

    def train() -> None:
        for rate, (x, y) in zip(rates, batches, strict=True):
            for group, each in zip(optimizer.param_groups, rate, strict=True):
                group["lr"] = each
            optimizer.zero_grad()
            loss(functional, preset.settings, net(x), y).backward()
            for parameters, norm in clipped:
                torch.nn.utils.clip_grad_norm_(parameters, norm)
            optimizer.step()
        ours.load_state_dict({name: w.numpy() for name, w in net.state_dict().items()})

    return train


def network_of(torch: Any, preset: Preset, experiment: Experiment) -> Any:
    """The network in PyTorch, with the weights of ours."""
    net = TWINS[preset.name].network(torch.nn, preset.settings, experiment.model)
    weights = experiment.model.state_dict()
    net.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return net


def optimizer_of(optim: Any, net: Any, experiment: Experiment, fused: bool) -> Any:
    """The optimiser of the same name, with the same groups of parameters and settings."""
    theirs = dict(net.named_parameters())
    names = {id(p): name for name, p in experiment.model.named_parameters()}
    groups = [
        {
            **{key: value for key, value in group.items() if key != "initial_lr"},
            "params": [theirs[names[id(p)]] for p in group["params"]],
        }
        for group in experiment.optimizer.param_groups
    ]
    return getattr(optim, type(experiment.optimizer).__name__)(groups, fused=fused)


def part_of(net: Any, ours: Any, part: Any) -> Any:
    """What in `net` carries the name that `part` has in our network."""
    (name,) = (name for name, module in ours.named_modules() if module is part)
    return net.get_submodule(name)


def learning_rates(experiment: Experiment) -> list[list[float]]:
    """That of every group of parameters, for each step."""
    rates = []
    for _ in range(experiment.steps):
        rates.append([group["lr"] for group in experiment.optimizer.param_groups])
        if experiment.scheduler:
            experiment.scheduler.step()
    return rates


def batches_of(torch: Any, experiment: Experiment, layout: Any) -> Iterator[tuple[Any, Any]]:
    """The minibatches of all epochs."""
    dataset, size = experiment.batches.dataset, experiment.batches.batch_size
    if isinstance(dataset, RandomSequences):
        text, positions = torch.from_numpy(dataset.numbers).long(), torch.arange(dataset.length)
        for _ in range(experiment.steps):
            starts = torch.randint(len(text) - dataset.length, (size, 1))
            yield text[starts + positions], text[starts + positions + 1]
        return
    x, y = map(torch.from_numpy, dataset.arrays)
    x = x.contiguous(memory_format=layout) if x.dim() == 4 else x
    y = y if y.is_floating_point() else y.long()
    for _ in range(experiment.epochs):
        for rows in torch.randperm(len(x)).split(size)[: len(experiment.batches)]:
            yield x[rows], y[rows]
