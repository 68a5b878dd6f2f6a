"""The half of the check that runs: own tests, the notebook on a fresh kernel, the claim.

All of it happens in a copy, in a temporary folder, and the original is compared before and after.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from undergrad.capstone.cures import stopped
from undergrad.capstone.evidence import evidence, has_evaluation
from undergrad.capstone.execute import Outcome, execute
from undergrad.capstone.fingerprint import litter
from undergrad.capstone.imports import loaded
from undergrad.capstone.metric import (
    Claim,
    compare,
    metric_of,
    read_claim,
    recompute,
    rerun_differs,
    result_problems,
)
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import LIMIT, Project
from undergrad.capstone.report import Criterion, Metric, Problem, criterion
from undergrad.capstone.tests import modules_used, own_tests
from undergrad.sandbox.process import scratch_folder

Progress = Callable[[str], None]
Files = dict[str, tuple[int, int]]  # size and time of every file, by its path in the project


def fresh_run(
    project: Project, cells: tuple[Cell, ...], progress: Progress, *, verify: bool
) -> tuple[list[Criterion], Metric | None]:
    """Judge what only a run can show. The metric is None when there is no claim to compute."""
    before = files(project.folder)
    with scratch_folder("undergrad-capstone-") as name:
        scratch = Path(name)
        copy = scratch / project.folder.name
        shutil.copytree(project.folder, copy, ignore=litter, symlinks=True)
        progress("Running the project's own tests.")
        found = [own_tests(copy, modules_used(project, cells))]
        claimed = read_claim(copy / project.results)
        (copy / project.results).unlink(missing_ok=True)  # only a fresh one counts
        started = files(copy)
        outcome = _execute(project, copy, progress, verify=verify)
        found.append(_ran(project, outcome, cells, before, verify=verify))
        found.append(loaded(project, cells, outcome.imported))
        if outcome.name != "ok":
            return found, None
        made = [name for name, seen in files(copy).items() if started.get(name) != seen]
        if verify:  # the short training only shows which files are checkpoints
            progress("Scoring the saved checkpoints.")
            shutil.rmtree(copy)
            shutil.copytree(project.folder, copy, ignore=litter, symlinks=True)
            made = _like(made, copy)
            claim = _saved(claimed, project)
        else:
            progress("Computing the claimed metric again.")
            claim = read_claim(copy / project.results)
        before_scoring = files(copy)
        if not has_evaluation(project):
            return found, None  # which `evaluation` has said
        scores = recompute(project, copy, scratch) if isinstance(claim, Claim) else {}
        made += [name for name, seen in files(copy).items() if before_scoring.get(name) != seen]
        rest = sorted({*made} - {project.results})  # what the scores may rest on: not on the claim
        judged, metric = _claim(project, copy, scratch, claim, scores, rest)
        if not verify and isinstance(claimed, Claim) and isinstance(claim, Claim):
            judged.append(_rerun(project, claimed, claim))
        return found + judged, metric


def _saved(claimed: Claim | Problem, project: Project) -> Claim | Problem:
    """The claim in the folder, on which `--verify` rests; what to do when there is none yet."""
    if isinstance(claimed, Problem) and claimed.name == "no-results":
        return replace(
            claimed,
            message=f"there is no {project.results} in the folder, and --verify trains too little "
            "to write one",
            todo="Train whole once, which saves the claim: "
            f"`undergrad capstone run {project.name}`.",
        )
    return claimed


def files(folder: Path) -> Files:
    """Every file of the project, to see what a run changed."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in paths
        if "__pycache__" not in path.parts
    }


def _like(made: list[str], copy: Path) -> list[str]:
    """The files that lie in the folders of `made` and have their suffixes."""
    kinds = {(Path(name).parent, Path(name).suffix) for name in made}
    return [name for name in files(copy) if (Path(name).parent, Path(name).suffix) in kinds]


def _execute(project: Project, copy: Path, progress: Progress, *, verify: bool) -> Outcome:
    minutes = LIMIT[project.family] if verify else project.minutes
    what = "with one small seed" if verify else "whole"
    progress(f"Running the notebook on a fresh kernel, {what}, for {minutes:g} minutes at most.")
    return execute(
        copy / project.notebook,
        cell_seconds=60 * minutes if verify else project.cell_seconds,
        seconds=60 * minutes,
        parameters=project.verify if verify else (),
    )


def _ran(
    project: Project, outcome: Outcome, cells: tuple[Cell, ...], before: Files, *, verify: bool
) -> Criterion:
    problems = []
    if outcome.name != "ok":
        problems.append(stopped(outcome, cells))
    if before != files(project.folder):
        problems.append(
            Problem(
                "the run changed files of your folder, although it ran in a copy",
                todo="Write with paths relative to the notebook.",
                name="reached-out",
            )
        )
    problems += _short(project, cells) if verify else _long(project)
    good = f"top to bottom in {outcome.seconds:.0f} s"
    return criterion("run", "Fresh-kernel run, offline", problems, good=good, rung="running")


def _short(project: Project, cells: tuple[Cell, ...]) -> Iterator[Problem]:
    """Whether `--verify` made anything short."""
    tagged = any("parameters" in cell.tags for cell in cells)
    if not (project.verify and tagged):
        missing = "no cell has the tag `parameters`" if project.verify else "it has no [verify]"
        yield Problem(
            f"nothing was made shorter for --verify, because {missing}",
            "capstone.toml",
            "Set the seeds and the length of the training in one cell with the tag `parameters`, "
            "and small values for them in capstone.toml: [verify], then SEEDS = [0].",
            state="attention",
            name="not-shortened",
        )


def _long(project: Project) -> Iterator[Problem]:
    """Whether a reader would wait for the whole run."""
    limit = LIMIT[project.family]
    if project.minutes > limit:
        yield Problem(
            f"capstone.toml allows {project.minutes:g} minutes, and a reader waits {limit:g}",
            "capstone.toml",
            "For longer work add [verify], so that `--verify` can train one small seed.",
            state="attention",
            name="over-budget",
        )


def _claim(
    project: Project,
    copy: Path,
    scratch: Path,
    claim: Claim | Problem,
    scores: dict[str, float] | Problem,
    made: list[str],
) -> tuple[list[Criterion], Metric | None]:
    title = "The claim, computed again"
    wrong = [item for item in (claim, scores) if isinstance(item, Problem)]
    if not isinstance(claim, Claim) or not isinstance(scores, dict):
        return [criterion("claim", title, wrong, good="", rung="running")], None
    problems = list(compare(project, claim, scores))
    rests = list(evidence(project, copy, scratch, scores, made))
    good = f"{project.metric} is as claimed over {len(scores)} seeds"
    from_files = "without the files of the run there is no score"
    found = [
        criterion("claim", title, problems, good=good, rung="running"),
        criterion("evidence", "Scored from checkpoints", rests, good=from_files, rung="running"),
    ]
    if not scores:
        return found, None
    better = f"clearly better than the baseline of {claim.baseline:.4g}, target reached"
    result = list(result_problems(project, scores, claim))
    found.append(criterion("result", "Result", result, good=better))
    return found, metric_of(project, claim, scores)


def _rerun(project: Project, before: Claim, now: Claim) -> Criterion:
    problems = list(rerun_differs(project, before, now))
    good = f"the claim of the folder, {before.value:.4g}, came out again"
    return criterion("rerun", "Reproduced by a fresh run", problems, good=good, rung="running")
