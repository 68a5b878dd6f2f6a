"""Finding units, resources, stages and paths; what a path leaves out and how long it takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from undergrad import course
from undergrad.course import Course, LearningPath, compile_course
from undergrad.errors import UsageError


@pytest.fixture
def weather(small: Path) -> Course:
    return compile_course(small)


def test_by_id_and_by_an_old_id(weather: Course) -> None:
    assert weather.unit("rain") is weather.unit("drizzle")
    assert weather.resource("atlas").title == "Atlas of clouds"
    assert weather.path("short").units == ("wind", "storm")
    assert weather.stage("2") == weather.stage("2-second")


@pytest.mark.parametrize("look", [Course.unit, Course.resource, Course.stage, Course.path])
def test_unknown_ids_say_what_there_is(weather: Course, look) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=r"There is no \w+ `zzzz`: there are \w+"):
        look(weather, "zzzz")


def test_did_you_mean(weather: Course) -> None:
    with pytest.raises(UsageError, match="did you mean `storm`\\?"):
        weather.unit("strom")


def test_the_folder_of_a_unit() -> None:
    loaded = course.load()
    for unit in loaded.units:
        if unit.written:
            assert "TODO 1" in course.blank_exercise(unit)
        else:
            with pytest.raises(UsageError, match="outline"):
                course.unit_folder(unit)


def test_prerequisites_reach_all_the_way_down(weather: Course) -> None:
    assert [unit.id for unit in course.prerequisites(weather, "storm")] == ["rain", "wind"]
    assert course.prerequisites(weather, "drizzle") == ()


def test_assumed_are_the_direct_needs_outside_the_path(weather: Course) -> None:
    assert course.assumed(weather, weather.path("short")) == ("rain",)
    assert course.assumed(weather, weather.path("all")) == ()
    only_storm = LearningPath("x", "x", "x", ("storm",))
    assert course.assumed(weather, only_storm) == ("wind",)


def test_a_length_says_what_is_ready_and_what_is_being_written(weather: Course) -> None:
    short = course.path_length(weather, weather.path("short"))
    assert short.all_minutes == 35 + 100
    ready = [unit for unit in map(weather.unit, weather.path("short").units) if unit.written]
    assert (short.ready, short.minutes) == (len(ready), sum(u.minutes.total for u in ready))
    assert short.ready + short.coming == len(weather.path("short").units)
    empty = course.path_length(weather, replace(weather.paths[0], units=()))
    assert (empty.ready, empty.minutes, empty.coming) == (0, 0, 0)


def test_the_words_of_a_length() -> None:
    assert str(course.Length(9, 57 * 60, 15, 199 * 60)) == "9 units (57 h) ready, 15 being written"
    assert str(course.Length(1, 90, 0, 90)) == "1 unit, 1 h 30 min"
    assert str(course.Length(0, 0, 12, 6000)) == "12 units being written"
