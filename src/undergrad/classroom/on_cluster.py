"""A regrade on a cluster: each check in the sandbox of the worker that it is sent to.

A worker has proved what it is before it gets work, as for a training. Here its machine must also
hold other people's code in all layers, and have the same check of the unit. As the worked solution
answers beside the code that is judged, each check has a process of its own below the worker.
"""

import pickle
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from undergrad.checker import CheckResult, check
from undergrad.checker.many import prepare
from undergrad.classroom.regrade import Paper, laid_out, missing_layers
from undergrad.course import load
from undergrad.errors import ToolError, UndergradError
from undergrad.runs.cluster.client import Cluster
from undergrad.runs.cluster.job import Job, in_order
from undergrad.runs.cluster.proof import Proof
from undergrad.runs.cluster.slices import refuse_change
from undergrad.sandbox.process import scratch_folder

_PROCESS = (sys.executable, "-c", "from undergrad.classroom.on_cluster import main; main()")


@dataclass(frozen=True)
class Task:
    """What a worker needs for a check.

    Arguments:
        check: the hash of the unit's check, which must be the same there.
        files: of a `Paper`.
        proof: what the worker must be.
    """

    unit: str
    check: str
    files: Mapping[str, bytes]
    seed: int
    proof: Proof


def leave_out(cluster: Cluster) -> dict[str, list[str]]:
    """Leave the machines out that cannot hold other people's code: the layers each of them lacks.

    ToolError when there is no other.
    """
    one_of_each = {each.host: each.address for each in cluster.fitting()}
    found = cluster.ask(missing_layers, list(one_of_each.values()))
    missing = {host: found[address] for host, address in one_of_each.items()}
    cluster.hosts = frozenset(host for host in missing if not missing[host])
    if not cluster.hosts:
        lacking = "; ".join(f"{host}: {', '.join(missing[host])}" for host in missing)
        raise ToolError(
            f"No machine of the cluster can hold other people's code (missing on {lacking}): join "
            "a Linux machine with user namespaces, or leave out --cluster."
        )
    return {host: layers for host, layers in missing.items() if layers}


def check_papers(cluster: Cluster, papers: Sequence[Paper], seed: int) -> Iterator[CheckResult]:
    """Check on the workers of a cluster: a `CheckPapers`."""
    tasks = [
        (
            f"Check {number} of {len(papers)} ({paper.unit.id})",
            Task(paper.unit.id, paper.unit.check_hash, paper.files, seed, cluster.chosen),
        )
        for number, paper in enumerate(papers, 1)
    ]
    return in_order(Job(cluster, "regrade again"), check_paper, tasks)


def check_paper(task: Task) -> CheckResult:
    """On a worker: the result, from a process of its own, in which the sandbox is started."""
    refuse_change(task.proof)
    done = subprocess.run(_PROCESS, input=pickle.dumps(task), capture_output=True)
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split()[-40:])
        raise ToolError(f"On the worker {socket.gethostname()} the check of {task.unit} broke off "
                        f"({said or done.returncode}); nothing was judged.")  # fmt: skip
    result = pickle.loads(done.stdout)  # no learner's code ran in that process
    if isinstance(result, UndergradError):
        raise ToolError(f"On the worker {socket.gethostname()}: {result}") from result
    assert isinstance(result, CheckResult)
    return result


def main() -> None:
    """That process: take a task from stdin, and write its result, or its error, to stdout."""
    prepare()
    answer, sys.stdout = sys.stdout.buffer, sys.stderr  # worked solutions may print
    task: Task = pickle.load(sys.stdin.buffer)
    try:
        result: CheckResult | UndergradError = _checked(task)
    except UndergradError as error:
        result = error
    answer.write(pickle.dumps(result))


def _checked(task: Task) -> CheckResult:
    unit = load().by_id.get(task.unit)
    if unit is None or unit.check_hash != task.check:
        raise ToolError(
            f"its course has another check of {task.unit}: install the same on all machines."
        )
    if missing := missing_layers():
        raise ToolError(f"it cannot hold other people's code (missing: {', '.join(missing)}).")
    with scratch_folder("undergrad-class-") as scratch:
        return check(unit, laid_out(Paper(unit, task.files), Path(scratch)), seed=task.seed)
