"""The commands around training, as a person meets them."""

import json
import os
import signal
import subprocess
import sys

import pytest

from undergrad import course, journey
from undergrad.runs import list_runs

UNDERGRAD = [sys.executable, "-c", "from undergrad.cli import main; main()"]
QUICK = [
    *("--set", "steps=400", "--set", "hidden_sizes=8", "--set", "batch_size=16"),
    *("--set", "learning_starts=60", "--set", "evaluate_every=200"),
    *("--set", "evaluation_episodes=2"),
]


def undergrad(*arguments, folder, **environment):
    command = [*UNDERGRAD, *arguments]
    known = {k: v for k, v in os.environ.items() if k != "UNDERGRAD_JOURNEY"}
    return subprocess.run(
        command, cwd=folder, env=known | environment, capture_output=True, text=True, timeout=100
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder that is not a journey, one training in it, and what was said."""
    folder = tmp_path_factory.mktemp("plain")
    return folder, undergrad("train", "cartpole", *QUICK, folder=folder)


def only_run(folder):
    (run,) = (folder / "runs").iterdir()
    return run


def test_train_says_what_it_will_do_and_what_came_of_it(trained):
    folder, done = trained
    assert done.returncode == 1  # 400 steps are not enough
    chat = " ".join(done.stderr.split())
    for said in (
        "keeps your runs",
        "Balance a pole",
        "Budget: 400 steps",
        "Expected: about",
        "Pass line",
    ):
        assert said in chat
    assert "of 400: greedy return" in chat
    assert "\x1b" not in done.stderr + done.stdout
    assert done.stdout.startswith("fail: ")
    assert f"runs/{only_run(folder).name}/seed-0/after.webp" in done.stdout
    policy = json.loads((only_run(folder) / "seed-0" / "policy.json").read_text())
    assert policy["world"] == "cartpole" and len(policy["layers"]) >= 2
    assert "Next: " in done.stdout


def test_runs_and_evaluate_read_it_again(trained):
    folder, _ = trained
    listed = json.loads(undergrad("runs", "--json", folder=folder).stdout)
    assert [run["id"] for run in listed] == [only_run(folder).name]
    assert listed[0]["verdict"] == "fail"
    table = undergrad("runs", folder=folder, COLUMNS="40").stdout
    assert "verdict" in table
    assert max(map(len, table.splitlines())) <= 40
    again = undergrad("evaluate", only_run(folder).name, "--json", folder=folder)
    (seed,) = json.loads(again.stdout)["seeds"]
    assert again.returncode == 1
    assert seed["score"] == seed["recorded"] == listed[0]["seeds"][0]["score"]


def test_in_a_journey_the_run_is_kept_and_recorded(tmp_path):
    place = journey.create(tmp_path / "j", course.load())
    arguments = ["train", "cartpole", "--seeds", "2", "--seed", "4", *QUICK, "--json"]
    done = undergrad(*arguments, "--journey", str(place.root), folder=tmp_path)
    result = json.loads(done.stdout)
    assert [entry["seed"] for entry in result["seeds"]] == [4, 5]
    assert set(result["seeds"][0]) >= {"verdict", "score", "std", "steps", "seconds"}
    assert "interquartile mean" in done.stderr
    (run,) = list_runs(place.runs)
    assert run.verdict == result["verdict"]
    (event,) = (event for event in journey.events(place) if event.kind == "run.finished")
    assert event.subject == run.id
    assert event.data["verdict"] == result["verdict"]


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    command = [*UNDERGRAD, "train", "cartpole", "--set", "steps=400000"]
    command += [
        "--set",
        "hidden_sizes=8",
        "--set",
        "evaluate_every=200",
        "--set",
        "evaluation_episodes=1",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "greedy return" in line:
                break
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(timeout=60) == 130
    run = only_run(tmp_path)
    assert f"undergrad train cartpole --resume {run.name}" in said
    assert json.loads((run / "run.json").read_text())["state"] == "interrupted"
    assert (run / "seed-0" / "checkpoint.safetensors").exists()
    changed = undergrad(
        *("train", "cartpole", "--resume", run.name, "--set", "batch_size=7"), folder=tmp_path
    )
    assert changed.returncode == 2
    assert "started with batch_size = 128" in changed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train"], "Say which preset to train"),
        (["train", "cartpol"], "did you mean `cartpole`"),
        (["train", "digit"], "did you mean `digits`"),
        (["train", "digits", "--set", "epoch=4"], "did you mean `epochs`"),
        (["train", "cartpole", "--set", "stepz=4"], "did you mean `steps`"),
        (["train", "cartpole", "--set", "steps"], "--set steps=VALUE"),
        (["train", "cartpole", "--set", "steps=x"], "a whole number"),
        (["train", "--resume", "nothing"], "There is no run `nothing`"),
        (["evaluate", "nothing"], "There is no run `nothing`"),
        (["train", "cartpole", "--journey", "nowhere"], "There is no journey in"),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path, arguments, said):
    done = undergrad(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_no_runs_yet(tmp_path):
    assert "undergrad train cartpole" in undergrad("runs", folder=tmp_path).stderr
    assert json.loads(undergrad("runs", "--json", folder=tmp_path).stdout) == []


def test_a_supervised_run_from_the_announcement_to_a_second_judgement(tmp_path):
    done = undergrad("train", "celsius", "--set", "epochs=20", folder=tmp_path)
    assert done.returncode == 1  # 20 epochs find the weight and not the bias
    for said in ("Budget: 20 epochs", "Pass line: weight within 0.05", "step 100 of 100: loss"):
        assert said in " ".join(done.stderr.split())
    assert done.stdout.startswith("fail: It found fahrenheit = ")
    run = only_run(tmp_path)
    assert f"runs/{run.name}/seed-0/line.svg" in done.stdout
    again = undergrad("evaluate", run.name, "--json", folder=tmp_path)
    (seed,) = json.loads(again.stdout)["seeds"]
    assert again.returncode == 1 and seed["score"] == seed["recorded"]
    wrong = undergrad("evaluate", run.name, "--episodes", "5", folder=tmp_path)
    assert wrong.returncode == 2 and "no episodes" in wrong.stderr


def test_ctrl_c_saves_a_supervised_run(tmp_path):
    command = [*UNDERGRAD, "train", "celsius", "--set", "epochs=400000"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Pass line"):
                break
        while not list(tmp_path.glob("runs/*/seed-0/log.jsonl")):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(timeout=60) == 130
    assert f"undergrad train celsius --resume {only_run(tmp_path).name}" in said


def test_all_tasks_are_listed_with_a_line_each(tmp_path):
    listed = json.loads(undergrad("train", "--list", "--json", folder=tmp_path).stdout)
    told = undergrad("train", "--help", folder=tmp_path).stdout
    assert {"celsius", "digits", "films", "cartpole"} <= {task["name"] for task in listed}
    assert all(task["name"] in told and task["title"][:20] in told for task in listed)
