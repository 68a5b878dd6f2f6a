"""Cards from reviews, and the day's portion from cards, on an invented calendar."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from undergrad.recap import Agenda, Card, Item, Review, make_agenda, replay, retention
from undergrad.recap.items import Effort, unit_items

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def item(name: str = "why", wanted: float = 0.9, passed: date | None = DAY) -> Item:
    return Item(name, "descent", "question", "Why?", "Because.", wanted, passed)


def reviewed(ratings: Iterable[int], wanted: float = 0.9) -> tuple[Card, list[int]]:
    """The card after each rating was given on the day the card was due, and the waits in days."""
    reviews, waits, when = [], [], NOON
    for rating in ratings:
        reviews.append(Review("why", when, rating))
        (card,) = replay([item(wanted=wanted)], reviews, UTC)
        waits.append((card.due - when.date()).days)
        when += timedelta(days=waits[-1])
    return card, waits


def test_an_item_without_pass_and_without_answer_has_no_card() -> None:
    assert replay([item(passed=None)], [], UTC) == []
    (card,) = replay([item(passed=None)], [Review("why", NOON, 3)], UTC)
    assert card.due > DAY


def test_each_good_answer_waits_longer_and_forgetting_starts_small_again() -> None:
    _, good = reviewed([3, 3, 3, 3])
    assert good == sorted(good) and good[-1] > 10 * good[0]
    _, lapsed = reviewed([3, 3, 3, 1, 3])
    assert lapsed[3] < lapsed[2] and lapsed[4] < good[3]
    waits = [reviewed([rating])[1][0] for rating in (1, 2, 3, 4)]
    assert waits == sorted(waits) and min(waits) >= 1 and waits[0] < waits[3]


def test_the_wait_follows_the_published_forgetting_curve() -> None:
    """R(t) = (1 + f t / S) ** -d with d = 0.1542, the default weights of FSRS-6."""
    decay, stability_of_good = 0.1542, 2.3065
    factor = 0.9 ** (-1 / decay) - 1
    for wanted in (0.9, 0.85, 0.8):
        days = stability_of_good / factor * (wanted ** (-1 / decay) - 1)
        assert reviewed([3], wanted)[1] == [max(1, round(days))]


def test_hints_attempts_and_the_solution_shorten_the_wait() -> None:
    easy = retention(4, Effort())
    assert easy == retention(4, Effort(failed=4)) == 0.9
    efforts = [Effort(hints=2), Effort(hints=2, failed=8), Effort(2, 8, True), Effort(hints=40)]
    wanted = [retention(4, effort) for effort in efforts]
    assert easy < wanted[0] < wanted[1] < wanted[2] <= wanted[3] < 1
    waits = [sum(reviewed([3, 3, 3, 3], each)[1]) for each in (easy, *wanted[:3])]
    assert waits == sorted(waits, reverse=True) and waits[0] > 2 * waits[3]


def test_the_drill_of_a_hard_unit_comes_sooner(unit) -> None:
    def drill(wanted: float) -> date | None:
        return next(i for i in unit_items(unit, wanted, DAY) if i.kind == "drill").first_due

    assert drill(0.9) == DAY + timedelta(days=14)
    assert drill(0.96) == DAY + timedelta(days=5)


def test_building_it_once_counts_as_a_memory(unit) -> None:
    """A drill that goes well two weeks after the pass waits for longer than those two weeks."""
    (drill,) = (each for each in unit_items(unit, 0.9, DAY) if each.kind == "drill")
    (done,) = replay([drill], [Review(drill.id, NOON + timedelta(days=14), 3)], UTC)
    assert (done.due - DAY).days > 14 + 20


def test_a_day_is_the_learners_day() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # already the third, east of Greenwich
    (west,) = replay([item()], [Review("why", late, 3)], UTC)
    (east,) = replay([item()], [Review("why", late, 3)], timezone(timedelta(hours=2)))
    assert (west.last, east.last) == (DAY, DAY + timedelta(days=1))
    assert east.due == west.due + timedelta(days=1)


def test_a_clock_that_jumps_back_stops_nothing() -> None:
    reviews = [Review("why", NOON, 3), Review("why", NOON - timedelta(days=4000), 3)]
    (card,) = replay([item()], reviews, UTC)
    assert card.reviews == 2


def card(name: str, due: int, difficulty: float = 5.0, last: date | None = None) -> Card:
    return Card(item(name), DAY + timedelta(days=due), difficulty, 1, last)


def ids(agenda: Agenda) -> list[str]:
    return [each.item.id for each in agenda.today]


def test_the_hardest_come_first_and_the_cap_holds() -> None:
    agenda = make_agenda([card("mild", -9, 2), card("hard", 0, 9), card("mid", -1, 5)], DAY, 2)
    assert ids(agenda) == ["hard", "mid"]
    assert (agenda.waiting, agenda.later) == (1, ((DAY + timedelta(days=1), 1),))


def test_what_was_answered_today_counts_for_the_cap() -> None:
    done = [card(f"done{n}", 5, last=DAY) for n in range(2)]
    agenda = make_agenda([*done, card("a", 0), card("b", 0)], DAY, 3)
    assert (agenda.answered, len(agenda.today), agenda.waiting) == (2, 1, 1)


@pytest.mark.parametrize("a_day", [1, 4, 7])
def test_a_backlog_is_spread_and_nothing_is_dropped(a_day: int) -> None:
    backlog = [card(f"old{n:02}", -n, difficulty=n % 10) for n in range(20)]
    agenda = make_agenda(backlog, DAY, a_day)
    days = [day for day, _ in agenda.later]
    assert len(agenda.today) == a_day == max(count for _, count in agenda.later)
    assert days == [DAY + timedelta(days=n) for n in range(1, len(days) + 1)]
    if a_day > 1:  # one a day needs more days than are looked ahead
        assert a_day + sum(count for _, count in agenda.later) == 20


def test_one_drill_a_day(unit) -> None:
    drills = [
        i for name in "ab" for i in unit_items(unit, 0.9, DAY) if i.kind == "drill" or not name
    ]
    due = [Card(each, DAY, 5.0, 0, None) for each in drills]
    assert make_agenda(due, DAY, 5).drill == due[0]
    finished = Card(drills[0], DAY + timedelta(days=9), 5.0, 1, DAY)
    assert make_agenda([finished, due[1]], DAY, 5).drill is None
