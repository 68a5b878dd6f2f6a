"""Runs of supervised tasks: exact resume, crashes, wrong settings, what is left on disk."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.runs.on_disk import after, content, evaluate, read_record, resume, start, write_record

from undergrad.engine import checkpoint
from undergrad.errors import StoreError, UsageError
from undergrad.runs import folder as disk
from undergrad.runs import list_runs
from undergrad.runs.seeds import Callbacks
from undergrad.supervised import catalogue

SHORT = {"epochs": "3", "hidden_size": "8"}


def begin(folder, seed=3, name="digits", **changes):
    task = catalogue.load(name).with_settings((SHORT if name == "digits" else {}) | changes)
    return start(task, folder, [seed])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a short run that nobody disturbed."""
    folder = begin(tmp_path_factory.mktemp("whole"))
    resume(folder)
    return folder


def test_stopped_again_and_again_equals_undisturbed(whole, tmp_path):
    folder = begin(tmp_path)
    for calls in (0, 1, 60, 113, 41):
        assert resume(folder, should_stop=after(calls))["state"] == "interrupted"
    resume(folder)
    assert content(folder) == content(whole)


def killed(folder, saves):
    """Train in a process that is killed while it saves for the `saves`-th time."""
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from undergrad.engine import checkpoint\n"
        "from tests.runs.on_disk import resume\n"
        "honest, count = checkpoint.os.fsync, iter(range(999))\n"
        "def fsync(file):\n"
        f"    if next(count) == {saves}:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    honest(file)\n"
        "checkpoint.os.fsync = fsync\n"
        f"resume(Path({str(folder)!r}))"
    )
    return subprocess.run([sys.executable, "-c", code], timeout=100).returncode


def test_killed_while_saving_the_older_checkpoint_goes_on(whole, tmp_path):
    folder = begin(tmp_path)
    assert killed(folder, 3) == -signal.SIGKILL
    assert read_record(folder)["state"] == "running"
    resume(folder)
    assert content(folder) == content(whole)


@pytest.mark.slow
def test_killed_at_ten_random_moments_equals_undisturbed(tmp_path):
    """Without warning, at any step: what was done since the last checkpoint is done again."""
    quick = {"name": "digits-cnn", "epochs": "2", "channels": "4"}
    undisturbed, folder = begin(tmp_path, **quick), begin(tmp_path, **quick)
    resume(undisturbed)
    for step in np.random.default_rng(0).integers(1, 60, 10):
        code = (
            "import os, signal\n"
            "from pathlib import Path\n"
            "from tests.runs.on_disk import resume\n"
            f"count = iter(range({step}))\n"
            "def stop():\n"
            "    return next(count, None) is None and os.kill(os.getpid(), signal.SIGKILL)\n"
            f"resume(Path({str(folder)!r}), should_stop=stop)"
        )
        done = subprocess.run([sys.executable, "-c", code], timeout=300)
        assert done.returncode in (0, -signal.SIGKILL)
        if done.returncode == 0:
            break
    else:
        resume(folder)
    assert content(folder) == content(undisturbed)


def test_the_folder_holds_what_the_site_reads(tmp_path):
    resume(begin(tmp_path / "runs"))
    (run,) = list_runs(tmp_path / "runs")
    assert (run.kind, run.state, run.verdict) == ("supervised", "finished", "fail")
    assert run.summary.startswith("It reads")
    (seed,) = run.seeds
    rows = disk.read_log(seed.folder / "log.jsonl")
    assert [row["epoch"] for row in rows if "accuracy" in row] == [1, 2, 3]
    assert seed.steps == sum("accuracy" not in row for row in rows) == rows[-1]["step"]
    for plot in run.plots:
        assert (seed.folder / f"{plot}.svg").is_file()


