"""A seed that learns here, while the shards of its self-play are played on a cluster.

A shard is what its arguments say, so it does not matter which worker plays it, or how often it was
started: the seed ends with the bits of one machine. Learning waits for all shards of a batch.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from undergrad.runs import seeds as here
from undergrad.runs.cluster.client import Cluster
from undergrad.runs.cluster.job import Job, in_order
from undergrad.runs.cluster.proof import Proof, proof
from undergrad.runs.cluster.slices import is_stopped, pickled, refuse_change
from undergrad.runs.run import SeedResult
from undergrad.runs.seeds import Callbacks, Context, ShouldStop, TrainSeed, TrainSeeds

_PER_SEED = 2  # workers from which on the shards of one seed are played side by side


@dataclass(frozen=True)
class Task:
    """What a worker needs for a shard.

    Arguments:
        work: a function, pickled once for all shards of a batch.
        shard: what the function takes.
        job: by which it can be stopped.
        proof: what the worker must be.
    """

    work: bytes
    shard: Any
    job: str
    proof: Proof


def train_seeds(
    cluster: Cluster,
    sliced: TrainSeeds,
    train_seed: TrainSeed,
    run: Path,
    seeds: Sequence[int],
    callbacks: Callbacks,
    should_stop: ShouldStop,
    context: Context,
) -> Iterator[SeedResult]:
    """Train one seed after the other here, each with the whole cluster for its shards.

    Like `runs.seeds.train_seeds`. The seeds are `sliced` instead, which ends with the same bits,
    where there are fewer than two workers for each of them, where the workers round differently
    from this machine, and with a learner's parts, which run in the sandbox of a worker.
    """
    few = cluster.fit() < _PER_SEED * len(seeds)
    if few or cluster.chosen != proof() or context is not nullcontext:
        yield from sliced(train_seed, run, seeds, callbacks, should_stop, context)
        return
    spread = replace(callbacks, map_shards=partial(map_shards, cluster, run.name))
    for seed in seeds:
        if not should_stop():
            yield from here.train_seeds(train_seed, run, [seed], spread, should_stop, context)


def map_shards(
    cluster: Cluster,
    run: str,
    function: Callable[[Any, ShouldStop], Any],
    shards: Sequence[Any],
    should_stop: ShouldStop,
) -> Iterator[Any]:
    """A `MapShards`: the function is called on the workers."""
    job, work = Job(cluster, f"resume {run}"), pickled(function)
    tasks = [
        (f"Shard {number}", Task(work, shard, job.name, cluster.chosen))
        for number, shard in enumerate(shards)
    ]
    return in_order(job, call, tasks, should_stop)


def call(task: Task) -> Any:
    """On a worker: what the function returns for the shard."""
    refuse_change(task.proof)
    (function,) = pickle.loads(task.work)
    with here.enough_memory():
        return function(task.shard, lambda: is_stopped(task.job))
