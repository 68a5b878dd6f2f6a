"""What a class has received: one append-only table, one hash chain per learner, and summaries.

    store = Store.open(url, class_id)
    store.receive([push, ...], now)      # all in one transaction; an answer for each
    store.verify()                       # what does not agree with its chain
    store.forget(7)                      # erases one learner; all other chains still hold

A chain for each learner, and not one for the class, needs no lock that all pushes wait for, and
lets one learner be erased. It is not the journey's own chain: an import gives events new places
there. The summaries change in the same transaction as the events and can be made again from them.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from undergrad.classroom.database import Database, is_postgres, without_password
from undergrad.classroom.message import Push, Receipt, Refused
from undergrad.classroom.summary import Mistakes, Standing, Work, summarised
from undergrad.classroom.tables import (
    PUT_LEARNER,
    PUT_MISTAKE,
    PUT_STANDING,
    STANDING,
    TABLES,
)
from undergrad.classroom.view import HAND_IN, Fields, text_of
from undergrad.errors import StoreError, UsageError

FORMAT = 1
_GENESIS = "0" * 64  # the hash before a learner's first event
_AT_ONCE = 500  # uuids in one look-up


@dataclass(frozen=True)
class Answer:
    """What came of a push. `forgot`: the store does not know the learner's receipt, and has taken
    nothing: it wants to be sent everything once more."""

    position: int
    hash: str
    added: int
    known: int
    forgot: bool = False


class HandIn(NamedTuple):
    """The newest code of a learner for a unit."""

    learner: int
    unit: str
    uuid: str
    code: str  # its hash
    text: str


class _Learner(NamedTuple):
    number: int
    position: int
    head: str
    work: Work
    forgotten: int


Row: TypeAlias = tuple[Any, ...]  # of a table
_LEARNER = f"number, position, head, {', '.join(Work._fields)}, forgotten"


class Store:
    """An open store of one class."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def create(cls, url: str, class_id: str) -> "Store":
        """A new store. UsageError where there is one already, of whatever class."""
        database = Database(url)
        shown = without_password(url)
        try:
            with database.transaction():
                for table in TABLES:
                    database.execute(table)
                database.execute("INSERT INTO classroom VALUES (?, ?)", class_id, FORMAT)
        except StoreError as error:
            database.close()
            if "already exists" in str(error):
                raise UsageError(
                    f"{shown} holds a class already: name a database of its own for this one."
                ) from error
            raise
        return cls(database)

    @classmethod
    def open(cls, url: str, class_id: str) -> "Store":
        """The store of this class. StoreError when it is not there, or is another one's."""
        shown = without_password(url)
        if not is_postgres(url) and not Path(url).is_file():  # SQLite would make an empty one
            raise StoreError(f"The class's store {shown} is missing: bring its backup back.")
        database = Database(url)
        try:
            found = database.execute("SELECT id, format FROM classroom")
            _refuse_other(found, class_id, shown)
        except StoreError as error:
            database.close()
            if "no such table" in str(error) or "does not exist" in str(error):
                raise StoreError(f"{shown} holds no class: bring its backup back.") from error
            raise
        return cls(database)

    def close(self) -> None:
        """End the connection."""
        self.database.close()

    def enrol(self, numbers: Iterable[int]) -> None:
        """Learners who may push from now on."""
        with self.database.transaction():
            rows = [(number, 0, _GENESIS, *Work(), 0) for number in numbers]
            self.database.insert(PUT_LEARNER, rows)

    def receive(self, batch: Sequence[Push], now: str) -> list[Answer | Refused]:
        """Store what is new in these pushes, all in one transaction; an answer for each.

        now: this minute. A push that is refused leaves nothing behind and disturbs no other.
        Raises StoreError when nothing at all could be stored.
        """
        answers: dict[int, Answer | Refused] = {}
        with self.database.transaction():
            # In the order of their numbers, so that two servers never wait for each other.
            for place in sorted(range(len(batch)), key=lambda place: batch[place].learner):
                try:
                    answers[place] = self._receive(batch[place], now)
                except Refused as refused:
                    answers[place] = refused
        return [answers[place] for place in range(len(batch))]

    def add(self, learner: int, events: Sequence[Fields], now: str) -> None:
        """Add what the teacher's side has to say about a learner: verdicts, marks."""
        with self.database.transaction():
            complete = [{"uuid": str(uuid.uuid4()), "time": now, **each} for each in events]
            known = self._learner(learner)
            self._append(known, [(each, text_of(each)) for each in complete], now)

    def verify(self) -> list[str]:
        """Walk every chain; a sentence for each learner whose events are not what was stored."""
        return [said for number in self.learners() if (said := self._verify(number))]

    def forget(self, number: int) -> int:
        """Erase everything about a learner but that the number was given; how many events.

        Refused for a number that nobody has.
        """
        with self.database.transaction():
            known = self._learner(number)
            for table in ("event", "standing", "mistake_day"):
                self.database.execute(f"DELETE FROM {table} WHERE learner = ?", number)
            self.database.execute(
                "UPDATE learner SET position = 0, head = ?, received = '', unit = '', worked = '',"
                " ahead = 0, forgotten = 1 WHERE number = ?",
                _GENESIS,
                number,
            )
        self.database.purge()
        return known.position

    def rebuild(self) -> None:
        """Make the summaries again from the events."""
        with self.database.transaction():
            for table in ("standing", "mistake_day"):
                self.database.execute(f"DELETE FROM {table}")
            for number in self.learners():
                known = self._learner(number)  # nothing arrives from now on
                work, standings, mistakes = summarised(Work(), {}, self._events(number))
                self.database.fill("standing", _standing_rows(number, standings))
                self.database.fill("mistake_day", _mistake_rows(number, mistakes))
                self._place(known._replace(work=work))

    def learners(self) -> list[int]:
        """Their numbers, without those that were forgotten."""
        rows = self.database.execute("SELECT number FROM learner WHERE forgotten = 0")
        return sorted(number for (number,) in rows)

    def numbers(self) -> list[int]:
        """Every number that was ever given, so that none is given twice."""
        return sorted(number for (number,) in self.database.execute("SELECT number FROM learner"))

    def standings(self, learner: int) -> dict[str, Standing]:
        """Where a learner stands, by unit."""
        rows = self.database.execute(
            f"SELECT unit, {', '.join(STANDING)} FROM standing WHERE learner = ?", learner
        )
        return {unit: Standing(*values) for unit, *values in rows}

    def outcomes(self) -> dict[tuple[int, str], Standing]:
        """Of every learner and unit that was verified or marked."""
        rows = self.database.execute(
            f"SELECT learner, unit, {', '.join(STANDING)} FROM standing"
            " WHERE verdict <> '' OR mark <> ''"
        )
        return {(learner, unit): Standing(*values) for learner, unit, *values in rows}

    def hand_ins(self) -> Iterator[HandIn]:
        """The newest code of each learner for each unit, learner by learner."""
        rows = self.database.execute("SELECT DISTINCT learner FROM standing WHERE handed <> ''")
        for learner in sorted(number for (number,) in rows):
            newest = {}
            found = self.database.execute(
                "SELECT body FROM event WHERE learner = ? AND body LIKE ? ORDER BY position",
                learner,
                f'%"kind":"{HAND_IN}"%',
            )
            for (body,) in found:
                event = json.loads(body)
                if event["kind"] == HAND_IN:
                    newest[event["unit"]] = event
            for unit, event in newest.items():
                yield HandIn(learner, unit, event["uuid"], event["code"], event["text"])

    def _receive(self, push: Push, now: str) -> Answer:
        known = self._learner(push.learner)
        if push.after and not self._has(push.learner, push.after):
            return Answer(known.position, known.head, 0, 0, forgot=True)
        new = self._new(push)
        head = self._append(known, new, now) if new else Receipt(known.position, known.head)
        return Answer(head.position, head.hash, len(new), len(push.events) - len(new))

    def _learner(self, number: int) -> _Learner:
        rows = self.database.execute(
            f"SELECT {_LEARNER} FROM learner WHERE number = ?{self.database.for_update}", number
        )
        if not rows:
            raise Refused(401, f"There is no learner {number} in this class.")
        ((_, position, head, *work, forgotten),) = rows
        found = _Learner(number, position, head, Work(*work), forgotten)
        if found.forgotten:
            raise Refused(410, f"Learner {number} has left this class and was erased.")
        return found

    def _has(self, learner: int, receipt: Receipt) -> bool:
        rows = self.database.execute(
            "SELECT hash FROM event WHERE learner = ? AND position = ?",
            learner,
            receipt.position,
        )
        return rows == [(receipt.hash,)]

    def _new(self, push: Push) -> list[tuple[Fields, str]]:
        """The events that are not here yet. Refused when one is here with other content."""
        here = dict(self._bodies(push.learner, [event["uuid"] for event, _ in push.events]))
        new = []
        for event, line in push.events:
            before = here.get(event["uuid"])
            if before is None:
                here[event["uuid"]] = line
                new.append((event, line))
            elif before != line:
                raise Refused(409, f"The event {event['uuid']} is here with other content.")
        return new

    def _bodies(self, learner: int, uuids: Sequence[str]) -> Iterator[tuple[str, str]]:
        for start in range(0, len(uuids), _AT_ONCE):
            some = uuids[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            rows = self.database.execute(
                f"SELECT uuid, body FROM event WHERE learner = ? AND uuid IN ({marks})",
                learner,
                *some,
            )
            yield from ((name, body) for name, body in rows)

    def _append(self, known: _Learner, new: Sequence[tuple[Fields, str]], now: str) -> Receipt:
        """Add events to a learner's chain and to the summaries; the new head."""
        rows = []
        position, head = known.position, known.head
        for event, line in new:
            position += 1
            head = _digest(position, event["uuid"], now, line, head)
            rows.append((known.number, position, event["uuid"], now, line, head))
        self.database.fill("event", rows)
        arrived = [(event, now) for event, _ in new]
        work, standings, mistakes = summarised(known.work, self.standings(known.number), arrived)
        self.database.insert(PUT_STANDING, _standing_rows(known.number, standings))
        self.database.insert(PUT_MISTAKE, _mistake_rows(known.number, mistakes))
        self._place(known._replace(position=position, head=head, work=work))
        return Receipt(position, head)

    def _place(self, known: _Learner) -> None:
        """Store a learner's row."""
        self.database.execute(
            "UPDATE learner SET position = ?, head = ?, received = ?, unit = ?, worked = ?,"
            " ahead = ? WHERE number = ?",
            known.position,
            known.head,
            *known.work,
            known.number,
        )

    def _events(self, learner: int) -> Iterator[tuple[Fields, str]]:
        rows = self.database.execute(
            "SELECT body, received FROM event WHERE learner = ? ORDER BY position", learner
        )
        return ((json.loads(body), received) for body, received in rows)

    def _verify(self, number: int) -> str:
        known = self._learner(number)
        head, expected = _GENESIS, 0
        rows = self.database.execute(
            "SELECT position, uuid, received, body, hash FROM event WHERE learner = ?"
            " ORDER BY position",
            number,
        )
        for expected, (position, name, received, body, digest) in enumerate(rows, start=1):
            if position != expected:
                return f"Learner {number}: event {expected} is missing."
            head = _digest(position, name, received, body, head)
            if head != digest:
                return f"Learner {number}: event {position} was changed after it was stored."
        if (known.position, known.head) != (expected, head):
            return f"Learner {number}: events after {expected} are missing."
        return ""


def _refuse_other(found: list[tuple[Any, ...]], class_id: str, shown: str) -> None:
    if not found or found[0][0] != class_id:
        raise StoreError(f"{shown} holds another class: see `store` in class.json.")
    if found[0][1] != FORMAT:
        raise StoreError(f"A newer undergrad wrote {shown}: upgrade undergrad.")


def _digest(position: int, uuid: str, received: str, body: str, before: str) -> str:
    return sha256(json.dumps([position, uuid, received, body, before]).encode()).hexdigest()


def _standing_rows(learner: int, standings: Mapping[str, Standing]) -> list[Row]:
    return [(learner, unit, *standings[unit]) for unit in sorted(standings)]


def _mistake_rows(learner: int, mistakes: Mistakes) -> list[Row]:
    return [(*key, learner, times) for key, times in mistakes.items()]
