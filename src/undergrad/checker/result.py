"""What a check says, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal[
    "pass", "fail", "error", "timeout", "memory", "output-limit", "crashed", "forbidden", "not-run",
    "skipped",
]  # fmt: skip

NOT_STARTED = "not started yet"  # what a task gave whose body still raises NotImplementedError


@dataclass(frozen=True)
class TaskResult:
    """The verdict on one check function."""

    task: int
    function: str
    sentence: str  # what was asked, such as "takes the step against the gradient"
    verdict: Verdict
    message: str = ""  # what went wrong and what to look at; empty for a pass
    mistake: str = ""  # the name of the known mistake whose numbers these are
    expected: str = ""
    got: str = ""
    seed: int | None = None  # the seed on which it went wrong


@dataclass(frozen=True)
class CheckResult:
    """The verdict on one exercise. `pass` only when every expected task answered and was equal."""

    unit: str
    verdict: Verdict
    message: str
    tasks: tuple[TaskResult, ...]
    seed: int
    seconds: float
    check_hash: str
    code_hash: str
    output: str = ""  # what the learner's code printed, cut and stripped of escapes
    isolation: str = ""  # which layers held on this machine
    notes: tuple[str, ...] = ()  # what to change that does not decide, such as an old name

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

    @property
    def skipped(self) -> bool:
        """Nothing was judged, because a library is missing that the unit needs."""
        return self.verdict == "skipped"


def first_trouble(results: Sequence[TaskResult]) -> TaskResult | None:
    """The result to speak of: a task that was tried and is wrong, rather than one not started.

    A task that waits for another one comes last: it is a consequence, and the cause speaks.
    """
    wrong = [each for each in results if each.verdict != "pass"]
    return min(
        wrong,
        key=lambda each: (each.verdict == "not-run", each.got == NOT_STARTED),
        default=None,
    )
