"""What a message may rest on: calls, repeats, and mistakes that explain every failing case."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from undergrad.checker import explain, known, run
from undergrad.checker.answer import Answer
from undergrad.checker.author import Mistake
from undergrad.checker.case import describe
from undergrad.checker.source import read
from undergrad.sandbox.loading import load


def test_a_missing_value_is_named_before_it_is_unpacked(checked, solution):
    failed = checked(solution.replace("return x.mean(axis=0)", "x.mean(axis=0)")).tasks[0]
    assert failed.verdict == "fail" and failed.mistake == "" and "None" in failed.message


def test_an_empty_tuple_that_comes_back_does_not_end_the_worker(checked, solution):
    failed = checked(solution.replace("return x.mean(axis=0)", "return ()")).tasks[0]
    assert failed.verdict == "fail"


KEPT = {
    "a mutable default": (
        "def column_means(x, seen=[]):\n    seen.append(1)\n    return x.mean(axis=0) * len(seen)",
        "mutable default",
    ),
    "a global": (
        "CALLS = {}\n\ndef column_means(x):\n    CALLS[len(CALLS)] = 1\n"
        "    return x.mean(axis=0) + len(CALLS)",
        "or a global that is changed",
    ),
    "an attribute of the function": (
        "def column_means(x):\n    column_means.n = getattr(column_means, 'n', 0) + 1\n"
        "    return x.mean(axis=0) + column_means.n // 4",
        "Something is kept between calls",
    ),
    "random numbers of its own": (
        "def column_means(x):\n    return x.mean(axis=0) + np.random.rand()",
        "Draw from the generator",
    ),
    "the generator ignored": (
        "def draw(rng, n):\n    return np.random.normal(size=n)", "Draw from the generator",
    ),
    "a generator of its own": (
        "def draw(rng, n):\n    return np.random.default_rng().normal(size=n)",
        "Draw from the generator",
    ),
    "the same numbers in another order": (
        "def draw(rng, n):\n    x = rng.normal(size=n)\n    np.random.shuffle(x)\n    return x",
        "Draw from the generator",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_what_differs_the_second_time_is_said_with_its_cause(name, checked, solution):
    function, words = KEPT[name]
    result = checked(f"{solution}\n\n{function}\n")
    failed = next(each for each in result.tasks if each.verdict != "pass")
    assert words in failed.message and (failed.expected, failed.got) == ("", "")


def test_the_smallest_failing_call_is_shown_and_how_to_try_it(checked, solution):
    failed = checked(solution.replace("x.mean(axis=0)", "x.mean(axis=0) * 1.37")).tasks[0]
    assert re.search(r"`column_means\(x=np.array\(\[\[-?\d\.\d\]\]\)\)` gives", failed.message)
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
    "from exercises.first_ten import predict": "Your other exercises are beside your file",
    "from numpy import arrange": "Is `arrange` meant to be `arange`?",
    "x = np.zeroes(3)": "Is `zeroes` meant to be `zeros`?",
    "import numpy\ndel np\nnp.zeros(3)": "Write `import numpy as np` at the top",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_an_import_that_fails_has_the_cure_of_its_cause(line, solution, tmp_path):
    (tmp_path / "helpers.py").write_text("x = 1\n")
    file = tmp_path / "columns.py"
    file.write_text(f"{solution}\n{line}\n")
    with pytest.raises((ImportError, AttributeError, NameError)) as raised:
        load(file.read_bytes(), str(file))
    answer = Answer(raised=describe(raised.value, str(file)))
    verdict, text = explain.error(answer, read(file), read(file))
    assert verdict == "error" and IMPORTS[line] in text


@pytest.mark.parametrize("line", ["import helpers", "from . import helpers"])
def test_an_own_file_beside_the_exercise_is_not_seen_by_a_check(line, checked, solution, tmp_path):
    (tmp_path / "helpers.py").write_text("x = 1\n")
    result = checked(f"{line}\n{solution}")
    assert "a check sees nothing else of yours, so copy into it what you need." in result.message


def test_a_package_that_is_there_but_out_of_bounds_is_said_to_be_so(checked, solution):
    result = checked(f"import statistics\n{solution}")
    assert result.verdict == "forbidden" and "out of bounds" in result.message


def test_a_mistake_that_would_not_end_is_passed_over_and_the_next_one_is_named(
    checked, solution, monkeypatch
):
    ended = []

    def endless(x):
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                time.monotonic()
            except Exception:  # a mistake may catch what it likes
                continue
        ended.append(x)
        return x

    shelf = run.load_answer_key
    monkeypatch.setattr(known, "SECONDS", 0.05)
    monkeypatch.setattr(
        run,
        "load_answer_key",
        lambda folder: replace(
            key := shelf(folder),
            mistakes=(Mistake("endless", "column_means", "It never ends.", endless), *key.mistakes),
        ),
    )
    failed = checked(solution.replace("x.mean(axis=0)", "x.mean(axis=1)")).tasks[0]
    assert failed.mistake not in ("", "endless") and ended == []
