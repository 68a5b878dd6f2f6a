"""The small curriculum compiles to what it says; broken in any one place, it names that place."""

import random
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from undergrad.course import compile_course
from undergrad.course.models import Minutes, Mistake, Part, Recall, Task
from undergrad.errors import CourseError


def test_a_written_unit_is_read_without_being_run(small: Path) -> None:
    rain = compile_course(small).unit("rain")
    assert rain.written
    assert rain.minutes == Minutes(5, 10, 5)
    assert rain.parts == (Part("undergrad.engine.rain", "rain", ("fall", "fill")),)
    assert rain.not_here == (("lightning", "storm"),)
    assert rain.forbid == ("umbrella",)
    assert rain.folder == "1-first/rain"
    assert rain.tasks == (
        Task(
            1,
            ("falls", "falls twice"),
            ("falls", "falls_twice"),
            ("Look up.", "It falls\ndown.", "```python\nreturn fall()\n```"),
        ),
        Task(2, ("fills",), ("fills",), ("a", "b", "c"), (1,)),
    )
    assert rain.mistakes == (
        Mistake("fall-1", "fall"),
        Mistake("empties", "fill"),
    )
    assert rain.renamed == (("drop", "fall"),)
    assert rain.recall == (Recall("rain-why", "Why does it rain?", "Because: clouds."),)


def test_outlines_paths_stages_and_questions(small: Path) -> None:
    course = compile_course(small)
    storm = course.unit("storm")
    assert (storm.written, storm.stage, storm.tasks) == (False, "2-second", ())
    assert [each.units for each in course.stages] == [("rain", "wind"), ("storm",)]
    everything, short = course.paths
    assert everything.units == ("rain", "wind", "storm")
    assert everything.timetable[0].units == ("rain",)
    assert short.units == ("wind", "storm")
    assert course.resource("kite").checked_on == ""
    assert course.questions[0].answers[1] == ("Near", "stage:1-first prefer:book")
    assert course.questions[1].answers == ()


@pytest.mark.parametrize("name", ["checks.py", "solution.py", "mistakes.txt", "mistakes.py"])
def test_the_check_hash_follows_what_is_asked(small: Path, name: str) -> None:
    before = compile_course(small).unit("rain").check_hash
    path = small / "1-first/rain" / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compile_course(small).unit("rain").check_hash == before
    path.write_text(path.read_text() + "\n# one more line\n")
    assert compile_course(small).unit("rain").check_hash != before


def test_a_folder_without_a_lesson_is_not_there_yet(small: Path) -> None:
    (small / "1-first/wind").mkdir()
    (small / "1-first/wind/solution.py").write_text("def blow(): ...\n")
    assert not compile_course(small).unit("wind").written


def test_a_unit_needs_no_mistakes_that_are_functions(small: Path) -> None:
    (small / "1-first/rain/mistakes.py").unlink()
    assert [each.name for each in compile_course(small).unit("rain").mistakes] == ["fall-1"]


@pytest.mark.parametrize(
    "name", ["checks.py", "solution.py", "mistakes.txt", "hints.md", "recall.yaml"]
)
def test_an_incomplete_unit_names_the_missing_file(small: Path, name: str) -> None:
    (small / "1-first/rain" / name).unlink()
    with pytest.raises(CourseError, match=rf"^curriculum/1-first/rain/{name}:1: .*No such file"):
        compile_course(small)


def test_a_task_without_hints_is_named(small: Path) -> None:
    hints = small / "1-first/rain/hints.md"
    hints.write_text(hints.read_text().partition("## 2")[0])
    with pytest.raises(
        CourseError, match=r"^curriculum/1-first/rain/checks\.py:\d+: task 2 has no"
    ):
        compile_course(small)


@pytest.mark.parametrize("name", ["course.yaml", "resources.yaml", "paths.yaml", "glossary.yaml"])
def test_a_missing_top_file_is_named(small: Path, name: str) -> None:
    (small / name).unlink()
    with pytest.raises(CourseError, match=rf"^curriculum/{name}:1: "):
        compile_course(small)


def test_a_unit_that_no_stage_names(small: Path) -> None:
    shutil.copytree(small / "1-first/rain", small / "1-first/snow")
    with pytest.raises(CourseError, match=r"^curriculum/1-first/snow/unit\.md:1: .*course\.yaml"):
        compile_course(small)


