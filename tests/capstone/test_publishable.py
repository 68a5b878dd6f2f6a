"""The highest rung: what a stranger needs, each left out once."""

import json

import pytest

from undergrad import capstone
from undergrad.capstone.project import read_project
from undergrad.capstone.publishable import publishable


def problems(project):
    return {p.name: p.state for item in publishable(read_project(project)) for p in item.problems}


def rewritten(project, name, old, new):
    path = project / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_complete_project_lacks_nothing(project):
    assert problems(project) == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("README.md", "](result.png)", "](missing.png)", {"no-picture": "fail"}),
        ("README.md", "](result.png)", "](https://x.org/a.png)", {"no-picture": "fail"}),
        ("README.md", "![One bar for each seed, all above the baseline]", "![]",
         {"no-alt": "attention"}),
        ("README.md", "0.81,", "good,", {"no-result": "fail"}),
        ("README.md", "0.81,", "0.83,", {"no-result": "fail"}),
        ("README.md", "0.81,", "81%,", {}),
        ("README.md", "0.81,", "0.8100,", {}),
        ("README.md", "0.40", "40.0 %", {}),
        ("README.md", "pip install -r requirements.txt", "run it", {"no-install-command": "fail"}),
        ("README.md", "](result.png)", "](result.png \"a title\")", {}),
        ("README.md", "0.40", "0.4", {}),
        ("README.md", "0.40", ".4", {}),
        ("README.md", "0.40", "4e-1", {"no-result": "fail"}),
        ("README.md", "0.81,", "81,0 %,", {}),
        ("README.md", "0.81,", "81 per cent,", {}),
        ("README.md", "0.81,", "-0.81,", {}),
        ("requirements.txt", "==2.4.6", "", {"not-pinned": "attention"}),
        ("model-card.md", "## Limits", "", {"card-part": "fail"}),
        ("data-card.md", "## Origin", "## Where it comes from: source", {}),
        ("data-card.md", "## People", "## Einwilligung", {}),
        ("LICENSE", "You may use it for whatever you like. ", "", {"no-licence": "fail"}),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_other_forms_are_known(name, old, new, found, project):
    rewritten(project, name, old, new)
    assert problems(project) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("model-card.md", {"no-model-card"}),
        ("data-card.md", {"no-data-card"}),
        ("LICENSE", {"no-licence"}),
        ("requirements.txt", {"no-environment"}),
        ("results.json", {"no-result"}),
        ("result.png", {"no-picture"}),
        ("README.md", {"", "no-install-command"}),
    ],
)
def test_a_missing_file_is_named(name, found, project):
    (project / name).unlink()
    assert set(problems(project)) == found


def test_the_licence_of_the_template_is_none(project, tmp_path):
    made = capstone.new("supervised", "made", tmp_path / "elsewhere")
    (project / "LICENSE").unlink()
    (made / "LICENSE.md").rename(project / "LICENSE.md")
    assert problems(project) == {"no-licence": "fail"}


@pytest.mark.parametrize("card", ["model-card.md", "data-card.md"])
def test_a_card_of_the_template_is_none(card, project, tmp_path):
    made = capstone.new("supervised", "made", tmp_path / "elsewhere")
    (made / card).replace(project / card)
    assert problems(project) == {"template-card": "fail"}


def test_cards_may_stand_in_the_readme(project):
    for name in ("model-card.md", "data-card.md"):
        with (project / "README.md").open("a") as readme:
            readme.write((project / name).read_text())
        (project / name).unlink()
    assert problems(project) == {}


def test_an_html_picture_counts_and_a_claim_that_is_no_json_does_not(project):
    rewritten(project, "README.md", "![One bar for each seed, all above the baseline](result.png)",
              '<img alt="bars" width="300" src="result.png">')  # fmt: skip
    assert problems(project) == {"no-alt": "attention"}
    (project / "results.json").write_text(json.dumps([1]))
    assert "no-result" in problems(project)
