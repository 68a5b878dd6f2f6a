"""Judge the parts of an exercise in the sandbox, one process after another.

A learner's file may hang, crash or fill the memory. Its process is ended then, the part that was
being judged is refused, and the next process judges the others.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Any

from undergrad.course.lookup import on_loan
from undergrad.errors import ToolError
from undergrad.files import source_text
from undergrad.locate import answer_folders
from undergrad.sandbox.frames import ProtocolError
from undergrad.sandbox.limits import Limits
from undergrad.sandbox.process import Ended, Job, run
from undergrad.sandbox.renames import Renamed

SECONDS = 20  # for each part; the solutions take less than one
IMPORT = "import"  # the step in which the exercise itself is loaded
_MEMORY = 4 << 30  # bytes of address space


@dataclass(frozen=True)
class Verdict:
    """The outcome of all trials of one part. An empty `reason`: it may be used."""

    name: str  # dotted, of the engine's function
    reason: str = ""  # why it is refused: a sentence without its end
    trials: int = 0  # those in which it did not fall back on what is borrowed
    slower: float = 1.0  # how many times as long as the reference

    @property
    def fits(self) -> bool:
        return not self.reason


def verify(
    exercise: Path,
    adapters: Path,
    names: Sequence[str],
    renamed: Renamed = (),
    seconds: int = SECONDS,
    *,
    timed: bool = True,
) -> tuple[Verdict, ...]:
    """The verdict on each part of the exercise, in the order of `names`.

    renamed: of the unit, (name in older exercises, name today).
    timed: whether a part is also refused for being slow.
    """
    left, verdicts = list(names), dict[str, Verdict]()
    while left:
        found = _one_process(exercise, adapters, left, renamed, seconds, timed)
        verdicts |= {verdict.name: verdict for verdict in found}
        if not found:
            raise ToolError("The process that judges your parts ended without a verdict.")
        left = [name for name in left if name not in verdicts]
    return tuple(verdicts[name] for name in names)


def _one_process(
    exercise: Path, adapters: Path, names: list[str], renamed: Renamed, seconds: int, timed: bool
) -> list[Verdict]:
    """The verdicts of one process. When it ended early, the last is on the part that ended it."""
    verdicts: list[Verdict] = []
    step = ""

    def receive(message: dict[str, Any], raw: bytes) -> None:
        nonlocal step
        match message:
            case {"say": "begin", "name": str(name)} if name in (IMPORT, *names):
                step = name
            case {"say": "verdict", "name": str(name), "reason": str(reason),
                  "trials": int(trials), "slower": float(slower)} if name in names:  # fmt: skip
                verdicts.append(Verdict(name, reason, trials, slower))
                step = ""
            case _:
                raise ProtocolError("an unknown message")

    text = source_text(exercise)
    data = {
        "exercise": [text, exercise.name],
        "earlier": _earlier(text),
        "adapters": [adapters.read_text("utf-8"), str(adapters)],
        "names": names,
        "renamed": list(renamed),
        "timed": timed,
    }
    hidden = tuple(map(str, answer_folders()))
    limits = Limits(seconds=seconds, total=(len(names) + 1) * seconds, memory=_MEMORY)
    ended = run(Job("undergrad.mine.worker:judge_all", data, hidden), limits, receive)
    refused = names if step == IMPORT else [step] if step else []
    return [*verdicts, *(Verdict(name, _reason(ended, seconds)) for name in refused)]


def _earlier(text: str) -> dict[str, str]:
    """What the exercise imports from earlier ones; nothing for what is not Python."""
    try:
        return on_loan(ast.parse(text))
    except (SyntaxError, ValueError):  # its import says so in the sandbox
        return {}


def _reason(ended: Ended, seconds: int) -> str:
    """Why the process ended early, as the reason of a refusal."""
    if ended.ending == "timeout":
        return f"it did not finish within {seconds} seconds"
    if ended.ending == "output":
        return "it prints without end"
    if ended.ending != "ended":
        return "it wrote into the channel between the processes"
    if ended.code > 128:
        return f"it crashed ({Signals(ended.code - 128).name})"
    return "it ended the process"
