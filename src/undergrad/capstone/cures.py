"""Why a run stopped, in a sentence, and what helps: by the cause, and not one cure for all."""

import re
from collections.abc import Sequence

from undergrad.capstone.execute import Outcome
from undergrad.capstone.libraries import ALLOWED, FORBIDDEN, SUCCESSORS, below, forbidden_name
from undergrad.capstone.notebook import Cell, NotebookError
from undergrad.capstone.project import Project
from undergrad.capstone.report import Problem

_INSTALL = re.compile(
    r"^\s*[!%]\s*(?:sudo\s+)?(?:\S+ -m )?(pip3?|uv|conda|mamba|apt(?:-get)?|brew)\b", re.M
)

# What pip calls a library whose module has another name.
_DISTRIBUTIONS = {
    "sklearn": "scikit-learn", "cv2": "opencv-python", "PIL": "pillow", "skimage": "scikit-image",
    "yaml": "pyyaml", "ale_py": "ale-py",
}  # fmt: skip
_VERIFY = (
    "for work that takes hours, `undergrad capstone check --verify` trains one small seed and "
    "scores the saved checkpoints."
)
# What the name of an outcome, or of an unreadable notebook, calls for.
_BY_NAME = {
    "cell-error": "Restart the kernel in Jupyter and run all cells; fix the first that stops.",
    "cell-timeout": f"Make the step smaller, or raise cell-seconds in capstone.toml; {_VERIFY}",
    "out-of-time": f"Make the notebook smaller, or raise minutes in capstone.toml; {_VERIFY}",
    "dead-kernel": "Use less memory, and do not end the process yourself.",
    "asks-for-input": "Nobody sits at the keyboard: write the answer into the notebook.",
    "too-much-output": "Print a line now and then, not in every step.",
    "no-kernel": "See `undergrad doctor`: it looks at what a kernel needs.",
}
_FIVE_VALUES = (
    "The step of Gymnasium returns five values where gym returned four: observation, reward, "
    "terminated, truncated, info."
)
_ABSENT = "No such file or directory: "
# What the message of an error calls for: the first pattern that occurs in it.
_BY_MESSAGE = (
    (
        r"runs offline|127\.0\.0\.1:9",
        "offline",
        "Download the data once, keep it in the project, and read it from there: a capstone runs "
        "without a network.",
    ),
    (
        r"Read-only file system",
        "reached-out",
        "Write with paths relative to the notebook: only the project's folder can be written to.",
    ),
    (
        r"No module named 'google(\.colab)?'",
        "colab",
        "Colab's own modules exist only there: leave them out, put the files into the project, and "
        "read them by a path relative to the notebook.",
    ),
    (
        r"DependencyNotInstalled",
        "missing-module",
        "Install what the message names into the environment that undergrad runs in, and name it "
        "in requirements.txt.",
    ),
    (
        rf"(?:{_ABSENT}'|FileNotFoundError: )(?P<name>(?:\.\./|/|~|[A-Za-z]:[\\/])[^']*?)"
        r"(?:'| not found)",
        "outside",
        "The check runs a copy of the project's folder, so {name} is not there: move the file into "
        "the project, and use a path relative to the notebook.",
    ),
    (
        rf"(?:{_ABSENT}'|File `'|FileNotFoundError: )(?P<name>[^':]+?)(?:'| not found)",
        "missing-file",
        "Put {name} into the project, or let the notebook write it before this cell.",
    ),
    (
        r"is not JSON serializable",
        "not-serializable",
        "JSON knows Python's numbers and not NumPy's: write float(x), int(x) or array.tolist().",
    ),
    (
        r"CUDA|no NVIDIA driver|\bMPS\b",
        "no-gpu",
        "There is no graphics card here: choose the device by what is available. For training that "
        "needs one, `undergrad capstone check --verify` scores the saved checkpoints.",
    ),
)


def stopped(outcome: Outcome, cells: Sequence[Cell]) -> Problem:
    """The problem of a run that did not come to its end."""
    cell = next((cell for cell in cells if cell.number == outcome.cell), None)
    where = cell.where if cell else "the notebook"
    name, todo = outcome.name, _BY_NAME[outcome.name]
    for pattern, cause, cure in _BY_MESSAGE:
        found = re.search(pattern, outcome.message)
        if found:
            name, todo = cause, cure.format(**found.groupdict())
            break
    missing = re.search(r"No module named '([\w.]+)'", outcome.message)
    if missing and name == "cell-error":
        name, todo = _missing(missing[1])
    if "to unpack (expected 4)" in outcome.message and cell and ".step(" in cell.source:
        name, todo = "old-gym", _FIVE_VALUES
    tool = _INSTALL.search(cell.source) if cell else None
    if tool:
        name = "install-line"
        todo = (
            f"Nothing can be installed while a check runs, offline: leave the {tool[1]} line out, "
            "and name what you need in requirements.txt."
        )
    return Problem(outcome.message, where, todo, name=name)


def _missing(module: str) -> tuple[str, str]:
    """The name and the cure of a module that is not there: what it is decides."""
    top = module.partition(".")[0]
    forbidden = forbidden_name(module)
    if forbidden:
        reason = FORBIDDEN[forbidden]
        return (
            "forbidden-module",
            f"To install it would not help: {reason}. Write that part yourself.",
        )
    if top in SUCCESSORS:
        new = SUCCESSORS[top]
        return "successor", f"{top} is no longer maintained: import {new} instead."
    if any(below(module, name) for name in ALLOWED):
        todo = (
            "Install it into the environment that undergrad runs in (pip install "
            f"{_DISTRIBUTIONS.get(top, top)}), and name it in requirements.txt."
        )
        return "missing-module", todo
    return "missing-module", (
        f"If {top} is a library, install it into the environment that undergrad runs in, and name "
        f"it in requirements.txt. If it is your own, copy {top}.py beside the notebook."
    )


def unreadable(error: NotebookError, project: Project) -> Problem:
    """The problem of a notebook that cannot be read. No cure overwrites what a person wrote."""
    pair = f"undergrad capstone pair {project.name}"
    others = sorted(path.name for path in project.folder.glob("*.ipynb"))
    cures = {
        "missing": f'capstone.toml says `file = "{project.notebook}"`: '
        + (f"write {' or '.join(others)} there." if others else "put your notebook there."),
        "conflict": "Open it in a text editor and keep one of the two sides, or take one with "
        f"`git checkout --ours -- {project.notebook}` or `--theirs`.",
        "old-format": f"`{pair}` writes it in format 4, and keeps the old file beside it.",
        "no-metadata": f"`{pair}` adds it, and keeps the old file beside it.",
        "not-a-script": f"`{pair}` writes the script from the notebook, and keeps the old one.",
        "too-large": "Clear its outputs: `jupyter nbconvert --clear-output --inplace "
        f"{project.notebook}`.",
        "not-text": "Open it in Jupyter and save it, which writes UTF-8.",
        "unreadable": "Look at its permissions, and at those of its folder.",
    }
    damaged = (
        "Open it in a text editor at that place; `git log` lists older versions, if you keep them."
    )
    return Problem(str(error), project.notebook, cures.get(error.name, damaged), name=error.name)
