"""The seeds of a run on a cluster, slice by slice, until all are judged.

At most as many slices are out as there are workers, and the seed that has waited longest is next:
so seeds share the workers evenly, and five seeds keep four workers busy to the end.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from undergrad.errors import ToolError, notify
from undergrad.runs.cluster.client import Cluster
from undergrad.runs.cluster.slices import Slice, Task, files_of, keep
from undergrad.runs.run import SeedResult, unmeasured
from undergrad.runs.seeds import Callbacks, Context, ShouldStop, TrainSeed

SECONDS = 30.0  # of a slice
_TRANSFERS = 100  # a slice is at least so many times as long as moving its files
_LARGE = 256_000_000  # bytes of files, above which the rest of a seed is one slice
_LOSSES = 3  # of workers in a row, after which a seed is given up
_LOOK = 0.2  # seconds between two looks at Ctrl-C
_GRACE = 5.0  # seconds that slices have to save after Ctrl-C
_LONELY = 60.0  # seconds without any worker until the run is given up


@dataclass
class Chain:
    """A seed on its way. `seconds` is the length of its next slice, `least` or more."""

    seed: int
    folder: Path
    least: float  # seconds
    seconds: float
    steps: int | None = None
    losses: int = 0  # since its newest slice


def train_seeds(
    cluster: Cluster,
    seconds: float,
    train_seed: TrainSeed,
    run: Path,
    seeds: Sequence[int],
    callbacks: Callbacks,
    should_stop: ShouldStop,
    context: Context,
) -> Iterator[SeedResult]:
    """Train each seed on the cluster, and yield its result after each of its slices.

    Like `runs.seeds.train_seeds`; `seconds` is the length of a slice. Raises ToolError when a seed
    has lost its worker three times in a row, or when no worker or no scheduler is left.
    """
    results = (unmeasured(seed, run) for seed in seeds)
    waiting = deque(Chain(result.seed, result.folder, seconds, seconds) for result in results)
    job = _Job(cluster, _pickled(train_seed, context), run)
    try:
        while waiting or job.running:
            if should_stop():
                waiting.clear()
                job.stop()
            while waiting and len(job.running) < cluster.fit():
                job.submit(waiting.popleft())
            chain, done = job.next()
            if chain is None:
                if job.over:
                    break
            elif done is None:
                waiting.appendleft(_lost(chain, run))
            else:
                yield _kept(chain, done, callbacks)
                if done.result.verdict is None:
                    waiting.append(chain)
    finally:
        job.close()


class _Job:
    """The slices that are out, and those that came back."""

    def __init__(self, cluster: Cluster, work: bytes, run: Path) -> None:
        self.cluster, self.work, self.run, self.name = cluster, work, run, uuid4().hex[:12]
        self.running: dict[str, tuple[Chain, Any]] = {}
        self._returned: SimpleQueue[Any] = SimpleQueue()  # futures, in whatever state
        self._count = 0
        self._left_at = inf
        self._seen = time.monotonic()  # when there was a worker

    def submit(self, chain: Chain) -> None:
        """Send the next slice of a seed out."""
        self._count += 1
        key = f"slice-{self.name}-{chain.seed}-{self._count}"
        files = files_of(chain.folder)
        proof = self.cluster.chosen
        task = Task(self.work, chain.seed, files, chain.seconds, self.name, proof)
        future = self.cluster.submit(key, task)
        self.running[key] = (chain, future)
        future.add_done_callback(self._returned.put)

    def next(self) -> tuple[Chain | None, Slice | None]:
        """A seed whose slice is back, or None when none is yet. Without a slice its worker died."""
        try:
            future = self._returned.get(timeout=_LOOK)
        except Empty:
            self._check()
            return None, None
        chain, _ = self.running.pop(future.key)
        return chain, self._result(future, chain)

    def stop(self) -> None:
        """Let all slices save and return, within some seconds."""
        if self._left_at == inf:
            self._left_at = time.monotonic() + _GRACE
            self.cluster.stop(self.name)

    @property
    def over(self) -> bool:
        """Whether the slices that are out are waited for no longer."""
        return time.monotonic() >= self._left_at

    def close(self) -> None:
        """Give up what is still out."""
        if self.running and self.cluster.open:
            self.stop()
            for _, future in self.running.values():
                future.release()

    def _result(self, future: Any, chain: Chain) -> Slice | None:
        from distributed.scheduler import KilledWorker

        started = time.monotonic()
        try:
            done: Slice = future.result()
        except KilledWorker:
            return None
        except (CancelledError, OSError) as error:
            raise self._gone() from error
        size = sum(map(len, done.files.values()))
        if done.result.steps == chain.steps:  # a step that is longer than a slice was undone
            chain.least = 2 * chain.seconds
        chain.seconds = next_seconds(chain.least, size, 2 * (time.monotonic() - started))
        return done

    def _check(self) -> None:
        """Raise ToolError when the scheduler is gone, or every worker has been for a while."""
        if not self.cluster.open:
            raise self._gone()
        if self.cluster.fit():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _LONELY:
            raise ToolError(
                f"No worker is left at {self.cluster.address}; what was saved is kept, so start "
                f"some with `undergrad cluster join`, and resume {self.run.name}."
            )

    def _gone(self) -> ToolError:
        return ToolError(
            f"The scheduler at {self.cluster.address} is gone; what was saved is kept, so start "
            f"it again, or leave out --cluster, and resume {self.run.name}."
        )


def next_seconds(least: float, size: int, transfer: float) -> float:
    """How long the next slice of a seed is, so that moving files costs at most a hundredth.

    Arguments:
        least: seconds, when moving is quick.
        size: bytes of its files; a seed with very large ones is not sliced any more.
        transfer: seconds in which they go out and come back.
    """
    return inf if size > _LARGE else least * max(1, transfer * _TRANSFERS / SECONDS)


def _kept(chain: Chain, done: Slice, callbacks: Callbacks) -> SeedResult:
    """Keep the files of a slice, and pass on what it reports."""
    keep(done.files, chain.folder)
    chain.losses, chain.steps = 0, done.result.steps
    for row in done.rows:
        callbacks.on_row(chain.seed, row)
    for sentence in done.said:
        notify(sentence)
    return replace(done.result, folder=chain.folder)


def _lost(chain: Chain, run: Path) -> Chain:
    """The seed again, after its worker died. ToolError when that happens all the time."""
    chain.losses += 1
    if chain.losses == _LOSSES:
        raise ToolError(
            f"Seed {chain.seed} lost its worker {_LOSSES} times in a row, perhaps because memory "
            f"ran out there; what was saved is kept, so resume {run.name}."
        )
    notify(f"Seed {chain.seed} lost its worker: what was not saved is trained again.")
    return chain


def _pickled(train_seed: TrainSeed, context: Context) -> bytes:
    import cloudpickle

    pickled: bytes = cloudpickle.dumps((train_seed, context))
    return pickled
