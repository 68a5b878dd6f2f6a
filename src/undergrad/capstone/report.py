"""The result of a capstone check, as values: criteria on a ladder, each with the problems found.

A criterion is one line for a person: its rung, its state, and one sentence. The problems beneath it
say what, where (a cell's number, a file and line) and what to do about it. The verdict is the
highest rung of which, and below which, no criterion fails:

    running       the notebook runs on a fresh kernel, and its claim comes from its checkpoints
    yours         question, data or world, parts, tests and prose are the person's own; rules kept
    publishable   picture, result beside the baseline, cards, licence, environment
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from undergrad.sandbox.output import clean

State = Literal["ok", "attention", "fail"]
Rung = Literal["running", "yours", "publishable"]
# Below the ladder: `template` runs, but is still ours; `not-run` is a quick half without a fault.
Verdict = Literal["fail", "not-run", "template", "running", "yours", "publishable"]
RUNGS: tuple[Rung, ...] = ("running", "yours", "publishable")
# What is mended first: a claim can be written when the notebook runs, tests when there is code.
_SEQUENCE = (
    *("notebook", "run", "evaluation", "claim", "evidence", "rerun"),
    *(
        "yours",
        "imports",
        "loaded",
        "plan",
        "headings",
        "prose",
        "own-work",
        "tests",
        "result",
        "records",
    ),
)
_ORDER: tuple[State, ...] = ("ok", "attention", "fail")


@dataclass(frozen=True)
class Problem:
    """One thing to look at. `name` is a short fixed word for programs, such as `dead-kernel`."""

    message: str
    where: str = ""
    todo: str = ""
    state: State = "fail"
    name: str = ""
    subject: str = ""  # the module or file that it is about, where there is one


@dataclass(frozen=True)
class Criterion:
    """One line of the report, and the rung for which it must hold."""

    id: str
    title: str
    rung: Rung
    state: State
    message: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Metric:
    """The claimed metric: what results.json says, and what the check computed again."""

    name: str
    claimed: float
    recomputed: float
    baseline: float
    target: float
    seeds: tuple[tuple[str, float], ...]  # (seed, score computed again)


@dataclass(frozen=True)
class Report:
    """The whole verdict, with what it rests on."""

    name: str
    kind: str
    folder: str
    verdict: Verdict
    message: str  # the verdict in one sentence
    ran: bool  # False for the quick half, which runs nothing
    criteria: tuple[Criterion, ...]  # by rung
    metric: Metric | None
    points: int  # of the rubric, out of `possible`; the rest is for a reader to give
    possible: int
    seconds: float
    advice: str  # what to do next, one or two sentences
    undergrad: str  # the version that judged
    verified: bool = False  # one small seed was trained, and the saved checkpoints were scored
    fingerprint: str = ""  # of the files that were judged; empty when they changed meanwhile

    def reaches(self, rung: Rung) -> bool:
        """Whether the verdict is that rung or a higher one; of a quick half, that nothing fails."""
        return self.verdict == "not-run" or self.verdict in RUNGS[RUNGS.index(rung) :]

    @property
    def passed(self) -> bool:
        return self.reaches("yours")


def criterion(
    id: str, title: str, problems: Sequence[Problem], *, good: str, rung: Rung = "yours"
) -> Criterion:
    """A criterion from the problems found; `good` is its sentence when there is none."""
    found = tuple(replace(p, message=plain(p.message), where=plain(p.where)) for p in problems)
    states: list[State] = ["ok", *(problem.state for problem in found)]
    state = max(states, key=_ORDER.index)
    return Criterion(id, title, rung, state, _summary(found, plain(good)), found)


def by_rung(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria from the lowest rung to the highest, and on each in the order of the work."""
    return tuple(sorted(criteria, key=lambda item: (RUNGS.index(item.rung), _place(item.id))))


def _place(id: str) -> int:
    return _SEQUENCE.index(id) if id in _SEQUENCE else len(_SEQUENCE)


def plain(text: str) -> str:
    """One line without anything that a terminal would obey."""
    return " ".join(clean(text).split())


def verdict(criteria: Sequence[Criterion], *, ran: bool) -> Verdict:
    """The highest rung reached; `template` where the project runs and is still the template."""
    failed = [item for item in criteria if item.state == "fail"]
    if any(item.rung == "running" for item in failed):
        return "fail"
    if any(
        item.id == "yours" and problem.name == "template"
        for item in failed
        for problem in item.problems
    ):
        return "template"
    if not ran:
        return "fail" if any(item.rung == "yours" for item in failed) else "not-run"
    missed = min((RUNGS.index(item.rung) for item in failed), default=len(RUNGS))
    return RUNGS[missed - 1]


def message(criteria: Sequence[Criterion]) -> str:
    """How many criteria hold, and how many stand before the next rung."""
    failed = [item for item in criteria if item.state == "fail"]
    notes = sum(item.state == "attention" for item in criteria)
    if not failed:
        return f"all {len(criteria)} criteria hold" + (f", {notes} with a note" if notes else "")
    next_rung = min((item.rung for item in failed), key=RUNGS.index)
    missing = sum(item.rung == next_rung for item in failed)
    held = len(criteria) - len(failed)
    return f"{held} of {len(criteria)} criteria hold, and {missing} more would make it {next_rung}"


def advice(criteria: Sequence[Criterion], name: str, ran: bool) -> str:
    """What to do next: the first failure of the lowest rung, else the next step.

    A library that is not allowed comes before all others, because work on what rests on it is lost.
    """
    for item in criteria:
        for problem in item.problems:
            if problem.name == "forbidden-import" and problem.state == "fail":
                return f"Start with “{item.title}”: {problem.message}. {problem.todo}"
    first = next((item for item in criteria if item.state == "fail"), None)
    if first is not None:
        cure = next((p.todo for p in first.problems if p.state == "fail" and p.todo), "")
        return f"Start with “{first.title}”. {cure}".strip()
    if not ran:
        return f"The quick half is clean. Now the whole: `undergrad capstone check {name}`."
    waiting = next((item for item in criteria if item.state == "attention"), None)
    if waiting is not None:
        return f"Every criterion holds. Next, look at “{waiting.title}”."
    return "Every criterion holds. Show it to somebody, and ask what they did not understand."


def _summary(problems: Sequence[Problem], good: str) -> str:
    if not problems:
        return good
    if len(problems) == 1:
        return problems[0].message
    failures = sum(problem.state == "fail" for problem in problems)
    notes = len(problems) - failures
    parts = [f"{failures} to fix"] * bool(failures) + [f"{notes} to look at"] * bool(notes)
    return ", ".join(parts)
