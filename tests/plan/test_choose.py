"""From answers to a path: the real questions of the course, answered in every way that matters."""

from dataclasses import replace

import pytest

from undergrad.course import fitted, load, prerequisites
from undergrad.plan import choose
from undergrad.plan.choose import fit

COURSE = load()
AGENTS, WORK = "Build agents and play games", "Solve a problem at work"
SOON, FRAMEWORK = (
    "I have a date within three weeks",
    "Yes, and I have used a deep-learning framework",
)


def answers_of(question: str) -> list[str]:
    return [
        answer for each in COURSE.questions if each.id == question for answer, _ in each.answers
    ]


def test_there_are_six_questions_and_every_answer_is_understood() -> None:
    assert len(COURSE.questions) == 6
    for answer in answers_of("destination"):
        (found,) = choose(COURSE, {"destination": answer}).paths
        assert COURSE.path(found)
    assert {choose(COURSE, {"prefer": a}).prefer for a in answers_of("prefer")} == {
        "video", "book", "lectures",
    }  # fmt: skip


def test_all_skipped_is_the_full_path_and_nothing_else() -> None:
    choice = choose(COURSE, {})
    assert (choice.paths, choice.prefer, choice.hours, choice.goal) == (("full",), "", None, "")
    assert fit(COURSE, {}, "full") == ((), ())


def test_a_date_beats_ability_and_both_beat_nothing() -> None:
    given = {"destination": AGENTS, "code": FRAMEWORK, "time": SOON}
    assert choose(COURSE, given).paths == ("two-week",)
    del given["time"]
    assert choose(COURSE, given).paths == ("two-week", "rl")  # a tie: both are shown
    del given["code"]
    assert choose(COURSE, given).paths == ("rl",)


def test_answers_nobody_knows_count_as_skipped() -> None:
    odd = {"destination": "The moon", "nothing": "at all", "why": "  to \n know "}
    assert choose(COURSE, odd) == replace(choose(COURSE, {}), goal="to know")


def test_a_destination_adds_its_units_to_its_own_path_only() -> None:
    fast = {"destination": "Make models run faster"}
    add, _ = fit(COURSE, fast, "deep-one")
    assert set(add) == {"floats", "transformer"}  # conv is on the path already
    assert fit(COURSE, fast, "rl") == ((), ())


def test_new_to_array_code_begins_with_the_first_stage() -> None:
    add, _ = fit(COURSE, {"code": "Not yet", "destination": AGENTS}, "rl")
    units = fitted(COURSE, COURSE.path("rl"), add, ()).units
    assert units[:5] == COURSE.stage("1").units


@pytest.mark.parametrize("name", [each.id for each in COURSE.paths])
def test_mathematics_in_line_leaves_no_gap_and_recaps_take_it_out(name: str) -> None:
    maths = set(COURSE.stage("2").units)
    chosen = COURSE.path(name)
    in_line = fitted(COURSE, chosen, *fit(COURSE, {"maths": "None or one"}, name)).units
    for each in in_line:
        assert {n.id for n in prerequisites(COURSE, each)} & maths <= set(in_line)
    known = fitted(COURSE, chosen, *fit(COURSE, {"maths": "All three"}, name)).units
    assert not set(known) & maths
    assert [u for u in known if u not in maths] == [u for u in chosen.units if u not in maths]


def test_added_units_stand_before_what_needs_them() -> None:
    for chosen in COURSE.paths:
        units = fitted(COURSE, chosen, [u.id for u in COURSE.units], ()).units
        assert set(units) == {each.id for each in COURSE.units}
        added = set(units) - set(chosen.units)
        for name in added:
            needs = set(COURSE.unit(name).needs) & added
            assert all(units.index(need) < units.index(name) for need in needs)
