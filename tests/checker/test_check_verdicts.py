"""From a learner's file to its verdict, through a real worker."""

import re
import sys
import threading
from dataclasses import replace

import pytest

from undergrad.checker import check
from undergrad.checker.source import Unreadable, read
from undergrad.course import blank_exercise
from undergrad.errors import ToolError

OTHER_SOLUTIONS = {
    "loops": """
import numpy as np
def column_means(x):
    return np.array([sum(float(v) for v in column) / len(column) for column in x.T])
def centred(x):
    y = np.empty(x.shape)
    for i, row in enumerate(x):
        y[i] = row - column_means(x)
    return y
def root(x):
    if x < 0: raise ValueError
    return x ** 0.5
def draw(rng, n):
    return np.array([rng.standard_normal() for _ in range(n)])
""",
    "matrices": """
import numpy as np
def column_means(x):
    return np.ones(len(x)) @ x / len(x)
def centred(x):
    n = len(x)
    return (np.eye(n) - np.full((n, n), 1 / n)) @ x
class NegativeError(ValueError): pass
def root(x):
    if x < 0: raise NegativeError("negative")
    return np.sqrt(x)
def draw(rng, n):
    return -rng.standard_normal(n)[::-1]
""",
    "library": """
import math
import numpy
def column_means(x): return numpy.average(x, 0)
def centred(x): return x - numpy.average(x, 0, keepdims=True)
def root(x): return numpy.float64(math.sqrt(x))
def draw(rng, n): return rng.normal(0, 1, (n,))
print("much to say " * 1000)
""",
}


def verdicts(result):
    return {task.function: task.verdict for task in result.tasks}


def test_the_solution_passes_and_says_what_held_it(checked, solution):
    result = checked(solution)
    assert result.verdict == "pass" and result.passed
    assert set(verdicts(result).values()) == {"pass"} and len(result.tasks) == 6
    assert result.isolation.startswith("process, limits")
    assert result.check_hash and len(result.code_hash) == 16


@pytest.mark.parametrize("name", OTHER_SOLUTIONS)
def test_other_right_solutions_pass(name, checked):
    result = checked(OTHER_SOLUTIONS[name])
    assert result.verdict == "pass", result.message


def test_without_namespaces_the_verdict_is_the_same(checked, solution):
    result = checked(solution, limits={"namespaces": False})
    assert result.verdict == "pass" and result.isolation == "process, limits"


def test_a_seed_repeats_the_cases_and_others_differ(checked, solution):
    wrong = solution.replace("axis=0", "axis=0, keepdims=True")
    said = [checked(wrong, seed=seed).tasks[0].message for seed in (5, 5, 6)]
    assert said[0] == said[1] != said[2]
    assert checked(wrong).seed != checked(wrong).seed


def test_a_blank_exercise_is_not_started(checked, columns):
    result = checked(blank_exercise(columns))
    assert result.verdict == "fail" and result.message.startswith("Not started yet. TODO 1")
    assert "pass" not in verdicts(result).values()


def test_a_task_that_needs_another_waits_for_it(checked, solution):
    result = checked(solution.replace("return x.mean(axis=0)", "return x.mean(axis=1)"))
    assert verdicts(result)["means"] == "fail" and verdicts(result)["without_means"] == "not-run"
    assert verdicts(result)["positive"] == "pass"


