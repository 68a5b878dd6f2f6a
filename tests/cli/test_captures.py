"""What the pages show of a terminal lists the checks that there are, by their names of today."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad.cli.app import cli
from undergrad.course import load
from undergrad.course.models import Unit
from undergrad.journey import create
from undergrad.words import duration

DOCS = Path(__file__).parents[2] / "docs"
ONE = r"^  (\d+)  (?:passed|not yet|to do|waiting) +(\S.*(?:\n {9,}\S.*)*)\n"
LIST = re.compile(f"(?:{ONE})+", re.MULTILINE)
COUNT = re.compile(r"([\w-]+): \d+ of (\d+) checks")
PLANNED = re.compile(r"^  \d+ \w+ to \d+ \w+ +(.*), (\d.*)$", re.MULTILINE)
UNITS = {unit.id: unit for unit in load().units if unit.written}
PAGES = {str(page.relative_to(DOCS)): page.read_text("utf-8") for page in DOCS.rglob("*.md")}
SHOWN = [(name, found[0]) for name, text in PAGES.items() for found in LIST.finditer(text)]


def checks_of(unit: Unit) -> list[tuple[str, str]]:
    return [(str(task.number), sentence) for task in unit.tasks for sentence in task.sentences]


@pytest.mark.parametrize(("page", "shown"), SHOWN, ids=[name for name, _ in SHOWN])
def test_a_list_of_checks_is_that_of_a_unit(page: str, shown: str) -> None:
    found = re.findall(ONE, shown, re.MULTILINE)
    names = [(number, " ".join(name.split())) for number, name in found]
    assert names in [checks_of(unit) for unit in UNITS.values()]


def test_checks_are_counted_as_there_are() -> None:
    counts = [pair for text in PAGES.values() for pair in COUNT.findall(text)]
    assert counts
    for name, count in counts:
        assert int(count) == len(checks_of(UNITS[name]))


def test_the_paths_are_shown_as_a_new_journey_shows_them(tmp_path: Path) -> None:
    journey = create(tmp_path / "journey", load(), path="two-week")
    result = CliRunner().invoke(cli, ["path", "--journey", str(journey.root)])
    assert result.exit_code == 0
    assert f"$ undergrad path\n{result.stdout}" in PAGES["coming-back.md"]


def test_a_plan_shows_each_unit_with_the_time_it_takes() -> None:
    shown = PLANNED.findall(PAGES["coming-back.md"])
    assert len(shown) == 8
    times = {unit.title: duration(minutes=unit.minutes.total) for unit in UNITS.values()}
    assert all(times[title] == time for title, time in shown)
