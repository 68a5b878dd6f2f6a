"""The store: a union by uuid, one chain per learner, summaries that can be made again."""

import json
import random
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from tests.classroom.conftest import NOW, checked, push, started, uuid

from undergrad.classroom.database import without_password
from undergrad.classroom.message import Receipt, Refused
from undergrad.classroom.store import Answer, Store
from undergrad.classroom.view import MARK, VERIFIED, hand_in
from undergrad.errors import StoreError, UsageError


def received(store: Store, *pushes, now: str = NOW) -> list[Answer | Refused]:
    return store.receive(pushes, now)


def dump(store: Store, *tables: str) -> list[list[tuple]]:
    names = tables or ("learner", "event", "standing", "mistake_day")
    return [sorted(store.database.execute(f"SELECT * FROM {name}")) for name in names]


def test_a_push_is_a_union_by_uuid(store: Store) -> None:
    (first,) = received(store, push(1, started(1), started(2)))
    assert (first.position, first.added, first.known) == (2, 2, 0)
    before = dump(store)
    (again,) = received(store, push(1, started(2), started(1)))
    assert (again.position, again.hash, again.added, again.known) == (2, first.hash, 0, 2)
    assert dump(store) == before
    (more,) = received(store, push(1, started(2), started(3), started(3)))
    assert (more.position, more.added) == (3, 1)


def test_the_chain_is_what_the_page_says(store: Store) -> None:
    (answer,) = received(store, push(2, started(1), checked(2, "pass")))
    head = "0" * 64
    rows = store.database.execute(
        "SELECT position, uuid, received, body FROM event WHERE learner=2"
    )
    for row in sorted(rows):
        head = sha256(json.dumps([*row, head]).encode()).hexdigest()
    assert head == answer.hash


def test_a_known_event_with_other_content_is_refused_and_disturbs_no_other(store: Store) -> None:
    received(store, push(1, started(1)))
    other = started(1, unit="conv")
    refused, fine = received(store, push(1, started(5), other), push(2, started(1)))
    assert isinstance(refused, Refused) and refused.status == 409
    assert isinstance(fine, Answer) and fine.added == 1
    assert store.database.execute("SELECT COUNT(*) FROM event WHERE learner = 1") == [(1,)]


def test_the_same_push_twice_at_once_is_stored_once(store: Store) -> None:
    answers = received(store, push(1, started(1)), push(1, started(1)))
    assert sorted(answer.added for answer in answers) == [0, 1]
    assert store.verify() == []


def test_two_servers_that_get_the_same_push_at_once_store_it_once(store: Store, url: str) -> None:
    other = Store.open(url, "a-class")
    pushes = [push(learner, started(number)) for number in range(5) for learner in (1, 2)]

    def stored(server: Store) -> int:
        return sum(received(server, each)[0].added for each in pushes)

    with ThreadPoolExecutor(2) as pool:
        added = list(pool.map(stored, (store, other)))
    assert sum(added) == len(pushes)
    assert store.verify() == [] == other.verify()
    other.close()


@pytest.mark.parametrize("learner", [4, 99])
def test_nobody_else_may_push(store: Store, learner: int) -> None:
    (refused,) = received(store, push(learner, started(1)))
    assert isinstance(refused, Refused) and refused.status == 401


def test_a_store_that_has_forgotten_something_says_so_and_takes_nothing(store: Store) -> None:
    (answer,) = received(store, push(1, started(1)))
    receipt = Receipt(answer.position, answer.hash)
    assert received(store, push(1, started(2), after=receipt))[0].added == 1
    (forgot,) = received(store, push(1, started(3), after=Receipt(9, "f" * 64)))
    assert forgot.forgot and forgot.position == 2
    assert received(store, push(1, started(3), after=Receipt(1, "f" * 64)))[0].forgot


