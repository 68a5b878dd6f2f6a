"""Training: one loop, written out, with places where callbacks may look or act.

A callback is any object with methods named after events. Each receives the `Progress`:

    on_start      before the first step
    on_gradients  after the backward pass, before the optimiser's step: the place to clip
    on_step       after each step
    on_epoch      after each pass over the data
    on_end        when it is over
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from undergrad.engine.autograd import Array, newest_first
from undergrad.engine.nn.module import Module
from undergrad.engine.optim.optimizer import Optimizer
from undergrad.engine.tensor import Tensor

EVENTS = ("on_start", "on_gradients", "on_step", "on_epoch", "on_end")


@dataclass
class Progress:
    """How far a training is. A callback that sets `stop` ends it after the current step."""

    step: int = 0  # steps done
    epoch: int = 0  # epochs done
    epochs: int = 0  # epochs to do
    loss: float = math.nan  # of the last step
    losses: list[float] = field(default_factory=list)  # of all steps
    stop: bool = False

    def state_dict(self) -> dict[str, Any]:
        return asdict(self)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        for name in asdict(self):
            setattr(self, name, state[name])


def train(
    model: Module,
    batches: Iterable[Sequence[Tensor | Array]],
    loss: Callable[[Tensor, Any], Tensor],
    optimizer: Optimizer,
    epochs: int,
    callbacks: Sequence[object] = (),
    progress: Progress | None = None,
) -> Progress:
    """Lower the `loss` of the `model` on the `batches`, for a number of epochs.

    Arguments:
        batches: iterated once an epoch; each batch is the model's inputs, and last the target.
        loss: called with the model's output and the target.
        progress: where to go on from, after `checkpoint.load`.

    Raises RuntimeError at the first loss that is not finite, with the step and the first tensor
    in which the trouble shows.
    """
    progress = progress or Progress()
    progress.epochs = epochs
    tell = _teller(callbacks, progress)
    tell("on_start")
    while progress.epoch < epochs and not progress.stop:
        for *inputs, target in batches:
            optimizer.zero_grad()
            value = loss(model(*inputs), target)
            progress.loss = value.item()
            _check_finite(value, model, progress.step)
            value.backward()
            tell("on_gradients")
            optimizer.step()
            progress.step += 1
            progress.losses.append(progress.loss)
            tell("on_step")
            if progress.stop:
                break
        else:
            progress.epoch += 1
            tell("on_epoch")
    tell("on_end")
    return progress


def _teller(callbacks: Sequence[object], progress: Progress) -> Callable[[str], None]:
    """A function that calls the method named after an event, of every callback that has it."""
    for callback in callbacks:
        for name in dir(callback):
            if name.startswith("on_") and name not in EVENTS:
                raise ValueError(f"no event is called {name}; there are {', '.join(EVENTS)}")
    methods = {
        event: [getattr(c, event) for c in callbacks if hasattr(c, event)] for event in EVENTS
    }

    def tell(event: str) -> None:
        for method in methods[event]:
            method(progress)

    return tell


def _check_finite(loss: Tensor, model: Module, step: int) -> None:
    if not math.isfinite(loss.item()):
        raise RuntimeError(
            f"the loss is {loss.item()} at step {step}; {_first_trouble(loss, model)}; "
            "a smaller learning rate or clipped gradients are the usual cures"
        )


def _first_trouble(loss: Tensor, model: Module) -> str:
    """Which tensor was the first that is not finite, in the order of the calculation."""
    names = {id(p): f"parameter {name}" for name, p in model.named_parameters()}
    for result in reversed(newest_first(loss)):
        for parent in result._parents:
            if parent._vjp is None and not np.isfinite(parent.data).all():
                return f"first not finite: {names.get(id(parent), 'the data of the batch')}"
        if not np.isfinite(result.data).all():
            return f"first not finite: the result of {result.op}, shape {result.shape}"
    return "all that was computed before it is finite"
