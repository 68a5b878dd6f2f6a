"""The live site in a real browser: the door, tabs, keys, search, and the editor of exercises."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from tests.site.browser import PROGRAM, Browser, Page, browser
from tests.site.test_search import SEARCHES, page_of

from undergrad import course as courses
from undergrad import journey as journeys

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
    pytest.mark.skipif(os.name != "posix", reason="Chromium is driven through a pipe"),
]
_SERVE = [sys.executable, "-m", "undergrad", "serve", "--no-browser"]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> journeys.Journey:
    return journeys.create(tmp_path_factory.mktemp("live") / "j", courses.load())


@pytest.fixture(scope="module")
def address(journey) -> Iterator[str]:
    """The one-time address of a running `undergrad serve`."""
    with serving(journey, 0) as found:
        yield found


@contextmanager
def serving(journey: journeys.Journey, port: int) -> Iterator[str]:
    command = [*_SERVE, "--port", str(port), "--journey", str(journey.root)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CODESPACE_NAME": ""}
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


def test_the_map_shows_ones_own_path_on_a_phone_and_follows_it(chromium, tmp_path):
    course = courses.load()
    made = journeys.create(tmp_path / "j", course, path="two-week")
    around = """(() => {
        const [inner, outer] = ['.ug-here', '.ug-graph'].map(
            each => document.querySelector(each).getBoundingClientRect())
        return inner.left >= outer.left && inner.right <= outer.right})()"""
    frame = "document.querySelector('.ug-here').x.baseVal.value"
    box = "document.querySelector('[data-unit={}] rect').x.baseVal.value - 5"
    with serving(made, 0) as address:
        page = chromium.visit(address)
        page.show(390, 844, "light")
        page.go(page.run("location.href"))
        assert page.run("document.querySelectorAll('.ug-step').length") == 12
        assert page.run("document.querySelectorAll('.ug-path path').length") == 11
        assert page.run(f"{frame} === {box.format('first-ten')} && {around}")
        journeys.Learner(made, course).record("unit.skipped", "first-ten")
        page.await_true(f"{frame} === {box.format('matcalc')}")
        words = page.run("""document.querySelector('[data-live="path-words"]').textContent""")
        assert words.endswith("Next, in the frame: Matrix calculus for layers.")
        page.go(page.run("location.href"))
        assert page.run(f"{frame} === {box.format('matcalc')} && {around}")


def test_a_figure_moves_by_keyboard_and_by_its_buttons(site, chromium):
    page = chromium.visit(f"{site}course/1-practical/first-ten/")
    words = "document.querySelector('.ug-live-words').textContent"
    page.await_true("document.querySelector('.ug-alive')")
    page.run("document.querySelector('.ug-live-handles input').focus()")
    page.press_named("ArrowRight", 39)
    assert page.run(words).startswith("0 steps: w = 0.05,")
    page.run("document.querySelector('.ug-live-buttons button').click()")
    assert page.run(words).startswith("1 step:")
    assert page.run("getComputedStyle(document.querySelector('.ug-alive img')).display") != "block"


def test_one_plays_beside_the_agents_by_keyboard_turn_by_turn(site, chromium):
    page = chromium.visit(f"{site}play.html")
    page.await_true("document.querySelector('.ug-playable')")
    game = "document.querySelector('.ug-playable')"
    page.run(f"{game}.querySelector('input[type=checkbox]').click()")
    page.run(f"{game}.querySelector('.ug-board').focus()")
    box = "document.activeElement.getBoundingClientRect()"  # around which the focus is drawn
    assert page.run(f"{box}.width / {box}.height") == pytest.approx(5 / 10, abs=0.01)
    for ahead in range(8, 0, -1):
        page.press_named("ArrowLeft", 37)
        words = page.run(f"{game}.querySelector('.ug-live-words').textContent")
        assert f"{ahead} above the paddle's row" in words
    page.press_named("ArrowLeft", 37)
    words = page.run(f"{game}.querySelector('.ug-live-words').textContent")
    assert re.fullmatch(r"Your game is over: you .?1, untrained .?1, trained 1\.", words)


# --- the editor of an exercise

_UNIT = courses.load().unit("first-ten")
_CONTENT = "document.querySelector('.ug-editor[aria-busy]').shadowRoot.querySelector('.cm-content')"
_BUTTONS = "[...document.querySelectorAll('.ug-exercise button')]"
TAB, ESCAPE, A, ENTER = ("Tab", 9), ("Escape", 27), ("a", 65), ("Enter", 13)


def opened(chromium: Browser, site: str) -> Page:
    """The page of the first exercise, with the learner's file in the editor."""
    page = chromium.visit(f"{site}course/1-practical/first-ten/")
    page.run("document.querySelector('#check').scrollIntoView()")
    page.await_true("document.querySelector('.ug-editor[aria-busy=false]')")
    if page.run("document.querySelector('.ug-editor[aria-busy]').hidden"):
        click(page, "Start this exercise")
        page.await_true("!document.querySelector('.ug-editor[aria-busy]').hidden")
    return page


