"""Self-play in shards: the same bits as on one machine, on any worker, whatever is lost."""

import itertools
import pickle
from dataclasses import replace
from functools import partial
from threading import Thread

import pytest

pytest.importorskip("distributed", reason="needs the extra: pip install 'undergrad[cluster]'")

from tests.cluster.fake import FakeCluster, lost
from tests.cluster.machines import kill_a_worker, log_rows, started, until, workers
from tests.runs.on_disk import content, start

from undergrad.cli.presets import kind_of, load
from undergrad.errors import ToolError
from undergrad.rl.run import plots
from undergrad.runs import Run, session
from undergrad.runs.cluster import shards, training
from undergrad.runs.cluster.proof import proof
from undergrad.runs.seeds import Workers

SHORT = {
    "steps": "500",
    "n_envs": "12",
    "shards": "5",
    "hidden_sizes": "8",
    "simulations": "4",
    "evaluation_simulations": "2",
    "batch_size": "16",
    "buffer_size": "120",
    "evaluate_every": "250",
    "evaluation_episodes": "20",
    "log_every": "50",
}


@pytest.fixture(autouse=True)
def no_plots(monkeypatch):
    """They take long, and are not compared."""
    monkeypatch.setattr(plots, "draw", lambda *arguments: None)


def new(folder, numbers=(3,), **changes):
    return start(load("tictactoe-zero").with_settings(SHORT | changes), folder, numbers)


def bits(folder):
    run = Run.read(folder)
    return [content(folder, seed.seed) for seed in run.seeds], run.verdict, run.state


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The same training here, without a cluster."""
    folder = new(tmp_path_factory.mktemp("here"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "draw", lambda *arguments: None)
        session.resume(Run.read(folder), kind_of(Run.read(folder)))
    return bits(folder)


def sliced(cluster):
    """As the command does where a seed is not spread."""
    return partial(training.train_seeds, cluster, 1e6)


def train(folder, cluster, **options):
    run = Run.read(folder)
    train_seeds = partial(shards.train_seeds, cluster, sliced(cluster))
    workers = Workers(train_seeds, cluster.fit(), "abc")
    return session.resume(run, kind_of(run), workers=workers, **options)


def test_a_seed_ends_as_on_one_machine(tmp_path, expected):
    folder, cluster = new(tmp_path), FakeCluster(count=3)
    train(folder, cluster)
    assert bits(folder) == expected
    assert {type(task) for task in cluster.tasks} == {shards.Task}
    assert len(cluster.tasks) % 5 == 0 and len(cluster.tasks) >= 20
    assert len({task.work for task in cluster.tasks[:5]}) == 1  # weights are pickled once


def test_of_an_agent_little_more_than_its_weights_travels(tmp_path):
    cluster = FakeCluster(count=2)
    train(new(tmp_path, steps="60"), cluster)
    (play_shard,) = pickle.loads(cluster.tasks[0].work)
    weights = play_shard.args[0].weights.values()
    assert len(cluster.tasks[0].work) < sum(array.nbytes for array in weights) + 4_000


def test_a_lost_shard_is_played_again(tmp_path, expected, caplog):
    def harm(task, number):
        if number in (1, 7, 8, 20):
            raise lost()

    folder = new(tmp_path)
    train(folder, FakeCluster(count=3, harm=harm))
    assert bits(folder) == expected
    assert sum("lost its worker" in each for each in caplog.messages) == 4


def test_a_shard_that_loses_its_worker_three_times_stops_the_run(tmp_path, expected):
    def harm(task, number):
        if number > 9:
            raise lost()

    folder = new(tmp_path)
    with pytest.raises(ToolError, match=rf"Shard \d lost its worker 3 times.*resume {folder.name}"):
        train(folder, FakeCluster(harm=harm))
    assert Run.read(folder).state == "interrupted"
    train(folder, FakeCluster())
    assert bits(folder) == expected


def test_ctrl_c_undoes_the_batch_and_the_run_goes_on_here(tmp_path, expected):
    folder, cluster = new(tmp_path), FakeCluster(count=2)
    run = train(folder, cluster, should_stop=lambda: len(cluster.tasks) >= 13)
    assert run.state == "interrupted"
    assert len(cluster.tasks) <= 15  # nothing of another batch went out
    session.resume(Run.read(folder), kind_of(run))
    assert bits(folder) == expected


def test_a_run_that_was_started_here_goes_on_there(tmp_path, expected):
    folder, asked = new(tmp_path), itertools.count()
    run = Run.read(folder)
    session.resume(run, kind_of(run), should_stop=lambda: next(asked) > 60)
    assert Run.read(folder).state == "interrupted"
    train(folder, FakeCluster())
    assert bits(folder) == expected


@pytest.mark.parametrize("case", ["few workers", "other arithmetic"])
def test_otherwise_seeds_are_sliced_with_the_same_bits(tmp_path, expected, case, monkeypatch):
    cluster = FakeCluster(count=1 if case == "few workers" else 2)
    if case == "other arithmetic":
        monkeypatch.setattr(shards, "proof", lambda: {**proof(), "arithmetic": "other"})
    monkeypatch.setattr("undergrad.runs.cluster.slices._scratch", lambda: None)
    folder = new(tmp_path)
    train(folder, cluster)
    assert bits(folder) == expected
    assert shards.Task not in {type(task) for task in cluster.tasks}


def test_seeds_are_spread_one_after_the_other(tmp_path, expected):
    folder, cluster = new(tmp_path, (3, 4)), FakeCluster(count=4)
    run = train(folder, cluster)
    assert bits(folder)[0][0] == expected[0][0]
    assert run.state == "finished" and len(run.seeds) == 2


def test_a_worker_that_changed_is_refused(tmp_path, monkeypatch):
    changed = {**proof(), "NumPy": "1.0"}
    monkeypatch.setattr(shards, "proof", lambda: changed)
    with pytest.raises(ToolError, match=r"A worker changed .*NumPy .* there and 1.0 here"):
        train(new(tmp_path), FakeCluster(chosen=changed))


@pytest.mark.slow
def test_workers_that_are_killed_cost_their_shards(tmp_path):
    """Processes of their own, and kill -9 in the middle, three times."""
    longer = {"steps": "6000", "n_envs": "60", "evaluate_every": "3000"}
    here = new(tmp_path / "here", **longer)
    session.resume(Run.read(here), kind_of(Run.read(here)))
    folder, killed = new(tmp_path / "there", **longer), []
    with started(tmp_path, 2) as (node, file):

        def kill():
            for rows in (2, 7, 12):
                until(lambda rows=rows: log_rows(folder, [3]) > rows, f"{rows} rows")
                killed.append(kill_a_worker(node))

        thread = Thread(target=kill)
        thread.start()
        with workers(file, 30) as (cluster, crew):
            spread = replace(
                crew, train_seeds=partial(shards.train_seeds, cluster, crew.train_seeds)
            )
            run = Run.read(folder)
            session.resume(run, kind_of(run), workers=spread)
        thread.join()
    assert len({*killed}) == 3
    assert bits(folder) == bits(here)
