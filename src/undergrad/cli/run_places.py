"""Where the commands about trainings find them."""

import os
from pathlib import Path

from undergrad.cli.context import learner_or_none, stderr
from undergrad.errors import UsageError
from undergrad.journey import Learner


def one_thread() -> None:
    """Before NumPy is imported: for nets this small, a second thread only costs time."""
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def runs_of(folder: Path | None) -> tuple[Learner | None, Path]:
    """The learner, if there is a journey, and the folder of its runs; else `runs` here."""
    me = learner_or_none(folder)
    if me is not None:
        return me, me.journey.runs
    runs = Path.cwd() / "runs"
    stderr().print(f"There is no journey here, so runs are kept in {runs}.", soft_wrap=True)
    return None, runs


def find_run(runs: Path, name: str) -> Path:
    """The run called `name`, or the folder `name`. UsageError, with the nearest, when missing."""
    from difflib import get_close_matches

    for folder in (runs / name, Path(name)):
        if folder.is_dir():
            return folder
    known = sorted(path.name for path in runs.iterdir()) if runs.is_dir() else []
    near = get_close_matches(name, known, n=1, cutoff=0.3)
    cure = f"did you mean `{near[0]}`?" if near else "see `undergrad runs`."
    raise UsageError(f"There is no run `{name}`: {cure}")
