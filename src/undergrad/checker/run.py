"""One check run from beginning to end. Read this file first.

The learner's file is read, compared with the unit's rules, and handed to a worker. While that
runs, the worked solution answers the same questions here. Then the answers are compared.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from undergrad import extras
from undergrad.checker import explain, rules
from undergrad.checker.answer import Answer, Call
from undergrad.checker.answer_key import (
    AnswerKey,
    answers,
    load_answer_key,
    solved,
)
from undergrad.checker.codec import encode
from undergrad.checker.earlier import HandedOver, hand_over
from undergrad.checker.example import with_examples
from undergrad.checker.grade import CheckRun, Stop, grade
from undergrad.checker.protocol import Received, note, note_value
from undergrad.checker.result import CheckResult, TaskResult, Verdict, first_trouble
from undergrad.checker.source import Source, Unreadable, read, worked_solution
from undergrad.course import unit_folder
from undergrad.course.lookup import imported
from undergrad.course.models import Unit
from undergrad.errors import CourseError, ToolError
from undergrad.locate import answer_folders
from undergrad.sandbox import process, renames
from undergrad.sandbox.limits import Limits
from undergrad.sandbox.process import Job

# A library of an extra may be large: PyTorch for CUDA maps many gigabytes that it never touches.
_MEMORY_WITH_EXTRA = 32 << 30

_Solved = tuple[AnswerKey, Mapping[tuple[str, int], Answer]]


@dataclass(frozen=True)
class _Submission:
    """What is judged, and what the result says about the run."""

    unit: Unit
    code: bytes  # what is judged, even if the file changes meanwhile
    seed: int
    started: float
    notes: tuple[str, ...] = ()
    earlier: Mapping[str, str] = field(default_factory=dict)  # what it may import, by module


def check(unit: Unit, file: Path, *, seed: int | None, seeds: int, limits: Limits) -> CheckResult:
    """See `undergrad.checker.check`."""
    result = _check(unit, file, seed, seeds, limits)
    return _in_their_place(result, unit, file) if result.passed else result


def _check(unit: Unit, file: Path, seed: int | None, seeds: int, limits: Limits) -> CheckResult:
    """The result of the checks, before the engine's cases are tried."""
    if seeds < 1:
        raise ValueError(f"seeds must be 1 or more, not {seeds}: without a case nothing is judged")
    started = time.perf_counter()
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    if unit.extra and extras.missing(unit.extra):
        advice = extras.advice(unit.id, unit.extra)
        return _unjudged(_Submission(unit, b"", seed, started), "skipped", advice)
    if unit.extra:
        limits = replace(limits, memory=_MEMORY_WITH_EXTRA)
    try:
        source = read(file, unit.renamed)
    except Unreadable as error:
        verdict: Verdict = "error" if file.exists() else "not-run"
        return _unjudged(_Submission(unit, b"", seed, started), verdict, str(error))
    submission = _Submission(unit, source.code, seed, started, renames.notes(source.renamed))
    broken_rule = rules.forbidden(source, unit.allow, unit.forbid)
    if broken_rule:
        return _unjudged(submission, "forbidden", broken_rule)
    earlier = HandedOver()
    if imported(source.tree):  # most exercises import nothing of another
        earlier = hand_over(unit, file, source, partial(_passes, limits))
    submission = _with(submission, source, earlier)
    folder = unit_folder(unit)
    # The job is written before the solution runs beside it: Python 3.11 parses in one thread only.
    job = _questions(submission, source, folder, seeds)
    solving = _Beside(lambda: _solve(folder, submission.seed, seeds))
    try:
        ran = _ask(job, limits)  # here: Ctrl-C stops the worker
    except ToolError:
        solving.join()  # nobody should meet a thread of a check that has ended
        raise
    answer_key, expected = solving.result()
    run = CheckRun(answer_key, source, submission.seed, seeds)
    return _judged(submission, run, expected, ran, limits)


def _passes(limits: Limits, unit: Unit, file: Path) -> bool:
    """Whether an earlier exercise, which this one imports from, passes its own check."""
    return _check(unit, file, None, 1, limits).passed


def _with(submission: _Submission, source: Source, earlier: HandedOver) -> _Submission:
    """The submission with what it may import, and notes on that and on what it lacks."""
    lacks = tuple(
        f"`{name}` (task {task}) came into this unit after you began and is left out here; "
        f"`undergrad reset {submission.unit.id}` has it, and keeps your file beside the new one."
        for name, task in _lacking(submission.unit, source).items()
    )
    notes = (*submission.notes, *earlier.notes, *lacks)
    return replace(submission, notes=notes, earlier=earlier.texts)


def _questions(submission: _Submission, source: Source, folder: Path, seeds: int) -> Job:
    """The learner's file and the checks that it has to answer."""
    data = {
        "checks": (folder / "checks.py").read_text(encoding="utf-8"),
        "returns": worked_solution(folder).returns,
        "seed": submission.seed,
        "seeds": seeds,
    }
    return _job("run", submission, source, folder, data)


def _ask(job: Job, limits: Limits) -> Received:
    """What the learner's file answers to the checks, in the sandbox."""
    ran = Received()
    ran.ended = process.run(job, limits, partial(note, ran))
    return ran


def _lacking(unit: Unit, source: Source) -> dict[str, int]:
    """Functions that came into the unit after the learner began, with their tasks."""
    return {name: task for name, task in unit.added if name not in source.signatures}


