"""Callbacks: small objects that `train` calls at its events, and that record, stop, clip or save.

Each does one thing, and none depends on another. Those with a state have `state_dict` and
`load_state_dict`, so that they can be parts of a checkpoint, like the model itself:

    history = History(lambda: evaluate(model, validation, {"accuracy": accuracy}))
    stopping = EarlyStopping(model, lambda: history.rows[-1]["accuracy"], mode="max")
    saving = Checkpoints("run.safetensors", every=100, model=model, optimizer=optimizer,
                         batches=batches, progress=progress, history=history, stopping=stopping)
    saving.resume()
    train(model, batches, loss, optimizer, 20, [history, stopping, saving], progress)

They are called in the order of the list: one that reads what another writes comes after it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.nn.module import Module
from undergrad.engine.optim.clip import clip_grad_norm_, clip_grad_value_
from undergrad.engine.training import checkpoint
from undergrad.engine.training.train import Progress


class History:
    """One row per epoch: "epoch", "step", "loss" (the mean of its steps), and what is measured.

    Arguments:
        measure: called at the end of each epoch; its numbers are added to the row.

    Examples:
        >>> history = History(lambda: {"accuracy": 0.9})
        >>> history.on_epoch(Progress(step=2, epoch=1, losses=[3.0, 1.0]))
        >>> history.rows
        [{'epoch': 1, 'step': 2, 'loss': 2.0, 'accuracy': 0.9}]
        >>> history.column("accuracy")
        [0.9]
    """

    def __init__(self, measure: Callable[[], Mapping[str, float]] | None = None) -> None:
        self.measure = measure
        self.rows: list[dict[str, float]] = []

    def on_epoch(self, progress: Progress) -> None:
        before = int(self.rows[-1]["step"]) if self.rows else 0
        losses = progress.losses[before : progress.step]
        row = {"epoch": progress.epoch, "step": progress.step, "loss": float(np.mean(losses))}
        self.rows.append({**row, **(self.measure() if self.measure else {})})

    def column(self, name: str) -> list[float]:
        """One number per epoch."""
        return [row[name] for row in self.rows]

    def state_dict(self) -> dict[str, Any]:
        return {"rows": [dict(row) for row in self.rows]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.rows = [dict(row) for row in state["rows"]]

    def __repr__(self) -> str:
        last = ", ".join(f"{k}={v:.4g}" for k, v in self.rows[-1].items()) if self.rows else ""
        return f"History({len(self.rows)} epochs{'; ' + last if last else ''})"


class EarlyStopping:
    """End when the measure has not improved for some epochs, and put the best weights back.

    Arguments:
        model: whose weights to keep and restore.
        measure: called at the end of each epoch, for example a loss on the validation set.
        patience: how many epochs without improvement to wait.
        mode: "min" when less is better, "max" when more is.
        min_delta: how much better counts as an improvement.

    The best weights are restored when training ends, also when it ends for another reason.
    """

    def __init__(
        self,
        model: Module,
        measure: Callable[[], float],
        patience: int = 5,
        mode: Literal["min", "max"] = "min",
        min_delta: float = 0.0,
    ) -> None:
        if patience < 1 or min_delta < 0 or mode not in ("min", "max"):
            raise ValueError(
                "EarlyStopping needs patience >= 1, min_delta >= 0 and mode 'min' or 'max', not "
                f"patience={patience}, min_delta={min_delta}, mode={mode!r}"
            )
        self.model, self.measure = model, measure
        self.patience, self.mode, self.min_delta = patience, mode, min_delta
        self.best, self.best_epoch, self.waited = math.nan, 0, 0  # nan: nothing measured yet
        self._weights: dict[str, Array] = {}

    def on_epoch(self, progress: Progress) -> None:
        value = float(self.measure())
        if self._improves(value):
            self.best, self.best_epoch, self.waited = value, progress.epoch, 0
            self._weights = self.model.state_dict()
        else:
            self.waited += 1
            progress.stop = progress.stop or self.waited >= self.patience

    def on_end(self, progress: Progress) -> None:
        if self._weights:
            self.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        record = {"best": self.best, "best_epoch": self.best_epoch, "waited": self.waited}
        return {**record, "weights": self._weights}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self.waited, self._weights = state["waited"], dict(state["weights"])

    def _improves(self, value: float) -> bool:
        if math.isnan(self.best):
            return not math.isnan(value)
        gain = self.best - value if self.mode == "min" else value - self.best
        return gain > self.min_delta

    def __repr__(self) -> str:
        return (
            f"EarlyStopping(patience={self.patience}, mode={self.mode!r}, "
            f"best={self.best:.4g} in epoch {self.best_epoch}, waited={self.waited})"
        )


class ClipGradients:
    """Clip large gradients before each step: by their joint norm, by value, or by both.

    Arguments:
        max_norm: the joint norm of all gradients is at most this; their direction stays.
        max_value: after that, each number is clipped to between -max_value and max_value.
    """

    def __init__(
        self, model: Module, max_norm: float | None = None, max_value: float | None = None
    ) -> None:
        if max_norm is None and max_value is None:
            raise ValueError("ClipGradients needs max_norm, or max_value, or both")
        self.model, self.max_norm, self.max_value = model, max_norm, max_value

    def on_gradients(self, progress: Progress) -> None:
        if self.max_norm is not None:
            clip_grad_norm_(self.model.parameters(), self.max_norm)
        if self.max_value is not None:
            clip_grad_value_(self.model.parameters(), self.max_value)

    def __repr__(self) -> str:
        return f"ClipGradients(max_norm={self.max_norm}, max_value={self.max_value})"


class Scheduled:
    """Advance a learning rate schedule, after each step or after each epoch.

    Arguments:
        measure: called for the number that a schedule such as `ReduceLROnPlateau` needs.
    """

    def __init__(
        self,
        schedule: Any,  # has step(), or step(measured)
        each: Literal["step", "epoch"] = "epoch",
        measure: Callable[[], float] | None = None,
    ) -> None:
        if each not in ("step", "epoch"):
            raise ValueError(f"Scheduled: each must be 'step' or 'epoch', not {each!r}")
        self.schedule, self.each, self.measure = schedule, each, measure

    def on_step(self, progress: Progress) -> None:
        if self.each == "step":
            self._advance()

    def on_epoch(self, progress: Progress) -> None:
        if self.each == "epoch":
            self._advance()

    def _advance(self) -> None:
        self.schedule.step(*([self.measure()] if self.measure else []))

    def __repr__(self) -> str:
        return f"Scheduled({type(self.schedule).__name__}, each={self.each!r})"


class ExponentialMovingAverage:
    """Average the weights over the last steps, and end the run with the averages.

    After each step, average <- decay average + (1 - decay) weight. Early on the weights still move
    far, so that the decay of step t is at most (1 + t) / (10 + t), as in TensorFlow. The weights
    that are trained are not changed before the last epoch has ended.

    Arguments:
        model: whose weights to average; it holds the averages after the last epoch.
        decay: 0.999 averages over about a thousand steps.
    """

    def __init__(self, model: Module, decay: float = 0.999) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"ExponentialMovingAverage: decay must be in [0, 1), not {decay}")
        self.model, self.decay = model, decay
        self.average = model.state_dict()

    def on_step(self, progress: Progress) -> None:
        decay = min(self.decay, (1 + progress.step) / (10 + progress.step))
        for name, weight in self.model.state_dict().items():
            self.average[name] = (decay * self.average[name] + (1 - decay) * weight).astype(
                weight.dtype
            )

    def on_end(self, progress: Progress) -> None:
        if progress.epoch >= progress.epochs:
            self.model.load_state_dict(self.average)

    def state_dict(self) -> dict[str, Any]:
        return dict(self.average)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.average = dict(state)

    def __repr__(self) -> str:
        return f"ExponentialMovingAverage(decay={self.decay})"


class Checkpoints:
    """Save all parts every so many steps, and resume from there later, bit for bit.

    Put it last in the list of callbacks, so that it saves what the others did in that step.

    Arguments:
        path: the file. It is replaced in one step: a crash while saving leaves the older one.
        every: steps between two saves.
        parts: what the run consists of, by name: the model, the optimizer, the loader, the
            progress, callbacks with a state, and each random generator that is drawn from
            and that the loader does not own (for dropout or augmentation: `rng=...`).
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        every: int = 100,
        **parts: checkpoint.Stateful | np.random.Generator,
    ) -> None:
        if every < 1:
            raise ValueError(f"Checkpoints: every must be at least 1 step, and is {every}")
        if not isinstance(parts.get("progress"), Progress):
            raise ValueError("Checkpoints: progress=Progress() must be among the parts")
        self.path, self.every, self.parts = Path(path), every, parts

    def on_step(self, progress: Progress) -> None:
        if progress.step % self.every == 0:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            checkpoint.save(self.path, extra=None, **self.parts)

    def resume(self) -> bool:
        """Put all parts into the saved state; False when nothing was saved yet.

        Raises CheckpointError when the file does not fit these parts.
        """
        for unfinished in self.path.parent.glob(f"{self.path.name}.*.part"):
            unfinished.unlink()  # what a killed process left
        if not self.path.exists():
            return False
        checkpoint.load(self.path, **self.parts)
        return True

    def __repr__(self) -> str:
        return (
            f"Checkpoints({str(self.path)!r}, every={self.every}, parts: {', '.join(self.parts)})"
        )