def click(page: Page, label: str) -> None:
    page.run(f"{_BUTTONS}.find(each => each.textContent === '{label}').click()")


def replace_all(page: Page, text: str) -> None:
    page.run(f"{_CONTENT}.focus()")
    page.press_named(*A, control=True)
    page.write(text)


def says(page: Page, text: str) -> None:
    """Wait until the line beside the button, or the box below it, holds this text."""
    page.await_true(f"document.querySelector('.ug-exercise').innerText.includes({text!r})")


@pytest.fixture(scope="module")
def exercise(journey):
    return journey.exercise(_UNIT)


def test_a_beginner_passes_a_unit_without_leaving_the_page(site, chromium, journey, exercise):
    right = courses.worked_solution(_UNIT)
    page = opened(chromium, site)
    click(page, "Check")
    says(page, "Not started yet")
    replace_all(page, right.replace("return w * c + b", "return w * c"))
    page.press_named(*ENTER, control=True)
    says(page, "The bias is missing")  # the mistake is named
    replace_all(page, right)
    says(page, "Saved.")
    says(page, "The bias is missing")  # what the check said stays, to be read while typing
    assert page.run("document.querySelector('.ug-told').getBoundingClientRect().top > 0")
    assert exercise.read_text("utf-8") == right
    page.press_named(*ENTER, control=True)
    says(page, "Passed.")
    page.await_true("document.querySelector('.ug-result [data-verdict=pass]')")
    assert journeys.events(journey, kind="check.finished", subject=_UNIT.id)


def test_the_keyboard_gets_into_the_editor_and_out_again(site, chromium):
    page = opened(chromium, site)
    page.run(f"{_BUTTONS}.find(each => each.textContent === 'Check').focus()")
    page.press_named(*TAB)
    inside = f"{_CONTENT}.getRootNode().activeElement === {_CONTENT}"
    assert page.run(inside)
    page.press_named(*TAB)  # indents
    assert page.run(inside)
    page.press_named(*ESCAPE)
    page.press_named(*TAB)
    assert not page.run(inside)


def test_undo_takes_back_what_was_typed_and_never_the_file(site, chromium, exercise):
    page = opened(chromium, site)
    text = page.run(f"{_CONTENT}.innerText")
    replace_all(page, "typed = 1")
    for _ in range(3):
        page.press_named("z", 90, control=True)
    assert page.run(f"{_CONTENT}.innerText") == text != ""


def test_check_pressed_ten_times_is_one_check(site, chromium, journey):
    def checks():
        return len(list(journeys.events(journey, kind="check.finished")))

    page = opened(chromium, site)
    before = checks()
    find = f"{_BUTTONS}.find(each => each.textContent === 'Check')"
    page.run(f"{{const b = {find}; for (let n = 0; n < 10; n += 1) b.click()}}")
    page.await_true("!document.querySelector('.ug-told').hidden")
    click(page, "Check")
    says(page, "Checking ...")
    page.await_true("!document.querySelector('.ug-exercise').innerText.includes('Checking')")
    assert checks() - before == 2


def test_a_file_that_is_gone_can_be_started_again_by_one_button(site, chromium, exercise):
    page, other = opened(chromium, site), opened(chromium, site)
    look = "dispatchEvent(new Event('focus'))"
    exercise.unlink()
    for each in (page, page, other):
        each.run(look)
        says(each, "Start this exercise")
    click(page, "Start this exercise")
    page.await_true("!document.querySelector('.ug-editor[aria-busy]').hidden")
    other.run(look)
    other.await_true("!document.querySelector('.ug-editor[aria-busy]').hidden")
    visible = f"{_BUTTONS}.filter(each => each.checkVisibility()).map(each => each.textContent)"
    assert page.run(visible) == other.run(visible) == ["Check"]


def test_the_bar_that_stays_in_view_never_covers_the_line_that_is_typed(site, chromium):
    page = opened(chromium, site)
    replace_all(page, "x = 1\n" * 200)
    for _ in range(120):
        page.press_named("ArrowUp", 38)
    bottom = "document.querySelector('.ug-exercise-bar').getBoundingClientRect().bottom"
    line = f"{_CONTENT}.querySelector('.cm-activeLine').getBoundingClientRect()"
    frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.run(frames)
    assert page.run(f"{bottom} <= {line}.top + 1 && {line}.bottom <= innerHeight")


def test_a_file_that_another_program_changed_is_taken(site, chromium, exercise):
    page = opened(chromium, site)
    exercise.write_text("theirs = 1\n", "utf-8")
    page.run("dispatchEvent(new Event('focus'))")
    says(page, "Changed in another program.")
    assert page.run(f"{_CONTENT}.textContent") == "theirs = 1"


