"""The seeds of a run: train one, or several side by side, and judge what came of it."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from undergrad import engine
from undergrad.errors import ToolError, UsageError
from undergrad.rl.evaluate import episode_seeds
from undergrad.rl.run import folder as disk
from undergrad.rl.run import pictures, verdict
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.trainer import JUDGING, Row, Trainer, make_agent

Record: TypeAlias = dict[str, Any]  # run.json, or the entry of one seed in it
Stop: TypeAlias = Callable[[], bool]


@dataclass(frozen=True)
class Watch:
    """What a run tells while it goes: each new row of a log, and each seed that is judged."""

    row: Callable[[int, Row], None] = lambda seed, row: None
    seed: Callable[[Record], None] = lambda result: None


def train_all(
    task: Preset, folder: Path, seeds: Sequence[int], watch: Watch, stop: Stop
) -> Iterable[Record]:
    """Train each seed and yield its entry for `run.json` as soon as it is judged or stopped."""
    if len(seeds) < 2:
        return (train_seed(task, seed, folder, watch, stop) for seed in seeds)
    return _train_in_processes(task, folder, seeds, stop)


def _train_in_processes(
    task: Preset, folder: Path, seeds: Sequence[int], stop: Stop
) -> Iterator[Record]:
    """One process a seed. A file tells them to stop, since a signal reaches only some of them."""
    from threading import Event, Thread

    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    sign, over = folder / ".stop", Event()
    sign.unlink(missing_ok=True)

    def pass_on() -> None:
        while not over.wait(0.1):
            if stop():
                sign.touch()

    Thread(target=pass_on, daemon=True).start()
    try:
        with parallel_config(backend="loky", inner_max_num_threads=1):
            workers = min(len(seeds), os.cpu_count() or 1)
            jobs = [delayed(_in_process)(task, seed, folder, sign) for seed in seeds]
            with _ctrl_c_unheard():
                results = Parallel(n_jobs=workers, return_as="generator_unordered")(jobs)
            yield from results
    except BrokenProcessPool as error:
        raise ToolError(
            f"A training process was ended from outside, perhaps for want of memory; what was "
            f"saved is kept, resume {folder.name}."
        ) from error
    finally:
        over.set()
        sign.unlink(missing_ok=True)


@contextmanager
def _ctrl_c_unheard() -> Iterator[None]:
    """Processes that start in here ignore Ctrl-C: the parent hears it and leaves the sign."""
    import signal
    from threading import current_thread, main_thread

    if current_thread() is not main_thread():  # where signals cannot be set
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _in_process(task: Preset, seed: int, folder: Path, sign: Path) -> Record:
    return train_seed(task, seed, folder, Watch(), sign.exists)


def train_seed(task: Preset, seed: int, run: Path, watch: Watch, stop: Stop) -> Record:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    Returns its entry for `run.json`; the verdict is None when `stop` came first.
    """
    folder = run / f"seed-{seed}"
    folder.mkdir(exist_ok=True)
    trainer = Trainer(task, seed)
    known = load_checkpoint(folder, trainer) if (folder / "checkpoint.safetensors").exists() else {}
    rows, before, started = known.get("rows", 0), known.get("seconds", 0.0), time.monotonic()
    disk.cut_log(folder / "log.jsonl", rows)

    def save() -> None:
        spent = before + time.monotonic() - started
        path, extra = folder / "checkpoint.safetensors", {"rows": rows, "seconds": spent}
        with disk.writing(path):
            engine.save(path, trainer=trainer, extra=extra)

    while not trainer.finished and not stop():
        new = trainer.advance()
        if new:
            disk.append_rows(folder / "log.jsonl", new)
            rows += len(new)
            for row in new:
                watch.row(seed, row)
            if new[-1]["kind"] == "evaluation":
                save()
    save()
    trainer.env.close()
    if not trainer.finished:
        return unmeasured(seed) | {"steps": trainer.steps}
    result = _judged(trainer, folder)
    return result | {"seconds": round(before + time.monotonic() - started, 2)}


def _judged(trainer: Trainer, folder: Path) -> Record:
    """Judge a finished training and draw its pictures."""
    task, seed, agent = trainer.preset, trainer.seed, trainer.judged_agent()
    outcome = trainer.judge()
    pictures.draw(disk.read_rows(folder / "log.jsonl"), task.line, folder / "returns")
    start = episode_seeds([seed, JUDGING], 1)[0]
    untrained = make_agent(task, seed, trainer.actions)
    for name, player in (("before", untrained), ("after", agent)):
        pictures.film(player.act_greedily, task.environment, start, folder / f"{name}.webp")
    means = [row["return"] for row in trainer.evaluations]
    return unmeasured(seed) | {
        "verdict": verdict.of_seed(task.line, outcome.mean, means),
        "score": outcome.mean,
        "std": outcome.std,
        "steps": trainer.steps,
    }


def load_checkpoint(folder: Path, trainer: Trainer) -> Record:
    """Put `trainer` where the checkpoint was. UsageError, with the cure, when that cannot be."""
    path = folder / "checkpoint.safetensors"
    if not path.exists():
        raise UsageError(f"{folder} has no checkpoint yet; resume the run, or start a new one.")
    try:
        return engine.load(path, trainer=trainer)
    except engine.CheckpointError as error:
        raise UsageError(
            f"The checkpoint cannot be used: {error}. Start a new run, or put back what changed."
        ) from error


def unmeasured(seed: int) -> Record:
    """The entry of a seed in `run.json` before there is anything to say."""
    nothing = {"verdict": None, "score": None, "std": None, "steps": None, "seconds": None}
    return {"seed": seed, **nothing, "folder": f"seed-{seed}"}
