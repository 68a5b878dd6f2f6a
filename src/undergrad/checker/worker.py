"""The program that runs a learner's code: `python -I -X utf8 worker.py`, started by `runner`.

It reads one job from stdin, shuts itself in (`cage`), and forks twice: a keeper that outlives
nobody and sees to it that nothing is left, and below it the worker proper. The worker loads the
learner's file, runs every check on it and sends each answer back at once, over a descriptor of its
own. It never knows a right answer, so nothing it says can make a pass.
"""

import base64
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn

from undergrad.checker import cage, renames
from undergrad.checker.answer import Answer
from undergrad.checker.codec import encode
from undergrad.checker.decorators import checks_in
from undergrad.checker.loading import load
from undergrad.checker.perform import describe, perform

Job = dict[str, Any]


def main() -> NoReturn:
    """Read the job, separate, and hand over to the keeper."""
    job: Job = json.loads(sys.stdin.buffer.read())
    cage.die_with_parent(signal.SIGTERM)
    if not job["namespaces"]:
        os._exit(_keep(job, []))
    try:
        layers = cage.separate(job["scratch"], job["hidden"], job["files"])
    except (OSError, AttributeError) as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(os.EX_OSERR)  # the parent tries again without namespaces
    keeper = os.fork()
    if keeper == 0:
        cage.die_with_parent(signal.SIGKILL)
        cage.own_proc()
        os._exit(_keep(job, layers))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(keeper, signal.SIGKILL))
    os._exit(_code(os.waitpid(keeper, 0)[1]))


def _keep(job: Job, layers: list[str]) -> int:
    """Run the worker, wait for it, and leave no process behind. Returns its exit code."""
    cage.adopt_orphans()
    worker = os.fork()
    if worker == 0:
        cage.die_with_parent(signal.SIGKILL)
        os.setsid()
        _work(job, layers)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(worker, signal.SIGKILL))
    signal.signal(signal.SIGALRM, lambda *_: os.kill(worker, signal.SIGKILL))
    signal.alarm(int(job["startup"] + job["total"]) + 5)  # should the parent have vanished
    while (ended := os.waitpid(-1, 0))[0] != worker:
        pass
    if "pid" not in layers:  # with a namespace the kernel ends the rest when the keeper ends
        _sweep(worker)
    return _code(ended[1])


def _sweep(worker: int) -> None:
    """Kill what the worker left, until there is nothing left to wait for."""
    _kill(partial(os.killpg, worker, signal.SIGKILL))
    while True:
        for pid in cage.descendants():
            _kill(partial(os.kill, pid, signal.SIGKILL))
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _kill(act: Callable[[], None]) -> None:
    try:
        act()
    except (ProcessLookupError, PermissionError):
        return


def _code(status: int) -> int:
    """A wait status as an exit code: 128 + signal for a killed process, as shells say it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _work(job: Job, layers: list[str]) -> NoReturn:
    """The worker proper. Ends the process without running anything the learner registered."""
    try:
        _answer_everything(job, layers)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _answer_everything(job: Job, layers: list[str]) -> None:
    send = _sender(job["fd"])
    folder = Path(job["scratch"])
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # always a text file
    exercise = folder / job["name"]
    exercise.write_bytes(base64.b64decode(job["source"]))
    import numpy as np  # before the clock starts

    # What is too small becomes 0, as every softmax means it to; NumPy itself is silent about it.
    np.seterr(all="warn", under="ignore")
    checks = checks_in(load(job["checks"], "checks.py"))
    cage.drop_rights()
    processes = job["processes"] if "user" in layers else None
    cage.limit(job["total"], job["memory"], job["files"], processes)
    send({"say": "ready", "layers": layers})
    restart = _late_report(job["seconds"], str(exercise), send)
    restart()
    module = _import(exercise, job, send)
    if module is None:
        return
    for check in checks:
        runs = check.seeds or job["seeds"]
        cases = [(run, False) for run in range(runs)]
        if check.judge is None:  # once more: other numbers now mean that the code draws its own
            cases.append((0, True))
        for run, again in cases:
            restart()
            send({"say": "begin", "check": check.name, "run": run})
            answer = perform(check, module, job["seed"], run, BaseException)
            send(_message(check.name, run, again, answer), answer.value)
    send({"say": "done"})


def _import(exercise: Path, job: Job, send: Callable[..., None]) -> ModuleType | None:
    try:
        module = load(exercise.read_bytes(), str(exercise), f"exercises.{exercise.stem}")
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
    }


def _sender(descriptor: int) -> Callable[..., None]:
    """A function that writes one frame; in a process forked by the learner's code it ends it."""
    owner, write, busy = os.getpid(), os.write, [False]

    def send(message: dict[str, Any], value: Any = None) -> None:
        if os.getpid() != owner:
            os._exit(0)
        if busy[0]:  # the late report came in the middle of another message
            return
        busy[0] = True
        frame = memoryview(encode(message, value))
        while frame:
            frame = frame[write(descriptor, frame) :]
        busy[0] = False

    return send


def _late_report(seconds: float, filename: str, send: Callable[..., None]) -> Callable[[], object]:
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


if __name__ == "__main__":
    main()
