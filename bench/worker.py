"""One peer in a process of its own: it builds a workload and runs it for a while when asked.

A process for each peer and number of threads, because the libraries read the number of threads when
they start, and because the peak of the memory is that of a whole process. Asked for a setting in a
line of its input, it answers with a line of JSON: seconds a step by the clock on the wall and by
the processor's, and the peak of the memory so far beyond what the imports took.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from typing import Any

from bench.libraries import library
from bench.workloads import Step, step_of

MB = 2**20 if sys.platform == "darwin" else 2**10  # getrusage counts bytes there, else kilobytes


def main() -> None:
    task = json.loads(sys.argv[1])
    version = prepare(task["peer"], task["threads"])
    before, steps = peak(), dict[str, Step]()
    say({"version": version})
    for line in sys.stdin:
        setting = line.strip()
        if setting not in steps:
            made = None if task["peer"] == "autograd" else library(task["peer"], setting)
            steps[setting] = step_of(task["make"], task["sizes"], made)
            steps[setting]()
        wall, cpu = seconds_a_step(steps[setting], task["seconds"])
        say({"wall": wall, "cpu": cpu, "memory": peak() - before})


def prepare(peer: str, threads: int) -> str:
    """Import the peer, so that its libraries do not count as memory of the workload."""
    module = importlib.import_module("undergrad.engine" if peer == "ours" else peer)
    if peer == "torch":
        module.set_num_threads(threads)
    return str(getattr(module, "__version__", ""))


def seconds_a_step(step: Step, seconds: float) -> tuple[float, float]:
    """By the clock on the wall, and by the processor's; one step to warm up does not count."""
    step()
    calls, wall, cpu = 0, time.perf_counter(), time.process_time()
    while (spent := time.perf_counter() - wall) < seconds or calls < 2:
        step()
        calls += 1
    return spent / calls, (time.process_time() - cpu) / calls


def peak() -> float:
    """The largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
