"""`train --grid`, as a person meets it: a run for each setting, the best again on fresh seeds."""

import json
import signal
import subprocess

import pytest
from tests.cli.test_train import UNDERGRAD, undergrad


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A folder with a sweep over two numbers of epochs, of which the larger is enough."""
    folder = tmp_path_factory.mktemp("plain")
    grid = ("--grid", "epochs=2,1000", "--seed", "5", "--json")
    return folder, undergrad("train", "celsius", *grid, folder=folder)


def test_the_best_setting_is_trained_again_on_seeds_that_chose_nothing(swept):
    folder, done = swept
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["verdict"] == "pass"
    assert [trial["set"] for trial in found["trials"]] == [{"epochs": "2"}, {"epochs": "1000"}]
    few, many = (trial["score"] for trial in found["trials"])
    assert many < few  # the distance from the rule: less is better
    assert found["fresh"]["set"] == {"epochs": "1000"}
    seeds = {}
    for each in (*found["trials"], found["fresh"]):
        run = json.loads((folder / "runs" / each["run"] / "run.json").read_text())
        seeds[each["run"]] = [seed["seed"] for seed in run["seeds"]]
        assert run["state"] == "finished" and run["settings"]["epochs"] == int(
            each["set"]["epochs"]
        )
    assert list(seeds.values()) == [[5], [5], [6]]


def test_the_cost_is_said_first_and_the_outcome_last(swept):
    done = swept[1]
    told = " ".join(done.stderr.split())
    said = ("2 settings on 1 seed each", "3 trainings", "1 of 2: epochs=2", "2 of 2: epochs=1000")
    places = [told.index(words) for words in (*said, "The best again: epochs=1000", "pass: ")]
    assert places == sorted(places)


def test_a_finished_sweep_shows_its_outcome_again_and_trains_nothing(swept):
    folder, done = swept
    before = sorted((folder / "runs").rglob("*"))
    again = undergrad("train", "--resume", json.loads(done.stdout)["id"], folder=folder)
    assert again.returncode == 0
    assert "Best: epochs=1000." in again.stdout
    assert sorted((folder / "runs").rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--resume", "SWEEP", "--set", "epochs=3"], "leave out --set"),
        (["train", "--resume", "SWEEP", "--engine", "mine"], "leave out --engine"),
        (["train", "celsius", "--resume", "SWEEP"], "leave out the preset"),
        (["evaluate", "SWEEP"], "is a sweep of several runs"),
    ],
)
def test_what_a_sweep_cannot_take_is_refused(swept, arguments, said):
    folder, done = swept
    name = json.loads(done.stdout)["id"]
    wrong = undergrad(*(name if each == "SWEEP" else each for each in arguments), folder=folder)
    assert wrong.returncode == 2 and said in " ".join(wrong.stderr.split())


def test_a_sweep_that_was_stopped_goes_on_where_it_was(tmp_path):
    command = [*UNDERGRAD, "train", "celsius", "--grid", "epochs=300,400000"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("2 of 2"):
                break
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(timeout=60) == 130
    (folder,) = (tmp_path / "runs").glob("celsius-sweep-*")
    assert f"undergrad train --resume {folder.name}" in said
    first, second = json.loads((folder / "sweep.json").read_text())["trials"]
    states = [
        json.loads((tmp_path / "runs" / trial["run"] / "run.json").read_text())["state"]
        for trial in (first, second)
    ]
    assert states == ["finished", "interrupted"]
    wrong = undergrad("train", "--resume", folder.name, "--grid", "epochs=3", folder=tmp_path)
    assert wrong.returncode == 2 and "leave out --grid" in wrong.stderr


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (["epoch=4,5"], "did you mean `epochs`"),
        (["epochs=4,x"], "a whole number"),
        (["epochs="], "--grid epochs=A,B"),
        (["epochs"], "--grid epochs=VALUE"),
        (["epochs=" + ",".join(map(str, range(1, 300)))], "more than 200 need your confirmation"),
    ],
)
def test_a_wrong_grid_is_one_sentence_and_leaves_nothing_behind(tmp_path, grid, said):
    options = [word for each in grid for word in ("--grid", each)]
    done = undergrad("train", "celsius", *options, folder=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not list(tmp_path.glob("runs/*"))
