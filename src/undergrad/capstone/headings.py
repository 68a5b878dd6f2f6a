"""Headings of Markdown, by their meaning: in other words, other languages, and every way to write.

    means = words("limit weakness | 制限")
    [text for level, text in headings("Limits of it\\n---") if means.search(text)]

The one reader of headings, behind the plan, the notebook, the README and the cards.
"""

import re
import unicodedata
from collections.abc import Iterator

_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SETEXT = re.compile(r"^(?=\S)([^|\n]+)\n(?:={3,}|-{3,})[ ]*$", re.MULTILINE)
_HTML = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_BOLD = re.compile(r"(\*\*|__)([^*_]+)\1:?$")


def words(listed: str) -> re.Pattern[str]:
    """Finds one of the words: by its beginning before the bar, and anywhere after it.

    The words after the bar are those of languages without spaces.
    """
    spaced, _, others = listed.partition("|")
    return re.compile(
        "|".join((rf"\b(?:{'|'.join(spaced.split())})", *others.split())), re.IGNORECASE
    )


def tidy(text: str) -> str:
    """One form for every way to write: no code, no comments, `##` for every other heading."""
    text = unicodedata.normalize("NFKC", text.replace("\r\n", "\n"))
    text = _SETEXT.sub(r"## \1", _COMMENT.sub("", _FENCE.sub("", text)))
    return _HTML.sub(lambda found: f"\n{'#' * int(found[1])} {' '.join(found[2].split())}\n", text)


def heading(line: str) -> tuple[int, str] | None:
    """Level and text of a heading; a line in bold counts as one of level 7."""
    found = _HEADING.match(line.strip())
    if found:
        return len(found[1]), found[2]
    bold = _BOLD.match(line.strip())
    return (7, bold[2]) if bold else None


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Every heading of a text: (level, text)."""
    yield from filter(None, map(heading, tidy(text).splitlines()))
