"""The seeds of a run on a cluster, slice by slice, until all are judged.

At most as many slices are out as there are workers, and the seed that has waited longest is next:
so seeds share the workers evenly, and five seeds keep four workers busy to the end.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from types import MappingProxyType

from undergrad.errors import notify
from undergrad.runs.cluster import fence
from undergrad.runs.cluster.client import Cluster
from undergrad.runs.cluster.job import Back, Job
from undergrad.runs.cluster.slices import Slice, Task, files_of, keep, pickled, train_slice
from undergrad.runs.run import SeedResult, unmeasured
from undergrad.runs.seeds import Callbacks, Context, ShouldStop, TrainSeed

SECONDS = 30.0  # of a slice
_TRANSFERS = 100  # a slice is at least so many times as long as moving its files
_LARGE = 256_000_000  # bytes of files, above which the rest of a seed is one slice


@dataclass
class Chain:
    """A seed on its way. `seconds` is the length of its next slice, `least` or more."""

    seed: int
    folder: Path
    least: float  # seconds
    seconds: float
    steps: int | None = None

    @property
    def name(self) -> str:
        """As sentences have it."""
        return f"Seed {self.seed}"


def train_seeds(
    cluster: Cluster,
    seconds: float,
    train_seed: TrainSeed,
    run: Path,
    seeds: Sequence[int],
    callbacks: Callbacks,
    should_stop: ShouldStop,
    context: Context,
    *,
    code: Mapping[str, bytes] = MappingProxyType({}),
) -> Iterator[SeedResult]:
    """Train each seed on the cluster, and yield its result after each of its slices.

    Like `runs.seeds.train_seeds`; `seconds` is the length of a slice, `code` what a person wrote
    and a training imports. With that, or with parts in its context, it runs in the sandbox.
    Raises ToolError when a seed has lost its worker three times in a row, or when no worker or no
    scheduler is left.
    """
    train: Callable[[Task], Slice] = train_slice
    if code or context is not nullcontext:
        train = partial(fence.train_slice, code)
    results = (unmeasured(seed, run) for seed in seeds)
    chains = [Chain(result.seed, result.folder, seconds, seconds) for result in results]
    by_name, waiting = {chain.name: chain for chain in chains}, deque(chains)
    job, work = Job(cluster, f"resume {run.name}"), pickled(train_seed, context)
    try:
        while waiting or job:
            if should_stop():
                waiting.clear()
                job.stop()
            while waiting and job.has_room():
                chain = waiting.popleft()
                job.submit(chain.name, train, _task(chain, work, job))
            back = job.next()
            if back is None:
                if job.over:
                    break
            elif back.result is None:
                waiting.appendleft(by_name[back.name])
            else:
                chain = by_name[back.name]
                yield _kept(chain, back, callbacks)
                if back.result.result.verdict is None:
                    waiting.append(chain)
    finally:
        job.close()


def _task(chain: Chain, work: bytes, job: Job) -> Task:
    """The next slice of a seed, from its newest files."""
    files = files_of(chain.folder)
    return Task(work, chain.seed, files, chain.seconds, job.name, job.cluster.chosen)


def _kept(chain: Chain, back: Back, callbacks: Callbacks) -> SeedResult:
    """Keep the files of a slice, pass on what it reports, and decide how long the next one is."""
    done: Slice = back.result
    keep(done.files, chain.folder)
    if done.result.steps == chain.steps:  # a step that is longer than a slice was undone
        chain.least = 2 * chain.seconds
    size = sum(map(len, done.files.values()))
    chain.seconds = next_seconds(chain.least, size, 2 * back.seconds)
    chain.steps = done.result.steps
    for row in done.rows:
        callbacks.on_row(chain.seed, row)
    for sentence in done.said:
        notify(sentence)
    return replace(done.result, folder=chain.folder)


def next_seconds(least: float, size: int, transfer: float) -> float:
    """How long the next slice of a seed is, so that moving files costs at most a hundredth.

    Arguments:
        least: seconds, when moving is quick.
        size: bytes of its files; a seed with very large ones is not sliced any more.
        transfer: seconds in which they go out and come back.
    """
    return inf if size > _LARGE else least * max(1, transfer * _TRANSFERS / SECONDS)
