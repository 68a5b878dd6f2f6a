"""What runs in the sandbox for a check: `run` and `call` are programs of a `sandbox.process.Job`.

It loads the learner's file, runs every check on it and sends each answer back at once. It never
knows a right answer, so nothing it sends can make a pass.
"""

import base64
import signal
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from undergrad.checker.answer import Answer, Call
from undergrad.checker.author import checks_in
from undergrad.checker.case import describe, run_case
from undergrad.checker.codec import decode, encode
from undergrad.checker.forms import read_forms
from undergrad.sandbox import renames
from undergrad.sandbox.launcher import Inside
from undergrad.sandbox.loading import load

Send = Callable[..., None]


def run(job: dict[str, Any], inside: Inside) -> None:
    """Answer every check of the job, and send each answer."""
    import numpy as np  # before the clock starts

    # What is too small becomes 0, as every softmax means it to; NumPy itself is silent about it.
    np.seterr(all="warn", under="ignore")
    checks = checks_in(load(job["checks"], "checks.py"), read_forms(job["returns"]))
    exercise = _exercise(job, inside)
    send = _sender(inside)
    restart = _late_report(inside.limits.seconds, str(exercise), send)
    restart()
    module = _import(exercise, job, send)
    if module is None:
        return
    for check in checks:
        runs = check.seeds or job["seeds"]
        drew = False
        for run, again in [*((run, False) for run in range(runs)), (0, True)]:
            # Once more: other numbers now mean that the code draws its own, or remembers.
            if again and check.judge is not None and not drew:
                continue
            restart()
            send({"say": "begin", "check": check.name, "run": run})
            answer = run_case(check, module, job["seed"], run, BaseException)
            drew |= answer.drew
            send(_message(check.name, run, again, answer), answer.value)
            if answer.calls and not again:
                send({"say": "calls", "check": check.name, "run": run}, _written(answer.calls))
    send({"say": "done"})


def call(job: dict[str, Any], inside: Inside) -> None:
    """Call functions of the exercise with arguments that a check did not try; send the values."""
    import numpy as np

    np.seterr(all="ignore")
    _, calls = decode({"value": job["calls"]}, base64.b64decode(job["numbers"]))
    exercise = _exercise(job, inside)
    send = _sender(inside)
    module = _import(exercise, job, send)
    for number, (function, arguments) in enumerate(calls if module else ()):
        with suppress(Exception):  # such a call is no example
            send({"say": "value", "call": number}, vars(module)[function](**deepcopy(arguments)))


def _exercise(job: dict[str, Any], inside: Inside) -> Path:
    """The learner's file, as it lies in the sandbox; all rights are given up with it."""
    exercise: Path = inside.scratch / job["name"]
    exercise.write_bytes(base64.b64decode(job["source"]))
    inside.close()
    return exercise


def _import(exercise: Path, job: dict[str, Any], send: Send) -> ModuleType | None:
    try:
        name = f"exercises.{exercise.stem}"
        module = load(exercise.read_bytes(), str(exercise), name, job["earlier"])
        renames.apply(module, job["renamed"])
        return module
    except BaseException as error:
        send({"say": "import", "raised": vars(describe(error, str(exercise)))})
        return None


def _message(check: str, run: int, again: bool, answer: Answer) -> dict[str, Any]:
    return {
        "say": "answer",
        "check": check,
        "run": run,
        "again": again,
        "raised": answer.raised and vars(answer.raised),
        "used": answer.used,
        "returned": answer.returned,
        "changed": answer.changed,
        "misfit": answer.misfit and vars(answer.misfit),
        "drew": answer.drew,
        "sums": [each.hex() for each in answer.sums],
    }


def _written(calls: tuple[Call, ...]) -> list[list[Any]]:
    return [[each.function, each.arguments, each.value] for each in calls]


def _sender(inside: Inside) -> Send:
    """A function that sends a message with a value in it."""

    def send(message: dict[str, Any], value: Any = None) -> None:
        inside.send(*encode(message, value))

    return send


def _late_report(seconds: float, filename: str, send: Send) -> Callable[[], object]:
    """Send the exercise's line that is being executed shortly before the parent would stop it.

    Returns the function that starts the time again.
    """

    def late(number: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_filename != filename:
            frame = frame.f_back
        if frame is not None:
            send({"say": "late", "line": frame.f_lineno})

    signal.signal(signal.SIGALRM, late)
    return partial(signal.setitimer, signal.ITIMER_REAL, 0.95 * seconds)
