"""The pass line: what counts as learnt, fixed before the training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from undergrad.rl.evaluate import Evaluation


@dataclass(frozen=True)
class Line:
    """Several criteria; a training passes when it meets all of them.

    Arguments:
        score: the least mean return of the episodes that judge.
        episodes: how many those are.
        minus_std: the mean return less its standard deviation must reach the score.
        not_below: each of the last `evaluations` evaluations must reach this too.
        also: measures of `run.measures` that must be reached, such as {"share_of_best_actions": 1}.
        final: judge what was learnt by the end, not the weights of the best evaluation.
    """

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

    def __str__(self) -> str:
        what = "mean return less its standard deviation" if self.minus_std else "mean return"
        said = [f"{what} of at least {self.score:g} over {self.episodes} new greedy episodes"]
        if self.not_below is not None:
            said.append(
                f"at least {self.not_below:g} in each of the last {self.evaluations} evaluations"
            )
        said += [
            f"{name.replace('_', ' ')} of at least {least:g}" for name, least in self.also.items()
        ]
        return ", and ".join(said)