def test_who_watches_is_told_of_losses_and_measures(tmp_path):
    rows = []
    resume(begin(tmp_path), callbacks=Callbacks(on_row=lambda seed, row: rows.append(row)))
    first, *_, last = rows
    assert (first["kind"], first["step"]) == ("progress", 1)
    assert (last["kind"], last["step"]) == ("evaluation", last["of"])
    assert 0 < last["accuracy"] <= 1


def test_seeds_in_processes_equal_seeds_alone(whole, tmp_path):
    task = catalogue.load("digits").with_settings(SHORT)
    folder = start(task, tmp_path, [2, 3])
    record = resume(folder)
    assert content(whole)[:2] == content(folder)[:2]
    assert [entry["seed"] for entry in record["seeds"]] == [2, 3]
    assert "seeds reached the pass line; accuracy: 0." in record["summary"]


def test_judging_again_reproduces_the_score(whole):
    (again,) = evaluate(whole)
    assert again["score"] == again["recorded"]
    with pytest.raises(UsageError, match="no episodes"):
        evaluate(whole, episodes=3)


def test_judging_a_run_that_has_not_started(tmp_path):
    with pytest.raises(UsageError, match="no checkpoint yet"):
        evaluate(begin(tmp_path))


def spoil_truncated(folder):
    path = folder / "seed-3" / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-500])


def spoil_settings(folder):
    record = read_record(folder)
    record["settings"]["learning_rate"] = 0.5
    write_record(folder, record)


def spoil_unknown_setting(folder):
    record = read_record(folder)
    record["settings"]["size"] = 1
    write_record(folder, record)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_truncated, "checkpoint.safetensors is cut off"),
        (spoil_settings, "learning_rate = 0.002, and this run has learning_rate = 0.5"),
        (spoil_unknown_setting, "not complete"),
    ],
)
def test_what_cannot_be_resumed_is_refused_by_name(tmp_path, spoil, said):
    folder = begin(tmp_path)
    resume(folder, should_stop=after(60))
    spoil(folder)
    with pytest.raises(UsageError, match=said) as told:
        resume(folder)
    assert "\n" not in str(told.value)


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    folder = begin(tmp_path)
    monkeypatch.setattr(checkpoint.os, "fsync", full)
    with pytest.raises(StoreError, match=r"cannot be written \(No space"):
        resume(folder)
    assert read_record(folder)["state"] == "interrupted"


def test_a_loss_that_runs_away_is_one_sentence(tmp_path):
    folder = begin(tmp_path, name="celsius", learning_rate="10")
    with np.errstate(all="ignore"), pytest.raises(UsageError, match="smaller learning rate"):
        resume(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epoch": "3"}, "did you mean `epochs`"),
        ({"epochs": "many"}, "epochs needs a whole number such as 64, not `many`"),
        ({"learning_rate": "nan"}, "learning_rate must be above 0"),
        ({"batch_size": "0"}, "batch_size must be at least 1"),
        ({"hidden_size": "2000000"}, "at most 100000"),
    ],
)
def test_wrong_settings_are_named(changes, said):
    with pytest.raises(UsageError, match=said):
        catalogue.load("digits").with_settings(changes)


def test_settings_that_do_not_fit_together_are_one_sentence():
    task = catalogue.load("films").with_settings({"films": "10"})
    with pytest.raises(UsageError, match="films cannot start with these settings: film_ratings"):
        task.experiment(0)


def test_a_finished_run_is_left_alone(whole):
    with pytest.raises(UsageError, match="finished already"):
        resume(whole)


def test_every_file_is_a_preset_and_says_what_was_measured():
    files = set(os.listdir(os.path.dirname(catalogue.__file__) + "/presets"))
    modules = {f.removesuffix(".py").replace("_", "-") for f in files if f.endswith(".py")}
    assert modules - {"--init--"} == set(catalogue.NAMES)
    for name in catalogue.NAMES:
        task = catalogue.load(name)
        assert json.dumps(task.settings.__dict__)
        assert task.measured and task.seconds > 0
        assert replace(task.settings) == task.settings
