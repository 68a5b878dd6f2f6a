"""The result of a capstone check, as values: a report of criteria, each with the problems found.

A criterion is one line for a person: a gate or not, its state, and one sentence. The problems
beneath it say what, where (a cell's number, a file and line) and what to do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from undergrad.sandbox.output import clean

State = Literal["ok", "attention", "fail"]
Verdict = Literal["pass", "template", "fail"]
_ORDER: tuple[State, ...] = ("ok", "attention", "fail")


@dataclass(frozen=True)
class Problem:
    """One thing to look at. `name` is a short fixed word for programs, such as `dead-kernel`."""

    message: str
    where: str = ""
    todo: str = ""
    state: State = "fail"
    name: str = ""


@dataclass(frozen=True)
class Criterion:
    """One line of the report. A gate must hold before anything else counts."""

    id: str
    title: str
    gate: bool
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
    """The whole verdict: `pass` when no criterion failed, `template` when nothing is yours yet."""

    name: str
    kind: str
    folder: str
    verdict: Verdict
    message: str  # the verdict in one sentence
    ran: bool  # False for the quick half, which runs nothing
    criteria: tuple[Criterion, ...]
    metric: Metric | None
    seconds: float
    advice: str  # what to do next, one or two sentences
    undergrad: str  # the version that judged

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"


def criterion(
    id: str, title: str, problems: Sequence[Problem], *, good: str, gate: bool = False
) -> Criterion:
    """A criterion from the problems found; `good` is its sentence when there is none."""
    found = tuple(replace(p, message=plain(p.message), where=plain(p.where)) for p in problems)
    states: list[State] = ["ok", *(problem.state for problem in found)]
    state = max(states, key=_ORDER.index)
    return Criterion(id, title, gate, state, _summary(found, plain(good)), found)


def plain(text: str) -> str:
    """One line without anything that a terminal would obey."""
    return " ".join(clean(text).split())


def verdict(criteria: Sequence[Criterion]) -> Verdict:
    """`template` where all that fails is that the project is still the template."""
    failures = {p.name for item in criteria for p in item.problems if p.state == "fail"}
    if not failures:
        return "pass"
    return "template" if failures == {"template"} else "fail"


def message(criteria: Sequence[Criterion]) -> str:
    """The verdict in one sentence."""
    states = [item.state for item in criteria]
    held, notes = len(states) - states.count("fail"), states.count("attention")
    if held < len(states):
        return f"{held} of {len(states)} criteria hold"
    return f"all {held} criteria hold" + (f", {notes} of them with a note" if notes else "")


def advice(criteria: Sequence[Criterion], name: str, ran: bool) -> str:
    """What to do next: the first failed gate, else the first failure, else the next step."""
    failed = [item for item in criteria if item.state == "fail"]
    first = min(failed, key=lambda item: not item.gate, default=None)
    if first is not None:
        cure = next((p.todo for p in first.problems if p.state == "fail" and p.todo), "")
        return f"Start with “{first.title}”. {cure}".strip()
    if not ran:
        return f"The quick half is clean. Now the whole: undergrad capstone check {name}"
    waiting = next((item for item in criteria if item.state == "attention"), None)
    if waiting is not None:
        return f"All required criteria hold. Next, look at “{waiting.title}”."
    return "All criteria hold. Show it to somebody, and ask what they did not understand."


def _summary(problems: Sequence[Problem], good: str) -> str:
    if not problems:
        return good
    if len(problems) == 1:
        return problems[0].message
    failures = sum(problem.state == "fail" for problem in problems)
    notes = len(problems) - failures
    parts = [f"{failures} to fix"] * bool(failures) + [f"{notes} to look at"] * bool(notes)
    return ", ".join(parts)
