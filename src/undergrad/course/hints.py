"""A unit's `hints.md`: three rungs for each task, from where to look to nearly the code.

    ## 1
    - Write the shapes down.
    - gX sums over the outputs, gW and gb over the examples.
    - Three products:
      ```python
      gX = g @ W
      ```

Each rung is one bullet in Markdown; its further lines are indented by two.
"""

import re

from undergrad.errors import CourseError

RUNGS = 3
_HEADING = re.compile(r"## (\d+)")

Ladder = tuple[str, ...]


def read_hints(text: str, file: str) -> dict[int, tuple[int, Ladder]]:
    """For each task's number the line of its heading and its rungs.

    file: how errors call it. Raises CourseError for a line that is neither heading nor rung, and
    for a task that has another number of rungs than three, or two ladders.
    """
    found: dict[int, tuple[int, list[str]]] = {}
    task = 0
    for number, line in enumerate(text.splitlines(), 1):
        heading = _HEADING.fullmatch(line.rstrip())
        if heading:
            task = int(heading[1])
            if task in found:
                raise CourseError(f"{file}:{number}: task {task} has its hints already; join them.")
            found[task] = number, []
        elif line.strip() and not (task and _takes(found[task][1], line)):
            raise CourseError(
                f"{file}:{number}: a hint is a bullet `- ...` below the heading of its task, "
                "`## 1`, and its further lines are indented by two."
            )
        elif not line.strip() and task and found[task][1]:
            found[task][1][-1] += "\n"
    for task, (number, rungs) in found.items():
        if len(rungs) != RUNGS:
            raise CourseError(
                f"{file}:{number}: task {task} has {len(rungs)} hints; write {RUNGS}: where to "
                "look, the idea, nearly the code."
            )
    return {
        task: (number, tuple(rung.strip("\n") for rung in rungs))
        for task, (number, rungs) in found.items()
    }


def _takes(rungs: list[str], line: str) -> bool:
    """Add the line to the rungs so far. False when it is no part of a bullet."""
    if re.match(r"-( |$)", line):
        rungs.append(line[2:].rstrip())
    elif line.startswith("  ") and rungs:
        rungs[-1] += "\n" + line[2:].rstrip()
    else:
        return False
    return True
