"""Was it learned? Of one seed, of several, and in words."""

from pathlib import Path

import pytest

from undergrad.rl.run.threshold import Threshold, summary
from undergrad.runs.run import SeedResult
from undergrad.runs.session import verdict_of

LINE = Threshold(score=475, episodes=100, not_below=400, evaluations=3)


def seed(verdict, score, std=None, **more):
    return SeedResult(0, verdict, score, std, None, None, Path("seed-0"), more)


@pytest.mark.parametrize(
    ("score", "means", "expected"),
    [
        (475, [9, 400, 400, 400], "pass"),
        (474.9, [500, 500, 500], "fail"),
        (500, [500, 399.9, 500], "fail"),
        (500, [10, 399, 500, 500, 500], "pass"),
    ],
)
def test_verdict_of_a_seed(score, means, expected):
    assert LINE.verdict(score, means) == expected


def test_how_fast_several_seeds_were():
    seeds = [
        seed("pass", 480.0, reached={"steps": steps, "seconds": steps / 1000})
        for steps in (5000, 9000, 20_000)
    ]
    said = summary(LINE, [*seeds, seed("fail", 9.0, reached=None)])
    assert "first reached after 9,000 steps and 9 s (median; slowest 20,000 steps, 20 s)" in said


@pytest.mark.parametrize(
    ("passed", "of", "expected"),
    [(1, 1, "pass"), (0, 1, "fail"), (5, 5, "pass"), (4, 5, "inconclusive"), (3, 6, "fail")],
)
def test_verdict_of_a_run(passed, of, expected):
    assert verdict_of(["pass"] * passed + ["fail"] * (of - passed)) == expected


def test_scores_below_one_keep_their_digits():
    lake = Threshold(score=0.68, episodes=1000, also={"share_of_best_actions": 1})
    one = seed("fail", 0.7432, 0.4369, share_of_best_actions=0.90909)
    said = summary(lake, [one])
    assert said.startswith(
        "0.7432 ± 0.4369 over 1000 new episodes: the pass line of 0.68 is missed"
    )
    assert "the share of best actions is 0.9091 and not 1" in said
    assert "interquartile mean 0.7432, 95% interval 0.7432 to" in summary(lake, [one] * 2)
