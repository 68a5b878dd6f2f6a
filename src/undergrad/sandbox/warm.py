"""Runs that begin at once: forked from a process that has imported everything already.

    with parents("undergrad.checker.worker"):
        process.run(job, limits)  # forked, if the job's program is of this module

Starting Python and NumPy takes longer than most checks. Whoever runs many jobs, as the live site
does, keeps a warm parent for each module of programs. `forker` is such a parent, and `process`
asks here for a child. Where there is no parent, or it does not answer, a process is started cold.

Linux only: elsewhere there is no descriptor of a process, and libraries do not survive a fork.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock

DESCRIPTOR = 3  # by which a child sends its messages
MOST = 1 << 16  # bytes of a request or an answer
_PATIENCE = 60.0  # seconds for an answer; the first comes when everything is imported
_parents: dict[str, "Parent"] = {}  # by the module of the programs that they run


@contextmanager
def parents(*modules: str) -> Iterator[None]:
    """While this lasts, programs of these modules are forked from a parent of their own."""
    with ExitStack() as stack:
        if sys.platform == "linux":
            for module in modules:
                _parents[module] = stack.enter_context(Parent(module))
        try:
            yield
        finally:
            for module in modules:
                _parents.pop(module, None)


def fork(program: str, scratch: str, messages: int) -> "Forked | None":
    """A child for "module:function" that will read its job; None where it has to be started cold.

    messages: the descriptor that it sends its messages to, which stays the caller's to close.
    """
    module = program.partition(":")[0]
    parent = _parents.get(module)
    if parent is None:
        return None
    try:
        return Forked(parent, scratch, messages)
    except (OSError, ValueError):  # it is gone; the next job does not wait for it again
        _parents.pop(module, None)
        return None


class Parent:
    """A running `forker`, as a context. Several threads may ask it, one after the other."""

    def __init__(self, module: str) -> None:
        self._lock = Lock()
        self._is_ready = False
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [*python(), "-m", "undergrad.sandbox.forker", module],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=bare("/"),
                start_new_session=True,  # Ctrl-C is for the process that keeps it
            )

    def __enter__(self) -> "Parent":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()  # at which it ends
        self._process.wait()

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


def python() -> list[str]:
    """This Python, in a process that takes nothing from the person's surroundings."""
    return [sys.executable, "-I", "-B", "-X", "utf8"]


def bare(home: str) -> dict[str, str]:
    """Nothing of the person's environment but where libraries are found; one thread of BLAS."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    one = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        **kept,
        **{f"{name}_NUM_THREADS": "1" for name in one},
        "PATH": os.defpath,
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
    }
