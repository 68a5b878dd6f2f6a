"""The generator: what stands on which page, from a snapshot alone."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import pytest
from jinja2 import UndefinedError

from undergrad.errors import CourseError
from undergrad.markup import escape
from undergrad.runs import Run, SeedResult
from undergrad.site.links import from_page, from_root, resolve_unit_links, unit_page
from undergrad.site.pages import navigation, pages
from undergrad.site.pages.regions import all_regions
from undergrad.site.pages.units import split_after_section
from undergrad.site.snapshot import Lesson, Media
from undergrad.site.templating import fill, inline
from undergrad.site.workdir import menu
from undergrad.words import plural

DESCENT = "course/1-start/descent/index.md"


def _run(tmp_path: Path, **changes: object) -> Run:
    run = Run(
        id="cartpole-20261120-101500",
        folder=tmp_path,
        preset="cartpole",
        title="A pole <upright>",
        kind="reinforcement",
        state="finished",
        started="2026-11-20T10:15:00+00:00",
        seconds=61.4,
        verdict="pass",
        pass_line="at least 475",
        summary="All seeds pass.",
        seeds=(SeedResult(3, "pass", 498.25, 3.5, 42000, 60.9, tmp_path / "seed-3"),),
        settings={},
        engine="",
        plots=("returns",),
        clips=("after.webp",),
    )
    return replace(run, **changes)


def test_every_page_exists_and_says_what_it_is_made_from(snapshot):
    found = pages(snapshot)
    assert set(found) == {
        "index.md",
        "course/index.md",
        "course/1-start/index.md",
        "course/2-deep/index.md",
        DESCENT,
        "course/2-deep/layers/index.md",
        "course/2-deep/films/index.md",
        "play.md",
        "progress.md",
        "runs/index.md",
        "paths/index.md",
        "paths/questions.md",
        "paths/full.md",
        "resources.md",
        "glossary.md",
    }
    for name, text in found.items():
        assert "\n<!-- generated from " in text, name
        assert "\r" not in text
        assert text.startswith("---\ntitle: ")


def test_the_same_snapshot_gives_the_same_bytes(snapshot, status):
    full = replace(snapshot, status=status)
    assert pages(full) == pages(full)
    assert list(pages(full)) == list(pages(full))


def test_the_menu_names_every_generated_page(snapshot, tmp_path):
    full = replace(snapshot, runs=(_run(tmp_path),))
    named = set(re.findall(r"[\w/.-]+\.md", str(navigation(menu(), full))))
    assert set(pages(full)) <= named


def test_home_begins_with_what_to_do_now(snapshot, status):
    page = pages(replace(snapshot, status=status))["index.md"]
    first_link = re.search(r'<a class="ug-continue" href="([^"]*)"', page)
    assert first_link
    assert first_link.group(1) == "course/1-start/descent/index.html"
    assert page.index("Continue:") < page.index("The six stages") < page.index("The map")


def test_home_draws_every_unit_and_every_prerequisite_and_lists_them(snapshot):
    page = pages(snapshot)["index.md"]
    drawn, listed = page.split('<details class="ug-map-list"')
    for unit in snapshot.course.units:
        assert f'data-unit="{unit.id}"' in drawn
        assert f"[{escape(unit.title)}]({unit_page(unit)})" in listed
        for need in unit.needs:
            assert f'data-from="{need}" data-to="{unit.id}"' in drawn
    assert "builds on Layers, Walk downhill" in listed


def test_a_unit_page_has_its_blocks_in_order(snapshot, status):
    page = pages(replace(snapshot, status=status))[DESCENT]
    order = [
        "# Walk downhill",
        'id="status"',
        "1 h 25 min",
        "You will build",
        "## Build it",
        "## this is a comment",
        "undergrad check descent",
        'class="ug-exercise" data-unit="descent"',
        "While <code>undergrad serve</code> runs in your journey",  # where there is no editor
        'role="status" aria-live="polite"',
        "{#hints}",
        "Show a worked solution",
        "## Break it",
        "Why minus?",
        "{#resources}",
        "many weights: [Layers]",
        "{#next}",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_a_visitor_reads_what_this_is_and_a_learner_what_to_do(snapshot, status):
    visitor = pages(replace(snapshot, status=None))["index.md"]
    ready = [unit for unit in snapshot.course.units if unit.written]
    assert f"Ready today: {plural(len(ready), 'unit')} with" in visitor
    assert "make start" in visitor and "Your goal" not in visitor
    learner = pages(replace(snapshot, status=status))["index.md"]
    assert "make start" not in learner and "Your goal" in learner


def test_hints_are_nested_so_that_each_rung_takes_a_step(snapshot):
    page = pages(snapshot)[DESCENT]
    ladder = page[page.index('<details class="ug-hint"') :].partition("Show a worked solution")[0]
    assert ladder.count('<details class="ug-hint"') == 3
    order = r"hint 1 of 3.*look.*hint 2 of 3.*idea.*hint 3 of 3.*x - lr.*(</details>\s*){3}"
    assert re.search(order, ladder, re.DOTALL)


def test_a_planned_unit_says_that_it_is_not_written(snapshot):
    page = pages(snapshot)["course/2-deep/layers/index.md"]
    assert "Not written yet" in page
    assert "Stack two layers." in page
    assert "undergrad check" not in page


class _Balance(HTMLParser):
    """Counts open elements, and remembers every element it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.depth += tag not in {"br", "img"}

    def handle_endtag(self, tag):
        self.depth -= 1


