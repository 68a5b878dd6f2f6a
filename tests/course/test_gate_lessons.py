"""The author gate, second half: lessons, figures, recall, resources and words of written units."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.course import dialect, gate
from tests.sample import at_most

import undergrad
from undergrad import extras
from undergrad.site.pages.units import unit_text
from undergrad.site.snapshot import Lesson, Snapshot

UNITS = gate.written()
each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)

# Tests run side by side; with several threads each, small products wait for each other for minutes.
ONE_THREAD = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **gate.KERNEL}

# Lessons explain networks by what they compute. No pictures from biology, no blame, no shouting.
BIOLOGY = r"neuron|\bneural(?!\s+net)|brain|\baxon|synap|dendrit|biolog|cortex|\bnerve"
BLAME = (
    r"\bstupid|\bsilly|\blazy|\bdumb\b|careless|\bobvious|\btrivial|you should have(?! seen)"
    r"|your fault|you failed|everyone knows|as you should know|\bof course\b"
)

# Runs the blocks of a lesson one after the other in one namespace, and tells what each printed and
# which tasks of the exercise it called.
RUN = """
import contextlib, functools, importlib, io, json, sys

def watched(function, number):
    @functools.wraps(function)
    def call(*args, **kwargs):
        used.add(number)
        return function(*args, **kwargs)
    return call

blocks, module, tasks = json.load(sys.stdin)
mine, used, seen = importlib.import_module(module), set(), []
for path, number in tasks.items():
    *owner, name = path.split(".")
    place = functools.reduce(getattr, owner, mine)
    setattr(place, name, watched(getattr(place, name), number))
space = {"__name__": "__main__"}
for code, line in blocks:
    out = io.StringIO()
    used.clear()
    with contextlib.redirect_stdout(out):
        exec(compile("\\n" * line + code, "unit.md", "exec"), space)
    seen.append((out.getvalue(), sorted(used)))
