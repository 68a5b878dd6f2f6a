"""A fresh-kernel run of a notebook, seen from outside: it ends in time, and it ends everything.

The kernel runs in a process tree of its own (`kernel.py`), with a time for each cell, a time for
the whole, no keyboard, no network and none of the person's Jupyter settings.
"""

import contextlib
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from undergrad.capstone.processes import kill_group, python, run

KERNEL = "undergrad-capstone"
_GRACE = 15.0  # seconds for starting and ending the kernel, on top of the budget


@dataclass(frozen=True)
class Outcome:
    """How the run ended. `name` is `ok`, or a fixed word such as `dead-kernel`.

    `executed` is the notebook with its outputs, as text; empty when there is none.
    """

    name: str
    cell: int
    message: str
    seconds: float
    executed: str = ""


def execute(notebook: Path, *, cell_seconds: float, seconds: float) -> Outcome:
    """Run `notebook` where it lies, on a fresh kernel of this Python, for at most `seconds`."""
    with tempfile.TemporaryDirectory(
        prefix="undergrad-kernel-", ignore_cleanup_errors=True
    ) as folder:
        scratch = Path(folder)
        try:
            return _execute(notebook, scratch, min(cell_seconds, seconds), seconds)
        finally:
            _kill_kernel(scratch)


def _execute(notebook: Path, scratch: Path, cell_seconds: float, seconds: float) -> Outcome:
    request = {
        "notebook": str(notebook.resolve()),
        "folder": str(notebook.resolve().parent),
        "cell_seconds": cell_seconds,
    }
    (scratch / "request.json").write_text(json.dumps(request), encoding="utf-8")
    finished = run(
        python("-m", "undergrad.capstone.kernel", str(scratch / "request.json")),
        scratch,
        seconds + _GRACE,
        _jupyter(scratch),
    )
    if finished.code is None:
        return Outcome("out-of-time", 0, f"it was not done after {seconds:g} s", finished.seconds)
    try:
        outcome = json.loads((scratch / "outcome.json").read_text(encoding="utf-8"))
        executed = (scratch / "executed.ipynb").read_text(encoding="utf-8")
    except (OSError, ValueError):
        said = (finished.output.strip().splitlines() or ["it said nothing"])[-1][:300]
        return Outcome("no-kernel", 0, f"no kernel could be run: {said}", finished.seconds)
    return Outcome(outcome["name"], outcome["cell"], outcome["message"], finished.seconds, executed)


def _jupyter(scratch: Path) -> dict[str, str]:
    """A kernel of this Python, and Jupyter folders of our own, away from the home folder."""
    spec = scratch / "jupyter" / "kernels" / KERNEL
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": "undergrad", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
    own = {name: str(scratch / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    own |= {"JUPYTER_PATH": str(scratch / "jupyter"), "JUPYTER_RUNTIME_DIR": str(scratch / "run")}
    # A frozen-modules warning of the debugger is not the project's; its port is not needed.
    return {**own, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PREFER_ENV_PATH": "0"}


def _kill_kernel(scratch: Path) -> None:
    """The kernel leads a group of its own, with whatever the notebook started."""
    with contextlib.suppress(OSError, ValueError):
        kill_group(int((scratch / "group").read_text(encoding="utf-8")))
