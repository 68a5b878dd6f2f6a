"""The templates and the worked capstones are checked as a learner's project is: by running them."""

import shutil

import pytest
from tests.sample import one_in

from undergrad import capstone
from undergrad.capstone.project import read_project
from undergrad.capstone.publishable import pictures
from undergrad.extras import advice, missing
from undergrad.locate import data_path

COMBINATIONS = [(kind, each) for kind in capstone.kinds() for each in capstone.frameworks(kind)]
WORKED = data_path("templates").parent / "capstones"
KINDS = {
    "digits": "supervised",
    "cartpole": "reinforcement",
    "trees": "segmentation",
    "glider": "reinforcement",
    "moby-dick": "text",
    "connect4": "board-game",
}
SHORT = [name for name in KINDS if name != "connect4"]  # whose training takes minutes


def states(report):
    return {item.id: (item.state, item.message) for item in report.criteria}


@pytest.mark.parametrize("kind", one_in(2, ["supervised", "reinforcement"]))
def test_a_new_project_runs_from_the_first_minute_and_is_the_template(kind, tmp_path):
    report = capstone.check(capstone.new(kind, "fresh", tmp_path))
    assert report.verdict == "template", states(report)
    assert states(report)["result"][0] == "ok", states(report)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "framework"), COMBINATIONS)
def test_every_new_project_runs_whole_and_is_verified_short(kind, framework, tmp_path, capsys):
    if framework != "engine" and missing(framework):
        pytest.skip(advice(f"{kind} in {framework}", framework))
    folder = capstone.new(kind, "fresh", tmp_path, framework=framework)
    seconds = capstone.rerun(read_project(folder))
    report = capstone.check(folder, verify=True)
    with capsys.disabled():
        minutes = f"{seconds / 60:.1f} minutes whole, {report.seconds / 60:.1f} verified"
        print(f"{kind} in {framework}: {minutes}; {report.metric}")
    assert report.verdict == "template", states(report)
    judged = states(report)
    for name in ("tests", "run", "claim", "evidence", "result", "loaded", "imports", "prose"):
        assert judged[name][0] == "ok", judged[name]
    assert not report.reaches("yours")
    shown = pictures((folder / "README.md").read_text("utf-8"))
    assert shown and all((folder / source).is_file() for _, source in shown)


@pytest.mark.parametrize("name", one_in(len(SHORT), SHORT))
def test_a_worked_capstone_passes(name, tmp_path):
    copy = shutil.copytree(WORKED / name, tmp_path / name)
    report = capstone.check(copy)
    assert report.verdict == "publishable", states(report)
    assert states(report)["yours"][0] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_worked_capstone_is_verified_in_a_short_training(name, tmp_path):
    copy = shutil.copytree(WORKED / name, tmp_path / name)
    report = capstone.check(copy, verify=True)
    assert report.verdict == "publishable", states(report)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_worked_capstone_has_what_its_template_makes(name, kind, tmp_path):
    made = capstone.new(kind, name, tmp_path)
    wanted = {p.relative_to(made) for p in made.rglob("*") if p.is_file()}
    there = {p.relative_to(WORKED / name) for p in (WORKED / name).rglob("*") if p.is_file()}
    assert {str(path) for path in wanted - there} <= {"LICENSE.md"}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_worked_capstone_says_about_itself_has_no_fault(name):
    report = capstone.check(WORKED / name, run=False)
    assert all(state != "fail" for state, _ in states(report).values()), states(report)
