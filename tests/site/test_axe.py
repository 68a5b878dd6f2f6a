"""Accessibility: axe finds nothing on any kind of page, wide or narrow, light or dark.

axe-core is no dependency of ours. The test takes it from the variable AXE, which names the file
`axe.min.js`, or from a `node_modules` of the project or above it: `npm install --no-save axe-core`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.site.browser import PROGRAM, Browser, Page, browser
from tests.site.test_browser import click, opened, replace_all, says, serving

from undergrad import course as courses
from undergrad import journey as journeys

_PLACES = [each / "node_modules/axe-core/axe.min.js" for each in Path(__file__).resolve().parents]
AXE = next((each for each in (Path(os.environ.get("AXE", "")), *_PLACES) if each.is_file()), None)
SIZES = [(width, scheme) for width in (320, 768, 1280) for scheme in ("light", "dark")]
PAGES = [
    "index.html",
    "start.html",
    "checking.html",
    "course/index.html",
    "course/1-practical/index.html",
    "course/1-practical/first-ten/index.html",
    "course/3-deep-dive/backprop/index.html",
    "course/5-deep-rl/frozen-lake.html",  # there is none: the page for what is missing
    "progress.html",
    "runs/index.html",
    "paths/index.html",
    "paths/full.html",
    "paths/questions.html",
    "resources.html",
    "glossary.html",
    "notation.html",
    "benchmarks.html",
    "agents/dqn.html",
    "reference/index.html",
    "reference/engine.html",
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
    pytest.mark.skipif(AXE is None, reason="needs axe-core: AXE=/path/to/axe.min.js, or npm's"),
]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> journeys.Journey:
    """A journey with a run, which has a page of its own."""
    made = journeys.create(tmp_path_factory.mktemp("axe") / "j", courses.load())
    command = [sys.executable, "-m", "undergrad", "train", "frozenlake", "--seeds", "1"]
    subprocess.run([*command, "--journey", str(made.root)], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def site(journey, chromium) -> Iterator[str]:
    with serving(journey, 0) as address:
        yield chromium.visit(address).run("location.href")


_REACHED = (
    "[...document.querySelectorAll('pre > code')]"
    ".every(each => each.scrollWidth <= each.clientWidth || each.tabIndex === 0)"
)


def faults(page: Page) -> list[str]:
    """What axe finds in each size and scheme, and where a page scrolls sideways."""
    assert AXE is not None
    found = []
    for width, scheme in SIZES:
        page.show(width, 900, scheme)
        colours = {"light": "default", "dark": "slate"}[scheme]
        page.run(f"document.body.dataset.mdColorScheme = {colours!r}")  # as the switch does
        page.await_true(_REACHED)
        page.run("document.getAnimations().forEach(e => e instanceof CSSTransition && e.finish())")
        page.run(AXE.read_text("utf-8") + ";0")
        violations = page.run(
            """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) =>
                violations.flatMap(({id, nodes}) => nodes.map(node => id + ": " + node.html)))"""
        )
        found += [f"{width} {scheme}: {each[:200]}" for each in violations]
        if (wide := page.run("document.documentElement.scrollWidth")) > width:
            found.append(f"{width} {scheme}: the page is {wide} pixels wide")
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault(name, site, chromium):
    page = chromium.visit(f"{site}{name}")
    page.await_true("!document.querySelector('.ug-live') || document.querySelector('.ug-alive')")
    assert faults(page) == []


def test_the_page_of_a_run_has_no_fault(site, chromium, journey):
    (run,) = (each for each in journey.runs.iterdir() if each.is_dir())
    assert faults(chromium.visit(f"{site}runs/{run.name}/index.html")) == []


def test_the_editor_a_run_and_a_conflict_have_no_fault(site, chromium, journey):
    page = opened(chromium, site)
    run = "[...document.querySelectorAll('.ug-block-bar button')]"
    page.run(f"{run}[1].click()")  # edits the first block
    page.await_true(f"{run}[1].textContent === 'As on the page'")
    page.run(f"{run}[0].click()")
    page.await_true("document.querySelector('.ug-block-output[data-ending=done]')")
    click(page, "Check")
    says(page, "Not started yet")
    assert faults(page) == []
    journey.exercise(courses.load().unit("first-ten")).write_text("theirs = 1\n", "utf-8")
    replace_all(page, "mine = 1")
    says(page, "keep one of the two texts")
    assert faults(page) == []


def test_what_a_stranger_sees_has_no_fault(site, chromium):
    found = faults(chromium.visit(site, stranger=True))
    # The page has the browser's own dark colours, whose background axe takes for white.
    assert [each for each in found if "dark: color-contrast" not in each] == []
