"""kill -9 of whatever takes part, and every seed ends with the bits of one machine."""

import random
import signal
import subprocess
import sys
import time
from threading import Thread

import pytest

pytest.importorskip("distributed", reason="needs the extra: pip install 'undergrad[cluster]'")

from tests.cluster.machines import (
    JOIN,
    TTL,
    bare,
    log_rows,
    running,
    started,
    train,
    until,
    worker_processes,
)
from tests.runs.on_disk import content, start

from undergrad.cli.presets import load
from undergrad.errors import ToolError
from undergrad.runs import Run, session
from undergrad.runs.cluster import access, client
from undergrad.runs.seeds import Callbacks

pytestmark = pytest.mark.slow
SEEDS = range(3, 11)
SETTINGS = {"steps": "1500", "evaluate_every": "300", "evaluation_episodes": "3"}


def new(folder, seeds=SEEDS):
    return start(load("cartpole").with_settings(SETTINGS), folder, seeds)


def bits(folder):
    """What must be equal to the last bit, of every seed; and the verdict."""
    run = Run.read(folder)
    return [content(folder, seed.seed) for seed in run.seeds], run.verdict, run.state


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The same training on one machine."""
    folder = new(tmp_path_factory.mktemp("here"))
    run = Run.read(folder)
    session.resume(run, bare(run))
    return bits(folder)


def kill_during(folder, kill):
    """Runs `kill` as soon as some slices are back. Returns the thread."""

    def wait():
        until(lambda: log_rows(folder, SEEDS) > 8, "some rows")
        kill()

    thread = Thread(target=wait)
    thread.start()
    return thread


def test_two_workers_end_as_one_machine(tmp_path, expected):
    folder, rows = new(tmp_path / "runs"), []
    with started(tmp_path, 2) as (_, file):
        train(folder, file, callbacks=Callbacks(on_row=lambda seed, row: rows.append(seed)))
    assert bits(folder) == expected
    assert len(rows) == log_rows(folder, SEEDS) and set(rows) == set(SEEDS)
    assert Run.read(folder).arithmetic


def test_a_worker_that_is_killed_costs_a_slice(tmp_path, expected, caplog):
    folder = new(tmp_path / "runs")
    with started(tmp_path, 2) as (node, file):
        thread = kill_during(folder, lambda: worker_processes(node)[0].kill())
        train(folder, file)
        thread.join()
    assert bits(folder) == expected
    lost = [each for each in caplog.messages if "lost its worker" in each]
    assert 1 <= len(lost) == len({*lost})  # of no seed more than one slice


def test_a_machine_that_is_gone_costs_a_slice_of_each_of_its_seeds(tmp_path, expected):
    folder = new(tmp_path / "runs")
    with started(tmp_path, 1) as (_, file), running(JOIN, file, 1) as away:
        thread = kill_during(folder, away.kill)  # its worker ends with it
        train(folder, file)
        thread.join()
    assert bits(folder) == expected


CLIENT = """
import sys
from pathlib import Path
from tests.cluster.machines import train
print("ready", flush=True)
train(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_client_that_is_killed_again_and_again_is_resumed(tmp_path, expected):
    folder, draws, kills = new(tmp_path / "runs"), random.Random(0), 0
    with started(tmp_path, 2) as (_, file):
        while Run.read(folder).state != "finished":
            command = [sys.executable, "-c", CLIENT, str(folder), str(file)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                process.stdout.readline()
                before = log_rows(folder, SEEDS)
                if kills < 4:
                    until(
                        lambda n=before: (
                            log_rows(folder, SEEDS) > n + 3 or process.poll() is not None
                        ),
                        "some rows",
                    )
                    time.sleep(draws.uniform(0, 0.6))
                    kills += process.poll() is None
                    process.kill()
    assert kills >= 2 and bits(folder) == expected


def test_a_scheduler_that_is_killed_is_one_sentence_and_the_run_goes_on_here(tmp_path, expected):
    folder = new(tmp_path / "runs")
    with started(tmp_path, 2) as (node, file):
        thread = kill_during(folder, node.kill)
        with pytest.raises(ToolError, match=f"is gone; what was saved .* resume {folder.name}"):
            train(folder, file)
        thread.join()
    assert Run.read(folder).state == "interrupted"
    run = Run.read(folder)
    session.resume(run, bare(run))
    assert bits(folder) == expected


def test_workers_elsewhere_come_back_when_their_scheduler_does(tmp_path, expected):
    folder = new(tmp_path / "runs")
    with started(tmp_path, 0) as (node, file), running(JOIN, file, 1):
        node.kill()
        node.wait()
        with started(tmp_path, 0):
            deadline = time.monotonic() + 60
            while True:
                try:
                    train(folder, file)
                    break
                except ToolError as error:
                    assert "no worker" in str(error) and time.monotonic() < deadline
                    time.sleep(0.5)
    assert bits(folder) == expected


def test_a_frozen_machine_is_given_up_and_comes_back_too_late(tmp_path, expected):
    folder, frozen = new(tmp_path / "runs"), []
    with started(tmp_path, 1, TTL) as (_, file), running(JOIN, file, 1) as away:

        def freeze():
            for one in (away, *worker_processes(away)):  # its nanny cannot start it again either
                one.send_signal(signal.SIGSTOP)
                frozen.append(one)
            time.sleep(TTL + 30 + 6)  # Dask gives a nanny half a minute to answer
            for one in reversed(frozen):  # its nanny last, which would end it at once
                one.send_signal(signal.SIGCONT)

        thread = kill_during(folder, freeze)
        train(folder, file)
        thread.join()
    assert frozen and bits(folder) == expected


def test_a_foreign_worker_that_joins_late_gets_no_work(tmp_path, expected):
    folder = new(tmp_path / "runs")
    foreign = (
        "import sys, asyncio; from pathlib import Path\n"
        "from distributed import Worker\n"
        "from undergrad.runs.cluster import access, proof\n"
        "other = {**proof.proof(), 'NumPy': '1.0'}\n"
        "known = access.read(Path(sys.argv[1]))\n"
        "async def serve():\n"
        "    async with Worker(known.address, nthreads=1, security=known.security(),\n"
        "            resources={proof.resource(other): 1},\n"
        "            startup_information={'undergrad': lambda worker: other}) as worker:\n"
        "        print('ready', flush=True)\n"
        "        await worker.finished()\n"
        "asyncio.run(serve())\n"
    )
    said = []
    with started(tmp_path, 1) as (_, file), running(foreign, file):
        thread = kill_during(folder, lambda: said.append(members(file)))
        train(folder, file)
        thread.join()
    assert bits(folder) == expected
    assert {one.proof["NumPy"]: one.busy for one in said[0]}["1.0"] is False


def members(file):
    with client.connect(access.read(file)) as cluster:
        return cluster.members()
