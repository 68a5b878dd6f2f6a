"""The live site in a real browser: the door, eight tabs on one stream, the key n, the search."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.site.browser import PROGRAM, Browser, browser
from tests.site.test_search import SEARCHES, page_of

from undergrad import course as courses
from undergrad import journey as journeys

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
    pytest.mark.skipif(os.name != "posix", reason="Chromium is driven through a pipe"),
]
_SERVE = [sys.executable, "-m", "undergrad", "serve", "--port", "0", "--no-browser"]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The one-time address of a running `undergrad serve`."""
    folder: Path = tmp_path_factory.mktemp("live") / "j"
    journey = journeys.create(folder, courses.load())
    command = [*_SERVE, "--journey", str(journey.root)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        found = re.search(r"http://\S+\?key=\S+", process.stdout.readline())
        assert found
        yield found[0]
        process.terminate()


@pytest.fixture(scope="module")
def site(address, chromium) -> str:
    """The address of the site, once the browser has been let in."""
    page = chromium.visit(address)
    clean = page.run("location.href")
    assert "key" not in clean
    assert page.run("document.cookie") == ""  # scripts cannot read it
    assert "undergrad" in page.run("document.title")
    return clean


def test_who_was_not_let_in_reads_what_to_do(site, address, chromium):
    for tried in (site, address):  # the address has been used
        page = chromium.visit(tried, stranger=True)
        assert "open the newest address that undergrad serve" in page.run("document.body.innerText")
        assert page.run("fetch('/api/status').then(answer => answer.status)") == 403


def test_one_click_reaches_eight_tabs(site, chromium):
    count = """[...document.querySelectorAll('[data-live^="read:"]')]
        .filter(mark => mark.textContent === "Read").length"""
    pages = [chromium.visit(f"{site}resources.html") for _ in range(8)]
    before = [page.run(count) for page in pages]
    pages[2].run("[...document.querySelectorAll('.ug-read')].find(each => !each.hidden).click()")
    for page, earlier in zip(pages, before, strict=True):
        page.await_true(f"{count} > {earlier}")


def test_the_tab_key_skips_the_signs_beside_headings_and_tables_break_between_words(site, chromium):
    page = chromium.visit(f"{site}data.html")
    stops = (
        "[...document.querySelectorAll('.headerlink')].filter(each => each.tabIndex >= 0).length"
    )
    page.await_true(f"document.querySelector('.headerlink') && {stops} === 0")
    breaks = """[...new Set([...document.querySelectorAll("td, td code")].map(cell => {
        const style = getComputedStyle(cell)
        return style.overflowWrap + " " + style.wordBreak + " " + style.hyphens
    }))].join()"""
    assert page.run(breaks) == "normal normal manual"


def test_the_key_n_goes_where_the_page_says(site, chromium):
    page = chromium.visit(site)
    wanted = page.run("document.querySelector('.ug-continue').href")
    page.press("n")
    page.wait_for_load()
    assert page.run("location.href") == wanted


def test_the_search_finds_the_page_that_is_wanted_among_the_first_three(site, chromium):
    page = chromium.visit(site)
    missed = {}
    for query, name in SEARCHES.items():
        page.go(f"{site}index.html?q={query.replace(' ', '+')}")
        page.await_true("document.querySelector('.md-search-result__item')")
        found = page.run(
            "[...document.querySelectorAll('.md-search-result__item')].slice(0, 3)"
            ".map(item => new URL(item.querySelector('a').href).pathname)"
        )
        if "/" + page_of(name).replace(".md", ".html") not in found:
            missed[query] = found
    assert missed == {}
