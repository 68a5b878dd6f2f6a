"""Notebooks of which only a run shows what is the matter, and some that a run finds in order."""

from tests.capstone.corpus.case import (
    ALONE,
    NO_CLAIM,
    NO_HEADINGS,
    NO_PROSE,
    NO_TESTS,
    Case,
    code,
    md,
)

ALL = NO_CLAIM | ALONE | NO_HEADINGS
READ = ALONE | NO_HEADINGS | NO_PROSE  # of a notebook whose claim has all that it needs

EVALUATE = """import json
from pathlib import Path

def scores():
    paths = sorted(Path("out/weights").glob("*.json"))
    return {path.stem: json.loads(path.read_text()) for path in paths}
"""
TRAIN = """import json, os
import evaluate
os.makedirs("out/weights", exist_ok=True)
os.makedirs("out/figures", exist_ok=True)
for seed, weight in enumerate([0.8, 0.82, 0.81]):
    json.dump(weight, open(f"out/weights/{seed}.json", "w"))
open("out/figures/curve.png", "wb").write(b"png")"""
CLAIM = """scores = evaluate.scores()
claim = {"value": sum(scores.values()) / 3, "seeds": scores, "baseline": 0.4}
json.dump(claim, open("results.json", "w"))"""
DONE = '{"value": 0.81, "seeds": {"0": 0.8, "1": 0.82, "2": 0.81}, "baseline": 0.4}'
SAVED = {f"out/weights/{seed}.json": str(weight) for seed, weight in enumerate((0.8, 0.82, 0.81))}

SUB_FOLDERS = Case(
    "sub-folders",
    (md("# Everything in its folder"), code(TRAIN), code(CLAIM)),
    ALONE | NO_HEADINGS | {("prose", "short-prose", "fail")},
    NO_TESTS,
    verdict="running",
    first="plan.md",
    files={"evaluate.py": EVALUATE},
)

SPELLED = Case(
    "claim-under-a-spelled-name",
    (
        md("# The name is put together"),
        code(TRAIN),
        code(CLAIM.replace('"results.json"', '"results" + ".json"')),
    ),
    ALONE | NO_HEADINGS | {("prose", "short-prose", "fail")},
    NO_TESTS,
    verdict="running",
    files={"evaluate.py": EVALUATE},
)

CACHED = Case(
    "evaluation-that-caches",
    (md("# Scoring is slow"), code(TRAIN), code(CLAIM.replace("scores()", "_scores()"))),
    ALONE | NO_HEADINGS | {("prose", "short-prose", "fail")},
    NO_TESTS,
    verdict="running",
    files={
        "evaluate.py": EVALUATE.replace("def scores", "def _scores") + "\n\ndef scores():\n"
        '    cache = Path("cache.json")\n'
        "    if not cache.is_file():\n"
        "        cache.write_text(json.dumps(_scores()))\n"
        "    return json.loads(cache.read_text())\n"
    },
)

RESUMED = Case(
    "resumes-from-checkpoints",
    (
        md("# Training is expensive"),
        code(
            "import os\nif not os.path.isdir('out/weights'):\n    "
            + "\n    ".join(TRAIN.splitlines())
        ),
        code("import evaluate, json"),
        code(CLAIM),
    ),
    ALONE | NO_HEADINGS | {("prose", "short-prose", "fail")},
    NO_TESTS | {("evidence", "resumed", "fail")},
    files={"evaluate.py": EVALUATE, "results.json": DONE, **SAVED},
    first="Move them out of the folder",
)

BY_HAND = Case(
    "results-by-hand",
    (
        md("# I wrote down what I saw"),
        code(f"open('results.json', 'w').write('''{DONE}''')"),
    ),
    ALONE | NO_HEADINGS,
    NO_TESTS | {("evidence", "no-checkpoint", "fail")},
    files={"evaluate.py": "def scores():\n    return {0: .8, 1: .82, 2: .81}\n"},
    first="Save each seed's trained weights",
)

HOURS = Case(
    "hours-of-training",
    (md("# Weeks of it"), code("import time\nfor epoch in range(300):\n    time.sleep(60)")),
    ALL,
    NO_TESTS | {("run", "cell-timeout", "fail")},
    cell_seconds=1,
    first="--verify",
)