def test_what_a_learner_wrote_stays_text(snapshot, status):
    for name, page in pages(replace(snapshot, status=status)).items():
        assert "<script" not in page, name
        assert "<b>it</b>" not in page, name
        assert "\n# and" not in page, name
        body = re.sub(r"```.*?```|`[^`\n]*`|<!--.*?-->", "", page, flags=re.DOTALL)
        balance = _Balance()
        balance.feed(body)
        assert balance.depth == 0, name
        assert "script" not in balance.seen


HOSTILE = '<script>x</script> | `code` {{ 7 * 7 }} {% raw %} [x](javascript:y) \x00 "q" <b>it</b>'


def _hostile(status, run):
    """A journey and a run in which every text of the learner's own tries to break out."""
    check = {"verdict": HOSTILE, "message": HOSTILE, "output": HOSTILE}
    task = {"task": HOSTILE, "verdict": HOSTILE, "sentence": HOSTILE, "message": HOSTILE}
    task |= {"expected": HOSTILE, "got": HOSTILE, "seed": HOSTILE}
    units = [replace(unit, last_check={**check, "tasks": [task]}) for unit in status.units]
    capstone = {"name": HOSTILE, "report": {"verdict": HOSTILE, "message": HOSTILE}}
    named = dict.fromkeys(("journey", "goal", "path_title"), HOSTILE)
    words = dict.fromkeys(("title", "summary", "pass_line", "engine", "started"), HOSTILE)
    return (
        replace(status, **named, units=tuple(units), capstones=(capstone,)),
        replace(run, **words, seeds=(replace(run.seeds[0], verdict=HOSTILE),)),
    )


def test_hostile_text_stays_text_on_every_page_and_in_every_region(
    snapshot, status, today, tmp_path
):
    status, run = _hostile(status, _run(tmp_path))
    shown = (Media("plot", "seed-3", HOSTILE), Media("clip", "seed-3", HOSTILE))
    full = replace(
        snapshot,
        status=status,
        today=today,
        runs=(run,),
        media=MappingProxyType({run.id: shown}),
    )
    regions = all_regions(snapshot.course, status, from_root, today)
    found = {**pages(full), **regions}
    for name, text in found.items():
        assert "<script" not in text and "<b>it" not in text and "\x00" not in text, name
    for name in ("index.md", "progress.md", "runs/index.md", DESCENT, "goal", "result:descent"):
        assert "{{ 7 * 7 }} {% raw %} [x](javascript:y)" in found[name], name
        # Markdown would make a link of it, unless it stands inside raw HTML.
        assert not re.search(r"^[^<\n]*\[x\]\(javascript", found[name], re.MULTILINE), name


def test_a_template_refuses_a_name_that_nobody_gave():
    with pytest.raises(UndefinedError, match="runs"):
        fill("runs.md.jinja")


def test_the_result_shows_expected_got_seed_and_output(snapshot, status):
    page = pages(replace(snapshot, status=status))[DESCENT]
    assert "20 November 2026, 08:30 UTC" in page
    for text in ("-1 &lt; 0", "[1, 2]", "<dd>7</dd>", "You walk uphill."):
        assert text in page
    assert "&lt;/pre&gt;&lt;script&gt;alert(1)" in page


def test_progress_shows_what_the_capstone_check_said(snapshot, status):
    checked = {"name": "pole", "report": {"verdict": "fail", "message": "the plan is <empty>"}}
    new = {"name": "digits", "report": None}
    text = pages(replace(snapshot, status=replace(status, capstones=(checked, new))))["progress.md"]
    assert "<strong>pole</strong>: fail. the plan is &lt;empty&gt;" in text
    assert "<strong>digits</strong>: not checked yet" in text


def test_progress_says_so_without_a_journey(snapshot, status):
    assert "without a journey" in pages(snapshot)["progress.md"]
    page = pages(replace(snapshot, status=status))["progress.md"]
    assert "0 of 1 task pass; 2 attempts, 1 hint" in page
    assert "Started" in page


