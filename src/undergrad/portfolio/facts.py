"""What a page tells about a project, read from its files: nothing is asked for twice.

    facts = read_facts(project)
    facts.title, facts.question, facts.result.sentence, facts.licence.name

The title is the notebook's, the question the plan's, the picture the README's, the author that of
CITATION.cff; `results.json` holds the numbers.
"""

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from undergrad.capstone.headings import headings
from undergrad.capstone.kinds import in_words
from undergrad.capstone.metric import Claim, interval, read_claim
from undergrad.capstone.plan import NAME, sections
from undergrad.capstone.project import Project
from undergrad.capstone.prose import MEANS
from undergrad.capstone.publishable import cards, licence, pictures
from undergrad.capstone.scaffold import title_of
from undergrad.errors import UsageError
from undergrad.portfolio.render import Cell, section
from undergrad.words import plural


@dataclass(frozen=True)
class Mark:
    """A number on the scale of a result: what it is, as it is written, and how far to the right."""

    name: str
    text: str
    place: float  # in percent of the scale's width


@dataclass(frozen=True)
class Result:
    """The claim: a mean over seeds with its interval, beside the baseline."""

    metric: str
    baseline_name: str
    value: float
    low: float
    high: float
    seeds: tuple[tuple[str, float], ...]
    baseline: float
    target: float
    higher_is_better: bool

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        return (
            f"{self.metric[:1].upper()}{self.metric[1:]}: {self.written(self.value)}, "
            f"95% interval {self.written(self.low)} to {self.written(self.high)} over "
            f"{plural(len(self.seeds), 'seed')}, beside {self.written(self.baseline)} for "
            f"{self.baseline_name}."
        )

    @property
    def verdict(self) -> str:
        """What the interval says about the baseline; no more than that."""
        better = self.low > self.baseline if self.higher_is_better else self.high < self.baseline
        worse = self.high < self.baseline if self.higher_is_better else self.low > self.baseline
        if better:
            return "The interval over seeds lies on the better side of the baseline."
        if worse:
            return "The interval over seeds lies on the worse side of the baseline."
        return "The interval over seeds contains the baseline: the seeds do not show a difference."

    def written(self, value: float) -> str:
        """A number with as many digits as the interval is worth."""
        size = self.high - self.low or abs(self.value) / 10 or 1.0
        digits = max(0, min(6, 1 - math.floor(math.log10(size))))
        return f"{value:,.{digits}f}"

    @property
    def marks(self) -> dict[str, Mark]:
        """Where the numbers stand on a scale that holds all of them."""
        ends = [self.low, self.high, self.baseline, *(score for _, score in self.seeds)]
        low, high = min(ends), max(ends)
        room = (high - low or abs(high) or 1.0) * 0.08
        width = high - low + 2 * room
        named = {
            "value": ("mean", self.value),
            "low": ("lower end", self.low),
            "high": ("upper end", self.high),
            "baseline": (self.baseline_name, self.baseline),
            **{f"seed {name}": (f"seed {name}", score) for name, score in self.seeds},
        }
        return {
            key: Mark(name, self.written(number), round(100 * (number - low + room) / width, 2))
            for key, (name, number) in named.items()
        }


@dataclass(frozen=True)
class Citation:
    """How to cite a work, from CITATION.cff."""

    title: str
    authors: tuple[str, ...]  # as people read them
    sorted_authors: tuple[str, ...]  # as a bibliography takes them: Lovelace, Ada
    year: str
    address: str

    @property
    def bibtex(self) -> str:
        """The entry for a bibliography of LaTeX."""
        first = self.sorted_authors[0].partition(",")[0].split()[-1] if self.authors else "anon"
        key = re.sub(r"[^a-z0-9]", "", f"{first}{self.year}".lower()) or "work"
        rows = [("author", " and ".join(self.sorted_authors))]
        rows += [("title", f"{{{self.title}}}"), ("year", self.year), ("url", self.address)]
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in rows if value)
        return f"@misc{{{key},\n{body}}}"


@dataclass(frozen=True)
class Facts:
    """What is known of one project, before anything of it becomes HTML."""

    slug: str
    kind: str  # in words, such as Supervised learning
    title: str
    question: str  # Markdown
    result: Result
    picture: tuple[str, str] | None  # its address and its text, as the README shows it
    cards: dict[str, str]  # "model card" and "data card": Markdown
    licence: tuple[str, str]  # the name of the licence, and its text
    citation: Citation

    @property
    def address(self) -> str:
        """The folder of its page in a portfolio, as a part of an address."""
        return quote(self.slug)


