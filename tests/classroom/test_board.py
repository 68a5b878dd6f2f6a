"""The board: who is stuck, which mistakes many make, who is silent, where a regrade disagrees."""

from datetime import datetime, timedelta

import pytest
from tests.classroom.conftest import checked, push, started

from undergrad.classroom.board import Board, board
from undergrad.classroom.store import Store
from undergrad.classroom.view import VERIFIED
from undergrad.course import load, mistake_sentences

COURSE = load()
AT = datetime(2026, 11, 30, 12, 0)
MISTAKE = COURSE.unit("backprop").mistakes[0]
SENTENCE = mistake_sentences(COURSE.unit("backprop"))[MISTAKE.name]


def minute(**before: float) -> str:
    return (AT - timedelta(**before)).strftime("%Y-%m-%dT%H:%MZ")


def seen(store: Store, learner: int, *events: dict, received: str = minute()) -> Board:
    (answer,) = store.receive([push(learner, *events)], received)
    assert answer.added == len(events)
    return board(store, COURSE, AT)


def failed(numbers: range, **before: float) -> list[dict]:
    return [checked(number, "fail", time=minute(minutes=number, **before)) for number in numbers]


def test_five_failed_checks_in_two_days_are_stuck_and_a_pass_ends_it(store: Store) -> None:
    assert seen(store, 1, *failed(range(4))).stuck == ()
    (stuck,) = seen(store, 1, *failed(range(4, 5))).stuck
    assert (stuck.learner, stuck.unit, stuck.attempts) == (1, "backprop", 5)
    assert seen(store, 1, checked(9, "pass")).stuck == ()


def test_five_failed_checks_in_three_days_are_not(store: Store) -> None:
    assert seen(store, 1, *failed(range(3)), *failed(range(3, 6), hours=60)).stuck == ()


def test_where_learners_are_in_the_order_of_the_course(store: Store) -> None:
    seen(store, 1, started(1, "conv", minute(days=1)), checked(2, "pass", "first-ten"))
    seen(store, 2, checked(1, "pass", "first-ten", time=minute(days=2)), started(2, "conv"))
    rows = seen(store, 3, started(1, "no-longer-there")).units
    assert [(row.unit, row.here, row.passed) for row in rows] == [
        ("first-ten", 1, 2),
        ("conv", 1, 0),
        ("no-longer-there", 1, 0),
    ]


def test_mistakes_of_this_week_count_learners_and_have_their_sentence(store: Store) -> None:
    def made(number: int, **before: float) -> dict:
        return checked(number, "fail", time=minute(**before), mistake=MISTAKE.name)

    seen(store, 1, made(1), made(2), made(3, days=3))
    seen(store, 2, made(1, days=1))
    (common,) = seen(store, 3, made(1, days=8)).mistakes
    assert (common.learners, common.unit, common.sentence) == (2, "backprop", SENTENCE)


def test_a_clock_that_is_a_year_ahead_is_noticed_and_counts_for_nothing_else(store: Store) -> None:
    ahead = [
        checked(number, "fail", time=minute(days=-365), mistake=MISTAKE.name)
        for number in range(1, 7)
    ]
    seen(store, 1, started(7, "conv"))
    made = seen(store, 1, *ahead)
    assert (made.ahead, made.stuck, made.mistakes) == ((1,), (), ())
    assert made.events == 7
    (answer,) = store.receive([push(1, checked(8, "pass", time=minute(days=-365)))], minute())
    assert answer.added == 1 and store.standings(1)["backprop"].passed == minute()


def test_silent_for_ten_days_and_never_heard_of(store: Store) -> None:
    seen(store, 1, started(1, time=minute(days=400)), received=minute(days=9))
    made = seen(store, 2, started(1, time=minute(days=11)), received=minute(days=11))
    assert (made.silent, made.missing) == ((2,), (3,))


@pytest.mark.parametrize(
    ("reported", "verdict", "changed"),
    [("pass", "fail", True), ("fail", "pass", True), ("pass", "pass", False),
     ("fail", "timeout", False)],
)  # fmt: skip
def test_where_a_regrade_disagrees(
    store: Store, reported: str, verdict: str, changed: bool
) -> None:
    seen(store, 1, checked(1, reported))
    event = {"kind": VERIFIED, "unit": "backprop", "verdict": verdict, "check": "h", "code": "c"}
    store.add(1, [event], minute())
    found = board(store, COURSE, AT).changed
    assert [(each.learner, each.verified) for each in found] == ([(1, verdict)] if changed else [])
