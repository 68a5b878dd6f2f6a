"""What a claim rests on: an evaluation that is there, and checkpoints that it really loads.

`evaluation` reads before anything runs; `evidence` takes the files of the run away and lets the
evaluation score once more, which shows for every format whether it needs them.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from undergrad.capstone.metric import recompute
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, criterion

# Suffixes of files that hold trained weights.
_WEIGHTS = (
    *(".safetensors", ".pt", ".pth", ".ckpt", ".h5", ".keras"),
    *(".npz", ".msgpack", ".pkl", ".joblib"),
)


def evidence(
    project: Project, copy: Path, scratch: Path, scores: dict[str, float], made: Sequence[str]
) -> Iterator[Problem]:
    """Whether the scores rest on `made`, the files that a training wrote into `copy`.

    They are moved away, and the evaluation runs again: with the same scores it never opened them.
    `copy` is left without them. What the first evaluation wrote, such as a cache, must be among
    them.
    """
    todo = "Save each seed's trained weights in the notebook, and let the evaluation load them."
    if not made:
        yield _nothing_made(copy, todo)
        return
    for number, name in enumerate(made):
        (copy / name).rename(scratch / f"made-{number}")
    again = recompute(project, copy, scratch)
    if again == scores and scores:
        yield Problem(
            f"{project.evaluate} returns the same scores without any file that the run made",
            f"{project.evaluate.partition(':')[0]}.py",
            todo,
            name="no-evidence",
        )


def _nothing_made(copy: Path, todo: str) -> Problem:
    """The problem of a run that saved nothing: it trained nothing, or only resumed."""
    weights = [path for path in copy.rglob("*") if _is_weights(path.relative_to(copy))]
    if not weights:
        return Problem(
            "the run saved nothing that could be scored", todo=todo, name="no-checkpoint"
        )
    return Problem(
        f"the run saved no checkpoint, and {weights[0].relative_to(copy).as_posix()} was there "
        "before it, so nothing shows that this notebook trained it",
        todo="A notebook that resumes from its checkpoints trains nothing when it is checked. Move "
        "them out of the folder and check again; for training that takes hours, set a switch in "
        "the cell tagged `parameters`, and turn resuming off in [verify].",
        name="resumed",
    )


def _is_weights(path: Path) -> bool:
    """Whether a file looks like trained weights, by its suffix or by its folder."""
    return path.suffix in _WEIGHTS or any(
        re.match(r"(?i)checkpoint|ckpt|weights|models?$", part) for part in path.parts[:-1]
    )


def evaluation(project: Project, cells: Sequence[Cell]) -> Criterion:
    """What a claim needs, read before anything runs: an evaluation, and where the claim goes."""
    module, _, function = project.evaluate.partition(":")
    path = project.folder / f"{module}.py"
    problems = []
    if not has_evaluation(project):
        missing = f"{path.name} has no function {function}" if path.is_file() else f"no {path.name}"
        problems.append(
            Problem(
                f"the check cannot score your checkpoints: there is {missing}",
                path.name if path.is_file() else "",
                f"Write {function}() there, which loads the saved checkpoints and the test data "
                "and returns {seed: score}.",
                name="no-evaluation",
            )
        )
    sources = [cell.source for cell in cells if cell.kind == "code"]
    sources += [each.read_text("utf-8", "replace") for each in python_files(project.folder)]
    stem, _, suffix = project.results.rpartition(".")
    if not any(stem in source and f".{suffix}" in source for source in sources):
        problems.append(
            Problem(
                f"nothing in the project names {project.results}, where the claim belongs",
                "the notebook",
                'Write the claim as JSON: {"value": mean, "seeds": {"0": score}, "baseline": '
                "score}.",
                name="no-claim",
            )
        )
    good = f"{project.evaluate} scores the checkpoints, and {project.results} is written"
    title = "What the claim rests on"
    return criterion("evaluation", title, problems, good=good, rung="running")


def has_evaluation(project: Project) -> bool:
    """Whether the function that scores the checkpoints is there."""
    module, _, function = project.evaluate.partition(":")
    path = project.folder / f"{module}.py"
    return path.is_file() and _defines(path, function)


def _defines(path: Path, function: str) -> bool:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8-sig"))
    except (SyntaxError, ValueError):
        return True  # the run says what is wrong with it
    bound = {getattr(node, "name", "") for node in ast.walk(tree)}
    return function in bound | {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for each in node.names
    }
