"""The size of a test, against simulation and against the worked solution of `propose`."""

import runpy

import numpy as np
import pytest

from undergrad import course
from undergrad.capstone import power
from undergrad.checker.answer_key import load_answer_key, solved

SOLUTION = runpy.run_path(str(course.unit_folder(course.load().unit("propose")) / "solution.py"))


@pytest.mark.parametrize(
    ("p", "delta", "corr"),
    [(0.9, 0.03, 0.0), (0.9, 0.03, 0.4), (0.7, 0.08, 0.2), (0.3, -0.06, 0.0), (0.6, 0.05, -0.1)],
)
def test_the_items_reach_the_power_and_agree_with_the_unit(p, delta, corr):
    n = power.items_needed(p, delta, corr)
    assert n == SOLUTION["items_needed"](p, delta, paired_corr=corr)
    q = p + delta
    both = p * q + corr * np.sqrt(p * (1 - p) * q * (1 - q))
    rng = np.random.default_rng(0)
    first, second = np.moveaxis(
        rng.multinomial(n, [both, p - both, q - both, 1 - p - q + both], size=40_000), -1, 0
    )[1:3]
    found = np.mean(np.abs(first - second) > 1.96 * np.sqrt(first + second))
    assert 0.78 < found < 0.82


def test_the_known_number():
    assert power.items_needed(0.90, 0.03) == 1359  # "about 1,360"


@pytest.mark.parametrize("corr", [0.9, 0.999])
def test_an_impossible_correlation_still_gives_a_number(corr):
    """Models of 0.5 and 0.9 cannot be that alike: at least the gap disagrees."""
    assert power.items_needed(0.5, 0.4, corr) > 0


@pytest.mark.parametrize(
    ("items", "down"), [(100, False), (500, False), (500, True), (1359, False)]
)
def test_the_smallest_difference_is_the_smallest(items, down):
    sign = -1 if down else 1
    found = power.smallest_delta(0.9, items, down=down)
    assert power.items_needed(0.9, sign * found) <= items
    assert power.items_needed(0.9, sign * (found - 0.001)) > items


def test_too_few_items_show_nothing():
    assert power.smallest_delta(0.9, 5) is None


@pytest.mark.parametrize(("std", "gap"), [(0.01, 0.05), (0.01, 0.02), (0.01, 0.01), (2.0, 1.0)])
def test_the_seeds_agree_with_the_unit(std, gap):
    assert power.seeds_needed(std, gap) == SOLUTION["seeds_needed"](std, gap)


@pytest.mark.parametrize(("std", "gap"), [(0.5, 0.5), (1.0, 0.6), (2.0, 9.0), (0.3, 0.11)])
def test_the_seeds_against_a_bar_agree_with_the_unit_and_reach_the_power(std, gap):
    unit = solved(load_answer_key(course.unit_folder(course.load().unit("propose-agent"))))
    n = power.seeds_against_bar(std, gap)
    assert n == unit.seeds_against_bar(std, gap)
    gains = np.random.default_rng(0).normal(gap, std, size=(40_000, n))
    half = power.t_quantile(n - 1) * gains.std(axis=1, ddof=1) / np.sqrt(n)
    assert np.mean(gains.mean(axis=1) > half) > 0.785


def test_the_items_of_a_mean_reach_the_power():
    n = power.items_for_mean(1.8, 0.5)
    a, b = np.random.default_rng(0).normal([[[0.0]], [[0.5]]], 1.8, size=(2, 4000, n))
    z = (b.mean(axis=1) - a.mean(axis=1)) / np.sqrt(2 * 1.8**2 / n)
    assert 0.77 < np.mean(abs(z) > 1.96) < 0.83


def test_the_items_of_a_mean_difference_reach_the_power():
    n = power.items_for_mean(1.8, 0.5, paired=True)
    differences = np.random.default_rng(0).normal(0.5, 1.8, size=(4000, n))
    z = differences.mean(axis=1) / (1.8 / np.sqrt(n))
    assert 0.77 < np.mean(abs(z) > 1.96) < 0.83


def test_the_quantiles_of_student_are_those_of_the_tables_and_of_the_unit_build():
    known = {11: 2.201, 12: 2.179, 15: 2.131, 20: 2.086, 30: 2.042, 60: 2.000, 120: 1.980}
    assert {n: power.t_quantile(n) for n in known} == pytest.approx(known, abs=2.1e-3)
    build = runpy.run_path(str(course.unit_folder(course.load().unit("build")) / "solution.py"))
    assert [power.t_quantile(n) for n in range(1, 11)] == list(build["T"][1:])
