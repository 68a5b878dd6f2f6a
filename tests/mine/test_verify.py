"""A part that is wrong, slow, endless or fatal is refused with its reason; the others are not."""

from types import ModuleType

import numpy as np
import pytest

from undergrad.course import load, unit_folder
from undergrad.mine.adapter import adapters
from undergrad.mine.judge import judge
from undergrad.mine.verify import verify

BACKPROP = unit_folder(load().unit("backprop"))
SOLUTION = (BACKPROP / "solution.py").read_text("utf-8")
OPS = "undergrad.engine.ops."
LINEAR, RELU = f"{OPS}linalg.linear", f"{OPS}elementwise.relu"
SIGMOID, LOSS = f"{OPS}elementwise.sigmoid", f"{OPS}cross_entropy.cross_entropy"

# What is added to the worked solution, and what is then said about relu.
WRONG = {
    "a wrong gradient": (
        "def relu_backward(g, cache): return g * (cache >= 0)",
        "on “edges” its gradient 0 is",
    ),
    "a wrong result": ("def relu(z): return np.abs(z), z", "on “matrix” its result is"),
    "a gradient of another shape": (
        "def relu_backward(g, cache): return (g * (cache > 0)).sum(axis=0)",
        "its gradient has shape (4,) where the input has (3, 4)",
    ),
    "nothing returned": ("def relu(z): pass", "raises TypeError"),
    "an input that is changed": (
        "def relu(z):\n    z[...] = np.maximum(z, 0)\n    return z, z",
        "it changes the numbers it is given",
    ),
    "an upstream gradient that is changed": (
        "def relu_backward(g, cache):\n    g *= cache > 0\n    return g",
        "read-only",
    ),
    "a loop over every number": (
        "def relu(z):\n    out = z.copy()\n    for at in np.ndindex(z.shape):\n"
        "        out[at] = max(z[at], 0)\n    return out, z",
        "times as long as the reference, and at most 30 are allowed",
    ),
}
FATAL = {
    "no end": ("def relu(z):\n    while True: pass", "it did not finish within 3 seconds"),
    "a crash": ("import os\ndef relu(z): os.abort()", "it crashed (SIGABRT)"),
    "a silent end": ("import os\ndef relu(z): os._exit(0)", "it ended the process"),
    "an exit": ("def relu(z): raise SystemExit(5)", "it raises SystemExit: 5"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_or_slow_part_is_refused_with_the_reason(kind):
    more, said = WRONG[kind]
    own = ModuleType("own")
    exec(f"{SOLUTION}\n{more}", vars(own))
    known = adapters((BACKPROP / "parts.py").read_bytes(), "parts.py")
    verdict = judge(RELU, known[RELU], own)
    assert said in verdict.reason, verdict.reason
    assert "\n" not in verdict.reason
    assert judge(SIGMOID, known[SIGMOID], own).fits


def verdicts(tmp_path, more, names=(LINEAR, RELU, SIGMOID)):
    exercise = tmp_path / "backprop.py"
    exercise.write_text(f"{SOLUTION}\n\n{more}\n")
    return verify(exercise, BACKPROP / "parts.py", names, seconds=3)


@pytest.mark.parametrize("kind", FATAL)
def test_a_fatal_part_is_refused_by_name_and_the_others_are_used(tmp_path, kind):
    more, said = FATAL[kind]
    linear, relu, sigmoid = verdicts(tmp_path, more)
    assert said in relu.reason, relu.reason
    assert relu.name == RELU
    assert (linear.reason, sigmoid.reason) == ("", "")
    assert linear.trials >= 10


def test_a_file_that_cannot_be_imported_refuses_all_of_its_parts(tmp_path):
    for each in verdicts(tmp_path, "import a_module_that_is_not_there"):
        assert "No module named" in each.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_a_file_is_read_in_the_encoding_that_python_would_use(encoding, tmp_path):
    file = tmp_path / "backprop.py"
    cookie = f"# -*- coding: {encoding} -*-\r\n# Käthe\r\n" if encoding == "latin-1" else ""
    text = cookie + SOLUTION.replace("\n", "\r\n")
    file.write_bytes(text.encode(encoding))
    (verdict,) = verify(file, BACKPROP / "parts.py", [RELU])
    assert not verdict.reason


def test_what_the_learner_prints_goes_nowhere(tmp_path, capfd):
    (linear,) = verdicts(tmp_path, 'print("{\\"verdict\\": 1}" * 1000)', (LINEAR,))
    assert not linear.reason
    assert capfd.readouterr() == ("", "")


def test_an_honest_part_of_other_make_is_used(tmp_path):
    more = """
def relu(z):
    return z * (z > 0), z > 0

def relu_backward(g, cache):
    return np.where(cache, g, 0)

def ce_backward(logits, y):
    p = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    return (p - np.eye(logits.shape[1])[y]) / len(y)
"""
    relu, loss = verdicts(tmp_path, more, (RELU, LOSS))
    assert (relu.reason, loss.reason) == ("", "")
    assert np.isfinite(relu.slower)


def test_a_file_with_a_name_of_an_earlier_version_is_judged_like_any_other(tmp_path):
    exercise = tmp_path / "backprop.py"
    exercise.write_text(SOLUTION.replace("relu_backward", "old_relu_backward"))
    renamed = (("old_relu_backward", "relu_backward"),)
    (known,) = verify(exercise, BACKPROP / "parts.py", (RELU,), renamed)
    (unknown,) = verify(exercise, BACKPROP / "parts.py", (RELU,))
    assert known.fits and "relu_backward" in unknown.reason
