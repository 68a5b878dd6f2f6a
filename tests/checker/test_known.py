"""What a message may rest on: calls, repeats, and mistakes that explain every failing case."""

import re
from pathlib import Path

import pytest


def test_a_missing_value_is_named_before_it_is_unpacked(checked, solution):
    failed = checked(solution.replace("return x.mean(axis=0)", "x.mean(axis=0)")).tasks[0]
    assert failed.verdict == "fail" and failed.mistake == "" and "None" in failed.message


def test_an_empty_tuple_that_comes_back_does_not_end_the_worker(checked, solution):
    failed = checked(solution.replace("return x.mean(axis=0)", "return ()")).tasks[0]
    assert failed.verdict == "fail"


def test_what_is_kept_between_calls_is_named(checked, solution):
    kept = solution.replace("def column_means(x):", "def column_means(x, seen=[]):").replace(
        "return x.mean(axis=0)", "seen.append(1); return x.mean(axis=0) * len(seen)"
    )
    assert "mutable default" in checked(kept).tasks[0].message


def test_the_smallest_failing_call_is_shown_and_how_to_try_it(checked, solution):
    failed = checked(solution.replace("x.mean(axis=0)", "x.mean(axis=0) * 1.37")).tasks[0]
    assert "`column_means(x=np.array([[" in failed.message and "; expected " in failed.message
    typed = re.search(r"`python -i (\S*columns\.py)`", failed.message)
    assert typed and Path(typed[1]).is_file()  # from the folder where the check was started


def test_an_exception_is_its_line_without_values(checked, solution):
    failed = checked(solution.replace("x.mean(axis=0)", "x[99]")).tasks[0]
    assert (failed.verdict, failed.expected, failed.got) == ("error", "", "")


IMPORTS = {
    "import numpyy as np": "Is `numpyy` meant to be `numpy`?",
    "import maths": "Is `maths` meant to be `math`?",
    "import pandas_of_mine": "`pandas_of_mine` is not installed. An exercise needs nothing but",
    "import helpers": "`helpers` is beside your file, and not in it: a check sees nothing else",
    "from helpers.shapes import area": "`helpers` is beside your file",
    "from . import helpers": "a check sees nothing else of yours",
    "from exercises.first_ten import predict": "Your other exercises are beside your file",
    "from numpy import arrange": "Is `arrange` meant to be `arange`?",
    "x = np.zeroes(3)": "Is `zeroes` meant to be `zeros`?",
    "import numpy\ndel np\nnp.zeros(3)": "Write `import numpy as np` at the top",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_an_import_that_fails_has_the_cure_of_its_cause(line, checked, solution, tmp_path):
    (tmp_path / "helpers.py").write_text("x = 1\n")
    result = checked(f"{solution}\n{line}\n")
    assert result.verdict == "error" and IMPORTS[line] in result.message


def test_a_package_that_is_there_but_out_of_bounds_is_said_to_be_so(checked, solution):
    result = checked(f"import statistics\n{solution}")
    assert result.verdict == "forbidden" and "out of bounds" in result.message
