"""Running a project's code in processes of its own: bounded in time and output, and cleaned up.

Every process starts a group of its own, so that whatever it started ends with it. What it prints
is kept only at the end, since a project may print without end.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_KEPT = 64 * 1024  # bytes of output
_OFFLINE = Path(__file__).with_name("offline")


@dataclass(frozen=True)
class Finished:
    """How a process ended. `code` is None when its time was up."""

    code: int | None
    seconds: float
    output: str


def run(command: Sequence[str], cwd: Path, seconds: float, extra: dict[str, str]) -> Finished:
    """Run `command` in `cwd` for at most `seconds`; its whole process group ends with it.

    extra: environment variables on top of ours. Output and errors are kept together.
    """
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(extra),
        stdin=subprocess.PIPE,  # held open: its end tells the child that we have gone
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    kept: deque[bytes] = deque(maxlen=_KEPT // 4096)
    reader = threading.Thread(target=_keep, args=(process, kept), daemon=True)
    reader.start()
    try:
        code: int | None = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        kill_group(process.pid)
        process.wait()
        reader.join(timeout=5)
        _close(process)
    return Finished(code, time.monotonic() - start, b"".join(kept).decode(errors="replace"))


def python(*arguments: str) -> list[str]:
    """A command for this Python that never takes modules from the project by accident."""
    return [sys.executable, "-P", *arguments]


def environment(extra: dict[str, str]) -> dict[str, str]:
    """Ours, without what would change how Python starts, and with the network off."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    off = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    python_settings = {"PYTHONPATH": str(_OFFLINE), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    # Networks of this size are no faster with more threads, on a busy machine they are far slower,
    # and a sum split over threads ends in other digits than the claim.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **off, **threads, "PIP_NO_INDEX": "1", **python_settings, **extra}


def kill_group(group: int) -> None:
    """End every process of the group; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _keep(process: subprocess.Popen[bytes], kept: deque[bytes]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(ValueError, OSError):  # closed under us after the time was up
        while chunk := os.read(process.stdout.fileno(), 4096):
            kept.append(chunk)


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
