"""The peers behind one face: our engine and PyTorch, so that each workload is written only once.

PyTorch comes in several settings. "eager" is what a beginner writes; "fused" has the fast form of
Adam, "channels last" the layout that its convolutions like best, and "compiled" `torch.compile`.
Ours has one, and on two threads two more: "halves", where each thread takes half of the batch, and
"bands", where the threads share large operations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
HALVES, BANDS = "halves", "bands"


@dataclass(frozen=True)
class Library:
    """nn: the module of layers.   given: an array, as the library likes it.   placed: a network,
    likewise.   adam: the optimiser of some parameters.   backward: the gradients of a loss of a
    batch.   free: no graph inside, in a training step; deciding: the same where nothing is trained.
    compiled: a function, compiled if the setting asks for it."""

    nn: Any
    given: Callable[[Array], Any]
    placed: Callable[[Any], Any]
    adam: Callable[[Any], Any]
    backward: Callable[[Callable[..., Any], Sequence[Any]], object]
    free: Callable[[], AbstractContextManager[Any]]
    deciding: Callable[[], AbstractContextManager[Any]]
    compiled: Callable[[Callable[..., Any]], Callable[..., Any]]


def library(name: str, setting: str) -> Library:
    """The library "ours" or "torch" in one of its settings."""
    return ours(setting) if name == "ours" else torch(setting)


def ours(setting: str = "") -> Library:
    from undergrad.engine import Tensor, nn, no_grad, optim, parallel, threads

    def given(array: Array) -> Any:
        return Tensor(array) if array.dtype == np.float32 else array

    def in_halves(loss: Callable[..., Any], batch: Sequence[Any]) -> object:
        return parallel.backward(loss, batch, threads=2)

    def in_bands(loss: Callable[..., Any], batch: Sequence[Any]) -> object:
        with threads(2):
            return whole(loss, batch)

    backward = {HALVES: in_halves, BANDS: in_bands}.get(setting, whole)
    return Library(nn, given, same, optim.Adam, backward, no_grad, no_grad, same)


def torch(setting: str) -> Library:
    import torch

    def placed(net: Any) -> Any:
        return net.to(memory_format=torch.channels_last) if last else net

    def given(array: Array) -> Any:
        x = torch.from_numpy(array)
        return x.to(memory_format=torch.channels_last) if last and x.ndim == 4 else x

    def adam(parameters: Any) -> Any:
        return torch.optim.Adam(parameters, fused=setting != "eager")

    last = setting == "channels last"
    compiled = torch.compile if setting == "compiled" else same
    free, deciding = torch.no_grad, torch.inference_mode
    return Library(torch.nn, given, placed, adam, whole, free, deciding, compiled)


def whole(loss: Callable[..., Any], batch: Sequence[Any]) -> object:
    """Forward and back with the whole batch."""
    return loss(*batch).backward()


def same(thing: Any) -> Any:
    return thing
