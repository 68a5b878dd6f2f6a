"""A small project to break: every test changes one thing and expects one finding."""

from collections.abc import Callable
from pathlib import Path

import pytest

from undergrad.capstone.notebook import pair

_KERNEL = ("display_name: Python 3", "language: python", "name: python3")
_HEADER = "\n#     ".join(["# ---\n# jupyter:\n#   kernelspec:", *_KERNEL]) + "\n# ---\n\n"
_PROSE = (
    "This step is explained at some length, because a reader wants to know what happens here and "
    "why it has to happen at this place, before looking at the code that follows below."
)
HEADINGS = (
    "Question", "Data", "Baseline", "Model", "Training", "Evaluation", "Errors", "Limits", "Rerun",
)  # fmt: skip

MANIFEST = """
kind = "supervised"
name = "tiny"
template = 1

[notebook]
file = "notebook.ipynb"
minutes = 1
cell-seconds = 20

[metric]
name = "score"
results = "results.json"
evaluate = "evaluate:scores"
target = 0.5
higher-is-better = true
tolerance = 1e-6
rerun-tolerance = 0.1
"""

PLAN = """# Plan

Written on 2020-03-01.

## Question

Can this tiny project show whether a check works as it should?

## Data

Nothing but a few numbers. Split hash: 0a1b2c3d4e5f.

## Metric

The score that it computes. Target: 0.5.

## Baseline

Trivial: 0.2, interval 0.18 to 0.22. Simple: 0.4, interval 0.38 to 0.42.

## Size

Test items: 1,000, and three seeds.

## Risk

There is hardly any, since nothing is trained here.

## Stop rule

Stop when the three seeds are done, which takes a second.
"""

CODE = """import json
import evaluate
scores = {str(seed): score for seed, score in evaluate.scores().items()}
claim = {"value": sum(scores.values()) / len(scores), "seeds": scores, "baseline": 0.4}
open("results.json", "w").write(json.dumps(claim))"""

TEST = """from model import double
from undergrad.engine import Tensor, gradcheck
import numpy as np

def test_gradient():
    assert gradcheck(double, Tensor(np.ones(2), requires_grad=True))
"""


def script(*cells: str) -> str:
    """A percent script with all headings, then each code cell after a paragraph of prose."""
    text = [_HEADER + "# %% [markdown]", *(f"# ## {name}\n#" for name in HEADINGS), f"# {_PROSE}"]
    for number, cell in enumerate(cells):
        words = f"# {_PROSE} This is step {number}."
        text += ["", "# %% [markdown]", words, "", cell if "# %%" in cell else f"# %%\n{cell}"]
    return "\n".join(text) + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A complete tiny project that passes every criterion in a few seconds."""
    folder = tmp_path / "tiny"
    (folder / "tests").mkdir(parents=True)
    (folder / "capstone.toml").write_text(MANIFEST)
    (folder / "plan.md").write_text(PLAN)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (folder / "model.py").write_text("def double(x):\n    return x * 2.0\n")
    (folder / "evaluate.py").write_text("def scores():\n    return {0: 0.8, 1: 0.82, 2: 0.81}\n")
    (folder / "tests" / "test_model.py").write_text(TEST)
    write_notebook(folder, CODE)
    return folder


def write_notebook(folder: Path, *cells: str) -> None:
    (folder / "notebook.py").write_text(script(*cells), encoding="utf-8")
    pair(folder / "notebook.py", folder / "notebook.ipynb")


@pytest.fixture
def good_cell() -> str:
    """The one code cell of the tiny project: it scores, and writes results.json."""
    return CODE


@pytest.fixture
def rewrite(project: Path) -> Callable[..., Path]:
    """Give the tiny project another notebook, made of these code cells."""

    def change(*cells: str) -> Path:
        write_notebook(project, *cells)
        return project

    return change
