"""Seeds as chains of slices: the same bits as on one machine, whatever is lost on the way."""

import itertools
import os
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from threading import Event

import pytest

pytest.importorskip("distributed", reason="needs the extra: pip install 'undergrad[cluster]'")

from tests.cluster.fake import FakeCluster, lost
from tests.runs.on_disk import content, start

from undergrad.cli.presets import kind_of, load
from undergrad.errors import StoreError, ToolError
from undergrad.runs import Run, session
from undergrad.runs.cluster import job, slices, training
from undergrad.runs.cluster.proof import proof
from undergrad.runs.cluster.training import next_seconds
from undergrad.runs.seeds import Callbacks, Workers
from undergrad.supervised import plots

SEEDS = range(3, 6)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """There is no worker, so scratch folders are the system's. A slice lasts for so many steps, on
    slow and fast machines alike. Plots, which take long, are not compared."""
    monkeypatch.setattr(slices, "_scratch", lambda: None)
    monkeypatch.setattr(slices, "until", steps)
    monkeypatch.setattr(plots, "draw", lambda *arguments: None)


def steps(most, is_over):
    count = itertools.count()
    return lambda: is_over() or next(count) >= most


def new(folder):
    return start(load("celsius").with_settings({"epochs": "60"}), folder, SEEDS)


