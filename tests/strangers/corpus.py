"""Functions in the manner of real learners, and what the checks say about each of them.

`units/<module>.py` holds those of one unit. Each stands below a comment that says whether it is
right or wrong, and how; `named` says what a teacher would call it, which is the fifth mistake of
`mse` in the unit's `mistakes.txt` here, or the beginning of a sentence of the checker's own:

    # wrong: half the sum of squares, as in Nielsen's book
    # named: mse-5
    def mse(pred, target):
        return 0.5 * np.sum((pred - target) ** 2)

A wrong one without `named` is a mistake for which the course has no sentence of its own. Each
function takes the place of the solution's function of that name in an otherwise right exercise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.course import gate

from undergrad.checker import TaskResult, check
from undergrad.course.blank import unmarked
from undergrad.course.models import Unit

UNITS = Path(__file__).parent / "units"
SEED = 11
_HEADER = re.compile(r"^# (right|wrong): (.+)\n(?:# named: (.+)\n)?", re.MULTILINE)


@dataclass(frozen=True)
class Stranger:
    """One function of the corpus."""

    unit: Unit
    number: int
    right: bool
    what: str
    named: str  # its mistake, or the beginning of the checker's sentence; "" when there is none
    code: str

    @property
    def id(self) -> str:
        return f"{self.unit.id}-{self.number}"


@dataclass(frozen=True)
class Outcome:
    """What a stranger's exercise is told: the first task that fails, or None when all pass."""

    stranger: Stranger
    failed: TaskResult | None

    @property
    def judged_rightly(self) -> bool:
        """A right one passes, a wrong one fails."""
        return self.stranger.right == (self.failed is None)

    @property
    def named(self) -> bool:
        """Does the learner read the sentence that this mistake deserves?"""
        named, failed = self.stranger.named, self.failed
        if not named or failed is None:
            return False
        mistake = re.sub(r"(?<=\d)[a-z]$", "", failed.mistake)  # whichever of its forms
        return mistake == named or failed.message.startswith(named)

    @property
    def misnamed(self) -> bool:
        """Does the learner read the sentence of another mistake?"""
        return self.failed is not None and bool(self.failed.mistake) and not self.named


@cache
def strangers(unit: Unit) -> tuple[Stranger, ...]:
    """The functions of one unit, in the order of their file."""
    path = UNITS / f"{unit.module}.py"
    pieces = _HEADER.split(path.read_text("utf-8"))[1:] if path.exists() else []
    rows = [pieces[start : start + 4] for start in range(0, len(pieces), 4)]
    return tuple(
        Stranger(unit, number, kind == "right", what, named or "", code)
        for number, (kind, what, named, code) in enumerate(rows, 1)
    )


def exercise(stranger: Stranger) -> str:
    """The solution's file with the stranger's function in the place of its own."""
    solution = (gate.folder(stranger.unit) / "solution.py").read_text("utf-8")
    return f"{unmarked(solution)}\n\n{stranger.code}"


def in_process(stranger: Stranger) -> Outcome:
    """Judged by one random case of each check, in this process."""
    text = exercise(stranger)
    module = gate.learners(text)
    return _outcome(stranger, gate.results(stranger.unit, module, SEED, text))


def in_sandbox(stranger: Stranger, folder: Path) -> Outcome:
    """Judged as a learner's file is, which is written into `folder`."""
    file = folder / f"{stranger.unit.module}.py"
    file.write_text(exercise(stranger), "utf-8")
    return _outcome(stranger, iter(check(stranger.unit, file).tasks))


def _outcome(stranger: Stranger, results: Iterator[TaskResult]) -> Outcome:
    return Outcome(stranger, next((each for each in results if each.verdict != "pass"), None))


def summary(outcomes: list[Outcome]) -> str:
    """The four numbers of the corpus, on one line each."""
    right = [each for each in outcomes if each.stranger.right]
    wrong = [each for each in outcomes if not each.stranger.right]
    return "\n".join(
        f"{label}: {sum(hits)} of {len(hits)}"
        for label, hits in (
            ("right ones that pass", [each.judged_rightly for each in right]),
            ("wrong ones that fail", [each.judged_rightly for each in wrong]),
            ("wrong ones named rightly", [each.named for each in wrong]),
            ("wrong ones named wrongly", [each.misnamed for each in wrong]),
        )
    )