def _call_again(
    submission: _Submission, source: Source, folder: Path, limits: Limits, calls: list[Call]
) -> dict[int, Any]:
    """What the learner's functions return for other arguments, by the number of the call."""
    message, raw = encode({}, [(each.function, each.arguments) for each in calls])
    data = {"calls": message["value"], "numbers": base64.b64encode(raw).decode()}
    job = _job("call", submission, source, folder, data)
    values: dict[int, Any] = {}
    process.run(job, replace(limits, seconds=min(limits.seconds, 1.0)), partial(note_value, values))
    return values


def _job(
    program: str, submission: _Submission, source: Source, folder: Path, data: Mapping[str, Any]
) -> Job:
    exercise = {
        "name": f"{submission.unit.module}.py",
        "source": base64.b64encode(source.code).decode(),
        "renamed": source.renamed,
        "earlier": submission.earlier,
    }
    hidden = dict.fromkeys(map(str, (folder.parent.parent, *answer_folders())))
    return Job(f"undergrad.checker.worker:{program}", {**exercise, **data}, hidden=tuple(hidden))


def _solve(folder: Path, seed: int, seeds: int) -> _Solved:
    answer_key = load_answer_key(folder)
    return answer_key, answers(answer_key.checks, solved(answer_key), seed, seeds)


def _judged(
    submission: _Submission,
    run: CheckRun,
    expected: Mapping[tuple[str, int], Answer],
    ran: Received,
    limits: Limits,
) -> CheckResult:
    if not run.answer_key.checks:
        raise CourseError(f"{submission.unit.id}: checks.py has no check.")
    if ran.import_error is not None:
        answer = Answer(raised=ran.import_error)
        verdict, text = explain.error(answer, run.source, run.answer_key.solution)
        return _unjudged(submission, verdict, f"Importing {run.source.name} fails. {text}", ran)
    ending = partial(explain.ending, ran, run.source, limits.seconds)
    if ran.at is None or ran.ended.ending == "garbled":  # then no answer can be trusted
        verdict, text = ending()
        early = "" if ran.at else f"This happened while {run.source.name} was imported. "
        return _unjudged(submission, verdict, f"{early}{text}", ran)
    results = grade(run, expected, ran.answers, Stop(ran.at[0], ending))
    lacking = _lacking(submission.unit, run.source).values()
    results = tuple(each for each in results if each.task not in lacking)
    if any(each.verdict == "fail" for each in results):
        call_again = partial(_call_again, submission, run.source, run.answer_key.folder, limits)
        results = with_examples(run, results, expected, ran.answers, call_again)
    return _result(submission, results, ran)


def _in_their_place(result: CheckResult, unit: Unit, file: Path) -> CheckResult:
    """The result, failed when the engine or an agent could not compute with what passed.

    The cases of the unit's parts are tried only now, as they need a process of their own; a check
    and what `undergrad parts` says cannot disagree then.
    """
    if not unit.parts:
        return result
    from undergrad.mine.verify import verify  # with the whole engine, which most units do without

    names = [part.name for part in unit.parts]
    verdicts = verify(file, unit_folder(unit) / "parts.py", names, unit.renamed, timed=False)
    refused = tuple(
        TaskResult(
            unit.tasks[-1].number,
            "in_their_place",
            "computes what our own parts do, in their place",
            "fail",
            f"In place of our `{verdict.name.removeprefix('undergrad.')}`, {verdict.reason}.",
        )
        for verdict in verdicts
        if verdict.reason
    )
    if not refused:
        return result
    return replace(
        result, verdict="fail", message=refused[0].message, tasks=(*result.tasks, *refused)
    )


def _result(submission: _Submission, results: tuple[TaskResult, ...], ran: Received) -> CheckResult:
    first = first_trouble(results)
    if first is None:
        return _finished(
            submission, "pass", "Everything agrees with the worked solution.", results, ran
        )
    return _finished(submission, first.verdict, first.message, results, ran)


def _unjudged(
    submission: _Submission, verdict: Verdict, message: str, ran: Received | None = None
) -> CheckResult:
    """The file as a whole has this verdict, and no task was judged."""
    results = tuple(
        TaskResult(task.number, function, sentence, "not-run")
        for task in submission.unit.tasks
        for function, sentence in zip(task.functions, task.sentences, strict=True)
    )
    return _finished(submission, verdict, message, results, ran or Received())


def _finished(
    submission: _Submission,
    verdict: Verdict,
    message: str,
    results: tuple[TaskResult, ...],
    ran: Received,
) -> CheckResult:
    return CheckResult(
        unit=submission.unit.id,
        verdict=verdict,
        message=message,
        tasks=results,
        seed=submission.seed,
        seconds=round(time.perf_counter() - submission.started, 3),
        check_hash=submission.unit.check_hash,
        code_hash=hashlib.sha256(submission.code).hexdigest()[:16],
        output=ran.ended.output,
        isolation=", ".join(("process", "limits", *ran.ended.layers)) if ran.ended.ready else "",
        notes=submission.notes,
    )


class _Beside(Thread):
    """A call that runs in another thread until its `result` is asked for."""

    def __init__(self, call: Callable[[], _Solved]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._given: _Solved | None = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._given = self._call()
        except BaseException as error:  # raised again in `result`
            self._error = error

    def result(self) -> _Solved:
        self.join()
        if self._error is not None:
            raise self._error
        assert self._given is not None
        return self._given
