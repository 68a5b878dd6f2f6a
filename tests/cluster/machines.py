"""A cluster for tests: schedulers and workers as processes of their own, which a test can kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil

from undergrad.cli.presets import kind_of
from undergrad.runs import Preset, Run, session
from undergrad.runs.cluster import access, client, training
from undergrad.runs.cluster.client import Cluster
from undergrad.runs.cluster.proof import ARITHMETIC, proof
from undergrad.runs.preset import Kind
from undergrad.runs.seeds import Workers

NODES = "from undergrad.runs.cluster import access, nodes; from pathlib import Path; import sys; "
START = NODES + (
    "nodes.start(access.read(Path(sys.argv[1])), int(sys.argv[2]), "
    "lambda: print('ready', flush=True), worker_ttl=float(sys.argv[3]))"
)
JOIN = NODES + (
    "nodes.join(access.read(Path(sys.argv[1])), int(sys.argv[2]), "
    "lambda: print('ready', flush=True))"
)
TTL = 6.0  # seconds until a frozen worker is given up, where a test freezes one


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that has said that it is ready; it is ended with the block, whatever happened."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | one) as node:
        try:
            assert node.stdout is not None and node.stdout.readline() == "ready\n"
            yield node
        finally:
            node.send_signal(signal.SIGCONT)
            node.terminate()
            try:
                node.wait(timeout=20)
            except subprocess.TimeoutExpired:
                node.kill()


@contextmanager
def started(
    folder: Path, workers: int, ttl: float = 120.0
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A scheduler with workers, and its cluster file."""
    file = folder / "cluster.json"
    if not file.exists():
        access.write(access.create("127.0.0.1", free_port()), file)
    with running(START, file, workers, ttl) as node:
        yield node, file


def worker_processes(node: subprocess.Popen[str]) -> list[psutil.Process]:
    """The workers below a node."""
    return _below(psutil.Process(node.pid), "spawn_main")


def kill_a_worker(node: subprocess.Popen[str]) -> int:
    """kill -9 of a worker, as soon as there is one. Returns its process id."""
    found: list[psutil.Process] = []

    def killed() -> bool:
        with suppress(psutil.Error):
            for worker in worker_processes(node):
                worker.kill()
                found.append(worker)
                break
        return bool(found)

    until(killed, "a worker is there to be killed")
    return found[0].pid


@contextmanager
def workers(file: Path, seconds: float) -> Iterator[tuple[Cluster, Workers]]:
    """The workers of a cluster, for `session.resume`, with slices of so many seconds."""
    with client.connect(access.read(file)) as cluster:
        cluster.chosen = client.choose(cluster.members(), proof())
        train_seeds = partial(training.train_seeds, cluster, seconds)
        yield cluster, Workers(train_seeds, cluster.fit(), cluster.chosen[ARITHMETIC])


def bare(run: Run) -> Kind[Preset]:
    """The kind of a run, whose presets render no clips: they take longer than the training."""
    kind = kind_of(run)
    return replace(kind, load=lambda name: replace(kind.load(name), clips=()))


def train(folder: Path, file: Path, seconds: float = 0.3, **options: object) -> Run:
    """Train the run in `folder` on a cluster."""
    run = Run.read(folder)
    with workers(file, seconds) as (_, crew):
        return session.resume(run, bare(run), workers=crew, **options)


def until(true: object, what: str, seconds: float = 200.0) -> None:
    """Wait until something is true."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"after {seconds:g} s still not: {what}"
        time.sleep(0.05)


def log_rows(folder: Path, seeds: Sequence[int]) -> int:
    """Rows of all logs of a run so far."""
    logs = (folder / f"seed-{seed}" / "log.jsonl" for seed in seeds)
    return sum(log.read_bytes().count(b"\n") for log in logs if log.exists())


def kill_a_worker_that_checks(node: subprocess.Popen[str]) -> list[psutil.Process]:
    """kill -9 of a worker in the middle of a check of a regrade; what ran below it, for `alive`."""
    left: list[psutil.Process] = []

    def killed() -> bool:
        with suppress(psutil.Error):
            for worker in worker_processes(node):
                if _below(worker, "on_cluster"):
                    left.extend(worker.children(recursive=True))
                    worker.kill()
                    break
        return bool(left)

    until(killed, "a worker is there that checks")
    return left


def alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended."""
    found = []
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def _below(process: psutil.Process, word: str) -> list[psutil.Process]:
    """The processes below one that have a word in their command."""
    found = []
    for one in process.children(recursive=True):
        with suppress(psutil.Error):  # gone meanwhile
            if word in " ".join(one.cmdline()):
                found.append(one)
    return found
