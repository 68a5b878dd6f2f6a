"""Run the code of a project in the sandbox: its tests, its notebook, its evaluation.

A notebook runs on a fresh kernel (`kernel`), with a time for each cell, a time for the whole, no
keyboard, no network and none of the person's Jupyter settings. Only the project's folder can be
written to; whatever was started ends with the run.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from undergrad.capstone.project import Project
from undergrad.errors import UsageError
from undergrad.sandbox.limits import Limits
from undergrad.sandbox.process import Ended, Job, run, scratch_folder

KERNEL = "undergrad-capstone"
_OFFLINE = Path(__file__).with_name("offline")
_GRACE = 15.0  # seconds for starting and ending the kernel, on top of the budget
# Address space, of which libraries reserve far more than they use.
_MEMORY = max(32 << 30, 2 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


@dataclass(frozen=True)
class Outcome:
    """How the run of a notebook ended. `name` is `ok`, or a fixed word such as `dead-kernel`.

    `executed` is the notebook with its outputs, as text; empty when there is none. `imported` are
    the modules that the project's own code imported, here and in programs that it started.
    """

    name: str
    cell: int
    message: str
    seconds: float
    executed: str = ""
    imported: tuple[str, ...] = ()


def run_python(
    arguments: Sequence[str],
    folder: Path,
    seconds: float,
    *,
    writable: Sequence[Path] = (),
    **variables: str,
) -> Ended:
    """Run this Python in `folder`, which it may write to, for at most `seconds`.

    writable: more folders that it may write to.   variables: of the environment, besides ours.
    """
    limits = Limits(
        seconds=seconds,
        total=seconds,
        memory=_MEMORY,
        output=1 << 30,
        files=8 << 30,
        scratch=None,
        processes=2000,
        descriptors=1024,
    )
    job = Job(
        "undergrad.sandbox.launcher:run_command",
        {"command": [sys.executable, *arguments]},
        writable=tuple(str(path.resolve()) for path in (folder, *writable)),
        folder=str(folder),
        environment=_environment(variables),
    )
    return run(job, limits)


def last_line(ended: Ended) -> str:
    """The last line that a run printed, which often explains how it ended."""
    return (ended.output.strip().splitlines() or ["it printed nothing"])[-1][:300]


def execute(
    notebook: Path, *, cell_seconds: float, seconds: float, parameters: Sequence[str] = ()
) -> Outcome:
    """Run `notebook` where it lies, on a fresh kernel of this Python, for at most `seconds`.

    parameters: lines of Python, run at the end of the cell that is tagged `parameters`.
    """
    notebook = notebook.resolve()
    with scratch_folder("undergrad-kernel-") as name:
        scratch = Path(name)
        request = {
            "notebook": str(notebook),
            "folder": str(notebook.parent),
            "cell_seconds": min(cell_seconds, seconds),
            "parameters": list(parameters),
        }
        (scratch / "request.json").write_text(json.dumps(request), encoding="utf-8")
        ended = run_python(
            ["-P", "-m", "undergrad.capstone.kernel", str(scratch / "request.json")],
            notebook.parent,
            seconds + _GRACE,
            writable=[scratch],
            UNDERGRAD_IMPORTED=str(scratch / "imported.txt"),
            **_jupyter(scratch),
        )
        return replace(_outcome(ended, scratch, seconds), imported=_imported(scratch))


def rerun(project: Project) -> float:
    """Run the notebook top to bottom in its folder and keep the outputs. Returns the seconds.

    Raises UsageError with the cell and the reason when it stops; the .ipynb is unchanged then.
    """
    outcome = execute(
        project.ipynb, cell_seconds=project.cell_seconds, seconds=60 * project.minutes
    )
    if outcome.name != "ok":
        where = f"cell {outcome.cell}" if outcome.cell else "the notebook"
        raise UsageError(f"{project.notebook} stopped in {where}: {outcome.message}.")
    staged = project.ipynb.with_name(f".{project.notebook}.part")
    staged.write_text(outcome.executed, encoding="utf-8")
    os.replace(staged, project.ipynb)
    return outcome.seconds


def _outcome(ended: Ended, scratch: Path, seconds: float) -> Outcome:
    if ended.ending == "timeout":
        message = f"it did not finish within {seconds:g} s"
        return Outcome("out-of-time", 0, message, ended.seconds)
    try:
        found = json.loads((scratch / "outcome.json").read_text(encoding="utf-8"))
        executed = (scratch / "executed.ipynb").read_text(encoding="utf-8")
    except (OSError, ValueError):
        message = f"no kernel could be run: {last_line(ended)}"
        return Outcome("no-kernel", 0, message, ended.seconds)
    return Outcome(found["name"], found["cell"], found["message"], ended.seconds, executed)


def _imported(scratch: Path) -> tuple[str, ...]:
    path = scratch / "imported.txt"
    return tuple(sorted(set(path.read_text("utf-8").split()))) if path.is_file() else ()


def _jupyter(scratch: Path) -> dict[str, str]:
    """A kernel of this Python, and Jupyter folders of our own, away from the home folder."""
    spec = scratch / "jupyter" / "kernels" / KERNEL
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": "undergrad", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
    own = {name: str(scratch / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    own |= {"JUPYTER_PATH": str(scratch / "jupyter"), "JUPYTER_RUNTIME_DIR": str(scratch / "run")}
    own |= {"MPLCONFIGDIR": str(_matplotlib(scratch))}
    # A frozen-modules warning of the debugger is not the project's; its port is not needed.
    return {**own, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PREFER_ENV_PATH": "0"}


def _matplotlib(scratch: Path) -> Path:
    """A folder of Matplotlib's own that can be written to, with the list of fonts if there is one:
    to look for them again takes seconds."""
    folder = scratch / "matplotlib"
    folder.mkdir()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    for path in cache.glob("fontlist-*.json"):
        shutil.copyfile(path, folder / path.name)
    return folder


def _environment(variables: dict[str, str]) -> dict[str, str]:
    """Ours, without what would change how Python starts, and with the network off."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    off = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    python_settings = {"PYTHONPATH": str(_OFFLINE), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    # Networks of this size are no faster with more threads, on a busy machine they are far slower,
    # and a sum split over threads ends in other digits than the claim.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **off, **threads, "PIP_NO_INDEX": "1", **python_settings, **variables}
