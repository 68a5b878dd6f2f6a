"""The well-known mistakes, put back in one by one: each must be noticed by its test.

`python -m tests.rl.mutations` lists for each all the tests around it that notice.
"""

import pytest
from tests.rl import mutations
from tests.rl.traps.trap import Trap


@pytest.mark.parametrize("trap", mutations.TRAPS, ids=lambda trap: trap.name)
def test_is_noticed(trap, monkeypatch):
    with pytest.raises(AssertionError):
        trap.run(monkeypatch)


def test_names_are_unique():
    assert len({trap.name for trap in mutations.TRAPS}) == len(mutations.TRAPS)


@pytest.mark.slow
def test_the_list_names_the_tests_and_a_survivor_is_an_error(capsys, monkeypatch):
    assert mutations.main("values.double_with") == 0
    assert "test_dqn.py::test_equals_q_learning_in_a_table[" in capsys.readouterr().out
    harmless = Trap(test_names_are_unique, test_names_are_unique)
    monkeypatch.setattr(mutations, "TRAPS", (harmless,))
    monkeypatch.setattr(mutations, "noticed_by", lambda trap: [])
    assert mutations.main() == 1
    assert "SURVIVED" in capsys.readouterr().out
