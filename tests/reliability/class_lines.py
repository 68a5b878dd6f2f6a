"""The pass lines of a class, each with its figure: `python -m tests.reliability.class_lines`.

    --learners 3000 --events 1000     the size of the class
    --pushers 64 --pushes 60          how many push at once, and how often each
    --units 6 --mistakes 1            whose solutions, blanks and first mistakes are regraded
    --sqlite                          without PostgreSQL, which is started in a temporary folder

Small sizes try the program; the lines are meant for the sizes above.
"""

import argparse
import contextlib
import io
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

from tests.classroom.conftest import PROGRAMS, Postgres, create, push
from tests.reliability.lines import Lines

from undergrad import extras
from undergrad.checker import check
from undergrad.classroom import regrade
from undergrad.classroom.board import board
from undergrad.classroom.folder import Classroom, find
from undergrad.classroom.server import Writer
from undergrad.classroom.store import Store
from undergrad.classroom.view import hand_in
from undergrad.course import Course, Unit, blank_exercise, load, unit_folder, worked_solution
from undergrad.course.edits import edited, parse
from undergrad.sandbox.namespaces import descendants

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
MINUTE = NOW.strftime("%Y-%m-%dT%H:%MZ")
_DAY = 24 * 60
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KILLED = (8, 30, 20)  # learners, pushes of each, events of a push: 4,800 events
# A process that pushes until it is killed: everything, in an order of its own.
PUSHER = """
import random, sys
from tests.reliability import class_lines
class_lines.push_all(sys.argv[1], random.Random(int(sys.argv[2])))
"""


def made_up(course: Course, learner: int, numbers: range) -> list[dict]:
    """Events of a learner over 90 days: the same ones each time."""
    chance = random.Random(learner * 1_000_003 + numbers.start)
    units = [unit for unit in course.units if unit.written]
    events = []
    for number in numbers:
        unit = chance.choice(units)
        ago = timedelta(minutes=chance.randrange(90 * _DAY))
        verdict = chance.choice(("pass", "fail", "fail", "fail"))
        mistake = chance.choice(unit.mistakes).name if verdict == "fail" and unit.mistakes else ""
        tasks = [[task.number, verdict] for task in unit.tasks]
        events.append(
            {
                "uuid": str(UUID(int=chance.getrandbits(128))),
                "time": (NOW - ago).strftime("%Y-%m-%dT%H:%MZ"),
                "kind": "check.finished",
                "unit": unit.id,
                "course": course.version,
                "verdict": verdict,
                "tasks": tasks,
                "mistake": mistake,
                "check": unit.check_hash,
                "code": f"{number:016x}",
            }
        )
    return events


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spent(work: Callable[[], object]) -> tuple[float, str]:
    """Seconds that it took, and in words, with the seconds of a processor in this process: other
    programs on the machine stretch the former and not the latter."""
    before = time.process_time()
    took = timed(work)
    return took, f"{took:.2f} s, {time.process_time() - before:.2f} s of a processor"


def large(lines: Lines, course: Course, url: str, name: str, learners: int, events: int) -> None:
    """A class of this size: its board, and its summaries made again."""
    store = Store.create(url, "large")
    store.enrol(range(1, learners + 1))

    def fill() -> None:
        for learner in range(1, learners + 1):
            store.receive([push(learner, *made_up(course, learner, range(events)))], MINUTE)

    lines.note(f"{name}: {learners:,} x {events:,} events made up and stored in {spent(fill)[1]}")
    store.database.execute("ANALYZE")
    took, words = sorted(spent(lambda: board(store, course, NOW)) for _ in range(5))[2]
    lines.line(f"{name}, board", words, "below 1 s", good=took < 1)
    before = _summaries(store)
    took, words = spent(store.rebuild)
    lines.line(f"{name}, summaries made again", words, "below 60 s", good=took < 60)
    same = _summaries(store) == before
    lines.line(f"{name}, and they are equal", str(same), "equal", good=same)
    if not store.database.is_postgres:
        _forget(lines, store, course, Path(url), events)
    store.close()


def _summaries(store: Store) -> list[list[tuple]]:
    return [
        sorted(store.database.execute(f"SELECT * FROM {table}"))
        for table in ("learner", "standing", "mistake_day")
    ]


