"""The compiled file gives back the course as it is now, and never an old or damaged one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from undergrad.course import compiled, load
from undergrad.course.models import DETAILS
from undergrad.errors import CourseError, ToolError


def test_the_second_load_reads_the_cache(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiled.load(small)
    monkeypatch.setattr(compiled, "refresh", pytest.fail)  # compiling again would now fail
    assert compiled.load(small) == first


@pytest.mark.parametrize(
    "name",
    ["course.yaml", "1-first/stage.md", "1-first/rain/checks.py", "1-first/rain/mistakes.txt"],
)
def test_any_changed_source_is_compiled_again(small: Path, name: str) -> None:
    before = compiled.fingerprint(small)
    compiled.load(small)
    path = small / name
    path.write_text(path.read_text() + "\n")
    assert compiled.fingerprint(small) != before
    os.utime(path, ns=(1, 1))
    edited = compiled.fingerprint(small)
    os.utime(path, ns=(2, 2))  # same size, later time
    assert compiled.fingerprint(small) != edited


def test_a_change_shows_in_the_next_load(small: Path) -> None:
    assert compiled.load(small).version == "1"
    path = small / "course.yaml"
    path.write_text(path.read_text().replace('version: "1"', 'version: "2"'))
    assert compiled.load(small).version == "2"


def test_a_new_or_removed_source_counts_and_figures_do_not(small: Path) -> None:
    before = compiled.fingerprint(small)
    figures = small / "1-first/rain/figures"
    figures.mkdir()
    (figures / "notes.md").write_text("x")
    (small / "1-first/rain/rain.svg").write_text("<svg/>")
    assert compiled.fingerprint(small) == before
    (small / "1-first/wind").mkdir()
    (small / "1-first/wind/solution.py").write_text("")
    assert compiled.fingerprint(small) != before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"fingerprint": [], "course": {}}', '{"fingerprint": 1}']
)
def test_a_damaged_cache_is_replaced(small: Path, text: str) -> None:
    course = compiled.load(small)
    (small / compiled.NAME).write_text(text)
    assert compiled.load(small) == course
    assert is_current(small)


def is_current(root: Path) -> bool:
    first, *details = (root / compiled.NAME).read_bytes().splitlines()
    assert [json.loads(line).keys() for line in details] == [set(DETAILS)] * len(details)
    return json.loads(first)["fingerprint"] == compiled.fingerprint(root)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda lines: lines[: len(lines) // 2],
    "its end not written": lambda lines: lines[:-100] + b"\0" * 100,
    "one bit flipped": lambda lines: lines[:-9] + bytes([lines[-9] ^ 1]) + lines[-8:],
    "nothing left": lambda lines: b"",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_details_are_replaced(small: Path, damage: str) -> None:
    course, file = compiled.refresh(small), small / compiled.NAME
    first, *details = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + DAMAGE[damage](b"".join(details)))
    assert compiled.load(small) == course
    assert is_current(small)


def test_details_of_a_course_that_has_changed_since_its_summaries_were_read(small: Path) -> None:
    compiled.refresh(small)
    course = compiled.load(small)
    page = small / "1-first/rain/hints.md"
    page.write_text(page.read_text().replace("- Look up.", "- Look up, or out of the window."))
    fresh = compiled.load(small)  # as another command, which writes the file again
    assert course.unit("rain").tasks == fresh.unit("rain").tasks
    assert course.unit("rain").tasks[0].hints[0] == "Look up, or out of the window."
    assert course.unit("storm").resources == fresh.unit("storm").resources


def test_a_file_of_an_earlier_form_is_replaced(small: Path) -> None:
    course, file = compiled.refresh(small), small / compiled.NAME
    whole = {"fingerprint": compiled.fingerprint(small), "course": asdict(course)}
    file.write_text(json.dumps(whole))
    assert compiled.load(small) == course
    assert is_current(small)


def test_a_cache_that_cannot_be_written_costs_only_the_cache(small: Path) -> None:
    (small / compiled.NAME).mkdir()  # a folder in its place stops even the superuser
    assert compiled.load(small).version == "1"
    assert [path.name for path in small.glob(".*")] == []


def test_a_mistake_in_the_sources_is_told_even_with_a_cache(small: Path) -> None:
    compiled.load(small)
    (small / "paths.yaml").write_text("paths: no\n")
    with pytest.raises(CourseError, match=r"^curriculum/paths\.yaml:1: "):
        compiled.load(small)


def test_an_installed_course_that_is_damaged(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_packaged", lambda: True)
    monkeypatch.setattr(compiled, "data_path", lambda name: small)
    with pytest.raises(ToolError, match="install undergrad again"):
        compiled.load()
    course = compiled.refresh(
        small, []
    )  # what the wheel's build writes: no fingerprint is looked at
    assert compiled.load() == course
    file = small / compiled.NAME
    file.write_bytes(file.read_bytes()[:-9])
    last = compiled.load().units[-1]
    with pytest.raises(ToolError, match="install undergrad again"):
        print(last.resources)


def test_the_warm_path_imports_nothing_heavy() -> None:
    load()
    probe = (
        "import sys; from undergrad import course; course.load(); "
        "heavy = {'pydantic', 'yaml', 'numpy', 'undergrad.course.source'}; "
        "print(*sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
