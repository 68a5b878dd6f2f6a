"""Checks that are forked from a warm parent: the same verdicts, and nothing shared between them."""

import os
import signal
import sys
from ast import literal_eval

import pytest

from undergrad.sandbox import process, warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="libraries survive a fork on Linux")

MODULE = "undergrad.checker.worker"
# What a learner's file sees of its process, as one line.
LOOK = """
import os, random, sys, numpy
print([
    str(numpy.random.rand()), str(random.random()),
    sorted(map(int, os.listdir("/proc/self/fd")))[:-1],
    os.environ["HOME"] == os.environ["TMPDIR"] == os.getcwd(), os.getsid(0) == os.getpid(),
    [each for each in sys.modules if each.startswith(("undergrad.course", "undergrad.engine"))],
    "undergrad.sandbox.forker" in str(sys.modules["__main__"]),
])
"""


@pytest.fixture(scope="module", autouse=True)
def parent():
    with warm.parents({MODULE: ()}):
        yield process.forks[MODULE].__self__


def seen(result):
    return literal_eval(result.output.splitlines()[0])


def test_a_forked_check_gives_what_a_cold_one_gives(checked, solution, parent, monkeypatch):
    texts = [solution, solution.replace("axis=0", "axis=1"), "x = 1 +"]
    forked = [checked(each + LOOK, seed=1) for each in texts]
    assert seen(forked[0])[-1]
    monkeypatch.setattr(process, "forks", {})
    cold = [checked(each + LOOK, seed=1) for each in texts]
    assert not seen(cold[0])[-1]
    assert [each.verdict for each in forked] == ["pass", "fail", "error"]
    for one, other in zip(forked, cold, strict=True):
        assert (one.verdict, one.isolation) == (other.verdict, other.isolation)
        assert [(task.verdict, task.mistake) for task in one.tasks] == [
            (task.verdict, task.mistake) for task in other.tasks
        ]


def test_children_share_no_random_numbers_no_descriptors_and_no_solutions(checked, solution):
    first, second = (seen(checked(solution + LOOK, seed=1)) for _ in range(2))
    assert first[:2] != second[:2] and first[0] != second[0] and first[1] != second[1]
    assert (
        first[2:] == second[2:] == [[0, 1, 2, warm.DESCRIPTOR, 4], True, True, [], True]
    )  # 4: /dev/null


def test_a_parent_has_one_thread(checked, solution, parent):
    assert checked(solution, seed=1).passed
    assert len(os.listdir(f"/proc/{parent._process.pid}/task")) == 1


def test_without_its_parent_a_check_is_started_cold(checked, solution, monkeypatch):
    monkeypatch.setattr(process, "forks", {})
    with warm.parents({MODULE: ()}):
        lost = process.forks[MODULE].__self__._process
        os.kill(lost.pid, signal.SIGKILL)
        lost.wait()
        for _ in range(2):
            result = checked(solution + LOOK, seed=1)
            assert result.passed and not seen(result)[-1]


def test_a_module_that_cannot_be_imported_leaves_programs_cold():
    with warm.parents({"undergrad.no_such_module": ()}):
        assert process.forks["undergrad.no_such_module"]("/", 0) is None
