"""Whatever a learner prints says what it is: no `<object at 0x...>` anywhere in the engine."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

from undergrad import datasets, engine
from undergrad.engine import Progress, Tensor, nn, no_grad, optim
from undergrad.engine.data import (
    DataLoader,
    Subset,
    TensorDataset,
    transforms,
)
from undergrad.engine.tools.lr_finder import LRRangeTest
from undergrad.engine.training.callbacks import (
    Checkpoints,
    ClipGradients,
    EarlyStopping,
    History,
    Scheduled,
)
from undergrad.engine.training.json_log import JsonLog

CLASSES = sorted(
    {
        member
        for package in (engine, datasets)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for member in vars(importlib.import_module(module.name)).values()
        if inspect.isclass(member) and member.__module__ == module.name
        if not member.__name__.startswith("_") and not getattr(member, "_is_protocol", False)
    },
    key=lambda kind: (kind.__module__, kind.__qualname__),
)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_public_class_has_a_repr(kind):
    assert kind.__repr__ is not object.__repr__


MODEL = nn.Sequential(nn.Linear(2, 1), nn.ReLU())
DATA = TensorDataset(np.zeros((10, 2), np.float32), np.arange(10))
SHOWN = [
    (Tensor([1.0]), "tensor([1.])"),
    (no_grad(), "no_grad()"),
    (nn.MSELoss(), "MSELoss(reduction='mean')"),
    (nn.HuberLoss(delta=2.0), "HuberLoss(reduction='mean', delta=2.0)"),
    (nn.ReLU(), "ReLU()"),
    (DATA, "TensorDataset(10 examples of float32(2,), int64())"),
    (Subset(DATA, [1, 2]), f"Subset(2 of {DATA!r})"),
    (DataLoader(DATA, 4), f"DataLoader({DATA!r}, batch_size=4, shuffle=False): 3 batches"),
    (transforms.Normalize(0.5, 2), "Normalize(mean=0.5, std=2)"),
    (transforms.RandomErase(3), "RandomErase(size=3, p=0.5)"),
    (transforms.RandomFlip(), "RandomFlip(p=0.5)"),
    (datasets.Vocabulary("abba"), "Vocabulary(2 characters: 'ab')"),
    (datasets.Windows([1, 2, 3], 2), "Windows(1 of length 2 over 3 numbers)"),
    (datasets.shape_scenes(1, most=1, rng=0), "Scenes(1 images of 64 x 64 pixels with 1 shapes)"),
    (Progress(step=3, epoch=1, epochs=2, loss=0.5), "Progress(step=3, epoch=1/2, loss=0.5)"),
    (History(), "History(0 epochs)"),
    (
        EarlyStopping(MODEL, float),
        "EarlyStopping(patience=5, mode='min', best=nan in epoch 0, waited=0)",
    ),
    (ClipGradients(MODEL, 1.0), "ClipGradients(max_norm=1.0, max_value=None)"),
    (Scheduled(DATA, "step"), "Scheduled(TensorDataset, each='step')"),
    (
        Checkpoints("a", 5, model=MODEL, progress=Progress()),
        "Checkpoints('a', every=5, parts: model, progress)",
    ),
    (JsonLog("log.jsonl"), "JsonLog('log.jsonl', every=1)"),
    (
        LRRangeTest((0.1, 1.0), (2.0, 1.0), 0.3),
        "LRRangeTest(2 rates from 0.1 to 1, suggestion=0.3)",
    ),
]


@pytest.mark.parametrize(("thing", "shown"), SHOWN, ids=lambda part: str(part)[:12])
def test_it_says_what_it_is(thing, shown):
    assert repr(thing) == shown


def test_an_optimizer_shows_each_group():
    groups = [{"params": [MODEL[0].weight], "lr": 0.5}, {"params": [MODEL[0].bias]}]
    first, second = repr(optim.SGD(groups, lr=0.1)).splitlines()
    assert first.startswith("SGD(2 numbers in 1 tensors; lr=0.5, momentum=0.0")
    assert second.startswith("SGD(1 numbers in 1 tensors; lr=0.1")


def test_no_repr_shows_more_than_a_screen():
    progress = Progress(losses=[0.5] * 100_000)
    assert len(repr(progress)) < 200