def _forget(lines: Lines, store: Store, course: Course, file: Path, events: int) -> None:
    uuids = {each["uuid"].encode() for each in made_up(course, 2, range(events))}
    took = timed(lambda: store.forget(2))
    here: set[bytes] = set()
    tail = b""
    with open(file, "rb") as content:
        while block := content.read(1 << 24):
            here |= uuids & set(_UUID.findall(tail + block))
            tail = block[-35:]
    lines.line(f"uuids of a forgotten learner left in the file, after {took:.0f} s",
               f"{len(here)} of {len(uuids)}", "0", good=not here)  # fmt: skip
    start = time.perf_counter()
    wrong = store.verify()
    lines.line(f"chains that do not verify then, after {time.perf_counter() - start:.0f} s",
               str(len(wrong)), "0", good=not wrong)  # fmt: skip


def pushers(lines: Lines, classroom: Classroom, course: Course, count: int, times: int) -> None:
    """So many learners push at once, 20 events each time, through the server's writer."""
    store = classroom.open_store()
    store.enrol(range(1, count + 1))
    store.close()
    ready = {
        learner: [
            push(learner, *made_up(course, learner, range(start, start + 20)))
            for start in range(0, 20 * times, 20)
        ]
        for learner in range(1, count + 1)
    }
    writer = Writer(classroom)
    writer.start()

    def one(learner: int) -> list[float]:
        return [timed(lambda each=each: writer.push(each).result()) for each in ready[learner]]

    begin, processor = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(count) as pool:
        waits = sorted(wait for each in pool.map(one, ready) for wait in each)
    rate = len(waits) / (time.perf_counter() - begin)
    each = 1000 * (time.process_time() - processor) / len(waits)
    writer.finish()
    slow = waits[int(0.99 * len(waits))]
    figure = f"{rate:.0f} pushes/s, {each:.1f} ms of a processor each"
    lines.line(f"SQLite, {count} pushers of 20 events", figure, "at least 300", good=rate >= 300)
    lines.line("of their waits, the 99th percentile", f"{slow:.2f} s", "below 1 s", good=slow < 1)


def push_all(url: str, order: random.Random) -> None:
    """Push everything that `killed` counts, in an order of one's own."""
    learners, times, size = _KILLED
    course, store = load(), Store.open(url, "killed")
    every = [(learner, turn) for learner in range(1, learners + 1) for turn in range(times)]
    order.shuffle(every)
    for learner, turn in every:
        events = made_up(course, learner, range(turn * size, (turn + 1) * size))
        store.receive([push(learner, *events)], MINUTE)
        print("stored", flush=True)
    store.close()


def killed(
    lines: Lines, url: str, name: str, kills: int, crash: Callable[[int], None] = lambda turn: None
) -> None:
    """Pushers are killed at random moments, then everything is pushed again."""
    store = Store.create(url, "killed")
    store.enrol(range(1, _KILLED[0] + 1))
    store.close()
    chance = random.Random(5)
    for turn in range(kills):
        command = [sys.executable, "-c", PUSHER, url, str(turn)]
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as pusher:
            assert pusher.stdout
            pusher.stdout.readline()  # it has stored its first push
            time.sleep(chance.random())
            crash(turn)
            pusher.send_signal(signal.SIGKILL)
    store = Store.open(url, "killed")
    before = sum(position for (position,) in store.database.execute("SELECT position FROM learner"))
    wrong = store.verify()
    store.close()
    for _ in range(2):
        with contextlib.redirect_stdout(io.StringIO()):
            push_all(url, chance)
    store = Store.open(url, "killed")
    rows = store.database.execute("SELECT COUNT(*), COUNT(DISTINCT uuid) FROM event")
    expected = _KILLED[0] * _KILLED[1] * _KILLED[2]
    wrong += store.verify()
    store.close()
    good = rows == [(expected, expected)] and not wrong
    lines.line(f"{name}, {kills} kills; {before:,} events stored before the last push",
               f"{rows[0][0]:,} events, {rows[0][1]:,} different, {len(wrong)} wrong chains",
               f"{expected:,}, none twice, 0", good=good)  # fmt: skip


def regraded(lines: Lines, here: Path, course: Course, units: int, mistakes: int) -> None:
    """Solutions, blanks and mistakes, judged as `check` judges them: on this machine, and on a
    cluster of which a worker is killed."""
    chosen = [unit for unit in course.units if unit.written and not unit.extra][:units]
    texts = [(unit, text) for unit in chosen for text in _attempts(unit, mistakes)]
    classroom = create(here / "regraded")
    store = classroom.open_store()
    store.enrol(range(1, len(texts) + 1))
    for learner, (unit, text) in enumerate(texts, 1):
        line = hand_in(unit.id, text, changed=MINUTE, course=course.version, before=0)
        store.receive([push(learner, line)], MINUTE)
    store.close()
    shutil.copytree(classroom.root, here / "elsewhere")  # with the same key, so the same seed
    expected = []
    for unit, text in texts:
        file = here / "again.py"
        file.write_text(text)
        expected.append((unit.id, check(unit, file, seed=classroom.seed).verdict))
    check_here = partial(regrade.check_here, scratch=here / "checked")
    _compared(lines, classroom, course, check_here, expected, "here")
    if extras.missing("cluster"):
        lines.note(f"Regrade on a cluster: not measured. {extras.advice('It', 'cluster')}")
    else:
        _on_a_cluster(lines, here, course, expected)
    left = [number for number in descendants() if not _is_pythons(number)]
    lines.line("processes left", str(len(left)), "0", good=not left)


