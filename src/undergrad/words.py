"""Words that the terminal, the site and the README share: each is chosen here, and only here.

    plural(3, "unit")                       # 3 units
    listing(["a", "b", "c"])                # a, b and c
    duration(minutes=85)                    # 1 h 25 min
    coming(date(2026, 11, 24), today)       # tomorrow
    f"There is no unit `{name}`: {did_you_mean(name, ids, 'see `undergrad status`.')}"

Pure functions and tables; nothing of ours is imported and nothing is printed.
"""

from collections.abc import Iterable
from datetime import date

# The states of a unit, as they are stored in a status and shown everywhere.
STATES = ("not started", "started", "passed", "passed an earlier version", "skipped")
# What a verdict of the checker is called: nine letters at most, so that a column holds it.
VERDICTS = {
    "pass": "passed",
    "fail": "not yet",
    "error": "error",
    "timeout": "timed out",
    "memory": "no memory",
    "output-limit": "output",
    "crashed": "crashed",
    "forbidden": "forbidden",
    "not-run": "waiting",
    "skipped": "skipped",
}
# How well a recall question was known: the key that is pressed, the word, FSRS's own number.
RATINGS = {"again": 1, "hard": 2, "good": 3, "easy": 4}


def plural(count: int, word: str) -> str:
    """`1 unit`, `3 units`, `0 tries`."""
    if count == 1:
        return f"1 {word}"
    ends_in_y = word.endswith("y") and word[-2:-1] not in "aeiou"
    return f"{count:,} {word[:-1]}ies" if ends_in_y else f"{count:,} {word}s"


def listing(names: Iterable[str], most: int | None = None) -> str:
    """`a, b and c`. most: how many to name; then `a, b and 5 more`."""
    every = list(names)
    if most is not None and len(every) > most:
        every = [*every[:most], f"{len(every) - most} more"]
    return " and ".join(filter(None, (", ".join(every[:-1]), *every[-1:])))


def part_name(dotted: str) -> str:
    """A part of the engine as people call it: `relu`, `AdamW`, `ReplayBuffer.add`."""
    *_, owner, last = dotted.split(".")
    if last in ("update", "rate"):
        return owner
    return f"{owner}.{last}" if owner[:1].isupper() else last


def duration(*, minutes: float = 0, seconds: float = 0) -> str:
    """How long something takes, as exactly as a person needs it: `40 s`, `1 h 25 min`, `57 h`."""
    total = seconds + 60 * minutes
    if 0 < total < 60:
        return f"{max(1, round(total))} s"
    hours, rest = divmod(round(total / 60), 60)
    if hours >= 10:
        return f"{round(total / 3600)} h"
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else [])
    return " ".join(parts)


def weekly(hours: float) -> str:
    """`6 hours a week`, `1 hour a week`."""
    return f"{hours:g} hour{'' if hours == 1 else 's'} a week"


def clock(seconds: float) -> str:
    """Time on a stopwatch: `4:07`, `1:04:07`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def day(when: date | str) -> str:
    """`3 March 2027`. when: a date, or a time as the store writes it."""
    found = _date(when)
    return f"{found.day} {found:%B} {found.year}"


def short_day(when: date | str) -> str:
    """`3 Mar`, for columns."""
    found = _date(when)
    return f"{found.day} {found:%b}"


def moment(when: str) -> str:
    """`3 March 2027, 08:30 UTC`. when: a time as the store writes it."""
    return f"{day(when)}, {when[11:16]} UTC"


def coming(when: date, today: date) -> str:
    """`today`, `tomorrow`, `on Tuesday`, `on 3 March`; with the year when it is another."""
    away = (when - today).days
    if away <= 0:
        return "today"
    if away == 1:
        return "tomorrow"
    if away < 7:
        return f"on {when:%A}"
    return f"on {day(when)}" if when.year != today.year else f"on {when.day} {when:%B}"


def length_words(ready: int, minutes: int, coming: int) -> str:
    """How long some units are together: `9 units (57 h) ready, 15 being written`."""
    units, takes = plural(ready, "unit"), duration(minutes=minutes)
    if not coming:
        return f"{units}, {takes}"
    if not ready:
        return f"{plural(coming, 'unit')} being written"
    return f"{units} ({takes}) ready, {coming} being written"


def left_words(minutes: int, coming: int) -> str:
    """What is left of a path: `57 h left, 15 units being written`."""
    left = f"{duration(minutes=minutes)} left" if minutes else ""
    written = f"{plural(coming, 'unit')} being written" if coming else ""
    return ", ".join(filter(None, (left, written))) or "nothing is left"


def did_you_mean(typed: str, known: Iterable[str], otherwise: str = "") -> str:
    """``did you mean `...`?`` with the nearest known name; `otherwise` when none is near."""
    from difflib import get_close_matches  # only when something went wrong

    names = list(known)
    longer = [name for name in names if typed and name.startswith(typed)]
    near = longer[:1] or get_close_matches(typed, names, n=1)
    return f"did you mean `{near[0]}`?" if near else otherwise


def due(today: int, waiting: int, answered: int) -> str:
    """What there is to recall. today: questions left for today; waiting: for the coming days."""
    if today:
        rest = f" {waiting} more will wait for the coming days." if waiting else ""
        return f"{plural(today, 'question')} for today, the hardest first.{rest}"
    if answered:
        return f"Done for today: {plural(answered, 'question')} answered."
    return "No question is due today."


def upcoming(later: Iterable[tuple[date, int]], today: date) -> str:
    """`Coming up: 3 questions tomorrow, 2 on Tuesday.` later: days, and how many questions."""
    first, *rest = [(count, coming(day, today)) for day, count in later] or [(0, "")]
    if not first[0]:
        return "Questions come the day after a unit is passed."
    days = [f"{plural(first[0], 'question')} {first[1]}", *(f"{n} {when}" for n, when in rest)]
    return f"Coming up: {', '.join(days)}."


def _date(when: date | str) -> date:
    return when if isinstance(when, date) else date.fromisoformat(when[:10])
