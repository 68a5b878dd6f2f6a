"""What helps is said by the cause, works, and never costs a person their work."""

import json
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner

from undergrad import capstone
from undergrad.capstone.cures import stopped
from undergrad.capstone.execute import Outcome
from undergrad.capstone.notebook import Cell, read_ipynb, read_script, same
from undergrad.capstone.project import read_project
from undergrad.cli.app import cli
from undergrad.errors import UsageError

CAUSES = [
    ("ModuleNotFoundError: No module named 'wandb'", "x", "missing-module", "wandb"),
    ("FileNotFoundError: [Errno 2] No such file or directory: '../data/a.csv'", "x", "outside",
     "../data/a.csv"),
    ("FileNotFoundError: [Errno 2] No such file or directory: 'a.csv'", "x", "missing-file",
     "a.csv"),
    ("OSError: a capstone runs offline, so x.org cannot be asked for anything", "x", "offline",
     "without a network"),
    ("OSError: [Errno 30] Read-only file system: '/home'", "x", "reached-out", "relative"),
    ("TypeError: Object of type float32 is not JSON serializable", "x", "not-serializable",
     "float(x)"),
    ("RuntimeError: Found no NVIDIA driver on your system", "x", "no-gpu", "--verify"),
    ("ValueError: bad", "x", "cell-error", "Restart the kernel"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "source", "name", "cure"), CAUSES)
def test_each_cause_of_an_error_has_its_own_cure(message, source, name, cure):
    cells = [Cell(3, "code", source)]
    problem = stopped(Outcome("cell-error", 3, message, 1.0), cells)
    assert problem.name == name
    assert cure in problem.todo
    assert problem.message == message and problem.where == "cell 3"


@pytest.mark.parametrize("line", ["!apt-get install -y swig", "%pip install x", "!pip install x"])
def test_an_install_line_that_takes_for_ever_is_named(line):
    outcome = Outcome("cell-timeout", 3, "it did not finish within 90 s", 90.0)
    problem = stopped(outcome, [Cell(3, "code", line)])
    assert problem.name == "install-line"
    assert "requirements.txt" in problem.todo


@pytest.mark.parametrize(
    ("source", "name"),
    [("s, r, done, _ = env.step(0)", "old-gym"), ("a, b, c, d = range(5)", "cell-error")],
)
def test_gyms_four_values_are_named_only_where_a_step_is_taken(source, name):
    message = "ValueError: too many values to unpack (expected 4)"
    problem = stopped(Outcome("cell-error", 3, message, 1.0), [Cell(3, "code", source)])
    assert problem.name == name


def test_a_file_that_hides_a_module_of_python_is_named(project):
    (project / "json.py").write_text("x = 1\n")
    (problem,) = capstone.check(project, run=False).criteria[0].problems
    assert (problem.name, problem.where) == ("hidden-module", "json.py")


def node(project):
    return nbformat.reads((project / "notebook.ipynb").read_text(), as_version=4)


def old_format(project):
    (project / "notebook.ipynb").write_text(json.dumps(nbformat.convert(node(project), 3)))


def with_bom(project):
    path = project / "notebook.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def without_metadata(project):
    data = json.loads((project / "notebook.ipynb").read_text())
    del data["metadata"]
    (project / "notebook.ipynb").write_text(json.dumps(data))


def foreign(project):
    found = node(project)
    found.cells.append(nbformat.v4.new_code_cell("y = 2"))
    found.metadata.pop("jupytext", None)
    (project / "notebook.ipynb").write_text(nbformat.writes(found))


@pytest.mark.parametrize("change", [old_format, with_bom, without_metadata, foreign])
def test_pair_works_for_every_notebook_and_keeps_what_was_there(change, project):
    change(project)
    before = {path.name: path.read_bytes() for path in project.iterdir() if path.is_file()}
    sources = [cell.source for cell in node_cells(project)]
    runner = CliRunner()
    done = runner.invoke(cli, ["capstone", "pair", str(project)], standalone_mode=False)
    assert done.exception is None, done.exception
    cells = read_ipynb(project / "notebook.ipynb")
    assert same(cells, read_script(project / "notebook.py")) is None
    assert [cell.source for cell in cells] == sources
    kept = {path.name: path.read_bytes() for path in project.iterdir() if path.is_file()}
    for name, content in before.items():
        assert content in (kept[name], kept.get(f"{name}.old"))
    assert capstone.check(project, run=False).criteria[0].state == "ok"
    again = runner.invoke(cli, ["capstone", "pair", str(project)], standalone_mode=False)
    assert "paired already" in again.stdout


def node_cells(project):
    text = (project / "notebook.ipynb").read_text(encoding="utf-8-sig")
    return nbformat.reads(json.dumps({"metadata": {}, **json.loads(text)}), as_version=4).cells


def test_a_notebook_with_a_bom_runs(project):
    with_bom(project)
    assert capstone.check(project).verdict == "publishable"


def test_a_second_pairing_keeps_both_older_scripts(project):
    for number in range(2):
        (project / "notebook.py").write_text(f"# %%\nmine = {number}\n")
        capstone.pair_up(read_project(project))
    assert "mine = 0" in (project / "notebook.py.old").read_text()
    assert "mine = 1" in (project / "notebook.py.old1").read_text()


CONFLICT = '{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]}'


def test_a_merge_conflict_is_named_and_no_cure_writes_over_it(project):
    path = project / "notebook.ipynb"
    path.write_text(CONFLICT)
    (problem,) = capstone.check(project, run=False).criteria[0].problems
    assert problem.name == "conflict"
    assert "git checkout --ours" in problem.todo
    with pytest.raises(UsageError, match="merge conflict"):
        capstone.pair_up(read_project(project))
    assert path.read_text() == CONFLICT


def test_an_r_notebook_and_a_cell_that_may_raise_are_said(project):
    found = node(project)
    found.cells[-1].metadata["tags"] = ["raises-exception"]
    found.metadata["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    (project / "notebook.ipynb").write_text(nbformat.writes(found))
    (project / "notebook.py").unlink()
    names = {p.name: p.state for p in capstone.check(project, run=False).criteria[0].problems}
    assert names == {"other-language": "fail", "raises-exception": "attention"}


def test_reading_a_project_from_its_own_folder_does_not_run_its_notebook(project):
    (project / "notebook.py").write_text('open("it-ran", "w")\n', "utf-8")
    code = "from pathlib import Path; from undergrad.capstone.notebook import read_script as read"
    code += "\nprint(len(read(Path('notebook.py'))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True)
    assert done.stdout == "1\n", done.stderr
    assert not (project / "it-ran").exists()
