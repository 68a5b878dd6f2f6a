"""Pushes over the network: TLS with a pinned certificate, receipts, and a server that is killed."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.classroom.conftest import create, push, started

from undergrad.classroom import client, message
from undergrad.classroom.certificate import fingerprint
from undergrad.classroom.folder import Classroom
from undergrad.classroom.invitation import encode
from undergrad.classroom.message import Refused
from undergrad.classroom.server import Writer
from undergrad.classroom.view import text_of
from undergrad.course import load
from undergrad.errors import StoreError, UsageError
from undergrad.journey import Learner, learner
from undergrad.journey import create as create_journey
from undergrad.journey.merge import export_journey, import_journey

COURSE = load()
UNIT = COURSE.unit("first-ten")
# A server that says which port it has, and pauses where a test asks it to.
SERVE = """
import os, sys, time
from pathlib import Path
from undergrad.classroom import folder, server, store
from undergrad.course import load
root, where = Path(sys.argv[1]), sys.argv[2]
receive = store.Store.receive
def dying(self, batch, now):
    if where == "before":
        os.kill(os.getpid(), 9)
    answers = receive(self, batch, now)
    if where == "after":
        os.kill(os.getpid(), 9)
    return answers
if where:
    store.Store.receive = dying
server.serve(folder.find(root), load(), host="127.0.0.1", port=int(sys.argv[3]),
             say=lambda line: print(line, flush=True))
