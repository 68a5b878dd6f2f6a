"""What lies beside the claim of an agent: an ablation, held-out worlds, and failures.

Each is a file that the notebook writes. One that is missing is a note; one that contradicts itself
is a fault, since its numbers are computed again here. The unit `build-agent` builds both records.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from undergrad.capstone.metric import Claim, interval, read_claim
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project
from undergrad.capstone.report import Criterion, Problem, criterion

ABLATION, HELDOUT, FAILURES = "ablation.json", "heldout.json", "failures"
_SHOWN = {".webp", ".gif", ".png", ".jpg", ".svg", ".mp4"}
_WORDS = 8  # of a sentence beside a failure, its file's name not counted
_FAILURES = 2
_LARGEST = 1e100  # of a score; a JSON file may hold any whole number, infinity and nan


def records(project: Project, cells: Sequence[Cell]) -> list[Criterion]:
    """The criterion on what an agent's claim needs beside it; none for another kind of project."""
    if project.family != "reinforcement":
        return []
    problems = [*_ablation(project), *_heldout(project), *_failures(project, cells)]
    good = "the ablation, the held-out worlds and the failures are there"
    return [criterion("records", "Ablation, held-out worlds, failures", problems, good=good)]


def _ablation(project: Project) -> Iterator[Problem]:
    """Each row has the seeds of the full agent, its interval, and a sentence."""
    data = _read(project.folder / ABLATION, "Train once more without one part, on the same seeds")
    if isinstance(data, Problem):
        yield data
        return
    full, rows = _scores(data.get("full")), data.get("rows")
    if not full or not isinstance(rows, list) or not rows:
        yield _wrong(ABLATION, "has no scores under “full” or no “rows”")
        return
    for row in rows:
        row = row if isinstance(row, dict) else {}
        name, seeds = row.get("without"), _scores(row.get("seeds"))
        if not _is_text(name) or not _is_text(row.get("says")):
            yield _wrong(ABLATION, "has a row without a name or without a sentence")
        elif set(seeds) != set(full):
            yield _wrong(ABLATION, f"has other seeds in the row “{name}” than for the full agent")
        elif _differs(row, "gain", [seeds[seed] - full[seed] for seed in full]):
            yield _wrong(ABLATION, f"has another gain or interval for “{name}” than its seeds give")


def _heldout(project: Project) -> Iterator[Problem]:
    """Every claimed seed has both scores, and the gap is the one that they give."""
    data = _read(project.folder / HELDOUT, "Score each agent on worlds that it was not trained on")
    if isinstance(data, Problem):
        yield data
        return
    pairs = data.get("seeds")
    pairs = pairs if isinstance(pairs, dict) else {}
    good = {seed: pair for seed, pair in pairs.items() if _is_pair(pair)}
    if not _is_text(data.get("differs")) or not good or good != pairs:
        yield _wrong(HELDOUT, "needs “differs”, a sentence, and “seeds” with two scores each")
        return
    claim = read_claim(project.folder / project.results)
    if isinstance(claim, Claim) and set(claim.seeds) != set(good):
        yield _wrong(HELDOUT, f"has other seeds than {project.results}")
    if _differs(data, "gap", [seen - unseen for seen, unseen in good.values()]):
        yield _wrong(HELDOUT, "has another gap or interval than its seeds give")


def _failures(project: Project, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Two failed episodes are shown, each with a sentence that names its file."""
    folder = project.folder / FAILURES
    shown = sorted(p.name for p in folder.glob("*") if p.suffix.lower() in _SHOWN)
    if len(shown) < _FAILURES:
        yield Problem(
            f"{FAILURES}/ shows {len(shown)} failed episodes, and {_FAILURES} are wanted",
            FAILURES,
            "Choose them by a rule, save an image or a clip of each, and explain it in a sentence.",
            state="attention",
            name="no-failures",
        )
        return
    files = (project.folder / "README.md", folder / "README.md")
    texts = [cell.source for cell in cells if cell.kind == "markdown"]
    texts += [path.read_text("utf-8-sig", "replace") for path in files if path.is_file()]
    paragraphs = [part for text in texts for part in text.split("\n\n")]
    for name in shown:
        words = (len(part.replace(name, " ").split()) for part in paragraphs if name in part)
        if max(words, default=0) < _WORDS:
            yield Problem(
                f"nothing says what went wrong in {FAILURES}/{name}",
                f"{FAILURES}/{name}",
                "Write a sentence that names the file, in the notebook or in the README.",
                name="failure-unexplained",
            )


def _read(path: Path, todo: str) -> dict[str, Any] | Problem:
    """The object in a JSON file, or the problem with it."""
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return Problem(
            f"there is no {path.name}",
            todo=f"{todo}, and write the file; the page “Capstones” of the site shows its form.",
            state="attention",
            name=f"no-{path.stem}",
        )
    except (OSError, ValueError, RecursionError) as error:
        return _wrong(path.name, f"is not JSON: {error}")
    return data if isinstance(data, dict) else _wrong(path.name, "holds no object")


def _wrong(name: str, message: str) -> Problem:
    todo = "Let the notebook write it from all seeds, as the tasks of `build-agent` do."
    return Problem(f"{name} {message}", name, todo, name=f"bad-{name.partition('.')[0]}")


def _differs(record: Mapping[str, Any], middle: str, values: Sequence[float]) -> bool:
    """Whether the mean or the ends of a record are not those of the values."""
    found = [record.get(name) for name in (middle, "low", "high")]
    numbers = [float(each) for each in found if each is not None and _is_number(each)]
    wanted = [fmean(values), *interval(values)]
    return len(numbers) < len(wanted) or not all(
        math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-6) for a, b in zip(numbers, wanted, strict=True)
    )


def _scores(value: Any) -> dict[str, float]:
    """{seed: score}; empty unless every score is a number."""
    good = isinstance(value, dict) and all(map(_is_number, value.values()))
    return value if good else {}


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    """Also of a size whose differences and squares are numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST
