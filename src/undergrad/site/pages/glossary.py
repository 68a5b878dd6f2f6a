"""The glossary's page, and the quiet links that lead there from the lessons.

A lesson links the first use of each term that another unit introduces. Only prose is touched: code,
formulas, links, headings, tables and HTML stay as they are.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from undergrad.course.models import Term, Unit
from undergrad.site import links
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill

# What is not prose, longest things first: a fenced block may hold anything of the rest.
_NOT_PROSE = re.compile(
    r"^(?P<fence>[ ]*(?:`{3,}|~{3,})).*?^(?P=fence)[ ]*$"
    r"|\$\$.*?\$\$|`[^`\n]+`|\$[^$\n]+\$"
    r"|!?\[[^\]]*\]\([^)]*\)(?:\{[^}]*\})?"
    r"|<[^>\n]+>|^[ ]*(?:#|!!!|\?\?\?|\|).*?$",
    re.MULTILINE | re.DOTALL,
)


def glossary_text(snapshot: Snapshot) -> str:
    """Every term in alphabetical order, in plain words, with the unit that introduces it."""
    terms = sorted(snapshot.course.glossary, key=lambda term: term.term.lower())
    return fill(
        "glossary.md.jinja",
        terms=[(term, snapshot.unit(term.unit)) for term in terms],
        to=links.from_page(links.GLOSSARY),
    )


@lru_cache(maxsize=128)  # the live site makes the pages again and again
def link_terms(text: str, unit: Unit, glossary: tuple[Term, ...]) -> str:
    """A lesson's Markdown with the first use of each other unit's terms linked to the glossary.

    The lesson's own terms are explained in it and stay plain.
    """
    forms = {form.lower(): term for term in glossary for form in term.words or (term.term,)}
    if not forms:
        return text
    target = links.link(links.unit_page(unit), links.GLOSSARY)
    seen = {term.anchor for term in forms.values() if unit.id in (term.unit, *term.not_in)}

    def replace(found: re.Match[str]) -> str:
        term = forms[found["form"].lower()]
        if term.anchor in seen:
            return found[0]
        seen.add(term.anchor)
        title = term.says.replace('"', "'")
        return f'[{found[0]}]({target}#{term.anchor} "{title}"){{ .ug-term }}'

    pattern, parts, done = _any_of(forms), [], 0
    for gap in _NOT_PROSE.finditer(text):
        parts += [pattern.sub(replace, text[done : gap.start()]), gap[0]]
        done = gap.end()
    return "".join([*parts, pattern.sub(replace, text[done:])])


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Whole words, the longest form first, with a plural's s."""
    longest = sorted(map(re.escape, forms), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?P<form>{'|'.join(longest)})s?(?![\w-])", re.IGNORECASE)
