"""One seed of a supervised run: train it in its folder, and judge what came of it.

Everything that decides how the run continues is saved every so many steps, so a run that was
stopped, or killed, resumes from there and ends with exactly the numbers of one that was not.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from undergrad import engine
from undergrad.engine.training.callbacks import Checkpoints, History
from undergrad.engine.training.json_log import JsonLog
from undergrad.engine.training.train import LossError, Progress
from undergrad.errors import UsageError
from undergrad.runs.folder import writing
from undergrad.runs.run import SeedResult, unmeasured
from undergrad.runs.seeds import Callbacks, ShouldStop
from undergrad.runs.settings import as_dict, modern
from undergrad.supervised import plots
from undergrad.supervised.preset import Experiment, Outcome, Preset

_BETWEEN_SAVES = 3.0  # seconds, by the expected time of the preset
_FEWEST, _MOST = 5, 50  # saves in a whole run: each waits for the disk
_LOG_ROWS = 500  # of losses in the log
_PROGRESS_ROWS, _EVALUATION_ROWS = 200, 10  # how many of each go to the callbacks


def train_seed(
    preset: Preset, seed: int, run: Path, callbacks: Callbacks, should_stop: ShouldStop
) -> SeedResult:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    The verdict is None when `should_stop` came first.
    """
    result = unmeasured(seed, run)
    experiment, history, progress, clock = preset.experiment(seed), History(), Progress(), _Clock()
    history.measure = experiment.measure
    saving = Checkpoints(
        checkpoint_of(result),
        _every(experiment, _saves(preset)),
        identity=_Identity(preset, seed, experiment),
        clock=clock,
        progress=progress,
        history=history,
        **experiment.state(),
    )
    with writing(result.folder), _in_one_sentence(seed):
        saving.resume()
        progress.stop = False  # it may have been saved because it was to stop
        log = JsonLog(result.folder / "log.jsonl", _every(experiment, _LOG_ROWS), history)
        reporting = _Reporting(seed, experiment, history, callbacks)
        experiment.train(progress, [history, log, reporting, _Stopping(should_stop), saving])
        engine.save(saving.path, extra=None, **saving.parts)
    if progress.epoch < experiment.epochs:
        return replace(result, steps=progress.step)
    outcome = experiment.judge()
    plots.draw(progress, history, outcome, preset.metric, result.folder)
    return replace(_judged(result, outcome), steps=progress.step, seconds=round(clock.seconds, 2))


def evaluate_seed(preset: Preset, seed: SeedResult, episodes: int | None = None) -> SeedResult:
    """Judge the weights in a checkpoint on the test set. UsageError when that cannot be."""
    if episodes is not None:
        raise UsageError(f"{preset.name} has a test set and no episodes: leave out --episodes.")
    experiment, path = preset.experiment(seed.seed), checkpoint_of(seed)
    if not path.exists():
        raise UsageError(
            f"{seed.folder} has no checkpoint yet; resume the run, or start a new one."
        )
    with _in_one_sentence(seed.seed):
        identity = _Identity(preset, seed.seed, experiment)
        engine.load(path, identity=identity, model=experiment.model)
    return _judged(seed, experiment.judge())


def summarise(preset: Preset, seeds: Sequence[SeedResult]) -> str:
    """The outcome of a run: what the one seed found, or how many seeds reached the pass line."""
    if len(seeds) == 1:
        return str(seeds[0].more["summary"])
    scores = [seed.score for seed in seeds if seed.score is not None]
    passed = sum(seed.verdict == "pass" for seed in seeds)
    return (
        f"{passed} of {len(seeds)} seeds reached the pass line; {preset.metric}: "
        f"{min(scores):.4g} to {max(scores):.4g}."
    )


def checkpoint_of(seed: SeedResult) -> Path:
    """Where a seed is saved."""
    return seed.folder / "checkpoint.safetensors"


def _judged(seed: SeedResult, outcome: Outcome) -> SeedResult:
    return replace(
        seed,
        verdict="pass" if outcome.passed else "fail",
        score=round(outcome.score, 4),
        more={"summary": outcome.summary},
    )


def _saves(preset: Preset) -> int:
    return min(_MOST, max(_FEWEST, int(preset.seconds / _BETWEEN_SAVES)))


def _every(experiment: Experiment, times: int) -> int:
    """Every how many steps something happens that is to happen `times` times."""
    return max(1, experiment.steps // times)


@contextmanager
def _in_one_sentence(seed: int) -> Iterator[None]:
    """Trouble that a person can meet, in one sentence."""
    try:
        yield
    except engine.CheckpointError as error:
        raise UsageError(
            f"The checkpoint cannot be used: {error}. Start a new run, or put back what changed."
        ) from error
    except LossError as error:
        raise UsageError(f"Seed {seed} stopped early: {error}.") from error


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
    """What two runs must share for one to resume from the checkpoint of the other."""

    def __init__(self, preset: Preset, seed: int, experiment: Experiment) -> None:
        about = {"preset": preset.name, "seed": seed, **experiment.identity}
        self._about = about | as_dict(preset.settings)
        self._settings = type(preset.settings)

    def state_dict(self) -> dict[str, Any]:
        return self._about

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        theirs = modern(self._settings, state)
        for name, ours in self._about.items():
            if theirs.get(name) != ours:
                raise ValueError(
                    f"it was made with {name} = {theirs.get(name)}, and this run has "
                    f"{name} = {ours}"
                )


class _Stopping:
    """Ends the run after the step in which a person asked for it."""

    def __init__(self, should_stop: ShouldStop) -> None:
        self._should_stop = should_stop

    def on_step(self, progress: Progress) -> None:
        progress.stop = progress.stop or self._should_stop()


class _Reporting:
    """Hands rows about losses and measures to the callbacks of the run, not too often."""

    def __init__(
        self, seed: int, experiment: Experiment, history: History, callbacks: Callbacks
    ) -> None:
        self._seed, self._history, self._callbacks = seed, history, callbacks
        self._of, self._every = experiment.steps, _every(experiment, _PROGRESS_ROWS)
        self._next = 0.0  # the step from which on the next evaluation is reported

    def on_step(self, progress: Progress) -> None:
        if progress.step == 1 or progress.step % self._every == 0:
            self._report("progress", {"step": progress.step, "loss": progress.loss})

    def on_epoch(self, progress: Progress) -> None:
        if progress.step >= self._next or progress.epoch == progress.epochs:
            self._next = progress.step + self._of / _EVALUATION_ROWS
            self._report("evaluation", self._history.rows[-1])

    def _report(self, kind: str, row: Mapping[str, float]) -> None:
        self._callbacks.on_row(self._seed, {"kind": kind, "of": self._of, **row})
