"""A seal repeats what the check found about exactly these files, and nothing else."""

import pytest

from undergrad.portfolio.seal import Checked, seal_of

FILES = "a" * 64


def item(id: str, state: str) -> dict[str, object]:
    return {"id": id, "title": id.capitalize(), "state": state, "message": f"m {id}"}


def report(**changes: object) -> dict[str, object]:
    criteria = [item("run", "ok"), item("claim", "ok"), item("plan", "attention")]
    values = {
        "verdict": "yours", "ran": True, "verified": False, "fingerprint": FILES, "seconds": 61.0,
        "undergrad": "0.1.0", "criteria": criteria, "metric": {"recomputed": 0.97824},
    }  # fmt: skip
    return values | changes


def seal(**changes: object):
    return seal_of(FILES, Checked(report(**changes), "2027-03-01T23:30:00.000000"))


def test_a_check_of_these_files():
    found = seal()
    assert (found.state, found.title, found.holds) == ("sealed", "Own work", True)
    assert found.sentences == (
        "Checked on 1 March 2027 by undergrad 0.1.0: 3 of 3 criteria hold, 1 with a note.",
        "A copy of exactly these files ran from top to bottom on a fresh kernel, without a "
        "network, and the result was computed again from what it saved: 0.9782. It took 1 min.",
    )
    assert [(line.mark, line.title) for line in found.lines] == [
        ("holds", "Run"), ("holds", "Claim"), ("with a note", "Plan"),
    ]  # fmt: skip
    assert found.fingerprint == FILES


@pytest.mark.parametrize(
    ("verdict", "title", "holds"),
    [
        ("publishable", "Publishable", True),
        ("yours", "Own work", True),
        ("running", "Running", False),
        ("template", "Still the template", False),
        ("fail", "Not running yet", False),
        ("a rung of tomorrow", "Checked", False),
    ],
)
def test_only_the_two_highest_rungs_are_shown_as_reached(verdict, title, holds):
    found = seal(verdict=verdict)
    assert (found.title, found.holds) == (title, holds)


def test_what_is_missing_is_counted_and_named():
    criteria = [item("run", "ok"), item("plan", "fail")]
    found = seal(criteria=criteria, verdict="running", metric=None)
    assert "1 of 2 criteria hold." in found.sentences[0]
    assert found.lines[1].mark == "missing"
    assert "computed again" not in found.sentences[1]  # there was no claim to compute


def test_a_run_that_failed_is_not_said_to_have_run():
    for criteria in ([item("run", "fail"), item("claim", "ok")], [item("plan", "ok")]):
        said = seal(criteria=criteria).sentences[1]
        assert said == "The notebook did not run from top to bottom on a fresh kernel."


def test_a_short_training_is_not_said_to_be_whole():
    said = seal(verified=True).sentences[1]
    assert said.startswith("One short training ran") and "not from a whole training" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"fingerprint": "b" * 64}, "have changed since"), ({"fingerprint": ""}, "did not record")],
)
def test_of_a_check_of_other_files_only_the_day_is_left(changes, said):
    found = seal(**changes)
    assert (found.state, found.lines, found.fingerprint) == ("changed", (), "")
    assert found.sentences[0] == "Checked on 1 March 2027 by undergrad 0.1.0."
    assert said in found.sentences[1] and not found.holds


@pytest.mark.parametrize("checked", [None, Checked(report(ran=False), "2027-03-01")])
def test_without_a_whole_check_nothing_is_said(checked):
    found = seal_of(FILES, checked)
    assert (found.state, found.lines, found.holds) == ("unchecked", (), False)
    assert found.sentences == (
        "No check of these files is known, so nothing on this page was verified by a program.",
    )


def test_a_report_in_another_form_is_no_reason_to_stop():
    assert seal_of(FILES, Checked({}, "2027-03-01")).state == "unchecked"
    old = {"ran": True, "verdict": "pass", "criteria": [{"state": "pass"}], "fingerprint": FILES}
    assert seal_of(FILES, Checked(old, "2027-03-01")).title == "Checked"
