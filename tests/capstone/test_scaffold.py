"""Scaffolding: all of a project or nothing, and nothing anywhere else."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from undergrad import capstone
from undergrad.capstone import scaffold
from undergrad.capstone.notebook import read_ipynb, read_script, same
from undergrad.capstone.project import LIMIT, read_project
from undergrad.capstone.publishable import pictures
from undergrad.cli.app import cli
from undergrad.errors import ToolError, UsageError
from undergrad.locate import data_path

COMBINATIONS = [(kind, each) for kind in capstone.kinds() for each in capstone.frameworks(kind)]


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def with_frameworks(monkeypatch):
    """A machine on which every framework seems to be installed, as far as a template asks."""
    known = scaffold.version

    def version(name):
        return {"torch": "2.13.0+cpu", "jax": "0.10.1"}.get(name) or known(name)

    monkeypatch.setattr(scaffold, "missing", lambda extra: False)
    monkeypatch.setattr(scaffold, "version", version)


def test_every_kind_says_by_whose_rules_it_is_judged():
    assert {capstone.family(kind) for kind in capstone.kinds()} == set(LIMIT)
    assert {"supervised", "reinforcement"} <= set(capstone.kinds())
    for kind in capstone.kinds():
        assert capstone.in_words(kind)[0].isupper()
        assert capstone.frameworks(kind)[0] == "engine"


@pytest.mark.parametrize(("kind", "framework"), COMBINATIONS)
def test_a_new_project_is_complete_and_is_the_template(kind, framework, tmp_path, with_frameworks):
    when = date(2026, 1, 2)
    folder = capstone.new(kind, "My Work", tmp_path, framework=framework, today=when)
    assert folder == tmp_path / "my-work"
    assert {"plan.md", "README.md", "LICENSE.md", "data.py", "model.py", "notebook.py",
            "pyproject.toml", "requirements.txt", "CITATION.cff", "model-card.md", "data-card.md",
            ".github/workflows/check.yml", ".gitignore", "evaluate.py", "tests/test_data.py",
            "notebook.ipynb", "capstone.toml", "tests/test_model.py"} == files(folder)  # fmt: skip
    assert os.listdir(tmp_path) == ["my-work"]
    texts = {name: (folder / name).read_text("utf-8") for name in files(folder)}
    everything = "\n".join(texts.values())
    assert "cookiecutter" not in everything
    assert not re.search(r"\{\{|\{%", everything.replace("{{}}", ""))
    assert "2026-01-02" in texts["plan.md"]
    assert lint(folder) == ""
    (_, picture), *_ = pictures(texts["README.md"])
    assert Path(picture).name in texts["notebook.py"]
    setup = tomllib.loads(texts["pyproject.toml"])["project"]
    pinned = re.findall(r"^(\w+)==", texts["requirements.txt"], re.MULTILINE)
    assert sorted(setup["dependencies"]) == sorted(pinned)
    cells = json.loads(texts["notebook.ipynb"])["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    assert same(read_ipynb(folder / "notebook.ipynb"), read_script(folder / "notebook.py")) is None
    report = capstone.check(folder, run=False)
    assert report.verdict == "template", report
    assert not report.passed
    done = [c for c in report.criteria if c.state == "ok" or c.rung == "publishable"]
    noted = {"records": "attention"} if capstone.family(kind) == "reinforcement" else {}
    assert {c.id: c.state for c in report.criteria if c not in done} == {
        "plan": "fail", "yours": "fail", **noted,
    }  # fmt: skip
    unfilled = {c.id: {p.name for p in c.problems} for c in report.criteria}
    assert unfilled["readme"] == {"no-picture", "no-result"}
    assert unfilled["cards"] == {"template-card"}
    assert not unfilled["environment"]


@pytest.mark.parametrize("kind", capstone.kinds())
def test_a_plan_of_the_templates_size_would_be_large_enough(kind, tmp_path):
    """The numbers of the template's plan work out, once its words are somebody's own."""
    folder = capstone.new(kind, "one", tmp_path)
    text = (folder / "plan.md").read_text("utf-8")
    (folder / "plan.md").write_text(f"{text}\nA line of my own.\n", "utf-8")
    names = {problem.name for problem in capstone.plan_problems(read_project(folder))}
    assert names == {"template-part"}


def test_the_same_name_on_the_same_day_gives_the_same_bytes(tmp_path):
    one, two = (capstone.new("supervised", "x", tmp_path / d, today=date(2026, 1, 2)) for d in "ab")
    assert files(one) == files(two)
    for name in files(one):
        assert (one / name).read_bytes() == (two / name).read_bytes()


@pytest.mark.parametrize("licence", capstone.licences())
def test_a_licence_names_author_and_year(licence, tmp_path):
    author = 'Ada "the {first}"\nL'
    when = date(2031, 1, 2)
    made = capstone.new("supervised", "x", tmp_path, author=author, licence=licence, today=when)
    text = (made / "LICENSE").read_text("utf-8")
    assert "Ada the firstL" in text and "2031" in text and "{" not in text
    assert not (made / "LICENSE.md").exists()
    cited = yaml.safe_load((made / "CITATION.cff").read_text("utf-8"))
    assert cited["authors"] == [{"name": "Ada the firstL"}]
    assert cited["date-released"] == when
    yaml.safe_load((made / ".github" / "workflows" / "check.yml").read_text("utf-8"))


def test_the_versions_are_those_that_are_installed(tmp_path):
    text = (capstone.new("supervised", "x", tmp_path) / "requirements.txt").read_text("utf-8")
    assert f"numpy=={np.__version__}\n" in text


def test_what_pip_leaves_in_a_template_stays_out(tmp_path, monkeypatch):
    templates = tmp_path / "templates"
    shutil.copytree(data_path("templates"), templates)
    inside = next((templates / "supervised").glob("{{*")) / "__pycache__"
    inside.mkdir()
    (inside / "data.cpython-311.pyc").write_bytes(b"\x00")
    (templates / "supervised" / "cookiecutter.json").chmod(0o444)
    monkeypatch.setattr(scaffold, "data_path", lambda name: templates)
    folder = capstone.new("supervised", "clean", tmp_path)
    assert not [name for name in files(folder) if name.endswith(".pyc")]
    assert all(os.access(folder / name, os.W_OK) for name in files(folder))


def test_the_home_folder_stays_clean(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    capstone.new("supervised", "tidy", tmp_path / "work")
    assert not list(home.iterdir())


@pytest.mark.parametrize("there", ["folder", "file", "dangling link"])
def test_what_exists_is_never_touched(there, tmp_path):
    target = tmp_path / "mine"
    if there == "folder":
        target.mkdir()
        (target / "kept").write_text("kept")
    elif there == "file":
        target.write_text("kept")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="exists already"):
        capstone.new("supervised", "mine", tmp_path)
    assert os.listdir(tmp_path) == ["mine"]
    assert there != "folder" or (target / "kept").read_text() == "kept"


def test_a_crash_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    def crash(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scaffold, "_pair", crash)
    with pytest.raises(ToolError, match="No space left"):
        capstone.new("supervised", "half", tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_kind_names_the_nearest_or_all_known_ones(tmp_path):
    with pytest.raises(UsageError, match="did you mean `segmentation`"):
        capstone.new("segmentaton", "x", tmp_path)
    with pytest.raises(UsageError, match="reinforcement, segmentation"):
        capstone.new("quantum", "x", tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_kind_is_named_where_people_look_for_it():
    docs = data_path("templates").parent / "docs"
    pages = [docs / "capstones.md", docs / "reference" / "index.md"]
    help_text = CliRunner().invoke(cli, ["capstone", "new", "--help"]).output
    for kind in capstone.kinds():
        assert all(f"`{kind}`" in page.read_text("utf-8") for page in pages), kind
        assert re.search(rf"\b{kind}\b", help_text), kind


@pytest.mark.parametrize("place", ["spaces and 'quotes'", "ünï 🎓", "a: b"])
def test_any_folder_will_do(place, tmp_path):
    assert capstone.new("supervised", "x", tmp_path / place).is_dir()


@pytest.mark.parametrize("name", ["digits", "cartpole", "trees", "glider", "moby-dick", "connect4"])
def test_the_worked_capstones_are_as_tidy_as_ours(name):
    assert lint(data_path("templates").parent / "capstones" / name) == ""


def lint(folder: Path) -> str:
    """What ruff says about the project's Python files, as a person with our settings would see."""
    settings = ["--isolated", "--line-length=100", "--select=B,E,F,I,RUF,SIM,UP,W", "--no-cache"]
    names = [str(path.relative_to(folder)) for path in folder.rglob("*.py")]
    for name in names:
        ast.parse((folder / name).read_text("utf-8"))
    command = [sys.executable, "-m", "ruff", "check", "--quiet", *settings, *names]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