def test_of_two_texts_neither_is_lost(site, chromium, exercise, journey):
    page = opened(chromium, site)
    replace_all(page, "mine = 1")
    exercise.write_text("theirs = 2\n", "utf-8")
    says(page, "keep one of the two texts")
    assert exercise.read_text("utf-8") == "theirs = 2\n"
    click(page, "Keep what is here")
    says(page, "Saved.")
    assert exercise.read_text("utf-8") == "mine = 1"
    kept = {each.read_text("utf-8") for each in (journey.private / "kept").iterdir()}
    assert {"mine = 1", "theirs = 2\n"} <= kept


def test_what_is_typed_while_the_server_is_gone_is_saved_when_it_is_back(
    chromium, journey, exercise
):
    with serving(journey, 0) as address:
        page = chromium.visit(address)
        page = opened(chromium, page.run("location.href"))
    replace_all(page, "typed = 'meanwhile'")
    says(page, "The site does not answer")
    with serving(journey, urlsplit(address).port or 0):
        says(page, "Saved.")
        assert exercise.read_text("utf-8") == "typed = 'meanwhile'"


# --- the blocks of a lesson

_RUN = "[...document.querySelectorAll('.ug-block-bar')]"
_OUTPUT = "[...document.querySelectorAll('.ug-block-output')]"


def lesson(chromium: Browser, site: str) -> Page:
    """The page of the first lesson, whose blocks can be run."""
    page = chromium.visit(f"{site}course/1-practical/first-ten/")
    page.await_true("document.querySelector('.ug-block-bar')")
    return page


def press(page: Page, block: int, label: str) -> None:
    """Press a button of a block with the keyboard; blocks are counted from 1."""
    find = f"[...{_RUN}[{block - 1}].querySelectorAll('button')]"
    page.await_true(f"{find}.some(each => each.textContent === '{label}')")
    page.run(f"{find}.find(each => each.textContent === '{label}').focus()")
    page.press_named(" ", 32)


def bar_says(page: Page, block: int, text: str) -> None:
    page.await_true(f"{_RUN}[{block - 1}].innerText.includes({text!r})")


def write_block(page: Page, block: int, text: str) -> None:
    """Replace what stands in the editor of a block."""
    editor = f"{_RUN}[{block - 1}].previousElementSibling.shadowRoot.querySelector('.cm-content')"
    page.await_true(f"{_RUN}[{block - 1}].previousElementSibling.shadowRoot")
    page.run(f"{editor}.focus()")
    page.press_named(*A, control=True)
    page.write(text)


def test_a_block_runs_as_the_page_shows_and_says_what_is_on_loan(site, chromium, journey):
    page = lesson(chromium, site)
    press(page, 2, "Run")
    bar_says(page, 2, "The output is that of the page.")
    shown = page.run(f"{_OUTPUT}[1].innerText")
    assert "w: -499.95\nb: -82.0" in shown and "on loan" in shown


def test_a_changed_block_is_kept_and_the_pages_own_is_one_button_away(site, chromium, journey):
    page = lesson(chromium, site)
    press(page, 1, "Edit")
    bar_says(page, 1, "As on the page")
    write_block(page, 1, "print('mine')")
    page.press_named(*ENTER, control=True)
    bar_says(page, 1, "Done in")
    assert page.run(f"{_OUTPUT}[0].innerText").strip() == "mine"
    (kept,) = (journey.private / "blocks").glob("first-ten-*.py")
    assert kept.read_text("utf-8") == "print('mine')"
    again = lesson(chromium, site)
    bar_says(again, 1, "As on the page")
    press(again, 1, "As on the page")
    press(again, 1, "Run")
    bar_says(again, 1, "The output is that of the page.")
    assert kept.read_text("utf-8") == "print('mine')"
    kept.unlink()  # else the blocks below it would miss what it defined


def test_a_run_without_end_is_stopped_with_its_line_and_the_page_stays_alive(site, chromium):
    page = lesson(chromium, site)
    press(page, 3, "Edit")
    bar_says(page, 3, "As on the page")
    write_block(page, 3, "print('on', flush=True)\nwhile True: pass")
    press(page, 3, "Run")
    page.await_true(f"{_OUTPUT}[2].innerText.includes('on')")
    press(page, 3, "Stop")
    page.await_true(f"{_OUTPUT}[2].innerText.includes('Stopped')")
    bar_says(page, 3, "Run")


def test_a_box_leads_to_its_task_in_the_editor(site, chromium, exercise):
    page = opened(chromium, site)
    replace_all(page, courses.blank_exercise(_UNIT))
    page.run("document.querySelector('.ug-task[data-task=\"3\"]').click()")
    line = f"{_CONTENT}.querySelector('.cm-activeLine')"
    page.await_true(f"{_CONTENT}.getRootNode().activeElement === {_CONTENT}")
    frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.run(frames)
    assert "TODO 3" in page.run(f"{line}.textContent")
