"""The pass line: what counts as learned, fixed before the run; verdict and outcome in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from undergrad.errors import UsageError
from undergrad.rl.evaluate import Evaluation, Policy, bootstrap_interval, interquartile_mean
from undergrad.rl.vector_env import LIMIT, EnvSpec
from undergrad.runs.run import SeedResult, Verdict, score_text
from undergrad.words import plural

# What a pass line can require besides the return, name -> module:function of a policy, its
# environment and gamma. The module is imported only when it is required.
MEASURES = {
    "fraction_of_points": "undergrad.rl.evaluate:fraction_of_points",
    "points_against_one_move": "undergrad.rl.evaluate_game:points_against_one_move",
    "points_against_uct_1000": "undergrad.rl.evaluate_game:points_against_uct_1000",
    "share_of_best_actions": "undergrad.rl.agents.tabular.planning:share_of_best_actions",
}


@dataclass(frozen=True)
class Threshold:
    """Several criteria; a seed passes when it meets all of them.

    Arguments:
        score: the least mean return of the evaluation at the end.
        episodes: how many episodes that has.
        minus_std: the mean return less its standard deviation must reach the score.
        not_below: each of the last `evaluations` evaluations must reach this too.
        also: measures of `MEASURES` that must be reached, such as {"share_of_best_actions": 1}.
        final: judge the weights at the end, not those of the best evaluation.
    """

    quantity: ClassVar[str] = "mean return"  # what is compared with the score
    counted: ClassVar[str] = "episodes"  # what it is measured on
    unit: ClassVar[str] = "new episodes"  # the same, of those that judge it
    condition: ClassVar[str] = "new greedy episodes"  # the same, as the pass line says it

    score: float
    episodes: int
    minus_std: bool = False
    not_below: float | None = None
    evaluations: int = 3
    also: Mapping[str, float] = field(default_factory=dict)
    final: bool = False

    def measured(self, outcome: Evaluation) -> float:
        """The number that is compared with the score."""
        return outcome.mean - outcome.std if self.minus_std else outcome.mean

    def met_by(self, row: Mapping[str, Any]) -> bool:
        """Whether one evaluation, as a row of the log, reaches the score."""
        return bool(row["return"] - self.minus_std * row["std"] >= self.score)

    def verdict(
        self,
        measured: float,
        evaluations: Sequence[float] = (),
        measures: Mapping[str, float] | None = None,
    ) -> Verdict:
        """Whether a seed reached the pass line, and had not collapsed at its end.

        Arguments:
            measured: what is compared with the score, see `measured`.
            evaluations: the mean returns on the way.
            measures: what else is required, by name.
        """
        also = all((measures or {})[name] >= least for name, least in self.also.items())
        passed = measured >= self.score and self._held(evaluations) and also
        return "pass" if passed else "fail"

    def _held(self, evaluations: Sequence[float]) -> bool:
        if self.not_below is None:
            return True
        return all(mean >= self.not_below for mean in evaluations[-self.evaluations :])

    def __str__(self) -> str:
        what = self.quantity + " less its standard deviation" * self.minus_std
        parts = [f"{what} of at least {self.score:g} over {self.episodes} {self.condition}"]
        if self.not_below is not None:
            parts.append(
                f"at least {self.not_below:g} in each of the last {self.evaluations} evaluations"
            )
        parts += [
            f"{name.replace('_', ' ')} of at least {least:g}" for name, least in self.also.items()
        ]
        return ", and ".join(parts)


@dataclass(frozen=True)
class RightMoves(Threshold):
    """The same for a game: the fraction of right moves on `episodes` labelled positions."""

    quantity = "fraction of right moves"
    counted = "positions"
    unit = "positions"
    condition = "labelled positions"


def pass_line(data: Mapping[str, Any]) -> Threshold:
    """A pass line from YAML or JSON; one that counts `positions` is that of a game."""
    if "positions" not in data:
        return Threshold(**data)
    rest = {name: value for name, value in data.items() if name != "positions"}
    return RightMoves(episodes=data["positions"], **rest)


def measure(name: str, policy: Policy, env: EnvSpec, gamma: float) -> float:
    """The measure called `name` of this policy. UsageError when there is none."""
    if name not in MEASURES:
        raise UsageError(f"A pass line cannot require `{name}`, only {', '.join(MEASURES)}.")
    module, _, function = MEASURES[name].partition(":")
    return float(getattr(import_module(module), function)(policy, env, gamma))


def summary(line: Threshold, seeds: Sequence[SeedResult]) -> str:
    """The outcome of a run in one sentence, or a few."""
    return _outcome(line, seeds) + _doubts(line, seeds)


def _doubts(line: Threshold, seeds: Sequence[SeedResult]) -> str:
    """What a score does not say: that nothing was learned, or that episodes had no end."""
    idle = sum(seed.more.get("updates") == 0 for seed in seeds)
    endless = sum(seed.more.get("endless", 0) for seed in seeds)
    said = f" Nothing was learned in {plural(idle, 'seed')}: there was not one update." * bool(idle)
    if endless:
        count = plural(line.episodes * len(seeds), "episode")
        said += f" {endless} of {count} did not end and were cut off after {LIMIT:,} steps."
    return said


def _outcome(line: Threshold, seeds: Sequence[SeedResult]) -> str:
    if len(seeds) == 1:
        return _summary_of_one(line, seeds[0])
    passed = sum(seed.verdict == "pass" for seed in seeds)
    scores = [seed.score for seed in seeds if seed.score is not None]
    middle, low, high = interval(scores)
    return (
        f"{passed} of {len(seeds)} seeds reached the pass line of {line.score:g}; interquartile "
        f"mean {score_text(middle)}, 95% interval {score_text(low)} to "
        f"{score_text(high)}.{_how_fast(seeds)}"
    )


def interval(scores: Sequence[float]) -> tuple[float, float, float]:
    """The interquartile mean of the scores of the seeds, and its 95% interval."""
    low, high = bootstrap_interval(scores, np.random.default_rng(0))
    return interquartile_mean(scores), low, high


def _how_fast(seeds: Sequence[SeedResult]) -> str:
    """When evaluations first reached the line: the median, and the slowest, of those that did."""
    reached = [seed.more["reached"] for seed in seeds if seed.more.get("reached")]
    if not reached:
        return ""
    steps, seconds = ([first[name] for first in reached] for name in ("steps", "seconds"))
    return (
        f" It was first reached after {np.median(steps):,.0f} steps and {np.median(seconds):.3g} s "
        f"(median; slowest {max(steps):,} steps, {max(seconds):.3g} s)."
    )


def _summary_of_one(line: Threshold, seed: SeedResult) -> str:
    passed = seed.verdict == "pass"
    return (
        f"{score_text(seed.score)} ± {score_text(seed.std)} over {line.episodes} {line.unit}: "
        f"the pass line of {line.score:g} is {'reached' if passed else 'missed'}"
        f"{'' if passed else _because(line, seed)}."
    )


def _because(line: Threshold, seed: SeedResult) -> str:
    """Why a seed failed although its score may look good."""
    short = [name for name, least in line.also.items() if seed.more[name] < least]
    if short:
        name, value = short[0].replace("_", " "), score_text(seed.more[short[0]])
        return f", because the {name} is {value} and not {line.also[short[0]]:g}"
    if (seed.score or 0) - line.minus_std * (seed.std or 0) < line.score:
        return ""
    return ", because the agent collapsed near the end"
