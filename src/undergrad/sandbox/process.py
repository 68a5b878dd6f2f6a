"""Start a program in the sandbox, collect what it sends and prints, and stop it in time.

    job = Job("undergrad.checker.worker:run", {"source": ...}, hidden=solutions())
    ended = run(job, Limits(), receive=print)

The parent's side of every run of learners' code. Nothing here judges: callers differ in the
program they run and in what they make of its messages.
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from undergrad.errors import ToolError
from undergrad.files import terminated_with_clean_up
from undergrad.sandbox.frames import ProtocolError, unpack
from undergrad.sandbox.limits import Limits
from undergrad.sandbox.output import Output

if TYPE_CHECKING:
    from undergrad.sandbox.warm import Forked

OPTIONS = ("-I", "-B", "-X", "utf8")  # Python takes nothing from the surroundings
_BLOCK = 1 << 16
# Seconds the launcher gets to clean up. Milliseconds are enough, but hundreds of processes on a
# busy machine end slowly, and the launcher returns only when none of them is left.
_GRACE = 5.0

Ending = Literal["ended", "timeout", "output", "messages", "garbled", "killed"]
Receive = Callable[[dict[str, Any], bytes], None]  # a message and its raw numbers
Printed = Callable[[bytes], None]  # some of what was printed, as soon as it was
# Who forks the programs of a module, for a scratch folder and a descriptor; `warm` enters it here.
forks: dict[str, Callable[[str, int], "Forked | None"]] = {}


@dataclass(frozen=True)
class Job:
    """What runs. `program` is "module:function", called with `data` and `launcher.Inside`."""

    program: str
    data: Mapping[str, Any]  # plain JSON
    hidden: tuple[str, ...] = ()  # folders that the program sees as empty
    writable: tuple[str, ...] = ()  # folders that it may write to, besides the scratch folder
    folder: str = ""  # where it runs; the scratch folder when left out
    environment: Mapping[str, str] | None = None  # None: nothing of the person's


@dataclass
class Ended:
    """How a run ended. Filled while the program runs, only read afterwards."""

    ready: bool = False  # the program's own preparation was done
    layers: tuple[str, ...] = ()
    ending: Ending = "ended"
    code: int = 0  # exit code; 128 + n for signal n
    output: str = ""
    seconds: float = 0.0


class Process:
    """One sandboxed process; it is gone when `collect` returns."""

    def __init__(
        self, job: Job, limits: Limits, scratch: str, receive: Receive, printed: Printed
    ) -> None:
        self.limits = limits
        self.ended = Ended()
        self.deadline = time.monotonic() + limits.startup  # of the current step
        self._receive, self._printed = receive, printed
        self._scratch = scratch
        self._output = Output()
        self._buffer = bytearray()
        self._received = 0
        self._end = 0.0  # of all steps; known when the program is ready
        self._messages, descriptor = os.pipe()
        try:
            self._process = _started(job, scratch, descriptor)
        except OSError:
            os.close(self._messages)
            raise
        finally:
            os.close(descriptor)
        if not isinstance(self._process, subprocess.Popen):
            descriptor = self._process.descriptor
        self._hand_over(job, descriptor)

    def _hand_over(self, job: Job, descriptor: int) -> None:
        more = {
            "folder": job.folder or self._scratch,
            "limits": asdict(self.limits),
            "scratch": self._scratch,
            "descriptor": descriptor,
        }
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # then it never reports that it is ready
            self._process.stdin.write(json.dumps({**vars(job), **more}).encode())
            self._process.stdin.close()

    def collect(self) -> Ended:
        """Read until the program ends or a limit is reached. No process is left afterwards."""
        started = time.monotonic()
        try:
            with selectors.DefaultSelector() as selector:
                self._read(selector)
        finally:
            self._stop()
        self.ended.output = self._output.text(hide=self._scratch + os.sep)
        self.ended.seconds = time.monotonic() - started
        return self.ended

    def interrupt(self) -> None:
        """Ask the program to stop, as Ctrl-C does. Another thread may call this, at any time."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End the program and what it started. Another thread may call this, at any time."""
        self.ended.ending = "killed"
        self._process.terminate()

    def _read(self, selector: selectors.BaseSelector) -> None:
        assert self._process.stdout is not None
        printed = self._process.stdout.fileno()
        watch = _end_descriptor(self._process.pid)
        readers = {self._messages: self._take_messages, printed: self._take_output}
        for descriptor in readers:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        if watch is not None:
            selector.register(watch, selectors.EVENT_READ)
        try:
            while self.ended.ending == "ended":
                left = self.deadline - time.monotonic()
                if left <= 0:
                    self.ended.ending = "timeout"
                    return
                # Where the end cannot be watched, look every 20 ms.
                events = selector.select(left if watch is not None else min(left, 0.02))
                has_ended = self._process.poll() is not None
                for key, _ in events:
                    if key.fd in readers and not readers[key.fd]():
                        selector.unregister(key.fd)
                if has_ended:
                    self._drain(list(readers.values()))
                    return
        finally:
            if watch is not None:
                os.close(watch)

    def _drain(self, readers: list[Callable[[], bool]]) -> None:
        """Take what is still in the pipes of a program that has ended."""
        for take in readers:
            while self.ended.ending == "ended" and take():
                pass

    def _take_output(self) -> bool:
        """One block of what was printed. False when there is no more now."""
        assert self._process.stdout is not None
        block = _read_some(self._process.stdout.fileno())
        self._output.add(block)
        self._printed(block)
        if self._output.size > self.limits.output:
            self.ended.ending = "output"
        return bool(block)

    def _take_messages(self) -> bool:
        block = _read_some(self._messages)
        self._received += len(block)
        if self._received > self.limits.messages:
            self.ended.ending = "messages"
            return False
        self._buffer += block
        try:
            for message, raw in unpack(self._buffer):
                self._take(message, raw)
        except ProtocolError:
            self.ended.ending = "garbled"
        return bool(block)

    def _take(self, message: dict[str, Any], raw: bytes) -> None:
        match message:
            case {"say": "ready", "layers": list(layers)} if not self.ended.ready:
                self.ended.ready, self.ended.layers = True, tuple(map(str, layers))
                self._give_time()
            case {"say": "ready"}:
                raise ProtocolError("ready a second time")
            case _:
                self._receive(message, raw)
                if message.get("say") == "begin":
                    self._give_time()

    def _give_time(self) -> None:
        """The next step begins: its time runs from now, inside the time for all of them."""
        now = time.monotonic()
        self._end = self._end or now + self.limits.total
        self.deadline = min(now + self.limits.seconds, self._end)

    def _stop(self) -> None:
        """End the program and everything it started, and take its exit code."""
        self._process.terminate()
        try:
            self.ended.code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self.ended.code = self._process.wait()
        os.close(self._messages)
        assert self._process.stdout is not None
        self._process.stdout.close()


