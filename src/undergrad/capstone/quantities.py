"""Numbers and dates in what people write: 0.95, 95 %, 0,95, 1,360, 1.360, [0.87, 0.93], ± 0.03.

Texts are expected in Unicode's form NFKC, in which full-width digits are plain ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_.,])(?P<sign>(?<=[\s(\[:=|])[-\u2212])?"
    r"(?P<digits>\d{1,3}(?:[ ,.'\u2019]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?![A-Za-z]*\d)\s?(?P<percent>%)?"
)
# The level of an interval, such as the 95 % of "95 % confidence interval", is not a result.
_LEVEL = re.compile(
    r"\b9[059](?:[.,]\d)?\s?%(?=[\s-]*(?:\w+[\s-]+)?(?:inter|conf|ci\b|boot|konf|区間|信頼|の))",
    re.I,
)
_FROM_TO = {"to", "bis", "-", "\u2013", "\u2014", "~", "\u301c", "..", "\u304b\u3089", "and", "und"}
_IN_BRACKETS = {",", ";"}
_PLUS_MINUS = re.compile(r"(?:\u00b1|\+/-|\+-)\s*$")

_MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "jan feb m\u00e4r apr mai jun jul aug sep okt nov dez",
    )
    for number, name in enumerate(names.split(), 1)
}
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)[-/.\u5e74] ?(?P<m>\d{1,2})[-/.\u6708] ?(?P<d>\d{1,2})"),
    re.compile(
        r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?\.? (?P<m>[^\W\d_]{3,9})\.?,? (?P<y>(?:19|20)\d\d)"
    ),
    re.compile(r"\b(?P<m>[^\W\d_]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)"),
    re.compile(r"\b(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>(?:19|20)\d\d)"),
)


@dataclass(frozen=True)
class Number:
    """A number and where it stands. A percentage is a fraction; `count` reads 1.360 as 1360."""

    value: float
    count: int | None  # None where it cannot be a whole number
    is_percent: bool
    is_whole: bool  # written without a decimal point or a % sign
    start: int
    end: int


@dataclass(frozen=True)
class Score:
    """A result, and its interval where one is given."""

    value: float
    low: float | None = None
    high: float | None = None


def numbers(text: str) -> list[Number]:
    """The numbers in a text, without the dates and without the levels of intervals."""
    for pattern in (_LEVEL, *_DATES):
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return [_number(found) for found in _TOKEN.finditer(text)]


def scores(text: str) -> list[Score]:
    """The results in one sentence: those with an interval, or else each decimal or percentage."""
    found = numbers(text)
    intervals = list(_intervals(text, found))
    if intervals:
        return intervals
    return [Score(each.value) for each in found if not each.is_whole]


def first_date(text: str) -> date | None:
    """The date that stands first, or None."""
    found = [match for pattern in _DATES for match in pattern.finditer(text)]
    for match in sorted(found, key=lambda match: match.start()):
        month = match["m"]
        number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
        try:
            return date(int(match["y"]), number, int(match["d"]))
        except ValueError:
            continue
    return None


def _number(found: re.Match[str]) -> Number:
    digits, is_percent = found["digits"], found["percent"] is not None
    head, *groups = re.split(r"[ ,.'\u2019]", digits)
    are_thousands = bool(groups) and head != "0" and all(len(each) == 3 for each in groups)
    if are_thousands and ("." not in digits or len(groups) > 1):
        value = float(head + "".join(groups))
    else:
        value = float(".".join((head, "".join(groups)))) if groups else float(head)
    whole = value.is_integer() and (not groups or are_thousands)
    count = int(head + "".join(groups)) if are_thousands else int(value) if whole else None
    value = -value if found["sign"] else value
    return Number(
        value / 100 if is_percent else value,
        None if is_percent or found["sign"] else count,
        is_percent,
        not is_percent and (not groups or (are_thousands and "." not in digits)),
        found.start(),
        found.end(),
    )


def _intervals(text: str, found: list[Number]) -> Iterator[Score]:
    """Scores with an interval: low and high side by side, or a half after a plus-minus sign."""
    used = 0  # numbers before this one belong to earlier scores
    for at, each in enumerate(found):
        before = [number.value for number in found[used:at]]
        if _PLUS_MINUS.search(text[: each.start]) and before:
            yield Score(before[-1], before[-1] - each.value, before[-1] + each.value)
            used = at + 1
        elif at + 1 < len(found) and at >= used and _is_range(text, each, found[at + 1]):
            low, high = _ends(each, found[at + 1])
            inside = [value for value in before if low <= value <= high]
            yield Score(inside[-1] if inside else (low + high) / 2, low, high)
            used = at + 2


def _is_range(text: str, one: Number, other: Number) -> bool:
    between = text[one.end : other.start].strip().lower()
    opened = text[: one.start].rstrip()[-1:] in ("[", "(")
    return between in _FROM_TO or (opened and between in _IN_BRACKETS)


def _ends(one: Number, other: Number) -> tuple[float, float]:
    """Low and high; in "87 to 93 %" the sign belongs to both."""
    both = other.is_percent and not one.is_percent and one.value > 1
    low = one.value / 100 if both else one.value
    return min(low, other.value), max(low, other.value)
