"""The live site over a real socket: one server process, asked as browsers and as strangers ask."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from starlette.routing import Route
from tests.progress import append, load_status

from undergrad import course as courses
from undergrad import journey as journeys
from undergrad.errors import ToolError
from undergrad.site.api import application
from undergrad.site.door import Door
from undergrad.site.guard import BODY_LIMIT, Gate, gate
from undergrad.site.live import LiveSite
from undergrad.site.server import codespace_host, free_port, serve

_RUN = [sys.executable, "-c", "from undergrad.cli import main; main()"]
_PATIENCE = 60.0


class Live(NamedTuple):
    port: int
    key: str  # of the address that the browser came by
    cookie: str
    token: str
    journey: journeys.Journey


@pytest.fixture(scope="module")
def live(tmp_path_factory) -> Iterator[Live]:
    """A running `undergrad serve` on a free port, ended in peace although a page is open."""
    folder = tmp_path_factory.mktemp("live")
    journey, errors = journeys.create(folder / "j", courses.load()), folder / "errors"
    arguments = ["serve", "--port", "0", "--no-browser", "--journey", str(journey.root)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CODESPACE_NAME": ""}
    with (
        errors.open("w") as log,
        subprocess.Popen(
            [*_RUN, *arguments], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        ) as process,
    ):
        try:
            assert process.stdout
            address = re.search(r"http://127\.0\.0\.1:(\d+)/\?key=(\S+)", process.stdout.readline())
            assert address
            stranger = Live(int(address[1]), address[2], "", "", journey)
            entered = _ask(stranger, "GET", f"/?key={stranger.key}")
            assert (entered.status, entered.headers["location"]) == (303, "/")
            visitor = stranger._replace(cookie=entered.headers["set-cookie"].partition(";")[0])
            token = re.search(r'"undergrad-live" content="([^"]+)"', _ask(visitor, "GET", "/").body)
            assert token
            yield visitor._replace(token=token[1])
            with _listening(visitor):
                process.terminate()
                process.wait()
            assert errors.read_text("utf-8").strip() == "Building the site ..."
        finally:
            process.terminate()
            rest = process.stdout.read() if process.stdout else ""
            assert "Another browser: http://127.0.0.1:" in rest
            assert "Stopped. Your progress is safe." in rest


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


def _ask(live, method, path, headers=None, body=None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=_PATIENCE)
    connection.putrequest(method, path, skip_host=True)
    given = {"Host": f"127.0.0.1:{live.port}", "Cookie": live.cookie, **(headers or {})}
    for name, value in given.items():
        connection.putheader(name, value)
    if body is not None and "Transfer-Encoding" not in (headers or {}):
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    found = Answer(answer.status, dict(answer.getheaders()), answer.read().decode("utf-8"))
    connection.close()
    return found


def _post(live, path, data, **headers) -> Answer:
    given = {
        "Origin": f"http://127.0.0.1:{live.port}",
        "Content-Type": "application/json",
        "X-Undergrad-Token": live.token,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return _ask(live, "POST", path, given, body)


def _requests():
    """A request for every route of the application, and for every kind of file of the pages."""
    unused = gate(Door(1, b"", print), 1, "")
    for route in application(LiveSite(courses.load(), None, Path()), unused).routes:
        if isinstance(route, Route):
            yield from ((method, route.path) for method in sorted(route.methods))
        else:
            assert route.path == ""  # the pages are mounted at the root
    for page in ("", "index.html", "progress.html", "search/search_index.js", "no-such-page.html"):
        yield "GET", f"/{page}"
    for asset in ("javascripts/undergrad.js", "stylesheets/undergrad.css", "assets/favicon.svg"):
        yield "GET", f"/{asset}"


_REQUESTS = list(_requests())
_AS_ANOTHER_USER = """
import encodings.idna, http.client, json, os, sys  # later it may not be able to read them
os.setuid(65534)
port, requests = json.loads(sys.argv[1])
statuses = []
for method, path in requests:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    assert b"undergrad-live" not in body and "set-cookie" not in answer.headers
    statuses.append(answer.status)
