"""The claimed metric: read from results.json, and computed again from the checkpoints.

    python -m undergrad.capstone.metric MODULE FUNCTION OUT      (in the project's folder)

A claim is `value` (the mean over seeds), `seeds` (each seed's score) and `baseline`. The check
lets the project's own evaluation function score the saved checkpoints once more, by the command
above and in a process that cannot see results.json, and compares every seed.
"""

import importlib
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from undergrad.capstone.execute import last_line, run_python
from undergrad.capstone.power import t_quantile
from undergrad.capstone.project import SEEDS, Project
from undergrad.capstone.report import Metric, Problem

_SECONDS = 120.0


@dataclass(frozen=True)
class Claim:
    """What a results.json claims."""

    value: float
    baseline: float
    seeds: dict[str, float]


def read_claim(path: Path) -> Claim | Problem:
    """The claim in a results.json, or the problem with it."""
    todo = "The notebook writes it: run it, and look at its Evaluation step."
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Problem(f"{path.name} was not written", path.name, todo, name="no-results")
    except (OSError, ValueError) as error:
        return Problem(f"{path.name} is not JSON: {error}", path.name, todo, name="bad-results")
    seeds = data.get("seeds") if isinstance(data, dict) else None
    if not isinstance(seeds, dict) or not seeds:
        return Problem(
            f"{path.name} has no scores under “seeds”", path.name, todo, name="bad-results"
        )
    numbers = [data.get("value"), data.get("baseline"), *seeds.values()]
    if not all(_is_number(number) for number in numbers):
        message = f"{path.name} needs finite numbers for value, baseline and each seed"
        return Problem(message, path.name, todo, name="bad-results")
    return Claim(data["value"], data["baseline"], seeds)


def recompute(project: Project, copy: Path, scratch: Path) -> dict[str, float] | Problem:
    """{seed: score} by the project's evaluation function, in `copy`, without its results.json."""
    (copy / project.results).unlink(missing_ok=True)
    module, function = project.evaluate.split(":")
    out = scratch / "scores.json"
    ended = run_python(
        ["-P", "-m", "undergrad.capstone.metric", module, function, str(out)],
        copy,
        _SECONDS,
        writable=[scratch],
        MPLBACKEND="Agg",
    )
    if ended.ending == "ended" and ended.code == 0 and out.is_file():
        scores: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
        return scores
    late = ended.ending == "timeout"
    reason = "it took longer than 2 minutes" if late else last_line(ended)
    return Problem(
        f"{function}() could not score the checkpoints: {reason}",
        f"{module}.py",
        "It must load the saved checkpoints and the data, and return {seed: score}.",
        name="not-recomputed",
    )


def compare(project: Project, claim: Claim, scores: dict[str, float]) -> Iterator[Problem]:
    """Where the claim and the scores computed again differ by more than the tolerance."""
    if not scores:
        yield Problem(
            f"{project.evaluate} scored no seed",
            f"{project.evaluate.partition(':')[0]}.py",
            "Save a checkpoint for each seed, and score each of them.",
            name="no-scores",
        )
        return
    if set(claim.seeds) != set(scores):
        yield Problem(
            f"{project.results} has seeds {_listed(claim.seeds)}, but {project.evaluate} scored "
            f"{_listed(scores)}",
            project.results,
            "Save a checkpoint for each seed, and score each of them.",
            name="seeds-differ",
        )
        return
    for seed, score in scores.items():
        if not abs(score - claim.seeds[seed]) <= project.tolerance:
            yield Problem(
                f"seed {seed} claims {claim.seeds[seed]:.6g}, its checkpoint scores {score:.6g}",
                project.results,
                "Claim what the saved checkpoint scores: evaluate after the last save.",
                name="claim-differs",
            )
    mean = sum(scores.values()) / len(scores)
    if not abs(mean - claim.value) <= project.tolerance:
        yield Problem(
            f"the claimed value is {claim.value:.6g}, and the mean over seeds is {mean:.6g}",
            project.results,
            "The value is the mean over the seeds, not the best of them.",
            name="value-differs",
        )


def rerun_differs(project: Project, before: Claim, now: Claim) -> Iterator[Problem]:
    """Where a fresh run differs from the claim in the person's folder."""
    if abs(before.value - now.value) > project.rerun_tolerance:
        yield Problem(
            f"the folder claims {before.value:.6g}, and a fresh run reached {now.value:.6g}",
            project.results,
            "Run the notebook again and keep what it writes, or fix the seeds.",
            name="rerun-differs",
        )


def result_problems(project: Project, scores: dict[str, float], claim: Claim) -> Iterator[Problem]:
    """Enough seeds; better than the baseline; the target. Only the number of seeds can fail."""
    needed = SEEDS[project.family]
    if len(scores) < needed:
        yield Problem(
            f"there are {len(scores)} seeds, and {needed} are required",
            project.results,
            "One seed is an anecdote: train with more.",
            name="few-seeds",
        )
    sign = 1 if project.higher_is_better else -1
    mean = sum(scores.values()) / len(scores)
    low, _ = interval([sign * score for score in scores.values()])
    if low <= sign * claim.baseline:
        yield Problem(
            f"the seeds do not show that it beats the baseline of {claim.baseline:.4g}: the 95% "
            f"interval of the mean begins at {sign * low:.4g}",
            project.results,
            "An honest negative result is fine: say why it happened, under Errors.",
            state="attention",
            name="baseline-holds",
        )
    if sign * mean < sign * project.target:
        yield Problem(
            f"the mean is {mean:.4g}, and the plan's target is {project.target:.4g}",
            project.results,
            "Train longer or think again; or keep it, and discuss it under Limits.",
            state="attention",
            name="below-target",
        )


def interval(scores: Sequence[float]) -> tuple[float, float]:
    """The 95% interval of the mean over seeds, by Student's t; of one seed, the score itself.

    A bootstrap of three seeds would miss the truth in a quarter of all projects, as the unit
    `build` shows.
    """
    mean, n = fmean(scores), len(scores)
    half = t_quantile(n - 1) * stdev(scores) / math.sqrt(n) if n > 1 else 0.0
    return mean - half, mean + half


def metric_of(project: Project, claim: Claim, scores: dict[str, float]) -> Metric:
    """The metric as the report shows it."""
    mean = sum(scores.values()) / len(scores)
    seeds = tuple(sorted(scores.items()))
    return Metric(project.metric, claim.value, mean, claim.baseline, project.target, seeds)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _listed(seeds: dict[str, float]) -> str:
    return ", ".join(sorted(seeds))


def _score(module: str, function: str, out: str) -> None:
    """Write what the project's evaluation function returns as JSON to `out`.

    This process imports the project's code, so it decides nothing.
    """
    sys.path.insert(0, os.getcwd())
    scores = getattr(importlib.import_module(module), function)()
    plain = {str(seed): float(score) for seed, score in dict(scores).items()}
    Path(out).write_text(json.dumps(plain), encoding="utf-8")


if __name__ == "__main__":
    _score(*sys.argv[1:4])
