"""A learner's code on a worker: it trains there with the same bits, and does no harm."""

import socket
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="needs the extra: pip install 'undergrad[cluster]'")

from tests.cluster.fake import FakeCluster
from tests.runs.on_disk import content, start

from undergrad.checker import isolation
from undergrad.cli.presets import in_env, kind_of, load, own_code
from undergrad.errors import UndergradError, UsageError, notify
from undergrad.mine.kit import Kit, Source
from undergrad.rl.run import any_env
from undergrad.runs import Run, session
from undergrad.runs.cluster import fence, slices, training
from undergrad.runs.cluster.proof import proof
from undergrad.runs.run import unmeasured
from undergrad.runs.seeds import Workers

fenced = pytest.mark.skipif(
    not {"user", "pid", "net", "files"} <= set(isolation()),
    reason="the sandbox of this machine lacks a layer",
)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """There is none, so scratch folders are the system's."""
    monkeypatch.setattr(slices, "_scratch", lambda: None)


def trained(train_seed, code=None, files=None, seconds=60.0, context=nullcontext, job="job"):
    """One slice in the sandbox. `train_seed` is nested, so that it travels by value."""
    work = slices.pickled(train_seed, context)
    return fence.train_slice(code or {}, slices.Task(work, 3, files or {}, seconds, job, proof()))


def test_files_rows_sentences_and_the_result_come_back():
    def train_seed(seed, run, callbacks, should_stop):
        import beside

        result = unmeasured(seed, run)
        before = (result.folder / "checkpoint.safetensors").read_bytes()
        (result.folder / "log.jsonl").write_bytes(before + beside.WORD)
        callbacks.on_row(seed, {"kind": "progress", "step": 7, "loss": 0.1})
        notify("There is no clip.")
        return replace(result, verdict="pass", score=0.1 + 0.2, steps=9, more={"reached": None})

    done = trained(train_seed, {"beside.py": b"WORD = b'new'"}, {"checkpoint.safetensors": b"old "})
    assert done.files == {"checkpoint.safetensors": b"old ", "log.jsonl": b"old new"}
    assert done.rows == ({"kind": "progress", "step": 7, "loss": 0.1},)
    assert done.said == ("There is no clip.",)
    result = done.result
    assert (result.seed, result.verdict, result.score, result.steps) == (3, "pass", 0.1 + 0.2, 9)
    assert result.more == {"reached": None}


@fenced
def test_it_writes_nowhere_else_reaches_nobody_and_sends_no_file_of_the_worker(tmp_path):
    secret, listener = tmp_path / "cluster.json", socket.create_server(("127.0.0.1", 0))
    secret.write_text("the key")
    port = listener.getsockname()[1]

    def train_seed(seed, run, callbacks, should_stop):
        result, failed = unmeasured(seed, run), []
        result.folder.mkdir(exist_ok=True)
        for attempt in (
            lambda: (secret.parent / "mine").write_text("x"),
            lambda: secret.unlink(),
            lambda: socket.create_connection(("127.0.0.1", port), 1),
        ):
            try:
                attempt()
            except OSError:
                failed.append(1)
        (result.folder / "log.jsonl").symlink_to(secret)
        return replace(result, steps=len(failed))

    with listener:
        done = trained(train_seed)
    assert done.result.steps == 3
    assert done.files == {}
    assert [path.name for path in tmp_path.iterdir()] == ["cluster.json"]


def test_what_goes_wrong_in_it_is_one_sentence_with_its_exit_code():
    def refuses(seed, run, callbacks, should_stop):
        raise UsageError("There is no module `yard`.")

    def fails(seed, run, callbacks, should_stop):
        return [][3]

    def ends(seed, run, callbacks, should_stop):
        import os

        print("over and out", flush=True)
        os._exit(5)

    for train_seed, code, said in (
        (refuses, 2, "There is no module `yard`."),
        (fails, 3, "ended with IndexError: list index out of range"),
        (ends, 3, r"trains seed 3 with your code ended early \(over and out\); train it on this"),
    ):
        with pytest.raises(UndergradError, match=said) as error:
            trained(train_seed)
        assert error.value.exit_code == code


def test_a_sandbox_that_rounds_differently_is_refused(monkeypatch):
    monkeypatch.setattr(fence, "ARITHMETIC", "NumPy")  # what it is compared with is something else
    with pytest.raises(UndergradError, match="rounds differently from the worker itself"):
        trained(lambda *about: None)


def test_code_that_never_ends_is_ended(monkeypatch):
    def train_seed(seed, run, callbacks, should_stop):
        while True:
            pass

    monkeypatch.setattr(fence, "_STEP", 1.0)
    with pytest.raises(UndergradError, match="with your code took too long"):
        trained(train_seed, seconds=0.5)


