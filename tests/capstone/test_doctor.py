"""Every patch does what it says, adds and never overwrites, and is no way to a rung by itself."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.capstone.conftest import CODE, script, write_notebook

from undergrad import capstone
from undergrad.capstone import apply, doctor, read_project
from undergrad.capstone.notebook import pair, read_ipynb, read_script, same
from undergrad.capstone.prose import HEADINGS
from undergrad.cli.app import cli
from undergrad.errors import StoreError, UsageError

LEARNER = "from sklearn.neighbors import KNeighborsClassifier\nprint(KNeighborsClassifier())"


def state(folder: Path, name: str) -> str:
    return next(c.state for c in capstone.check(folder, run=False).criteria if c.id == name)


def in_step(folder: Path) -> bool:
    cells = read_ipynb(folder / "notebook.ipynb")
    return same(cells, read_script(folder / "notebook.py")) is None


def call(*arguments: str):
    return CliRunner().invoke(cli, ["capstone", "doctor", *arguments], standalone_mode=False)


def with_output(folder: Path) -> None:
    """An output in the last cell, which a patch has to keep, and a letter that is not ASCII."""
    path = folder / "notebook.ipynb"
    data = json.loads(path.read_text("utf-8"))
    data["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["ü\n"]}]
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def test_a_complete_project_needs_nothing(project):
    assert [offer(read_project(project)) for offer in doctor.OFFERS] == [None] * 4
    result = call(str(project))
    assert "Nothing that can be read stands between tiny" in result.stdout


# Pairing


def test_a_notebook_that_went_ahead_is_paired_and_the_old_script_is_kept(project):
    data = json.loads((project / "notebook.ipynb").read_text())
    data["cells"][-1]["source"] = "y = 2"
    (project / "notebook.ipynb").write_text(json.dumps(data))
    before = (project / "notebook.py").read_bytes()
    patch = doctor.pair(read_project(project))
    assert not in_step(project)  # to offer is not to do
    apply(patch)
    assert in_step(project) and "y = 2" in (project / "notebook.py").read_text()
    assert (project / "notebook.py.old").read_bytes() == before
    assert doctor.pair(read_project(project)) is None


def test_a_notebook_that_only_a_person_can_repair_gets_no_patch(project):
    (project / "notebook.ipynb").write_text("<<<<<<< HEAD\n{}\n>>>>>>> other\n")
    assert [offer(read_project(project)) for offer in doctor.OFFERS] == [None] * 4


# The baseline's tag


@pytest.fixture
def with_learner(project) -> Path:
    heading = "# %% [markdown]\n# ## Baseline\n# A neighbour decides.\n\n# %%\n"
    write_notebook(project, heading + LEARNER, "# %% [markdown]\n# ## Model\n\n# %%\nx = 1")
    with_output(project)
    return project


def test_a_baselines_cell_gets_its_tag_in_both_files(with_learner):
    assert state(with_learner, "imports") == "fail"
    patch = doctor.tag_baseline(read_project(with_learner))
    assert [change.path.name for change in patch.changes] == ["notebook.ipynb", "notebook.py"]
    changed = [
        len(set(change.after.splitlines()) ^ set(change.before.splitlines()))
        for change in patch.changes
    ]
    assert changed[1] == 1  # one line of the script
    apply(patch)
    assert in_step(with_learner)
    assert state(with_learner, "imports") == "ok"
    (tagged,) = (c for c in read_ipynb(with_learner / "notebook.ipynb") if c.tags)
    assert tagged.tags == ("baseline",) and "KNeighbors" in tagged.source
    assert "ü" in (with_learner / "notebook.ipynb").read_text("utf-8")
    assert doctor.tag_baseline(read_project(with_learner)) is None


def test_a_tag_that_is_there_stays(project):
    cell = f'# %% [markdown]\n# ## Baseline\n\n# %% tags=["slow"]\n{LEARNER}'
    write_notebook(project, cell)
    apply(doctor.tag_baseline(read_project(project)))
    (tagged,) = (c for c in read_ipynb(project / "notebook.ipynb") if c.tags)
    assert set(tagged.tags) == {"slow", "baseline"} and in_step(project)


def test_a_ready_learner_elsewhere_gets_no_tag(project):
    write_notebook(project, f"# %% [markdown]\n# ## Model\n\n# %%\n{LEARNER}")
    assert state(project, "imports") == "fail"
    assert doctor.tag_baseline(read_project(project)) is None


def test_a_forbidden_library_below_baseline_gets_no_tag(project):
    write_notebook(project, "# %% [markdown]\n# ## Baseline\n\n# %%\nimport keras")
    assert doctor.tag_baseline(read_project(project)) is None


# Headings


def test_missing_headings_become_sections_to_fill_and_are_no_praise(project):
    text = script(CODE).replace("# ## Limits\n", "").replace("# ## Errors\n", "")
    (project / "notebook.py").write_text(text)
    pair(project / "notebook.py", project / "notebook.ipynb")
    with_output(project)
    patch = doctor.add_headings(read_project(project))
    assert "Errors, Limits" in patch.title
    before = (project / "notebook.py").read_text()
    apply(patch)
    assert in_step(project) and state(project, "headings") == "ok"
    assert (project / "notebook.py").read_text().startswith(before.rstrip("\n"))
    assert "ü" in (project / "notebook.ipynb").read_text("utf-8")
    criteria = {item.id: item for item in capstone.check(project, run=False).criteria}
    (problem,) = criteria["yours"].problems
    assert problem.message == "“Make it yours” is still there 2 times"
    assert doctor.add_headings(read_project(project)) is None
    ids = [cell["id"] for cell in json.loads((project / "notebook.ipynb").read_text())["cells"]]
    assert len(set(ids)) == len(ids)


def test_every_heading_has_words_that_ask_for_it():
    assert set(doctor._ASKS) == set(HEADINGS)


# Requirements


def test_requirements_are_what_is_imported_and_installed(project):
    import numpy as np

    (project / "requirements.txt").unlink()
    write_notebook(project, "!pip install x\nimport numpy as np, json, evaluate\nimport nowhere.x")
    assert state(project, "environment") == "fail"
    apply(doctor.write_requirements(read_project(project)))
    lines = (project / "requirements.txt").read_text().splitlines()
    names = [line.partition("==")[0] for line in lines if line[0] != "#"]
    assert names == ["numpy", "undergrad"]  # of the notebook, and of the tests
    assert f"numpy=={np.__version__}" in lines
    assert state(project, "environment") == "ok"


def test_a_package_that_lists_no_modules_is_found_by_its_name(project, monkeypatch):
    (project / "requirements.txt").unlink()
    monkeypatch.setattr(doctor, "packages_distributions", dict)  # as after an editable install
    write_notebook(project, "import numpy, undergrad, nowhere")
    apply(doctor.write_requirements(read_project(project)))
    lines = (project / "requirements.txt").read_text().splitlines()
    assert [line.partition("==")[0] for line in lines[1:]] == ["numpy", "undergrad"]


@pytest.mark.parametrize("name", ["requirements.txt", "uv.lock", "environment.yml"])
def test_a_list_that_is_there_stays(name, project):
    (project / "requirements.txt").unlink()
    (project / name).write_text("")
    assert doctor.write_requirements(read_project(project)) is None


# Applying


def test_a_file_that_changed_meanwhile_is_not_overwritten(with_learner):
    patch = doctor.tag_baseline(read_project(with_learner))
    mine = (with_learner / "notebook.py").read_text() + "\nmine = 1\n"
    (with_learner / "notebook.py").write_text(mine)
    kept = (with_learner / "notebook.ipynb").read_bytes()
    with pytest.raises(UsageError, match="has changed meanwhile"):
        apply(patch)
    assert (with_learner / "notebook.py").read_text() == mine
    assert (with_learner / "notebook.ipynb").read_bytes() == kept


def test_a_file_that_came_meanwhile_is_not_overwritten(project):
    (project / "requirements.txt").unlink()
    patch = doctor.write_requirements(read_project(project))
    (project / "requirements.txt").write_text("mine")
    with pytest.raises(UsageError, match="has changed meanwhile"):
        apply(patch)
    assert (project / "requirements.txt").read_text() == "mine"


def test_a_disk_that_refuses_is_one_sentence(project, monkeypatch):
    (project / "requirements.txt").unlink()
    patch = doctor.write_requirements(read_project(project))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(doctor, "write_new", full)
    with pytest.raises(StoreError, match="make room on the disk"):
        apply(patch)


def test_the_command_shows_each_patch_and_applies_none_unasked(with_learner):
    (with_learner / "requirements.txt").unlink()
    before = {p.name: p.read_bytes() for p in with_learner.iterdir() if p.is_file()}
    result = call(str(with_learner))
    assert "Between tiny and “running”:" in result.stdout
    assert "What the claim rests on" in result.stdout
    assert "Low-level tools only" not in result.stdout  # of a later rung
    assert '+# %% tags=["baseline"]' in result.stdout
    assert "Write requirements.txt with the versions" in result.stdout
    assert "2 patches shown, none applied." in result.stderr and "--yes" in result.stderr
    assert {p.name: p.read_bytes() for p in with_learner.iterdir() if p.is_file()} == before
    result = call(str(with_learner), "--yes")
    assert "Applied: notebook.ipynb, notebook.py." in result.stderr
    assert (with_learner / "requirements.txt").is_file()
    assert state(with_learner, "imports") == state(with_learner, "environment") == "ok"
    assert "Apply" not in call(str(with_learner), "--yes").stderr


def test_the_command_asks_and_takes_no_for_no(with_learner, monkeypatch):
    from undergrad.cli import capstone as command

    monkeypatch.setattr(command, "is_interactive", lambda: True)
    asked = []
    monkeypatch.setattr(command, "confirm", lambda question: asked.append(question))
    before = (with_learner / "notebook.py").read_bytes()
    assert call(str(with_learner)).exception is None
    assert asked == ["Apply it?"]
    assert (with_learner / "notebook.py").read_bytes() == before


# A notebook that was there first


@pytest.fixture
def mine(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    path = tmp_path / "my first notebook.ipynb"
    data = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "# Cats\n\nWhat is a cat?"},
            {"cell_type": "code", "metadata": {}, "source": "print(1)", "execution_count": 1,
             "outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}]},
        ],
    }  # fmt: skip
    path.write_text(json.dumps(data))
    return path


def test_a_project_is_laid_around_a_notebook_that_stays_as_it_is(mine, tmp_path):
    before = mine.read_bytes()
    line = ["capstone", "new", "supervised", "cats", "--notebook", str(mine)]
    result = CliRunner().invoke(cli, line, standalone_mode=False)
    assert result.exception is None, result.exception
    made = tmp_path / "cats"
    assert mine.read_bytes() == before
    assert in_step(made)
    sources = [cell.source for cell in read_ipynb(made / "notebook.ipynb")]
    assert sources == ["# Cats\n\nWhat is a cat?", "print(1)"]
    assert '"1\\n"' in (made / "notebook.ipynb").read_text()
    names = {path.name for path in made.iterdir()}
    assert not names & {"data.py", "model.py", "evaluate.py", "tests"}  # the template's
    assert {"plan.md", "README.md", "capstone.toml", "requirements.txt"} <= names
    assert not [name for name in names if ".old" in name]
    assert "fail  What the claim rests on" in result.stdout  # it was judged
    assert "undergrad capstone doctor cats" in result.stderr


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (None, "none.ipynb", "is not there"),
        ("x = 1", "mine.py", "is not a notebook"),
        ("{", "bad.ipynb", "is not JSON"),
        ("[]", "list.ipynb", "is JSON without a list of cells"),
    ],
)
def test_what_is_no_notebook_makes_no_project(content, name, said, tmp_path):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    before = {p.name for p in tmp_path.iterdir()}
    with pytest.raises(UsageError, match=said):
        capstone.new("supervised", "x", tmp_path, notebook=path)
    assert {p.name for p in tmp_path.iterdir()} == before


def test_an_old_notebook_is_brought_to_the_format_that_is_needed(mine, tmp_path):
    import nbformat

    node = nbformat.convert(nbformat.reads(mine.read_text(), as_version=4), 3)
    mine.write_text(json.dumps(node))
    before = mine.read_bytes()
    made = capstone.new("supervised", "old", tmp_path, notebook=mine)
    assert in_step(made) and mine.read_bytes() == before
