"""Which known mistake explains a learner's answers: one of the shelf, or two of one function.

Only a check that failed comes here.
"""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations, islice
from threading import current_thread, main_thread
from types import FrameType, ModuleType
from typing import Any

from undergrad.checker.answer import Answer
from undergrad.checker.answer_key import AnswerKey, case_answer, solved
from undergrad.checker.author import Check, Mistake
from undergrad.checker.compare import difference, same
from undergrad.checker.judges import Raises
from undergrad.course.edits import EditError
from undergrad.sandbox.limits import Limits

_ENOUGH, _LOOKED_AT = 3, 20  # different numbers, and of how many in an array
MOST_PAIRS = 12  # pairs that are tried: each runs the check's cases again
SECONDS = Limits().seconds  # of processor time, for all cases of one candidate together

Given = Mapping[tuple[str, int, bool], Answer]  # (check, case, asked again)
Expected = Mapping[tuple[str, int], Answer]


def explaining(
    key: AnswerKey,
    check: Check,
    seed: int,
    expected: Expected,
    given: Given,
    first: int,
    arguments: bool,
    earlier: frozenset[str],
) -> tuple[Mistake, ...]:
    """The mistakes with which the solution gives what the learner's code gave; () for none.

    first: the case that failed, which is tried first.   arguments: the values are right, and what
    is compared is which arguments are edited in place.   earlier: the names of mistakes that were
    found in earlier checks. They may show again in whatever calls their function.
    """
    mine = (each for each in given.items() if each[0][0] == check.name)
    got = {case: answer for (_, case, again), answer in mine if not again}
    used = {name for answer in got.values() for name in answer.used}
    # Only what the check calls itself: a mistake further down shows in a check of its own.
    shelf = [
        *(each for each in key.mistakes if each.name in earlier),
        *(each for each in key.mistakes if each.function.partition(".")[0] in used),
    ]
    cases = sorted(got, key=lambda case: case != first)
    answered = {(check.name, case): got[case] for case in cases}
    siblings = [each for each in key.checks if each.task == check.task and each is not check]
    seen = _fractions([answer.value for answer in got.values()])
    enough = len(seen) >= _ENOUGH
    two = check.judge is None and enough
    for mistakes in _candidates(shelf, two):
        module = _module(key, mistakes)
        if module is None:
            continue
        try:
            with _at_most(SECONDS):
                gives = _gives(module, check, seed, answered, arguments)
                if gives and all(
                    _agrees(module, each, seed, expected, given, enough) for each in siblings
                ):
                    return mistakes
        except _Late:  # the learner's code came to an end, so this is not its mistake
            continue
    return ()


class _Late(BaseException):
    """A candidate took too long. No `except Exception` of a check or of a mistake stops it."""


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise _Late inside after so many seconds of work: an edit may have made a loop endless.

    The mistakes are the course's own, so they need no worker. Processor time is the same on a
    busy machine. A clock of this kind interrupts the main thread only, where the commands check;
    elsewhere there is no limit.
    """
    if current_thread() is not main_thread():
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        raise _Late

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _fractions(value: Any) -> set[float]:
    """The floats in a value that are not whole: two mistakes give few of them by coincidence."""
    if isinstance(value, list | tuple):
        return set[float]().union(*map(_fractions, value))
    if getattr(getattr(value, "dtype", None), "kind", "") == "f":
        return _fractions(value.ravel()[:_LOOKED_AT].tolist())
    return {value} if isinstance(value, float) and value % 1 else set()


def _candidates(shelf: list[Mistake], two: bool) -> Iterator[tuple[Mistake, ...]]:
    """Each mistake alone, and then, if `two`, pairs of one function's."""
    yield from ((each,) for each in shelf)
    if not two:
        return
    pairs = ((a, b) for a, b in combinations(shelf, 2) if _differ(a, b))
    yield from islice(pairs, MOST_PAIRS)


def _differ(a: Mistake, b: Mistake) -> bool:
    """Are they mistakes in one function, and not two forms of the same?"""
    return a.function == b.function and a.sentence != b.sentence


def _module(key: AnswerKey, mistakes: tuple[Mistake, ...]) -> ModuleType | None:
    """The solution with the mistakes in it; None when two do not go together."""
    try:
        return solved(key, *mistakes)
    except (EditError, SyntaxError):
        if len(mistakes) == 1:
            raise
        return None


def _from_check(answer: Answer) -> bool:
    """Did the check's own line raise, because of the form of what it was given?"""
    return answer.raised is not None and answer.raised.line is None


def _returned_the_same(answer: Answer, wrong: Answer) -> bool:
    """Did the functions return the mistake's numbers? An error alone says too little."""
    equal = difference(list(wrong.sums), list(answer.sums)) is None
    return equal and any(answer.sums)


def _gives(
    module: ModuleType, check: Check, seed: int, answered: Expected, arguments: bool
) -> bool:
    """Are the answers those of `module`, in every case that was answered?"""
    for (_, case), answer in answered.items():
        wrong = case_answer(check, module, seed, case)
        if not same(answer, wrong) or answer.misfit != wrong.misfit:
            return False
        if _from_check(answer) and not _returned_the_same(answer, wrong):
            return False
        if arguments and set(answer.changed) != set(wrong.changed):
            return False
    return True


def _agrees(
    module: ModuleType,
    check: Check,
    seed: int,
    expected: Expected,
    given: Given,
    enough: bool,
) -> bool:
    """Where the mistake changes another check of the task, are those the learner's answers too?

    A check that it does not change may fail for a second mistake, which has a sentence of its own,
    if there is enough evidence for the first: a few whole numbers are equal by coincidence.
    """
    for (name, case, again), answer in given.items():
        right = expected.get((name, case))
        if name != check.name or again or right is None or _from_check(answer):
            continue
        wrong = case_answer(check, module, seed, case)
        if _fails(check, right, wrong):
            if not _fails_alike(check, right, wrong, answer):
                return False
        elif not enough and _fails(check, right, answer):
            return False
    return True


def _fails(check: Check, right: Answer, got: Answer) -> bool:
    if check.judge is None:
        return not same(right, got)
    raised = got.raised is not None and not isinstance(check.judge, Raises)
    return raised or bool(check.judge(got, right))


def _fails_alike(check: Check, right: Answer, wrong: Answer, answer: Answer) -> bool:
    """Do both fail for the same reason?

    A judged answer is a measurement, of a training for instance: rounding may change it. An error
    has the learner's own words.
    """
    if check.judge is not None:
        return _fails(check, right, answer)
    if wrong.raised and answer.raised:
        return wrong.raised.name == answer.raised.name
    return same(wrong, answer)
