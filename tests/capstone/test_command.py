"""`undergrad capstone` as a person uses it, with and without a journey."""

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from undergrad import course, journey
from undergrad.cli.app import cli
from undergrad.errors import UsageError


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    return tmp_path


@pytest.fixture
def learner(here, monkeypatch):
    made = journey.create(here / "j", course.load())
    monkeypatch.chdir(here / "j")
    return made


def call(*arguments):
    return CliRunner().invoke(cli, ["capstone", *arguments], standalone_mode=False)


def test_without_a_journey_it_is_made_here_and_says_so(here):
    result = call("new", "supervised", "My Digits")
    assert (here / "my-digits" / "capstone.toml").is_file()
    assert result.stdout.strip() == "Created my-digits"
    assert "The name is my-digits" in result.stderr
    assert "no journey" in result.stderr
    assert "undergrad capstone check my-digits" in result.stderr


def test_in_a_journey_it_lies_in_capstones_and_is_recorded(learner):
    call("new", "reinforcement", "pole")
    assert (learner.capstones / "pole" / "capstone.toml").is_file()
    (event,) = [e for e in journey.events(learner) if e.kind == "capstone.created"]
    assert (event.subject, event.data["kind"]) == ("pole", "reinforcement")


def test_a_full_check_is_recorded_and_a_quick_one_is_not(learner, project):
    learner.capstones.mkdir(exist_ok=True)
    project.rename(learner.capstones / "tiny")
    assert call("check", "tiny", "--no-run").return_value == 0
    assert not [e for e in journey.events(learner) if e.kind == "capstone.checked"]
    result = call("check", "tiny", "--json")
    assert result.return_value == 0, result.output
    (event,) = [e for e in journey.events(learner) if e.kind == "capstone.checked"]
    assert json.loads(result.stdout)["verdict"] == event.data["verdict"] == "publishable"
    rows = json.loads(call("list", "--json").stdout)
    assert [(row["name"], row["verdict"]) for row in rows] == [("tiny", "publishable")]


def test_a_failed_check_ends_with_1_and_says_where_to_begin(here, project):
    (project / "model.py").write_text("import keras\n")
    result = call("check", str(project), "--no-run")
    assert result.return_value == 1
    assert "fail  Low-level tools only: it uses keras" in result.stdout
    assert "model.py line 1" in result.stdout
    assert "Start with “Low-level tools only”" in result.stderr


def test_an_unknown_name_is_wrong_use_with_a_suggestion(here):
    call("new", "supervised", "digits")
    result = call("check", "digit")
    assert isinstance(result.exception, UsageError)
    assert "did you mean `digits`?" in str(result.exception)


@pytest.mark.parametrize("name", ["../evil", "/abs", "..", "nul"])
def test_a_name_that_leaves_the_folder_makes_nothing(name, here):
    result = call("new", "supervised", name)
    assert isinstance(result.exception, UsageError)
    assert not list(here.iterdir())


def test_list_with_nothing_says_what_to_do(here):
    result = call("list")
    assert result.stdout == ""
    assert "undergrad capstone new" in result.stderr


def test_run_keeps_the_outputs_and_a_stopped_run_keeps_nothing(here, project):
    path = project / "notebook.ipynb"
    assert call("run", str(project)).exception is None
    assert (project / "results.json").is_file()
    assert json.loads(path.read_text())["cells"][-1]["execution_count"] == 1
    (project / "evaluate.py").write_text("raise RuntimeError('no')\n")
    kept = path.read_bytes()
    result = call("run", str(project))
    assert isinstance(result.exception, UsageError)
    assert "cell 3" in str(result.exception)
    assert path.read_bytes() == kept


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_report_keeps_to_the_width(columns, here, project, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    (project / "plan.md").unlink()
    result = call("check", str(project), "--no-run")
    assert max(map(len, result.stdout.splitlines())) <= int(columns)
    assert "\x1b" not in result.output


def test_a_command_leaves_the_environment_as_it_was(learner):
    before = dict(os.environ)
    call("new", "supervised", "tidy")
    call("check", "tidy", "--no-run")
    assert dict(os.environ) == before


@pytest.mark.parametrize("columns", ["40", "80"])
def test_no_command_in_a_cure_is_broken_over_two_lines(columns, here, project, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    data = json.loads((project / "notebook.ipynb").read_text())
    data["cells"].pop()
    (project / "notebook.ipynb").write_text(json.dumps(data))
    shown = call("check", str(project), "--no-run").stdout
    assert "`undergrad capstone pair tiny`" in shown
    data["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    (project / "notebook.ipynb").write_text(json.dumps(data))
    assert "`jupytext --sync notebook.ipynb`" in call("check", str(project), "--no-run").stdout


def test_publish_takes_the_newest_check_of_the_journey(learner, project):
    learner.capstones.mkdir(exist_ok=True)
    project.rename(learner.capstones / "tiny")
    first = call("publish", "tiny")
    page = learner.root / "public" / "tiny" / "index.html"
    assert first.stdout.strip() == "public/tiny/index.html shows Tiny: not checked."
    assert page.resolve().as_uri() in first.stderr and "Nothing was uploaded." in first.stderr
    assert "undergrad capstone publish tiny --check" in first.stderr
    assert "result.png cannot be shown" in first.stderr
    call("check", "tiny")
    assert "Tiny: publishable." in call("publish", "tiny").stdout
    assert "Publishable" in page.read_text("utf-8")
    (learner.capstones / "tiny" / "plan.md").write_text("# Another plan\n")
    assert "Tiny: checked in another state." in call("publish", "tiny").stdout


def test_publish_checks_first_when_asked_and_records_it(learner, project):
    learner.capstones.mkdir(exist_ok=True)
    project.rename(learner.capstones / "tiny")
    assert "Tiny: publishable." in call("publish", "tiny", "--check").stdout
    assert [e.subject for e in journey.events(learner) if e.kind == "capstone.checked"] == ["tiny"]


def test_publish_refuses_a_foreign_folder_before_it_checks(here, project):
    (here / "out").mkdir()
    (here / "out" / "thesis.txt").write_text("years of work")
    result = call("publish", str(project), "--check", "--out", "out")
    assert isinstance(result.exception, UsageError)
    assert "holds other files" in str(result.exception) and result.stderr == ""
    assert (here / "out" / "thesis.txt").read_text() == "years of work"


def test_publish_without_a_journey_needs_no_more(here, project, monkeypatch):
    monkeypatch.chdir(project)
    result = call("publish", ".")
    assert result.stdout.strip() == "public/tiny/index.html shows Tiny: not checked."
    assert "publishable" in json.loads(call("check", ".", "--json").stdout)["verdict"]


def test_the_portfolio_shows_the_capstones_of_a_journey_and_those_named(learner, project):
    learner.capstones.mkdir(exist_ok=True)
    shutil.copytree(project, learner.capstones / "one")
    runner = CliRunner()
    build = ["portfolio", "build"]
    result = runner.invoke(cli, [*build, "all"], standalone_mode=False)
    assert result.stdout.strip() == "all/index.html shows 1 capstone."
    result = runner.invoke(cli, [*build, "two", "one", str(project)], standalone_mode=False)
    assert result.stdout.strip() == "two/index.html shows 2 capstones."
    assert (learner.root / "two" / "tiny" / "index.html").is_file()
    result = runner.invoke(cli, [*build, str(learner.root)], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
