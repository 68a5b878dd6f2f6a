"""From answers to verdicts. Pure: the same answers always give the same results.

A check passes when every one of its cases was answered, every answer is equal to the solution's
(or content the check's judge), and the first case gave the same numbers twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from undergrad.checker import words
from undergrad.checker.answer import Answer
from undergrad.checker.compare import Difference, difference, form, same
from undergrad.checker.decorators import Check, Mistake
from undergrad.checker.diagnose import guess
from undergrad.checker.exam import Exam, case_answer, solved
from undergrad.checker.gradients import Gradients
from undergrad.checker.judges import Judge, Raises
from undergrad.checker.result import TaskResult, Verdict
from undergrad.checker.source import Source
from undergrad.errors import CourseError

Given = Mapping[tuple[str, int, bool], Answer]  # (check, case, asked again)


@dataclass(frozen=True)
class Stop:
    """Why answers are missing: the check that was running, and what happened to it."""

    check: str
    verdict: Verdict
    message: str


@dataclass(frozen=True)
class Question:
    """One run's circumstances, shared by the functions below."""

    exam: Exam
    source: Source  # the learner's
    seed: int
    seeds: int


def grade(
    question: Question, expected: Mapping[tuple[str, int], Answer], given: Given, stop: Stop
) -> tuple[TaskResult, ...]:
    """One result for each check function, in file order."""
    results: list[TaskResult] = []
    for check in question.exam.checks:
        behind = [need for need in check.needs if not _passed(need, results)]
        if behind:
            text = f"Waits for task {behind[0]}."
            results.append(_result(question, check, "not-run", text))
        else:
            results.append(grade_one(question, check, expected, given, stop))
    return tuple(results)


def _passed(task: int, results: list[TaskResult]) -> bool:
    """Have all checks of `task` so far passed? Checks stand in task order in their file."""
    mine = [result for result in results if result.task == task]
    return bool(mine) and all(result.verdict == "pass" for result in mine)


def grade_one(
    question: Question,
    check: Check,
    expected: Mapping[tuple[str, int], Answer],
    given: Given,
    stop: Stop,
) -> TaskResult:
    runs = range(check.seeds or question.seeds)
    for run in runs:
        right = expected[check.name, run]
        got = given.get((check.name, run, False))
        if got is None:
            return _unanswered(question, check, stop)
        failed = _judge(question, check, right, got)
        if failed is not None:
            return _with_mistake(question, check, given, run, failed)
        if check.keeps_arguments and (touched := _touched(right, got)):
            failed = _result(question, check, "fail", _in_place(*touched))
            return _with_mistake(question, check, given, run, failed, arguments=True)
    if check.judge is not None:
        return TaskResult(check.task, check.name, check.sentence, "pass")
    again = given.get((check.name, 0, True))
    if again is None:
        return _unanswered(question, check, stop)
    if not same(given[check.name, 0, False], again):
        text = (
            f"Not deterministic: two runs with seed {question.seed} gave different answers. "
            "Use the generator you are given, not np.random, and keep nothing between calls."
        )
        return _result(question, check, "fail", text)
    return TaskResult(check.task, check.name, check.sentence, "pass")


def _judge(question: Question, check: Check, right: Answer, got: Answer) -> TaskResult | None:
    """A failed result for one answer, or None when the answer is right."""
    wants_error = isinstance(check.judge, Raises)
    if right.raised is not None and not wants_error:
        raise CourseError(
            f"The worked solution of {question.exam.folder.name} fails `{check.name}`: "
            f"{right.raised.name}: {right.raised.text}."
        )
    if got.raised is not None and (not wants_error or _is_ours(got)):
        return _raised(question, check, right, got)
    if check.judge is not None:
        return _judged(question, check, check.judge, right, got)
    found = difference(right.value, got.value)
    return None if found is None else _wrong(question, check, found, right, got)


def _judged(
    question: Question, check: Check, judge: Judge, right: Answer, got: Answer
) -> TaskResult | None:
    said = judge(got, right)
    if not said:
        return None
    pair = judge.worst(got, right) if isinstance(judge, Gradients) else None
    if pair is not None:
        return _result(question, check, "fail", said, *map(words.show, pair))
    shown = got.raised.name if got.raised else words.show(got.value)
    return _result(question, check, "fail", said, judge.expects, shown)


