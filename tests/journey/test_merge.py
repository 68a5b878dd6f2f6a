"""Export, import, merge: two machines, hostile files, and a crash at every step."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.progress import append, load_status

from undergrad.cli.app import cli
from undergrad.course.models import Course
from undergrad.errors import StoreError, UndergradError, UsageError
from undergrad.journey import Journey, create, events, verify_store
from undergrad.journey import merge as merging
from undergrad.journey.merge import export_journey, import_journey


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, course: Course, fresh: Path) -> Path:
    """One journey copied to another machine, and used on both since."""
    folder = tmp_path_factory.mktemp("used")
    laptop = Journey(Path(shutil.copytree(fresh, folder / "laptop" / "way")))
    append(laptop, "check.finished", "alpha", {"verdict": "fail"}, course=course)
    desk = Journey(Path(shutil.copytree(laptop.root, folder / "desk" / "way")))
    append(laptop, "check.finished", "alpha", {"verdict": "pass"}, course=course)
    append(desk, "hint.shown", "beta", {"task": 1, "rung": 1}, course=course)
    append(laptop, "path.chosen", "", {"path": "late"}, course=course)
    append(
        desk, "check.finished", "beta-two", {"verdict": "pass", "x": float("nan")}, course=course
    )
    append(laptop, "resource.read", "book", course=course)
    return folder


@pytest.fixture
def two(used: Path, tmp_path: Path) -> tuple[Journey, Journey]:
    """Copies of both: making them waits for the disk, copying them does not."""
    shutil.copytree(used, tmp_path / "used")
    return Journey(tmp_path / "used/laptop/way"), Journey(tmp_path / "used/desk/way")


def contents(journey: Journey) -> list[str]:
    """All that a store says, event by event, but for the places in its chain."""
    plain = (replace(e, sequence=0, nth=0, previous_hash="", hash="") for e in events(journey))
    return [repr(event) for event in plain]


def test_merged_both_ways_two_journeys_are_equal(
    two: tuple[Journey, Journey], course: Course, tmp_path: Path
) -> None:
    laptop, desk = two
    files = [tmp_path / "laptop.jsonl", tmp_path / "desk.jsonl"]
    separate = [contents(each) for each in two]
    for journey, file in zip(two, files, strict=True):
        export_journey(journey, file)
    merged = [import_journey(laptop, files[1]), import_journey(desk, files[0])]
    assert [(m.added, m.known, m.events) for m in merged] == [(2, 2, 7), (3, 2, 7)]
    assert contents(laptop) == contents(desk)
    assert set(contents(laptop)) == {*separate[0], *separate[1]}
    statuses = [load_status(each, course) for each in two]
    assert repr(statuses[0]) == repr(statuses[1])  # repr: one event holds a NaN
    assert (statuses[0].path, statuses[0].passed, statuses[0].read) == ("late", 1, ("book",))
    times = [(event.time, event.uuid) for event in events(laptop)]
    assert times == sorted(times)
    assert verify_store(laptop) == verify_store(desk) == 7


def test_importing_again_changes_nothing(two: tuple[Journey, Journey], tmp_path: Path) -> None:
    laptop, desk = two
    export_journey(desk, tmp_path / "desk.jsonl")
    import_journey(laptop, tmp_path / "desk.jsonl")
    before = laptop.store_path.read_bytes()
    again = import_journey(laptop, tmp_path / "desk.jsonl")
    assert (again.added, again.known) == (0, 4)
    assert laptop.store_path.read_bytes() == before


def test_a_merged_journey_continues(
    two: tuple[Journey, Journey], course: Course, tmp_path: Path
) -> None:
    laptop, desk = two
    export_journey(desk, tmp_path / "desk.jsonl")
    import_journey(laptop, tmp_path / "desk.jsonl")
    append(laptop, "unit.skipped", "gamma", {"because": ""}, course=course)
    assert verify_store(laptop) == 8
    assert not [path for path in laptop.private.iterdir() if path.name.startswith(".new-")]


def lines_of(journey: Journey, tmp_path: Path) -> list[bytes]:
    export_journey(journey, tmp_path / "whole.jsonl")
    return (tmp_path / "whole.jsonl").read_bytes().splitlines(keepends=True)


def sealed(lines: list[bytes]) -> bytes:
    """The lines with a checksum that fits, as a careful forger would write it."""
    digest = sha256(b"".join(lines)).hexdigest()
    end = {"end": True, "events": len(lines) - 1, "sha256": digest}
    return b"".join(lines) + json.dumps(end).encode() + b"\n"


def edited(line: bytes, **changes: Any) -> bytes:
    return json.dumps({**json.loads(line), **changes}).encode() + b"\n"


Forge = Callable[[list[bytes]], bytes]


def third(**changes: Any) -> Forge:
    """The third line edited, under a checksum that fits."""
    return lambda lines: sealed([*lines[:2], edited(lines[2], **changes)])


HOSTILE: dict[str, tuple[Forge, str]] = {
    "empty": (lambda lines: b"", "cut short"),
    "a picture": (lambda lines: b"\x89PNG\r\n\x1a\n\0\0", "not written by"),
    "an archive": (lambda lines: b"\x1f\x8b\x08\0", "not written by"),
    "other json": (lambda lines: b'{"a": 1}\n', "not written by"),
    "a list": (lambda lines: b"[1]\n", "not written by"),
    "only the checksum": (lambda lines: lines[-1], "not written by"),
    "a newer format": (
        lambda lines: sealed([edited(lines[0], format=2), *lines[1:-1]]), "upgrade undergrad"
    ),
    "cut between lines": (lambda lines: b"".join(lines[:-1]), "cut short"),
    "cut in a line": (lambda lines: b"".join(lines[:-1])[:-9], ":5: this line is cut short"),
    "cut in the checksum": (lambda lines: b"".join(lines)[:-20], "cut short"),
    "a line missing": (lambda lines: b"".join([*lines[:2], *lines[3:]]), "was changed"),
    "a line twice": (lambda lines: b"".join([*lines[:2], *lines[1:]]), "was changed"),
    "one letter changed": (
        lambda lines: b"".join(lines).replace(b'"beta"', b'"bets"', 1), "was changed"
    ),
    "two files in one": (lambda lines: b"".join(lines * 2), ":7: something follows"),
    "bad json": (lambda lines: sealed([*lines[:2], b"{nope}\n", *lines[3:-1]]), ":3: this line"),
    "deep json": (lambda lines: sealed([*lines[:2], b"[" * 200_000 + b"\n"]), ":3: this line"),
    "a huge line": (
        third(subject="x" * 9_000_000),
        ":3: no event is as long",
    ),
    "a huge number": (
        lambda lines: sealed([*lines[:2], lines[2].replace(b'"offset":0', b'"x":' + b"9" * 6000)]),
        ":3:",
    ),
    "no uuid": (third(uuid="../../x"), "`uuid`"),
    "a time zone": (
        third(time="2026-01-01T00:00:00+02:00"),
        "`time`",
    ),
    "no time": (third(time=5), "`time`"),
    "a day's offset": (third(offset=9999), "`offset`"),
    "half a letter": (third(subject="\ud800"), "`subject`"),
    "a NUL": (third(kind="a\0b"), "`kind`"),
    "data in a list": (third(data=[]), "is empty"),
    "a field more": (third(hash="0"), "other fields"),
    "another truth": (
        third(data={"verdict": "pass"}),
        "about the event",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_not_whole_is_refused_in_one_sentence(
    name: str, two: tuple[Journey, Journey], tmp_path: Path
) -> None:
    laptop, desk = two
    forge, words = HOSTILE[name]
    file = tmp_path / "hostile.jsonl"
    file.write_bytes(forge(lines_of(desk, tmp_path)))
    before = {path.name: path.read_bytes() for path in laptop.private.iterdir() if path.is_file()}
    with pytest.raises(UsageError) as caught:
        import_journey(laptop, file)
    assert words in str(caught.value) and "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    after = {path.name: path.read_bytes() for path in laptop.private.iterdir() if path.is_file()}
    assert after == before


def test_odd_files_are_refused_without_waiting(
    two: tuple[Journey, Journey], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "missing", "."):
        with pytest.raises(UndergradError):
            import_journey(two[0], tmp_path / name)


def test_an_export_replaces_an_export_and_nothing_else(
    two: tuple[Journey, Journey], tmp_path: Path
) -> None:
    file = tmp_path / "out.jsonl"
    export_journey(two[0], file)
    assert export_journey(two[1], file) == 4
    file.write_text("my thesis")
    with pytest.raises(UsageError, match="something else"):
        export_journey(two[0], file)
    assert file.read_text() == "my thesis"
    with pytest.raises(StoreError):
        export_journey(two[0], file / "out.jsonl")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_shells_and_editors_do_to_a_text_is_no_damage(
    two: tuple[Journey, Journey], tmp_path: Path, encoding: str, end: str
) -> None:
    laptop, desk = two
    file = tmp_path / "export.jsonl"
    export_journey(desk, file)
    text = file.read_text() + "\n"  # editors end a file with an empty line
    file.write_bytes(text.replace("\n", end).encode(encoding))
    assert import_journey(laptop, file).added == 2
    if encoding != "utf-16":
        export_journey(desk, file)  # and it is still known as one of ours


def steps(monkeypatch: pytest.MonkeyPatch, stop_at: int) -> Iterator[None]:
    """Make the stop_at-th change that the exchange makes on the disk fail like a crash."""
    calls = 0

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == stop_at:
                raise KeyboardInterrupt
            return real(*arguments, **options)

        return call

    for name in ("back_up", "replace_file", "sync_folder", "verify_whole", "create_file"):
        monkeypatch.setattr(merging, name, wrapped(getattr(merging, name)))
    monkeypatch.setattr(merging.Path, "replace", wrapped(Path.replace))
    monkeypatch.setattr(merging.Path, "unlink", wrapped(Path.unlink))
    yield


@pytest.mark.parametrize("stop_at", range(1, 13))
def test_a_crash_in_the_middle_loses_nothing(
    two: tuple[Journey, Journey], tmp_path: Path, stop_at: int, caplog: pytest.LogCaptureFixture
) -> None:
    laptop, desk = two
    export_journey(desk, tmp_path / "desk.jsonl")
    before, there = set(contents(laptop)), set(contents(desk))
    with pytest.MonkeyPatch.context() as patch:
        next(steps(patch, stop_at))
        with suppress(KeyboardInterrupt):
            import_journey(laptop, tmp_path / "desk.jsonl")
    assert before <= set(contents(laptop)) <= before | there
    assert "corrupt" not in caplog.text
    import_journey(laptop, tmp_path / "desk.jsonl")
    assert set(contents(laptop)) == before | there
    assert verify_store(laptop) == 7


def test_the_commands_say_what_happened(here: Journey, tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli, list(arguments))

    file = tmp_path / "mine.jsonl"
    assert "Wrote 1 event" in run("export", str(file)).stdout
    told = run("import", str(file))
    assert told.exit_code == 0 and "Added 0 events; already here: 1." in told.stdout
    assert json.loads(run("import", str(file), "--json").stdout)["known"] == 1
    file.write_text("{}")
    assert isinstance(run("import", str(file)).exception, UsageError)


def test_a_newer_store_is_neither_exported_nor_merged(
    two: tuple[Journey, Journey], tmp_path: Path, course: Course
) -> None:
    laptop, desk = two
    export_journey(desk, tmp_path / "desk.jsonl")
    with closing(sqlite3.connect(laptop.store_path)) as store:
        store.execute("PRAGMA user_version = 99")
    before = laptop.store_path.read_bytes()
    for action in (
        lambda: export_journey(laptop, tmp_path / "laptop.jsonl"),
        lambda: import_journey(laptop, tmp_path / "desk.jsonl"),
    ):
        with pytest.raises(StoreError, match="newer undergrad"):
            action()
    assert laptop.store_path.read_bytes() == before
    assert load_status(laptop, course).events == 5  # and it can still be read


def test_a_journey_made_elsewhere_can_be_merged(
    two: tuple[Journey, Journey], tmp_path: Path, course: Course
) -> None:
    other = create(tmp_path / "other", course, goal="something else")
    export_journey(other, tmp_path / "other.jsonl")
    merged = import_journey(two[0], tmp_path / "other.jsonl")
    assert (merged.added, merged.known) == (1, 0)
    assert load_status(two[0], course).goal == "something else"  # said last
