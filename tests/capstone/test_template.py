"""What is still the template's is found by comparing, and not by a mark that is easily deleted."""

import random

import pytest

from undergrad import capstone
from undergrad.capstone.notebook import Cell, pair, read_ipynb
from undergrad.capstone.project import read_project
from undergrad.capstone.template import is_untouched, own_lines, template_file, yours

KINDS = ("supervised", "reinforcement")
TEXTS = ("notebook.py", "plan.md", "README.md", "data.py", "model.py", "evaluate.py")


@pytest.fixture(params=KINDS)
def made(request, tmp_path):
    return capstone.new(request.param, "some thing", tmp_path)


def judged(folder):
    pair(folder / "notebook.py", folder / "notebook.ipynb")
    return yours(read_project(folder), read_ipynb(folder / "notebook.ipynb"))


def change(folder, name, edit):
    path = folder / name
    path.write_text(edit(path.read_text("utf-8")), "utf-8")


def test_every_line_of_a_new_project_is_the_templates(made):
    (problem,) = judged(made).problems
    assert (problem.name, problem.state) == ("template", "fail")
    lines = int(problem.message.split()[0])
    assert f"{lines} of the {lines} lines" in problem.message


def test_the_marks_deleted_are_not_a_project(made):
    for name in TEXTS:
        change(made, name, lambda text: text.replace("Make it yours", "Done"))
    assert judged(made).problems[0].name == "template"
    assert capstone.check(made, run=False).verdict != "pass"


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("\n\n", "\n\n\n"),
        lambda text: "\r\n".join(text.splitlines()),
        lambda text: text.replace("CartPole", "Pole").replace("digits", "numbers", 1),
    ],
)
def test_small_edits_are_not_a_project(edit, made):
    change(made, "plan.md", edit)
    change(made, "README.md", edit)
    assert judged(made).problems[0].name == "template"


def test_a_new_plan_alone_is_not_a_project(made):
    change(made, "plan.md", lambda _: "# Mine\n\n## Question\n\nWhat?\n")
    assert judged(made).problems[0].name == "template"


def test_a_notebook_of_ones_own_is_a_project_and_what_it_leaves_is_named(made):
    own = "# %% [markdown]\n# # Mine\n" + "".join(
        f"# %%\nx{n} = {random.Random(n).random()}\n" for n in range(150)
    )
    change(made, "notebook.py", lambda _: own)
    problems = judged(made).problems
    assert {problem.state for problem in problems} == {"attention"}
    unchanged = {problem.where for problem in problems if problem.name == "unchanged"}
    assert unchanged == {"plan.md", "README.md", "data.py", "model.py", "evaluate.py"}


def test_a_project_without_the_templates_files_has_nothing_of_it(made):
    for name in TEXTS[1:]:
        (made / name).unlink()
    assert yours(read_project(made), [Cell(1, "code", "print(1)")]).state == "ok"


@pytest.mark.parametrize("kind", capstone.kinds())
def test_a_field_of_the_template_may_be_filled_with_anything(kind):
    template = template_file(kind, "plan.md")
    filled = template.replace("{{ cookiecutter.title }}", "A: *title* (1)")
    filled = filled.replace("{{ cookiecutter.date }}", "2031-01-01")
    assert is_untouched(filled, template)
    assert not is_untouched(filled + "\nMore.", template)
    assert not is_untouched("", "") and not is_untouched("", template)


def test_an_unknown_kind_has_no_template():
    assert template_file("quantum", "plan.md") == ""
    assert own_lines("quantum", "X", {"plan.md": "x"}) == {}


def test_a_template_that_cannot_run_is_a_failure(made):
    (made / "evaluate.py").unlink()
    assert capstone.check(made, run=False).verdict == "fail"