def _is_ours(got: Answer) -> bool:
    """An error that no exercise asks for: not started, a missing name, no memory left."""
    raised = got.raised
    assert raised is not None
    odd = raised.is_a("MemoryError") or raised.name in ("MissingName", "SystemExit")
    return odd or words.not_started(raised) or raised.at_call


def _raised(question: Question, check: Check, right: Answer, got: Answer) -> TaskResult:
    verdict, text = words.error(got, question.source, question.exam.solution)
    assert got.raised is not None
    shown = words.NOT_STARTED if words.not_started(got.raised) else got.raised.name
    wanted = "" if right.raised else words.show(right.value)
    return _result(question, check, verdict, text, wanted, shown)


def _wrong(
    question: Question, check: Check, found: Difference, right: Answer, got: Answer
) -> TaskResult:
    parts = [guess(found) or _plainly(found), words.where(found), _edited(right, got)]
    text = " ".join(part for part in parts if part)
    return _result(question, check, "fail", text, words.show(found.expected), words.show(found.got))


def _plainly(found: Difference) -> str:
    if found.what == "keys":
        return "The dictionary has other keys than expected."
    expected, got = form(found.expected), form(found.got)
    if expected != got:
        return f"Expected {expected}, got {got}."
    return "" if found.index else "The answer is not the expected one."


def _touched(right: Answer, got: Answer) -> tuple[str, str] | None:
    """(function, argument) that the learner's code edits in place and the solution does not."""
    return next((pair for pair in got.changed if pair not in right.changed), None)


def _edited(right: Answer, got: Answer) -> str:
    """A note about an argument that the learner's code edits in place."""
    touched = _touched(right, got)
    return f"Besides, {_in_place(*touched)}" if touched else ""


def _in_place(function: str, argument: str) -> str:
    return (
        f"`{function}` changes its argument `{argument}` in place. The caller may still need it: "
        "make a new array, or work on a copy."
    )


def _with_mistake(
    question: Question,
    check: Check,
    given: Given,
    run: int,
    failed: TaskResult,
    *,
    arguments: bool = False,
) -> TaskResult:
    """`failed`, said with a known mistake's sentence when the answers are that mistake's.

    arguments: the values are right, and what is compared is which arguments are edited in place.
    """
    if failed.got == words.NOT_STARTED:
        return failed
    # The failed case first: most mistakes are out after one call.
    runs = sorted(range(check.seeds or question.seeds), key=lambda each: each != run)
    got = {each: given.get((check.name, each, False)) for each in runs}
    used = {name for answer in got.values() if answer for name in answer.used}
    for mistake in question.exam.mistakes:
        # Only what the check calls itself: a mistake further down shows in a check of its own.
        calls_it = mistake.function.partition(".")[0] in used
        if calls_it and _matches(question, check, mistake, got, arguments):
            return replace(failed, verdict="fail", message=mistake.sentence, mistake=mistake.name)
    return failed


def _matches(
    question: Question,
    check: Check,
    mistake: Mistake,
    got: Mapping[int, Answer | None],
    arguments: bool,
) -> bool:
    """Are the learner's answers the mistake's, in every case that was answered?

    The failed case is among them, where they are not the solution's; so a mistake that this check
    cannot see never matches.
    """
    module = solved(question.exam, mistake)
    answered = {run: answer for run, answer in got.items() if answer is not None}
    for run, answer in answered.items():
        wrong = case_answer(check, module, question.seed, run)
        if not same(answer, wrong) or (arguments and set(answer.changed) != set(wrong.changed)):
            return False
    return True


def _unanswered(question: Question, check: Check, stop: Stop) -> TaskResult:
    if check.name == stop.check:
        return _result(question, check, stop.verdict, stop.message)
    return _result(question, check, "not-run", "The run was stopped before it came to this.")


def _result(
    question: Question,
    check: Check,
    verdict: Verdict,
    message: str,
    expected: str = "",
    got: str = "",
) -> TaskResult:
    return TaskResult(
        check.task,
        check.name,
        check.sentence,
        verdict,
        message,
        expected=expected,
        got=got,
        seed=question.seed,
    )
