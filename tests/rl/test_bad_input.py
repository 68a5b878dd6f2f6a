"""What goes wrong in a training is named in a sentence, and what was saved is kept."""

import resource
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.rl import liars  # noqa: F401  # makes their names known
from tests.runs.on_disk import read_record, resume, start

from undergrad import engine
from undergrad.engine import checkpoint
from undergrad.errors import StoreError, ToolError, UndergradError, UsageError
from undergrad.rl.build import build
from undergrad.rl.env import Stepper
from undergrad.rl.evaluate import evaluate
from undergrad.rl.run import preset, render
from undergrad.rl.run.seeds import load_checkpoint
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.vector_env import EnvSpec, make_env
from undergrad.runs import folder as disk

SHORT = {
    "steps": "400",
    "n_envs": "2",
    "hidden_sizes": "8",
    "batch_size": "16",
    "learning_starts": "60",
    "evaluate_every": "100",
    "evaluation_episodes": "1",
    "log_every": "50",
    "buffer_size": "400",
}


def short(env="CartPole-v1", **changes):
    task = preset.load("cartpole").with_settings(SHORT | changes)
    return replace(task, env=env if isinstance(env, EnvSpec) else EnvSpec(env))


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("nan reward", "gave the reward nan"),
        ("endless reward", "gave the reward inf"),
        ("nan observation", r"outside of Box.*\[0.0, nan\]"),
        ("outside", r"outside of Box.*\[0.0, 3.0\]"),
        ("other shape", r"in step 6 of an episode: .* its shape is \(3,\) and not \(2,\)"),
    ],
)
def test_an_environment_that_lies_on_the_way_is_named(lie, said):
    world = EnvSpec("tests/Liar-v0", {"lie": lie})
    trainer = Trainer(short(world, observation_scale="1,1"), 0)
    with pytest.raises(ToolError, match=said) as told:
        for _ in range(20):
            trainer.advance()
    assert "tests/Liar-v0" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("nan reward", "gave the reward nan"),
        ("outside", r"outside of Box.*\[0.0, 3.0\]"),
        ("other shape", r"its shape is \(3,\) and not \(2,\)"),
    ],
)
def test_an_environment_that_lies_to_a_judge_is_named(lie, said):
    with pytest.raises(ToolError, match=said):
        evaluate(lambda seen: np.zeros(len(seen), int), "tests/Liar-v0", episodes=2, lie=lie)


def test_an_environment_that_lies_at_once_is_named():
    with pytest.raises(ToolError, match=r"at the start: .* its shape is \(3,\)"):
        make_env("tests/Unlike-v0")


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ("Pendulum-v1", "train it with ppo"),
        ("NoSuchWorld-v0", "cannot be made"),
        (
            "connect3",
            "a board game for two and not an environment: `undergrad train connect3-zero`",
        ),
        (EnvSpec("CartPole-v1", {"colour": "red"}), "cannot be made"),
        ("MountainCar-v0", "observation_scale has 4 numbers"),
    ],
)
def test_a_world_that_a_dqn_cannot_learn_is_refused_before_it_starts(world, said):
    scale = {"observation_scale": "1,1,8"} if world == "Pendulum-v1" else {}
    with pytest.raises(UndergradError, match=said) as told:
        Trainer(short(world, **scale), 0)
    assert "\n" not in str(told.value)


def test_a_checkpoint_of_another_agent_is_refused():
    state, trainer = Trainer(short(), 0).state_dict(), Trainer(short(), 1)
    before = trainer.agent.state_dict()["online"]
    state["identity"] |= {"agent": "ppo"}
    with pytest.raises(ValueError, match="agent = ppo, and this run has agent = dqn"):
        trainer.load_state_dict(state)
    for name, array in trainer.agent.state_dict()["online"].items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hidden_sizes": "9"}, r"hidden_sizes = \[8\], and this run has hidden_sizes = \[9\]"),
        ({"dueling": "true"}, "dueling = False, and this run has dueling = True"),
        ({"learning_rate": "0.1"}, "learning_rate = 0.002, and this run has"),
    ],
)
def test_a_checkpoint_of_other_settings_is_refused(changes, said, tmp_path):
    engine.save(tmp_path / "checkpoint.safetensors", trainer=Trainer(short(), 0), extra={})
    with pytest.raises(UsageError, match=said):
        load_checkpoint(tmp_path, Trainer(short(**changes), 0))


