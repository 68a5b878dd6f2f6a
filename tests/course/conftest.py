"""A curriculum of two stages, small enough to break on purpose in every way."""

from pathlib import Path

import pytest

COURSE = """\
version: "1"
stages:
  1-first: [rain, wind]
  2-second: [storm]
aliases:
  drizzle: rain
questions:
  - id: where
    ask: Where to?
    answers:
      Far: path:all unit:storm
      Near: stage:1-first prefer:book
  - id: why
    ask: Why?
outlines:
  - id: wind
    title: Wind
    minutes: {read: 10, build: 20, recall: 5}
    needs: [rain]
    resources: [atlas]
    outcomes: [Feel it.]
  - id: storm
    title: Storm
    minutes: {read: 30, build: 60, recall: 10}
    needs: [wind]
    resources: [atlas, kite]
    outcomes: [Wait.]
"""

RESOURCES = """\
resources:
  - id: atlas
    title: Atlas of clouds
    by: A. Writer
    kind: book
    url: https://example.org/atlas
    free: "yes"
    hours: 2.5
    level: 1
    named_in: original
    status: ok
    checked_on: 2026-11-20
  - id: kite
    title: Kite school
    by: B. Flyer
    kind: course
    url: null
    free: part
    hours: null
    level: 4
    named_in: added
    status: dead
    substitute: atlas
"""

PATHS = """\
paths:
  - id: all
    title: Everything
    for_whom: everybody
    units: all
    timetable:
      - {course: Weather, chapters: "1, 2", units: [rain], days: "1-2"}
  - id: short
    title: Short
    for_whom: the hurried
    units: [wind, storm]
    notes: [Take a coat.]
"""

GLOSSARY = """\
terms:
  - {term: Cumulus, unit: rain, says: A heap.}
  - {term: head wind, unit: wind, says: "From the front.", words: [against the wind]}
"""

STAGE = """\
---
id: {id}
number: {number}
title: {title}
promise: You know the weather.
resources: [atlas]
---

# {title}
"""

UNIT = """\
---
id: rain
stage: 1-first
title: Rain
minutes: {read: 5, build: 10, recall: 5}
needs: []
resources: [atlas]
outcomes:
  - Get wet.
not_here:
  lightning: storm
renamed: {drop: fall}
forbid: [umbrella]
---

# Rain
"""

CHECKS = '''\
"""Checks."""
from undergrad import checker
from undergrad.checker import task

raise RuntimeError("reading a unit must not run it")


@task(1, "falls")
def falls(code, rng):
    return code.fall()


@checker.task(1, "falls twice")
def falls_twice(code, rng):
    return code.fall(), code.fall()


@task(2, "fills", needs=[1], seeds=5)
def fills(code, rng):
    return code.fill()
'''

HINTS = """\
## 1
- Look up.
- It falls
  down.
-
  ```python
  return fall()
  ```

## 2
- a
- b
- c
"""

MISTAKES = """\
fall
    -1  ->  1
    Rain falls down, not up.
"""

MISTAKE_FUNCTIONS = """\
from undergrad.checker import mistake


@mistake("fill", "Rain fills the barrel.")
def empties():
    return 0
"""

PARTS = """\
from undergrad.mine import part

raise RuntimeError("reading a unit must not run it")


@part("undergrad.engine.rain", uses=("fall", "fill"))
def rain(own, borrowed):
    return own.fall
"""

SOLUTION = """\
def fall():
    # TODO 1: down
    return -1


def fill():
    # TODO 2: up
    return 1
"""

RECALL = """\
- id: rain-why
  ask: Why does it rain?
  answer: "Because: clouds."
"""

FILES = {
    "course.yaml": COURSE,
    "resources.yaml": RESOURCES,
    "paths.yaml": PATHS,
    "glossary.yaml": GLOSSARY,
    "1-first/stage.md": STAGE.format(id="1-first", number=1, title="First"),
    "2-second/stage.md": STAGE.format(id="2-second", number=2, title="Second"),
    "1-first/rain/unit.md": UNIT,
    "1-first/rain/checks.py": CHECKS,
    "1-first/rain/hints.md": HINTS,
    "1-first/rain/mistakes.txt": MISTAKES,
    "1-first/rain/mistakes.py": MISTAKE_FUNCTIONS,
    "1-first/rain/parts.py": PARTS,
    "1-first/rain/solution.py": SOLUTION,
    "1-first/rain/recall.yaml": RECALL,
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small curriculum that is right in every way."""
    root = tmp_path / "curriculum"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After a run of the author gate, say how much went through it."""
    from tests.course.gate import summary

    passed = terminalreporter.stats.get("passed", [])
    if any("test_gate_" in report.nodeid for report in passed):
        terminalreporter.write_line(summary())