print(json.dumps([os.getuid(), statuses]))
"""


@pytest.mark.parametrize(("method", "path"), _REQUESTS)
def test_every_route_is_refused_without_the_cookie(live, method, path):
    stranger = live._replace(cookie="")
    answer = _ask(stranger, method, path)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    if method == "POST":  # nor does the key of a page help
        assert _post(stranger, path, {}).status == 403


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root becomes another user")
def test_another_user_of_the_computer_is_refused_on_every_route(live):
    here = json.dumps([live.port, [*_REQUESTS, ("GET", f"/?key={live.key}")]])
    python = os.path.realpath(sys.executable)
    done = subprocess.run(
        [python, "-I", "-c", _AS_ANOTHER_USER, here],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    uid, statuses = json.loads(done.stdout)
    assert (uid, set(statuses)) == (65534, {403})


def test_an_address_works_once(live):
    assert _ask(live._replace(cookie=""), "GET", f"/?key={live.key}").status == 403
    again = _ask(live, "GET", f"/?key={live.key}")  # the browser that is in may reload it
    assert (again.status, again.headers["location"]) == (303, "/")
    assert "set-cookie" not in again.headers


def test_a_refused_visitor_reads_what_to_do(live):
    answer = _ask(live._replace(cookie=""), "GET", "/glossary.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert "open the newest address that <code>undergrad serve</code>" in answer.body
    forwarded = _ask(live, "GET", "/", {"Host": "localhost:9000"})
    assert "<code>undergrad serve --allow-host localhost:9000</code>" in forwarded.body
    script = _ask(live, "GET", "/", {"Host": "<script>"})
    assert "<script>" not in script.body


def test_pages_carry_the_safety_headers(live):
    answer = _ask(live, "GET", "/index.html")
    assert answer.status == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost", "127.0.0.1"])
def test_a_foreign_host_or_port_is_refused(live, host):
    assert _ask(live, "GET", "/", {"Host": host}).status == 403
    assert _ask(live, "GET", "/api/status", {"Host": host}).status == 403


def test_refusals_carry_the_safety_headers_too(live):
    answer = _ask(live, "GET", "/", {"Host": "evil.example"})
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_writes_are_guarded(live):
    book = {"resource": courses.load().resources[0].id}
    assert _post(live, "/api/read", book, Origin="http://evil.example").status == 403
    assert _post(live, "/api/read", book, Sec_Fetch_Site="cross-site").status == 403
    assert _post(live, "/api/read", book, X_Undergrad_Token="").status == 403
    assert _post(live, "/api/read", book, Content_Type="text/plain").status == 415
    assert _post(live, "/api/read", b"{" + b" " * BODY_LIMIT).status == 413
    assert not [e for e in journeys.events(live.journey, kind="resource.read")]


def test_a_body_of_unknown_length_is_cut_off_too(live):
    data = b" " * (BODY_LIMIT + 1)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)
    assert _post(live, "/api/read", chunked, Transfer_Encoding="chunked").status == 413


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fjourney.db",
        "/../../journey.db",
        "/assets/../../../../journey.db",
    ],
)
def test_nothing_outside_the_pages_is_served(live, path):
    assert _ask(live, "GET", path).status == 404


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("/api/read", {"resource": "nothing"}, "There is no resource `nothing`"),
        ("/api/read", {"resource": 3}, "`resource` is missing."),
        ("/api/read", [], "not a JSON object"),
        ("/api/read", b"{", "not a JSON object"),
        ("/api/read", b"[" * 5000, "not a JSON object"),
        ("/api/recall", {"item": "nothing", "rating": "good"}, "There is no question `nothing`."),
        ("/api/opened", {"unit": "nothing"}, "There is no unit `nothing`"),
        ("/api/exercise", {"unit": "nothing"}, "There is no unit `nothing`"),
        ("/api/start", {"unit": "../first-ten"}, "There is no unit `../first-ten`"),
        ("/api/save", {"unit": "first-ten", "base": ""}, "`text` is missing."),
        ("/api/check", {"unit": "first-ten", "text": ""}, "`base` is missing."),
        ("/api/save", {"unit": "first-ten", "base": "", "text": "", "block": 1}, "`block` is"),
        ("/api/blocks", {"unit": "../x", "blocks": ["x"]}, "There is no unit `../x`"),
        ("/api/blocks", {"unit": "first-ten"}, "`blocks` is a list of 1 to 100 texts."),
        ("/api/run", {"page": "a", "blocks": []}, "`blocks` is a list of 1 to 100 texts."),
        ("/api/run", {"page": "a", "blocks": [1]}, "A block is a text"),
        ("/api/run", {"blocks": ["x = 1"]}, "`page` is missing."),
        ("/api/stop", {"page": 1}, "`page` is missing."),
    ],
)
def test_bad_input_gets_a_sentence(live, path, data, said):
    before = journeys.count(live.journey)
    answer = _post(live, path, data)
    assert answer.status == 400
    assert said in json.loads(answer.body)["error"]
    assert journeys.count(live.journey) == before


def test_status_is_what_the_journey_says(live):
    answer = _ask(live, "GET", "/api/status")
    expected = asdict(load_status(live.journey, courses.load()))
    assert json.loads(answer.body) == json.loads(json.dumps(expected))


def _regions(stream) -> dict[str, str]:
    """The next set of regions of an event stream."""
    while line := stream.readline().decode("utf-8"):
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))
    raise AssertionError("the stream ended")


_APPEND = """
import sys
from pathlib import Path
from undergrad import journey
here = journey.find(Path(sys.argv[1]))
journey.append_event(here, sys.argv[2], sys.argv[3], course_version="1")
"""


@contextmanager
def _listening(live) -> Iterator[http.client.HTTPResponse]:
    """The stream of events, open as a page holds it."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=_PATIENCE)
    with closing(connection):
        connection.request("GET", "/api/events", headers={"Cookie": live.cookie})
        yield connection.getresponse()


