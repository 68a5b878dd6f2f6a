"""Regions in the text of a page: filled while it is served, and no reason to build it again."""

from dataclasses import replace

from tests.site.conftest import DESCENT, unit_status

from undergrad.site.filling import contents, emptied, filled
from undergrad.site.links import from_root
from undergrad.site.pages import pages
from undergrad.site.pages.regions import all_regions

PAGE = (
    '<p><span data-live="chip:a"><span class="ug-chip" data-state="started">Started</span></span>'
    '<div data-live="result:a" class="x" role="status"><p>old</p></div> stays</p>'
    '<a href="a.html" data-unit="a" data-state="started">A</a>'
)


def test_a_region_is_filled_and_what_stands_around_it_stays():
    chip = '<span class="ug-chip" data-state="passed">Passed</span>'
    assert filled(PAGE, {"chip:a": chip, "result:a": "<p>new</p>", "other": "x"}) == (
        f'<p><span data-live="chip:a">{chip}</span>'
        '<div data-live="result:a" class="x" role="status"><p>new</p></div> stays</p>'
        '<a href="a.html" data-unit="a" data-state="passed">A</a>'
    )


def test_a_page_without_news_stays_as_it_is():
    assert filled(PAGE, {}) == PAGE
    assert filled("<p>plain</p>", {"chip:a": "x"}) == "<p>plain</p>"


def test_emptied_pages_differ_only_by_what_is_no_region():
    other = PAGE.replace("tarted", "kipped").replace("old", "<b>other</b>")
    assert emptied(PAGE) == emptied(other) != emptied(PAGE.replace("stays", "goes"))


def test_what_a_learner_does_needs_no_build_and_another_path_does(snapshot, status, today):
    before = replace(snapshot, status=status, today=today)
    passed = unit_status(DESCENT, state="passed", last_verdict="pass", attempts=3)
    units = (passed, *status.units[1:])
    after = replace(status, units=units, passed=1, goal="another", minutes_left=0)
    after = replace(after, read=(), next="layers")
    assert contents(before) == contents(replace(before, status=after))
    assert contents(before) != contents(replace(before, status=replace(status, path_title="X")))


def test_a_filled_page_is_what_a_build_would_give(course, snapshot, status):
    passed = unit_status(DESCENT, state="passed", last_verdict="pass", attempts=3)
    now = replace(status, units=(passed, *status.units[1:]), passed=1)
    old, new = (pages(replace(snapshot, status=each)) for each in (status, now))
    regions = all_regions(course, now, from_root)
    for name, page in old.items():
        # only the addresses differ: a page's own are relative
        assert emptied(filled(page, regions)) == emptied(new[name])
        assert filled(page, regions) == filled(new[name], regions)
