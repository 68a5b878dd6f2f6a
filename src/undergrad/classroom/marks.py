"""The roster, which ties names to numbers, and marks as CSV.

A mark is what `regrade` found or a person set; what a learner reports is never one. A cell that a
spreadsheet would run as a formula gets an apostrophe in front.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from undergrad.classroom.folder import Classroom
from undergrad.errors import UsageError
from undergrad.files import disk_errors, output, replace_file
from undergrad.words import plural

Marks = dict[int, dict[str, str]]  # learner: {unit: mark}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LOOKS_LIKE_CSV = re.compile(rb"(\xef\xbb\xbf)?[^\n]*,")
FORMATS = ("plain", "canvas", "moodle")


@dataclass(frozen=True)
class Entry:
    """One row of the roster."""

    number: int
    name: str
    email: str = ""
    id: str = ""  # in the institution's own system
    code: str = ""  # to join with


_COLUMNS = [each.name for each in fields(Entry)]


def read_names(file: Path) -> list[Entry]:
    """People from a list that a teacher has, numbered 0: one name per line, or CSV with a `name`.

    A byte-order mark and semicolons are read. UsageError, with line numbers, for empty and doubled
    names.
    """
    if not file.is_file():
        raise UsageError(f"There is no file {file}: name one with one name per line.")
    with disk_errors(file):
        text = file.read_text("utf-8-sig", "replace")
    lines = text.splitlines()
    heads = [head.strip().lower() for head in _cells(lines[0])] if lines else []
    if "name" in heads:
        rows = [(n, dict(zip(heads, _cells(line), strict=False))) for n, line in _filled(lines[1:])]
        first = 2
    else:
        rows, first = [(n, {"name": line.strip('"')}) for n, line in _filled(lines)], 1
    people = [
        (number + first, Entry(0, *(row.get(key, "").strip() for key in ("name", "email", "id"))))
        for number, row in rows
    ]
    _refuse_faults(file, people)
    return [person for _, person in people]


def read_roster(classroom: Classroom) -> list[Entry]:
    """Everybody who was invited and not forgotten; empty before the first."""
    if not classroom.roster.exists():
        return []
    with disk_errors(classroom.roster):
        rows = list(csv.DictReader(io.StringIO(classroom.roster.read_text("utf-8-sig"))))
    try:
        return [
            Entry(int(row["number"]), *(_unharmed(row[name] or "") for name in _COLUMNS[1:]))
            for row in rows
        ]
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(
            f"{classroom.roster} was changed and has other columns than {', '.join(_COLUMNS)}."
        ) from error


def write_roster(classroom: Classroom, entries: Iterable[Entry]) -> None:
    """Write the roster, in the order of the numbers."""
    rows = [[str(value) for value in asdict(each).values()] for each in sorted_by_number(entries)]
    with disk_errors(classroom.roster):
        replace_file(classroom.roster, csv_bytes([_COLUMNS, *rows]))


def sorted_by_number(entries: Iterable[Entry]) -> list[Entry]:
    """The order of every list."""
    return sorted(entries, key=lambda each: each.number)


def number_of(typed: str, entries: Sequence[Entry]) -> int:
    """The learner that a teacher means: a number, or a name of the roster."""
    if typed.isdecimal():
        return int(typed)
    found = [each.number for each in entries if each.name == typed]
    if len(found) != 1:
        raise UsageError(f"The roster has no `{typed}`: write the number, as roster.csv has it.")
    return found[0]


def valid_mark(typed: str) -> str:
    """A mark that a person set. UsageError for anything but a number."""
    if not _NUMBER.fullmatch(typed):
        raise UsageError(f"`{typed}` is not a number: write a mark such as 1, 0 or 0.5, or `none`.")
    return typed


def drop(classroom: Classroom, number: int) -> None:
    """Erase a learner's name, code and exported marks."""
    write_roster(classroom, [each for each in read_roster(classroom) if each.number != number])
    if classroom.exported.exists():
        with disk_errors(classroom.exported):
            found = json.loads(classroom.exported.read_text("utf-8"))
            found.pop(str(number), None)
            replace_file(classroom.exported, json.dumps(found).encode())


