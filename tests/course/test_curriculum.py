"""The course itself: its counts, its paths as they were planned, and honest words about resources.

The numbers here come from the plan of the course, not from its code: they are the independent
side of the comparison.
"""

import re
from collections import Counter

import pytest

from undergrad import course
from undergrad.course import Course
from undergrad.locate import data_path

# Hours that the plan gives each path, to the nearest hour.
PLANNED_HOURS = {
    "two-week": 95,
    "full": 431,
    "fast-practical": 117,
    "maths-first": 159,
    "rl": 236,
    "language-models": 200,
    "researcher": 296,
    "deep-one": 100,
    "overview": 55,
}
ASSUMED = {
    "two-week": "text vectors derivatives descent likelihood",
    "full": "",
    "fast-practical": "matcalc likelihood optim init-norm attention probability",
    "maths-first": "sequence",
    "rl": "vectors matcalc likelihood solve debug-data",
    "language-models": "descent regularise sequence conv td",
    "researcher": "spectra text vectors derivatives descent probability backprop mdp monte-carlo",
    "deep-one": "matcalc likelihood descent init-norm regularise probability",
    "overview": "probability conv mcts init-norm policy-gradient",
}
NO_REPLACEMENT = {"grokking-code", "darknet", "tf-cert", "spinup", "ucl18-hw"}


@pytest.fixture(scope="module")
def loaded() -> Course:
    return course.load()


def test_six_stages_and_all_their_units(loaded: Course) -> None:
    assert [len(stage.units) for stage in loaded.stages] == [5, 9, 16, 3, 14, 3]
    assert [unit.id for unit in loaded.units] == [
        name for stage in loaded.stages for name in stage.units
    ]
    assert all(unit.title and unit.outcomes and unit.minutes.total > 0 for unit in loaded.units)


def test_the_hours_of_every_path_are_the_planned_ones(loaded: Course) -> None:
    minutes = {path.id: course.path_length(loaded, path).all_minutes for path in loaded.paths}
    assert {path: round(each / 60) for path, each in minutes.items()} == PLANNED_HOURS


def test_what_each_path_assumes(loaded: Course) -> None:
    for path in loaded.paths:
        assert set(course.assumed(loaded, path)) == set(ASSUMED[path.id].split()), path.id


def test_no_path_puts_a_unit_before_what_it_needs(loaded: Course) -> None:
    for path in loaded.paths:
        place = {name: index for index, name in enumerate(path.units)}
        for name in path.units:
            before = {need.id for need in course.prerequisites(loaded, name)} & place.keys()
            assert all(place[need] < place[name] for need in before), (path.id, name)


def test_the_two_weeks_are_planned_whole_and_in_order(loaded: Course) -> None:
    path = loaded.path("two-week")
    assert tuple(name for row in path.timetable for name in row.units) == path.units
    days = [int(day) for row in path.timetable for day in re.findall(r"\d+", row.days)]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (1, 14)
    chapters = [int(each) for row in path.timetable for each in re.findall(r"\d+", row.chapters)]
    assert chapters == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]


def test_every_resource_of_the_documents_and_of_the_additions(loaded: Course) -> None:
    origins = Counter(each.named_in for each in loaded.resources)
    # 28 of the stages, 7 project ideas, 4 that the introduction links; 50 complements, 72 papers
    # and 5 substitutes for project ideas.
    assert origins == {"original": 28 + 7 + 4, "added": 50 + 72 + 5}
    used = {each.id for unit in loaded.units for each in unit.resources}
    used |= {name for stage in loaded.stages for name in stage.resources}
    assert {each.id for each in loaded.resources} == used


def test_what_has_drifted_names_its_substitute(loaded: Course) -> None:
    for each in loaded.resources:
        if each.status in ("dead", "dated"):
            assert bool(each.substitute) != (each.id in NO_REPLACEMENT), each.id
        if each.substitute:
            assert loaded.resource(each.substitute).status == "ok", each.id


def test_an_address_was_seen_or_the_note_says_otherwise(loaded: Course) -> None:
    for each in loaded.resources:
        assert each.note, each.id
        if each.url is None:
            assert not each.checked_on, each.id
        elif not each.checked_on:
            assert "not yet verified" in each.note, each.id
    assert "memory" in loaded.resource("tf-cert").note


def test_nobody_has_to_pay_to_get_through_a_unit(loaded: Course) -> None:
    for unit in loaded.units:
        assert any(loaded.resource(each.id).free == "yes" for each in unit.resources), unit.id


def test_every_outlined_unit_offers_two_kinds_of_resources(loaded: Course) -> None:
    for unit in loaded.units:
        kinds = {loaded.resource(each.id).kind for each in unit.resources}
        assert unit.written or len(kinds) >= 2, unit.id


def test_papers_named_in_notes_exist(loaded: Course) -> None:
    known = {each.id for each in loaded.resources}
    for path in loaded.paths:
        for note in path.notes:
            assert set(re.findall(r"\bp-[a-z0-9]+\b", note)) <= known


def test_stage_pages_are_pages(loaded: Course) -> None:
    for stage in loaded.stages:
        text = (data_path("curriculum") / stage.id / "stage.md").read_text(encoding="utf-8")
        body = text.split("---\n", 2)[2]
        assert f"# {stage.title}\n" in body
        assert 250 <= len(body.split()) <= 450
        assert "## What you can do afterwards" in body
        assert "## How to go through it" in body


BARRED = re.compile(
    r"neuron|\bbrain|axon|synap|dendrit|\bfail(ed|ure)? you\b|your fault|lazy|!", re.I
)


def test_the_words_stay_plain_and_friendly(loaded: Course) -> None:
    pages = [*data_path("curriculum").glob("*/stage.md"), data_path("curriculum") / "paths.yaml"]
    for page in pages:
        assert not BARRED.search(page.read_text(encoding="utf-8").replace("<!--", "")), page
    for unit in loaded.units:
        assert not BARRED.search(" ".join((unit.title, *unit.outcomes))), unit.id
    for each in loaded.resources:
        assert not BARRED.search(each.note), each.id


def test_every_unit_reads_the_same_with_each_preference(loaded: Course) -> None:
    for unit in loaded.units:
        for kind in ("", *course.PREFERENCES):
            ordered = course.ordered_resources(loaded, unit, kind)
            assert set(ordered) == set(unit.resources)
        assert course.ordered_resources(loaded, unit, "") == unit.resources


def test_the_preference_puts_its_route_first(loaded: Course) -> None:
    forward = loaded.unit("forward")
    for stage_route in loaded.stage("3-deep-dive").routes:
        recommended = {each.id for each in forward.resources}
        main = [name for name in stage_route.resources if name in recommended]
        ordered = course.ordered_resources(loaded, forward, stage_route.prefer)
        assert [each.id for each in ordered[: len(main)]] == main
    firsts = {course.ordered_resources(loaded, forward, kind)[0] for kind in course.PREFERENCES}
    assert len(firsts) > 1


def test_letters_of_a_unit_are_single_letters_with_a_meaning(loaded: Course) -> None:
    explained = [each for unit in loaded.units for each in unit.letters]
    assert len(explained) > 60
    assert all(len(letter) == 1 and meaning for letter, meaning in explained)
    backprop = dict(loaded.unit("backprop").letters)
    assert backprop["M"] == "outputs of a layer" and set(backprop) == set("NDMK")
