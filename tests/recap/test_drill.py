"""A drill from a blank file to diff, with the real checker, and what is kept of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.progress import append, load_status, start_unit

from undergrad.cli.app import cli
from undergrad.course import blank_exercise, load, unit_folder
from undergrad.errors import UsageError
from undergrad.journey import Journey, Learner, create, events
from undergrad.recap import drill_id, load_cards
from undergrad.recap.drill import drill_rating, open_drill

COURSE = load()
UNIT = COURSE.unit("first-ten")
SOLUTION = (unit_folder(UNIT) / "solution.py").read_bytes()
Run = Callable[..., Result]


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """A journey in which the first unit is passed, with the learner's own words in the file."""
    made = create(tmp_path / "j", COURSE)
    start_unit(made, UNIT, COURSE)
    made.exercise(UNIT).write_bytes(SOLUTION + b"\n# as I wrote it in spring\n")
    append(made, "check.finished", UNIT.id, {"verdict": "pass"}, course=COURSE)
    return made


@pytest.fixture
def run(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(journey.root)

    def invoke(*arguments: str, person: bool = False, **options: Any) -> Result:
        monkeypatch.setattr("undergrad.cli.drill.is_interactive", lambda: person)
        return CliRunner().invoke(cli, ["drill", *arguments], **options)

    return invoke


def the_file(journey: Journey) -> Path:
    (file,) = journey.drills.glob("*.py")
    return file


def test_the_drill_is_blank_and_the_passed_file_untouched(journey: Journey, run: Run) -> None:
    before = journey.exercise(UNIT).read_bytes()
    said = run(UNIT.id).stdout
    file = the_file(journey)
    assert file.read_bytes() == blank_exercise(UNIT).encode()
    assert f"drills/{file.name}" in said and "--check" in said
    file.write_bytes(SOLUTION)
    assert run(UNIT.id).exit_code == 0  # again: the same drill goes on
    assert the_file(journey).read_bytes() == SOLUTION
    assert journey.exercise(UNIT).read_bytes() == before


def test_passing_ends_it_with_the_difference_and_a_date(journey: Journey, run: Run) -> None:
    run(UNIT.id)
    the_file(journey).write_bytes(SOLUTION)
    said = run(UNIT.id, "--check").stdout
    assert "-# as I wrote it in spring" in said
    assert "with 1 check." in said and "comes up again" in said
    (finished,) = events(journey, kind="drill.finished")
    assert finished.data["passed"] == finished.data["tasks"] == len(UNIT.tasks)
    assert finished.data["seconds"] >= 0
    (card,) = (c for c in load_cards(Learner(journey, COURSE)) if c.item.id == drill_id(UNIT.id))
    assert card.reviews == 1 and card.due > card.last
    assert open_drill(Learner(journey, COURSE), UNIT) is None
    assert load_status(journey, COURSE).passed == 1  # and no check of the unit was recorded
    assert len(list(events(journey, kind="check.finished"))) == 1


def test_a_session_checks_pauses_and_resumes(journey: Journey, run: Run) -> None:
    paused = run(UNIT.id, person=True, input="\n?\np\n")
    assert "The clock stands at" in paused.stdout
    drill = open_drill(Learner(journey, COURSE), UNIT)
    assert drill and drill.checks == 1 and drill.seconds > 0
    the_file(journey).write_bytes(SOLUTION)
    done = run(UNIT.id, person=True, input="\n")
    assert "resumed" in done.stdout and "with 2 checks." in done.stdout
    (finished,) = events(journey, kind="drill.finished")
    assert finished.data["seconds"] > drill.seconds


def test_ending_early_is_recorded_without_blame(journey: Journey, run: Run) -> None:
    said = run(UNIT.id, person=True, input="d\nn\np\n")
    assert "comes back soon" in said.stderr and "The clock stands at" in said.stdout
    assert not list(events(journey, kind="recall.answered")), "nothing is rated unasked"
    said = run(UNIT.id, person=True, input="d\ny\n").stdout
    assert f"0 of {len(UNIT.tasks)} tasks pass" in said
    (answered,) = events(journey, kind="recall.answered")
    assert answered.data == {"item": drill_id(UNIT.id), "rating": 1}
    assert load_status(journey, COURSE).passed == 1
    assert run(UNIT.id).exit_code == 0 and len(list(journey.drills.glob("*.py"))) == 2


def test_only_what_was_built_once_is_drilled(journey: Journey, run: Run) -> None:
    refused = run("backprop").exception
    assert isinstance(refused, UsageError) and "undergrad show backprop" in str(refused)
    assert not journey.drills.exists()


@pytest.mark.parametrize(
    ("passed", "checks", "rating"),
    [(3, 0, "again"), (3, 9, "again"), (4, 1, "easy"), (4, 4, "good"), (4, 5, "hard")],
)
def test_the_rating_follows_from_passing_and_checks(passed: int, checks: int, rating: str) -> None:
    assert drill_rating(passed, 4, checks) == rating
