"""The pass lines of a cluster, each with its figure: `python -m tests.cluster.pass_lines`.

The job is simulated: it sleeps, and its checkpoint has 2 MB. So the figures say what slices,
transfers and waiting cost, on however few cores. Needs about two minutes, with --kills some more.
"""

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

from tests.cluster.machines import JOIN, TTL, running, started, worker_processes, workers

from undergrad.runs.run import unmeasured
from undergrad.runs.seeds import Callbacks

MEGABYTES = 2
TOTAL = 4.0  # seconds of work in a seed
SLICE = 1.0


def sleeping(total: float) -> Callable[..., Any]:
    """A `TrainSeed` that only sleeps, resumed from its checkpoint. It travels by value."""

    def train_seed(seed: int, run: Path, callbacks: Any, should_stop: Any) -> Any:
        result = unmeasured(seed, run)
        path = result.folder / "checkpoint.safetensors"
        steps = int(path.read_bytes()[:8]) if path.exists() else 0
        while steps < total * 20 and not should_stop():
            time.sleep(0.05)
            steps += 1
        path.write_bytes(b"%8d" % steps + bytes(MEGABYTES * 1_000_000))
        return replace(result, steps=steps, verdict="pass" if steps >= total * 20 else None)

    return train_seed


def train(file: Path, seeds: int, total: float = TOTAL, seconds: float = SLICE) -> float:
    """Seconds in which so many seeds are done on a cluster."""
    with tempfile.TemporaryDirectory() as run, workers(file, seconds) as (_, crew):
        before = time.monotonic()
        results = crew.train_seeds(
            sleeping(total), Path(run), range(seeds), Callbacks(), lambda: False, nullcontext
        )
        done = [one for one in results if one.verdict == "pass"]
        assert len(done) == seeds
        return time.monotonic() - before


def speed_ups(folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    with started(folder, 4) as (_, file):
        train(file, 4, 0.1)  # every worker has imported what it needs
        for seeds, line in ((8, 3.2), (5, 2.9)):
            found = seeds * TOTAL / train(file, seeds)
            yield f"4 workers, {seeds} seeds", f"at least {line}", f"{found:.2f}", found >= line


def overhead(folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    """What a slice costs besides its training, of 30 s: out, back, and onto the disk."""
    with started(folder, 1) as (_, file):
        train(file, 1, 0.1)
        each = []
        for _ in range(5):
            slices = 20
            each.append(train(file, 1, slices * 0.05, 0.04) / slices - 0.05)
        found = 100 * statistics.median(each) / 30
        yield "30 s slice, 2 MB", "at most 1%", f"{found:.2f}%", found <= 1


def frozen(folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    with started(folder, 1, TTL) as (_, file), running(JOIN, file, 1) as away:
        train(file, 2, 0.1)
        usual = train(file, 2)
        (worker,) = worker_processes(away)
        Timer(1.5, partial(worker.send_signal, signal.SIGSTOP)).start()
        late = train(file, 2) - usual
        line = TTL + 2 * SLICE + TOTAL / 2  # from then on one worker does the work of two
        yield "frozen worker, later by", f"at most {line:g} s", f"{late:.1f} s", late <= line


def kills(_: Path) -> Iterator[tuple[str, str, str, bool]]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-m",
        "",
        "tests/cluster/test_kills.py",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    yield "kills, bit for bit", "all", done.stdout.strip().splitlines()[-1], done.returncode == 0


def main() -> int:
    every = [speed_ups, overhead, frozen] + ([kills] if "--kills" in sys.argv else [])
    good = True
    for measure in every:
        with tempfile.TemporaryDirectory() as folder:
            for what, line, found, passed in measure(Path(folder)):
                print(f"{what:<26}{line:<18}{found:<10}{'' if passed else 'MISSED'}", flush=True)
                good = good and passed
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