def bits(folder):
    run = Run.read(folder)
    return [content(folder, seed.seed) for seed in run.seeds], run.verdict, run.state


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The same training without slices."""
    folder = new(tmp_path_factory.mktemp("here"))
    run = Run.read(folder)
    session.resume(run, kind_of(run), workers=Workers(_one_by_one, 1))
    return bits(folder)


def _one_by_one(train_seed, run, seeds, callbacks, should_stop, context):
    return (train_seed(seed, run, callbacks, should_stop) for seed in seeds)


def train(folder, cluster, seconds=20, **options):
    run = Run.read(folder)
    train_seeds = partial(training.train_seeds, cluster, seconds)
    workers = Workers(train_seeds, cluster.fit(), "abc")
    return session.resume(run, kind_of(run), workers=workers, **options)


def test_slices_end_as_one_training(tmp_path, expected):
    folder, cluster, rows = new(tmp_path), FakeCluster(), []
    on_row = Callbacks(on_row=lambda seed, row: rows.append((seed, row["kind"])))
    train(folder, cluster, callbacks=on_row)
    assert bits(folder) == expected
    assert len(cluster.tasks) > 2 * len(SEEDS)  # several slices each
    assert {seed for seed, _ in rows} == {*SEEDS}
    assert Run.read(folder).arithmetic == "abc"


def test_seeds_take_turns(tmp_path):
    cluster = FakeCluster(count=1)
    train(new(tmp_path), cluster)
    assert [task.seed for task in cluster.tasks[:6]] == [*SEEDS, *SEEDS]


def test_a_lost_slice_goes_out_again_with_the_newest_files(tmp_path, expected, caplog):
    def harm(task, number):
        if number in (2, 5):
            raise lost()

    folder, cluster = new(tmp_path), FakeCluster(harm=harm)
    train(folder, cluster)
    assert bits(folder) == expected
    second, again = (
        [task for task in cluster.tasks if task.seed == cluster.tasks[4].seed][n] for n in (1, 2)
    )
    assert second.files == again.files != {}
    assert sum("lost its worker" in each for each in caplog.messages) == 2


def test_a_seed_that_loses_its_worker_three_times_stops_the_run(tmp_path, expected):
    def harm(task, number):
        if task.seed == 4:
            raise lost()

    folder = new(tmp_path)
    with pytest.raises(ToolError, match=f"Seed 4 lost its worker 3 times.*resume {folder.name}"):
        train(folder, FakeCluster(harm=harm))
    assert Run.read(folder).state == "interrupted"
    train(folder, FakeCluster())
    assert bits(folder) == expected


def test_losses_are_forgiven_by_a_slice_that_returns(tmp_path, expected):
    counts = {seed: itertools.count(1) for seed in SEEDS}

    def harm(task, number):
        if next(counts[task.seed]) % 3:
            raise lost()

    folder = new(tmp_path)
    train(folder, FakeCluster(harm=harm), seconds=30)
    assert bits(folder) == expected


@pytest.mark.parametrize("error", [CancelledError("scheduler gone"), OSError("no route")])
def test_a_lost_scheduler_is_one_sentence(tmp_path, expected, error):
    def harm(task, number):
        if number > 3:
            raise error

    folder = new(tmp_path)
    with pytest.raises(ToolError, match="The scheduler at tls://nowhere:1 is gone; what was saved"):
        train(folder, FakeCluster(harm=harm))
    train(folder, FakeCluster())
    assert bits(folder) == expected


def test_without_workers_it_waits_and_then_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(job, "_LONELY", 0.3)
    folder = new(tmp_path)
    with pytest.raises(ToolError, match=f"No worker is left at .*resume {folder.name}"):
        train(folder, FakeCluster(count=0))


def test_a_full_disk_of_the_client_is_one_sentence(tmp_path, expected, monkeypatch):
    folder, usual, count = new(tmp_path), slices.replace_file, itertools.count()

    def full(path, content):
        if path.is_relative_to(folder) and next(count) == 4:
            raise OSError(28, "No space left on device")
        usual(path, content)

    monkeypatch.setattr(slices, "replace_file", full)
    with pytest.raises(StoreError, match=r"No space left.*resume the run"):
        train(folder, FakeCluster())
    train(folder, FakeCluster())
    assert bits(folder) == expected


def test_a_full_disk_of_a_worker_names_the_machine(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    folder = new(tmp_path)
    monkeypatch.setattr(slices, "replace_file", full)
    monkeypatch.setattr(slices.socket, "gethostname", lambda: "pc-7")
    slices.keep({}, folder / "seed-3")
    (folder / "seed-3" / "log.jsonl").write_text("")
    with pytest.raises(ToolError, match=r"On the worker pc-7: .*No space left"):
        train(folder, FakeCluster())


def test_a_client_that_dies_while_it_writes_a_slice_loses_nothing(tmp_path, expected, monkeypatch):
    """At every single write once."""
    usual, folder = slices.replace_file, new(tmp_path)
    for fatal in itertools.count():
        writes = itertools.count()

        def dies(path, content, writes=writes, fatal=fatal):
            if path.is_relative_to(folder) and next(writes) == fatal:
                raise KeyboardInterrupt
            usual(path, content)

        monkeypatch.setattr(slices, "replace_file", dies)
        try:
            train(folder, FakeCluster(), seconds=30)
            break
        except KeyboardInterrupt:
            continue
    assert fatal > 3 and bits(folder) == expected


def test_ctrl_c_saves_what_runs_and_leaves(tmp_path, expected):
    folder, cluster = new(tmp_path), FakeCluster()
    run = train(folder, cluster, seconds=1e6, should_stop=lambda: len(cluster.tasks) >= 2)
    assert run.state == "interrupted"
    assert len(cluster.tasks) == 2  # nothing new went out
    assert all(seed.steps for seed in run.seeds if seed.seed != 5)
    train(folder, FakeCluster())
    assert bits(folder) == expected


def test_ctrl_c_does_not_wait_for_a_frozen_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(job, "_GRACE", 0.3)
    thawed = Event()
    folder, cluster = new(tmp_path), FakeCluster(harm=lambda task, number: thawed.wait())
    run = train(folder, cluster, should_stop=lambda: len(cluster.tasks) >= 2)  # or waits for ever
    thawed.set()
    assert run.state == "interrupted"


def test_a_second_ctrl_c_leaves_at_once(tmp_path):
    thawed = Event()
    folder, cluster = new(tmp_path), FakeCluster(harm=lambda task, number: thawed.wait())

    def twice():
        if len(cluster.tasks) >= 2:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        train(folder, cluster, should_stop=twice)
    thawed.set()


def test_a_worker_that_changed_is_refused(tmp_path):
    cluster = FakeCluster(chosen={**proof(), "NumPy": "1.0"})
    with pytest.raises(ToolError, match=r"A worker changed .*NumPy .* there and 1.0 here"):
        train(new(tmp_path), cluster)


def test_what_a_worker_wants_to_say_is_said_here(tmp_path, monkeypatch, caplog):
    usual, folder = training.train_slice, new(tmp_path)

    def said(task):
        done = usual(task)
        return slices.Slice(done.result, done.files, done.rows, ("There is no clip.",))

    monkeypatch.setattr(training, "train_slice", said)
    train(folder, FakeCluster())
    assert "There is no clip." in caplog.messages


@pytest.mark.parametrize(
    ("size", "transfer", "seconds"),
    [(0, 0, 30), (2_000_000, 0.2, 30), (2_000_000, 3, 300), (300_000_000, 1, inf)],
)
def test_moving_files_costs_at_most_a_hundredth(size, transfer, seconds):
    assert next_seconds(30, size, transfer) == seconds


def test_a_step_that_is_longer_than_a_slice_gets_longer_ones(tmp_path, monkeypatch):
    """As a generation of self-play, which is undone when it has to stop."""
    usual, seen = training.train_slice, []

    def stuck(task):
        seen.append(task.seconds)
        done = usual(task)
        if task.seconds < 20:
            return replace(done, result=replace(done.result, steps=0, verdict=None))
        return done

    monkeypatch.setattr(training, "train_slice", stuck)
    folder = new(tmp_path)
    train(folder, FakeCluster(count=1), seconds=5)
    assert max(seen) == 20


def test_only_files_of_the_seed_travel(tmp_path):
    slices.keep({"log.jsonl": b"a", "checkpoint.safetensors": b"b"}, tmp_path / "seed-0")
    (tmp_path / "seed-0" / ".new-123").write_bytes(b"half")
    assert slices.files_of(tmp_path / "seed-0") == {
        "checkpoint.safetensors": b"b",
        "log.jsonl": b"a",
    }
    assert slices.files_of(tmp_path / "none") == {}
    slices.keep({"../../outside": b"x"}, tmp_path / "seed-0")
    assert not Path(os.path.abspath(tmp_path / "outside")).exists()
