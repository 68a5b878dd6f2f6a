"""What is sent is an allow-list: everything else in a history stays on the learner's machine."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.classroom.conftest import checked, started

from undergrad.classroom.view import fault, hand_in, sent, text_of
from undergrad.journey import Event

SECRET = "do-not-send-this"


def event(kind: str, **data: Any) -> Event:
    return Event(
        uuid="00000000-0000-0000-0000-000000000001",
        sequence=1,
        time="2026-11-30T12:34:56.789012+00:00",
        offset=330,
        kind=kind,
        subject="backprop",
        outcome=str(data.get("verdict", "")),
        nth=1,
        data=data,
        course_version="0.1",
        check_hash="634def1a13fdd93c",
        previous_hash=SECRET,
        hash=SECRET,
    )


CHECK = event(
    "check.finished",
    verdict="fail",
    message=SECRET,
    output=SECRET,
    notes=[SECRET],
    code_hash="e05d2e4ec0e67e50",
    isolation=SECRET,
    tasks=[
        {
            "task": 1, "function": SECRET, "sentence": SECRET, "verdict": "fail",
            "message": SECRET, "mistake": "relu-1", "expected": SECRET, "got": SECRET,
        }
    ],
)  # fmt: skip


def test_of_a_check_the_verdicts_are_sent_and_nothing_it_printed_or_compared() -> None:
    assert sent(CHECK) == {
        "uuid": "00000000-0000-0000-0000-000000000001",
        "time": "2026-11-30T12:34Z",
        "kind": "check.finished",
        "unit": "backprop",
        "course": "0.1",
        "verdict": "fail",
        "tasks": [[1, "fail"]],
        "mistake": "relu-1",
        "check": "634def1a13fdd93c",
        "code": "e05d2e4ec0e67e50",
    }
    assert SECRET not in text_of(sent(CHECK)) and "330" not in text_of(sent(CHECK))


@pytest.mark.parametrize(
    "kind",
    [
        "journey.created", "goal.set", "unit.noted", "unit.skipped", "recall.answered",
        "plan.set", "run.finished", "capstone.checked", "class.pushed", "code.handed_in",
        "check.verified", "mark.set", "something.new",
    ],
)  # fmt: skip
def test_other_events_stay(kind: str) -> None:
    assert sent(event(kind, goal=SECRET, text=SECRET)) is None


def test_a_hint_says_which() -> None:
    line = text_of(sent(event("hint.shown", task="all", rung=3, more=SECRET)))
    assert '"task":"all","rung":3' in line and SECRET not in line


def test_what_is_sent_has_no_fault() -> None:
    for kind in ("unit.started", "solution.shown"):
        fields = sent(event(kind))
        assert fault(fields, text_of(fields)) == ""
    fields = json.loads(text_of(sent(CHECK)))
    assert fault(fields, text_of(fields)) == ""


def test_a_hand_in_is_the_same_line_however_often_it_is_made() -> None:
    def made(text: str = "x = 1\n", before: int = 0) -> dict[str, Any]:
        return hand_in("backprop", text, changed="2026-11-30T12:00Z", course="1", before=before)

    assert made() == made()
    assert len({made()["uuid"], made(text="x = 2\n")["uuid"], made(before=1)["uuid"]}) == 3
    assert fault(made(), text_of(made())) == ""


CODE = hand_in("backprop", "x = 1\n", changed="2026-11-30T12:00Z", course="1", before=0)
WRONG = {
    "kind": {**started(1), "kind": "goal.set"},
    "ours": {**started(1), "kind": "check.verified"},
    "more": {**started(1), "goal": "play Go"},
    "less": {key: value for key, value in started(1).items() if key != "course"},
    "order": dict(reversed(started(1).items())),
    "uuid": {**started(1), "uuid": "1"},
    "seconds": {**started(1), "time": "2026-11-30T12:00:01Z"},
    "unit": {**started(1), "unit": ""},
    "long": {**started(1), "unit": "u" * 200},
    "control": {**started(1), "unit": "a\x1b[31m"},
    "half a pair": {**started(1), "unit": "\ud800"},
    "tasks": {**checked(1, "pass"), "tasks": [[True, "pass"]]},
    "many tasks": {**checked(1, "pass"), "tasks": [[1, "pass"]] * 500},
    "checksum": {**CODE, "text": "x = 2\n"},
    "binary": hand_in("b", "x\0", changed="2026-11-30T12:00Z", course="1", before=0),
    "large": hand_in("b", "x" * 300_000, changed="2026-11-30T12:00Z", course="1", before=0),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_line_of_another_form_is_refused(name: str) -> None:
    assert fault(WRONG[name], text_of(WRONG[name]))


def test_a_line_has_one_form() -> None:
    assert "another way" in fault(started(1), json.dumps(started(1)))


def test_an_event_of_an_older_shape_does_not_break_the_view() -> None:
    assert sent(replace(CHECK, data={"verdict": "fail", "tasks": [{"task": 1}]})) is not None