print(json.dumps(seen))
"""


def runnable(unit):
    without = extras.missing("torch")
    return [each for each in gate.blocks(unit) if not (without and "torch" in each.code)]


def of_tasks(unit):
    """The functions and methods of an exercise that have something to write, with their task."""
    code = (gate.folder(unit) / "solution.py").read_text("utf-8")
    tree, found = ast.parse(code), {}
    for owner in [tree, *(each for each in tree.body if isinstance(each, ast.ClassDef))]:
        for each in owner.body:
            if isinstance(each, ast.FunctionDef) and not each.decorator_list:
                todo = re.search(r"# TODO (\d+)", ast.get_source_segment(code, each))
                path = f"{owner.name}.{each.name}" if owner is not tree else each.name
                found |= {path: int(todo[1])} if todo else {}
    return found


def offered(unit):
    """For each task, the line of the lesson from which on its code may be used."""
    text = (gate.folder(unit) / "unit.md").read_text("utf-8")
    lines = {}
    for number, line in enumerate(text.splitlines(), 1):
        box = re.match(r'!!! tip "Try it now: (tasks? .*)"$', line)
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", box[1] if box else ""):
            for task in range(int(first), int(last or first) + 1):
                lines.setdefault(task, number)
        if line == "## Build it":
            for task in unit.tasks:
                lines.setdefault(task.number, number)
    return lines


@pytest.mark.parametrize("unit", at_most(8, gate.runnable()), ids=lambda unit: unit.id)
def test_the_lesson_prints_what_the_page_shows(unit, tmp_path):
    (tmp_path / "exercises").mkdir()
    for each in UNITS:
        shutil.copy(gate.folder(each) / "solution.py", tmp_path / "exercises" / f"{each.module}.py")
    wanted = runnable(unit)
    assert any(block.prints for block in wanted), "a lesson shows code and what it prints"
    blocks = [(block.code, block.line) for block in wanted]
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps([blocks, f"exercises.{unit.module}", of_tasks(unit)]),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=ONE_THREAD,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = offered(unit)
    for block, (printed, used) in zip(wanted, json.loads(done.stdout), strict=True):
        if block.prints is not None:
            assert printed.rstrip() == block.prints.rstrip(), f"unit.md:{block.line}"
        early = [task for task in used if lines[task] > block.line]
        assert not early, f"unit.md:{block.line} needs tasks {early}, which come below it"


def content(drawing):
    """The words of an SVG file, and its coordinates in points, without the shapes of letters."""
    svg = re.sub(r"<(metadata|defs)>.*?</\1>", "", drawing.read_text("utf-8"), flags=re.DOTALL)
    words = re.findall("<!-- (.*?) -->", svg)
    svg = re.sub(r'<!--.*?-->|(id|href|clip-path|style|version|xmlns)="[^"]*"', "", svg)
    return words, np.array(re.findall(r"-?\d+(?:\.\d+)?", svg), dtype=float)


def figures_come_from_their_script(unit, tmp_path):
    stage = tmp_path / "stage"  # whole, since a figure may need the solution of another unit
    drawings = shutil.ignore_patterns("figures")
    shutil.copytree(gate.folder(unit).parent, stage, ignore=drawings)
    copy = stage / unit.id
    done = subprocess.run(
        [sys.executable, "figures.py"],
        capture_output=True,
        text=True,
        cwd=copy,
        env=ONE_THREAD,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    drawn = {each.name for each in (copy / "figures").iterdir()}
    kept = {each.name: each for each in (gate.folder(unit) / "figures").glob("*.svg")}
    assert drawn == kept.keys()
    for name, path in kept.items():
        (words, places), (now, new_places) = map(content, (path, copy / "figures" / name))
        assert words == now, f"{name} is not what figures.py draws"
        assert len(places) == len(new_places), f"{name} is not what figures.py draws"
        assert np.allclose(places, new_places, rtol=0, atol=2), f"{name} is not up to date"


@pytest.mark.parametrize("unit", at_most(6, gate.runnable()), ids=lambda unit: unit.id)
def test_figures_come_from_their_script(unit, tmp_path):
    figures_come_from_their_script(unit, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("unit", gate.runnable(), ids=lambda unit: unit.id)
def test_all_figures_come_from_their_scripts(unit, tmp_path):
    figures_come_from_their_script(unit, tmp_path)


@each_unit
def test_every_figure_is_shown_with_an_alternative_text(unit):
    shown = re.findall(r"!\[([^\]]*)\]\(figures/([\w-]+\.svg)\)", gate.lesson(unit))
    assert len(shown) == gate.lesson(unit).count("![") and shown
    assert not [name for text, name in shown if len(text.split()) < 5]
    drawn = {each.name for each in (gate.folder(unit) / "figures").glob("*.svg")}
    assert drawn == {name for _, name in shown}


@each_unit
def test_behind_a_block_comes_its_output_in_a_block_or_an_empty_line(unit):
    lines = [line.strip() for line in gate.lesson(unit).splitlines()]
    fences = [number for number, line in enumerate(lines) if line.startswith("```")]
    starts, ends = fences[::2], fences[1::2]
    assert all(lines[end] == "```" for end in ends)
    assert all("".join(lines[a + 1 : b]) for a, b in zip(starts, ends, strict=True))
    after = [lines[end + 1] for end in ends]
    assert [line for line in after if line and not line.startswith("```")] == []


@each_unit
def test_resources_exist_and_are_of_two_kinds(unit):
    found = [gate.loaded().resource(each.id) for each in unit.resources]
    assert len({resource.kind for resource in found}) >= 2


@each_unit
def test_recall_asks_at_least_three_questions(unit):
    assert len(unit.recall) >= 3 and all(each.ask and each.answer for each in unit.recall)
    assert all(each.id.startswith(f"{unit.id}-") for each in unit.recall)


def unwanted(text):
    """The first word that a lesson does without."""
    return re.search(rf"{BIOLOGY}|{BLAME}|\w!(?!=)", text, re.IGNORECASE)


def test_unwanted_words_are_found_and_others_are_not():
    assert all(map(unwanted, ["a Neuron fires", "Obviously so", "neural code", "Well done!"]))
    assert not any(map(unwanted, ["neural network", "a != b", "the objective", "n ! = m"]))


@each_unit
def test_words(unit):
    for place, text in gate.prose(unit).items():
        found = unwanted(text)
        assert found is None, f"{place}: {text[max(0, found.start() - 40) : found.end() + 20]!r}"


@each_unit
def test_the_lesson_asks_for_a_prediction_and_says_where_to_go_on(unit):
    text = gate.lesson(unit)
    assert '!!! question "' in text and "**You will build**" in text and "**Next:**" in text
    linked = set(re.findall(r"\(unit:([\w-]+)\)", text))
    assert linked <= {each.id for each in gate.loaded().units}


@each_unit
def test_a_lesson_speaks_the_words_of_the_field(unit):
    assert not dialect.found(unit)


@each_unit
def test_a_lesson_ends_with_names_to_search_for(unit):
    *_, last = re.split(r"^## ", gate.lesson(unit), flags=re.MULTILINE)
    heading, names = last.split("\n", 1)
    assert heading == "Names to search for" and len(names.split(",")) >= 8


@each_unit
def test_a_page_has_its_outcomes_at_the_top_and_to_tick_at_the_end_and_its_lesson_says_none(unit):
    lesson = gate.lesson(unit)
    page = unit_text(unit, Snapshot(gate.loaded(), lessons={unit.id: Lesson(lesson)}))
    top, after = page.split("## Build it", 1)
    ticks = after.split("{#ticks}", 1)[1]
    assert unit.outcomes
    for outcome in unit.outcomes:
        assert [part.count(outcome) for part in (top, ticks, lesson)] == [1, 1, 0]


@each_unit
def test_what_is_broken_on_purpose_has_a_folded_answer(unit):
    section = gate.lesson(unit).split("\n## Break it\n")[1].split("\n## ")[0]
    tasks = re.findall(r"^\*\*", section, re.MULTILINE)
    answers = re.findall(r'^\?\?\? success "What you should have seen"$', section, re.MULTILINE)
    assert len(tasks) == len(answers) >= 3


@each_unit
def test_the_first_block_that_runs_comes_before_the_first_section(unit):
    before = gate.lesson(unit).split("\n## ")[0]
    assert "```python" in before


@each_unit
def test_resources_say_which_part_to_read_and_why(unit):
    assert all(reading.why or reading.part for reading in unit.resources)
    assert unit.resources[0].why


@each_unit
def test_each_task_is_offered_where_the_lesson_has_explained_it(unit):
    lines = [offered(unit)[task.number] for task in unit.tasks]
    assert lines == sorted(lines), "the boxes come in the order of the tasks"
    last = (gate.folder(unit) / "unit.md").read_text("utf-8").splitlines()[lines[-1] - 1]
    assert last.startswith("!!! tip"), "every task has a box"


@each_unit
def test_the_table_of_a_comparison_is_the_one_that_was_measured(unit):
    race = gate.folder(unit) / "race.md"
    tables = race.read_text("utf-8").split("\n\n") if race.exists() else []
    lines = "\n".join(line.strip() for line in gate.lesson(unit).splitlines())  # also when folded
    assert all(table.strip() in lines for table in tables)


def test_the_file_that_a_lesson_reads_still_has_the_names_it_points_at():
    unit = gate.loaded().unit("generative")
    box = gate.lesson(unit).split('"Read somebody else\'s code"\n')[1].split("\n## ")[0]
    file, *names = re.findall(r"`([^`]+)`", box)
    code = (Path(undergrad.__file__).parents[1] / file).read_text("utf-8")
    theirs = [name.rpartition(".")[2] for name in names if name not in of_tasks(unit)]
    assert len(theirs) >= 4 and all(name in code for name in theirs)


@pytest.mark.parametrize("path", gate.loaded().paths, ids=lambda path: path.id)
def test_no_unit_needs_a_later_one_of_its_path(path):
    place = {name: index for index, name in enumerate(path.units)}
    for name in path.units:
        needs = gate.loaded().unit(name).needs
        assert all(place[need] < place[name] for need in needs if need in place), name


@each_unit
def test_no_stray_files(unit):
    known = {"unit.md", "solution.py", "hints.md", "checks.py", "mistakes.txt", "recall.yaml"}
    known |= {"figures.py", "figures"}
    extra = {"__pycache__", "parts.py", "race.py", "race.md"}
    names = {each.name for each in gate.folder(unit).iterdir()} - extra
    assert names - {"mistakes.py"} == known
