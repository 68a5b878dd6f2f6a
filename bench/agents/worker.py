"""One peer in a process of its own: how long a step takes it, with learning.

It speaks as `bench.worker` does: for each setting in a line of its input it answers with a line of
JSON, seconds an environment step by both clocks, and the peak of the memory so far.
"""

from __future__ import annotations

import json
import sys
import time

from bench.agents.peers import Advance, advance_of
from bench.worker import peak, say


def main() -> None:
    task = json.loads(sys.argv[1])
    if task["peer"] != "ours":
        import torch

        torch.set_num_threads(task["threads"])
    before, trainings = peak(), dict[str, Advance]()
    say({"peer": task["peer"]})
    for line in sys.stdin:
        setting = line.strip()
        if setting not in trainings:
            trainings[setting] = advance_of(task["peer"], setting)
        wall, cpu = time.perf_counter(), time.process_time()
        trainings[setting](task["steps"])
        spent = time.perf_counter() - wall, time.process_time() - cpu
        wall, cpu = (seconds / task["steps"] for seconds in spent)
        say({"wall": wall, "cpu": cpu, "memory": peak() - before})


if __name__ == "__main__":
    main()