def run(
    job: Job,
    limits: Limits,
    receive: Receive = lambda message, raw: None,
    printed: Printed = lambda block: None,
    started: Callable[[Process], None] = lambda process: None,
) -> Ended:
    """Run `job` in the sandbox and give each of its messages to `receive`.

    printed: gets what is printed, while it is.   started: gets the process, to stop it early.
    A message whose "say" is "begin" starts the clock of the next step. `receive` raises
    ProtocolError for a message that the program would not send; the run is "garbled" then.
    Raises ToolError when the program did not get as far as being ready.
    """
    with scratch_folder() as scratch:
        try:
            process = Process(job, limits, scratch, receive, printed)
            started(process)
            ended = process.collect()
        except OSError as error:
            raise ToolError(f"The process that runs your code could not start: {error}.") from error
    if ended.ending == "killed":
        return ended
    if not ended.ready and limits.namespaces:
        return run(job, replace(limits, namespaces=False), receive, printed, started)
    if not ended.ready:
        said = " ".join(ended.output.split()[-40:]) or f"exit code {ended.code}"
        raise ToolError(
            f"The process that runs your code did not start ({said}); nothing was judged."
        )
    return ended


@contextmanager
def scratch_folder(prefix: str = "undergrad-") -> Iterator[str]:
    """A temporary folder, which is removed at the end, also when SIGTERM ends this process."""
    with terminated_with_clean_up():
        try:
            folder = tempfile.mkdtemp(prefix=prefix)
        except OSError as error:
            raise ToolError(f"No scratch folder could be made: {error}.") from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def layers() -> tuple[str, ...]:
    """The layers that hold on this machine, found by running a program that does nothing."""
    return (
        "process",
        "limits",
        *run(Job("undergrad.sandbox.launcher:nothing", {}), Limits()).layers,
    )


def _started(job: Job, scratch: str, messages: int) -> "subprocess.Popen[bytes] | Forked":
    """The launcher, which waits for its job: forked from a warm parent, or started cold."""
    fork = forks.get(job.program.partition(":")[0]) if job.environment is None else None
    forked = fork(scratch, messages) if fork else None
    return forked or subprocess.Popen(
        [sys.executable, *OPTIONS, "-m", "undergrad.sandbox.launcher"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(messages,),
        cwd=scratch,
        env=bare(scratch) if job.environment is None else job.environment,
        start_new_session=True,
    )


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


def _end_descriptor(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends, where the system has one."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _BLOCK)
    except BlockingIOError:
        return b""