def _on_a_cluster(
    lines: Lines, here: Path, course: Course, expected: Sequence[tuple[str, str]]
) -> None:
    from tests.cluster.machines import alive, kill_a_worker_that_checks, started, until, workers

    from undergrad.classroom import on_cluster

    with started(here, 2) as (node, file), workers(file, 30) as (cluster, _):
        on_cluster.leave_out(cluster)
        below: list[Any] = []
        thread = Thread(target=lambda: below.extend(kill_a_worker_that_checks(node)))
        thread.start()
        check_papers = partial(on_cluster.check_papers, cluster)
        where = "on two workers, one of which is killed,"
        _compared(lines, find(here / "elsewhere"), course, check_papers, expected, where)
        thread.join()
        until(lambda: not alive(below), "what ran below the killed worker has ended")


def _compared(
    lines: Lines,
    classroom: Classroom,
    course: Course,
    check_papers: regrade.CheckPapers,
    expected: Sequence[tuple[str, str]],
    where: str,
) -> None:
    """Regrade. expected: unit and verdict of each learner, from number 1 on."""
    store = classroom.open_store()
    work = regrade.to_do(store, course)
    took = timed(
        lambda: list(regrade.regrade(classroom, store, course, work, check_papers, MINUTE))
    )
    differ = [
        learner
        for learner, (unit, verdict) in enumerate(expected, 1)
        if store.standings(learner)[unit].verdict != verdict
    ]
    store.close()
    what = f"{len(expected)} hand-ins regraded {where} in {took:.0f} s, verdicts unlike `check`"
    lines.line(what, str(len(differ)), "0", good=not differ)


def _is_pythons(number: int) -> bool:
    """True for the process with which Python's own pools keep book; it ends with this one."""
    return b"resource_tracker" in Path(f"/proc/{number}/cmdline").read_bytes()


def _attempts(unit: Unit, mistakes: int) -> Iterator[str]:
    """The solution, the blank, and so many mistakes."""
    solution = worked_solution(unit)
    yield solution
    yield blank_exercise(unit)
    listed = unit_folder(unit) / "mistakes.txt"
    if listed.exists():
        for each in islice(parse(listed.read_text("utf-8")), mistakes):
            yield edited(solution, each)


def main(words: list[str] | None = None) -> int:
    """Measure, print; 1 when a line is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.class_lines")
    parser.add_argument("--learners", type=int, default=3000)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--pushers", type=int, default=64)
    parser.add_argument("--pushes", type=int, default=60)
    parser.add_argument("--units", type=int, default=6)
    parser.add_argument("--mistakes", type=int, default=1)
    parser.add_argument("--sqlite", action="store_true")
    asked = parser.parse_args(words)
    lines, course = Lines(), load()
    with tempfile.TemporaryDirectory(prefix="class-lines-") as name:
        here = Path(name)
        pushers(lines, create(here / "class"), course, asked.pushers, asked.pushes)
        regraded(lines, here, course, asked.units, asked.mistakes)
        killed(lines, str(here / "killed.db"), "SQLite", 12)
        large(lines, course, str(here / "large.db"), "SQLite", asked.learners, asked.events)
    if extras.missing("class"):
        lines.note(f"PostgreSQL: not measured. {extras.advice('It', 'class')}")
        return int(lines.missed > 0)
    if asked.sqlite or not (PROGRAMS / "initdb").exists():
        lines.note("PostgreSQL: not measured, by --sqlite or because it is not installed")
        return int(lines.missed > 0)
    server = Postgres(fsync=True)
    try:
        server.initialise()
        server.start()

        def crash(turn: int) -> None:
            if turn % 3 == 0:  # 4 times in 12
                server.crash()
                server.start()

        killed(lines, server.new_database(), "PostgreSQL, with 4 crashes of its own", 12, crash)
        url = server.new_database()
        large(lines, course, url, "PostgreSQL", asked.learners, asked.events)
    finally:
        server.remove()
    return int(lines.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
