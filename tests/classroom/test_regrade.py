"""What counts is what the teacher's machine finds in the code that was handed in."""

from functools import partial
from pathlib import Path

import pytest
from tests.classroom.conftest import NOW, checked, push

from undergrad.checker import check, isolation
from undergrad.classroom import regrade
from undergrad.classroom.folder import Classroom
from undergrad.classroom.regrade import CheckPapers, Graded
from undergrad.classroom.store import Store
from undergrad.classroom.view import hand_in
from undergrad.course import blank_exercise, load, worked_solution
from undergrad.errors import ToolError

COURSE = load()
UNIT = COURSE.unit("first-ten")
pytestmark = pytest.mark.skipif(
    not {"user", "pid", "net", "files"} <= set(isolation()),
    reason="the sandbox of this machine lacks a layer, and nothing is regraded here",
)
HOSTILE = {
    "loop": "while True:\n    pass\n",
    "processes": "import os\nwhile True:\n    os.fork()\n",
    "memory": "x = bytearray(1 << 40)\n",
    "solution": "import pathlib\nfor p in pathlib.Path('/').rglob('solution.py'):\n    print(p)\n",
    "store": "import pathlib\npathlib.Path('{store}').write_text('mine')\n",
    "syntax": "def (:\n",
    "deep": f"x = {'(' * 5000}1{')' * 5000}\n",
}


def handed(store: Store, learner: int, text: str, unit: str = UNIT.id, before: int = 0) -> None:
    line = hand_in(unit, text, changed=NOW, course="1", before=before)
    (answer,) = store.receive([push(learner, line)], NOW)
    assert answer.added == 1


@pytest.fixture
def store(classroom: Classroom) -> Store:
    made = classroom.open_store()
    made.enrol(range(1, 10))
    return made


def done(classroom: Classroom, store: Store, scratch: Path) -> list[Graded]:
    return regraded(classroom, store, partial(regrade.check_here, scratch=scratch, at_once=2))


def regraded(classroom: Classroom, store: Store, check_papers: CheckPapers) -> list[Graded]:
    work = regrade.to_do(store, COURSE)
    found = list(regrade.regrade(classroom, store, COURSE, work, check_papers, NOW))
    assert store.verify() == []
    return found


def test_equal_code_runs_once_and_what_is_verified_is_not_run_again(
    classroom: Classroom, store: Store, tmp_path: Path
) -> None:
    solution, blank = worked_solution(UNIT), blank_exercise(UNIT)
    handed(store, 1, solution)
    handed(store, 2, solution)
    handed(store, 3, blank)
    store.receive([push(3, checked(1, "pass", UNIT.id))], NOW)
    graded = done(classroom, store, tmp_path / "1")
    assert [(each.learners, each.verdict) for each in graded] == [((1, 2), "pass"), ((3,), "fail")]
    assert [store.standings(each)[UNIT.id].outcome for each in (1, 2, 3)] == ["1", "1", "0"]
    assert regrade.to_do(store, COURSE) == []
    handed(store, 3, solution, before=1)
    assert [each.learners for each in done(classroom, store, tmp_path / "2")] == [(3,)]
    assert store.standings(3)[UNIT.id].outcome == "1"
    store.close()


def test_a_course_that_changed_checks_again(store: Store) -> None:
    from dataclasses import replace

    handed(store, 1, "x = 1\n")
    verdict = {"kind": "check.verified", "unit": UNIT.id, "verdict": "pass",
               "check": UNIT.check_hash, "code": next(iter(store.hand_ins())).code}  # fmt: skip
    store.add(1, [verdict], NOW)
    assert regrade.to_do(store, COURSE) == []
    units = [replace(each, check_hash="new") if each is UNIT else each for each in COURSE.units]
    assert len(regrade.to_do(store, replace(COURSE, units=tuple(units)))) == 1
    store.close()


def test_a_unit_that_is_unknown_here_is_left_alone_and_named(store: Store) -> None:
    handed(store, 1, "x = 1\n", unit="no-longer-there")
    assert regrade.to_do(store, COURSE) == []
    assert regrade.unknown_units(store, COURSE) == ["no-longer-there"]
    handed(store, 1, "x = 1\n")
    assert regrade.unknown_units(store, COURSE) == ["no-longer-there"]
    store.close()


def test_code_that_imports_earlier_exercises_has_its_own_beside_it(store: Store) -> None:
    unit = next(
        each for each in COURSE.units
        if each.written and "from exercises." in worked_solution(each)
    )  # fmt: skip
    for learner in (1, 2):
        handed(store, learner, worked_solution(unit), unit.id)
    assert len(regrade.to_do(store, COURSE)) == 1
    handed(store, 2, worked_solution(UNIT))
    work = regrade.to_do(store, COURSE)
    assert sorted(len(each.beside) for each in work if each.unit is unit) == [0, 1]
    store.close()


def test_a_machine_without_a_layer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrade, "isolation", lambda: ("process", "limits", "user", "pid"))
    with pytest.raises(ToolError, match="net, files"):
        regrade.refuse_open_machine()


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_hand_in_is_one_verdict(
    classroom: Classroom, store: Store, tmp_path: Path, name: str
) -> None:
    handed(store, 1, HOSTILE[name].replace("{store}", str(classroom.root / "class.db")))
    handed(store, 2, worked_solution(UNIT))
    graded = {each.learners: each.verdict for each in done(classroom, store, tmp_path / "x")}
    assert graded[(1,)] != "pass" and graded[(2,)] == "pass"
    assert store.learners() == list(range(1, 10))
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["first-ten", "backprop", "conv", "mdp"])
def test_a_regrade_says_what_a_check_says(
    classroom: Classroom, store: Store, tmp_path: Path, name: str
) -> None:
    unit = COURSE.unit(name)
    texts = {1: worked_solution(unit), 2: blank_exercise(unit)}
    for learner, text in texts.items():
        handed(store, learner, text, unit.id)
    done(classroom, store, tmp_path / "x")
    for learner, text in texts.items():
        file = tmp_path / f"{learner}.py"
        file.write_text(text)
        expected = check(unit, file, seed=classroom.seed)
        assert store.standings(learner)[unit.id].verdict == expected.verdict
    store.close()
