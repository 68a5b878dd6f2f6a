"""Time from events, the picture of progress, and `log` in words."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.progress import append, load_status

from undergrad.cli.app import cli
from undergrad.course.models import Course
from undergrad.journey import Event, Journey, create
from undergrad.journey.readme import MADE, progress_svg
from undergrad.journey.timeline import newest_days, spent

Make = Callable[..., Event]


@pytest.fixture
def event() -> Make:
    def make(minute: float, subject: str, kind: str = "check.finished", **more: object) -> Event:
        time = datetime.fromisoformat("2026-03-01T22:00:00.000000+00:00")
        moment = (time + timedelta(minutes=minute)).isoformat(timespec="microseconds")
        plain = Event("u", 1, moment, 0, kind, subject, "", 1, {}, "", "", "", "")
        return replace(plain, **more)

    return make


def test_time_counts_for_the_later_command_and_pauses_do_not(event: Make) -> None:
    history = [
        event(0, "alpha", "unit.started"),
        event(30, "alpha", outcome="fail"),
        event(40, "alpha", "hint.shown"),
        event(90, "beta"),  # after a pause
        event(100, "book", "resource.read"),
        event(110, "old-alpha", outcome="pass"),
        event(60, "alpha"),  # the clock was set back
    ]
    first, second = spent(history, ["alpha", "beta"], {"old-alpha": "alpha"})
    assert (first.unit, first.minutes) == ("alpha", 30 + 10 + 10)
    assert (first.checks, first.passes, first.hints) == (3, 1, 1)
    assert (second.unit, second.minutes, second.checks) == ("beta", 0, 1)


def test_a_day_is_the_learners_day(event: Make) -> None:
    history = [event(0, "a"), event(30, "a", offset=120), event(50, "a", offset=120)]
    days = newest_days(reversed(history))
    assert [(day.day.day, day.minutes, len(day.events)) for day in days] == [(2, 20, 2), (1, 0, 1)]
    assert days[0].events == tuple(history[1:])


def test_the_picture_says_each_state_by_its_shape(journey: Journey, course: Course) -> None:
    append(journey, "check.finished", "alpha", {"verdict": "pass"}, course=course)
    append(journey, "unit.started", "beta-two", course=course)
    append(journey, "unit.skipped", "gamma", course=course)
    picture = ET.fromstring(journey.picture.read_bytes())
    groups = [group for group in picture.iter() if group.tag.endswith("}g")]
    titles = [next(iter(group)).text for group in groups]
    assert titles == [
        "All about alpha: passed", "All about beta-two: started", "All about gamma: skipped",
        "All about delta: not written",
    ]  # fmt: skip
    shapes = {ET.tostring(group).decode().partition("</")[2][-60:] for group in groups}
    assert len(shapes) == 4
    assert picture.attrib["role"] == "img" and "1 of 3 units" in picture.attrib["aria-label"]
    assert b"prefers-color-scheme:dark" in ET.tostring(picture)


def test_the_picture_needs_nothing_from_elsewhere_and_no_names_break_it(
    journey: Journey, course: Course
) -> None:
    status = load_status(journey, course)
    hostile = replace(status, path_title='<script>alert("1")</script>\x1b\ud800' + "x" * 5000)
    drawn = progress_svg(hostile)
    assert ET.fromstring(drawn).attrib["width"] == "720"
    assert b"<script" not in drawn and b"href" not in drawn and b"url(" not in drawn
    many = tuple(replace(status.units[0], id=f"u{n}") for n in range(10_000))
    assert len(progress_svg(replace(status, units=many))) < 4000


def test_a_picture_of_the_learners_own_is_left_alone(tmp_path: Path, course: Course) -> None:
    (tmp_path / "progress.svg").write_bytes(b"<svg>mine</svg>")
    journey = create(tmp_path, course)
    append(journey, "check.finished", "alpha", {"verdict": "pass"}, course=course)
    assert journey.picture.read_bytes() == b"<svg>mine</svg>"
    journey.picture.write_bytes(b"<svg>" + MADE + b"</svg>")
    append(journey, "check.finished", "alpha", {"verdict": "fail"}, course=course)
    assert journey.picture.read_bytes() == progress_svg(load_status(journey, course))


def test_the_log_by_day_by_unit_and_summed_up(here: Journey) -> None:
    def log(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["log", *arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    assert "No unit has been started" in log("--times")
    for name in ("first-ten", "backprop", "backprop"):
        append(here, "check.finished", name, {"verdict": "fail"})
    append(here, "recall.answered", "backprop", {"item": "drill:backprop", "rating": 3})
    append(here, "from.the-future", "x", {"rating": []})
    said = log()
    assert said.index("from.the-future") < said.index("drill rated good") < said.index("created")
    assert f"{datetime.now():%A}" in said
    assert "first-ten" not in log("backprop") and "..." in log("--limit", "1")
    assert "backprop: 2 checks, 1 answer" in log("--times")
    times = json.loads(log("--times", "--json"))
    assert {each["unit"]: each["checks"] for each in times} == {"backprop": 2, "first-ten": 1}
    assert len(json.loads(log("backprop", "--json"))) == 3
