"""The templates and the worked capstones are checked as a learner's project is: by running them."""

import shutil

import pytest
from tests.sample import one_in

from undergrad import capstone
from undergrad.locate import data_path

WORKED = data_path("templates").parent / "capstones"


def states(report):
    return {item.id: (item.state, item.message) for item in report.criteria}


@pytest.mark.parametrize("kind", one_in(2, ["supervised", "reinforcement"]))
def test_a_new_project_runs_from_the_first_minute_and_is_the_template(kind, tmp_path):
    report = capstone.check(capstone.new(kind, "fresh", tmp_path))
    assert report.verdict == "template", states(report)
    assert states(report)["result"][0] == "ok", states(report)


@pytest.mark.parametrize("name", one_in(2, ["digits", "cartpole"]))
def test_a_worked_capstone_passes(name, tmp_path):
    copy = shutil.copytree(WORKED / name, tmp_path / name)
    report = capstone.check(copy)
    assert report.verdict == "publishable", states(report)
    assert states(report)["yours"][0] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits", "cartpole"])
def test_a_worked_capstone_is_verified_in_a_short_training(name, tmp_path):
    copy = shutil.copytree(WORKED / name, tmp_path / name)
    report = capstone.check(copy, verify=True)
    assert report.verdict == "publishable", states(report)


@pytest.mark.parametrize(
    ("name", "kind"), [("digits", "supervised"), ("cartpole", "reinforcement")]
)
def test_a_worked_capstone_has_what_its_template_makes(name, kind, tmp_path):
    made = capstone.new(kind, name, tmp_path)
    wanted = {p.relative_to(made) for p in made.rglob("*") if p.is_file()}
    there = {p.relative_to(WORKED / name) for p in (WORKED / name).rglob("*") if p.is_file()}
    assert {str(path) for path in wanted - there} <= {"LICENSE.md"}
