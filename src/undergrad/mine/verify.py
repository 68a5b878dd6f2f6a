"""Asking a process of its own what the parts of an exercise are worth.

A learner's file may hang, crash or fill the memory. The process that judges it is ended then, the
part whose turn it was is refused, and the others are judged by the next process.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from undergrad.errors import ToolError
from undergrad.mine.verdict import Verdict
from undergrad.mine.worker import IMPORT

SECONDS = 20  # for each part; the solutions take less than one


def verify(
    exercise: Path, adapters: Path, names: Sequence[str], seconds: int = SECONDS
) -> tuple[Verdict, ...]:
    """The verdict on each part of the exercise, in the order of `names`."""
    left, verdicts = list(names), dict[str, Verdict]()
    while left:
        for verdict in _one_process(exercise, adapters, left, seconds):
            verdicts[verdict.name] = verdict
        if not any(name in verdicts for name in left):
            raise ToolError("The process that judges your parts could not start; nothing was said.")
        left = [name for name in left if name not in verdicts]
    return tuple(verdicts[name] for name in names)


def _one_process(
    exercise: Path, adapters: Path, names: list[str], seconds: int
) -> Iterator[Verdict]:
    """The verdicts of one process. When it ended early, the last is on the part that ended it."""
    job = {
        "exercise": str(exercise), "adapters": str(adapters), "names": names, "seconds": seconds,
    }  # fmt: skip
    code, lines, errors = _run(json.dumps(job), (len(names) + 1) * (seconds + 5))
    begun = ""
    for line in lines:
        said: dict[str, Any] = json.loads(line)
        begun = said.get("begin", "")
        if "verdict" in said:
            yield Verdict(**said["verdict"])
    if begun:
        reason = _ending(code, errors, seconds)
        refused = names if begun == IMPORT else [begun]
        yield from (Verdict(name, reason) for name in refused)


def _run(job: str, seconds: int) -> tuple[int, list[str], str]:
    """Exit code, answers and stderr of a worker, which its own clock should have ended in time."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "undergrad.mine.worker"],  # -P: nothing from this folder
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
    ) as process:
        try:
            answers, errors = process.communicate(job, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            answers, errors = process.communicate()
            return -signal.SIGALRM, answers.splitlines(), errors
    return process.returncode, answers.splitlines(), errors


def _environment() -> dict[str, str]:
    one = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "MKL", "OMP")}
    return {**os.environ, **one}


def _ending(code: int, errors: str, seconds: int) -> str:
    """Why the process ended, as the reason of a refusal."""
    if code == -signal.SIGALRM:
        return f"it was not done after {seconds} seconds"
    if code == 0:
        return "it ended the process"
    if code < 0:
        return f"it crashed ({signal.Signals(-code).name})"
    last = errors.strip().splitlines()[-1:] or [f"exit code {code}"]
    return f"its file cannot be used ({last[0][:200]})"
