"""One peer in a process of its own: it trains a preset to its line again and again when asked.

Each time the seed is another one, the same for all peers. Asked for a setting in a line of its
input, it answers with a line of JSON: seconds of the training by both clocks, and the peak of the
memory so far beyond what the imports took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count

from bench.use import twins
from bench.worker import peak, prepare, say
from undergrad import engine
from undergrad.engine.training.train import Progress
from undergrad.supervised import catalogue


def main() -> None:
    task = json.loads(sys.argv[1])
    prepare(task["peer"], task["threads"])
    before, seeds = peak(), dict[str, Iterator[int]]()  # the seeds of each setting
    say({})
    for line in sys.stdin:
        setting = line.strip()
        seed = next(seeds.setdefault(setting, count()))
        wall, cpu = trained(task["preset"], task["peer"], setting, seed, task["threads"])
        say({"wall": wall, "cpu": cpu, "memory": peak() - before})


def trained(name: str, peer: str, setting: str, seed: int, threads: int = 1) -> tuple[float, float]:
    """Seconds by both clocks. SystemExit when the line is not reached: that is no time to it."""
    preset = catalogue.load(name)
    experiment = preset.experiment(seed)
    ours = partial(experiment.train, Progress())
    train = ours if peer == "ours" else twins.training(preset, experiment, setting)
    wall, cpu = time.perf_counter(), time.process_time()
    with engine.threads(threads):
        train()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    outcome = experiment.judge()
    if not outcome.passed:
        raise SystemExit(f"{name}, seed {seed}, {peer}: {outcome.score} misses the line.")
    return wall, cpu


if __name__ == "__main__":
    main()
