"""The whole course through the real command line: every worked solution put into a new journey.

What a learner who has built everything sees: each unit passes, and of a network, a convolutional
network, two language models and a DQN agent nothing is on loan.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from undergrad import course
from undergrad.course.models import Unit

pytestmark = pytest.mark.slow

UNDERGRAD = Path(sys.executable).with_name("undergrad")
COURSE = course.load()
PRESETS = ("digits", "digits-cnn", "text-gpt", "cartpole")


def answer(*arguments: str, cwd: Path) -> Any:
    """What a command says with `--json`; it has to succeed."""
    clean = {key: value for key, value in os.environ.items() if key != "UNDERGRAD_JOURNEY"}
    done = subprocess.run(
        [str(UNDERGRAD), *arguments, "--json"],
        cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=clean,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return json.loads(done.stdout)


def begin(folder: Path, path: str) -> Path:
    subprocess.run(
        [str(UNDERGRAD), "init", "j", "--path", path], cwd=folder, check=True, capture_output=True
    )
    return folder / "j"


def lay(journey: Path, units: tuple[Unit, ...]) -> None:
    """The worked solution of each unit, where the learner's file belongs."""
    for unit in units:
        file = journey / unit.exercise
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((course.unit_folder(unit) / "solution.py").read_bytes())


def on_path(name: str) -> tuple[Unit, ...]:
    units = (COURSE.unit(each) for each in COURSE.path(name).units)
    return tuple(unit for unit in units if unit.written)


def assert_all_pass(journey: Path, units: tuple[Unit, ...]) -> None:
    results = answer("check", "--all", cwd=journey)
    assert {each["unit"]: each["verdict"] for each in results} == {u.id: "pass" for u in units}
    checks = {each["unit"]: {task["task"] for task in each["tasks"]} for each in results}
    assert checks == {unit.id: {task.number for task in unit.tasks} for unit in units}
    status = answer("status", cwd=journey)
    assert {each["id"] for each in status["units"] if each["state"] == "passed"} == set(checks)


def loans(journey: Path, *presets: str) -> dict[str, list[str]]:
    found = answer("parts", *presets, cwd=journey)["presets"]
    return {name: [loan["name"] for loan in found[name]["on_loan"]] for name in presets}


def states(journey: Path) -> set[str]:
    return {part["state"] for part in answer("parts", cwd=journey)["parts"]}


def test_two_weeks_alone_carry_all_four_presets_but_for_the_parts_of_the_agent(tmp_path):
    journey, units = begin(tmp_path, "two-week"), on_path("two-week")
    assert "transformer" not in {unit.id for unit in units}
    lay(journey, units)
    assert_all_pass(journey, units)
    found = loans(journey, *PRESETS)
    parts = answer("parts", cwd=journey)["parts"]
    assert set(found.pop("cartpole")) == {each["name"] for each in parts if each["unit"] == "dqn"}
    assert found == {each: [] for each in PRESETS if each != "cartpole"}


def test_all_units_of_the_full_path_pass_and_nothing_is_on_loan(tmp_path):
    journey, units = begin(tmp_path, "full"), on_path("full")
    lay(journey, units)
    assert_all_pass(journey, units)
    every = (*PRESETS, "text-llm")
    assert loans(journey, *every) == {each: [] for each in every}
    assert states(journey) == {"yours"}
