"""Which parts a journey may use: those of passed units, whose file is right as it is now."""

import pickle
import shutil

import pytest
from tests.progress import append

from undergrad import course, journey
from undergrad.capstone.execute import run_python
from undergrad.journey import Learner
from undergrad.mine import parts
from undergrad.mine.kit import PartError, kit_of
from undergrad.mine.parts import current_name, own_parts, read_cache
from undergrad.mine.verify import Verdict

COURSE = course.load()
BACKPROP = COURSE.unit("backprop")
RELU = "undergrad.engine.ops.elementwise.relu"


@pytest.fixture
def place(tmp_path):
    """A journey with the worked solution of backprop in the learner's place, not checked yet."""
    made = journey.create(tmp_path / "journey", COURSE)
    file = made.exercise(BACKPROP)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(course.unit_folder(BACKPROP) / "solution.py", file)
    return made


@pytest.fixture
def judged(monkeypatch):
    """Files that were judged; all parts are found right, or what is put here is said of them."""
    judged_files, reasons = [], {}

    def verify(exercise, adapters, names, renamed):
        judged_files.append(exercise.name)
        return tuple(Verdict(name, reasons.get(name, "")) for name in names)

    monkeypatch.setattr(parts, "verify", verify)
    return judged_files, reasons


def passed(place):
    result = {"verdict": "pass", "check_hash": BACKPROP.check_hash, "tasks": []}
    append(place, "check.finished", "backprop", result, course=COURSE)


def states(place):
    return {each.name: each.state for each in own_parts(Learner(place, COURSE))}


def test_a_unit_that_is_not_passed_is_not_even_judged(place, judged):
    found = own_parts(Learner(place, COURSE))
    assert {each.state for each in found} == {"not built"}
    assert len(found) == sum(len(unit.parts) for unit in COURSE.units)
    assert judged[0] == []


def test_a_passed_unit_is_judged_once_and_again_when_its_file_changes(place, judged):
    passed(place)
    for _ in range(2):
        assert states(place)[RELU] == "yours"
    assert judged[0] == ["backprop.py"]
    file = place.exercise(BACKPROP)
    file.write_text(file.read_text() + "\n# a remark\n")
    assert states(place)[RELU] == "yours"
    assert judged[0] == ["backprop.py"] * 2


def test_a_refusal_is_told_and_never_kept(place, judged):
    passed(place)
    judged_files, reasons = judged
    reasons[RELU] = "it is wrong"
    found = {each.name: each for each in own_parts(Learner(place, COURSE))}
    assert (found[RELU].state, found[RELU].reason) == ("refused", "it is wrong")
    assert found["undergrad.engine.ops.linalg.linear"].state == "yours"
    reasons.clear()
    assert states(place)[RELU] == "yours"
    assert len(judged_files) == 2


def test_a_damaged_cache_costs_only_the_time(place, judged):
    passed(place)
    states(place)
    kept = place.private / "parts.json"
    assert len(read_cache(kept)) == 1
    kept.write_text("{half")
    assert states(place)[RELU] == "yours"
    assert len(judged[0]) == 2


def test_a_file_that_is_gone_builds_nothing(place, judged):
    passed(place)
    place.exercise(BACKPROP).unlink()
    assert states(place)[RELU] == "not built"


def test_what_a_part_raises_in_a_training_is_one_sentence_with_its_line(place, judged):
    passed(place)
    file = place.exercise(BACKPROP)
    file.write_text(file.read_text() + "\n\ndef relu(z):\n    return z.no_such_thing, z\n")
    last = len(file.read_text().splitlines())
    from undergrad.engine import Tensor, nn

    kit = kit_of(own_parts(Learner(place, COURSE)))
    said = rf"backprop.py:{last}: your `relu` raised Attrib"
    with pytest.raises(PartError, match=said), kit():
        nn.ReLU()(Tensor([1.0]))
    assert nn.ReLU()(Tensor([-1.0])).item() == 0


def test_parts_travel_as_text(place, judged):
    passed(place)
    kit = kit_of(own_parts(Learner(place, COURSE)))
    file, before = place.exercise(BACKPROP), kit.functions().keys()
    file.rename(file.with_suffix(".elsewhere"))
    assert pickle.loads(pickle.dumps(kit)).functions().keys() == before != set()


def test_the_journeys_own_errors_pass_through_the_block(place, judged):
    passed(place)
    with pytest.raises(ZeroDivisionError), kit_of(own_parts(Learner(place, COURSE)))():
        _ = 1 / 0


def test_in_a_capstone_parts_are_judged_in_a_sandbox_inside_the_sandbox(place, tmp_path):
    passed(place)
    project = tmp_path / "project"
    project.mkdir()
    code = "from undergrad import mine\nwith mine.engine('mine') as description: print(description)"
    ended = run_python(["-P", "-c", code], project, 60, UNDERGRAD_JOURNEY=str(place.root))
    assert ended.output == "on your own engine: 5 parts yours, others on loan\n"
    assert not (place.private / "parts.json").exists() or "files" not in ended.layers


def test_a_part_recorded_under_an_old_name_is_found():
    old = "undergrad.engine.ops.likelihood.cross_entropy"
    assert current_name(old) == "undergrad.engine.ops.cross_entropy.cross_entropy"
    assert current_name(RELU) == RELU
