"""From answers to verdicts. Pure: the same answers always give the same results.

A check passes when every one of its cases was answered, every answer is equal to the solution's
(or content the check's judge), and the first case gave the same numbers twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from undergrad.checker import explain
from undergrad.checker.answer import Answer
from undergrad.checker.answer_key import AnswerKey, case_answer, solved
from undergrad.checker.author import Check, Mistake
from undergrad.checker.compare import Difference, difference, form, same
from undergrad.checker.gradients import Gradients
from undergrad.checker.guess import guess
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
class CheckRun:
    """What stays the same through one run, shared by the functions below."""

    answer_key: AnswerKey
    source: Source  # the learner's
    seed: int
    seeds: int


def grade(
    run: CheckRun, expected: Mapping[tuple[str, int], Answer], given: Given, stop: Stop
) -> tuple[TaskResult, ...]:
    """One result for each check function, in file order."""
    results: list[TaskResult] = []
    for check in run.answer_key.checks:
        behind = [need for need in check.needs if not _passed(need, results)]
        if behind:
            text = f"Waits for task {behind[0]}."
            results.append(_result(run, check, "not-run", text))
        else:
            results.append(grade_one(run, check, expected, given, stop))
    return tuple(results)


def _passed(task: int, results: list[TaskResult]) -> bool:
    """Have all checks of `task` so far passed? Checks stand in task order in their file."""
    mine = [result for result in results if result.task == task]
    return bool(mine) and all(result.verdict == "pass" for result in mine)


def grade_one(
    run: CheckRun,
    check: Check,
    expected: Mapping[tuple[str, int], Answer],
    given: Given,
    stop: Stop,
) -> TaskResult:
    cases = range(check.seeds or run.seeds)
    for case in cases:
        right = expected[check.name, case]
        got = given.get((check.name, case, False))
        if got is None:
            return _unanswered(run, check, stop)
        failed = _judge(run, check, right, got)
        if failed is not None:
            return _with_mistake(run, check, given, case, failed)
        if check.keeps_arguments and (touched := _touched(right, got)):
            failed = _result(run, check, "fail", _in_place(*touched))
            return _with_mistake(run, check, given, case, failed, arguments=True)
    if check.judge is not None:
        return TaskResult(check.task, check.name, check.sentence, "pass")
    again = given.get((check.name, 0, True))
    if again is None:
        return _unanswered(run, check, stop)
    if not same(given[check.name, 0, False], again):
        text = (
            f"Not deterministic: two runs with seed {run.seed} gave different answers. "
            "Use the generator you are given, not np.random, and keep nothing between calls."
        )
        return _result(run, check, "fail", text)
    return TaskResult(check.task, check.name, check.sentence, "pass")


def _judge(run: CheckRun, check: Check, right: Answer, got: Answer) -> TaskResult | None:
    """A failed result for one answer, or None when the answer is right."""
    wants_error = isinstance(check.judge, Raises)
    if right.raised is not None and not wants_error:
        raise CourseError(
            f"The worked solution of {run.answer_key.folder.name} fails `{check.name}`: "
            f"{right.raised.name}: {right.raised.text}."
        )
    if got.raised is not None and (not wants_error or _is_ours(got)):
        return _raised(run, check, right, got)
    if check.judge is not None:
        return _judged(run, check, check.judge, right, got)
    found = difference(right.value, got.value)
    return None if found is None else _wrong(run, check, found, right, got)


def _judged(
    run: CheckRun, check: Check, judge: Judge, right: Answer, got: Answer
) -> TaskResult | None:
    said = judge(got, right)
    if not said:
        return None
    pair = judge.worst(got, right) if isinstance(judge, Gradients) else None
    if pair is not None:
        return _result(run, check, "fail", said, *map(explain.show, pair))
    shown = got.raised.name if got.raised else explain.show(got.value)
    return _result(run, check, "fail", said, judge.expects, shown)


def _is_ours(got: Answer) -> bool:
    """An error that no exercise asks for: not started, a missing name, no memory left."""
    raised = got.raised
    assert raised is not None
    odd = raised.is_a("MemoryError") or raised.name in ("MissingName", "SystemExit")
    return odd or explain.not_started(raised) or raised.at_call


def _raised(run: CheckRun, check: Check, right: Answer, got: Answer) -> TaskResult:
    verdict, text = explain.error(got, run.source, run.answer_key.solution)
    assert got.raised is not None
    shown = explain.NOT_STARTED if explain.not_started(got.raised) else got.raised.name
    wanted = "" if right.raised else explain.show(right.value)
    return _result(run, check, verdict, text, wanted, shown)


def _wrong(
    run: CheckRun, check: Check, found: Difference, right: Answer, got: Answer
) -> TaskResult:
    parts = [guess(found) or _plainly(found), explain.where(found), _edited(right, got)]
    text = " ".join(part for part in parts if part)
    return _result(run, check, "fail", text, explain.show(found.expected), explain.show(found.got))


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
    run: CheckRun,
    check: Check,
    given: Given,
    case: int,
    failed: TaskResult,
    *,
    arguments: bool = False,
) -> TaskResult:
    """`failed`, said with a known mistake's sentence when the answers are that mistake's.

    arguments: the values are right, and what is compared is which arguments are edited in place.
    """
    if failed.got == explain.NOT_STARTED:
        return failed
    # The failed case first: most mistakes are out after one call.
    cases = sorted(range(check.seeds or run.seeds), key=lambda each: each != case)
    got = {each: given.get((check.name, each, False)) for each in cases}
    used = {name for answer in got.values() if answer for name in answer.used}
    for mistake in run.answer_key.mistakes:
        # Only what the check calls itself: a mistake further down shows in a check of its own.
        calls_it = mistake.function.partition(".")[0] in used
        if calls_it and _matches(run, check, mistake, got, arguments):
            return replace(failed, verdict="fail", message=mistake.sentence, mistake=mistake.name)
    return failed


def _matches(
    run: CheckRun,
    check: Check,
    mistake: Mistake,
    got: Mapping[int, Answer | None],
    arguments: bool,
) -> bool:
    """Are the learner's answers the mistake's, in every case that was answered?

    The failed case is among them, where they are not the solution's; so a mistake that this check
    cannot see never matches.
    """
    module = solved(run.answer_key, mistake)
    answered = {case: answer for case, answer in got.items() if answer is not None}
    for case, answer in answered.items():
        wrong = case_answer(check, module, run.seed, case)
        if not same(answer, wrong) or (arguments and set(answer.changed) != set(wrong.changed)):
            return False
    return True


def _unanswered(run: CheckRun, check: Check, stop: Stop) -> TaskResult:
    if check.name == stop.check:
        return _result(run, check, stop.verdict, stop.message)
    return _result(run, check, "not-run", "The run was stopped before it came to this.")


def _result(
    run: CheckRun,
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
        seed=run.seed,
    )