# In another framework


@pytest.mark.parametrize(("kind", "framework"), [c for c in COMBINATIONS if c[1] != "engine"])
def test_the_framework_changes_the_network_and_nothing_else(
    kind, framework, tmp_path, with_frameworks
):
    ours = capstone.new(kind, "x", tmp_path / "engine")
    made = capstone.new(kind, "x", tmp_path / framework, framework=framework)
    assert files(made) == files(ours)
    differ = {
        name for name in files(made) if (made / name).read_bytes() != (ours / name).read_bytes()
    }
    assert differ == {
        "model.py", "evaluate.py", "notebook.py", "notebook.ipynb", "pyproject.toml",
        "requirements.txt", "tests/test_model.py",
    }  # fmt: skip
    for name in differ:
        text = (made / name).read_text("utf-8")
        assert "undergrad.engine" not in text and "mine" not in text.split()
        assert framework in text and framework not in (ours / name).read_text("utf-8")
    version = {"torch": "2.13.0", "jax": "0.10.1"}[framework]
    assert f"{framework}=={version}\n" in (made / "requirements.txt").read_text("utf-8")
    everything = "\n".join((made / name).read_text("utf-8") for name in differ)
    assert not re.search(r"\{\{|\{%|cookiecutter", everything)
    assert lint(made) == ""
    report = capstone.check(made, run=False)
    assert report.verdict == "template"
    imports = {item.id: item for item in report.criteria}["imports"]
    assert {problem.name for problem in imports.problems} <= {"missing-module"}


@pytest.mark.parametrize(("framework", "name"), [("torch", "PyTorch"), ("jax", "JAX")])
def test_without_a_framework_it_is_said_how_to_get_it(framework, name, tmp_path, monkeypatch):
    monkeypatch.setattr(scaffold, "missing", lambda extra: True)
    cure = rf"needs {name}: run `pip install 'undergrad\[{framework}\]'`"
    with pytest.raises(UsageError, match=cure):
        capstone.new("supervised", "x", tmp_path, framework=framework)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("kind", "framework"), [("reinforcement", "torch"), ("text", "jax")])
def test_a_framework_that_no_template_is_written_for(kind, framework, tmp_path):
    with pytest.raises(UsageError, match=f"and not for {framework}"):
        capstone.new(kind, "x", tmp_path, framework=framework)