def test_a_units_page_says_of_a_pass_that_the_newest_check_failed(snapshot, status):
    first = replace(status.units[0], state="passed", passed_at="2026-03-02T10:00:00+00:00")
    known = replace(status, units=(first, *status.units[1:]))
    page = pages(replace(snapshot, status=known))["course/1-start/descent/index.md"]
    (line,) = (line for line in page.splitlines() if "<dt>Status</dt>" in line)
    assert "Passed" in line and "0 of 1 task pass now; 2 attempts" in line


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Passed"),
        ({"verdict": "fail"}, "Below the line"),
        ({"verdict": "inconclusive"}, "Inconclusive"),
        ({"verdict": None, "state": "running"}, "Running"),
        ({"verdict": None, "state": "interrupted"}, "Interrupted"),
        ({"verdict": None, "seeds": ()}, "No verdict"),
    ],
)
def test_a_run_says_how_it_ended(snapshot, tmp_path, changes, words):
    run = _run(tmp_path, **changes)
    found = pages(replace(snapshot, runs=(run,)))
    assert words in found["runs/index.md"]
    assert words in found[f"runs/{run.id}/index.md"]


def test_a_run_shows_its_seeds_and_moves_only_when_asked(snapshot, tmp_path):
    run = _run(tmp_path)
    shown = (Media("plot", "seed-3", "returns"), Media("clip", "seed-3", "after"))
    full = replace(snapshot, runs=(run,), media=MappingProxyType({run.id: shown}))
    page = pages(full)[f"runs/{run.id}/index.md"]
    assert "498.2 ± 3.5" in page
    assert "42000" in page
    assert "seed-3/returns.svg#only-light" in page
    assert "seed-3/returns-dark.svg#only-dark" in page
    before, summary, rest = re.split(r"<summary>(.+?)</summary>", page, maxsplit=1)
    assert "seed-3/after-last.webp" in summary
    assert "seed-3/after.webp" not in before + summary
    assert "seed-3/after.webp" in rest
    assert f"undergrad play {run.id}" in rest
    assert before.count("<details>") == 1  # which holds both pictures
    assert "A pole <upright>" not in page.split("-->")[1]


def test_a_run_shows_its_settings_and_how_it_can_be_resumed(snapshot, tmp_path):
    run = _run(tmp_path, settings={"gamma": 0.99, "hidden_sizes": [64, 64]}, state="interrupted")
    page = pages(replace(snapshot, runs=(run,)))[f"runs/{run.id}/index.md"]
    assert "<code>gamma</code></th><td>0.99</td>" in page
    assert "[64, 64]" in page
    assert f"undergrad train --resume {run.id}" in page
    finished = pages(replace(snapshot, runs=(_run(tmp_path),)))[f"runs/{run.id}/index.md"]
    assert "--resume" not in finished


def test_paths_and_resources_show_where_they_lead(snapshot, status):
    found = pages(replace(snapshot, status=status))
    assert 'href="full.html"' in found["paths/index.md"]
    assert "Networks" in found["paths/full.md"]
    assert "3 to 6" in found["paths/full.md"]
    resources = found["resources.md"]
    assert 'href="https://example.org/book"' in resources
    assert 'href="https://example.org/talk"' not in resources  # it is gone
    assert 'Use <a href="#book">Book</a> in its place.' in resources
    assert "Its address is gone." in resources
    assert '<span data-live="read:book">Read</span>' in resources


def test_the_home_page_of_a_journey_says_what_is_due(snapshot, status, today):
    home = pages(replace(snapshot, status=status, today=today))["index.md"]
    assert "1 question for today, the hardest first. 1 more will wait" in home
    assert "<code>undergrad recap</code>" in home and "undergrad drill descent" in home
    assert "The slope points uphill" not in home  # a copy cannot ask, so it does not answer
    assert home.index("{#recap}") < home.index("The six stages")
    assert 'Worth another look:</p><ul><li><a href="course/2-deep/layers/index.html">' in home
    assert "Through on 9 March 2026, at 8 hours a week" in home
    assert "{#recap}" not in pages(snapshot)["index.md"]


def test_the_live_home_page_asks_the_questions(snapshot, status, today):
    found = all_regions(snapshot.course, status, from_root, today)
    assert found["questions"].count('data-item="descent-why"') == 1
    assert "Why &lt;b&gt;minus&lt;/b&gt;?" in found["questions"]
    assert "<p>The slope points <code>uphill</code>.</p><p>So go down.</p>" in found["questions"]
    assert set(found) > {"due", "questions", "plan", "back"}
    through = replace(today.agenda, today=(), drill=None, waiting=0, answered=2)
    finished = all_regions(snapshot.course, status, from_root, replace(today, agenda=through))
    assert finished["questions"] == ""
    done, later = "Done for today: 2 questions answered.", "Coming up: 1 question tomorrow."
    assert finished["due"] == f"{done} {later}"


