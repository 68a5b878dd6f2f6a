"""The seeds of a run: train one, or several side by side, and say what came of all of them.

How one seed is trained is for the caller to say, as a `Job`; what is here is the same for every
kind of training. A method that works once may have been lucky: so a training is repeated from
several seeds, and the answer can also be "inconclusive".
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from undergrad import run_folder as disk
from undergrad.errors import ToolError, UndergradError, UsageError

Record: TypeAlias = dict[str, Any]  # run.json, or the entry of one seed in it
Row: TypeAlias = dict[str, Any]  # one line of a log
Stop: TypeAlias = Callable[[], bool]
Verdict: TypeAlias = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True)
class Watch:
    """What a run tells while it goes: each new row of a log, and each seed that is judged."""

    row: Callable[[int, Row], None] = lambda seed, row: None
    seed: Callable[[Record], None] = lambda result: None


# Trains the seed in the run's folder, from its checkpoint if there is one. Returns the seed's entry
# for `run.json`; its verdict is None when it was stopped first. It must survive pickling.
Job: TypeAlias = Callable[[int, Path, Watch, Stop], Record]
# Makes the block in which a seed is trained, such as one with a learner's parts in the engine's
# place. It must survive pickling too.
Around: TypeAlias = Callable[[], AbstractContextManager[object]]


def unmeasured(seed: int) -> Record:
    """The entry of a seed in `run.json` before there is anything to say."""
    nothing = {"verdict": None, "score": None, "std": None, "steps": None, "seconds": None}
    return {"seed": seed, **nothing, "folder": f"seed-{seed}"}


def number(value: float) -> str:
    """A score as text: returns of hundreds and shares of one alike."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.4g}"


def verdict_of(verdicts: Sequence[str]) -> Verdict:
    """All seeds passed: pass. At most half of them: fail. Otherwise it cannot be said."""
    passed = sum(verdict == "pass" for verdict in verdicts)
    if passed == len(verdicts):
        return "pass"
    return "fail" if 2 * passed <= len(verdicts) else "inconclusive"


def unfinished(folder: Path) -> tuple[int, ...]:
    """The seeds of a run that are not judged yet. UsageError when the run is finished."""
    record = disk.read_record(folder)
    if record["state"] == "finished":
        raise UsageError(f"{folder} is finished already; `undergrad evaluate` judges it again.")
    return tuple(seed["seed"] for seed in record["seeds"] if seed["verdict"] is None)


def go_on(
    folder: Path,
    job: Job,
    conclude: Callable[[Sequence[Record]], str],
    watch: Watch | None = None,
    stop: Stop = lambda: False,
    around: Around = nullcontext,
) -> Record:
    """Train and judge every seed of the run that is not judged yet. Returns `run.json`.

    Several seeds train in processes of their own, as many at once as there are cores.

    Arguments:
        conclude: makes the sentence about the whole run from the entries of its seeds.
        watch: is told what happens.
        stop: asked all the time; once it is true, everything is saved and the run is left.
        around: entered for each seed, in the process that trains it.
    """
    watch = watch or Watch()
    with disk.alone(folder):
        waiting, record = unfinished(folder), disk.read_record(folder)
        disk.write_record(folder, record | {"state": "running"})
        started, before = time.monotonic(), record["seconds"]
        try:
            for result in train_all(_Within(around, job), folder, waiting, watch, stop):
                record["seconds"] = round(before + time.monotonic() - started, 2)
                record["seeds"] = [
                    result if seed["seed"] == result["seed"] else seed for seed in record["seeds"]
                ]
                disk.write_record(folder, record)
                if result["verdict"] is not None:
                    watch.seed(result)
        except UndergradError as error:
            disk.write_record(folder, record | {"state": "interrupted", "summary": str(error)})
            raise
        record |= _outcome(record["seeds"], conclude)
        disk.write_record(folder, record)
    return record


@dataclass(frozen=True)
class _Within:
    """The job, done inside of a block."""

    around: Around
    job: Job

    def __call__(self, seed: int, folder: Path, watch: Watch, stop: Stop) -> Record:
        try:
            with self.around():
                return self.job(seed, folder, watch, stop)
        except MemoryError as error:
            raise ToolError(
                f"There is not enough memory for this training ({error}): close other programs, or "
                "begin a smaller one; what was saved is kept."
            ) from error


def _outcome(seeds: Sequence[Record], conclude: Callable[[Sequence[Record]], str]) -> Record:
    if any(seed["verdict"] is None for seed in seeds):
        return {"state": "interrupted", "verdict": None, "summary": "Stopped before the end."}
    verdict = verdict_of([seed["verdict"] for seed in seeds])
    return {"state": "finished", "verdict": verdict, "summary": conclude(seeds)}


def train_all(
    job: Job, folder: Path, seeds: Sequence[int], watch: Watch, stop: Stop
) -> Iterable[Record]:
    """Train each seed and yield its entry for `run.json` as soon as it is judged or stopped."""
    if len(seeds) < 2:
        return (job(seed, folder, watch, stop) for seed in seeds)
    return _train_in_processes(job, folder, seeds, stop)


def _train_in_processes(
    job: Job, folder: Path, seeds: Sequence[int], stop: Stop
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
            jobs = [delayed(_in_process)(job, seed, folder, sign) for seed in seeds]
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


def _in_process(job: Job, seed: int, folder: Path, sign: Path) -> Record:
    return job(seed, folder, Watch(), sign.exists)
