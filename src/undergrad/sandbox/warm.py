"""Runs that begin at once: forked from a process that has imported everything already.

    with parents({"undergrad.checker.worker": ()}):
        process.run(job, limits)  # forked, if the job's program is of this module

Starting Python and NumPy takes longer than most checks. A process that runs many jobs, such as
the live site, keeps a warm parent for each module of programs: a running `forker`. Where there is
none, or it does not answer, `process` starts cold.

Linux only: elsewhere there is no descriptor of a process, and libraries do not survive a fork.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from tempfile import TemporaryDirectory
from threading import Lock

from undergrad.sandbox import process

DESCRIPTOR = 3  # by which a child sends its messages
MOST = 1 << 16  # bytes of a request or an answer
_PATIENCE = 60.0  # seconds for an answer; the first comes when everything is imported


@contextmanager
def parents(programs: Mapping[str, Iterable[str]]) -> Iterator[None]:
    """While this lasts, programs of these modules are forked from a parent of their own.

    programs: by the name of their module, what the parent imports besides it.
    """
    with ExitStack() as stack:
        if sys.platform == "linux":
            for module, others in programs.items():
                parent = stack.enter_context(Parent(module, *others))
                process.forks[module] = parent.fork
        try:
            yield
        finally:
            for module in programs:
                process.forks.pop(module, None)


class Parent:
    """A running `forker`, as a context. Several threads may ask it, one after the other."""

    def __init__(self, *modules: str) -> None:
        self._lock = Lock()
        self._is_ready = self._is_lost = False
        self._home = TemporaryDirectory(prefix="undergrad-")
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *process.OPTIONS, "-m", "undergrad.sandbox.forker", *modules],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=process.bare(self._home.name),
                start_new_session=True,  # Ctrl-C is for the process that keeps it
            )

    def __enter__(self) -> "Parent":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()  # at which it ends
        self._process.wait()
        self._home.cleanup()

    def fork(self, scratch: str, messages: int) -> "Forked | None":
        """A child that will read its job; None where it has to be started cold.

        messages: the descriptor that it sends its messages to, which stays the caller's to close.
        """
        if self._is_lost:
            return None
        try:
            return Forked(self, scratch, messages)
        except (OSError, ValueError):  # the next job does not wait for it again
            self._is_lost = True
            return None

    def ask(self, request: Mapping[str, object], descriptors: tuple[int, ...] = ()) -> int:
        """Its answer, one number. Raises OSError or ValueError when it has none."""
        with self._lock:
            if not self._is_ready and self._receive() != 1:
                raise ValueError("it has threads, which a fork would lose")
            self._is_ready = True
            socket.send_fds(self._socket, [json.dumps(request).encode()], descriptors)
            return self._receive()

    def _receive(self) -> int:
        (value,) = json.loads(self._socket.recv(MOST)).values()
        return int(value)


class Forked:
    """A child of a warm parent, with what `process` uses of Popen.

    Its number stays its own until `wait` has taken its end from the parent.
    """

    descriptor = DESCRIPTOR  # what its messages are sent by, on its side

    def __init__(self, parent: Parent, scratch: str, messages: int) -> None:
        job, to_job = os.pipe()
        from_output, output = os.pipe()
        self.stdin, self.stdout = open(to_job, "wb"), open(from_output, "rb", buffering=0)  # noqa: SIM115
        self.returncode: int | None = None
        self._parent, self._lock = parent, Lock()
        try:
            self.pid = parent.ask({"fork": scratch}, (job, output, messages))
            self._end = os.pidfd_open(self.pid)
        except BaseException:
            self.stdin.close()
            self.stdout.close()
            raise
        finally:
            os.close(job)
            os.close(output)

    def poll(self) -> int | None:
        """The exit code, once it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; TimeoutExpired when it does not end in time."""
        with self._lock:
            if self.returncode is None:
                if not select.select([self._end], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired("a forked run", timeout or 0.0)
                try:
                    self.returncode = self._parent.ask({"wait": self.pid})
                except (OSError, ValueError):  # the parent ended, and took the child along
                    self.returncode = -signal.SIGTERM
                os.close(self._end)
            return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