def test_what_another_process_records_reaches_an_open_page(live):
    resource = courses.load().resources[-1].id
    with _listening(live) as stream:
        assert stream.getheader("content-type", "").startswith("text/event-stream")
        first = _regions(stream)
        assert first[f"read:{resource}"] == ""
        assert "continue" in first
        command = [sys.executable, "-c", _APPEND, str(live.journey.root), "resource.read", resource]
        subprocess.run(command, check=True)
        assert _regions(stream) == {f"read:{resource}": "Read"}  # and nothing that did not change


def test_a_page_can_record_what_it_shows(live):
    course = courses.load()
    resource = course.resources[1].id
    assert _post(live, "/api/read", {"resource": resource}).status == 200
    assert resource in load_status(live.journey, course).read
    unit = next((unit for unit in course.units if unit.recall), None)
    if unit is None:
        pytest.skip("no unit is written yet")
    item = unit.recall[0].id
    assert _post(live, "/api/recall", {"item": item, "rating": "good"}).status == 200
    assert _post(live, "/api/recall", {"item": item, "rating": "splendid"}).status == 400
    answered = [e.data for e in journeys.events(live.journey, kind="recall.answered")]
    assert answered == [{"item": item, "rating": 3}]
    hint = {"unit": unit.id, "task": unit.tasks[0].number, "rung": 1}
    for _ in range(2):  # opening it again is not a second hint
        assert _post(live, "/api/opened", hint).status == 200
        assert _post(live, "/api/opened", {"unit": unit.id}).status == 200
    assert _post(live, "/api/opened", {**hint, "rung": 9}).status == 400
    assert len(list(journeys.events(live.journey, kind="hint.shown"))) == 1
    assert len(list(journeys.events(live.journey, kind="solution.shown"))) == 1


def test_an_exercise_is_started_saved_and_checked_from_a_page(live):
    unit = courses.load().unit("first-ten")
    file = live.journey.exercise(unit)
    assert json.loads(_post(live, "/api/exercise", {"unit": unit.id}).body)["version"] == ""
    begun = json.loads(_post(live, "/api/start", {"unit": unit.id}).body)
    assert begun["text"] == file.read_text("utf-8") and "TODO 1" in begun["text"]
    text = courses.worked_solution(unit) + 'print("so far")\n'
    mine = {"unit": unit.id, "base": begun["version"], "text": text}
    saved = json.loads(_post(live, "/api/save", mine).body)
    assert file.read_text("utf-8") == mine["text"]
    late = _post(live, "/api/check", {**mine, "text": "x = 1\n"})  # with the version of before
    assert late.status == 409
    assert json.loads(late.body)["exercise"] == saved
    assert not list(journeys.events(live.journey, kind="check.finished", subject=unit.id))
    checked = json.loads(_post(live, "/api/check", {**mine, "base": saved["version"]}).body)
    assert checked["verdict"] == "pass"
    assert "so far" in checked["printed"]
    assert f"`import exercises.{unit.module}`" in checked["message"]  # what the learner has now
    assert 'data-verdict="pass"' in checked["regions"][f"result:{unit.id}"]
    [event] = journeys.events(live.journey, kind="check.finished", subject=unit.id)
    assert event.data["verdict"] == "pass" and event.data["tasks"]