def test_a_stage_without_a_page(small: Path) -> None:
    shutil.rmtree(small / "2-second")
    with pytest.raises(CourseError, match=r"^curriculum/course\.yaml:4: .*2-second/stage\.md"):
        compile_course(small)


RAIN = (
    "  - {id: rain, title: Rain, minutes: {read: 1, build: 1, recall: 1}, needs: [], "
    "resources: [], outcomes: []}"
)

# (file, what stands there, what it becomes, a snippet on the line to be named, what is said)
BROKEN = [
    # unknown and missing keys, wrong types
    ("resources.yaml", "    level: 4", "    levle: 4", "levle", "did you mean `level`?"),
    ("resources.yaml", "    by: B. Flyer\n", "", "- id: kite", "`by` is missing"),
    ("resources.yaml", 'free: "yes"', "free: true", "free: true", "put quotes round it"),
    ("resources.yaml", "kind: book", "kind: tome", "tome", "this is `tome`"),
    ("resources.yaml", "kind: book", "kind: |\n      a\n      b", "kind: |", "this is `a b`"),
    ("resources.yaml", "level: 4", 'level: "4"', 'level: "4"', "does not fit"),
    ("resources.yaml", "hours: 2.5", "hours: [2]", "hours: [2]", "a list"),
    ("course.yaml", 'version: "1"', "version: 1.0", "version", "`version` does not fit"),
    ("course.yaml", "build: 20", "build: 2.5", "build: 2.5", "minutes.build"),
    ("course.yaml", "build: 20", "bulid: 20", "bulid", "did you mean `build`?"),
    ("paths.yaml", "units: all", "units: every", "units: every", "`paths.units` does not fit"),
    ("paths.yaml", "the hurried", "null", "for_whom: null", "this is empty"),
    ("1-first/rain/unit.md", "title: Rain", "title: 3", "title: 3", "does not fit"),
    ("1-first/rain/unit.md", "forbid:", "forbit:", "forbit", "did you mean `forbid`?"),
    ("1-first/rain/recall.yaml", "ask:", "question:", "question", "not a key"),
    ("2-second/stage.md", "promise: You know the weather.\n", "", "id: 2-second", "is missing"),
    # values out of range
    ("resources.yaml", "level: 4", "level: 5", "level: 5", "4 is graduate"),
    ("resources.yaml", "hours: 2.5", "hours: 0", "hours: 0", "cannot be"),
    ("resources.yaml", "https://", "ftp://", "ftp://", "https://"),
    ("resources.yaml", "2026-11-20", "2026-13-20", "2026-13-20", "not a date"),
    ("resources.yaml", "    substitute: atlas\n", "", "status: dead", "`note` or `substitute`"),
    ("course.yaml", "read: 10", "read: -10", "read: -10", "negative"),
    # ids
    ("resources.yaml", "id: kite", "id: atlas", "id: atlas\n    title: Kite", "here already"),
    ("resources.yaml", "id: kite", "id: Kite", "id: Kite", "is not an id"),
    ("resources.yaml", "substitute: atlas", "substitute: alta", "alta", "did you mean `atlas`?"),
    ("resources.yaml", "substitute: atlas", "substitute: kite", "substitute: kite", "no other"),
    ("course.yaml", "2-second: [storm]", "2-second: [storm, wind]", "2-second", "here already"),
    ("course.yaml", "2-second: [storm]", "2-second: [storm, hail]", "2-second", "neither"),
    ("course.yaml", "resources: [atlas]", "resources: [atlass]", "atlass", "mean `atlas`?"),
    ("course.yaml", "needs: [wind]", "needs: [wnd]", "wnd", "did you mean `wind`?"),
    ("course.yaml", "needs: [wind]", "needs: [drizzle]", "needs: [drizzle]", "no unit `drizzle`"),
    ("1-first/rain/unit.md", "needs: []", "needs: [strom]", "strom", "did you mean `storm`?"),
    ("1-first/rain/unit.md", "lightning: storm", "lightning: sky", "sky", "no unit `sky`"),
    ("1-first/rain/unit.md", "id: rain", "id: snow", "id: snow", "the folder is `rain`"),
    ("1-first/rain/unit.md", "stage: 1-first", "stage: 2-second", "stage: 2", "is `1-first`"),
    ("2-second/stage.md", "[atlas]", "[atlas, globe]", "globe", "no resource `globe`"),
    ("2-second/stage.md", "id: 2-second", "id: second", "id: second", "do not fit the folder"),
    ("2-second/stage.md", "number: 2", "number: 3", "id: 2-second", "do not fit the folder"),
    ("paths.yaml", "[wind, storm]", "[wind, stom]", "stom", "did you mean `storm`?"),
    ("paths.yaml", "units: [rain]", "units: [hail]", "hail", "no unit of this path `hail`"),
    ("glossary.yaml", "head wind", "cumulus", "cumulus", "here already"),
    ("glossary.yaml", "unit: wind", "unit: wnd", "wnd", "did you mean `wind`?"),
    ("glossary.yaml", "says: A heap.", "said: A heap.", "said", "is not a key"),
    # order, circles, second truths
    ("paths.yaml", "[wind, storm]", "[storm, wind]", "[storm", "needs `wind`, which comes later"),
    ("paths.yaml", "[wind, storm]", "[wind, wind]", "[wind", "is here twice"),
        ("course.yaml", "needs: [wind]", "needs: [storm]", "needs: [storm]", "break the circle"),
    ("course.yaml", "outlines:", f"outlines:\n{RAIN}", "- {id: rain", "1-first/rain is written"),
    # aliases and questions
    ("course.yaml", "drizzle: rain", "drizzle: fog", "drizzle: fog", "no unit `fog`"),
    ("course.yaml", "drizzle: rain", "wind: rain", "wind: rain", "an alias is an old id"),
    ("course.yaml", "drizzle: rain", "a: drizzle", "a: drizzle", "no unit `drizzle`"),
    ("course.yaml", "path:all", "path:al", "path:al", "did you mean `all`?"),
    ("course.yaml", "prefer:book", "prefers:book", "prefers", "did you mean `prefer`?"),
    # front matter
    ("1-first/rain/unit.md", "---\nid", "id", "id: rain", "does not begin"),
    ("1-first/rain/unit.md", "[umbrella]\n---\n", "[umbrella]\n", "---", "does not end"),
    ("1-first/rain/unit.md", "title: Rain", "title: Rain\ntitle: Sun", "title: Sun", "twice"),
    # checks, hints, mistakes, solution
    ("1-first/rain/checks.py", "@task(2, ", "@task(3, ", "@task(3", "task 2 should come here"),
    ("1-first/rain/hints.md", "- c\n", "", "## 2", "has 2 hints"),
    ("1-first/rain/hints.md", "- c\n", "- c\n- d\n", "## 2", "has 4 hints"),
    ("1-first/rain/hints.md", "- c\n", "- c\n## 2 \n", "## 2 \n", "already"),
    ("1-first/rain/hints.md", "- c\n", "c\n", "c\n", "a hint is a bullet"),
    ("1-first/rain/hints.md", "## 1\n", "", "- Look", "below the heading"),
    ("1-first/rain/hints.md", "- c\n", "- c\n## 3\n- a\n- b\n- c\n", "## 3", "no task 3"),
    ("1-first/rain/checks.py", "needs=[1]", "needs=[2]", "@task(2", "earlier tasks"),
    ("1-first/rain/checks.py", '"fills"', "f'fills'", "f'fills'", "`sentence` is computed"),
    ("1-first/rain/checks.py", '2, "fills", ', '"fills", ', '@task("fills"', "is not a number"),
    ("1-first/rain/checks.py", '@task(2, "fills", ', "@task(2, ", "@task(2", "is missing"),
    ("1-first/rain/checks.py", "return code.fill()", "return (", "return (", "not Python"),
    ("1-first/rain/mistakes.txt", "fall\n", "fal\n", "    -1", "does not define `fal`"),
    ("1-first/rain/mistakes.txt", "fall\n", "fal (in fall)\n", "    -1", "not define `fal`"),
    ("1-first/rain/mistakes.txt", "-1  ->", "-2  ->", "    -2", "`-2` occurs nowhere"),
    ("1-first/rain/mistakes.txt", "    Rain falls down, not up.\n", "", "    -1", "its sentence"),
    ("1-first/rain/mistakes.py", '"fill",', '"fil",', '"fil"', "does not define `fil`"),
    ("1-first/rain/mistakes.py", "def empties():", "def empties(:", "def empties(:", "not Python"),
    ("1-first/rain/parts.py", '("fall", ', '("fal", ', "@part", "does not define `fal`"),
    ("1-first/rain/parts.py", ', uses=("fall", "fill")', "", "@part", "`uses` is missing"),
    ("1-first/rain/parts.py", '"undergrad.engine.rain"', "RAIN", "RAIN", "`name` is computed"),
    ("1-first/rain/solution.py", "def fall():", "def fall(:", "def fall(:", "not Python"),
    ("1-first/rain/solution.py", "def fall", "# TODO 3: x\ndef fall", "# TODO 3", "no function"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "snippet", "message"), BROKEN, ids=[f"{c[0]}-{c[2]}" for c in BROKEN]
)
def test_what_is_wrong_is_named_with_file_and_line(
    small: Path, name: str, old: str, new: str, snippet: str, message: str
) -> None:
    path = small / name
    text = path.read_text()
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text)
    line = text[: text.index(snippet)].count("\n") + 1
    with pytest.raises(CourseError) as caught:
        compile_course(small)
    assert str(caught.value).startswith(f"curriculum/{name}:{line}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def _repeat_question(small: Path) -> None:
    path = small / "1-first/rain/recall.yaml"
    path.write_text(path.read_text() * 2)


def _no_tasks(small: Path) -> None:
    (small / "1-first/rain/checks.py").write_text('"""Nothing asked."""\n')


def _null_byte(small: Path) -> None:
    (small / "1-first/rain/solution.py").write_bytes(b"def fall(): \x00\n")


def _not_utf8(small: Path) -> None:
    (small / "1-first/rain/mistakes.txt").write_bytes(b"fall \xe9\n")


def _huge_lesson(small: Path) -> None:
    path = small / "1-first/rain/unit.md"
    path.write_text(path.read_text() + "x" * 2_000_000)


def test_a_circle_through_several_files_is_spelt_out(small: Path) -> None:
    page = small / "1-first/rain/unit.md"
    page.write_text(page.read_text().replace("needs: []", "needs: [storm]"))
    with pytest.raises(CourseError, match=r"^curriculum/.*:\d+: .*break the circle") as caught:
        compile_course(small)
    chain = str(caught.value).split(": ")[1].split(" needs ")
    assert chain[0] == chain[-1]
    steps = set(pairwise(chain))
    assert steps == {("rain", "storm"), ("storm", "wind"), ("wind", "rain")}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_repeat_question, r"^curriculum/1-first/rain/unit\.md:\d+: .*`rain-why` is asked twice"),
        (_no_tasks, r"^curriculum/1-first/rain/checks\.py:1: there is no @task"),
        (_null_byte, r"^curriculum/1-first/rain/solution\.py:1: this is not Python"),
        (_not_utf8, r"^curriculum/1-first/rain/mistakes\.txt:1: the file is not UTF-8"),
        (_huge_lesson, r"^curriculum/1-first/rain/unit\.md:1: the file is over"),
    ],
)
def test_other_damage(small: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(small)
    with pytest.raises(CourseError, match=message):
        compile_course(small)


def _scramble(text: str, rng: random.Random) -> str:
    """The text after a typing error or two: a line lost, doubled, moved, cut or indented."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 2)):
        here, there = rng.randrange(len(lines)), rng.randrange(len(lines))
        line = lines[here]
        errors = [[], [line, line], [line[: len(line) // 2]], ["  " + line], [lines[there]]]
        lines[here : here + 1] = rng.choice(errors)
        lines = lines or [""]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_errors_of_the_hand_end_in_a_course_or_in_one_plain_sentence(
    small: Path, seed: int
) -> None:
    rng = random.Random(seed)
    files = sorted(path for path in small.rglob("*") if path.is_file())
    for _ in range(60):
        path = rng.choice(files)
        text = path.read_text()
        path.write_text(_scramble(text, rng))
        try:
            compile_course(small)
        except CourseError as error:
            assert re.fullmatch(r"curriculum/[\w./-]+:\d+: .+", str(error))
        path.write_text(text)