def test_ctrl_c_reaches_it():
    def train_seed(seed, run, callbacks, should_stop):
        import time

        while not should_stop():
            time.sleep(0.01)
        return replace(unmeasured(seed, run), steps=1)

    slices.stop("over")
    assert trained(train_seed, seconds=1e9, job="over").result.steps == 1


# Whole runs

FLATTER = """
def factor():
    return 0.5
"""
ADAPTER = b"""
from undergrad.mine.adapter import part


@part("undergrad.engine.ops.linalg.linear", uses=("factor",))
def linear(own, borrowed):
    def linear(x, *others):
        return borrowed(x * own.factor(), *others)

    return linear
"""


def kit():
    """A part that shows in the results."""
    names = ("undergrad.engine.ops.linalg.linear",)
    return Kit((Source(Path("flatter.py"), FLATTER, {}, Path("parts.py"), ADAPTER, (), names),))


def bits(folder):
    run = Run.read(folder)
    return [content(folder, seed.seed) for seed in run.seeds], run.verdict, run.state


def train(folder, cluster, context=nullcontext, code=None):
    """In the sandbox, in slices of 400 steps on slow and fast machines alike."""
    run = Run.read(folder)
    kind = kind_of(run)

    def in_slices(preset, seed, run, callbacks, should_stop):
        steps = iter(range(400))
        stop = lambda: should_stop() or next(steps, None) is None  # noqa: E731
        return kind.train_seed(preset, seed, run, callbacks, stop)

    train_seeds = partial(training.train_seeds, cluster, 1e6, code=code or {})
    workers = Workers(train_seeds, cluster.fit(), "abc")
    sliced = replace(kind, train_seed=in_slices)
    return session.resume(run, sliced, workers=workers, context=context)


def new(folder):
    return start(load("celsius").with_settings({"epochs": "200"}), folder, [3])


@pytest.mark.slow
def test_parts_train_in_the_sandbox_with_the_bits_of_one_machine(tmp_path):
    folder, here, reference = (new(tmp_path / name) for name in ("there", "here", "reference"))
    session.resume(Run.read(here), kind_of(Run.read(here)), context=kit())
    session.resume(Run.read(reference), kind_of(Run.read(reference)))
    cluster = FakeCluster()
    train(folder, cluster, context=kit())
    assert len(cluster.tasks) >= 2
    assert bits(folder) == bits(here) != bits(reference)


def test_a_part_that_raises_is_one_sentence_with_its_line(tmp_path):
    @contextmanager
    def broken():
        raise UndergradError("flatter.py:3: your `factor` raised ValueError")
        yield

    with pytest.raises(UndergradError, match=r"flatter\.py:3: your `factor` raised"):
        train(new(tmp_path), FakeCluster(), context=broken)


YARD = """
import gymnasium
import numpy as np
from hedge import LENGTH

from fences.wood import REWARD


class Yard(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(0, 1, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at = 0
        return np.float32([0]), {}

    def step(self, action):
        self.at += 1
        over = self.at == LENGTH
        return np.float32([self.at / LENGTH]), REWARD * float(action), over, False, {}
"""


@pytest.fixture
def yard(tmp_path, monkeypatch):
    folder = tmp_path / "worlds"
    (folder / "fences").mkdir(parents=True)
    for name, text in {
        "yard.py": YARD,
        "hedge.py": "LENGTH = 5\n",
        "fences/__init__.py": "",
        "fences/wood.py": "import math\nREWARD = math.pi\n",
        "unused.py": "raise SystemExit\n",
        "notes.txt": "private",
    }.items():
        (folder / name).write_text(text)
    monkeypatch.chdir(folder)
    return folder


def test_only_what_the_module_imports_travels(yard, monkeypatch):
    expected = {"yard.py", "hedge.py", "fences/__init__.py", "fences/wood.py"}
    assert set(any_env.own_code("yard:Yard", str(yard))) == expected
    assert any_env.own_code("CartPole-v1", "") == {}
    assert any_env.own_code("gymnasium.envs.classic_control:CartPoleEnv", str(yard)) == {}
    monkeypatch.setattr(any_env, "_MOST_CODE", 100)
    with pytest.raises(UsageError, match=r"`yard`, with .* bytes of Python, and 100 may"):
        any_env.own_code("yard:Yard", "")


@pytest.mark.slow
def test_an_environment_of_ones_own_trains_with_the_bits_of_one_machine(
    yard, tmp_path, monkeypatch
):
    few = {"steps": "300", "evaluate_every": "150", "evaluation_episodes": "2", "hidden_sizes": "8"}
    preset = in_env("yard:Yard", "ppo", {}, 10.0).with_settings(few)
    folder, here = (start(preset, tmp_path / name, [3]) for name in ("there", "here"))
    session.resume(Run.read(here), kind_of(Run.read(here)))
    code = own_code(preset)
    yard.rename(tmp_path / "gone")  # as on another machine
    train(folder, FakeCluster(), code=code)
    assert bits(folder) == bits(here)
