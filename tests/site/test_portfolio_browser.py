"""The page of a capstone in a real browser, opened from the disk: wide, narrow, light and dark."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from tests.site.browser import PROGRAM, Browser, browser

from undergrad.capstone import read_project
from undergrad.locate import data_path
from undergrad.portfolio import build

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
]
WORKED = data_path("templates").parent / "capstones"
WORKS = ("digits", "cartpole", "trees", "glider", "moby-dick", "connect4")
# The lower of the two luminances against the higher: WCAG's contrast, for every text of its own.
_CONTRAST = """(() => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number)
    const light = colour => parts(colour).slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0)
    const behind = element => {
        const colour = getComputedStyle(element).backgroundColor
        const [, , , alpha = 1] = parts(colour)
        return alpha === 1 || !element.parentElement ? colour : behind(element.parentElement)
    }
    return [...document.querySelectorAll("body *")].filter(element =>
        [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
        && element.checkVisibility()
    ).map(element => {
        const [low, high] = [light(getComputedStyle(element).color), light(behind(element))].sort(
            (a, b) => a - b)
        return [(high + 0.05) / (low + 0.05), element.textContent.slice(0, 40)]
    }).filter(([contrast]) => contrast < 4.5)
})()"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out: Path = tmp_path_factory.mktemp("portfolio") / "all of it"
    works = [(read_project(WORKED / name), None) for name in WORKS]
    build(works, out, title="Six worked capstones")
    return out


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index.html", *(f"{name}/index.html" for name in WORKS)])
def test_a_page_from_the_disk(name, width, scheme, folder, chromium):
    page = chromium.visit("about:blank")
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    chromium.call("Emulation.setDeviceMetricsOverride", page.session, **screen)
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    chromium.call("Emulation.setEmulatedMedia", page.session, features=media)
    page.go((folder / name).as_uri())
    page.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.run("document.fonts.ready.then(() => 1)")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    assert page.run("[...document.images].every(each => each.complete && each.naturalWidth > 0)")
    assert page.run("[...document.images].every(each => each.alt.length > 10)")
    assert page.run("document.fonts.check('16px \"Source Serif\"')")
    tree = chromium.call("Page.getResourceTree", page.session)["frameTree"]
    loaded = [each["url"] for each in tree["resources"] if not each["url"].startswith("data:")]
    assert loaded and all(address.startswith(folder.as_uri()) for address in loaded), loaded
    assert page.run(_CONTRAST) == []
    ids = page.run("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    levels = page.run("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
