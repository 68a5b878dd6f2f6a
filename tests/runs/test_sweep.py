"""A grid becomes settings, the best is chosen, and a sweep on the disk is read or refused."""

import json

import pytest

from undergrad.errors import UsageError
from undergrad.runs import sweep
from undergrad.runs.sweep import Sweep, Trial

TRIALS = tuple(Trial({"gamma": value}, f"run-{value}") for value in ("0.9", "0.95", "0.99"))


def test_a_grid_is_every_combination_in_the_order_given():
    found = sweep.grid_of({"gamma": "0.9, 0.99", "hidden_sizes": "[64,64],[128],"})
    assert found == [
        {"gamma": "0.9", "hidden_sizes": "[64,64]"},
        {"gamma": "0.9", "hidden_sizes": "[128]"},
        {"gamma": "0.99", "hidden_sizes": "[64,64]"},
        {"gamma": "0.99", "hidden_sizes": "[128]"},
    ]


def test_a_value_that_is_given_twice_is_tried_once():
    assert sweep.grid_of({"gamma": "0.9,0.9"}) == [{"gamma": "0.9"}]


@pytest.mark.parametrize("text", ["", ",", " , "])
def test_a_grid_needs_values(text):
    with pytest.raises(UsageError, match=r"--grid gamma=A,B"):
        sweep.grid_of({"gamma": text})


@pytest.mark.parametrize(
    ("scores", "lower", "best"),
    [([1.0, 3.0, 2.0], False, 1), ([1.0, 3.0, 2.0], True, 0), ([2.0, 2.0, 1.0], False, 0)],
)
def test_the_best_is_the_highest_or_the_lowest_and_of_equal_ones_the_first(scores, lower, best):
    assert sweep.best_of(TRIALS, scores, lower=lower) is TRIALS[best]


def test_a_sweep_is_read_as_it_was_written(tmp_path):
    for fresh in (None, Trial({"gamma": "0.9"}, "run-7")):
        one = Sweep(tmp_path, "cartpole", TRIALS, fresh)
        one.write()
        assert sweep.is_sweep(tmp_path) and sweep.read(tmp_path) == one


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "[" * 100_000, '{"version": 1}', '{"version": 9}'),
        '{"version": 1, "preset": "x", "trials": [3], "fresh": null}',
        '{"version": 1, "preset": "x", "trials": [{"changes": 3, "run": "r"}], "fresh": null}',
        '{"version": 1, "preset": "x", "trials": [{"changes": {}, "run": "../r"}], "fresh": null}',
    ],
)
def test_a_damaged_sweep_is_one_sentence(tmp_path, content):
    (tmp_path / "sweep.json").write_text(content)
    with pytest.raises(UsageError, match="start a new sweep"):
        sweep.read(tmp_path)


def test_a_sweep_of_a_later_version_says_so(tmp_path):
    (tmp_path / "sweep.json").write_text(json.dumps({"version": 2}))
    with pytest.raises(UsageError, match="another version"):
        sweep.read(tmp_path)
