"""The words that the terminal and the site share."""

from datetime import date

import pytest

from undergrad import words

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("count", "word", "said"),
    [(0, "unit", "0 units"), (1, "unit", "1 unit"), (1200, "event", "1,200 events"),
     (2, "try", "2 tries"), (2, "day", "2 days")],
)  # fmt: skip
def test_plural(count: int, word: str, said: str) -> None:
    assert words.plural(count, word) == said


def test_listing() -> None:
    assert words.listing([]) == ""
    assert words.listing(["a"]) == "a"
    assert words.listing("abc") == "a, b and c"
    assert words.listing("abc", most=3) == "a, b and c"
    assert words.listing("abcde", most=2) == "a, b and 3 more"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 min"), (0.2, "1 s"), (59, "59 s"), (61, "1 min"), (45 * 60, "45 min"),
     (60 * 60, "1 h"), (85 * 60, "1 h 25 min"), (59.6 * 60, "1 h"), (57.4 * 3600, "57 h")],
)  # fmt: skip
def test_duration(seconds: float, said: str) -> None:
    assert words.duration(seconds=seconds) == said
    assert words.duration(minutes=seconds / 60) == said


def test_clock() -> None:
    assert [words.clock(s) for s in (7, 247, 3847)] == ["0:07", "4:07", "1:04:07"]


def test_days() -> None:
    assert words.day("2027-03-03T08:30:12.000000+00:00") == words.day(date(2027, 3, 3))
    assert words.day(date(2027, 3, 3)) == "3 March 2027"
    assert words.short_day(date(2027, 3, 3)) == "3 Mar"
    assert words.moment("2027-03-03T08:30:12.000000+00:00") == "3 March 2027, 08:30 UTC"


@pytest.mark.parametrize(
    ("when", "said"),
    [("2026-11-20", "today"), ("2026-11-23", "today"), ("2026-11-24", "tomorrow"),
     ("2026-11-29", "on Sunday"), ("2026-11-30", "on 30 November"),
     ("2027-01-02", "on 2 January 2027")],
)  # fmt: skip
def test_coming_days(when: str, said: str) -> None:
    assert words.coming(date.fromisoformat(when), TODAY) == said


def test_did_you_mean() -> None:
    known = ("status", "start", "check")
    assert words.did_you_mean("stat", known) == "did you mean `status`?"
    assert words.did_you_mean("chekc", known) == "did you mean `check`?"
    assert words.did_you_mean("xyzzy", known, "see `-h`.") == "see `-h`."
    assert words.did_you_mean("", known) == ""


def test_what_is_due() -> None:
    assert words.due(2, 3, 0).startswith("2 questions for today") and "3 more" in words.due(2, 3, 0)
    assert words.due(0, 0, 1) == "Done for today: 1 question answered."
    assert "No question" in words.due(0, 0, 0)
    later = [(date(2026, 11, 24), 3), (date(2026, 11, 25), 1)]
    assert words.upcoming(later, TODAY) == "Coming up: 3 questions tomorrow, 1 on Wednesday."
    assert "the day after" in words.upcoming([], TODAY)
