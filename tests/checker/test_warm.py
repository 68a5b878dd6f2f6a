"""Checks that are forked from a warm parent: the same verdicts, and nothing shared between them."""

import os
import signal
import sys
from ast import literal_eval

import pytest

from undergrad.sandbox import warm

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
    with warm.parents(MODULE):
        yield warm._parents[MODULE]


def seen(result):
    return literal_eval(result.output.splitlines()[0])


def test_a_forked_check_gives_what_a_cold_one_gives(checked, solution, parent, monkeypatch):
    texts = [solution, solution.replace("axis=0", "axis=1"), "x = 1 +", "while True: pass"]
    limits = {"seconds": 1.0}
    forked = [checked(each + LOOK, seed=1, limits=limits) for each in texts]
    assert seen(forked[0])[-1]
    monkeypatch.setattr(warm, "_parents", {})
    cold = [checked(each + LOOK, seed=1, limits=limits) for each in texts]
    assert not seen(cold[0])[-1]
    assert [each.verdict for each in forked] == ["pass", "fail", "error", "timeout"]
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


def test_a_parent_has_one_thread_and_ends_its_children_with_it(checked, solution, parent):
    pid = parent._process.pid
    assert checked(solution, seed=1).passed
    assert len(os.listdir(f"/proc/{pid}/task")) == 1
    with warm.parents(MODULE):
        kept = warm._parents[MODULE]
        os.kill(kept._process.pid, signal.SIGKILL)
        kept._process.wait()
        for _ in range(2):  # the first finds out; both are started cold
            result = checked(solution + LOOK, seed=1)
            assert result.passed and not seen(result)[-1]
    assert MODULE not in warm._parents
    warm._parents[MODULE] = parent  # for the tests that follow


def test_a_program_of_another_module_is_started_cold():
    assert warm.fork("undergrad.sandbox.launcher:nothing", "/", 0) is None
