"""From answers to verdicts. Pure: the same answers always give the same results.

A check passes when every one of its cases was answered, every answer is equal to the solution's
(or content the check's judge), and the first case gave the same numbers twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from undergrad.checker import explain, known
from undergrad.checker.answer import Answer, Opaque
from undergrad.checker.answer_key import AnswerKey
from undergrad.checker.author import Check
from undergrad.checker.compare import Difference, difference, form, same
from undergrad.checker.forms import Misfit, sentence
from undergrad.checker.gradients import Gradients
from undergrad.checker.guess import cure, guess, swapped
from undergrad.checker.guess_code import guess_code
from undergrad.checker.judges import Judge, Raises
from undergrad.checker.known import Expected, Given
from undergrad.checker.result import NOT_STARTED, TaskResult, Verdict
from undergrad.checker.source import Source
from undergrad.errors import CourseError

UNEXPLAINED = "The answer is not the expected one."


@dataclass(frozen=True)
class Stop:
    """Why answers are missing: the check that was running, and what happened to it."""

    check: str
    ending: Callable[[], tuple[Verdict, str]]


@dataclass(frozen=True)
class CheckRun:
    """What stays the same through one run, shared by the functions below."""

    answer_key: AnswerKey
    source: Source  # the learner's
    seed: int
    seeds: int


def grade(run: CheckRun, expected: Expected, given: Given, stop: Stop) -> tuple[TaskResult, ...]:
    """One result for each check function, in file order."""
    results: list[TaskResult] = []
    for check in run.answer_key.checks:
        behind = [need for need in check.needs if not _passed(need, results)]
        if behind:
            text = f"Waits for task {behind[0]}."
            results.append(_result(run, check, "not-run", text))
        else:
            results.append(grade_one(run, check, expected, given, stop, results))
    return tuple(results)


def _passed(task: int, results: list[TaskResult]) -> bool:
    """Have all checks of `task` so far passed? Checks stand in task order in their file."""
    mine = [result for result in results if result.task == task]
    return bool(mine) and all(result.verdict == "pass" for result in mine)


def grade_one(
    run: CheckRun,
    check: Check,
    expected: Expected,
    given: Given,
    stop: Stop,
    earlier: Sequence[TaskResult],
) -> TaskResult:
    """The result of one check. earlier: those of the checks before it."""
    found = frozenset(each.mistake for each in earlier)
    cases = range(check.seeds or run.seeds)
    for case in cases:
        right = expected[check.name, case]
        got = given.get((check.name, case, False))
        if got is None:
            return _unanswered(run, check, stop)
        failed = _judge(run, check, right, got)
        if failed is not None:
            return _explained(run, check, expected, given, case, failed, found)
        if check.keeps_arguments and (touched := _touched(right, got)):
            failed = _result(run, check, "fail", _in_place(*touched))
            return _explained(run, check, expected, given, case, failed, found, arguments=True)
    if check.judge is not None and not expected[check.name, 0].drew:
        return TaskResult(check.task, check.name, check.sentence, "pass")
    again = given.get((check.name, 0, True))
    if again is None:
        return _unanswered(run, check, stop)
    if not _repeated(check, given[check.name, 0, False], again):
        return _result(run, check, "fail", _not_repeatable(run, again))
    return TaskResult(check.task, check.name, check.sentence, "pass")


def _repeated(check: Check, first: Answer, again: Answer) -> bool:
    """Did the same case give the same twice? A judged answer may hold times, its calls may not."""
    if difference(list(first.sums), list(again.sums)) is not None:
        return False
    if check.judge is not None:
        return True
    if first.raised is not None or again.raised is not None:
        return same(first, again)
    found = difference(first.value, again.value)
    opaque = found is not None and isinstance(found.expected, Opaque)
    return found is None or (opaque and found.expected == found.got)


def _not_repeatable(run: CheckRun, again: Answer) -> str:
    """What to look for where the same arguments gave other values the second time."""
    text = f"Not deterministic: two runs with seed {run.seed} gave different answers. "
    code = run.source.code.decode("utf-8", "replace")
    if again.drew or "random" in code:
        return text + "Draw from the generator you are given, `rng`, and not from np.random."
    empty = ", or an np.empty that is not filled" if "np.empty" in code else ""
    return text + (
        "Something is kept between calls: look for a mutable default argument, such as "
        f"`def f(x, seen=[])`, or a global that is changed{empty}."
    )


def _judge(run: CheckRun, check: Check, right: Answer, got: Answer) -> TaskResult | None:
    """A failed result for one answer, or None when the answer is right."""
    wants_error = isinstance(check.judge, Raises)
    if right.raised is not None and not wants_error:
        raise CourseError(
            f"The worked solution of {run.answer_key.folder.name} fails `{check.name}`: "
            f"{right.raised.name}: {right.raised.text}."
        )
    if got.misfit is not None and right.misfit is None and not wants_error:
        return _other_form(run, check, right, got, got.misfit)
    if got.raised is not None and (not wants_error or _is_ours(got)):
        return _raised(run, check, right, got)
    if check.judge is not None:
        return _judged(run, check, check.judge, right, got)
    found = difference(right.value, got.value)
    return None if found is None else _wrong(run, check, found, right, got)


def _other_form(
    run: CheckRun, check: Check, right: Answer, got: Answer, misfit: Misfit
) -> TaskResult:
    text = f"{sentence(misfit, check.forms)} {cure(misfit.got)}".strip()
    found = difference(right.value, got.value) if misfit.shape and got.raised is None else None
    if found is not None and found.what in ("shape", "form"):
        text = f"{text} {guess(found, _sizes(got))}".strip()
    return _result(run, check, "fail", text)


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
    shown = NOT_STARTED if explain.not_started(got.raised) else got.raised.name
    if verdict == "error":  # the learner's own line says it
        return _result(run, check, verdict, text)
    wanted = "" if right.raised else explain.show(right.value)
    return _result(run, check, verdict, text, wanted, shown)


def _wrong(
    run: CheckRun, check: Check, found: Difference, right: Answer, got: Answer
) -> TaskResult:
    said = got.value if isinstance(got.value, str) and not isinstance(right.value, str) else ""
    cause = said or swapped(right.value, got.value, found) or guess(found, _sizes(got))
    place = "" if said else explain.where(found, dict(right.labels))
    parts = [cause or _plainly(found), place, _edited(right, got)]
    text = " ".join(part for part in parts if part)
    return _result(run, check, "fail", text, explain.show(found.expected), explain.show(found.got))


def _sizes(got: Answer) -> frozenset[int]:
    """The lengths of what the functions were given: factors that a sum or a mean can explain."""
    values = (each for call in got.calls for each in call.arguments.values())
    lists = (each for each in values if hasattr(each, "__len__"))
    return frozenset(n for each in lists for n in getattr(each, "shape", (len(each),)))


def _plainly(found: Difference) -> str:
    if found.what == "keys":
        return "The dictionary has other keys than expected."
    expected, got = form(found.expected), form(found.got)
    if expected != got:
        return f"Expected {expected}, got {got}."
    return "" if found.index else UNEXPLAINED


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


def _explained(
    run: CheckRun,
    check: Check,
    expected: Expected,
    given: Given,
    case: int,
    failed: TaskResult,
    earlier: frozenset[str],
    *,
    arguments: bool = False,
) -> TaskResult:
    """`failed`, with the best there is to say: a known mistake, or that something is kept.

    arguments: the values are right, and what is compared is which arguments are edited in place.
    """
    if failed.got == NOT_STARTED:
        return failed
    if said := guess_code(run.source.tree, given[check.name, case, False].used):
        return replace(failed, message="\n".join(filter(None, (said, failed.message))))
    key, seed = run.answer_key, run.seed
    found = known.explaining(key, check, seed, expected, given, case, arguments, earlier)
    if found:
        text = " Besides: ".join(each.sentence for each in found)
        return replace(failed, verdict="fail", message=text, mistake=found[0].name)
    if arguments:
        return failed
    first, again = given.get((check.name, 0, False)), given.get((check.name, 0, True))
    if first is not None and again is not None and not _repeated(check, first, again):
        return _result(run, check, "fail", _not_repeatable(run, again))
    return failed


def _unanswered(run: CheckRun, check: Check, stop: Stop) -> TaskResult:
    if check.name == stop.check:
        return _result(run, check, *stop.ending())
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
