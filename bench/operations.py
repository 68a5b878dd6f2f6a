"""What stands in the way, operation by operation: `python -m bench.operations [NAME ...]`.

For each workload of `make bench` (mlp, lenet, nature, lstm, gpt, ...) a table of where the
processor's time of one step goes, ours beside PyTorch's, with one thread each: the products of
matrices, what surrounds them, the optimiser, and the calls themselves. PYTHON_BENCH names a Python
that has PyTorch; without it only ours is shown.

Ours: the time between two results belongs to the operation that made the second one, so the Python
around an operation counts with it; a vector-Jacobian product is timed as it runs. PyTorch's: what
its own profiler says of each kernel. `calls` is what a step takes beyond both.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bench import measure
from bench.libraries import library
from bench.report import table
from bench.worker import seconds_a_step
from bench.workloads import WORKLOADS, Step, Workload, step_of

SECONDS = 2.0
KINDS = (
    ("optimiser", ("adam", "zero_")),
    ("convolution", ("conv",)),
    ("pooling", ("pool",)),
    ("recurrence", ("lstm", "rnn")),
    ("attention", ("attention",)),
    ("normalisation", ("norm",)),
    ("loss", ("softmax", "nll", "cross_entropy", "smooth_l1", "huber")),
    ("activation", ("relu", "gelu", "tanh", "threshold", "clamp")),
    ("products of matrices", ("linear", "addmm", "mm", "matmul")),
    ("embedding", ("embedding",)),
)
OTHERS, CALLS = "other operations", "calls"
ORDER = (*(kind for kind, _ in KINDS), OTHERS, CALLS)


def main(words: Sequence[str]) -> int:
    if words[:1] == ["--worker"]:
        print(json.dumps(microseconds(words[1], WORKLOADS[int(words[2])])))
        return 0
    known = [workload.make for workload in WORKLOADS]
    if unknown := [word for word in words if word not in known]:
        print(f"There is no workload {unknown[0]}: choose among {', '.join(known)}.")
        return 2
    python = os.environ.get("PYTHON_BENCH") or sys.executable
    peers = {"ours": sys.executable}
    if measure.version_of(python, "torch") is not None:
        peers["torch"] = python
    for workload in WORKLOADS:
        if not words or workload.make in words:
            sides = {peer: asked(runs, peer, workload) for peer, runs in peers.items()}
            print(f"\n{workload.title}, microseconds a step\n\n{compared(sides)}", flush=True)
    return 0


def asked(python: str, peer: str, workload: Workload) -> dict[str, float]:
    """Microseconds by kind of operation, from a process of its own, with one thread."""
    number = str(WORKLOADS.index(workload))
    command = [python, "-m", "bench.operations", "--worker", peer, number]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env=measure.environment(1)
    )
    found: dict[str, float] = json.loads(said.stdout)
    return found


def compared(sides: Mapping[str, Mapping[str, float]]) -> str:
    kinds = [kind for kind in ORDER if any(side.get(kind) for side in sides.values())]
    rows = [[kind, *(f"{side.get(kind, 0):,.0f}" for side in sides.values())] for kind in kinds]
    rows.append(["together", *(f"{sum(side.values()):,.0f}" for side in sides.values())])
    return table(["where the time goes", *sides], rows)


def in_the_way(
    ours: Mapping[str, float], theirs: Mapping[str, float]
) -> list[tuple[str, float, float]]:
    """The kinds that take longer here, by at least 3% of PyTorch's step: kind, ours, theirs."""
    kinds = [(kind, ours.get(kind, 0.0), theirs.get(kind, 0.0)) for kind in ORDER]
    least = 0.03 * sum(theirs.values())
    return sorted((k for k in kinds if k[1] - k[2] >= least), key=lambda k: k[2] - k[1])


def microseconds(peer: str, workload: Workload) -> dict[str, float]:
    """The time of one step by kind of operation; what no operation took is `calls`."""
    if peer == "torch":
        importlib.import_module("torch").set_num_threads(1)
    step = step_of(workload.make, workload.sizes, library(peer, "fused" * (peer == "torch")))
    step()
    _, whole = seconds_a_step(step, SECONDS)
    spent: Counter[str] = Counter()
    for name, seconds in (by_kernel if peer == "torch" else by_node)(step).items():
        spent[kind_of(name)] += seconds
    spent[CALLS] = max(0.0, whole - sum(spent.values()))
    return {kind: 1e6 * seconds for kind, seconds in spent.items()}


def kind_of(name: str) -> str:
    return next((kind for kind, words in KINDS if any(word in name for word in words)), OTHERS)


def by_kernel(step: Step) -> dict[str, float]:
    """PyTorch's own profile of some steps, in seconds a step."""
    profiler = importlib.import_module("torch.profiler")
    steps = max(2, int(SECONDS / seconds_a_step(step, SECONDS / 4)[1] / 4))
    with profiler.profile(activities=[profiler.ProfilerActivity.CPU]) as profile:
        for _ in range(steps):
            step()
    return {
        event.key.lower(): event.self_cpu_time_total / 1e6 / steps
        for event in profile.key_averages()
        if event.key.startswith(("aten::", "mkldnn"))
    }


def by_node(step: Step) -> dict[str, float]:
    """Our operations, forward and backward, and the optimiser, in seconds a step."""
    spent: Counter[str] = Counter()
    with timed(spent):
        calls, began = 0, time.process_time()
        while time.process_time() - began < SECONDS or calls < 2:
            step()
            calls += 1
    return {name: seconds / calls for name, seconds in spent.items()}


@contextmanager
def timed(spent: Counter[str]) -> Iterator[None]:
    """While it lasts, every operation adds its time to `spent`."""
    from undergrad.engine import ops
    from undergrad.engine.optim.optimizer import Optimizer

    clock, last = time.process_time, [time.process_time()]

    def charge(name: str) -> None:
        now = clock()
        spent[name] += now - last[0]
        last[0] = now

    def watched(node: Callable[..., Any]) -> Callable[..., Any]:
        def made(out: Any, parents: Any, vjp: Callable[..., Any], op: str) -> Any:
            charge(op)

            def timed_vjp(g: Any) -> Any:
                last[0] = clock()
                gradients = vjp(g)
                charge(op)
                return gradients

            return node(out, parents, timed_vjp, op)

        return made

    def stepped(self: Any) -> None:
        last[0] = clock()
        step(self)
        charge("adam")

    def cleared(self: Any) -> None:
        zero_grad(self)
        last[0] = clock()  # the forward pass begins

    places = [
        importlib.import_module(f"{ops.__name__}.{each.name}")
        for each in pkgutil.iter_modules(ops.__path__)
    ]
    nodes = {place: place.node for place in places if hasattr(place, "node")}
    step, zero_grad = Optimizer.step, Optimizer.zero_grad
    try:
        for place, node in nodes.items():
            place.node = watched(node)  # type: ignore[attr-defined]
        Optimizer.step, Optimizer.zero_grad = stepped, cleared  # type: ignore[method-assign]
        yield
    finally:
        for place, node in nodes.items():
            place.node = node  # type: ignore[attr-defined]
        Optimizer.step, Optimizer.zero_grad = step, zero_grad  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
