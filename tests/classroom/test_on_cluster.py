"""A regrade on the workers of a cluster finds what one here finds."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread

import psutil
import pytest

pytest.importorskip("distributed", reason="needs the extra: pip install 'undergrad[cluster]'")

from tests.classroom.test_regrade import COURSE, HOSTILE, UNIT, handed, regraded
from tests.classroom.test_regrade import pytestmark as pytestmark
from tests.cluster.fake import FakeCluster, lost
from tests.cluster.machines import (
    alive,
    kill_a_worker_that_checks,
    started,
    until,
    workers,
)

from undergrad.checker import CheckResult, check
from undergrad.classroom import on_cluster, regrade
from undergrad.classroom.folder import Classroom
from undergrad.classroom.regrade import Paper
from undergrad.cli import main
from undergrad.course import Unit, blank_exercise, worked_solution
from undergrad.errors import ToolError
from undergrad.runs.cluster.proof import proof


def paper(text: str, unit: Unit = UNIT) -> Paper:
    return Paper(unit, {unit.exercise: text.encode()})


def task(one: Paper, **changes: object) -> on_cluster.Task:
    made = on_cluster.Task(one.unit.id, one.unit.check_hash, one.files, 7, proof())
    return replace(made, **changes)  # type: ignore[arg-type]


def found(result: CheckResult) -> tuple[object, ...]:
    """All of a result but how long it took."""
    return tuple((vars(result) | {"seconds": 0}).items())


def here(one: Paper, folder: Path, seed: int = 7) -> tuple[object, ...]:
    return found(check(one.unit, regrade.laid_out(one, folder), seed=seed))


def test_checks_on_workers_find_what_a_check_here_finds(tmp_path: Path) -> None:
    papers = [paper(worked_solution(UNIT)), paper(blank_exercise(UNIT)), paper("def (:")]

    def harm(task: object, number: int) -> None:
        if number == 2:
            raise lost()

    cluster = FakeCluster(harm=harm)
    results = [found(one) for one in on_cluster.check_papers(cluster, papers, 7)]  # type: ignore[arg-type]
    assert len(cluster.tasks) == 4
    assert results == [here(one, tmp_path / str(n)) for n, one in enumerate(papers)]


def test_a_machine_that_lacks_a_layer_is_left_out() -> None:
    class Some(FakeCluster):
        def ask(self, function: object, workers: list[str]) -> dict[str, list[str]]:
            assert function is regrade.missing_layers
            return {each: ["net"] if "pc-0" in each else [] for each in workers}

    cluster = Some(count=3)
    assert on_cluster.leave_out(cluster) == {"pc-0": ["net"]}  # type: ignore[arg-type]
    assert cluster.hosts == {"pc-1", "pc-2"}
    with pytest.raises(ToolError, match=r"No machine .* \(missing on pc-0: net\): join a Linux"):
        on_cluster.leave_out(Some(count=1))  # type: ignore[arg-type]


def test_a_worker_that_does_not_fit_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = paper(worked_solution(UNIT))
    with pytest.raises(ToolError, match="its course has another check of first-ten"):
        on_cluster._checked(task(one, check="other"))
    with pytest.raises(ToolError, match="its course has another check of none"):
        on_cluster._checked(task(one, unit="none"))
    with pytest.raises(ToolError, match="A worker changed while it ran"):
        on_cluster.check_paper(task(one, proof={**proof(), "NumPy": "1.0"}))
    monkeypatch.setattr(on_cluster, "missing_layers", lambda: ["files"])
    with pytest.raises(ToolError, match=r"cannot hold other people's code \(missing: files\)"):
        on_cluster._checked(task(one))


def test_what_fails_on_a_worker_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster.socket, "gethostname", lambda: "pc-7")
    with pytest.raises(ToolError, match="On the worker pc-7: its course has another check"):
        on_cluster.check_paper(task(paper("x = 1"), check="other"))
    broken = (sys.executable, "-c", "raise SystemExit('no disk')")
    monkeypatch.setattr(on_cluster, "_PROCESS", broken)
    with pytest.raises(ToolError, match=r"pc-7 the check of first-ten broke off \(no disk\)"):
        on_cluster.check_paper(task(paper("x = 1")))


def test_the_options_of_one_machine_and_of_a_cluster_exclude_each_other(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--cluster", "none.json", "--at-once", "2")
    command = ("undergrad", "class", "regrade", str(classroom.root), *options)
    for arguments, said in ((command, "leave out --at-once"), (command[:-2], "no cluster file")):
        monkeypatch.setattr(sys, "argv", list(arguments))
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 2 and said in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_a_regrade_survives_a_worker_and_leaves_no_process(
    classroom: Classroom, tmp_path: Path
) -> None:
    """K10 on a cluster: solutions, blanks and hostile code, and kill -9 in the middle."""
    units = [UNIT, COURSE.unit("backprop"), COURSE.unit("mdp")]
    texts = [(unit, text(unit)) for unit in units for text in (worked_solution, blank_exercise)]
    texts += [(UNIT, HOSTILE[name]) for name in ("loop", "memory", "syntax")]
    store = classroom.open_store()
    store.enrol(range(1, len(texts) + 1))
    for learner, (unit, text) in enumerate(texts, 1):
        handed(store, learner, text, unit.id)
    with started(tmp_path, 2) as (node, file), workers(file, 30) as (cluster, _):
        assert on_cluster.leave_out(cluster) == {}
        left: list[psutil.Process] = []
        thread = Thread(target=lambda: left.extend(kill_a_worker_that_checks(node)))
        thread.start()
        regraded(classroom, store, partial(on_cluster.check_papers, cluster))
        thread.join()
        until(lambda: not alive(left), "what ran below the worker has ended")
    verdicts = []
    for learner, (unit, text) in enumerate(texts, 1):
        one = paper(text, unit)
        file = regrade.laid_out(one, tmp_path / str(learner))
        expected = check(unit, file, seed=classroom.seed).verdict
        verdicts.append((store.standings(learner)[unit.id].verdict, expected))
    assert [verdict for verdict, _ in verdicts] == [expected for _, expected in verdicts]
    assert regrade.to_do(store, COURSE) == []
    store.close()
