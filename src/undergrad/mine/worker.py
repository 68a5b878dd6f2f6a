"""What runs in the sandbox for the parts of an exercise: `judge_all` is the program of a `Job`."""

from dataclasses import asdict
from typing import Any

from undergrad.mine.adapter import adapters, load_exercise
from undergrad.mine.judge import judge
from undergrad.mine.verify import IMPORT, Verdict
from undergrad.sandbox.launcher import Inside


def judge_all(job: dict[str, Any], inside: Inside) -> None:
    """Judge every part that the job names, and send each verdict."""
    known = adapters(*job["adapters"])
    inside.close()
    inside.send({"say": "begin", "name": IMPORT})
    try:
        source, filename = job["exercise"]
        own = load_exercise(source, filename, job["renamed"], job["earlier"])
    except BaseException as error:  # also an exit
        reason = f"its file cannot be imported ({_short(error)})"
        for name in job["names"]:
            _send(inside, Verdict(name, reason))
        return
    for name in job["names"]:
        inside.send({"say": "begin", "name": name})
        try:
            verdict = judge(name, known[name], own, timed=job["timed"])
        except BaseException as error:  # an exit: the judge itself deals with other errors
            verdict = Verdict(name, f"it raises {_short(error)}")
        _send(inside, verdict)


def _send(inside: Inside, verdict: Verdict) -> None:
    inside.send({"say": "verdict", **asdict(verdict)})


def _short(error: BaseException) -> str:
    """The error in one line, such as `ValueError: no gradient`."""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
