"""A small project to break: every test changes one thing and expects one finding."""

import json
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

CODE = """import json, os
import evaluate, model
os.makedirs("checkpoints", exist_ok=True)
for seed, weight in enumerate([0.4, 0.41, 0.405]):
    open(f"checkpoints/{seed}.json", "w").write(json.dumps(weight))
scores = evaluate.scores()
claim = {"value": sum(scores.values()) / len(scores), "seeds": scores, "baseline": 0.4}
open("results.json", "w").write(json.dumps(claim))"""

EVALUATE = """import json
from pathlib import Path
from model import double

def scores():
    paths = sorted(Path(__file__).with_name("checkpoints").glob("*.json"))
    return {path.stem: double(json.loads(path.read_text())) for path in paths}
"""

README = """# Tiny

![One bar for each seed, all above the baseline](result.png)

The score is 0.81, interval 0.80 to 0.82, and that of the baseline is 0.40.

    pip install -r requirements.txt
"""

MODEL_CARD = "# Model card\n## Intended use\n## Training data\n## Metrics\n## Limits\n"
DATA_CARD = "# Data card\n## Origin\n## Licence\n## People\n## Split\n"
RESULTS = {"value": 0.81, "seeds": {"0": 0.8, "1": 0.82, "2": 0.81}, "baseline": 0.4}

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
    """A complete tiny project that reaches the highest rung in a few seconds."""
    folder = tmp_path / "tiny"
    (folder / "tests").mkdir(parents=True)
    (folder / "capstone.toml").write_text(MANIFEST)
    (folder / "plan.md").write_text(PLAN)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (folder / "model.py").write_text("def double(x):\n    return x * 2.0\n")
    (folder / "evaluate.py").write_text(EVALUATE)
    (folder / "README.md").write_text(README)
    (folder / "model-card.md").write_text(MODEL_CARD)
    (folder / "data-card.md").write_text(DATA_CARD)
    (folder / "LICENSE").write_text("You may use it for whatever you like. " * 3)
    (folder / "requirements.txt").write_text("numpy==2.4.6\n")
    (folder / "result.png").write_bytes(b"a picture")
    (folder / "results.json").write_text(json.dumps(RESULTS))
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
