"""`undergrad recap` as a person and as a program meets it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.progress import append

from undergrad.cli.app import cli
from undergrad.course import load
from undergrad.journey import Journey, Learner, create, events
from undergrad.journey.store import events as store
from undergrad.recap import A_DAY, answer, load_agenda, load_cards

COURSE = load()
read = store._read
FIRST = COURSE.unit("first-ten")
Run = Callable[..., Result]


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """Two units passed just now."""
    made = create(tmp_path / "j", COURSE)
    for name in ("first-ten", "backprop"):
        append(made, "check.finished", name, {"verdict": "pass"}, course=COURSE)
    return made


@pytest.fixture
def tomorrow() -> datetime:
    return datetime.now().astimezone() + timedelta(days=1)


@pytest.fixture
def run(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(journey.root)

    def invoke(*arguments: str, person: bool = False, **options: Any) -> Result:
        monkeypatch.setattr("undergrad.cli.recap.is_interactive", lambda: person)
        result = CliRunner().invoke(cli, list(arguments), **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return invoke


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year later, by the recap's clock."""
    real = datetime.now().astimezone() + timedelta(days=365)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return real

    monkeypatch.setattr("undergrad.recap.records.datetime", Later)


def test_questions_come_the_day_after_the_pass(journey: Journey, tomorrow: datetime) -> None:
    assert load_agenda(Learner(journey, COURSE)).today == ()
    agenda = load_agenda(Learner(journey, COURSE), now=tomorrow)
    assert {card.item.unit for card in agenda.today} <= {"first-ten", "backprop"}
    assert len(agenda.today) == min(A_DAY, len(FIRST.recall) + len(COURSE.unit("backprop").recall))


def test_a_later_pass_does_not_put_the_questions_off(journey: Journey, tomorrow: datetime) -> None:
    before = load_cards(Learner(journey, COURSE), now=tomorrow)
    for _ in range(3):
        append(journey, "check.finished", "first-ten", {"verdict": "pass"}, course=COURSE)
    assert load_cards(Learner(journey, COURSE), now=tomorrow) == before


def test_cards_come_from_stored_answers_only(journey: Journey, tomorrow: datetime) -> None:
    card = load_agenda(Learner(journey, COURSE), now=tomorrow).today[0]
    event = answer(Learner(journey, COURSE), card.item, "easy")
    assert (event.kind, event.subject, event.data["rating"]) == (
        "recall.answered",
        card.item.unit,
        4,
    )
    again = load_agenda(Learner(journey, COURSE), now=tomorrow).today
    assert card.item.id not in [each.item.id for each in again]
    append(journey, "recall.answered", "first-ten", {"item": card.item.id, "rating": "nine"})
    append(journey, "recall.answered", "gone", {"item": "gone", "rating": 3})
    assert load_agenda(Learner(journey, COURSE), now=tomorrow).today == again


def test_without_a_terminal_it_says_what_is_due(run: Run, due: None) -> None:
    said = run("recap").stdout
    assert FIRST.recall[0].ask.split()[0] in said and "undergrad recap" in said
    assert FIRST.recall[0].answer[:30] not in said
    data = json.loads(run("recap", "--json").stdout)
    assert len(data["due"]) == A_DAY and data["waiting"] >= 0 and data["drill"]["unit"]
    assert "answer" not in data["due"][0]


def test_nothing_due_says_so(run: Run) -> None:
    assert "No question is due today" in run("recap").stdout


def test_a_person_is_asked_and_each_answer_is_kept(run: Run, due: None, journey: Journey) -> None:
    typed = "\n".join(["", "what", "g", "", "a", "", "e", "q"]) + "\n"
    result = run("recap", "--most", "2", person=True, input=typed)
    assert "a, h, g or e" in result.stderr and "Once more at the end" in result.stderr
    ratings = [event.data["rating"] for event in events(journey, kind="recall.answered")]
    assert ratings == [3, 1, 4]


def test_stopping_keeps_what_was_answered(run: Run, due: None, journey: Journey) -> None:
    run("recap", person=True, input="\nh\nq\n")
    assert [e.data["rating"] for e in events(journey, kind="recall.answered")] == [2]


def test_no_word_of_the_recap_scolds(run: Run, due: None) -> None:
    said = run("recap").output + run("recap", person=True, input="q\n").output
    for word in ("overdue", "behind", "missed", "lost", "streak"):
        assert word not in said.lower(), word


def test_a_whole_session_looks_at_the_store_once(
    run: Run, due: None, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Journey] = []
    monkeypatch.setattr(store, "_read", lambda *given: looks.append(given[0]) or read(*given))
    run("recap", person=True, input="\ng\n\na\nq\n")
    assert looks == [journey]
    assert len(list(events(journey, kind="recall.answered"))) == 2


def test_what_was_read_is_kept_in_step_with_what_is_recorded(journey: Journey) -> None:
    me = Learner(journey, COURSE)
    load_agenda(me)
    passed = {"verdict": "pass", "check_hash": "", "tasks": []}
    for name in ("images", "first-ten", "images"):
        me.record("check.finished", name, **passed)
    answer(me, next(card.item for card in load_cards(me)), "hard")
    fresh = Learner(journey, COURSE)
    assert load_cards(me) == load_cards(fresh) and me.recall == fresh.recall
    append(journey, "check.finished", "text", passed, course=COURSE)  # by another command
    me.record("hint.shown", "text", task=1, rung=1)
    assert me.recall == Learner(journey, COURSE).recall
