"""Training: one visible loop, with events at which callbacks may observe or act.

A callback is any object with methods named after events. Each receives the `Progress`:

    on_start      before the first step
    on_gradients  after the backward pass, before the optimiser's step: the place to clip
    on_step       after each step
    on_epoch      after each pass over the data
    on_end        after the last step
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array, reverse_topological_order
from undergrad.engine.grad_mode import no_grad
from undergrad.engine.nn.loss import Loss
from undergrad.engine.nn.module import Module
from undergrad.engine.optim.optimizer import Optimizer
from undergrad.engine.tensor import Tensor
from undergrad.engine.training.pieces import PieceLoss, is_sum, loss_of_piece, mean_of

LossFunction: TypeAlias = Callable[[Tensor, Any], Tensor]
Batch: TypeAlias = Sequence[Tensor | Array]
Forward: TypeAlias = Callable[[Module, LossFunction, Batch], Tensor]

EVENTS = ("on_start", "on_gradients", "on_step", "on_epoch", "on_end")


class LossError(RuntimeError):
    """The loss is no longer a finite number."""


@dataclass(repr=False)
class Progress:
    """How far the run is. A callback that sets `stop` ends it after the current step."""

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

    def __repr__(self) -> str:
        return f"Progress(step={self.step}, epoch={self.epoch}/{self.epochs}, loss={self.loss:.4g})"


def whole_batch(model: Module, loss: LossFunction, batch: Batch) -> Tensor:
    """The forward pass of a batch, all at once; see `train(forward=...)` for others."""
    *inputs, target = batch
    output = model(*inputs)
    return loss(output, target)


def train(
    model: Module,
    batches: Iterable[Batch],
    loss: LossFunction,
    optimizer: Optimizer,
    epochs: int,
    callbacks: Sequence[object] = (),
    progress: Progress | None = None,
    forward: Forward = whole_batch,
) -> Progress:
    """Lower the `loss` of the `model` on the `batches`, for a number of epochs.

    Arguments:
        batches: iterated once per epoch, so a list or a loader, and a generator for one epoch only;
            each batch is the model's inputs, and last the target.
        loss: called with the model's output and the target; a mean over the examples.
        progress: where to resume from, after `checkpoint.load`.
        forward: computes the loss of a batch. `parallel.accumulate(4)` cuts the batch into four
            pieces that go through the model one after the other, to save memory;
            `parallel.data_parallel(2)` works on two pieces at once, to save time.

    Raises ValueError when an epoch has no batches, and LossError, a RuntimeError, at the first loss
    that is not finite, with the step and the first tensor that is not finite.

    Examples:
        >>> from undergrad.engine.data import DataLoader, TensorDataset
        >>> x = np.linspace(-1, 1, 20, dtype=np.float32).reshape(-1, 1)
        >>> batches = DataLoader(TensorDataset(x, 2 * x + 1), batch_size=5, shuffle=True, rng=0)
        >>> model = nn.Linear(1, 1, rng=0)
        >>> sgd = optim.SGD(model.parameters(), lr=0.1)
        >>> train(model, batches, nn.MSELoss(), sgd, epochs=50).step
        200
        >>> round(model.weight.item(), 3), round(model.bias.item(), 3)
        (2.0, 1.0)
    """
    progress = progress or Progress()
    progress.epochs = epochs
    _check_epochs(batches, epochs, epochs - progress.epoch)
    notify = _notifier(callbacks, progress)
    notify("on_start")
    rest_of_epoch = progress.step > 0  # which may have no batches left, when the run is resumed
    while progress.epoch < epochs and not progress.stop:
        before = progress.step
        for batch in batches:
            optimizer.zero_grad()
            value = forward(model, loss, batch)
            progress.loss = _finite(value, model, progress.step)
            value.backward()
            notify("on_gradients")
            optimizer.step()
            progress.step += 1
            progress.losses.append(progress.loss)
            notify("on_step")
            if progress.stop:
                break
        else:
            if progress.step == before and not rest_of_epoch:
                raise _no_batches(progress)
            rest_of_epoch = False
            progress.epoch += 1
            notify("on_epoch")
    notify("on_end")
    return progress


@no_grad()
def evaluate(
    model: Module,
    batches: Iterable[Batch],
    measures: Mapping[str, Callable[[Tensor, Any], Tensor | float]],
) -> dict[str, float]:
    """Each measure of all examples together, with the model in evaluation mode meanwhile.

    The result does not depend on the size of the batches. The losses of `nn` are added up batch by
    batch and divided by their joint count, which leaves out what they ignore. Any other function is
    called once, with the outputs and the targets of all batches.

    Arguments:
        batches: each batch is the model's inputs, and last the target.
        measures: by name, functions of the output and the target that give one number: a loss,
            `metrics.accuracy`, `metrics.perplexity` ...

    Examples:
        >>> from undergrad.engine.data import DataLoader, TensorDataset
        >>> x = np.arange(5, dtype=np.float32)
        >>> batches = DataLoader(TensorDataset(x, x + 1), batch_size=2)
        >>> evaluate(nn.Identity(), batches, {"loss": nn.L1Loss()})
        {'loss': 1.0}
    """
    losses = {name: f for name, f in measures.items() if isinstance(f, Loss)}
    pieces: dict[str, list[PieceLoss]] = {name: [] for name in losses}
    outputs, targets, examples = [], [], 0
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        for *inputs, target in batches:
            out = model(*inputs)
            examples += len(target)
            for name, loss in losses.items():
                piece, _ = loss_of_piece(loss, (out, target), len(target), is_sum(loss))
                pieces[name].append(piece)
            if len(losses) < len(measures):
                outputs.append(out)
                targets.append(target)
    finally:
        for module, training in modes:
            module.training = training
    if not examples:
        raise ValueError("evaluate: there are no examples to measure")
    whole = (_joined(outputs), _joined(targets)) if outputs else ()
    return {
        name: mean_of(pieces[name]) if name in pieces else float(measure(*whole))
        for name, measure in measures.items()
    }


def _joined(parts: list[Any]) -> Any:
    """The outputs, or the targets, of all batches as one."""
    if isinstance(parts[0], tuple | list):
        return type(parts[0])(_joined(list(column)) for column in zip(*parts, strict=True))
    arrays = [part.data if isinstance(part, Tensor) else np.asarray(part) for part in parts]
    if len({array.shape[1:] for array in arrays}) > 1:
        raise ValueError(
            f"evaluate: batches of shapes {arrays[0].shape} and {arrays[-1].shape} cannot be "
            "joined for a measure of all examples; pad them to one shape"
        )
    whole = np.concatenate(arrays)
    return Tensor(whole) if isinstance(parts[0], Tensor) else whole


def _check_epochs(batches: Iterable[Batch], epochs: int, left: int) -> None:
    if epochs < 0:
        raise ValueError(f"train: epochs must not be negative, and is {epochs}")
    if left > 1 and iter(batches) is batches:
        raise ValueError(
            f"train: batches is an iterator, which can be read only once, and {left} epochs are "
            "to be trained; give it a list of batches or a DataLoader"
        )


def _no_batches(progress: Progress) -> ValueError:
    return ValueError(
        f"train: there are no batches in epoch {progress.epoch + 1}, so nothing was trained; is "
        "the data empty, or was it an iterator that had been read already?"
    )


def _notifier(callbacks: Sequence[object], progress: Progress) -> Callable[[str], None]:
    """A function that calls the method named after an event, of every callback that has it."""
    for callback in callbacks:
        for name in dir(callback):
            if name.startswith("on_") and name not in EVENTS:
                raise ValueError(f"no event is called {name}; there are {', '.join(EVENTS)}")
    methods = {
        event: [getattr(c, event) for c in callbacks if hasattr(c, event)] for event in EVENTS
    }

    def notify(event: str) -> None:
        for method in methods[event]:
            method(progress)

    return notify


def _finite(value: Tensor, model: Module, step: int) -> float:
    """The loss as a number. LossError when it is not finite, with where that shows first."""
    if value.size != 1:
        raise ValueError(
            f"the loss has shape {value.shape}, and must be one number: use reduction='mean'"
        )
    number = value.item()
    if not math.isfinite(number):
        raise LossError(
            f"the loss is {number} at step {step}; {_first_not_finite(value, model)}; "
            "a smaller learning rate or clipped gradients are the usual cures"
        )
    return number


def _first_not_finite(loss: Tensor, model: Module) -> str:
    """The first tensor that is not finite, in the order of the calculation."""
    names = {id(p): f"parameter {name}" for name, p in model.named_parameters()}
    for result in reversed(reverse_topological_order(loss)):
        for parent in result._parents:
            if parent._vjp is None and not np.isfinite(parent.data).all():
                return f"first not finite: {names.get(id(parent), 'the data of the batch')}"
        if not np.isfinite(result.data).all():
            return f"first not finite: the result of {result.op}, shape {result.shape}"
    return "all that was computed before it is finite"