def test_what_a_learner_prefers_is_listed_first(snapshot, status):
    def first(prefer: str) -> list[str]:
        found = pages(replace(snapshot, status=replace(status, prefer=prefer)))
        unit = found["course/2-deep/layers/index.md"].partition("{#resources}")[2]
        route = found["course/2-deep/index.md"].partition("{#routes}")[2]
        return [re.search(r"resources\.md#(\w+)", part)[1] for part in (unit, route)]

    assert first("") == ["book", "talk"]
    assert first("book") == ["book", "book"]
    assert first("video") == ["talk", "talk"]


def test_a_stage_lists_its_routes_and_what_to_use_instead(snapshot):
    page = pages(snapshot)["course/2-deep/index.md"]
    assert "## Two routes" in page and "undergrad prefer" in page
    assert "Take [Book](../../resources.md#book) in its place." in page
    assert "{#routes}" not in pages(snapshot)["course/1-start/index.md"]


def test_a_dated_path_has_one_row_per_day(snapshot):
    page = pages(snapshot)["paths/full.md"]
    days = page.partition("{#days}")[2].partition("##")[0]
    assert re.findall(r'<th scope="row">(\d+)</th>', days) == ["1", "2", "3"]
    assert days.count("(28 min)") == 3  # 85 minutes over three days


def test_the_questions_page_says_what_each_answer_leads_to(snapshot):
    page = pages(snapshot)["paths/questions.md"]
    assert "## 1. Where to? {#destination}" in page
    assert "the path [All of it](full.md); with [Layers]" in page
    assert "books first among the resources" in page
    assert "<summary>1 + 1?</summary><p>2</p>" in page


def test_unit_links_become_links_to_pages(snapshot):
    text = "See [a](unit:dense#shapes) and\n[b](unit:descent)."
    assert resolve_unit_links(text, DESCENT, snapshot.course, "unit.md") == (
        "See [a](../../2-deep/layers/index.md#shapes) and\n[b](index.md)."
    )
    with pytest.raises(CourseError, match=r"unit\.md:2: the link `unit:nowhere`"):
        resolve_unit_links("\n[x](unit:nowhere)", DESCENT, snapshot.course, "unit.md")


def test_addresses_work_without_a_server():
    to = from_page("course/1-start/index.md")
    assert to("course/1-start/index.md#units") == "index.html#units"
    assert to("index.md") == "../../index.html"
    assert from_page("index.md")("progress.md") == "progress.html"


def test_the_check_block_follows_build_it_or_ends_the_lesson(snapshot):
    assert split_after_section("## A\n\n## Build it\nx\n## B\n", "Build it") == (
        "## A\n\n## Build it\nx\n",
        "## B\n",
    )
    assert split_after_section("## A\n", "Build it") == ("## A\n", "")
    lesson = MappingProxyType({"descent": Lesson("# T\n\nOnly words.\n", "")})
    page = pages(replace(snapshot, lessons=lesson))[DESCENT]
    assert page.index("Only words.") < page.index("undergrad check descent")


def test_small_markup():
    assert inline("a `b<c` d\n e") == "a <code>b&lt;c</code> d e"
    assert escape("a\x1b[31m\x00'\"") == "a[31m&#x27;&quot;"


def test_a_run_in_a_known_world_can_be_played_on_its_page(snapshot, tmp_path):
    run = _run(tmp_path)
    policy = {"world": "cartpole", "options": {"a": "</div>'\"<script>"}, "layers": []}
    full = replace(snapshot, runs=(run,), run_policies={run.id: policy})
    page = pages(full)[f"runs/{run.id}/index.md"]
    assert 'data-title="CartPole" data-trained="Your agent"' in page
    assert "<script>" not in page
    assert '<script src="../../javascripts/play/play.js" defer></script>' in page
    assert "ug-play" not in pages(replace(full, run_policies={}))[f"runs/{run.id}/index.md"]


def test_the_page_play_shows_every_agent_that_is_stored(snapshot):
    made = {"command": "undergrad train catch", "steps": 8000, "date": "2026-11-30"}
    made |= {"judged": "100 new episodes", "alike": "all 900 states"}
    policy = {"made": made, "world": "catch", "options": {}, "layers": []}
    page = pages(replace(snapshot, policies={"catch": policy}))["play.md"]
    assert 'data-title="Catch" data-trained="Trained"' in page
    assert "8,000 steps, run on 2026-11-30" in page
    assert "{#catch}" in page and "{#pong}" not in page
