"""A world of one's own, from the command line: trained, resumed, listed, judged again, shown."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad.cli.app import cli
from undergrad.rl.run.any_env import AGENTS, preset_for
from undergrad.rl.run.seeds import KIND
from undergrad.runs import Run, session

ROOT = Path(__file__).resolve().parents[2]
CORRIDOR = "tests.rl.own_world:Corridor-v0"
HOSTILE = "tests.rl.own_world:Hostile-v0"
QUICK = [
    *("--set", "steps=600", "--set", "evaluate_every=300", "--set", "evaluation_episodes=2"),
    *("--set", "hidden_sizes=8"),
]


def run(*arguments, code=0):
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit | Exception)
    assert done.exit_code == code, (done.output, done.exception)
    return done


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def only_run(folder):
    (found,) = (folder / "runs").iterdir()
    return found


def test_the_whole_way_of_a_world_of_ones_own(folder):
    done = run("train", "--env", CORRIDOR, "--agent", "q-learning", "--json", *QUICK[:6])
    data, name = json.loads(done.stdout), only_run(folder).name
    assert name.startswith("corridor-v0-q-learning-")
    assert (data["verdict"], data["line"][:28]) == ("pass", "mean return of at least 0.9 ")
    assert data["settings"]["method"] == "q_learning"
    for part in ("Corridor-v0 with q-learning", "Budget: 600 steps", "Pass line"):
        assert part in done.stderr
    assert "Expected" not in done.stderr  # nobody has measured it
    assert f"undergrad train --env {CORRIDOR} --agent q-learning --seeds 5" in done.stderr
    assert name in run("runs").stdout
    assert json.loads(run("evaluate", name, "--json").stdout)["seeds"][0]["verdict"] == "pass"
    assert "return 0.9" in run("play", name, "--out", "film.webp").stdout
    assert Path("film.webp").read_bytes()[8:12] == b"WEBP"
    assert (only_run(folder) / "seed-0" / "after.webp").exists()


def test_an_interrupted_run_is_resumed_to_the_same_end(folder):
    preset = preset_for(CORRIDOR, "dqn").with_settings(
        {"steps": "600", "learning_starts": "100", "hidden_sizes": "8", "evaluate_every": "200"}
    )
    whole, cut = (session.start(preset, folder / "runs", range(1)) for _ in range(2))
    whole = session.resume(whole, KIND)
    asked = iter([False] * 40)
    cut = session.resume(cut, KIND, should_stop=lambda: next(asked, True))
    assert cut.state == "interrupted"
    cut = session.resume(Run.read(cut.folder), KIND)
    logs = [(one.seeds[0].folder / "log.jsonl").read_bytes() for one in (whole, cut)]
    assert logs[0] == logs[1]
    assert whole.seeds[0].score == cut.seeds[0].score


@pytest.mark.parametrize("agent", [agent for agent in AGENTS if agent != "q-learning"])
def test_every_agent_can_be_trained_and_does_more_than_nothing(folder, agent):
    starts = ["--set", "learning_starts=100"] if agent in ("dqn", "sac", "td3") else []
    env = ["undergrad/Puck-v0", "--pass-score", "0.9"] if agent in ("sac", "td3") else [CORRIDOR]
    done = CliRunner().invoke(cli, ["train", "--env", *env, "--agent", agent, *QUICK, *starts])
    assert "pass line of 0.9 is" in " ".join(done.stdout.split())
    assert "Nothing was learned" not in done.stdout
    assert json.loads((only_run(folder) / "run.json").read_text())["seeds"][0]["updates"] > 0


def write_lane(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    text = "from tests.rl.own_world import Corridor\n\n\nclass Lane(Corridor):\n    pass\n"
    (folder / f"{name}.py").write_text(text)


def test_a_module_in_the_folder_is_found_also_from_elsewhere(folder, monkeypatch):
    write_lane(folder, "lane")
    options = ("--pass-score", "-5", "--kwargs", "max_episode_steps=5")
    run("train", "--env", "lane:Lane", "--agent", "ppo", *options, *QUICK)
    found = Run.read(only_run(folder))
    assert session.preset_of(found, KIND).env.folder == str(folder)
    assert session.preset_of(found, KIND).env.options == {"max_episode_steps": 5}
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    run("evaluate", str(found.folder))


def start_lane(name, runs):
    return session.start(preset_for(f"{name}:Lane", "dqn", pass_score=-5), runs, [0])


def test_a_run_holds_no_path_of_this_machine_and_moves_with_its_journey(folder, monkeypatch):
    write_lane(folder / "j" / "worlds", "lane_2")
    monkeypatch.chdir(folder / "j" / "worlds")
    started = start_lane("lane_2", folder / "j" / "runs")
    assert str(folder) not in (started.folder / "run.json").read_text()
    (folder / "j").rename(folder / "moved")
    moved = Run.read(folder / "moved" / "runs" / started.id)
    place = folder / "moved" / "worlds"
    assert session.preset_of(moved, KIND).env.folder == str(place)


def test_a_module_outside_of_the_journey_is_looked_for_in_the_current_folder(folder, monkeypatch):
    write_lane(folder / "worlds", "lane_3")
    monkeypatch.chdir(folder / "worlds")
    started = start_lane("lane_3", folder / "j" / "runs")
    assert "worlds" not in (started.folder / "run.json").read_text()
    assert session.preset_of(started, KIND).env.folder == ""


def test_an_older_run_with_an_absolute_folder_is_still_read(folder, monkeypatch):
    write_lane(folder / "worlds", "lane_4")
    monkeypatch.chdir(folder / "worlds")
    started = start_lane("lane_4", folder / "runs")
    older = replace(started, definition={**started.definition, "folder": str(folder / "worlds")})
    older.write()
    monkeypatch.chdir(folder)
    assert session.preset_of(Run.read(older.folder), KIND).env.folder == str(folder / "worlds")


def test_a_world_without_images_has_no_film(folder):
    run("train", "--env", "tests.rl.own_world:Blind-v0", "--agent", "q-learning", *QUICK[:6])
    assert Run.read(only_run(folder)).clips == ()


@pytest.mark.parametrize(
    "world",
    [
        ["tests.rl.own_world:Unprepared-v0"],
        [HOSTILE, "--kwargs", "fault=KeyError in render"],
        [HOSTILE, "--kwargs", "fault=grey image"],
    ],
)
def test_a_world_that_cannot_be_rendered_costs_the_film_and_not_the_verdict(folder, world):
    arguments = ["train", "--env", *world, "--agent", "q-learning", *QUICK[:6]]
    done = CliRunner().invoke(cli, arguments)
    assert "pass line of 0.9 is" in " ".join(done.stdout.split())
    assert "after.webp" not in done.stdout


def test_the_verdict_says_that_episodes_had_no_end_and_that_nothing_was_learned(folder):
    endless = ("--env", "tests.rl.own_world:Endless-v0")
    done = run("train", *endless, "--agent", "reinforce", *QUICK, code=1)
    said = " ".join(done.stdout.split())
    assert "100 of 100 episodes did not end and were cut off after 1,000 steps." in said
    assert "Nothing was learned in 1 seed: there was not one update." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--env", CORRIDOR], "--agent ppo"),
        (["--agent", "ppo"], "need `--env ENV`"),
        (["--env", CORRIDOR, "--agent", "sarsa"], "'sarsa' is not one of 'dqn'"),
        (["cartpole", "--env", CORRIDOR, "--agent", "ppo"], "and no preset or run"),
        (["--env", "Pendulum-v1", "--agent", "ppo"], "add `--pass-score N`"),
        (["--env", "Pendulum-v1", "--agent", "dqn", "--pass-score", "-200"], "train it with ppo"),
        (["--env", "CartPole-v1", "--agent", "q-learning"], "train it with dqn"),
        (["--env", "nowhere:World", "--agent", "ppo"], "There is no module `nowhere`"),
        (["--env", "NoSuch-v0", "--agent", "dqn"], "cannot be made: Environment `NoSuch` doesn't"),
        (["--env", "tictactoe", "--agent", "dqn"], "`undergrad train tictactoe-zero` learns it"),
        (["--env", "connect4", "--agent", "ppo"], "and `undergrad play connect4` plays it"),
        (["--env", "CartPole-v9", "--agent", "dqn"], "cannot be made: Environment version `v9`"),
        (["--env", CORRIDOR, "--agent", "ppo", "--set", "lr=1"], "did you mean `learning_rate`"),
        (["--env", CORRIDOR, "--agent", "ppo", "--kwargs", "seen"], "--kwargs seen=VALUE"),
        (["--env", CORRIDOR, "--agent", "ppo", "--kwargs", "wind=3"], "cannot be made"),
        (
            ["--env", CORRIDOR, "--agent", "dqn", "--set", "steps=500"],
            "learning_starts is 1000 and steps only 500",
        ),
        (
            ["--env", HOSTILE, "--agent", "ppo", "--kwargs", "fault=IndexError in reset"],
            "failed in reset: IndexError",
        ),
    ],
)
def test_what_cannot_be_trained_is_one_sentence_and_leaves_no_run(folder, arguments, said):
    done = CliRunner().invoke(cli, ["train", *arguments], standalone_mode=False)
    assert said in str(done.exception)
    assert not (folder / "runs").exists()


def test_a_fault_in_the_middle_ends_the_run_in_a_sentence_and_it_can_be_resumed(folder):
    fault = ("--kwargs", "fault=KeyError in step")
    arguments = ["train", "--env", HOSTILE, "--agent", "ppo", *fault, *QUICK]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    said = str(done.exception)
    assert f"{HOSTILE} failed in step 3 of an episode, with the action" in said
    assert done.exception.exit_code == 3
    assert Run.read(only_run(folder)).state == "interrupted"
    assert Run.read(only_run(folder)).summary == said


LOUD = """
from tests.rl.own_world import Corridor