def marks(classroom: Classroom) -> Marks:
    """The marks of everybody who has one."""
    store = classroom.open_store()
    found: Marks = {}
    for (learner, unit), standing in store.outcomes().items():
        found.setdefault(learner, {})[unit] = standing.outcome
    store.close()
    return found


def changes(classroom: Classroom, now: Marks) -> str:
    """What changed since the last export, such as `7 of 2,950 marks changed: 5 up, 2 down.`"""
    count = sum(map(len, now.values()))
    if not classroom.exported.exists():
        return f"{plural(count, 'mark')}, exported for the first time."
    with disk_errors(classroom.exported):
        before = json.loads(classroom.exported.read_text("utf-8"))
    moved = [
        _value(mark) - _value(before.get(str(learner), {}).get(unit, ""))
        for learner, units in now.items()
        for unit, mark in units.items()
        if mark != before.get(str(learner), {}).get(unit, "")
    ]
    up, down = sum(each > 0 for each in moved), sum(each < 0 for each in moved)
    other = len(moved) - up - down
    parts = [
        f"{count} {word}" for count, word in ((up, "up"), (down, "down"), (other, "new")) if count
    ]
    said = f": {', '.join(parts)}" if parts else ""
    return f"{len(moved):,} of {plural(count, 'mark')} changed since the last export{said}."


def export(classroom: Classroom, file: Path, layout: str, units: Sequence[str]) -> int:
    """Write the marks of everybody in the roster to `file`; how many people.

    units: in the order of the columns. layout: one of FORMATS.
    """
    found, entries = marks(classroom), sorted_by_number(read_roster(classroom))
    used = [unit for unit in units if any(unit in each for each in found.values())]
    heads, person = _LAYOUTS[layout]
    rows = [
        [*person(each), *(found.get(each.number, {}).get(unit, "") for unit in used)]
        for each in entries
    ]
    with output(file, _LOOKS_LIKE_CSV) as target:
        target.write(csv_bytes([[*heads, *used], *rows]))
    with disk_errors(classroom.exported):
        replace_file(classroom.exported, json.dumps(found).encode())
    return len(rows)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as spreadsheets read it, every cell as text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(map(_harmless, row)) for row in rows])
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    is_formula = cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def _unharmed(cell: str) -> str:
    """The cell as it was before `_harmless`."""
    return cell[1:] if cell.startswith("'") and _harmless(cell[1:]) == cell else cell


def _value(mark: str) -> float:
    return float(mark) if _NUMBER.fullmatch(mark) else 0.0


def _cells(line: str) -> list[str]:
    semicolons = line.count(";") > line.count(",")
    return next(csv.reader([line], delimiter=";" if semicolons else ","), [])


def _filled(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The lines with their place, up to the last one that is not empty."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return list(enumerate(lines))


def _refuse_faults(file: Path, people: Sequence[tuple[int, Entry]]) -> None:
    empty = [line for line, person in people if not person.name]
    if empty or not people:
        where = ", ".join(map(str, empty)) or "1"
        raise UsageError(f"{file}: there is no name on line {where}.")
    lines: dict[str, list[int]] = {}
    for line, person in people:
        lines.setdefault(person.name, []).append(line)
    for name, places in lines.items():
        if len(places) > 1:
            where = " and ".join(map(str, places))
            raise UsageError(
                f"{file}: {name} is on lines {where}: tell them apart, such as by a middle name."
            )


def _plain(each: Entry) -> list[str]:
    return [str(each.number), each.name, each.email, each.id]


def _canvas(each: Entry) -> list[str]:
    return [each.name, "", each.id, each.email, ""]


def _moodle(each: Entry) -> list[str]:
    return [each.name, each.email, each.id]


_LAYOUTS: Mapping[str, tuple[tuple[str, ...], Callable[[Entry], list[str]]]] = {
    "plain": (("number", "name", "email", "id"), _plain),
    "canvas": (("Student", "ID", "SIS User ID", "SIS Login ID", "Section"), _canvas),
    "moodle": (("Full name", "Email address", "ID number"), _moodle),
}
