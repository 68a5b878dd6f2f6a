"""Judges the parts of one exercise, in a process of its own: `python -m undergrad.mine.worker`.

It reads {"exercise", "adapters", "names", "seconds"} as JSON from stdin and writes one line for
each name it begins and one for each verdict. A part that hangs is ended by the kernel's clock, one
that crashes ends the process: either way the parent knows whose turn it was.
"""

import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

IMPORT = "import"  # the name under which the exercise itself is begun
_MEMORY = 4 << 30  # bytes of address space


def main() -> None:
    """Judge every part that the job names, and say so line by line."""
    job = json.load(sys.stdin)
    with _only_ours() as answers:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        _judge_all(job, answers)


def _only_ours() -> TextIO:
    """What stdout was; the learner's prints go nowhere."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _judge_all(job: dict[str, Any], answers: TextIO) -> None:
    from undergrad.mine.judge import judge
    from undergrad.mine.loading import adapters, load

    found = adapters(Path(job["adapters"]))
    _begin(IMPORT, job["seconds"], answers)
    own = load(Path(job["exercise"]))
    for name in job["names"]:
        _begin(name, job["seconds"], answers)
        verdict = judge(name, found[name], own)
        signal.alarm(0)
        print(json.dumps({"verdict": asdict(verdict)}), file=answers)


def _begin(name: str, seconds: int, answers: TextIO) -> None:
    """Start the clock; its signal ends the process, whatever Python is doing."""
    print(json.dumps({"begin": name}), file=answers)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)


if __name__ == "__main__":
    main()
