"""`undergrad parts` and `train --engine mine`, as a person meets them."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from tests.progress import append

from undergrad import course, journey
from undergrad.cli.check import gained_sentences

UNDERGRAD = [sys.executable, "-c", "from undergrad.cli import main; main()"]
COURSE = course.load()
QUICK = ("--set", "epochs=1", "--set", "hidden_size=16", "--set", "batch_size=256")
LINEAR, RELU = "undergrad.engine.ops.linalg.linear", "undergrad.engine.ops.elementwise.relu"


def undergrad(*arguments, folder):
    known = {k: v for k, v in os.environ.items() if k != "UNDERGRAD_JOURNEY"}
    return subprocess.run(
        [*UNDERGRAD, *arguments], cwd=folder, env=known, capture_output=True, text=True, timeout=100
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A journey in which forward, backprop and optim are passed; relu was broken after the pass."""
    made = journey.create(tmp_path_factory.mktemp("parts") / "journey", COURSE)
    for name in ("forward", "backprop", "optim"):
        unit = COURSE.unit(name)
        file = made.exercise(unit)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(course.unit_folder(unit) / "solution.py", file)
        result = {"verdict": "pass", "check_hash": unit.check_hash, "tasks": []}
        append(made, "check.finished", name, result, course=COURSE)
    file = made.exercise(COURSE.unit("backprop"))
    file.write_text(f"{file.read_text()}\n\ndef relu_backward(g, cache):\n    return g\n")
    return made.root


def test_a_passed_unit_names_its_parts_as_people_call_them():
    said = next(gained_sentences(None, COURSE.unit("ppo")))
    assert "RunningMeanStd" in said and "update" not in said


def newest(place):
    return max((place / "runs").iterdir())


def test_parts_lists_what_is_yours_refused_and_to_build(place):
    done = undergrad("parts", folder=place)
    said = " ".join(done.stdout.split())
    yours = "backprop yours linear, sigmoid, tanh, cross_entropy"
    assert f"{yours} backprop refused relu autograd" in said
    assert "optim yours SGD, Adam, AdamW" in said
    assert "conv not built conv2d, max_pool2d" in said
    assert "relu is refused: on “matrix” its gradient 0 is" in said
    assert "Next: fix `relu`, then: undergrad check backprop" in done.stderr


def test_parts_of_a_training_as_json(place):
    found = json.loads(undergrad("parts", "digits", "--json", folder=place).stdout)
    by_name = {each["name"]: each for each in found["parts"]}
    assert by_name[LINEAR]["state"] == "yours"
    assert by_name[LINEAR]["uses"] == ["linear", "linear_backward"]
    digits = found["presets"]["digits"]
    assert digits["summary"] == "3 parts yours, 2 on loan"
    assert LINEAR in digits["yours"]
    assert {each["unit"]: each["name"] for each in digits["on_loan"]} == {
        "autograd": "undergrad.engine.autograd.backward",
        "backprop": RELU,
    }
    assert "data" in digits["frame"]


def test_train_on_own_parts_says_what_is_on_loan_and_keeps_it_with_the_run(place):
    done = undergrad("train", "digits", "--engine", "mine", *QUICK, folder=place)
    chat = " ".join(done.stderr.split())
    assert "Engine: 3 parts yours, 2 on loan." in chat
    assert "On loan: backward (autograd): not built yet" in chat
    assert "On loan: relu (backprop): yours is refused: on “matrix”" in chat
    run = newest(place)
    record = json.loads((run / "run.json").read_text())
    assert record["engine"] == "mine: 3 parts yours, 2 on loan"
    assert LINEAR in record["parts"]["yours"]
    assert {each["name"] for each in record["parts"]["borrowed"]} == {
        "undergrad.engine.autograd.backward",
        RELU,
    }
    assert [seed["verdict"] for seed in record["seeds"]] == ["fail"]  # one epoch is little
    again = undergrad("evaluate", run.name, "--json", folder=place)
    for seed in json.loads(again.stdout)["seeds"]:
        assert seed["score"] == seed["recorded"]


@pytest.mark.slow
def test_several_seeds_train_on_own_parts_in_processes_of_their_own(place):
    arguments = "train", "digits", "--engine", "mine", "--seeds", "2", *QUICK
    said = undergrad(*arguments, "--json", folder=place).stdout
    own = json.loads(said)["seeds"]
    reference = json.loads(
        undergrad("train", "digits", "--seeds", "2", *QUICK, "--json", folder=place).stdout
    )["seeds"]
    for mine, theirs in zip(own, reference, strict=True):
        assert mine["score"] == pytest.approx(theirs["score"], abs=0.02)


def test_without_a_journey_there_are_no_parts(tmp_path):
    for command in (["parts"], ["train", "digits", "--engine", "mine"]):
        done = undergrad(*command, folder=tmp_path)
        assert done.returncode == 2
        assert "undergrad init" in done.stderr
        assert not list(tmp_path.glob("runs/*"))
