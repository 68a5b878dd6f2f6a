"""The mutants of a unit's worked solution, and whether the unit's checks kill them.

A mutant is judged as a learner's file is, with three random cases and the first case once more, but
in this process and without the mistakes' names. What takes far longer than the solution, measured
in the same process, hangs, and counts as killed.
"""

import ast
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from tests.course import gate
from tests.mutants.mutate import Mutant, mutants

from undergrad.checker.answer_key import AnswerKey, answers, case_answer, solved
from undergrad.checker.author import Check
from undergrad.checker.grade import CheckRun, grade_one
from undergrad.course.models import Unit

SEED, CASES = 7, 3
LONGER, LEAST = 30, 4  # a mutant hangs after so many times the solution's time; least in seconds


def of_unit(unit: Unit) -> Iterator[Mutant]:
    """All mutants of what a learner writes in this unit."""
    source = (gate.folder(unit) / "solution.py").read_text("utf-8")
    lines = set(_learners(source))
    yield from (mutant for mutant in mutants(source) if mutant.line in lines)


def survives(unit: Unit, mutant: Mutant) -> bool:
    """Whether the mutant passes every check."""
    key = replace(gate.answer_key(unit), mistakes=())
    seconds = max(LEAST, LONGER * _expected(unit)[1])
    try:
        with _time_limit(seconds):
            module = gate.learners(mutant.text, f"{gate.folder(unit) / 'solution.py'}")
            return all(
                _passes(key, check, unit, module) for check in _likeliest_first(unit, mutant)
            )
    except Exception:  # the file does not even run
        return False
    except _TooLong:
        return False


def _passes(key: AnswerKey, check: Check, unit: Unit, module) -> bool:
    right, _ = _expected(unit)
    cases = [case for case in right if case[0] == check.name]
    given = {}
    for case in cases:
        given[(*case, False)] = case_answer(check, module, SEED, case[1])
    given[(check.name, 0, True)] = case_answer(check, module, SEED, 0)
    run = CheckRun(key, key.solution, SEED, CASES)
    return grade_one(run, check, right, given, gate.NOBODY, ()).verdict == "pass"


def _likeliest_first(unit: Unit, mutant: Mutant) -> list[Check]:
    """The checks, first those that call the mutated definition themselves."""
    name = mutant.function.partition(".")[0]
    right, _ = _expected(unit)
    checks = gate.answer_key(unit).checks
    return sorted(checks, key=lambda check: name not in right[check.name, 0].used)


@cache
def _expected(unit: Unit):
    """The solution's answers, and the seconds of processor time that they took."""
    key = gate.answer_key(unit)
    started = time.process_time()
    right = answers(key.checks, solved(key), SEED, CASES)
    return right, time.process_time() - started


def _learners(source: str) -> Iterator[int]:
    """The numbers of the lines that a learner writes, and of the defaults above them."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt):
            continue
        whole = range(node.lineno, node.end_lineno + 1)
        if lines[node.lineno - 1].endswith("# solution only"):
            yield from whole
        elif isinstance(node, ast.FunctionDef):
            todo = [n for n in whole if re.match(r" *# TODO \d", lines[n - 1])]
            broken = [n for n in whole if "  # was: " in lines[n - 1]]
            if broken:  # all else is handed out
                yield from broken
            elif todo:
                yield from range(node.lineno, node.body[0].lineno)
                yield from range(todo[0], node.end_lineno + 1)


class _TooLong(BaseException):
    """No Exception, which a check would take for the learner's."""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def end(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