"""


class Server:
    """A class with a server as a process of its own, on a free port that stays the same."""

    def __init__(self, classroom: Classroom) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.classroom = classroom.with_address(f"127.0.0.1:{self.port}")
        store = self.classroom.open_store()
        store.enrol([1, 2, 3])
        store.close()
        self.pinned = fingerprint(self.classroom)
        self.process: subprocess.Popen[str] | None = None

    def start(self, dies: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.classroom.root), dies, str(self.port)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout
        assert "Receiving" in self.process.stdout.readline()
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process:
            self.process.send_signal(number)
            self.process.wait()
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None

    def code(self, number: int) -> str:
        return encode(self.classroom.invitation(number, self.pinned))

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        context = ssl.create_default_context(cafile=self.classroom.certificate)
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context)
        connection.request("POST" if body is not None else "GET", path, body)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, content


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(create(tmp_path / "class"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def way(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = create_journey(tmp_path_factory.mktemp("served") / "way", COURSE).root
    me = learner(root)
    me.start(UNIT)
    me.record("hint.shown", UNIT.id, task=1, rung=1)
    return root


@pytest.fixture
def me(way: Path, tmp_path: Path) -> Learner:
    return learner(Path(shutil.copytree(way, tmp_path / "way")))


def pushed(me: Learner, *, code: bool = False) -> client.Pushed:
    to = client.demand_member(me.journey)
    return client.push(me, to, client.pending(me, to, code=code))


def joined(me: Learner, server: Server, number: int = 1) -> None:
    client.join(me, server.code(number), auto=True)


def test_push_again_hand_in_and_leave(server: Server, me: Learner) -> None:
    server.start()
    joined(me, server)
    first = pushed(me)
    assert (first.added, first.known, first.position) == (2, 0, 2)
    assert (pushed(me).added, pushed(me).known) == (0, 0), "what has a receipt is not sent"
    me.exercise(UNIT).write_text("x = 1\n")
    assert pushed(me, code=True).hand_ins == (UNIT.id,)
    assert pushed(me, code=True).hand_ins == ()
    client.push_quietly(me)
    status, page = server.ask(f"/board/{server.classroom.teacher_key}")
    assert status == 200 and b"first-ten" in page
    assert server.ask("/board/guess")[0] == 404 and server.ask("/push")[0] == 405
    client.ask_erasure(client.demand_member(me.journey))
    me.record("hint.shown", UNIT.id, task=1, rung=2)
    with pytest.raises(UsageError, match="has left this class"):
        pushed(me)
    server.stop()
    store = server.classroom.open_store()
    assert store.learners() == [2, 3] and store.verify() == []
    store.close()


@pytest.mark.slow
def test_another_server_is_sent_nothing(server: Server, me: Learner, tmp_path: Path) -> None:
    other = Server(create(tmp_path / "other"))
    other.port = server.port
    other.start()
    joined(me, server)
    with pytest.raises(UsageError, match="not the one that your code names"):
        pushed(me)
    other.stop()
    with pytest.raises(StoreError, match="Nobody answers"):
        pushed(me)
    client.push_quietly(me)


def test_what_http_calls_it(server: Server) -> None:
    server.start()
    key = server.classroom.secret(1).encode()
    good, wrong = (
        next(message.pushes([text_of(started(1))], server.classroom.settings.id, 1, each))
        for each in (key, b"other")
    )
    other = next(
        message.pushes([text_of(started(1, "conv"))], server.classroom.settings.id, 1, key)
    )
    assert server.ask("/push", good)[0] == 200
    for body, status in (
        (wrong, 401), (b"x" * (message.MOST + 1), 413), (good[:-30], 422), (other, 409),
        (good.replace(b'"format":1', b'"format":9'), 426), (b"", 422),
    ):  # fmt: skip
        got, content = server.ask("/push", body)
        assert got == status and json.loads(content)["error"]
    store = server.classroom.open_store()
    assert store.database.execute("SELECT COUNT(*) FROM event") == [(1,)]
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_server_that_is_killed_around_its_commit(server: Server, me: Learner, dies: str) -> None:
    server.start(dies)
    joined(me, server)
    with pytest.raises(StoreError):
        pushed(me)
    server.stop(signal.SIGKILL)
    server.start()
    again = pushed(me)
    assert (again.added, again.known) == ((2, 0) if dies == "before" else (0, 2))
    store = server.classroom.open_store()
    assert store.verify() == []
    store.close()


@pytest.mark.slow
def test_a_store_from_an_old_backup_is_sent_what_it_lost(server: Server, me: Learner) -> None:
    joined(me, server)
    server.start()
    me.exercise(UNIT).write_text("x = 1\n")
    assert pushed(me, code=True).added == 3
    server.stop()
    file = server.classroom.root / "class.db"
    backup = file.read_bytes()
    server.start()
    me.record("hint.shown", UNIT.id, task=1, rung=2)
    assert pushed(me).position == 4
    server.stop()
    file.write_bytes(backup)
    server.start()
    me.record("hint.shown", UNIT.id, task=1, rung=3)
    healed = pushed(me)
    assert healed.forgot and (healed.added, healed.known) == (2, 3)
    assert (pushed(me).forgot, pushed(me).added) == (False, 0)


@pytest.mark.slow
def test_one_learner_on_two_laptops_counts_once(
    server: Server, me: Learner, way: Path, tmp_path: Path
) -> None:
    server.start()
    other = learner(Path(shutil.copytree(way, tmp_path / "laptop")))
    for each in (me, other):
        joined(each, server)
        each.record("hint.shown", UNIT.id, task=2, rung=1)
    assert (pushed(me).added, pushed(other).added) == (3, 1)
    export_journey(other.journey, tmp_path / "other.jsonl")
    import_journey(me.journey, tmp_path / "other.jsonl")
    merged = learner(me.journey.root)
    assert (pushed(merged).added, pushed(merged).forgot) == (0, False)


def test_many_at_once_and_one_who_is_forgotten_meanwhile(classroom: Classroom) -> None:
    """What is answered is stored, in the order in which it came; nothing of the one who left is."""
    store = classroom.open_store()
    store.enrol(range(1, 21))
    writer = Writer(classroom)
    writer.start()
    waiting = [
        (number, writer.push(push(number, *(started(each) for each in range(5)))))
        for number in range(1, 21)
        for _ in range(2)
    ]
    writer.forget(7).result()
    late = writer.push(push(7, started(99)))
    added = dict.fromkeys(range(1, 21), 0)
    for number, done in waiting:
        added[number] += done.result().added
    assert set(added.values()) == {5}
    with pytest.raises(Refused) as refused:
        late.result()
    assert refused.value.status == 410
    writer.finish()
    assert store.verify() == [] and 7 not in store.learners()
    assert store.database.execute("SELECT COUNT(*) FROM event") == [(95,)]
    store.close()


def test_a_store_that_fails_answers_everybody(classroom: Classroom) -> None:
    (classroom.root / "class.db").unlink()
    writer = Writer(classroom)
    writer.start()
    with pytest.raises(Refused, match="is missing") as refused:
        writer.push(push(1, started(1))).result()
    assert refused.value.status == 503
    writer.finish()


def test_without_the_extra_it_is_one_sentence(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("undergrad.extras.find_spec", lambda module: None)
    with pytest.raises(UsageError, match=r"undergrad\[class\]"):
        fingerprint(classroom)
    with pytest.raises(UsageError, match=r"undergrad\[class\]"):
        create(classroom.root.parent / "other", "postgresql://me@nowhere/db")


def test_a_learner_needs_no_extra(me: Learner, classroom: Classroom) -> None:
    """Joining, previewing and pushing import nothing beyond what a learner has."""
    client.join(me, encode(classroom.invitation(1, "")), auto=False)
    script = (
        "import sys; from undergrad.cli import main\n"
        "sys.argv = ['undergrad', 'class', 'push', '--preview']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'psycopg', 'cryptography', 'uvicorn', 'starlette', 'numpy', 'jinja2'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    environment = {**os.environ, "UNDERGRAD_JOURNEY": str(me.journey.root)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment
    )
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
