"""What learners are told about functions of real units that are right otherwise."""

from collections.abc import Iterator
from textwrap import dedent

import pytest
from tests.course import gate

from undergrad.checker import TaskResult
from undergrad.checker.answer_key import solved
from undergrad.course.blank import unmarked
from undergrad.course.models import Unit

SEED = 5


def written_exercise(unit: Unit, function: str) -> str:
    """The worked solution, with `function` in the place of its own."""
    solution = (gate.folder(unit) / "solution.py").read_text("utf-8")
    return f"{unmarked(solution)}\n\n{dedent(function)}"


def told(unit_id: str, function: str) -> TaskResult | None:
    """The first check that fails for a file with this function, which is right otherwise."""
    return next(failures(unit_id, function), None)


def failures(unit_id: str, function: str) -> Iterator[TaskResult]:
    unit = gate.loaded().unit(unit_id)
    module = gate.learners(written_exercise(unit, function))
    return (each for each in gate.results(unit, module, SEED) if each.verdict != "pass")


CONV = """
def conv2d(x, w, b, stride=1, pad=0):
    n, o, k = len(x), len(w), w.shape[2]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows = (padded.shape[2] - k) // stride + 1
    columns = (padded.shape[3] - k) // stride + 1
    out = np.tile(b[:, None, None], (n, 1, rows, columns))
    for i in range(k):
        for j in range(k):
            at = np.s_[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
            out += np.einsum("nchw,oc->nohw", padded[at], w[:, :, i, j])
    return out, (x, w, b, {"stride": stride, "pad": pad})

def conv2d_backward(g, cache):
    x, w, b, conv = cache
    stride, pad, k = conv["stride"], conv["pad"], w.shape[2]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    gx, gw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(g.shape[2]):
        for j in range(g.shape[3]):
            at = np.s_[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            gw += np.tensordot(g[:, :, i, j], padded[at], ((0,), (0,)))
            gx[at] += np.tensordot(g[:, :, i, j], w, ((1,), (0,)))
    inside = np.s_[:, :, pad : padded.shape[2] - pad, pad : padded.shape[3] - pad]
    return gx[inside], gw, g.sum(axis=(0, 2, 3))
"""
RECURSIVE_TOPO = """
def topo(t, order=None):
    order = [] if order is None else order
    for parent in t.parents:
        if not any(parent is each for each in order):
            topo(parent, order)
    order.append(t)
    return order
"""
# (unit, function, words of the message): none of them is a mistake that the course knows.
UNKNOWN = {
    "only one of two values": (
        "conv", CONV.replace(', (x, w, b, {"stride": stride, "pad": pad})', ""),
        "`conv2d` should return 2 values (out, cache); yours returned an array",
    ),
    "nothing but zeros": (
        "backprop",
        "def linear_backward(g, cache):\n    x, W = cache\n"
        "    return np.zeros_like(x), g.T @ x, g.sum(axis=0)",
        "Every number is 0: was the array filled",
    ),
    "an argument in place of its gradient": (
        "backprop",
        "def linear_backward(g, cache):\n    x, W = cache\n    return x + 1, g.T @ x, g.sum(0)",
        "in `gx` of `linear_backward`",
    ),
    "values that changed places": (
        "probability", "_mean_var = running_mean_var\ndef running_mean_var(stream):\n"
        "    return _mean_var(stream)[::-1]",
        "The first and the second value have changed places",
    ),
    "a third of the sum": (
        "first-ten", "def mse(pred, target):\n    return float(np.sum((pred - target) ** 2) / 3)",
        "The answer is not the expected one.",
    ),
    "text for bytes": (
        "transformer", "_decode = bpe_decode\ndef bpe_decode(ids, pairs):\n"
        "    return _decode(ids, pairs).decode('latin-1')",
        "`bpe_decode` should return bytes; yours returned a string.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_course_does_not_know_is_not_given_a_name(name):
    unit, function, words = UNKNOWN[name]
    failed = told(unit, function)
    assert failed is not None and failed.mistake == "" and words in failed.message, failed


def test_an_error_that_the_check_itself_meets_is_not_taken_for_a_mistake_further_on():
    results = [each for each in failures("autograd", RECURSIVE_TOPO) if each.mistake]
    assert results and {each.mistake.partition("-")[0] for each in results} == {"topo"}


def test_what_the_check_cannot_use_is_said_with_what_was_declared():
    failed = told("conv", CONV)
    assert failed is not None and failed.mistake == ""
    assert "used what `conv2d` returned, which should be: out (N, O, H', W'), cache (X, x." in (
        failed.message
    )


@pytest.mark.parametrize("unit_id, starts", [
    ("backprop", ("gW is transposed", "gb has two axes")),
    ("attention", ("The scores are divided by D", "Softmax runs over the queries")),
])  # fmt: skip
def test_two_mistakes_in_one_function_are_both_named(unit_id, starts):
    unit = gate.loaded().unit(unit_id)
    key = gate.answer_key(unit)
    pair = [next(m for m in key.mistakes if m.sentence.startswith(start)) for start in starts]
    failed = next(each for each in gate.results(unit, solved(key, *pair), SEED) if each.mistake)
    assert failed.message == " Besides: ".join(each.sentence for each in pair)
