"""Every stranger's notebook gets the report that it must get."""

from importlib.util import find_spec

import pytest
from tests.capstone.corpus.case import wrong
from tests.capstone.corpus.cases import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_read_is_judged_rightly(case, tmp_path):
    assert wrong(case, tmp_path, run=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_runs_is_judged_rightly(case, tmp_path):
    if any(map(find_spec, case.absent)):
        pytest.skip("the report is that of a machine without these libraries")
    assert wrong(case, tmp_path, run=True) == []