def read_facts(project: Project, cells: Sequence[Cell]) -> Facts:
    """What the page tells. cells: of the notebook. Raises UsageError when there is no result."""
    claim = read_claim(project.folder / project.results)
    if not isinstance(claim, Claim):
        raise UsageError(
            f"{project.name} has no result to show, since {claim.message}: "
            f"`undergrad capstone run {shlex.quote(project.folder.name)}` runs its notebook."
        )
    readme = _text(project.folder / "README.md")
    shown = [(source, alt) for alt, source in pictures(readme)]
    own = [each for each in shown if (project.folder / each[0]).is_file()]
    name, text = licence(project)
    title = _title(project, cells, readme)
    return Facts(
        slug=project.folder.name,
        kind=in_words(project.kind),
        title=title,
        question=_question(project, cells),
        result=_result(project, claim),
        picture=own[0] if own else None,
        cards=_linked(cards(project)),
        licence=(_licence_name(text) if name else "", text),
        citation=_citation(project.folder / "CITATION.cff", title),
    )


def _linked(found: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The cards, whose links to each other lead to their places on the page."""
    texts = {card: text for card, (_, text) in found.items()}
    for other, (name, _) in found.items():
        place = f"](#{other.replace(' ', '-')})"
        texts = {card: text.replace(f"]({name})", place) for card, text in texts.items()}
    return texts


def _result(project: Project, claim: Claim) -> Result:
    low, high = interval(list(claim.seeds.values()))
    return Result(
        metric=project.metric,
        baseline_name=project.baseline,
        value=claim.value,
        low=low,
        high=high,
        seeds=tuple(sorted(claim.seeds.items())),
        baseline=claim.baseline,
        target=project.target,
        higher_is_better=project.higher_is_better,
    )


def _title(project: Project, cells: Sequence[Cell], readme: str) -> str:
    """The one heading of the notebook that stands above all others, else that of the README."""
    headed = [cell for cell in cells if cell.level]
    highest = [cell.title for cell in headed if cell.level == 1]
    titles = highest if len(highest) == 1 and headed[0].level == 1 else []
    titles += [text for _, text in headings(readme)]
    plain = [re.sub(r"<[^>]*>|[*_`]", "", title).strip() for title in titles]
    return next(filter(None, plain), title_of(project.name))


def _question(project: Project, cells: Sequence[Cell]) -> str:
    """The plan's question, else the first paragraph below that heading of the notebook."""
    asked = sections(_text(project.folder / NAME)).get("Question", "").strip()
    if asked:
        return asked
    below = [cell.source for cell in section(cells, MEANS["Question"]) if cell.kind == "markdown"]
    return next((part.strip() for text in below for part in text.split("\n\n") if part.strip()), "")


def _licence_name(text: str) -> str:
    """The name by which a licence's text begins, or the common one that it contains."""
    first = next((line.strip("# *=") for line in text.splitlines() if line.strip("# *=")), "")
    return first if 0 < len(first) <= 60 else "Licence"


def _citation(path: Path, title: str) -> Citation:
    try:
        data = yaml.safe_load(_text(path))
    except yaml.YAMLError:
        data = None
    found: Mapping[str, Any] = data if isinstance(data, dict) else {}
    authors = found.get("authors")
    people = (
        [each for each in authors if isinstance(each, dict)] if isinstance(authors, list) else []
    )
    names = [_author(each) for each in people]
    address = next(
        (str(found[key]) for key in ("repository-code", "repository", "url") if found.get(key)), ""
    )
    return Citation(
        title=str(found.get("title") or title),
        authors=tuple(name for name, _ in names if name),
        sorted_authors=tuple(name for shown, name in names if shown),
        year=str(found.get("date-released", ""))[:4],
        address=address if re.match(r"https?://[^\s{}]+$", address) else "",
    )


def _author(entry: Mapping[str, Any]) -> tuple[str, str]:
    """An author as people read the name, and as a bibliography takes it."""
    if entry.get("name"):
        name = str(entry["name"]).strip()
        return name, f"{{{name}}}"
    given, family = (str(entry.get(key) or "").strip() for key in ("given-names", "family-names"))
    return f"{given} {family}".strip(), f"{family}, {given}".strip(", ")


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig", "replace") if path.is_file() else ""
