"""What lies beside the claim of an agent: right records, and each thing that may be wrong."""

import copy
import json
import re
from pathlib import Path
from statistics import fmean

import pytest
from tests.capstone.conftest import MANIFEST, RESULTS

from undergrad.capstone.metric import interval
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import read_project
from undergrad.capstone.records import records

FULL = {"0": 0.8, "1": 0.82, "2": 0.81}
WITHOUT = {"2": 0.7, "0": 0.72, "1": 0.69}
SENTENCE = "In failures/a.webp the boat steers into the corner and has no way out, b.gif likewise."


def ends(middle, values):
    return dict(zip((middle, "low", "high"), (fmean(values), *interval(values)), strict=True))


def ablation():
    gains = [WITHOUT[seed] - FULL[seed] for seed in FULL]
    row = {"without": "the critic", "seeds": WITHOUT, "says": "It matters.", **ends("gain", gains)}
    return {"full": FULL, "rows": [row]}


def heldout():
    pairs = {"0": [0.9, 0.8], "1": [0.85, 0.82], "2": [0.9, 0.81]}
    return {"differs": "Other maps.", "seeds": pairs} | ends(
        "gap", [a - b for a, b in pairs.values()]
    )


@pytest.fixture
def agent(project):
    """The tiny project as one of reinforcement learning, with all its records."""
    (project / "capstone.toml").write_text(MANIFEST.replace("supervised", "reinforcement"))
    (project / "ablation.json").write_text(json.dumps(ablation()))
    (project / "heldout.json").write_text(json.dumps(heldout()))
    (project / "failures").mkdir()
    for name in ("a.webp", "b.gif"):
        (project / "failures" / name).write_bytes(b"an image")
    return project


def problems(folder, text=SENTENCE):
    (found,) = records(read_project(folder), [Cell(1, "markdown", text)])
    return {problem.name: problem.state for problem in found.problems}


def test_complete_records_lack_nothing(agent):
    assert set(RESULTS["seeds"]) == set(FULL)
    assert problems(agent) == {}


def test_the_forms_on_the_page_are_right_ones(agent):
    page = (Path(__file__).parents[2] / "docs/capstones.md").read_text("utf-8")
    shown = dict(re.findall(r'```json title="(\w+\.json)"\n(.*?)```', page, re.DOTALL))
    assert shown.keys() == {"ablation.json", "heldout.json"}
    for name, text in shown.items():
        (agent / name).write_text(text)
    assert problems(agent) == {}


@pytest.mark.parametrize(
    "value", ["1e999", "NaN", "9" * 400, "true", '"8"', "null", "[" * 100_000], ids=lambda v: v[:9]
)
def test_what_is_no_score_is_a_fault_and_no_traceback(value, agent):
    for name in ("ablation.json", "heldout.json"):
        text = (agent / name).read_text()
        (agent / name).write_text(text.replace("0.82", value))
    assert problems(agent) == {"bad-ablation": "fail", "bad-heldout": "fail"}


def test_another_kind_of_project_is_not_asked(project):
    assert records(read_project(project), []) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ablation.json", {"no-ablation": "attention"}),
        ("heldout.json", {"no-heldout": "attention"}),
        ("failures/b.gif", {"no-failures": "attention"}),
    ],
)
def test_what_is_missing_is_a_note(name, found, agent):
    (agent / name).unlink()
    assert problems(agent) == found


def change(record, path, value):
    """The record with another value at the end of a path of keys; with none, without it."""
    *way, last = path
    inner = record = copy.deepcopy(record)
    for key in way:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return record


ROW = ("rows", 0)
BROKEN = [
    ("ablation", ("rows",), []),
    ("ablation", ("full", "1"), "0.82"),
    ("ablation", (*ROW, "says"), "  "),
    ("ablation", (*ROW, "without"), None),
    ("ablation", (*ROW, "seeds", "1"), None),  # a run that collapsed and was left out
    ("ablation", (*ROW, "seeds", "1"), 0.5),
    ("ablation", (*ROW, "gain"), 0.1067),  # the sign is reversed
    ("ablation", (*ROW, "low"), -0.11),
    ("ablation", (*ROW, "high"), None),
    ("heldout", ("differs",), ""),
    ("heldout", ("seeds", "2"), None),
    ("heldout", ("seeds", "0"), [0.9]),
    ("heldout", ("seeds", "0"), [0.9, 0.85]),
    ("heldout", ("gap",), -0.0733),
    ("heldout", ("high",), float("nan")),
]


@pytest.mark.parametrize(("which", "path", "value"), BROKEN)
def test_a_record_that_contradicts_itself_is_a_fault(which, path, value, agent):
    record = change({"ablation": ablation, "heldout": heldout}[which](), path, value)
    (agent / f"{which}.json").write_text(json.dumps(record))
    assert problems(agent) == {f"bad-{which}": "fail"}


@pytest.mark.parametrize("text", ["[]", "{", "3"])
def test_a_record_that_is_no_object_is_named(text, agent):
    (agent / "heldout.json").write_text(text)
    assert problems(agent) == {"bad-heldout": "fail"}


def test_a_failure_needs_a_sentence_that_names_it(agent):
    assert problems(agent, "See failures/a.webp and failures/b.gif.") == {
        "failure-unexplained": "fail"
    }
    (agent / "failures" / "README.md").write_text(SENTENCE)
    assert problems(agent, "") == {}