print("imported")

class Loud(Corridor):
    def __init__(self, **options):
        print("made")
        super().__init__(**options)

    def reset(self, **options):
        print("reset")
        return super().reset(**options)

    def step(self, action):
        print("step")
        return super().step(action)

    def render(self):
        print("rendered")
        return super().render()

    def close(self):
        print("closed")
"""


@pytest.mark.parametrize("seeds", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_what_an_environment_prints_never_mixes_with_the_result(folder, seeds):
    (folder / "loud.py").write_text(LOUD)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    judged = ("--agent", "ppo", "--pass-score", "-9", "--seeds", seeds)
    for command in (
        ["env", "check", "loud:Loud", "--json"],
        ["train", "--env", "loud:Loud", *judged, *QUICK, "--json"],
    ):
        arguments = [sys.executable, "-m", "undergrad", *command]
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment)
        json.loads(done.stdout)
        for word in ("imported", "made", "reset", "step", "rendered", "closed"):
            assert word in done.stderr.splitlines(), word


def test_an_environment_is_checked_before_it_is_trained_in(folder):
    lines = run("env", "check", CORRIDOR).stdout
    for part in ("spaces: OK", "seed: OK", "copies: OK", "random agent: OK", "film: OK"):
        assert part in lines
    done = run("env", "check", HOSTILE, "--kwargs", "fault=nan reward", "--json", code=1)
    data = json.loads(done.stdout)
    assert (data["ok"], [one["ok"] for one in data["checks"]]) == (False, [True, False])
