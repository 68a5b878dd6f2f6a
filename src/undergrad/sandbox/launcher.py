"""Inside the sandbox: `python -I -m undergrad.sandbox.launcher`, started by `process`.

It reads one job from stdin, enters its namespaces, and forks twice: a keeper that sees to it that
nothing is left, and below it the process in which the job's program runs. The program prepares
with full rights, calls `Inside.close`, and only then lets the learner's code run.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, NoReturn

from undergrad.sandbox import namespaces
from undergrad.sandbox.frames import pack
from undergrad.sandbox.limits import Limits, enforce

Job = dict[str, Any]


class Inside:
    """What a program knows of the sandbox that it runs in."""

    def __init__(self, job: Job, layers: list[str]) -> None:
        self.scratch = Path(job["scratch"])
        self.limits = Limits(**job["limits"])
        self.layers = layers
        self.closed = False
        self._descriptor: int = job["descriptor"]
        os.set_inheritable(self._descriptor, False)
        self._owner, self._write, self._sending = os.getpid(), os.write, False

    def close(self) -> None:
        """Give up all rights, hold to the limits, and report that the program is ready."""
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        namespaces.drop_rights()
        enforce(self.limits, count_processes="user" in self.layers)
        self.closed = True
        self.send({"say": "ready", "layers": self.layers})

    def send(self, message: dict[str, Any], raw: bytes = b"") -> None:
        """Send one message to the parent. A process forked by the learner's code ends here."""
        if os.getpid() != self._owner:
            os._exit(0)
        if self._sending:  # a signal handler sends in the middle of another message
            return
        self._sending = True
        frame = memoryview(pack(message, raw))
        while frame:
            frame = frame[self._write(self._descriptor, frame) :]
        self._sending = False


def main() -> NoReturn:
    """Read the job, separate, and hand over to the keeper."""
    job: Job = json.loads(sys.stdin.buffer.read())
    limits = Limits(**job["limits"])
    namespaces.die_with_parent(signal.SIGTERM)
    if not limits.namespaces:
        os._exit(_keep(job, limits, []))
    folders = namespaces.Folders(job["scratch"], limits.scratch, job["writable"], job["hidden"])
    try:
        layers = namespaces.separate(folders)
    except (OSError, AttributeError) as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(os.EX_OSERR)  # the parent tries again without namespaces
    keeper = os.fork()
    if keeper == 0:
        namespaces.die_with_parent(signal.SIGKILL)
        namespaces.own_proc(limits.processes)
        os._exit(_keep(job, limits, layers))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(keeper, signal.SIGKILL))
    signal.signal(signal.SIGINT, lambda *_: os.kill(keeper, signal.SIGINT))
    os._exit(_code(os.waitpid(keeper, 0)[1]))


def _keep(job: Job, limits: Limits, layers: list[str]) -> int:
    """Run the program, wait for it, and leave no process behind. Returns its exit code."""
    namespaces.adopt_orphans()
    program = os.fork()
    if program == 0:
        namespaces.die_with_parent(signal.SIGKILL)
        os.setsid()
        _run(job, layers)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(program, signal.SIGKILL))
    signal.signal(signal.SIGINT, lambda *_: os.kill(program, signal.SIGINT))
    signal.signal(signal.SIGALRM, lambda *_: os.kill(program, signal.SIGKILL))
    signal.alarm(int(limits.startup + limits.total) + 5)  # should the parent have vanished
    while (ended := os.waitpid(-1, 0))[0] != program:
        pass
    if "pid" not in layers:  # with a namespace the kernel ends the rest when the keeper ends
        _sweep(program)
    return _code(ended[1])


def _sweep(program: int) -> None:
    """Kill what the program left, until there is nothing left to wait for."""
    _kill(partial(os.killpg, program, signal.SIGKILL))
    while True:
        for pid in namespaces.descendants():
            _kill(partial(os.kill, pid, signal.SIGKILL))
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _kill(act: Callable[[], None]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        act()


def _code(status: int) -> int:
    """A wait status as an exit code: 128 + signal for a killed process, as shells do it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _run(job: Job, layers: list[str]) -> NoReturn:
    """The program. The process ends without running anything that the learner registered."""
    try:
        inside = Inside(job, layers)
        os.chdir(job["folder"])
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # always a text file
        try:
            resolve_name(job["program"])(job["data"], inside)
        except Exception:
            if not inside.closed:  # our own code failed; afterwards only the learner's can
                traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(0)


def nothing(data: dict[str, Any], inside: Inside) -> None:
    """A program: show that the sandbox works."""
    inside.close()


def run_command(data: dict[str, Any], inside: Inside) -> NoReturn:
    """A program: become the command `data["command"]`, in the environment of the job."""
    inside.close()
    os.execv(data["command"][0], data["command"])


if __name__ == "__main__":
    main()
