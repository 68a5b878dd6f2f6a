"""Train the seeds of a run: one in this process, several side by side in processes of their own.

`Workers` says who trains: the processes of this machine, `HERE`, or those of a cluster.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import Any, TypeAlias

from undergrad.errors import ToolError
from undergrad.runs.folder import Row
from undergrad.runs.run import SeedResult

ShouldStop: TypeAlias = Callable[[], bool]
# Makes the block in which a seed is trained, such as one with a learner's parts in the engine's
# place. It must survive pickling.
Context: TypeAlias = Callable[[], AbstractContextManager[object]]


# Calls a function on each of several shards of one step, here or elsewhere, and returns what it
# returned, in their order. Raises `Stopped` once it should stop.
MapShards: TypeAlias = Callable[
    [Callable[[Any, ShouldStop], Any], Sequence[Any], ShouldStop], Iterable[Any]
]


class Stopped(Exception):
    """A step was to stop before its end, and is undone."""


def one_by_one(
    function: Callable[[Any, ShouldStop], Any], shards: Sequence[Any], should_stop: ShouldStop
) -> Iterable[Any]:
    """The shards of a step here, one after the other; the function raises `Stopped` itself."""
    return [function(shard, should_stop) for shard in shards]


@dataclass(frozen=True)
class Callbacks:
    """Called during a run: for each new row of a log, for each seed that is judged, and for each
    step that is divided into shards.
    """

    on_row: Callable[[int, Row], None] = lambda seed, row: None
    on_seed: Callable[[SeedResult], None] = lambda result: None
    map_shards: MapShards = one_by_one


# Trains one seed in the folder of the run, from its checkpoint if there is one. The verdict of the
# result is None when it was stopped first. It must survive pickling.
TrainSeed: TypeAlias = Callable[[int, Path, Callbacks, ShouldStop], SeedResult]
# Trains several; see `train_seeds`.
TrainSeeds: TypeAlias = Callable[
    [TrainSeed, Path, Sequence[int], Callbacks, ShouldStop, Context], Iterator[SeedResult]
]


def train_seeds(
    train_seed: TrainSeed,
    run: Path,
    seeds: Sequence[int],
    callbacks: Callbacks,
    should_stop: ShouldStop,
    context: Context,
) -> Iterator[SeedResult]:
    """Train each seed, and yield its result as soon as it is judged or stopped."""
    if len(seeds) > 1:
        yield from _in_processes(train_seed, run, seeds, should_stop, context)
    for seed in seeds if len(seeds) == 1 else ():
        with enough_memory(), context():
            result = train_seed(seed, run, callbacks, should_stop)
        yield result


@dataclass(frozen=True)
class Workers:
    """Who trains the seeds of a run.

    Arguments:
        count: how many seeds at a time.
        arithmetic: names how these workers round, which a run keeps; "" on this machine alone.
    """

    train_seeds: TrainSeeds
    count: int
    arithmetic: str = ""

    def seconds(self, each: float, trainings: int) -> float:
        """How long so many trainings take, of which each alone takes `each` seconds.

        A cluster gives every seed an equal share of its workers; here each keeps its core.
        """
        if self.arithmetic:
            return each * max(1, trainings / self.count)
        return each * -(-trainings // max(1, min(trainings, self.count)))


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


HERE = Workers(train_seeds, cores())


def _in_processes(
    train_seed: TrainSeed,
    run: Path,
    seeds: Sequence[int],
    should_stop: ShouldStop,
    context: Context,
) -> Iterator[SeedResult]:
    """One process for each seed. A file tells them to stop: a signal reaches only some of them."""
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    stop_file, over = run / ".stop", Event()
    stop_file.unlink(missing_ok=True)

    def watch() -> None:
        while not over.wait(0.1):
            if should_stop():
                stop_file.touch()

    Thread(target=watch, daemon=True).start()
    try:
        with parallel_config(backend="loky", inner_max_num_threads=1):
            workers = min(len(seeds), cores())
            jobs = [delayed(_one)(train_seed, seed, run, stop_file, context) for seed in seeds]
            with _ignoring_ctrl_c():
                results = Parallel(n_jobs=workers, return_as="generator_unordered")(jobs)
            yield from results
    except BrokenProcessPool as error:
        raise ToolError(
            f"A training process was ended from outside, perhaps because memory ran out; what was "
            f"saved is kept, so resume {run.name}."
        ) from error
    finally:
        over.set()
        stop_file.unlink(missing_ok=True)


def _one(
    train_seed: TrainSeed, seed: int, run: Path, stop_file: Path, context: Context
) -> SeedResult:
    with enough_memory(), context():
        return train_seed(seed, run, Callbacks(), stop_file.exists)


@contextmanager
def enough_memory() -> Iterator[None]:
    """Says in one sentence that memory ran out."""
    try:
        yield
    except MemoryError as error:
        raise ToolError(
            f"There is not enough memory for this run ({error}): close other programs, or start a "
            "smaller one; what was saved is kept."
        ) from error


@contextmanager
def _ignoring_ctrl_c() -> Iterator[None]:
    """Processes started here ignore Ctrl-C: the parent catches it and leaves the stop file."""
    if current_thread() is not main_thread():  # where signals cannot be set
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
