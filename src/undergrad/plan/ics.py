"""A plan as a calendar file that other programs read: iCalendar, RFC 5545.

One all-day event per unit. Its UID stays the same for the same journey and unit, and SEQUENCE grows
with the journey, so reading a newer file moves the entries and doubles none; one whose unit is no
longer planned is cancelled. An entry does not make a day look busy.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from undergrad.journey.models import UnitStatus
from undergrad.plan.calendar import Plan, Slot
from undergrad.words import duration

PRODUCT = "PRODID:-//undergrad//plan//EN"
# How a calendar file of ours begins, whatever a program has done to its line ends.
CALENDAR = re.compile(rb"BEGIN:VCALENDAR\s+VERSION:2\.0\s+" + re.escape(PRODUCT.encode()))
_OCTETS = 75  # of a line, without its end


def to_ics(
    plan: Plan, journey: str, sequence: int, now: datetime, withdrawn: Iterable[UnitStatus] = ()
) -> bytes:
    """The file's bytes. journey: a name for the journey that no other has, such as a UUID.

    sequence: a number that grows with every change, such as the number of events.
    now: with a time zone.   withdrawn: units that an earlier file may hold and the plan does not.
    """
    cancelled = [Slot(unit.id, unit.title, 0, plan.start, plan.start) for unit in withdrawn]
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        PRODUCT,
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *(line for slot in plan.slots for line in _event(slot, journey, sequence, stamp)),
        *(line for slot in cancelled for line in _event(slot, journey, sequence, stamp, gone=True)),
        "END:VCALENDAR",
    ]
    return b"".join(fold(line) for line in lines)


def _event(
    slot: Slot, journey: str, sequence: int, stamp: str, *, gone: bool = False
) -> Iterator[str]:
    work = "Not planned any more" if gone else f"{duration(minutes=slot.minutes)} of work"
    words = f"{work}. In the journey: undergrad show {slot.unit}"
    yield "BEGIN:VEVENT"
    yield f"UID:{slot.unit}-{journey}@undergrad"
    yield f"DTSTAMP:{stamp}"
    yield f"SEQUENCE:{sequence}"
    yield f"DTSTART;VALUE=DATE:{_day(slot.first)}"
    yield f"DTEND;VALUE=DATE:{_day(slot.last + timedelta(days=1))}"  # the first day after it
    yield f"SUMMARY:{escape(slot.title)}"
    yield f"DESCRIPTION:{escape(words)}"
    if gone:
        yield "STATUS:CANCELLED"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escape(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11: these four mean something else when they stand bare."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def fold(line: str) -> bytes:
    """A content line of at most 75 octets a physical line, RFC 5545, 3.1, no character cut."""
    parts, room = [b""], _OCTETS
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(parts[-1]) + len(octets) > room:
            parts.append(b"")
            room = _OCTETS - 1  # the space that continues a line counts
        parts[-1] += octets
    return b"\r\n ".join(parts) + b"\r\n"


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"
