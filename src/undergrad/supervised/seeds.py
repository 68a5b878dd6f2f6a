"""One seed of a run: train it in its folder, judge it, draw what there is to see.

All that the training is made of is saved every so many steps, so one that was stopped, or killed,
goes on from there and ends with exactly the numbers of one that was not.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from undergrad import engine
from undergrad import run_folder as disk
from undergrad.engine.training.callbacks import Checkpoints, History
from undergrad.engine.training.json_log import JsonLog
from undergrad.engine.training.train import LossError, Progress, train
from undergrad.errors import UsageError
from undergrad.run_seeds import Record, Stop, Watch, unmeasured
from undergrad.runs.settings import as_dict
from undergrad.supervised import pictures
from undergrad.supervised.task import Outcome, Task, Training

_BETWEEN_SAVES = 3.0  # seconds, by the task's expected time
_FEWEST, _MOST = 5, 50  # saves in a whole training: each waits for the disk
_ROWS = 500  # of losses in the log
_TELLS, _LINES = 200, 10  # how often the loss, and the held-out measure, is told to who watches


def train_seed(task: Task, seed: int, run: Path, watch: Watch, stop: Stop) -> Record:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    Returns its entry for `run.json`; the verdict is None when `stop` came first.
    """
    folder = run / f"seed-{seed}"
    training, history, progress = task.training(seed), History(), Progress()
    history.measure = training.measure
    clock, identity = _Clock(), _Identity(task, seed, training)
    saving = Checkpoints(
        checkpoint_of(folder),
        _each(training, _saves(task)),
        identity=identity,
        clock=clock,
        progress=progress,
        history=history,
        **_parts(training),
    )
    callbacks = [
        *training.callbacks,
        history,
        JsonLog(folder / "log.jsonl", _each(training, _ROWS), history),
        _Telling(seed, training, history, watch),
        _Stopping(stop),
        saving,
    ]
    with disk.writing(folder), _one_sentence(seed):
        saving.resume()
        progress.stop = False  # it may have been saved because it was to stop
        train(
            training.model,
            training.batches,
            training.loss,
            training.optimizer,
            training.epochs,
            callbacks,
            progress,
        )
        engine.save(saving.path, extra=None, **saving.parts)
    if progress.epoch < training.epochs:
        return unmeasured(seed) | {"steps": progress.step}
    outcome = training.judge()
    pictures.draw(task, progress, history, outcome, folder)
    return _entry(seed, outcome, progress.step, clock.seconds)


def judge_seed(task: Task, seed: int, folder: Path) -> Outcome:
    """Judge the weights that the checkpoint of a seed holds. UsageError when that cannot be."""
    training = task.training(seed)
    path = checkpoint_of(folder)
    if not path.exists():
        raise UsageError(f"{folder} has no checkpoint yet; resume the run, or start a new one.")
    with _one_sentence(seed):
        identity = _Identity(task, seed, training)
        engine.load(path, identity=identity, model=training.model)
    return training.judge()


def checkpoint_of(folder: Path) -> Path:
    """Where a seed's training is saved."""
    return folder / "checkpoint.safetensors"


def _saves(task: Task) -> int:
    return min(_MOST, max(_FEWEST, int(task.seconds / _BETWEEN_SAVES)))


def _each(training: Training, times: int) -> int:
    """Every how many steps something happens that is to happen `times` times."""
    return max(1, training.steps // times)


def _parts(training: Training) -> dict[str, Any]:
    return {
        "model": training.model,
        "optimizer": training.optimizer,
        "batches": training.batches,
        "rng": training.rng,
        **training.parts,
    }


def _entry(seed: int, outcome: Outcome, steps: int, seconds: float) -> Record:
    return unmeasured(seed) | {
        "verdict": "pass" if outcome.passed else "fail",
        "score": round(outcome.score, 4),
        "steps": steps,
        "seconds": round(seconds, 2),
        "summary": outcome.summary,
    }


class _one_sentence:
    """Trouble that a person can meet, as one sentence."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, engine.CheckpointError):
            raise UsageError(
                f"The checkpoint cannot be used: {error}. Start a new run, or put back what "
                "changed."
            ) from error
        if isinstance(error, LossError):
            raise UsageError(f"The training of seed {self._seed} broke off: {error}.") from error


class _Clock:
    """Seconds of training, counted over all interruptions."""

    def __init__(self) -> None:
        self._before, self._started = 0.0, time.monotonic()

    @property
    def seconds(self) -> float:
        return self._before + time.monotonic() - self._started

    def state_dict(self) -> dict[str, float]:
        return {"seconds": self.seconds}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        self._before, self._started = state["seconds"], time.monotonic()


class _Identity:
    """What two trainings must share for one to go on from the other's checkpoint."""

    def __init__(self, task: Task, seed: int, training: Training) -> None:
        about = {"preset": task.name, "seed": seed, **training.about}
        self._about = about | as_dict(task.settings)

    def state_dict(self) -> dict[str, Any]:
        return self._about

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        for name, ours in self._about.items():
            if state.get(name) != ours:
                raise ValueError(
                    f"it was made with {name} = {state.get(name)}, and this training has "
                    f"{name} = {ours}"
                )


class _Stopping:
    """Ends the training after the step in which a person asked for it."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def on_step(self, progress: Progress) -> None:
        progress.stop = progress.stop or self._stop()


class _Telling:
    """Tells whoever watches how far the training is, not too often."""

    def __init__(self, seed: int, training: Training, history: History, watch: Watch) -> None:
        self._seed, self._history, self._watch = seed, history, watch
        self._of, self._every = training.steps, _each(training, _TELLS)
        self._next = 0.0  # the step from which on the next measure is told

    def on_step(self, progress: Progress) -> None:
        if progress.step == 1 or progress.step % self._every == 0:
            self._tell("progress", {"step": progress.step, "loss": progress.loss})

    def on_epoch(self, progress: Progress) -> None:
        if progress.step >= self._next or progress.epoch == progress.epochs:
            self._next = progress.step + self._of / _LINES
            self._tell("evaluation", self._history.rows[-1])

    def _tell(self, kind: str, row: Mapping[str, float]) -> None:
        self._watch.row(self._seed, {"kind": kind, "of": self._of, **row})
