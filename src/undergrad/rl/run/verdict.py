"""Was it learnt? The answer for one seed, and the outcome of several in a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from undergrad.rl.evaluate import bootstrap_interval, interquartile_mean
from undergrad.rl.run.line import Line
from undergrad.run_seeds import Verdict, number


def of_seed(
    line: Line,
    measured: float,
    evaluations: Sequence[float] = (),
    measures: Mapping[str, float] | None = None,
) -> Verdict:
    """Whether one training reached the line, and still held it at its end.

    Arguments:
        measured: what the line compares with its score, `line.measured`.
        evaluations: the mean returns on the way.
        measures: what else the line asks for, by name.
    """
    also = all((measures or {})[name] >= least for name, least in line.also.items())
    return "pass" if measured >= line.score and _held(line, evaluations) and also else "fail"


def _held(line: Line, evaluations: Sequence[float]) -> bool:
    """Whether the training had not collapsed at its end."""
    if line.not_below is None:
        return True
    return all(mean >= line.not_below for mean in evaluations[-line.evaluations :])


def spread(scores: Sequence[float]) -> tuple[float, float, float]:
    """The interquartile mean of the seeds' scores, and its 95 % interval."""
    low, high = bootstrap_interval(scores, np.random.default_rng(0))
    return interquartile_mean(scores), low, high


def sentence(line: Line, seeds: Sequence[dict[str, Any]]) -> str:
    """The outcome of a run in one sentence."""
    if len(seeds) == 1:
        return _sentence_of_one(line, seeds[0])
    passed = sum(seed["verdict"] == "pass" for seed in seeds)
    middle, low, high = spread([seed["score"] for seed in seeds])
    return (
        f"{passed} of {len(seeds)} seeds reached the line of {line.score:g}; "
        f"interquartile mean {number(middle)}, 95 % interval {number(low)} to {number(high)}."
        f"{_how_fast(seeds)}"
    )


def _how_fast(seeds: Sequence[dict[str, Any]]) -> str:
    """When evaluations first met the line: the median, and the slowest, of the seeds that did."""
    reached = [seed["reached"] for seed in seeds if seed.get("reached")]
    if not reached:
        return ""
    steps, seconds = ([first[name] for first in reached] for name in ("steps", "seconds"))
    return (
        f" It was first met after {np.median(steps):,.0f} steps and {np.median(seconds):.3g} s "
        f"(median; slowest {max(steps):,} steps, {max(seconds):.3g} s)."
    )


def _sentence_of_one(line: Line, seed: dict[str, Any]) -> str:
    passed = seed["verdict"] == "pass"
    return (
        f"{number(seed['score'])} ± {number(seed['std'])} over {line.episodes} new episodes: "
        f"the line of {line.score:g} is {'reached' if passed else 'missed'}"
        f"{'' if passed else _because(line, seed)}."
    )


def _because(line: Line, seed: dict[str, Any]) -> str:
    """Why a training failed although its score may look well."""
    short = [name for name, least in line.also.items() if seed[name] < least]
    if short:
        name = short[0].replace("_", " ")
        return f", because the {name} is {number(seed[short[0]])} and not {line.also[short[0]]:g}"
    if seed["score"] - line.minus_std * seed["std"] < line.score:
        return ""
    return ", because the training collapsed near its end"
