"""Notebooks that build everything from NumPy, or judge with a simple method."""

from tests.capstone.corpus.case import (
    ALONE,
    NO_CLAIM,
    NO_HEADINGS,
    NO_PROSE,
    NO_TESTS,
    SHORT_PROSE,
    Case,
    code,
    md,
)

CLASSIFIER = Case(
    "numpy-classifier",
    (
        md("# A softmax classifier from nothing\n\nThree spirals, two layers and plain NumPy."),
        code("import numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline"),
        md("## The dataset\n\nThree arms of a spiral, with a little noise."),
        code(
            """
rng = np.random.default_rng(0)
n, k = 60, 3
r = np.tile(np.linspace(0, 1, n), k)
t = np.concatenate([np.linspace(4 * j, 4 * j + 4, n) for j in range(k)])
X = np.c_[r * np.sin(t), r * np.cos(t)] + rng.normal(size=(n * k, 2)) * 0.02
y = np.repeat(np.arange(k), n)
"""
        ),
        md("## Training the model"),
        code(
            """
W = 0.01 * rng.normal(size=(2, k))
for step in range(50):
    scores = X @ W
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    W -= 0.5 * X.T @ p / len(y)
print('accuracy', ((X @ W).argmax(1) == y).mean())
"""
        ),
        md("## Conclusion\n\nA linear model cannot bend around a spiral."),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS | SHORT_PROSE,
    NO_TESTS,
    first="Write scores() there",
)

CHARACTERS = Case(
    "character-mlp",
    (
        md("## makemore, smaller\n\nA character model over a list of names."),
        code(
            "import random\nimport numpy as np\nnames = open('names.txt').read().splitlines()\n"
            "print(len(names))"
        ),
        code("letters = sorted(set(''.join(names)))\nto = {c: i for i, c in enumerate(letters)}"),
        code("W = np.zeros((len(letters), len(letters)))"),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS | SHORT_PROSE,
    NO_TESTS | {("run", "missing-file", "fail")},
    first="Put names.txt into the project",
)

AUTOGRAD = Case(
    "autograd-demo",
    (
        code(
            """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
    def __mul__(self, other):
        return Value(self.data * other.data, (self, other))
"""
        ),
        code("a, b = Value(2.0), Value(-3.0)\n(a * b).data"),
        code("from graphviz import Digraph"),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS | NO_PROSE | {("imports", "missing-module", "attention")},
    NO_TESTS | {("run", "missing-module", "fail")},
    first="install it into the environment",
    absent=("graphviz",),
)

PIPELINE = Case(
    "sklearn-pipeline",
    (
        md("# Wine or not\n\n## Data\n\nMade here, so that nothing has to be downloaded."),
        code(
            "from sklearn.datasets import make_classification\n"
            "from sklearn.model_selection import train_test_split\n"
            "from sklearn.pipeline import make_pipeline\n"
            "from sklearn.preprocessing import StandardScaler"
        ),
        md("## Baseline"),
        code(
            "from sklearn.linear_model import LogisticRegression\n"
            "rule = make_pipeline(StandardScaler(), LogisticRegression())",
            "baseline",
        ),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS | SHORT_PROSE,
    NO_TESTS | {("run", "missing-module", "fail")},
    first="pip install scikit-learn",
    absent=("sklearn",),
)

UNTAGGED = Case(
    "sklearn-without-a-tag",
    (
        md("# Forest"),
        code("from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier()"),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS | {("imports", "untagged-baseline", "fail")},
    first="Write scores() there",
)

PLOTS = Case(
    "plots-only",
    (
        md("# Looking at a sine\n\nNothing is trained here."),
        code("import numpy as np, matplotlib.pyplot as plt\nplt.plot(np.sin(np.arange(9)));"),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS,
    NO_TESTS,
    first="Write scores() there",
)

CASES = (CLASSIFIER, CHARACTERS, AUTOGRAD, PIPELINE, UNTAGGED, PLOTS)
