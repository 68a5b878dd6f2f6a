"""The pass lines of a cluster, each with its figure: `python -m tests.reliability.cluster_lines`.

    --kills     also kill -9 of whatever takes part, while eight seeds are trained

The job is simulated: it sleeps, and its checkpoint has 2 MB. So the figures say what slices,
transfers and waiting cost, on however few cores. Needs about two minutes, with --kills some more.
"""

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

from tests.cluster.machines import JOIN, running, started, worker_processes, workers
from tests.reliability.lines import Lines

from undergrad import extras
from undergrad.runs.run import unmeasured
from undergrad.runs.seeds import Callbacks

MEGABYTES = 2
TOTAL = 4.0  # seconds of work in a seed
SLICE = 1.0
KILLS = ["-m", "pytest", "-q", "-n", "0", "-m", "", "tests/cluster/test_kills.py"]


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


def speed_ups(lines: Lines, folder: Path) -> None:
    """Beside one worker, which needs the seconds of all seeds together."""
    with started(folder, 4) as (_, file):
        train(file, 4, 0.1)  # every worker has imported what it needs
        for seeds, line in ((8, 3.2), (5, 2.9)):
            found = seeds * TOTAL / train(file, seeds)
            what = f"4 workers, simulated job, {seeds} seeds, speed-up"
            lines.line(what, f"{found:.2f}", f"at least {line}", good=found >= line)


def overhead(lines: Lines, folder: Path) -> None:
    """What a slice costs besides its training, of 30 s: out, back, and onto the disk."""
    with started(folder, 1) as (_, file):
        train(file, 1, 0.1)
        each = []
        for _ in range(5):
            slices = 20
            each.append(train(file, 1, slices * 0.05, 0.04) / slices - 0.05)
        found = 100 * statistics.median(each) / 30
        what = f"slice of 30 s with {MEGABYTES} MB, overhead"
        lines.line(what, f"{found:.2f}%", "at most 1%", good=found <= 1)


def frozen(lines: Lines, folder: Path, ttl: float = 15.0) -> None:
    """One of two workers stops in the middle, as a machine that swaps does.

    Dask gives it two seconds to end before it kills it, whatever the ttl.
    """
    slices, total = ttl / 6, ttl
    with started(folder, 1, ttl) as (_, file), running(JOIN, file, 1) as away:
        train(file, 2, 0.1)
        usual = train(file, 2, total, slices)
        (worker,) = worker_processes(away)
        Timer(1.5 * slices, partial(worker.send_signal, signal.SIGSTOP)).start()
        late = train(file, 2, total, slices) - usual
        line = ttl + 2 * slices + total / 2  # from then on one worker does the work of two
        what = f"frozen worker, worker-ttl {ttl:g} s, finished later by"
        wanted = f"at most {line:g} s: the ttl, two slices, and half of the work"
        lines.line(what, f"{late:.1f} s", wanted, good=late <= line)


def kills(lines: Lines) -> None:
    """Worker, machine, client, scheduler: `tests/cluster/test_kills.py` compares the bits."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, *KILLS], cwd=root, capture_output=True, text=True)
    found = done.stdout.strip().splitlines()[-1].strip("= ")
    what = "8 seeds, 2 workers, kill -9 of what takes part, against one machine"
    lines.line(what, found, "equal bit for bit", good=done.returncode == 0)


def main(words: list[str] | None = None) -> int:
    """Measure, print; 1 when a line is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.cluster_lines")
    parser.add_argument("--kills", action="store_true")
    asked, lines = parser.parse_args(words), Lines()
    if extras.missing("cluster"):
        lines.note(f"A cluster: not measured. {extras.advice('It', 'cluster')}")
        return 0
    for measure in (speed_ups, overhead, frozen):
        with tempfile.TemporaryDirectory() as folder:
            measure(lines, Path(folder))
    if asked.kills:
        kills(lines)
    return int(lines.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
