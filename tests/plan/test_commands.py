"""`path`, `prefer` and `plan` as a person and as a program meets them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.progress import append, load_status

from undergrad.cli.app import cli
from undergrad.course import fitted, load, ordered_resources, path_length
from undergrad.errors import UsageError
from undergrad.journey import Journey, create, events

COURSE = load()
Run = Callable[..., Result]


@pytest.fixture
def journey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journey:
    made = create(tmp_path / "j", COURSE)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def run(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(*arguments: str, person: bool = False, **options: Any) -> Result:
        monkeypatch.setattr("undergrad.cli.path.is_interactive", lambda: person)
        return CliRunner().invoke(cli, list(arguments), **options)

    return invoke


def said(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_changing_the_path_loses_nothing(journey: Journey, run: Run) -> None:
    append(journey, "check.finished", "backprop", {"verdict": "pass"}, course=COURSE)
    before = {each.id: each.state for each in load_status(journey, COURSE).units}
    for name in ("rl", "researcher", "two-week"):
        said(run("path", name))
        status = load_status(journey, COURSE)
        assert status.path == name
        assert {each.id: each.state for each in status.units} == before
    assert "> two-week" in said(run("path"))
    assert isinstance(run("path", "rll").exception, UsageError)


def test_questions_lead_to_path_goal_and_preference(journey: Journey, run: Run) -> None:
    typed = ["5", "play Go", "2", "", "", "", "9", "2", "", "2", "2"]
    result = run("path", "--ask", person=True, input="\n".join(typed) + "\n")
    assert "A number from 1 to 3" in result.stderr
    (plan,) = events(journey, kind="plan.set")
    assert plan.data["hours"] == 6 and "At 6 hours a week" in result.stderr
    status = load_status(journey, COURSE)
    assert (status.path, status.goal, status.prefer) == ("rl", "play Go", "book")
    (chosen,) = events(journey, kind="path.chosen")
    more, fewer = chosen.data.get("add", ()), chosen.data.get("leave", ())
    length = path_length(COURSE, fitted(COURSE, COURSE.path("rl"), more, fewer))
    assert f"(rl): {length}" in " ".join(result.stderr.split())
    assert (length.minutes, length.ready) == (status.minutes_left, status.total)
    (asked,) = events(journey, kind="questions.answered")
    assert asked.data["answers"]["why"] == "play Go"


def test_a_date_within_three_weeks_makes_a_plan_of_full_days(journey: Journey, run: Run) -> None:
    said(run("path", "--ask", person=True, input="\n\n3\n" + "\n" * 20))
    plan = json.loads(said(run("plan", "--json")))["plan"]
    days = (date.fromisoformat(plan["end"]) - date.fromisoformat(plan["from"])).days
    assert load_status(journey, COURSE).path == "two-week" and 12 <= days <= 16


def test_a_tie_is_shown_and_the_person_picks(journey: Journey, run: Run) -> None:
    typed = ["5", "", "", "", "", "", "", "", "3", "", "2"]
    result = run("path", "--ask", person=True, input="\n".join(typed) + "\n")
    assert "two paths" in result.stderr
    assert load_status(journey, COURSE).path == "rl"


def test_all_six_may_be_skipped(journey: Journey, run: Run) -> None:
    said(run("path", "--ask", person=True, input="\n" * 20))
    assert [event.kind for event in events(journey)] == ["journey.created"]
    assert isinstance(run("path", "--ask").exception, UsageError)


def test_added_and_left_units_change_the_path(journey: Journey, run: Run) -> None:
    data = {"path": "deep-one", "add": ["floats", "gone"], "leave": ["optim"]}
    append(journey, "path.chosen", "", data, course=COURSE)
    units = json.loads(said(run("path", "--json")))["units"]
    assert "floats" in units and "optim" not in units and "gone" not in units


def test_the_preference_orders_resources_in_show(journey: Journey, run: Run) -> None:
    forward = COURSE.unit("forward")
    for prefer in ("book", "video"):
        said(run("prefer", prefer))
        shown = json.loads(said(run("show", "forward", "--json")))["resources"]
        expected = ordered_resources(COURSE, forward, prefer)
        assert [each["id"] for each in shown] == [each.id for each in expected]
    assert "> video" in said(run("prefer"))
    assert isinstance(run("prefer", "podcast").exception, UsageError)


@pytest.mark.parametrize("hours", ["0", "-3", "nan", "inf", "169"])
def test_hours_that_no_week_has_are_refused_beside_an_earlier_plan(run: Run, hours: str) -> None:
    said(run("plan", "--hours", "8"))
    assert "more than 0 and at most 168" in str(run("plan", f"--hours={hours}").exception)
    assert json.loads(said(run("plan", "--json")))["plan"]["hours"] == 8


def test_a_plan_is_made_kept_and_planned_again_from_today(journey: Journey, run: Run) -> None:
    assert "No plan yet" in said(run("plan"))
    start = date.today() + timedelta(days=10)
    said(run("plan", "--hours", "8", "--from", start.isoformat()))
    plan = json.loads(said(run("plan", "--json")))["plan"]
    assert (plan["hours"], plan["from"]) == (8, start.isoformat())
    assert plan["units"][0]["first"] == start.isoformat()
    assert "Plan: finished on" in said(run("status"))
    assert "1 hour a week" in said(run("plan", "--hours", "1"))
    said(run("plan", "--hours", "8", "--from", start.isoformat()))
    again = json.loads(said(run("plan", "--from", date.today().isoformat(), "--json")))["plan"]
    assert again["hours"] == 8 and again["end"] < plan["end"]


def test_after_a_break_the_plan_begins_today(journey: Journey, run: Run) -> None:
    long_ago = {"hours": 8.0, "from": "2020-01-01", "end": "2020-06-01"}
    append(journey, "plan.set", "", long_ago, course=COURSE)
    plan = json.loads(said(run("plan", "--json")))["plan"]
    assert plan["units"][0]["first"] == date.today().isoformat()
    text = said(run("plan"))
    assert "Laid out again from today" in text
    assert not any(word in text for word in ("behind", "overdue", "missed"))
    append(journey, "plan.set", "", {"hours": "many"})
    assert json.loads(said(run("plan", "--json"))) == {"plan": None}


def test_a_calendar_file_keeps_its_names(journey: Journey, run: Run) -> None:
    said(run("plan", "--hours", "8", "--ics", "a.ics"))
    said(run("plan", "--hours", "4", "--ics", "b.ics"))
    first, second = (Path(name).read_bytes().split(b"\r\n") for name in ("a.ics", "b.ics"))
    uids = [[line for line in lines if line.startswith(b"UID:")] for lines in (first, second)]
    assert uids[0] == uids[1] and len(uids[0]) == len(set(uids[0])) > 5


def test_what_is_done_early_leaves_the_calendar(journey: Journey, run: Run) -> None:
    passed = {"verdict": "pass", "check_hash": "", "tasks": []}
    append(journey, "check.finished", "first-ten", passed, course=COURSE)
    said(run("plan", "--hours", "8", "--ics", "a.ics"))
    assert b"CANCELLED" not in Path("a.ics").read_bytes()
    append(journey, "check.finished", "images", passed, course=COURSE)
    append(journey, "unit.skipped", "text", {"because": ""}, course=COURSE)
    said(run("path", "two-week"))
    said(run("plan", "--ics", "a.ics"))
    text = Path("a.ics").read_bytes().replace(b"\r\n ", b"").decode()
    uuid = next(iter(events(journey))).uuid
    entries = text.split("BEGIN:VEVENT")[1:]
    names = [entry.split("UID:")[1].split(f"-{uuid}")[0] for entry in entries]
    gone = {name for name, entry in zip(names, entries, strict=True) if "CANCELLED" in entry}
    planned = set(names) - gone
    assert len(names) == len(set(names)) and "first-ten" not in names
    assert {"images", "text", "recommend"} <= gone, "done, left, and of the earlier path"
    assert "backprop" in planned


@pytest.mark.parametrize(
    "arguments",
    [
        ["--hours", "0"],
        ["--hours", "200"],
        ["--hours", "0.00001"],
        ["--from", "tomorrow"],
        ["--ics", "x.ics"],
    ],
)
def test_odd_wishes_get_one_sentence(run: Run, arguments: list[str]) -> None:
    result = run("plan", *arguments)
    assert result.exit_code != 0 and "Traceback" not in result.output
    assert not Path("x.ics").exists()