CHANGES = {
    "body": "UPDATE event SET body = body || ' ' WHERE learner = 1 AND position = 2",
    "time": f"UPDATE event SET received = '{NOW[:-1]}X' WHERE learner = 1 AND position = 2",
    "middle": "DELETE FROM event WHERE learner = 1 AND position = 2",
    "end": "DELETE FROM event WHERE learner = 1 AND position = 3",
    "all": "DELETE FROM event WHERE learner = 1",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_row_is_noticed_in_its_learner_alone(store: Store, name: str) -> None:
    for learner in (1, 2):
        received(store, push(learner, *(started(number) for number in (1, 2, 3))))
    assert store.verify() == []
    store.database.execute(CHANGES[name])
    (said,) = store.verify()
    assert said.startswith("Learner 1: ")


def test_forgetting_one_learner_leaves_all_others(store: Store) -> None:
    for learner in (1, 2):
        received(store, push(learner, started(learner), checked(learner + 10, "fail", mistake="m")))
    others = [[row for row in table if row[0] != 1] for table in dump(store, "event", "standing")]
    assert store.forget(1) == 2
    assert dump(store, "event", "standing") == others
    assert store.verify() == [] and store.learners() == [2, 3] and store.numbers() == [1, 2, 3]
    (refused,) = received(store, push(1, started(1)))
    assert refused.status == 410


def test_no_byte_of_a_forgotten_learner_is_left(tmp_path: Path) -> None:
    file = tmp_path / "class.db"
    store = Store.create(str(file), "a-class")
    store.enrol([1, 2])
    uuids = {}
    for learner in (1, 2):
        numbers = [random.getrandbits(120) for _ in range(400)]
        uuids[learner] = [uuid(number).encode() for number in numbers]
        received(store, push(learner, *(started(number) for number in numbers)))
    before = file.read_bytes()
    assert all(each in before for each in uuids[1])
    store.forget(1)
    left = file.read_bytes()
    assert [each for each in uuids[1] if each in left] == []
    assert all(each in left for each in uuids[2])


def made_up(random_: random.Random, count: int) -> list[dict]:
    units, verdicts = ("backprop", "conv", "mdp"), ("pass", "fail", "fail", "fail", "timeout")
    return [
        checked(
            number, random_.choice(verdicts), random_.choice(units),
            time=f"2026-11-{random_.randint(10, 30)}T{random_.randint(0, 23):02}:00Z",
            mistake=random_.choice(("", "m-1", "m-2")),
        )
        for number in range(count)
    ]  # fmt: skip


def test_summaries_are_what_the_events_say_in_whatever_order_they_arrive(store: Store) -> None:
    events = made_up(random.Random(3), 80)
    received(store, push(1, *events))
    for start in range(0, 80, 7):
        received(store, push(2, *events[::-1][start : start + 7]))
    assert store.standings(1) == store.standings(2)
    by_unit = {unit: [each for each in events if each["unit"] == unit] for unit in ("conv", "mdp")}
    for unit, mine in by_unit.items():
        standing = store.standings(1)[unit]
        passes = [min(each["time"], NOW) for each in mine if each["verdict"] == "pass"]
        assert (standing.attempts, standing.passed) == (len(mine), min(passes, default=""))


def test_summaries_made_again_are_equal(store: Store) -> None:
    received(
        store, push(1, *made_up(random.Random(1), 50)), push(2, *made_up(random.Random(2), 50))
    )
    code = hand_in("conv", "x = 1\n", changed=NOW, course="1", before=0)
    received(store, push(1, code))
    verdict = {"kind": VERIFIED, "unit": "conv", "course": "1", "verdict": "pass", "tasks": [],
               "mistake": "", "check": "h", "code": code["code"]}  # fmt: skip
    mark = {"kind": MARK, "unit": "mdp", "mark": "0.5", "reason": "asked"}
    store.add(1, [verdict, mark], NOW)
    before = dump(store)
    store.database.execute("UPDATE standing SET attempts = 99")
    store.database.execute("DELETE FROM mistake_day WHERE learner = 1")
    store.rebuild()
    assert dump(store) == before
    assert store.standings(1)["conv"].outcome == "1" and store.standings(1)["mdp"].outcome == "0.5"


def test_a_mark_by_hand_survives_a_regrade(store: Store) -> None:
    verdict = {"kind": VERIFIED, "unit": "conv", "verdict": "fail", "check": "h", "code": "c"}
    store.add(1, [{"kind": MARK, "unit": "conv", "mark": "0.5", "reason": "late"}], NOW)
    store.add(1, [verdict], NOW)
    assert store.standings(1)["conv"].outcome == "0.5"
    store.add(1, [{"kind": MARK, "unit": "conv", "mark": "", "reason": "no longer"}], NOW)
    assert store.standings(1)["conv"].outcome == "0"


def test_the_newest_hand_in_of_each_unit(store: Store) -> None:
    for before, text in enumerate(("a = 1\n", "b = 1\n", "a = 1\n")):
        received(store, push(2, hand_in("conv", text, changed=NOW, course="1", before=before)))
    received(store, push(1, hand_in("mdp", '"kind":"code.handed_in"', changed=NOW, course="1",
                                    before=0)))  # fmt: skip
    found = [(each.learner, each.unit, each.text) for each in store.hand_ins()]
    assert found == [(1, "mdp", '"kind":"code.handed_in"'), (2, "conv", "a = 1\n")]


def test_one_store_holds_one_class(url: str) -> None:
    Store.create(url, "a-class").close()
    with pytest.raises(UsageError, match="holds a class already"):
        Store.create(url, "b-class")
    with pytest.raises(StoreError, match="another class"):
        Store.open(url, "b-class")
    Store.open(url, "a-class").close()


def test_a_store_that_is_gone_is_not_made_again_empty(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="backup"):
        Store.open(str(tmp_path / "class.db"), "a-class")
    assert not (tmp_path / "class.db").exists()
    (tmp_path / "class.db").write_text("x" * 5000)
    with pytest.raises(StoreError, match="cannot be used"):
        Store.open(str(tmp_path / "class.db"), "a-class")


def test_a_full_disk_stores_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    store = Store.create(str(tmp_path / "class.db"), "a-class")
    store.enrol([1, 2])
    received(store, push(1, started(1)))
    before = dump(store)
    pages = store.database.execute("PRAGMA page_count")[0][0]
    store.database.execute(f"PRAGMA max_page_count = {pages}")
    many = [started(number) for number in range(2, 2000)]
    with pytest.raises(StoreError, match="disk is full"):
        received(store, push(2, started(1)), push(1, *many))
    assert dump(store) == before
    store.database.execute("PRAGMA max_page_count = 100000")
    assert [answer.added for answer in received(store, push(2, started(1)), push(1, *many))] == [
        1,
        1998,
    ]


def test_a_second_writer_waits(tmp_path: Path) -> None:
    store = Store.create(str(tmp_path / "class.db"), "a-class")
    store.enrol([1])
    other = sqlite3.connect(tmp_path / "class.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.database.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(StoreError, match="locked"):
        received(store, push(1, started(1)))
    other.execute("ROLLBACK")
    other.close()
    assert received(store, push(1, started(1)))[0].added == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@host:5/db?password=secret", "postgresql://me@host:5/db"),
        ("postgresql://me@/db", "postgresql://me@/db"),
        ("/a/class.db", "/a/class.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_an_unreachable_database_is_one_sentence_without_its_password() -> None:
    with pytest.raises(StoreError) as error:
        Store.create("postgresql://me:tops3cret@127.0.0.1:1/db", "a-class")
    assert "tops3cret" not in str(error.value) and "see that it runs" in str(error.value)


@pytest.mark.slow
def test_a_database_of_another_encoding_is_refused_with_the_cure(
    postgres: Callable[..., str],
) -> None:
    url = postgres("--encoding=SQL_ASCII", "--template=template0")
    with pytest.raises(StoreError, match="as SQL_ASCII: make a database with `createdb") as error:
        Store.create(url, "a-class")
    assert error.value.exit_code == 3
