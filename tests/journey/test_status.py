"""Status as a pure function of events."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from undergrad.course.models import Course
from undergrad.journey import Event, UnitStatus, make_status, task_verdicts

Story = list[tuple[str, str, dict[str, Any]]]


def _events(story: Story) -> list[Event]:
    counts: dict[tuple[str, str, str], int] = {}
    told = []
    for sequence, (kind, subject, data) in enumerate(story, 1):
        outcome = str(data.get("verdict", "")) if kind == "check.finished" else ""
        nth = counts[kind, subject, outcome] = counts.get((kind, subject, outcome), 0) + 1
        time = f"2026-01-{sequence:02d}T10:00:00.000000+00:00"
        check_hash = str(data.get("check_hash", ""))
        told.append(
            Event(f"u{sequence}", sequence, time, 60, kind, subject, outcome, nth, data, "7",
                  check_hash, "", "")
        )  # fmt: skip
    return told


def _unit(course: Course, story: Story, name: str) -> UnitStatus:
    units = make_status(course, "way", _events(story)).units
    return next(unit for unit in units if unit.id == name)


def _check(unit: str, verdict: str, check_hash: str = "", *tasks: str) -> tuple[str, str, Any]:
    results = [{"task": n, "function": f"f{n}", "verdict": v} for n, v in enumerate(tasks, 1)]
    data = {"verdict": verdict, "check_hash": check_hash or f"{unit}-1", "tasks": results}
    return ("check.finished", unit, data)


STATES: dict[str, tuple[Story, str]] = {
    "nothing": ([], "not started"),
    "only hints": ([("hint.shown", "alpha", {"task": 1, "rung": 1})], "not started"),
    "started": ([("unit.started", "alpha", {})], "started"),
    "failed": ([_check("alpha", "fail")], "started"),
    "passed": ([_check("alpha", "pass")], "passed"),
    "passed, then broken": ([_check("alpha", "pass"), _check("alpha", "fail")], "passed"),
    "passed, then reset": ([_check("alpha", "pass"), ("unit.reset", "alpha", {})], "passed"),
    "the check changed": ([_check("alpha", "pass", "alpha-0")], "passed an earlier version"),
    "passed both": (
        [_check("alpha", "pass", "alpha-0"), _check("alpha", "pass", "alpha-1")],
        "passed",
    ),
    "skipped": ([("unit.skipped", "alpha", {"because": "later"})], "skipped"),
    "skipped, then tried": ([("unit.skipped", "alpha", {}), _check("alpha", "fail")], "started"),
    "tried, then skipped": ([_check("alpha", "fail"), ("unit.skipped", "alpha", {})], "skipped"),
    "passed, then skipped": ([_check("alpha", "pass"), ("unit.skipped", "alpha", {})], "passed"),
}


@pytest.mark.parametrize(("story", "state"), STATES.values(), ids=STATES.keys())
def test_state(course: Course, story: Story, state: str) -> None:
    assert _unit(course, story, "alpha").state == state


SENTENCES: dict[str, tuple[Story, str]] = {
    "nothing": ([], "not started"),
    "started": ([("unit.started", "alpha", {})], "started"),
    "half": ([_check("alpha", "fail", "", "pass", "fail")], "started, 1 of 2 tasks pass"),
    "passed": ([_check("alpha", "pass", "", "pass", "pass")], "passed on 1 January 2026"),
    "passed, then broken": (
        [
            _check("alpha", "pass", "", "pass", "pass"),
            _check("alpha", "error", "", "error", "pass"),
        ],
        "passed on 1 January 2026, 1 of 2 tasks pass now",
    ),
    "an earlier version, then broken": (
        [_check("alpha", "pass", "older", "pass", "pass"), _check("alpha", "fail", "", "fail")],
        "passed an earlier version, 0 of 2 tasks pass now",
    ),
    "tried, then skipped": (
        [_check("alpha", "fail", "", "pass", "fail"), ("unit.skipped", "alpha", {})],
        "skipped, 1 of 2 tasks pass",
    ),
    "outside the path": (
        [("path.chosen", "", {"path": "late", "leave": ["alpha"]})],
        "taken as known",
    ),
    "not written": ([("path.chosen", "", {"path": "full"})], "not written"),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_of_a_unit(course: Course, name: str) -> None:
    story, sentence = SENTENCES[name]
    subject = {"outside the path": "beta-two", "not written": "delta"}.get(name, "alpha")
    assert _unit(course, story, subject).sentence == sentence


def test_counts_and_times(course: Course) -> None:
    unit = _unit(
        course,
        [
            _check("alpha", "fail", "", "pass", "fail"),
            _check("alpha", "fail", "", "pass", "fail"),
            _check("alpha", "error", "", "pass", "not-run"),
            ("hint.shown", "alpha", {"task": 2, "rung": 1}),
            ("hint.shown", "alpha", {"task": 2, "rung": 2}),
            ("solution.shown", "alpha", {}),
        ],
        "alpha",
    )
    assert (unit.attempts, unit.hints, unit.solution_seen) == (3, 2, True)
    assert (unit.tasks_passed, unit.tasks, unit.last_verdict) == (1, 2, "error")
    assert (unit.passed_at, unit.last_checked_at) == (None, "2026-01-03T10:00:00.000000+00:00")
    assert unit.last_check is not None and unit.last_check["verdict"] == "error"


def test_a_reset_empties_the_tasks(course: Course) -> None:
    story: Story = [_check("alpha", "fail", "", "pass", "fail"), ("unit.reset", "alpha", {})]
    assert _unit(course, story, "alpha").tasks_passed == 0
    assert _unit(course, story, "alpha").attempts == 1


def test_a_renamed_unit_keeps_its_progress(course: Course) -> None:
    story: Story = [
        _check("beta", "fail"),
        _check("beta", "pass", "beta-two-1"),
        ("hint.shown", "beta-two", {}),
        ("hint.shown", "beta", {}),
        _check("beta-two", "fail"),
    ]
    unit = _unit(course, story, "beta-two")
    assert (unit.state, unit.attempts, unit.hints) == ("passed", 3, 2)


def test_an_unknown_unit_is_kept_and_blocks_nothing(course: Course) -> None:
    shown = make_status(course, "way", _events([_check("zeta", "pass"), _check("alpha", "pass")]))
    assert shown.unknown == ("zeta",)
    assert (shown.passed, shown.next) == (1, "beta-two")


def test_next_is_the_first_open_written_unit_of_the_path(course: Course) -> None:
    story: Story = [("journey.created", "", {"path": "full", "goal": "know"})]
    following = []
    for unit in ("alpha", "gamma", "beta-two"):
        shown = make_status(course, "way", _events(story))
        following.append(shown.next)
        story.append(_check(unit, "pass"))
    done = make_status(course, "way", _events(story))
    assert following == ["alpha", "beta-two", "beta-two"]
    assert (done.next, done.passed, done.total, done.minutes_left) == (None, 3, 3, 0)


def test_path_and_goal_are_the_newest(course: Course) -> None:
    story: Story = [
        ("journey.created", "", {"path": "full", "goal": "know"}),
        ("path.chosen", "", {"path": "late"}),
        ("goal.set", "", {"goal": "build"}),
    ]
    shown = make_status(course, "way", _events(story))
    assert (shown.path, shown.path_title, shown.goal) == ("late", "The end first", "build")
    assert [unit.id for unit in shown.units] == ["gamma", "alpha", "beta-two", "delta"]
    assert [unit.id for unit in shown.units if unit.assumed] == ["beta-two"]
    assert [(stage.passed, stage.total) for stage in shown.stages] == [(0, 1), (0, 1)]
    assert shown.minutes_left == 70
    unknown = make_status(course, "way", _events([("path.chosen", "", {"path": "gone"})]))
    assert unknown.path == "full"


def test_resources_and_capstones(course: Course) -> None:
    story: Story = [
        ("resource.read", "book", {}),
        ("resource.read", "beta", {}),  # a resource may share its id with an old unit
        ("resource.read", "book", {}),
        ("capstone.created", "mine", {"kind": "supervised"}),
        ("capstone.checked", "mine", {"passed": False}),
        ("capstone.checked", "mine", {"passed": True}),
    ]
    shown = make_status(course, "way", _events(story))
    assert shown.read == ("beta", "book")
    (capstone,) = shown.capstones
    assert (capstone["name"], capstone["kind"]) == ("mine", "supervised")
    assert capstone["report"] == {"passed": True}


@pytest.mark.parametrize(
    "check",
    [None, {}, {"tasks": 3}, {"tasks": [1, None, {"task": "x"}]}, {"tasks": {"task": 1}}],
)
def test_a_record_of_unknown_shape_stops_nothing(check: dict[str, Any] | None) -> None:
    assert task_verdicts(check) == {}


def test_a_task_passes_when_all_its_checks_do() -> None:
    results = [(1, "pass"), (1, "fail"), (1, "pass"), (2, "pass")]
    check = {"tasks": [{"task": task, "verdict": verdict} for task, verdict in results]}
    assert task_verdicts(check) == {1: "fail", 2: "pass"}


_STEP = st.one_of(
    st.builds(_check, st.sampled_from(["alpha", "beta", "beta-two", "zeta"]),
              st.sampled_from(["pass", "fail", "error"]), st.sampled_from(["alpha-1", "old"])),
    st.tuples(
        st.sampled_from(["unit.started", "unit.skipped", "unit.reset", "hint.shown"]),
        st.sampled_from(["alpha", "beta", "gamma"]),
        st.just({}),
    ),
    st.tuples(st.just("goal.set"), st.just(""), st.fixed_dictionaries({"goal": st.text()})),
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=st.lists(_STEP, max_size=25), order=st.randoms())
def test_the_newest_events_say_as_much_as_all(course: Course, story: Story, order: Any) -> None:
    history = _events(story)
    newest = list({(e.kind, e.subject, e.outcome): e for e in history}.values())
    order.shuffle(newest)
    assert make_status(course, "way", newest) == make_status(course, "way", history)
