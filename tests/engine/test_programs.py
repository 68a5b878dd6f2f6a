"""Random programs: against finite differences everywhere, against PyTorch where it is installed."""

import numpy as np
import pytest
from tests.engine import programs

from undergrad.engine import Tensor, gradcheck, readable


@pytest.mark.parametrize("i", range(40))
def test_the_gradients_of_a_random_program_are_the_numeric_ones(i):
    inputs, steps = programs.program(np.random.default_rng([11, i]))
    tensors = [Tensor(x, requires_grad=True) for x in inputs]
    report = gradcheck(lambda *x: programs.computed(programs.OURS, list(x), steps), *tensors)
    kinks = sum(finding.kinks for finding in report.findings)
    assert report or kinks, f"{steps}: {report}"


@pytest.mark.parametrize("i", range(40))
def test_a_random_program_of_readable_forms_computes_the_same(i):
    fast = programs.program_values([12, i])
    with readable():
        assert not programs.disagreement(programs.program_values([12, i]), fast)


@pytest.mark.parametrize("i", range(20))
def test_a_random_network_of_readable_forms_trains_the_same(i):
    fast = programs.network_values([13, i], "ours")
    with readable():
        assert not programs.disagreement(programs.network_values([13, i], "ours"), fast)


def test_programs_and_networks_equal_pytorch(capsys):
    pytest.importorskip("torch")
    assert programs.main(["--programs", "60", "--networks", "30", "--seed", "1"]) == 0
    assert "60 of 60 random programs equal PyTorch (seed 1)" in capsys.readouterr().out


@pytest.mark.slow
def test_many_programs_and_networks_equal_pytorch():
    pytest.importorskip("torch")
    assert programs.main(["--programs", "2000", "--networks", "1000", "--seed", "7"]) == 0


def test_every_operation_is_used():
    drawn = {
        name for i in range(100) for name, _ in programs.program(np.random.default_rng([7, i]))[1]
    }
    assert drawn == programs.OURS.keys()


def test_a_wrong_gradient_is_noticed(monkeypatch):
    right = [programs.program_values([14, i]) for i in range(20)]
    monkeypatch.setitem(programs.OURS, "tanh", lambda x: Tensor(np.tanh(x.data)) + 0 * x)
    wrong = [programs.program_values([14, i]) for i in range(20)]
    assert any(programs.disagreement(a, b) for a, b in zip(wrong, right, strict=True))
