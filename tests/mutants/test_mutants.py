"""Every check of the course notices what it is for: a sample of mutants, and slowly all of them."""

from dataclasses import replace

import pytest
from tests.course import gate
from tests.mutants.__main__ import main, tally
from tests.mutants.equivalent import EVERY_UNIT, read
from tests.mutants.mutate import mutants
from tests.mutants.units import of_unit, survives

EVERY = 97  # one mutant in so many is tried each time

each_unit = pytest.mark.parametrize("unit", gate.runnable(), ids=lambda unit: unit.id)


@each_unit
def test_a_sample_of_mutants_is_killed(unit):
    assert tally(unit, list(of_unit(unit))[7::EVERY]).surviving == ()


@pytest.mark.slow
@each_unit
def test_every_mutant_is_killed_or_equivalent(unit):
    found = tally(unit, list(of_unit(unit)))
    assert found.surviving == ()
    unused = [
        each for each in read().get(unit.id, ()) if not any(map(each.covers, found.equivalent))
    ]
    assert unused == [], "no mutant is so, or it is killed: take the entry out"


def test_every_entry_is_about_a_mutant_that_there_is():
    units = {unit.id: unit for unit in gate.written()}
    for name, entries in read().items():
        chosen = gate.runnable() if name == EVERY_UNIT else [units[name]]
        known = [mutant for unit in chosen for mutant in of_unit(unit)]
        assert [each.pattern for each in entries if not any(map(each.covers, known))] == []
        assert all(each.reason.endswith(".") for each in entries)


SOURCE = '''
def f(x, rng, n=3):
    """Of x."""
    total = 0.5
    for i in range(n):
        if i < 2 and not x:
            total += rng.normal()
    return np.mean(x.T, axis=1), a @ b, total // 2, x[1:n]
'''


@pytest.mark.parametrize("line", [
    "def f(x, rng, n=4):", "total = 1.0", "for i in range(n + 1):", "if i <= 2 and not x:",
    "if i < 3 and not x:", "if i < 2 or not x:", "if i < 2 and x:", "if True:", "pass",
    "total = rng.normal()", "total -= rng.normal()", "total += np.random.default_rng().normal()",
    "return np.sum(x.T, axis=1), a @ b, total // 2, x[1:n]",
    "return np.mean(x, axis=1), a @ b, total // 2, x[1:n]",
    "return np.mean(x.T), a @ b, total // 2, x[1:n]",
    "return np.mean(x.T, axis=0), a @ b, total // 2, x[1:n]",
    "return np.mean(x.T, axis=1), b @ a, total // 2, x[1:n]",
    "return np.mean(x.T, axis=1), a @ b, total / 2, x[1:n]",
    "return np.mean(x.T, axis=1), a @ b, total // 2, x[2:n]",
    "return np.mean(x.T, axis=1), a @ b, total // 2, x[1:n + 1]",
])  # fmt: skip
def test_changes_of_every_kind_are_made(line):
    plain = [each.after.replace("(", "").replace(")", "") for each in mutants(SOURCE)]
    assert line.replace("(", "").replace(")", "") in plain


def test_a_mutant_is_the_file_with_one_change_and_runs():
    for mutant in mutants(SOURCE):
        compile(mutant.text, "mutant", "exec")
        assert mutant.text != SOURCE and mutant.function == "f"


def test_a_loop_may_end_after_one_round():
    assert any("normal()\n        break" in each.text for each in mutants(SOURCE))


def test_the_solution_survives_and_a_hanging_mutant_does_not(monkeypatch):
    unit = gate.loaded().unit("first-ten")
    first = next(of_unit(unit))
    source = (gate.folder(unit) / "solution.py").read_text("utf-8")
    monkeypatch.setattr("tests.mutants.units.LEAST", 0.5)
    monkeypatch.setattr("tests.mutants.units.LONGER", 0)
    assert survives(unit, replace(first, text=source))
    hanging = source.replace("for done in range(steps):", "while True:")
    assert not survives(unit, replace(first, text=hanging))


def test_a_survivor_is_printed_and_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr("tests.mutants.__main__.survives", lambda unit, mutant: True)
    assert main(["--units", "first-ten", "--every", "20"]) == 1
    said = capsys.readouterr().out
    assert "0 killed" in said and "    predict: " in said
