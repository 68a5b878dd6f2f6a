"""The programs of this folder, in a short form and in the long one of `make test-all`."""

import pytest
from tests.reliability import class_lines, corrupt, hostile, kill, scale, scale_lines
from tests.reliability.lines import Lines

from undergrad.checker import isolation
from undergrad.journey import create


@pytest.fixture(scope="module")
def shut_in():
    """The hostile files would hurt a machine where processes cannot be shut in."""
    if not {"pid", "files"} <= set(isolation()):
        pytest.skip("this machine allows no user namespaces")


@pytest.mark.usefixtures("shut_in")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--exercise", "first-ten", "--every", "12"], id="short"),
        pytest.param([], id="long", marks=pytest.mark.slow),
    ],
)
def test_no_wrong_file_passes_and_no_right_one_fails(words, capsys):
    assert hostile.main(words) == 0, capsys.readouterr().out


def test_the_corpus_is_large_enough():
    wrong = [each for each in hostile.trials("first-ten") if each.kind in ("hostile", "odd file")]
    assert len(wrong) >= 60 and len({(each.kind, each.name) for each in wrong}) == len(wrong)
    for exercise in hostile.EXERCISES:
        assert sum(each.kind == "right" for each in hostile.trials(exercise)) >= 4


@pytest.mark.parametrize(
    "runs", [pytest.param(20, id="short"), pytest.param(1000, id="long", marks=pytest.mark.slow)]
)
def test_kills_lose_nothing(runs, capsys):
    assert kill.main(["--runs", str(runs)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "runs", [pytest.param(25, id="short"), pytest.param(2000, id="long", marks=pytest.mark.slow)]
)
def test_corruption_is_reported(runs, capsys):
    assert corrupt.main(["--runs", str(runs)]) == 0, capsys.readouterr().out


@pytest.mark.slow
def test_a_million_events_cost_what_a_hundred_cost():
    words = ["-c", scale.STATUS, "status"]
    with scale.large_journey(100) as (small, _), scale.large_journey(1_000_000) as (large, _):
        few, many = (scale.cost(words, journey.root) for journey in (small, large))
    assert many.seconds < 2 * few.seconds
    assert many.memory < 200_000_000


@pytest.mark.slow
def test_next_is_linear_in_the_units_of_a_course(tmp_path):
    costs = {}
    for units in (1000, 10_000):
        made = scale.large_course(units)
        file = tmp_path / f"{units}.json"
        file.write_bytes(scale.to_bytes(made, []))
        here = create(tmp_path / str(units), made)
        costs[units] = scale.cost(
            ["-c", scale.WITH_COURSE + scale.STATUS, str(file), "status"], here.root, 3
        )
    assert costs[10_000].seconds < 20 * costs[1000].seconds


@pytest.mark.slow
def test_what_the_lines_measure_is_right_in_a_small_class(capsys):
    """All but the rates, which say something about a class of full size only."""
    class_lines.main(scale_lines.SMALL.split())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 10
    missed = [each for each in lines if each.startswith("MISSED")]
    assert [each for each in missed if "pushers of" not in each and "waits" not in each] == []


@pytest.mark.slow
def test_a_core_install_needs_no_extra(capsys):
    lines = Lines()
    scale_lines.core(lines)
    assert not lines.missed, capsys.readouterr().out