MISTAKES = {
    "column_means-1": ("x.mean(axis=0)", "x.mean(axis=1)", "means of the rows"),
    "centred-1": ("return x - column_means(x)", "x -= column_means(x); return x", "is changed"),
    "silent": ('raise ValueError("no real root of a negative number")', "return np.nan", "sign"),
    "draw-1": ("rng.normal(size=n)", "rng.uniform(-1, 1, n)", "uniform numbers"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_known_mistake_is_named_by_its_numbers(name, checked, solution):
    right, wrong, sentence = MISTAKES[name]
    assert right in solution
    result = checked(solution.replace(right, wrong))
    assert result.verdict == "fail" and sentence in result.message
    assert name in {task.mistake for task in result.tasks}


# (what to replace, by what, the verdict, words that must be in the message)
COMMON_ERRORS = {
    "transposed sign": ("x - column_means(x)", "column_means(x) - x", "fail", "sign is the wrong"),
    "sum for mean": ("x.mean(axis=0)", "x.sum(axis=0)", "fail", "4 times too large"),
    "shape": ("x.mean(axis=0)", "x.mean(axis=0)[:, None]", "fail", "axis of length 1"),
    "single": ("x.mean(axis=0)", "x.mean(axis=0).astype('f4')", "fail", "precision changed"),
    "whole numbers": ("x.mean(axis=0)", "x.mean(axis=0).astype(int)", "fail", "fractions"),
    "nan": ("x.mean(axis=0)", "x.mean(axis=0) * np.nan", "fail", "not a number"),
    "print": ("return x.mean(axis=0)", "print(x.mean(axis=0))", "fail", "return"),
    "generator": ("return x.mean(axis=0)", "yield x.mean(axis=0)", "fail", "yield"),
    "no call": ("return x.mean(axis=0)", "return x.mean", "fail", "parentheses"),
    "index": ("x.mean(axis=0)", "x[99]", "error", "line 9 in `column_means`: return x[99]"),
    "name": ("def column_means", "def columns_mean", "error", "`columns_mean`: was it renamed"),
    "arguments": ("def root(x):", "def root(x, y):", "error", "called as root(x), but yours"),
    "unknown module": ("import numpy", "import nunpy\nimport numpy", "error", "ModuleNotFound"),
    "syntax": ("def root(x):", "def root(x)", "error", "line 18"),
    "exit": ("import numpy as np", "import numpy as np\nexit()", "crashed", "ends the program"),
    "input": ("x.mean(axis=0)", "input()", "error", "no keyboard"),
    "recursion": ("x.mean(axis=0)", "column_means(x)", "error", "calls itself"),
    "wrong error": ("ValueError(", "KeyError(", "fail", "yours raised KeyError"),
    "no error": ("if x < 0:", "x = abs(x)\n    if False:", "fail", "should be raised"),
    "biased": ("rng.normal(size=n)", "rng.normal(3.0, size=n)", "fail", "another distribution"),
    "random": ("x.mean(axis=0)", "x.mean(axis=0) + np.random.rand()", "fail", "differ"),
}


@pytest.mark.parametrize("name", COMMON_ERRORS)
def test_common_errors_are_named_in_plain_words(name, checked, solution):
    right, wrong, verdict, words = COMMON_ERRORS[name]
    assert right in solution
    result = checked(solution.replace(right, wrong))
    assert result.verdict == verdict
    assert words in result.message
    assert "Traceback" not in result.message and "checks.py" not in result.message


def test_code_that_draws_for_itself_is_not_deterministic(checked, solution):
    lucky = "x.mean(axis=0) + (column_means.calls.append(0) or len(column_means.calls) > 3)"
    code = solution.replace("x.mean(axis=0)", lucky) + "\ncolumn_means.calls = []\n"
    result = checked(code.replace("return x - column_means(x)", "return x - x.mean(axis=0)"))
    assert result.verdict == "fail" and result.message.startswith("Not deterministic")


FORBIDDEN = {
    "import": "import statistics",
    "from": "from statistics import mean",
    "attribute": "f = np.linalg.inv",
    "alias": "la = np.linalg\nf = la.inv",
    "from numpy": "from numpy import linalg as la",
    "dunder": "s = __import__('statistics')",
    "importlib": "import importlib\ns = importlib.import_module('statistics')",
    "getattr": "f = getattr(np, 'linalg')",
    "string": "exec('import statistics')",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden_names_are_found_before_running(name, checked, solution):
    result = checked(f"{solution}\n{FORBIDDEN[name]}\n")
    assert result.verdict == "forbidden" and result.output == ""
    named = re.search(r"line (\d+)", result.message)
    assert named and int(named[1]) > solution.count("\n") and "by hand" in result.message


def test_an_allowed_name_below_a_forbidden_one_may_be_used(checked, solution):
    assert checked(f"{solution}\nlength = np.linalg.norm([3, 4])\n").passed


UNREADABLE = {
    "empty": (b"  \n", "is empty"),
    "not utf-8": (b"y = 1\nx = '\xe9'\n", "line 2 shows: save it as UTF-8.\nline 2: x = 'é'"),
    "not utf-8, in a comment": (b"# le co\xfbt\n", "not saved as UTF-8"),
    "utf-16": ("x = 1\n".encode("utf-16"), "saved as UTF-16, which Python does not read: save"),
    "utf-16 without a mark": ("x = 1\n".encode("utf-16-le"), "saved as UTF-16"),
    "nul": (b"x = 1\0\n", "null bytes"),
    "unknown encoding": (b"# coding: klingon\nx = 1\n", "Delete the line with `coding`"),
    "huge": (b"#" * 2_000_000, "MB"),
    "tabs": (b"def f():\n\tif 1:\n        return 1\n", "line 3"),
    "tabs and their cure": (b"def f():\n\tif 1:\n        return 1\n", "replace each tab by four"),
    "curly quotes": ("x = “a”\n".encode(), "type it on your keyboard"),
    "a hard space": ("x =\u00a01\n".encode(), "looks like a space"),
    "a Windows path": (b"x = 'C:\\Users'\n", "put an r before the quotes"),
    "deep": (b"x = " + b"(" * 500 + b")" * 500, "parenthes"),
    "deeper": (b"x = " + b"-" * 100_000 + b"1", "not Python"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_exercise(name, checked):
    content, words = UNREADABLE[name]
    result = checked(content)
    assert result.verdict == "error" and words in result.message
    assert {task.verdict for task in result.tasks} == {"not-run"}


NEWER = {
    "type X = int": (3, 12),
    "type Pair[T] = tuple[T, T]": (3, 12),
    "def f[T](x: T) -> T: return x": (3, 12),
    "async def f[T](x): pass": (3, 12),
    "class Stack[T]: pass": (3, 12),
    """x = f"{d["key"]}\"""": (3, 12),
    """print(f'{", ".join(['a', 'b'])}')""": (3, 12),
    r"""x = f"{'\n'.join(names)}\"""": (3, 12),
    "try: pass\nexcept KeyError, ValueError: pass": (3, 14),
    'x = t"{name}"': (3, 14),
}


@pytest.mark.parametrize("line", NEWER)
def test_syntax_of_a_newer_python_is_named_with_both_versions(line, tmp_path):
    if sys.version_info >= NEWER[line]:
        pytest.skip("this Python reads it")
    need, have = (".".join(map(str, each[:2])) for each in (NEWER[line], sys.version_info))
    with pytest.raises(Unreadable, match=f"needs Python {need}; you have {have}"):
        read(written(tmp_path, line))


@pytest.mark.parametrize("line", ["x = f'{x'", "typ X = int", "class C(: pass", "except:"])
def test_a_plain_mistake_is_not_blamed_on_the_version(line, tmp_path):
    with pytest.raises(Unreadable) as refused:
        read(written(tmp_path, line))
    assert "you have" not in str(refused.value)


def written(folder, text):
    file = folder / "columns.py"
    file.write_text(text)
    return file


def test_odd_but_valid_text_is_read(checked, solution):
    assert checked(b"\xef\xbb\xbf" + solution.replace("\n", "\r\n").encode()).passed
    latin = f"# -*- coding: latin-1 -*-\n# Les colonnes, \u00e0 la fran\u00e7aise\n{solution}"
    assert checked(latin.encode("latin-1")).passed


def test_without_a_case_there_is_no_verdict(checked, solution):
    with pytest.raises(ValueError, match="seeds"):
        checked(solution, seeds=0)


def test_a_missing_file_is_not_run(columns, tmp_path):
    result = check(columns, tmp_path / "columns.py")
    assert result.verdict == "not-run" and "no file" in result.message


def test_a_helper_beside_the_file_does_not_stand_in_for_numpy(checked, solution, tmp_path):
    (tmp_path / "numpy.py").write_text("raise SystemExit")
    assert checked(solution).passed


def test_what_is_printed_is_shown_without_terminal_codes(checked, solution):
    loud = "print('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07text\\rover')"
    result = checked(f"{solution}\n{loud}\n")
    assert result.passed and result.output == "red textover\n"


def test_a_share_too_small_for_a_float_is_no_warning(checked, solution):
    result = checked(f"{solution}\nimport numpy\nnumpy.exp(numpy.array([-800.0]))\n")
    assert result.passed and result.output == ""
    loud = checked(f"{solution}\nimport numpy\nnumpy.exp(numpy.array([800.0]))\n")
    assert loud.passed and "overflow" in loud.output


def test_trouble_of_the_tool_is_no_verdict(checked, solution, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    with pytest.raises(ToolError, match="scratch"):
        checked(solution)


def test_a_worker_that_does_not_start_is_no_verdict(checked, solution, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ToolError, match="did not start"):
        checked(solution)
    assert threading.enumerate() == [threading.main_thread()]  # the solution's has ended too


def test_an_old_name_still_passes_and_is_noted(columns, solution, tmp_path):
    file = tmp_path / "columns.py"
    file.write_text(solution.replace("centred", "shifted").replace("column_means", "averages"))
    renamed = (("averages", "column_means"), ("shifted", "centred"))
    result = check(replace(columns, renamed=renamed), file)
    assert result.verdict == "pass"
    assert result.notes == (
        "`averages` is now called `column_means`; rename it in your file.",
        "`shifted` is now called `centred`; rename it in your file.",
    )
    assert check(replace(columns, renamed=renamed[:1]), file).verdict == "error"


def test_an_argument_that_is_edited_fails_where_it_must_stay(checked, solution):
    edited = "y = x.mean(axis=0); x[0] = 0.0; return y"
    failed = checked(solution.replace("return x.mean(axis=0)", edited)).tasks[0]
    assert (failed.function, failed.verdict, failed.mistake) == ("means", "fail", "")
    assert "`column_means` changes its argument `x` in place" in failed.message


def test_an_edit_in_place_that_is_a_known_mistake_gets_its_sentence(checked, solution):
    edited = "y = x - column_means(x); x[0] = 0.0; return y"
    result = checked(solution.replace("return x - column_means(x)", edited))
    assert "centred-1" in {task.mistake for task in result.tasks}
