"""Whatever has happened, the terminal, `--json`, the pages, the README, the picture and the plan
say the same about it."""

import html
import re
from dataclasses import asdict
from datetime import date
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from undergrad.cli.path import path_lines, paths_data
from undergrad.cli.status import done_lines, status_lines
from undergrad.course import load, path_length
from undergrad.journey import PASSED, Event, Status, make_status, task_verdicts
from undergrad.journey.readme import new_readme, progress_svg
from undergrad.plan import lay_out
from undergrad.site.links import from_root, unit_page
from undergrad.site.pages.regions import all_regions
from undergrad.words import left_words, plural

COURSE = load()
WRITTEN = [unit for unit in COURSE.units if unit.written]
PATHS = [path.id for path in COURSE.paths]
TODAY = date(2026, 3, 2)
Happened = tuple[str, str, dict[str, Any]]


@st.composite
def checks(draw: st.DrawFn) -> Happened:
    unit = draw(st.sampled_from([*WRITTEN, *WRITTEN, *COURSE.units]))  # an outline was once written
    verdicts = draw(st.sampled_from([("pass",), ("fail", "pass"), ("error", "not-run", "pass")]))
    tasks = [{"task": t.number, "verdict": draw(st.sampled_from(verdicts))} for t in unit.tasks]
    found = {task["verdict"] for task in tasks}
    verdict = next((v for v in ("error", "fail", "not-run") if v in found), "pass")
    check_hash = draw(st.sampled_from([unit.check_hash, "older"]))
    return "check.finished", unit.id, {"verdict": verdict, "check_hash": check_hash, "tasks": tasks}


units = st.sampled_from([unit.id for unit in COURSE.units])
kinds = st.sampled_from(["unit.started", "unit.skipped", "unit.reset", "hint.shown"])
choices = st.builds(
    lambda path, add, leave: ("path.chosen", "", {"path": path, "add": add, "leave": leave}),
    st.sampled_from(PATHS),
    st.lists(units, max_size=3, unique=True),
    st.lists(units, max_size=3, unique=True),
)
histories = st.lists(
    st.one_of(checks(), checks(), st.tuples(kinds, units, st.just({})), choices), max_size=25
)


def _status(history: list[Happened]) -> Status:
    counts: dict[tuple[str, str, str], int] = {}
    events = []
    for number, (kind, subject, data) in enumerate(history, 1):
        group = kind, subject, str(data.get("verdict", ""))
        counts[group] = counts.get(group, 0) + 1
        time = f"2026-01-{number:02d}T10:00:00.000000+00:00"
        events.append(
            Event(str(number), number, time, 0, kind, subject, group[2], counts[group], data, "",
                  str(data.get("check_hash", "")), "", "")
        )  # fmt: skip
    return make_status(COURSE, "journey", events)


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "88")


@given(histories)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_all_views_say_the_same(history: list[Happened]) -> None:
    _all_agree(_status(history))


@pytest.mark.parametrize("last", ["passed", "skipped", "off the path"])
def test_all_views_say_the_same_at_the_end_of_a_path(last: str) -> None:
    path = COURSE.path("overview")
    passed = {"verdict": "pass", "check_hash": "", "tasks": []}
    history: list[Happened] = [("path.chosen", "", {"path": path.id})]
    history += [("check.finished", name, passed) for name in path.units]
    if last == "skipped":
        history[1] = ("unit.skipped", next(n for n in path.units if COURSE.unit(n).written), {})
    if last == "off the path":
        history.append(("unit.skipped", "backprop", {}))
    status = _status(history)
    assert status.next is None
    assert ("skipped" in status.done_sentence) == (last == "skipped")
    _all_agree(status)


def _all_agree(status: Status) -> None:
    terminal = " ".join(click.unstyle(" ".join(status_lines(status))).split())
    regions = {name: _plain(text) for name, text in all_regions(COURSE, status, from_root).items()}
    page = all_regions(COURSE, status, from_root)["continue"]
    readme, picture = new_readme(status).decode(), progress_svg(status).decode()
    plan = lay_out(status, 6, TODAY)

    passed = f"{status.passed} of {plural(status.total, 'unit')} passed"
    left = left_words(status.minutes_left, status.coming)
    assert f"{passed}, {left}." in terminal
    assert passed in readme and passed in picture
    assert f"{status.passed} of {status.total}" in regions["overall"]

    assert sum(slot.minutes for slot in plan.slots) == status.minutes_left
    assert plan.unwritten == status.coming
    following = status.next and status.unit(status.next)
    assert [slot.unit for slot in plan.slots][:1] == ([status.next] if following else [])
    if following:
        assert unit_page(COURSE.unit(following.id)).removesuffix(".md") in page
        assert following.title in regions["continue"] and following.title in terminal
        assert left in regions["continue"] and following.title in readme
        assert f"> {following.id}: {following.sentence}" in terminal
    else:
        assert status.minutes_left == 0 and next(done_lines(status)) in terminal
        assert status.done_sentence in terminal and status.done_sentence in regions["continue"]

    paths = paths_data(COURSE, status)
    (mine,) = (each for each in paths["paths"] if each["id"] == status.path)
    assert (mine["minutes_left"], mine["coming"]) == (status.minutes_left, status.coming)
    (line,) = (text for text in path_lines(COURSE, status) if ">" in text)
    assert left in click.unstyle(line)

    for stage in status.stages:
        here = [unit for unit in status.units if unit.stage == stage.id]
        assert stage.total + stage.coming + stage.outside == len(here)
        words = f"{stage.passed} of {stage.total}" if stage.total else stage.rest
        assert words in regions[f"stage:{stage.id}"] and stage.rest in regions[f"stage:{stage.id}"]
        assert words in terminal
        if stage.total:
            assert f"| {words} |" in readme and f">{words}</text>" in picture
    assert sum(stage.passed for stage in status.stages) == status.passed
    assert sum(stage.total for stage in status.stages) == status.total

    for unit in status.units:
        assert regions[f"chip:{unit.id}"] == unit.label.capitalize()
        assert unit.sentence.startswith(unit.label)
        if unit.attempts and unit.written:
            assert unit.tally in regions[f"row:{unit.id}"]
        if unit.on_path:
            assert f"{html.escape(unit.title)}: {unit.label}" in picture
        verdicts = set(task_verdicts(unit.last_check).values())
        if unit.state in PASSED and verdicts - {"pass"}:
            assert "now" in unit.tally, "a pass never stands alone beside a failing check"
        if unit.state in PASSED:
            assert unit.minutes_left == 0
    data = asdict(status)
    assert [each["state"] for each in data["units"]] == [each.state for each in status.units]


@pytest.mark.parametrize("path", COURSE.paths, ids=PATHS)
def test_a_path_is_as_long_as_what_is_left_of_it_at_the_beginning(path) -> None:
    status = _status([("path.chosen", "", {"path": path.id})])
    length = path_length(COURSE, path)
    assert (status.minutes_left, status.total) == (length.minutes, length.ready)
    assert status.coming == length.coming
