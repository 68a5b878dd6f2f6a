"""The call that is shown: small, inside of what the function takes, and true."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.checker.test_messages import written_exercise
from tests.course import gate

from undergrad.checker import check
from undergrad.checker.example import _shown, _typed
from undergrad.checker.shrink import smaller
from undergrad.sandbox.loading import load

RNG = np.random.default_rng(4)
SCORES = RNG.normal(size=(5, 4))
PROBS = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
SYMMETRIC = SCORES.T @ SCORES


def smallest(**arguments):
    return min(smaller(arguments), key=lambda each: len(repr(each)))


def test_axes_of_one_length_are_cut_together_and_numbers_are_rounded():
    found = smallest(x=SCORES, w=RNG.normal(size=(3, 4)), b=RNG.normal(size=3), lr=0.12345)
    assert found["x"].shape == (1, 1) == found["w"].shape and found["b"].shape == (1,)
    assert found["lr"] == 0.1 and all(len(repr(abs(n))) <= 4 for n in found["x"].ravel().tolist())


KEPT = {
    "rows that sum to 1": ({"p": PROBS}, lambda p: np.allclose(p.sum(axis=1), 1, atol=1e-9)),
    "between 0 and 1": ({"s": PROBS[:, 0] * 0.999}, lambda s: (s > 0).all() and (s < 1).all()),
    "the order": ({"c": np.linspace(0.1, 7.3, 6)}, lambda c: (np.diff(c) > 0).all()),
    "symmetry": ({"A": SYMMETRIC}, lambda A: np.array_equal(A, A.T)),
    "labels below the number of classes": (
        {"z": SCORES, "y": np.array([0, 3, 1, 1, 2])}, lambda z, y: y.max() < z.shape[1],
    ),
    "a count up to a length": ({"x": SCORES, "k": 3}, lambda x, k: x.shape[1] >= k),
    "no two numbers alike": ({"x": SCORES}, lambda x: len(np.unique(np.abs(x))) == x.size),
    "whole numbers": ({"x": np.array([12.0, 7.0, 31.0])}, lambda x: (x % 1 == 0).all()),
    "what fits together": (
        {"g": SCORES[:, 0], "cache": (SCORES, 2)}, lambda g, cache: cache[0] is SCORES,
    ),
    "bytes, of which one is the largest": (
        {"image": np.array([[255, 7, 90], [0, 3, 41]], dtype="u1")},
        lambda image: image.dtype == np.uint8,
    ),
    "the sign": ({"x": SCORES, "eps": 1e-5}, lambda x, eps: eps == 1e-5),
}  # fmt: skip


@pytest.mark.parametrize("what", KEPT)
def test_a_smaller_version_keeps_what_a_function_may_rely_on(what):
    arguments, holds = KEPT[what]
    versions = list(smaller(arguments))
    assert versions and all(holds(**each) for each in versions)


def test_what_is_typed_is_the_value_and_what_is_shown_is_readable():
    for value in (SCORES, np.eye(2, dtype="f4"), [1, 2.5], (True, None, "a"), np.zeros((0, 3))):
        back = eval(_typed(value), {"np": np})
        assert np.array_equal(back, value) and getattr(back, "dtype", 0) == getattr(
            value, "dtype", 0
        )
    assert _shown(np.array([36.1299999999, 1e-17, -0.0])) == "[36.13, 0.0, 0.0]"
    assert _shown(np.tri(2, dtype=bool)) == "[[True, False], [True, True]]"


def test_the_call_that_is_shown_is_small_and_true(tmp_path):
    function = "def predict(w, b, c):\n    return w * (c + b)"
    unit = gate.loaded().unit("first-ten")
    file = tmp_path / f"{unit.module}.py"
    file.write_text(written_exercise(unit, function))
    message = check(unit, file, seed=3).message
    call, gives, expected = re.search(
        r"`(\w+\(.*\))` gives (.*); expected (.*)\.\n", message
    ).groups()
    assert re.fullmatch(r"predict\(w=\d\.0, b=\d+\.0, c=np\.array\(\[\d+\.0\]\)\)", call)
    assert Path(re.search(r"`python -i (\S+)`", message)[1]).samefile(file)
    for text, shown in ((file.read_text(), gives), (written_exercise(unit, ""), expected)):
        module = vars(load(text, "exercise.py"))
        assert _shown(eval(call, module)) == shown


def test_a_function_that_fails_on_smaller_calls_keeps_its_message(checked, solution):
    picky = "x.mean(axis=0) * (1.37 if len(str(float(x[0, 0]))) > 12 else 1 / 0)"
    failed = checked(solution.replace("x.mean(axis=0)", picky), seed=1).tasks[0]
    assert failed.verdict == "fail" and "gives" not in failed.message
    assert failed.message.startswith("Every number is 1.37 times the right one")


def test_numpy_is_imported_first_where_the_file_calls_it_otherwise(checked, solution):
    own = solution.replace("import numpy as np", "import numpy").replace("np.", "numpy.")
    failed = checked(own.replace("x.mean(axis=0)", "x.mean(axis=0) * 1.37")).tasks[0]
    assert failed.message.endswith("columns.py`, after `import numpy as np`.")
