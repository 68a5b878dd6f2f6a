"""`python -m bench.checks [UNIT ...]`: a check on a page beside the same check in a terminal.

From pressing Check to the verdict, over the time of `undergrad check UNIT`, both as a person waits
for them: one is the request that the button sends to a running `undergrad serve`, the other a whole
command. They take turns on the same file, which passes, so that a page's check also judges the
parts of the engine; CHECK_TURNS says how often.
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from undergrad import course as courses
from undergrad import journey as journeys

UNITS = ("first-ten", "descent", "backprop", "conv", "attention")
AIM = 0.3
_UNDERGRAD = [sys.executable, "-m", "undergrad"]


def main() -> int:
    turns = int(os.environ.get("CHECK_TURNS", "7"))
    course = courses.load()
    units = [course.unit(name) for name in sys.argv[1:] or UNITS]
    with tempfile.TemporaryDirectory() as folder:
        me = journeys.Learner(journeys.create(Path(folder) / "journey", course), course)
        with page(me.journey) as post:
            print(f"{'unit':<12} {'terminal':>9} {'page':>9} {'ratio':>6}   aim: {AIM} or less")
            ratios = [ratio(me, unit, post, turns) for unit in units]
    print(f"median ratio {statistics.median(ratios):.2f}, highest {max(ratios):.2f}")
    return 0 if statistics.median(ratios) <= AIM else 1


def ratio(me: journeys.Learner, unit: courses.Unit, post: "Post", turns: int) -> float:
    """The median of the page's times over that of the terminal's."""
    me.start(unit)
    text = courses.worked_solution(unit)
    me.exercise(unit).write_text(text, "utf-8")
    version = post("/api/exercise", {"unit": unit.id})["version"]
    body = {"unit": unit.id, "base": version, "text": text}
    command = [*_UNDERGRAD, "check", unit.id, "--journey", str(me.journey.root)]
    post("/api/check", body)  # the first one of each loads what the later ones have
    subprocess.run(command, check=True, capture_output=True)
    terminal, page = [], []
    for _ in range(turns):
        terminal.append(seconds(lambda: subprocess.run(command, check=True, capture_output=True)))
        page.append(seconds(lambda: post("/api/check", body)))
    one, other = statistics.median(terminal), statistics.median(page)
    print(f"{unit.id:<12} {one:>7.2f} s {other:>7.2f} s {other / one:>6.2f}", flush=True)
    return other / one


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


Post = Callable[[str, dict[str, str]], dict[str, str]]


@contextmanager
def page(journey: journeys.Journey) -> Iterator[Post]:
    """How a page of a running live site writes to it."""
    command = [*_UNDERGRAD, "serve", "--no-browser", "--port", "0", "--journey", str(journey.root)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            assert process.stdout
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, "the site did not start"
            yield _visitor(found[0])
        finally:
            process.terminate()


def _visitor(address: str) -> Post:
    host = urlsplit(address).netloc

    def ask(method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[str, str]:
        with closing(http.client.HTTPConnection(host, timeout=600)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status < 400, text
            return text, answer.headers.get("set-cookie", "")

    _, cookie = ask("GET", address.partition(host)[2], None, {})
    headers = {"Cookie": cookie.partition(";")[0], "Content-Type": "application/json"}
    home, _ = ask("GET", "/", None, headers)
    (headers["X-Undergrad-Token"],) = re.findall(r'"undergrad-live" content="([^"]+)"', home)
    return lambda path, body: json.loads(ask("POST", path, json.dumps(body), headers)[0])


if __name__ == "__main__":
    sys.exit(main())
