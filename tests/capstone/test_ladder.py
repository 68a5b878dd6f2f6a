"""The ladder: which verdict the criteria give, and from which rung on it is a pass."""

from dataclasses import replace
from itertools import product

import pytest

from undergrad.capstone import RUNGS, Report
from undergrad.capstone.report import Problem, by_rung, criterion, verdict


def item(rung, state, name="", id="id"):
    problems = [] if state == "ok" else [Problem("x", state=state, name=name)]
    return criterion(id, "Title", problems, good="fine", rung=rung)


@pytest.mark.parametrize("states", list(product(["ok", "attention", "fail"], repeat=3)))
def test_the_verdict_is_the_highest_rung_below_which_nothing_fails(states):
    found = [item(rung, state) for rung, state in zip(RUNGS, states, strict=True)]
    below = next((n for n, state in enumerate(states) if state == "fail"), len(states))
    assert verdict(found, ran=True) == ("fail", *RUNGS)[below]


def test_the_template_runs_and_is_not_yours():
    mine, theirs = item("yours", "fail"), item("yours", "fail", "template", "yours")
    assert verdict([item("running", "ok"), mine, theirs], ran=True) == "template"
    assert verdict([item("running", "fail"), mine, theirs], ran=True) == "fail"
    plan = item("yours", "fail", "template", "plan")  # one file of ours beside a notebook of theirs
    assert verdict([item("running", "ok"), plan], ran=True) == "running"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("ok", "ok", "ok"), "not-run"),
        (("ok", "ok", "fail"), "not-run"),
        (("ok", "fail", "ok"), "fail"),
        (("fail", "ok", "ok"), "fail"),
    ],
)
def test_a_quick_half_reaches_no_rung(states, expected):
    found = [item(rung, state) for rung, state in zip(RUNGS, states, strict=True)]
    assert verdict(found, ran=False) == expected


def test_from_which_rung_on_it_is_a_pass():
    report = Report("n", "k", "f", "yours", "m", True, (), None, 0, 0, 0.0, "a", "v")
    assert [report.reaches(rung) for rung in RUNGS] == [True, True, False]
    for low in ("fail", "template"):
        assert not any(replace(report, verdict=low).reaches(rung) for rung in RUNGS)


def test_criteria_are_shown_from_the_lowest_rung_on():
    found = [item("yours", "ok"), item("publishable", "ok"), item("running", "fail")]
    assert [each.rung for each in by_rung(found)] == list(RUNGS)
