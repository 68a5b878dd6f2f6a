"""Units over the calendar, suggestions, and the calendar file read back by another route."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from undergrad.course import load
from undergrad.course.models import Course, Minutes, Unit
from undergrad.plan import day_table, finish, lay_out, suggestions, to_ics
from undergrad.plan.ics import escape, fold

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_seven_hours_a_week_is_an_hour_a_day(status, entry) -> None:
    plan = lay_out(status(entry("a", 120), entry("b", 30), entry("c", 90)), 7, DAY)
    days = [((slot.first - DAY).days, (slot.last - DAY).days) for slot in plan.slots]
    assert days == [(0, 1), (2, 2), (2, 3)]
    assert finish(plan) == DAY + timedelta(days=3)


def test_what_is_done_skipped_or_unwritten_takes_no_day(status, entry) -> None:
    plan = lay_out(
        status(
            entry("done", 60, state="passed"),
            entry("older", 60, state="passed an earlier version"),
            entry("left", 60, state="skipped"),
            entry("outline", 60, written=False),
            entry("elsewhere", 60, on_path=False),
            entry("started", 240, state="started", tasks_passed=3),
        ),
        7,
        DAY,
    )
    assert [(slot.unit, slot.minutes) for slot in plan.slots] == [("started", 60)]
    assert plan.unwritten == 1


def test_no_minute_is_lost_and_the_order_stays(status, entry) -> None:
    units = [entry(f"u{n}", 17 * n + 5) for n in range(40)]
    for hours in (0.5, 3, 8, 60, 168):
        plan = lay_out(status(*units), hours, DAY)
        assert [slot.unit for slot in plan.slots] == [each.id for each in units]
        assert all(a.last <= b.last and a.first <= b.first for a, b in pairwise(plan.slots))
        whole = sum(each.minutes for each in units) / (hours * 60 / 7)
        assert 0 <= (finish(plan) - DAY).days + 1 - whole < 1


@pytest.mark.parametrize("hours", [0, -1, 169, float("nan"), float("inf")])
def test_impossible_hours(status, entry, hours: float) -> None:
    with pytest.raises(ValueError, match="a week has"):
        lay_out(status(entry("a", 10)), hours, DAY)


def test_a_tiny_number_of_hours_ends_before_the_calendar_does(status, entry) -> None:
    assert lay_out(status(entry("a", 10_000)), 1e-6, DAY).slots == ()


def test_the_calendar_ends_in_the_year_9999(status, entry) -> None:
    assert lay_out(status(entry("a", 10)), 7, date(9899, 12, 1)).slots
    with pytest.raises(ValueError, match="9999-12-31 is too far away"):
        lay_out(status(entry("a", 10)), 7, date.max)


def test_the_two_weeks_day_by_day() -> None:
    course = load()
    two_week = course.path("two-week")
    minutes = {name: course.unit(name).minutes.total for name in two_week.units}
    days = [day for row in two_week.timetable for day in day_table(row, minutes)]
    assert [number for number, _ in days] == list(range(1, 15))
    for name in two_week.units:
        planned = sum(part for _, units in days for other, part in units if other == name)
        assert abs(planned - minutes[name]) <= 3  # rounded to minutes, on each of three days
    assert all(units and sum(part for _, part in units) <= 10 * 60 for _, units in days)


def _course(**needs: tuple[str, ...]) -> Course:
    units = tuple(
        Unit(name, "1-first", name, Minutes(1, 1, 1), need, ()) for name, need in needs.items()
    )
    return Course("1", (), units, (), (), ())


@pytest.mark.parametrize(("skips", "days"), [(1, 7), (2, 21), (3, 60), (9, 60)])
def test_a_skipped_unit_comes_back_after_a_while(status, entry, skips: int, days: int) -> None:
    def at(moment: datetime) -> list[str]:
        left = entry("a", 10, state="skipped", skips=skips, skipped_at=NOW.isoformat())
        found = suggestions(_course(a=()), status(left), moment)
        return [each.unit for each in found]

    assert at(NOW + timedelta(days=days) - timedelta(seconds=1)) == []
    assert at(NOW + timedelta(days=days)) == ["a"]


def test_a_skipped_unit_comes_back_at_once_when_it_is_needed(status, entry) -> None:
    course = _course(a=(), b=("a",), c=())
    left = entry("a", 10, state="skipped", skips=1, skipped_at=NOW.isoformat())
    others = entry("b", 10), entry("c", 10)
    (found,) = suggestions(course, status(left, *others, following="b"), NOW)
    assert found.unit == "a" and "`b`" in found.because
    assert suggestions(course, status(left, *others, following="c"), NOW) == ()
    started = entry("b", 10, state="started")
    assert len(suggestions(course, status(left, started, others[1], following="c"), NOW)) == 1


def read_calendar(content: bytes) -> list[dict[str, str]]:
    """The events of an iCalendar file, by the grammar of RFC 5545 and none of our code."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    text = content.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8")
    events: list[dict[str, str]] = []
    stack: list[str] = []
    for line in text.split("\r\n")[:-1]:
        match = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:\"]+)*):(.*)", line)
        assert match, line
        name, parameters, value = match.groups()
        if name == "BEGIN":
            stack.append(value)
            events += [{}] if value == "VEVENT" else []
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in events[-1]
            plain = re.sub(r"\\([\\;,nN])", lambda m: {"n": "\n", "N": "\n"}.get(m[1], m[1]), value)
            events[-1][name + parameters] = plain
        else:
            assert name in ("VERSION", "PRODID", "CALSCALE", "METHOD")
    assert stack == [] and text.count("VERSION:2.0") == text.count("PRODID:") == 1
    return events


def test_the_calendar_file_says_what_the_plan_says(status, entry) -> None:
    title = "Größe; Länge, \\ " + "ü𝛁" * 40
    plan = lay_out(status(entry("a", 120, title=title), entry("b-two", 130)), 7, DAY)
    events = read_calendar(to_ics(plan, "3f-uuid", 12, NOW))
    assert [each["SUMMARY"] for each in events] == [title, "All about b-two"]
    for each, slot in zip(events, plan.slots, strict=True):
        first, after = each["DTSTART;VALUE=DATE"], each["DTEND;VALUE=DATE"]
        assert datetime.strptime(first, "%Y%m%d").date() == slot.first
        assert datetime.strptime(after, "%Y%m%d").date() == slot.last + timedelta(days=1)
        assert each["UID"] == f"{slot.unit}-3f-uuid@undergrad"
        assert (each["DTSTAMP"], each["SEQUENCE"]) == ("20260302T090000Z", "12")
        assert each["TRANSP"] == "TRANSPARENT"
    again = read_calendar(to_ics(plan, "3f-uuid", 13, NOW + timedelta(days=1)))
    assert [each["UID"] for each in again] == [each["UID"] for each in events]


@pytest.mark.parametrize("length", [0, 74, 75, 76, 149, 150, 1000])
@pytest.mark.parametrize("letter", ["x", "ü", "𝛁"])
def test_folding_cuts_no_character(length: int, letter: str) -> None:
    lines = fold(letter * length).removesuffix(b"\r\n").split(b"\r\n ")
    assert "".join(part.decode("utf-8") for part in lines) == letter * length
    assert all(len(part) + (number > 0) <= 75 for number, part in enumerate(lines))


def test_text_cannot_begin_a_line_of_its_own() -> None:
    assert "\n" not in escape("a\r\nEND:VEVENT\u2028b\x85c") and "\r" not in escape("a\rb")
