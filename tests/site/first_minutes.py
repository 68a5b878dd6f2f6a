"""A newcomer's first ten minutes as pictures: `python -m tests.site.first_minutes FOLDER`.

Starts `undergrad start` as a person would, opens its address in Chromium, and goes where the pages
lead: the dashboard, the first lesson, a figure that moves, a block that runs, the exercise with a
mistake and without, the recall, a game. FOLDER then holds a picture of each step and index.html,
which shows them in order with what was done and how long it took.
"""

import base64
import html
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.site import test_browser as gestures
from tests.site.browser import Page, browser

from undergrad import course as courses

JOURNEY = "journey"
WIDTH, HEIGHT = 1280, 800
UNIT = courses.load().unit("first-ten")
RIGHT = courses.worked_solution(UNIT)
WRONG = RIGHT.replace("return w * c + b", "return w * c")


@dataclass
class Album:
    """The pictures so far, in `folder`; the clock runs from the first command on."""

    folder: Path
    began: float = field(default_factory=time.perf_counter)
    figures: list[str] = field(default_factory=list)

    def picture(self, page: Page, what: str) -> None:
        """Keep what the window shows now."""
        page.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shot = page.browser.call("Page.captureScreenshot", page.session, format="webp", quality=80)
        name = f"{len(self.figures) + 1:02}.webp"
        (self.folder / name).write_bytes(base64.b64decode(shot["data"]))
        self._add(what, f'<img src="{name}" alt="" width="{WIDTH}">')

    def text(self, lines: str, what: str) -> None:
        """Keep what a terminal said."""
        self._add(what, f"<pre>{html.escape(lines)}</pre>")

    def _add(self, what: str, shown: str) -> None:
        seconds = time.perf_counter() - self.began
        caption = f"{len(self.figures) + 1}. {html.escape(what)} ({seconds:.0f} s)"
        self.figures.append(f"<figure><figcaption>{caption}</figcaption>{shown}</figure>")
        print(caption, flush=True)

    def bind(self) -> None:
        head = '<!doctype html><meta charset="utf-8"><title>The first minutes</title>'
        (self.folder / "index.html").write_text(head + "\n".join(self.figures), "utf-8")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    album = Album(folder)
    with tempfile.TemporaryDirectory() as place, browser(Path(place) / "profile") as chromium:
        with started(Path(place)) as (said, address):
            album.text(said, f"`undergrad start {JOURNEY}`")
            page = chromium.visit("about:blank")
            page.show(WIDTH, HEIGHT, "light")
            page.go(address)
            for what, act in STEPS.items():
                act(page)
                album.picture(page, what)
        command = [sys.executable, "-m", "undergrad", "status", "--journey", f"{place}/{JOURNEY}"]
        album.text(subprocess.check_output(command, text=True), "`undergrad status`, afterwards")
    album.bind()


@contextmanager
def started(place: Path) -> Iterator[tuple[str, str]]:
    """A running `undergrad start`: what it said until it serves, and the address to open."""
    command = [sys.executable, "-m", "undergrad", "start", JOURNEY, "--no-browser", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CODESPACE_NAME": ""}
    with subprocess.Popen(
        command, cwd=place, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        said = ""
        try:
            for line in process.stdout or ():
                said += line
                if found := re.search(r"http://\S+\?key=\S+", line):
                    yield re.sub(r"key=\S+", "key=...", said), found[0]
                    return
        finally:
            process.terminate()
        raise SystemExit(f"`undergrad start` ended before it served:\n{said}")


def click(selector: str) -> Callable[[Page], None]:
    """Click the first link that the selector finds, and wait for the page it leads to."""

    def act(page: Page) -> None:
        page.run(f"document.querySelector({selector!r}).click()")
        page.wait_for_load()

    return act


def look_at(selector: str) -> Callable[[Page], None]:
    """Scroll until the first such part begins near the top of the window."""

    def act(page: Page) -> None:
        page.await_true(f"document.querySelector({selector!r})")
        page.run(f"document.querySelector({selector!r}).scrollIntoView({{block: 'start'}})")
        page.run("scrollBy(0, -90)")  # the header covers this much

    return act


def move_the_figure(page: Page) -> None:
    look_at(".ug-alive")(page)
    for _ in range(3):
        page.run("document.querySelector('.ug-live-buttons button').click()")


def run_a_block(page: Page) -> None:
    gestures.press(page, 2, "Run")
    gestures.bar_says(page, 2, "The output is that of the page.")
    look_at(".ug-block-output:not(:empty)")(page)
    page.run("scrollBy(0, -300)")


def open_the_editor(page: Page) -> None:
    """`undergrad start` has begun the exercise already, so the editor holds its file."""
    look_at("#check")(page)
    page.await_true("document.querySelector('.ug-editor[aria-busy=false]:not([hidden])')")


def submit(text: str, answer: str) -> Callable[[Page], None]:
    """Write a text in the editor, check it, and wait for what the page says."""

    def act(page: Page) -> None:
        gestures.replace_all(page, text)
        page.press_named(*gestures.ENTER, control=True)
        gestures.says(page, answer)
        look_at(".ug-told")(page)
        page.run("scrollBy(0, -300)")

    return act


def open_a_hint(page: Page) -> None:
    look_at(".ug-hint")(page)
    page.run("document.querySelector('.ug-hint summary').click()")


def play_catch(page: Page) -> None:
    page.go(page.run("new URL('play.html', document.baseURI.split('course/')[0]).href"))
    page.await_true("document.querySelector('.ug-playable')")
    look_at(".ug-playable")(page)
    page.run("document.querySelector('.ug-playable input[type=checkbox]').click()")
    page.run("document.querySelector('.ug-playable .ug-board').focus()")
    for _ in range(4):
        page.press_named("ArrowLeft", 37)


def go_home(page: Page) -> None:
    page.go(page.run("document.querySelector('.md-header__button.md-logo').href"))


STEPS: dict[str, Callable[[Page], None]] = {
    "The address that it printed: where to begin": lambda page: None,
    "The six stages": look_at("#stages"),
    "The map, with one's own path": look_at("#map"),
    "Continue: the first lesson": click(".ug-continue"),
    "A figure that moves, three steps on": move_the_figure,
    "A block of the lesson, run": run_a_block,
    "The exercise, as `undergrad start` began it": open_the_editor,
    "A first attempt, without the bias": submit(WRONG, "The bias is missing"),
    "A hint": open_a_hint,
    "The second attempt": submit(RIGHT, "Passed."),
    "What to recall": look_at("#recall"),
    "Home again: what is next now": go_home,
    "The map again": look_at("#map"),
    "A game between the lessons": play_catch,
}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
