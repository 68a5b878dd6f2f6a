"""What a message may rest on: calls, repeats, and mistakes that explain every failing case."""

import re
from pathlib import Path


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


def test_a_misspelt_module_and_one_that_is_not_there_have_their_own_cures(checked, solution):
    misspelt = checked(solution.replace("import numpy as np", "import numpyy as np"))
    assert "meant to be `numpy`" in misspelt.message
    missing = checked(f"import pandas_of_mine\n{solution}")
    assert "Python and NumPy" in missing.message
