"""The map of the course: plain for a visitor, with the learner's own path for everyone else."""

import re
from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from tests.site.conftest import DESCENT, FILMS, LAYERS, unit_status

from undergrad.site.pages import pages
from undergrad.site.pages.graph import corners, path_line
from undergrad.site.pages.regions import path_words

ALL = (DESCENT, LAYERS, FILMS)
WIDTH, HEIGHT = 152, 42  # of a box


def following(status, *path, passed=(), upcoming=None):
    """The status of someone whose path leads through these units in this order."""
    beside = [unit for unit in ALL if unit not in path]
    states = {unit: "passed" for unit in passed}
    units = [
        unit_status(unit, written=True, state=states.get(unit, "not started"), on_path=unit in path)
        for unit in (*path, *beside)
    ]
    return replace(status, units=tuple(units), next=upcoming, passed=len(passed), total=len(path))


def drawn_and_listed(snapshot, status):
    page = pages(replace(snapshot, status=status))["index.md"]
    return page[page.index("{#map}") :].split('<details class="ug-map-list"')


def legs(drawing):
    return re.findall(r'<path( class="ug-passed")? d="([^"]+)"></path>', drawing)


def points(leg):
    """Every point that a leg of the path names: its two ends, and what bends it in between."""
    start, rest = re.fullmatch(r"M(-?\d+ -?\d+)([VC].+)", leg).groups()
    x, y = map(int, start.split())
    numbers = [int(each) for each in re.findall(r"-?\d+", rest)]
    later = [(x, numbers[0])] if rest[0] == "V" else list(zip(*[iter(numbers)] * 2, strict=True))
    return [(x, y), *later]


def test_a_visitor_sees_the_plain_map(snapshot):
    drawn, listed = drawn_and_listed(snapshot, None)
    assert 'data-unit="descent"' in drawn
    for mark in ("ug-path", "ug-step", "ug-here", "ug-beside", "broad line"):
        assert mark not in drawn
    assert "your path" not in listed


def test_the_picture_and_the_list_number_the_units_of_the_path(snapshot, status):
    drawn, listed = drawn_and_listed(snapshot, following(status, FILMS, DESCENT))
    boxes = re.findall(r'<a [^>]*?data-unit="(\w+)"([^>]*)>(.*?)</a>', drawn)
    found = {
        name: ("ug-beside" in attributes, re.findall(r'ug-step"[^>]*>(\d+) <', inside))
        for name, attributes, inside in boxes
    }
    assert found == {"films": (False, ["1"]), "descent": (False, ["2"]), "layers": (True, [])}
    for title, words in (
        (r"Films.*", "step 1 of your path"),
        ("Walk downhill", "step 2 of your path"),
        ("Layers", "not on your path"),
    ):
        assert re.search(rf"- \[{title}\]\([^)]*\), {words}, <span data-live", listed)


@pytest.mark.parametrize("path", [*permutations(ALL)])
@pytest.mark.parametrize("columns", [1, 2])
def test_each_leg_leads_from_one_box_to_the_next(course, status, path, columns):
    if columns == 1:
        stage = replace(course.stages[0], units=tuple(unit.id for unit in ALL))
        course = replace(course, stages=(stage,))
    at = corners(course)
    found = legs(path_line(course, following(status, *path)))
    assert len(found) == 2
    for (_, leg), units in zip(found, pairwise(path), strict=True):
        start, *between, end = points(leg)
        for (x, y), unit in zip((start, end), units, strict=True):
            left, top = at[unit.id]
            assert left <= x <= left + WIDTH and top < y < top + HEIGHT
        rows = abs(at[units[0].id][1] - at[units[1].id][1]) // 54
        if columns == 1 and rows > 1:  # else it would hide behind the box between them
            assert min(x for x, _ in between) > at[units[0].id][0] + WIDTH


def test_it_is_solid_between_passed_units_and_frames_the_next_one(course, status):
    mine = following(status, *ALL, passed=(DESCENT, LAYERS), upcoming="films")
    drawing = path_line(course, mine)
    assert [bool(walked) for walked, _ in legs(drawing)] == [True, False]
    x, y = corners(course)["films"]
    assert f'<rect class="ug-here" x="{x - 5}" y="{y - 5}"' in drawing
    assert "ug-here" not in path_line(course, replace(mine, next=None))


def test_the_words_say_what_is_passed_and_what_comes_next(course, status):
    mine = following(status, *ALL, passed=(DESCENT,), upcoming="films")
    assert path_words(course, mine) == (
        "The broad line is your path, All of it: follow the numbers. Passed so far: 1 of 3 units."
        " Next, in the frame: Films &amp; &lt;ratings&gt;."
    )
    done = path_words(course, following(status, *ALL, passed=ALL))
    assert done.endswith("3 of 3 units. Every unit of this path that is written is passed.")
