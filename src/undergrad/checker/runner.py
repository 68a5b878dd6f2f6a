"""The parent's side of a check run: start the worker, collect what it says, stop it in time.

Nothing here judges. `Run` says which answers came, how the run ended, and what was printed; every
byte from the worker is treated as if a stranger had written it.
"""

import base64
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from undergrad.checker.codec import FRAME, MAX_HEADER, MAX_RAW, ProtocolError, decode
from undergrad.checker.limits import Limits
from undergrad.checker.messages import Run, note
from undergrad.checker.output import Output
from undergrad.errors import ToolError

_BLOCK = 1 << 16
# Seconds the launcher gets to clean up. Milliseconds are enough, but hundreds of processes on a
# busy machine end slowly, and the launcher returns only when none of them is left.
_GRACE = 5.0


@dataclass(frozen=True)
class Job:
    """What the worker gets to see: the learner's file and the check functions, no answers."""

    name: str  # file name of the exercise
    source: bytes
    checks: str  # text of checks.py
    seed: int
    seeds: int
    renamed: tuple[tuple[str, str], ...] = ()  # (name in the file, name that the checks use)
    hidden: tuple[str, ...] = ()  # folders the worker must not see


class Worker:
    """One worker process. `start` it, then `collect` its answers; it is gone when that returns."""

    def __init__(self, job: Job, limits: Limits, scratch: str) -> None:
        self.limits = limits
        self.run = Run()
        self._scratch = scratch
        self._output = Output()
        self._buffer = bytearray()
        self._received = 0
        self.deadline = time.monotonic() + limits.startup  # of what runs now
        self._end = 0.0  # of all cases; known when the worker is ready
        self._answers, fd = os.pipe()
        try:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-B",
                    "-X",
                    "utf8",
                    str(Path(__file__).with_name("worker.py")),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(fd,),
                cwd=scratch,
                env=_environment(scratch),
                start_new_session=True,
            )
        except OSError:
            os.close(self._answers)
            raise
        finally:
            os.close(fd)
        self._hand_over(json.dumps(_job(job, limits, scratch, fd)).encode())

    def _hand_over(self, job: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # then it never says that it is ready
            self._process.stdin.write(job)
            self._process.stdin.close()

    def collect(self) -> Run:
        """Read until the worker ends or a limit is reached. No process is left afterwards."""
        try:
            with selectors.DefaultSelector() as selector:
                self._read(selector)
        finally:
            self._stop()
        self.run.output = self._output.text(hide=self._scratch + os.sep)
        return self.run

    def _read(self, selector: selectors.BaseSelector) -> None:
        assert self._process.stdout is not None
        printed = self._process.stdout.fileno()
        watch = _end_descriptor(self._process.pid)
        readers = {self._answers: self._take_answers, printed: self._take_output}
        for descriptor in readers:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        if watch is not None:
            selector.register(watch, selectors.EVENT_READ)
        try:
            while self.run.ending == "ended":
                left = self.deadline - time.monotonic()
                if left <= 0:
                    self.run.ending = "timeout"
                    return
                # Where the end cannot be watched, look every 20 ms.
                events = selector.select(left if watch is not None else min(left, 0.02))
                ended = self._process.poll() is not None
                for key, _ in events:
                    if key.fd in readers and not readers[key.fd]():
                        selector.unregister(key.fd)
                if ended:
                    self._drain(list(readers.values()))
                    return
        finally:
            if watch is not None:
                os.close(watch)

    def _drain(self, readers: list[Any]) -> None:
        """Take what is still in the pipes of a worker that has ended."""
        for take in readers:
            while self.run.ending == "ended" and take():
                pass

    def _take_output(self) -> bool:
        """One block of what the learner's code printed. False when there is no more now."""
        assert self._process.stdout is not None
        block = _read_some(self._process.stdout.fileno())
        self._output.add(block)
        if self._output.size > self.limits.output:
            self.run.ending = "output"
        return bool(block)

    def _take_answers(self) -> bool:
        block = _read_some(self._answers)
        self._received += len(block)
        if self._received > self.limits.answers:
            self.run.ending = "answers"
            return False
        self._buffer += block
        try:
            self._take_frames()
        except ProtocolError:
            self.run.ending = "garbled"
        return bool(block)

    def _take_frames(self) -> None:
        while len(self._buffer) >= FRAME.size:
            header, raw = FRAME.unpack_from(self._buffer)
            if header > MAX_HEADER or raw > MAX_RAW:
                raise ProtocolError("an impossible length")
            end = FRAME.size + header + raw
            if len(self._buffer) < end:
                return
            cut = FRAME.size + header
            frame = bytes(self._buffer[FRAME.size : cut]), bytes(self._buffer[cut:end])
            del self._buffer[:end]
            message, value = decode(*frame)
            note(self.run, message, value)
            if message["say"] in ("ready", "begin"):
                self._give_time()

    def _give_time(self) -> None:
        """The next case begins: its time runs from now, inside the time for all of them."""
        now = time.monotonic()
        self._end = self._end or now + self.limits.total
        self.deadline = min(now + self.limits.seconds, self._end)

    def _stop(self) -> None:
        """End the worker and everything it started, and take its exit code."""
        self._process.terminate()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()
        self.run.code = self._process.returncode
        os.close(self._answers)
        assert self._process.stdout is not None
        self._process.stdout.close()


def run_job(job: Job, limits: Limits) -> Run:
    """Run `job` in a worker. Raises ToolError when the worker never got as far as starting."""
    try:
        scratch = tempfile.mkdtemp(prefix="undergrad-")
    except OSError as error:
        raise ToolError(f"No scratch folder for the check could be made: {error}.") from error
    try:
        run = Worker(job, limits, scratch).collect()
        if not run.ready and limits.namespaces:
            return run_job(job, _without_namespaces(limits))
    except OSError as error:
        raise ToolError(f"The worker that runs your code could not start: {error}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if not run.ready:
        said = " ".join(run.output.split()[-40:]) or f"exit code {run.code}"
        raise ToolError(
            f"The worker that runs your code did not start ({said}); nothing was judged."
        )
    return run


def probe() -> tuple[str, ...]:
    """The layers that hold on this machine, found by running an empty job."""
    return ("process", "limits", *run_job(Job("empty.py", b"", "", 0, 1), Limits()).layers)


def _without_namespaces(limits: Limits) -> Limits:
    return replace(limits, namespaces=False)


def _job(job: Job, limits: Limits, scratch: str, fd: int) -> dict[str, Any]:
    return {
        **asdict(limits),
        **asdict(job),
        "source": base64.b64encode(job.source).decode(),
        "scratch": scratch,
        "fd": fd,
    }


def _environment(scratch: str) -> dict[str, str]:
    """Nothing of the person's environment but where libraries are found; one thread of BLAS."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    one = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        **kept,
        **{f"{name}_NUM_THREADS": "1" for name in one},
        "PATH": os.defpath,
        "HOME": scratch,
        "TMPDIR": scratch,
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
