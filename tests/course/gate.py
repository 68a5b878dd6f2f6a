"""What the author gate shares: the written units, and what a file of theirs answers."""

import ast
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from types import ModuleType

from undergrad import course, extras
from undergrad.checker import TaskResult
from undergrad.checker.answer import Answer
from undergrad.checker.answer_key import AnswerKey, answers, case_answer, load_answer_key, solved
from undergrad.checker.author import Check, Mistake
from undergrad.checker.compare import same
from undergrad.checker.grade import CheckRun, Stop, grade_one
from undergrad.checker.known import Expected, Given
from undergrad.checker.source import Source, read
from undergrad.course.lookup import mistake_sentences, on_loan
from undergrad.course.models import Course, Unit
from undergrad.sandbox.loading import load

# The last digits of a product, and what a training makes of them, differ between processors. What
# the pages show is what these instructions give, which every processor since 2013 has.
KERNEL = {"OPENBLAS_CORETYPE": "Haswell"} if platform.machine() in ("x86_64", "AMD64") else {}

NOBODY = Stop("", lambda: ("crashed", ""))


@cache
def loaded() -> Course:
    return course.load()


def written() -> list[Unit]:
    return [unit for unit in loaded().units if unit.written]


def runnable() -> list[Unit]:
    """The written units whose libraries are installed; the others cannot be tried here."""
    return [unit for unit in written() if not (unit.extra and extras.missing(unit.extra))]


def folder(unit: Unit) -> Path:
    return course.unit_folder(unit)


@cache
def answer_key(unit: Unit) -> AnswerKey:
    return load_answer_key(folder(unit))


@lru_cache(maxsize=1500)  # the checks of one unit on all seeds; all units would take 7 GB
def expected(unit: Unit, check: Check, seed: int) -> dict[tuple[str, int], Answer]:
    """The solution's answers to one check; the same for every mistake."""
    return answers((check,), solved(answer_key(unit)), seed, 1)


def stub(unit: Unit) -> ModuleType:
    return learners(course.blank_exercise(unit))


def learners(text: str, filename: str = "exercise.py") -> ModuleType:
    """A learner's file; what it imports from earlier exercises is on loan."""
    return load(text, filename, earlier=on_loan(ast.parse(text)))


def blank_tree(unit: Unit) -> ast.Module:
    return ast.parse(course.blank_exercise(unit))


@cache
def solution_source(unit: Unit) -> Source:
    return read(folder(unit) / "solution.py")


@cache
def task_of(unit: Unit, name: str) -> int:
    """The first task that a function or class of the exercise stands for; 0 where it is given."""
    for each in blank_tree(unit).body:
        if getattr(each, "name", None) == name.partition(".")[0]:
            return min(map(int, re.findall(r"TODO (\d+):", ast.unparse(each))), default=0)
    return 0


def results(
    unit: Unit, module: ModuleType, seed: int, text: str | None = None, since: int = 0
) -> Iterator[TaskResult]:
    """How each check judges `module` in one random case, one by one, in this process.

    It is the way of a real check without the worker; tasks that wait for others are judged too.
    text: a learner's code, whose wrong answers are asked for twice; without it the solution's.
    since: the first task that is judged, where the earlier ones are those of the solution.
    """
    source = solution_source(unit)
    if text is not None:
        source = replace(source, code=text.encode(), tree=ast.parse(text))
    run = CheckRun(answer_key(unit), source, seed, seeds=1)
    earlier: list[TaskResult] = []
    for number, task in groupby(answer_key(unit).checks, key=lambda check: check.task):
        if number < since:
            continue
        checks, right, given = tuple(task), {}, {}
        # A mistake has to explain the whole task. The judged checks wait, because some train.
        for judged in (False, True):
            for check in checks:
                if judged == (check.judge is not None):
                    right |= expected(unit, check, seed)
                    given |= _given(check, module, seed, right, twice=text is not None)
                if judged:
                    earlier.append(grade_one(run, check, right, given, NOBODY, earlier))
                    yield earlier[-1]


def _given(check: Check, module: ModuleType, seed: int, right: Expected, *, twice: bool) -> Given:
    """The answer of `module`, and of the second run, which only a wrong answer needs."""
    first = again = case_answer(check, module, seed, 0)
    if twice and not same(first, right[check.name, 0]):
        again = case_answer(check, module, seed, 0)
    return {(check.name, 0, False): first, (check.name, 0, True): again}


def mistakes() -> list[tuple[Unit, Mistake]]:
    return [(unit, mistake) for unit in runnable() for mistake in answer_key(unit).mistakes]


@dataclass(frozen=True)
class Block:
    """A Python block of a lesson, with what the page says it prints."""

    code: str
    prints: str | None
    line: int


# A block inside of a folded answer is indented with it.
_ANSWER = '??? success "What you should have seen"'
_FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```[ ]*$", re.DOTALL | re.MULTILINE)


def lesson(unit: Unit) -> str:
    """The lesson's Markdown, without the front matter."""
    return (folder(unit) / "unit.md").read_text("utf-8").split("\n---\n", 1)[1]


def blocks(unit: Unit) -> list[Block]:
    """The Python blocks of a lesson; a plain block right behind one is what it prints.

    The output may also stand at the top of the folded answer behind its block.
    """
    text = (folder(unit) / "unit.md").read_text("utf-8")
    fences = list(_FENCE.finditer(text))
    found = []
    for index, fence in enumerate(fences):
        if fence[2] != "python":
            continue
        behind = fences[index + 1] if index + 1 < len(fences) else None
        between = text[fence.end() : behind.start()] if behind else ""
        directly = behind and not behind[2] and not between.replace(_ANSWER, "").strip()
        line = text.count("\n", 0, fence.start()) + 1
        prints = dedent(behind[3]) if behind and directly else None
        found.append(Block(dedent(fence[3]), prints, line))
    return found


def prose(unit: Unit) -> dict[str, str]:
    """Everything a learner reads of a unit, by where it stands; without code and formulas."""
    texts = {"unit.md": lesson(unit), "title": f"{unit.title} {' '.join(unit.outcomes)}"}
    for task in unit.tasks:
        texts[f"task {task.number}"] = " ".join((*task.sentences, *task.hints[:2]))
    for name, sentence in mistake_sentences(unit).items():
        texts[f"mistake {name}"] = sentence
    for recall in unit.recall:
        texts[f"recall {recall.id}"] = f"{recall.ask} {recall.answer}"
    tree = blank_tree(unit)
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    for node in (each for each in ast.walk(tree) if isinstance(each, documented)):
        texts[f"exercise {getattr(node, 'name', 'head')}"] = ast.get_docstring(node) or ""
    return {name: _without_code(text) for name, text in texts.items()}


def _without_code(text: str) -> str:
    for pattern in (_FENCE.pattern, r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$\n]*\$", r"^!!!", r"!\["):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return text


def summary() -> str:
    """How much went through the gate."""
    units = written()
    tasks = sum(len(unit.tasks) for unit in units)
    checks = sum(len(task.functions) for unit in units for task in unit.tasks)
    wrong = sum(len(unit.mistakes) for unit in units)
    return (
        f"author gate: {len(units)} units, {tasks} tasks, {checks} checks, {wrong} mistakes, "
        f"{sum(len(unit.recall) for unit in units)} recall questions, "
        f"{sum(len(blocks(unit)) for unit in units)} code blocks"
    )
