"""Runs on disk: exact resume, crashes, pictures."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pytest
from tests.runs.on_disk import after, content, evaluate, read_record, resume, start

from undergrad.engine import checkpoint
from undergrad.errors import StoreError, UsageError
from undergrad.rl.run import preset
from undergrad.rl.run.seeds import train_seed
from undergrad.rl.run.threshold import Threshold
from undergrad.runs import folder as disk
from undergrad.runs.run import Run
from undergrad.runs.seeds import Callbacks
from undergrad.runs.settings import as_dict

SHORT = {
    "steps": "600",
    "n_envs": "3",
    "hidden_sizes": "8",
    "batch_size": "16",
    "learning_starts": "60",
    "evaluate_every": "150",
    "evaluation_episodes": "2",
    "log_every": "50",
    "buffer_size": "400",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a short run that nobody disturbed."""
    folder = start(short(), tmp_path_factory.mktemp("whole"), [3])
    resume(folder)
    return folder


def short(**changes):
    return preset.load("cartpole").with_settings(SHORT | changes)


def in_new_process(code):
    before = "from pathlib import Path\nfrom tests.runs.on_disk import resume\n"
    return subprocess.run([sys.executable, "-c", before + code], timeout=100).returncode


def test_resumed_in_a_new_process_equals_undisturbed(whole, tmp_path):
    folder = start(short(), tmp_path, [3])
    assert resume(folder, should_stop=after(101))["state"] == "interrupted"
    assert in_new_process(f"resume(Path({str(folder)!r}))") == 0
    assert content(folder) == content(whole)


def test_stopped_again_and_again_equals_undisturbed(whole, tmp_path):
    folder = start(short(), tmp_path, [3])
    for calls in (0, 1, 7, 43, 43):
        assert resume(folder, should_stop=after(calls))["state"] == "interrupted"
    resume(folder)
    assert content(folder) == content(whole)


def test_killed_while_saving_the_older_checkpoint_goes_on(whole, tmp_path):
    folder = start(short(), tmp_path, [3])
    die = (
        "import os, signal\n"
        "from undergrad.engine import checkpoint\n"
        "honest, count = os.fsync, iter(range(99))\n"
        "def fsync(file):\n"
        "    if next(count) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    honest(file)\n"
        "checkpoint.os.fsync = fsync\n"
        f"resume(Path({str(folder)!r}))"
    )
    assert in_new_process(die) == -9
    assert read_record(folder)["state"] == "running"
    assert in_new_process(f"resume(Path({str(folder)!r}))") == 0
    assert content(folder) == content(whole)


def test_the_folder_holds_what_the_site_reads(whole):
    record = json.loads((whole / "run.json").read_text())
    assert record["kind"] == "reinforcement"
    assert record["state"] == "finished"
    assert record["verdict"] == "fail"
    assert record["seeds"][0]["steps"] == 600
    seed = whole / record["seeds"][0]["folder"]
    for plot in record["plots"]:
        assert (seed / f"{plot}.svg").stat().st_size > 0
    rows = disk.read_log(seed / "log.jsonl")
    assert [row["step"] for row in rows if row["kind"] == "evaluation"] == [150, 300, 450, 600]
    assert len([row for row in rows if row["kind"] == "progress"]) == 12


def test_clips_move_and_are_small(whole):
    from PIL import Image

    for name in json.loads((whole / "run.json").read_text())["clips"]:
        path = whole / "seed-3" / name
        assert path.stat().st_size < 300_000
        with Image.open(path) as clip:
            assert clip.format == "WEBP"
            assert clip.n_frames > 3


def test_judging_again_reproduces_the_score(whole):
    (again,) = evaluate(whole)
    assert again["score"] == again["recorded"]
    (fewer,) = evaluate(whole, episodes=7)
    assert fewer["episodes"] == 7


def test_evaluations_leave_the_training_as_it_is(whole, tmp_path):
    """Evaluating more often changes no weight: nothing is learned there and no draw is shared."""
    folder = start(short(evaluate_every="60"), tmp_path, [3])
    resume(folder)
    parts = ("agent", "replay", "env", "rng")
    one, other = (content(place)[0]["trainer"]["training"] for place in (whole, folder))
    assert [one[part] for part in parts] == [other[part] for part in parts]


def test_seeds_in_processes_equal_seeds_alone(whole, tmp_path):
    folder = start(short(), tmp_path, [2, 3])
    told = []
    record = resume(folder, callbacks=Callbacks(on_seed=lambda entry: told.append(entry)))
    assert content(whole)[:2] == content(folder)[:2]
    assert [entry["seed"] for entry in record["seeds"]] == [2, 3]
    assert {seed.seed for seed in told} == {2, 3}
    passed = sum(seed.verdict == "pass" for seed in told)
    assert record["summary"].startswith(f"{passed} of 2 seeds")
    assert not (folder / ".stop").exists()


def test_stopping_seeds_in_processes(tmp_path):
    folder = start(short(steps="1000000"), tmp_path, [0, 1])
    record = resume(folder, should_stop=lambda: True)
    assert record["state"] == "interrupted"
    assert Run.read(folder).unfinished == (0, 1)


def test_a_finished_run_and_a_busy_run_are_left_alone(whole, tmp_path):
    with pytest.raises(UsageError, match="finished already"):
        resume(whole)
    folder = start(short(), tmp_path, [3])
    with disk.lock(folder), pytest.raises(UsageError, match="another process"):
        resume(folder)


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    folder = start(short(), tmp_path, [3])

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.os, "fsync", full)
    with pytest.raises(StoreError, match=r"checkpoint.safetensors cannot be written \(No space"):
        resume(folder)


def test_two_runs_in_one_second_have_two_folders(tmp_path):
    assert start(short(), tmp_path, [0]) != start(short(), tmp_path, [0])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stepz": "3"}, "did you mean `steps`"),
        ({"qqq": "3"}, "settings are steps, n_envs"),
        ({"steps": "many"}, "steps needs a whole number such as 64, not `many`"),
        ({"double": "yes"}, "true or false"),
        ({"hidden_sizes": "64,x"}, "layer sizes such as 64,64"),
        ({"gamma": "1"}, "below 1"),
        ({"tau": "nan"}, "at most 1"),
        ({"batch_size": "-4"}, "at least 1"),
    ],
)
def test_wrong_settings_are_named(changes, said):
    with pytest.raises(UsageError, match=said):
        preset.load("cartpole").with_settings(changes)


def test_settings_as_text():
    settings = short(hidden_sizes="[16, 8]", double="false", gamma="0.9").settings
    assert (settings.hidden_sizes, settings.double, settings.gamma) == ((16, 8), False, 0.9)
    assert preset.settings_from("dqn", json.loads(json.dumps(as_dict(settings)))) == settings


def test_an_unknown_task_gets_the_nearest_name():
    with pytest.raises(UsageError, match="did you mean `cartpole`"):
        preset.load("cart-pole")


def test_the_first_success_is_kept_through_a_resume(tmp_path):
    line = Threshold(score=9, episodes=2)  # any policy stands for nine steps
    preset_ = replace(short(), pass_line=line)
    train = partial(train_seed, preset_, 3, start(preset_, tmp_path, [3]), Callbacks())
    assert "reached" not in train(after(80)).more
    first = train(lambda: False).more["reached"]
    assert first["steps"] == 150
    assert first["seconds"] > 0