HOURS_VERIFIED = Case(
    "hours-of-training-with-verify",
    (
        md("# Weeks of it"),
        code("SEEDS = [0, 1, 2]\nSECONDS = 3600", "parameters"),
        code("import json, os, time\nimport evaluate\nos.makedirs('out/weights', exist_ok=True)"),
        code(
            "for seed in SEEDS:\n    time.sleep(SECONDS)\n"
            "    json.dump(0.8, open(f'out/weights/{seed}.json', 'w'))"
        ),
        code("scores = evaluate.scores()\nbest = max(scores.values())"),
        code("json.dump({'seeds': scores}, open('results.json', 'w'))"),
    ),
    ALONE | NO_HEADINGS,
    NO_TESTS,
    verdict="running",
    verify="SEEDS = [0]\nSECONDS = 0",
    files={"evaluate.py": EVALUATE, "results.json": DONE, **SAVED},
)

PAPERMILL = Case(
    "papermill",
    (
        md("# Executed by papermill"),
        code("seeds = [0, 1, 2]\npause = 0", "parameters"),
        code("# Parameters\nseeds = [0, 1, 2]\npause = 3600", "injected-parameters"),
        code("import json, os, time\nimport evaluate\nos.makedirs('out/weights', exist_ok=True)"),
        code(
            "for seed in seeds:\n    time.sleep(pause)\n"
            "    json.dump(0.8, open(f'out/weights/{seed}.json', 'w'))"
        ),
        code("json.dump(evaluate.scores(), open('results.json', 'w'))"),
    ),
    ALONE | NO_HEADINGS,
    NO_TESTS,
    verdict="running",
    verify="seeds = [0]\npause = 0",
    files={"evaluate.py": EVALUATE, "results.json": DONE, **SAVED},
)

OUTSIDE = Case(
    "data-outside",
    (md("# Shared data"), code("rows = open('../data/train.csv').read()")),
    ALL,
    NO_TESTS | {("run", "outside", "fail")},
    first="move the file into the project",
)

OUTSIDE_NUMPY = Case(
    "data-outside-numpy",
    (md("# Shared data"), code("import numpy as np\nrows = np.loadtxt('../data/train.csv')")),
    ALL,
    NO_TESTS | {("run", "outside", "fail")},
    first="move the file into the project",
)

ABSOLUTE = Case(
    "absolute-path",
    (md("# On my laptop"), code(r"rows = open('C:\\Users\\me\\Desktop\\train.csv').read()")),
    ALL,
    NO_TESTS | {("run", "outside", "fail")},
    first="move the file into the project",
)

RUN_OTHER = Case(
    "runs-another-notebook",
    (md("# Part two"), code("%run 01_prepare.ipynb"), code("prepared")),
    ALL,
    NO_TESTS | {("run", "missing-file", "fail")},
    first="01_prepare.ipynb",
)

RAISES = Case(
    "raises-exception",
    (md("# What happens here?"), code("1 / 0", "raises-exception")),
    ALL | {("notebook", "raises-exception", "attention")},
    NO_TESTS,
)

HUGE = Case(
    "huge-output",
    (md("# Prints every step"), code("for _ in range(60):\n    print('loss' * 100_000)")),
    ALL,
    NO_TESTS | {("run", "too-much-output", "fail")},
    first="Print a line now and then",
)

OFFLINE = Case(
    "downloads-its-data",
    (
        md("# Fetch"),
        code(
            "from urllib.request import urlretrieve\n"
            "urlretrieve('https://example.org/mnist.gz', 'mnist.gz')"
        ),
    ),
    ALL,
    NO_TESTS | {("run", "offline", "fail")},
    first="Download the data once",
)

CASES = (
    SUB_FOLDERS,
    SPELLED,
    CACHED,
    RESUMED,
    BY_HAND,
    HOURS,
    HOURS_VERIFIED,
    PAPERMILL,
    OUTSIDE,
    OUTSIDE_NUMPY,
    ABSOLUTE,
    RUN_OTHER,
    RAISES,
    HUGE,
    OFFLINE,
)