def test_a_disk_that_fills_up_in_the_middle_loses_nothing(tmp_path, monkeypatch):
    whole = start(short(), tmp_path / "whole", [0])
    resume(whole)
    folder = start(short(), tmp_path / "full", [0])
    honest, count = checkpoint.os.fsync, iter(range(99))

    def full(file):
        if next(count) >= 2:
            raise OSError(28, "No space left on device")
        honest(file)

    monkeypatch.setattr(checkpoint.os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left on device.*make room"):
        resume(folder)
    assert read_record(folder)["state"] == "interrupted"
    assert read_record(folder)["summary"].count("make room") == 1
    monkeypatch.undo()
    assert resume(folder)["state"] == "finished"
    logs = [(place / "seed-0" / "log.jsonl").read_bytes() for place in (whole, folder)]
    assert logs[0] == logs[1]


def test_a_full_disk_under_the_log_is_named(tmp_path, monkeypatch):
    folder = start(short(), tmp_path, [0])
    honest = disk.append_log

    def full(path, rows):
        if any(row["step"] >= 200 for row in rows):
            with disk.writing(path):
                raise OSError(28, "No space left on device")
        honest(path, rows)

    monkeypatch.setattr(disk, "append_log", full)
    with pytest.raises(StoreError, match=r"log.jsonl cannot be written"):
        resume(folder)
    monkeypatch.undo()
    assert resume(folder)["state"] == "finished"


def test_a_disk_that_is_full_when_pictures_are_drawn_is_named(tmp_path, monkeypatch):
    folder = start(short(), tmp_path, [0])

    def full(*about):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(StoreError, match="make room"):
        patch.setattr(render, "save_clip", full)
        resume(folder)
    assert read_record(folder)["state"] == "interrupted"
    assert resume(folder)["state"] == "finished"


def test_a_log_is_cut_where_nothing_can_be_written(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text("1\n2\n3\n4")  # the last line was cut off by a crash

    def full():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    code = "from pathlib import Path; from undergrad.runs import folder as disk; "
    code += f"disk.truncate_log(Path({str(log)!r}), 2)"
    subprocess.run([sys.executable, "-c", code], preexec_fn=full, timeout=60, check=True)
    assert log.read_text() == "1\n2\n"


def test_too_little_memory_is_named(tmp_path, monkeypatch):
    folder = start(short(), tmp_path, [0])

    def greedy(self, action):
        raise MemoryError("Unable to allocate 30 GiB")

    with monkeypatch.context() as patch, pytest.raises(ToolError, match="not enough memory"):
        patch.setattr(Stepper, "step", greedy)
        resume(folder)
    assert read_record(folder)["state"] == "interrupted"
    assert resume(folder)["state"] == "finished"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"distributional": "median"}, "distributional must be none or c51 or quantile"),
        ({"v_min": "100"}, "v_min must be below"),
        ({"per_alpha": "1.5"}, "between 0 and 1"),
        ({"ez_duration": "0"}, "ez_duration must be at least 1"),
        ({"ez_duration": "0.5"}, "ez_duration must be at least 1"),
        ({"distributional": "c51", "n_atoms": "1"}, "n_atoms must be at least 2"),
    ],
)
def test_settings_without_sense_are_named(changes, said):
    with pytest.raises(UsageError, match=said):
        Trainer(short(**changes), 0)


def test_planes_that_are_no_stack_of_frames_are_not_taken_for_one():
    task = preset.load("catch").with_settings(
        {"steps": "500", "frame_stack": "2", "hidden_sizes": "8"}
    )
    with pytest.raises(ToolError, match="not a stack of the newest frames"):
        Trainer(task, 0).advance()


def test_an_unknown_agent_is_named():
    with pytest.raises(UsageError, match="no agent `dqm`"):
        build("dqm", EnvSpec("CartPole-v1"), short().settings, 0)
