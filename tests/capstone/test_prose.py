"""Prose, headings, plan, marks, and reading notebooks."""

import json

import pytest

from undergrad import capstone
from undergrad.capstone import prose
from undergrad.capstone.notebook import Cell, NotebookError, read_ipynb, read_script, same
from undergrad.capstone.project import read_project
from undergrad.capstone.template import yours
from undergrad.errors import UsageError

LONG = "a = 1\nb = 2\nc = 3\nd = 4"
WORDS = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxy") + " "  # 25


def cells(*pairs):
    return [Cell(n, kind, source) for n, (kind, source) in enumerate(pairs, 1)]


@pytest.mark.parametrize(
    ("before", "code", "state"),
    [
        (WORDS, LONG, "ok"),
        (WORDS.removesuffix(" wordy "), LONG, "fail"),
        (None, LONG, "fail"),
        (None, "a = 1\n\n\nb = 2\nc = 3\n", "ok"),  # three lines need no prose
        ("```\n" + WORDS + "\n```", LONG, "fail"),  # a code block is no prose
        ("# " + WORDS, LONG, "fail"),  # nor is a heading
        ("1 2 3 4 " * 10, LONG, "fail"),  # nor are numbers
        ("word " * 50, LONG, "fail"),  # nor is one word again and again
        ("mot à mot, größer als слово, y en cada lengua algo más " * 3, LONG, "ok"),
        (
            "この手順では、データを訓練と試験に分けます。偏りを避けるために、人ごとに分けます。"
            * 2,
            LONG,
            "ok",
        ),
        ("短い説明です。", LONG, "fail"),
    ],
)
def test_longer_code_needs_prose_directly_before_it(before, code, state):
    pairs = [("markdown", before)] * (before is not None) + [("code", code)]
    result = prose.beside_code(cells(*pairs))
    assert result.state == state
    assert all(p.where == f"cell {len(pairs)}" and p.todo for p in result.problems)


def test_the_same_words_before_two_steps_explain_neither():
    pairs = [("markdown", WORDS), ("code", LONG)] * 2
    assert prose.beside_code(cells(*pairs)).state == "fail"


def test_headings_are_found_inside_longer_ones_and_not_in_code_blocks():
    present = [("markdown", f"## 3. The {name.lower()} of it") for name in prose.HEADINGS]
    assert prose.headings(cells(*present)).state == "ok"
    hidden = [("markdown", "```\n# Question\n```"), *present[1:]]
    (problem,) = prose.headings(cells(*hidden)).problems
    assert "Question" in problem.message


OTHER_WORDS = {
    "Question": "Einleitung", "Data": "<h2>Dataset</h2>", "Baseline": "Naive reference",
    "Model": "The network", "Training": "学習", "Evaluation": "Results", "Errors": "Failure cases",
    "Limits": "Limitations", "Rerun": "Reproducibility",
}  # fmt: skip


@pytest.mark.parametrize("form", ["## {}", "{}\n---", "**{}**", "#### 4.2 {} #"])
def test_headings_may_use_other_words_and_other_marks(form):
    written = [
        ("markdown", said if "<" in said else form.format(said)) for said in OTHER_WORDS.values()
    ]
    assert prose.headings(cells(*written)).state == "ok"


def test_all_missing_headings_are_said_in_one_line():
    (problem,) = prose.headings(cells(("markdown", "## Data"))).problems
    assert problem.message.count(",") == len(prose.HEADINGS) - 2


def test_marks_of_the_template_are_counted_where_they_are(project):
    (project / "data.py").write_text("# Make it yours: this\n# Make it yours: that\n")
    (problem,) = yours(read_project(project), []).problems
    assert (problem.where, problem.state) == ("data.py", "attention")
    assert "2 times" in problem.message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("not json at all", "not-json"),
        ('{"cells": [', "not-json"),
        ("[" * 100_000, "not-json"),
        ("[]", "not-a-notebook"),
        ('{"cells": 3, "nbformat": 4}', "not-a-notebook"),
        ('{"worksheets": [], "cells": [], "nbformat": 3, "metadata": {}}', "old-format"),
        ('{"cells": [], "nbformat": 4, "nbformat_minor": 5}', "no-metadata"),
        ('{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
         "not-a-notebook"),
    ],
)  # fmt: skip
def test_a_broken_notebook_is_a_named_failure_and_stays_as_it_is(content, name, project):
    path = project / "notebook.ipynb"
    path.write_text(content)
    report = capstone.check(project)
    assert not report.passed
    assert not report.ran
    (problem,) = report.criteria[0].problems
    assert problem.name == name
    assert "notebook.ipynb" in problem.message
    assert path.read_text() == content


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b""])
def test_bytes_that_are_no_text(content, project):
    (project / "notebook.ipynb").write_bytes(content)
    with pytest.raises(NotebookError):
        read_ipynb(project / "notebook.ipynb")


def test_a_missing_notebook_says_so(project):
    (project / "notebook.ipynb").unlink()
    (project / "mine.ipynb").write_text("{}")
    (problem,) = capstone.check(project).criteria[0].problems
    assert problem.name == "missing"
    assert "There is no notebook.ipynb" in problem.message
    assert 'file = "notebook.ipynb"' in problem.todo and "mine.ipynb" in problem.todo


def test_out_of_step_names_the_first_cell_that_differs(project):
    path = project / "notebook.ipynb"
    data = json.loads(path.read_text())
    data["cells"][2]["source"] = ["x = 1"]
    path.write_text(json.dumps(data))
    (problem,) = capstone.check(project, run=False).criteria[0].problems
    assert (problem.name, problem.where) == ("out-of-step", "cell 3")
    assert "undergrad capstone pair tiny" in problem.todo
    data["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    path.write_text(json.dumps(data))
    (problem,) = capstone.check(project, run=False).criteria[0].problems
    assert "jupytext --sync notebook.ipynb" in problem.todo


def test_lines_of_the_script_are_those_of_its_marks(project):
    lines = (project / "notebook.py").read_text().splitlines()
    for cell in read_script(project / "notebook.py"):
        assert lines[cell.line - 1].startswith("# %%")


def test_a_notebook_with_more_cells_differs():
    assert same(tuple(cells(("code", "a"))), tuple(cells(("code", "a"), ("code", "b")))) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "supervised"', 'kind = "quantum"', "kind must be one of"),
        ('file = "notebook.ipynb"', 'file = "../notebook.ipynb"', "notebook.file"),
        ("minutes = 1", 'minutes = "one"', "notebook.minutes"),
        ("minutes = 1", "minutes = nan", "notebook.minutes"),
        ("tolerance = 1e-6", "tolerance = -1", "metric.tolerance"),
        ('evaluate = "evaluate:scores"', 'evaluate = "os.system:rm"', "metric.evaluate"),
        ("[metric]", "[metric", "cannot be read"),
        ("higher-is-better = true", "higher-is-better = 1", "true or false"),
    ],
)
def test_a_wrong_manifest_is_wrong_use_and_named(old, new, said, project):
    path = project / "capstone.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(UsageError, match=r"capstone\.toml") as wrong:
        capstone.check(project)
    assert said in str(wrong.value)


def test_a_folder_without_a_manifest_is_no_capstone(tmp_path):
    with pytest.raises(UsageError, match="is not a capstone"):
        capstone.check(tmp_path)
