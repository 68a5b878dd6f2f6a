"""One slice of a seed, on a worker: resume it from its files, train, return the files.

A slice is an ordinary resume that is stopped again after some seconds. Nothing stays on the
worker, so the next slice may run anywhere.
"""

import os
import pickle
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from undergrad.errors import StoreError, ToolError, notified_by
from undergrad.files import replace_file
from undergrad.runs.cluster.proof import Proof, difference, proof
from undergrad.runs.folder import Row, writing
from undergrad.runs.run import SeedResult
from undergrad.runs.seeds import Callbacks, ShouldStop, enough_memory

_stopped: set[str] = set()  # jobs whose work is to save and return


@dataclass(frozen=True)
class Task:
    """What a worker needs for a slice.

    Arguments:
        work: a `TrainSeed` and a `Context`, pickled, so that only the worker opens them.
        files: of the seed so far, by name; none at first.
        seconds: how long to train, counted from when everything is loaded.
        job: the training it belongs to, by which it can be stopped; see `stop`.
        proof: what the worker must be.
    """

    work: bytes
    seed: int
    files: Mapping[str, bytes]
    seconds: float
    job: str
    proof: Proof


@dataclass(frozen=True)
class Slice:
    """What a worker returns: the files of the seed, new rows of its log, and what was said."""

    result: SeedResult
    files: Mapping[str, bytes]
    rows: tuple[Row, ...]
    said: tuple[str, ...]


def train_slice(task: Task) -> Slice:
    """Train a seed for a while, in a scratch folder. Its verdict is None while it is not done."""
    refuse_change(task.proof)
    rows: list[Row] = []
    said: list[str] = []
    with seed_folder(task) as folder, notified_by(said.append):
        should_stop = until(task.seconds, lambda: is_stopped(task.job))
        result = train(task.work, task.seed, folder.parent, rows.append, should_stop)
        return Slice(result, files_of(folder), tuple(rows), tuple(said))


def train(
    work: bytes, seed: int, run: Path, on_row: Callable[[Row], None], should_stop: ShouldStop
) -> SeedResult:
    """Train a seed in the folder `run`. work: of a `Task`."""
    train_seed, context = pickle.loads(work)
    callbacks = Callbacks(on_row=lambda seed, row: on_row(row))
    with enough_memory(), context():
        result: SeedResult = train_seed(seed, run, callbacks, should_stop)
    return replace(result, folder=Path(result.folder.name))


@contextmanager
def seed_folder(task: Task) -> Iterator[Path]:
    """A folder with the files of the seed, alone in a scratch folder."""
    with _named(), TemporaryDirectory(prefix="undergrad-", dir=_scratch()) as scratch:
        folder = Path(scratch) / f"seed-{task.seed}"
        keep(task.files, folder)
        yield folder


def refuse_change(expected: Proof) -> None:
    """ToolError when this worker is not what it was when it was chosen."""
    if proof() != expected:
        raise ToolError(f"A worker changed while it ran: {difference(proof(), expected)}.")


def pickled(*work: object) -> bytes:
    """Functions with what they hold, for another machine: also such as have no name there."""
    import cloudpickle

    done: bytes = cloudpickle.dumps(work)
    return done


def stop(job: str) -> None:
    """Let the work of this job save and return, also what has not started yet."""
    _stopped.add(job)


def is_stopped(job: str) -> bool:
    """Whether the work of this job is to save and return."""
    return job in _stopped


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a seed by name; of a seed that has not started, none."""
    if folder.is_symlink() or not folder.is_dir():
        return {}
    own = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    paths = sorted(path for path in own if not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in paths}


def keep(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files of a seed in place, each whole, the checkpoint last.

    Killed in between, the log has more rows than the checkpoint knows, as after any kill; resuming
    cuts it back.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(files, key=lambda name: name.startswith("checkpoint")):
            replace_file(folder / os.path.basename(name), files[name])


def until(seconds: float, is_over: ShouldStop) -> ShouldStop:
    """True some seconds after it was asked first, which is when training begins; or when it is
    over."""
    end = float("inf")

    def should_stop() -> bool:
        nonlocal end
        end = min(end, time.monotonic() + seconds)
        return is_over() or time.monotonic() >= end

    return should_stop


def _scratch() -> str | None:
    """The worker's own folder, which is removed with it even if it is killed; else the system's."""
    from distributed import get_worker

    try:
        return str(get_worker().local_directory)
    except ValueError:
        return None


@contextmanager
def _named() -> Iterator[None]:
    """Says on which machine the disk failed."""
    try:
        yield
    except (OSError, StoreError) as error:
        raise ToolError(f"On the worker {socket.gethostname()}: {error}") from error
