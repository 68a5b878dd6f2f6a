"""Was it learnt? The answer for one seed, and the outcome of several in a sentence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from undergrad.rl.evaluate import bootstrap_interval, interquartile_mean
from undergrad.rl.run.preset import Line
from undergrad.run_seeds import Verdict


def of_seed(line: Line, score: float, evaluations: Sequence[float]) -> Verdict:
    """Whether one training reached the line, and still held it at its end.

    score: the mean return of the judging episodes.   evaluations: the mean returns on the way.
    """
    held = all(mean >= line.not_below for mean in evaluations[-line.evaluations :])
    return "pass" if score >= line.score and held else "fail"


def spread(scores: Sequence[float]) -> tuple[float, float, float]:
    """The interquartile mean of the seeds' scores, and its 95 % interval."""
    low, high = bootstrap_interval(scores, np.random.default_rng(0))
    return interquartile_mean(scores), low, high


def sentence(line: Line, seeds: Sequence[dict[str, Any]]) -> str:
    """The outcome of a run in one sentence."""
    if len(seeds) == 1:
        seed = seeds[0]
        reached = "is reached" if seed["verdict"] == "pass" else "is missed"
        collapsed = seed["score"] >= line.score and seed["verdict"] != "pass"
        return (
            f"{seed['score']:.1f} ± {seed['std']:.1f} over {line.episodes} new episodes: "
            f"the line of {line.score:g} {reached}"
            + (", because the training collapsed near its end." if collapsed else ".")
        )
    passed = sum(seed["verdict"] == "pass" for seed in seeds)
    middle, low, high = spread([seed["score"] for seed in seeds])
    return (
        f"{passed} of {len(seeds)} seeds reached the line of {line.score:g}; "
        f"interquartile mean {middle:.1f}, 95 % interval {low:.1f} to {high:.1f}."
    )