def test_a_page_is_served_as_the_journey_stands_and_not_as_it_was_built(live):
    course = courses.load()
    unit, resource = course.unit("first-ten"), course.resources[2].id
    append(live.journey, "check.finished", unit.id, {"verdict": "pass"}, course=course)
    append(live.journey, "resource.read", resource, course=course)
    page = _ask(live, "GET", f"/course/{unit.stage}/{unit.id}/index.html").body
    assert 'class="ug-verdict" data-verdict="pass"' in page
    home = _ask(live, "GET", "/").body
    assert f'data-unit="{unit.id}" data-state="passed"' in home
    assert f'data-live="read:{resource}">Read<' in _ask(live, "GET", "/resources.html").body


def test_blocks_are_run_changed_and_kept(live):
    original, mine = "x = 1\n", "x = 2\nprint('mine')\n"
    where = {"unit": "first-ten", "block": original}
    assert json.loads(_post(live, "/api/exercise", where).body)["version"] == ""
    _post(live, "/api/save", {**where, "base": "", "text": mine})
    found = json.loads(_post(live, "/api/blocks", {**where, "blocks": ["y", original]}).body)
    assert [each["text"] for each in found["blocks"]] == ["", mine]
    (kept,) = (live.journey.private / "blocks").iterdir()
    assert kept.read_text("utf-8") == mine
    late = _post(live, "/api/save", {**where, "base": "", "text": "x = 3\n"})
    assert late.status == 409 and kept.read_text("utf-8") == mine
    answer = _post(live, "/api/run", {"page": "a", "blocks": [mine, "print(x)"]})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    last = json.loads(answer.body.splitlines()[-1])
    assert (last["ending"], last["printed"]) == ("done", "2\n")
    assert _post(live, "/api/stop", {"page": "a"}).status == 200  # it has ended already


def test_a_due_question_is_answered_on_the_home_page(live, monkeypatch):
    class LastWeek(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=7)

    with monkeypatch.context() as past:
        past.setattr("undergrad.journey.store.chain.datetime", LastWeek)
        passed = {"verdict": "pass"}
        append(live.journey, "check.finished", "backprop", passed, course=courses.load())
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=_PATIENCE)
    connection.request("GET", "/api/events", headers={"Cookie": live.cookie})
    stream = connection.getresponse()
    shown = _regions(stream)["questions"]
    first = re.search(r'data-item="([\w-]+)"', shown)
    assert first and "backprop" in first[1]
    assert _post(live, "/api/recall", {"item": first[1], "rating": "again"}).status == 200
    left = _regions(stream)
    assert f'data-item="{first[1]}"' not in left["questions"]
    assert "for today" in left["due"] or "Done for today" in left["due"]
    connection.close()


def test_a_taken_port_gives_the_next_free_one_and_says_so():
    said: list[str] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with free_port(taken, said.append) as listener:
            chosen = listener.getsockname()[1]
    assert chosen > taken
    assert said == [f"Port {taken} is taken, so the site is on {chosen}."]


def test_in_a_codespace_the_address_is_the_one_that_a_browser_can_reach(monkeypatch):
    monkeypatch.setenv("CODESPACE_NAME", "name")
    monkeypatch.setenv("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
    said: list[str] = []
    gates: list[Gate] = []
    for name, stub in {
        "server.LiveSite": lambda *_: SimpleNamespace(rebuild=lambda: None),
        "api.application": lambda _, gate: gates.append(gate),
        "server._stop_like_ctrl_c": lambda: None,
    }.items():
        monkeypatch.setattr(f"undergrad.site.{name}", stub)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    serve(None, courses.load(), port=0, open_browser=False, say=said.append)
    address = re.search(r" at https://(name-\d+\.app\.github\.dev)/\?key=\S+$", said[0])
    assert address and gates[0].answers_to(address[1])


def test_elsewhere_no_other_name_is_answered_to():
    assert codespace_host(8123, {}) == ""
    assert codespace_host(8123, {"CODESPACE_NAME": "name"}) == ""


def test_no_port_left_is_one_sentence(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr("undergrad.site.server._TRIES", 1)
        with (
            pytest.raises(ToolError, match="No free port"),
            free_port(other.getsockname()[1], print),
        ):
            pass


@pytest.mark.slow  # builds the whole site; test_build looks at what a build writes
def test_the_copy_can_be_built_from_the_command_line(tmp_path):
    out = tmp_path / "out"
    done = subprocess.run(
        [*_RUN, "site", "build", str(out)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"The site is in out: open {Path('out', 'index.html')}\n"
    assert "without a journey" in Path(out / "progress.html").read_text("utf-8")
