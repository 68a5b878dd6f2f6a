"""The search finds the page that a reader wants among the first three.

The browser ranks with BM25, and a page's tags outweigh its headings and its text by far, so the
part of the ranking that tags decide is computed here from the built index. The browser's own
ranking is compared in `test_browser.py`.
"""

import math
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from undergrad import course as courses
from undergrad.locate import data_path
from undergrad.site.pages import pages
from undergrad.site.snapshot import Lesson, Snapshot

SEARCHES = yaml.safe_load((Path(__file__).parent / "searches.txt").read_text("utf-8"))
_COURSE = courses.load()
_UNITS = {unit.id: f"course/{unit.stage}/{unit.id}/index.md" for unit in _COURSE.units}


def page_of(name: str) -> str:
    """The page that `searches.txt` calls by this name: a unit, or a page below `docs/`."""
    return _UNITS.get(name, f"{name}.md")


@pytest.fixture(scope="module")
def fronts() -> dict[str, dict]:
    """The front matter of every page, written by hand or generated."""
    lessons = {unit.id: Lesson("# x\n") for unit in _COURSE.units if unit.written}
    docs = data_path("docs")
    texts = {path.relative_to(docs).as_posix(): path.read_text() for path in docs.rglob("*.md")}
    texts |= pages(Snapshot(_COURSE, lessons=lessons))
    found = {}
    for name, text in texts.items():
        front = re.match(r"---\n(.+?)\n---\n", text, re.DOTALL)
        found[name] = yaml.safe_load(front[1]) if front else {}
    return found


def _boost(front: dict) -> float:
    return front.get("search", {}).get("boost", 1)


def _stems(text: str) -> list[str]:
    """The words of a text without their endings, roughly as the search cuts them."""
    words = (word for word in re.findall(r"\w+", text.lower()) if word not in ("a", "an", "my"))
    return [re.sub(r"(ing|s|er|ation)$", "", word) for word in words]


def _ranked(query: str, fronts: dict[str, dict]) -> list[str]:
    """The pages by what BM25 makes of their tags, the best first."""
    tags = {page: Counter(_stems(" ".join(f.get("tags", ())))) for page, f in fronts.items()}
    tags = {page: words for page, words in tags.items() if words.total() > 1}
    mean = sum(words.total() for words in tags.values()) / len(tags)
    scores: Counter[str] = Counter()
    for stem in _stems(query):
        holds = [page for page, words in tags.items() if words[stem]]
        rarity = math.log(1 + (len(tags) - len(holds) + 0.5) / (len(holds) + 0.5))
        for page in holds:
            times, length = tags[page][stem], tags[page].total() / mean
            weight = 2.2 * times / (1.2 * (0.25 + 0.75 * length) + times)
            scores[page] += rarity * weight * _boost(fronts[page])
    return [page for page, _ in scores.most_common()]


@pytest.mark.parametrize(("query", "name"), SEARCHES.items())
def test_the_page_that_is_wanted_is_among_the_first_three(query, name, fronts):
    assert page_of(name) in _ranked(query, fronts)[:3]


def test_what_is_there_comes_before_the_reference_and_what_is_planned_comes_last(fronts):
    menu = yaml.safe_load(data_path("mkdocs.yml").read_text("utf-8"))["nav"]
    parts = {title: below for part in menu for title, below in part.items()}
    guides = [page for entry in parts["Agents"] + parts["Guide"] for page in entry.values()]
    boosts = {page: _boost(front) for page, front in fronts.items()}
    written = [_UNITS[unit.id] for unit in _COURSE.units if unit.written]
    planned = [_UNITS[unit.id] for unit in _COURSE.units if not unit.written]
    measured = {"agents/benchmarks.md", "how-it-works.md"}
    assert {boosts[page] for page in {*written, *guides} - measured} == {3}
    assert all(boosts[page] == 0.2 for page in planned)  # none, once every unit is written
    assert {boosts[page] for page in {*boosts} - {*written, *guides, *planned} | measured} == {1}
