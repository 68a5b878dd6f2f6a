"""Judges a capstone's plan: what is missing, what is still the template's, what cannot work out.

`capstone check` and the checks of `propose` and `propose-agent` read the same plan.md by this one
function. A problem that can only be fixed before the training, such as too few test items, is a
note for the first, which looks at finished work, and a reason not to pass for the others.
"""

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from undergrad.capstone.plan import NAME, PARTS, Plan, read_plan, sections
from undergrad.capstone.plan_agent import agent_problems
from undergrad.capstone.plan_size import best_baseline, gains, place, seed_problems, size_problems
from undergrad.capstone.project import Project
from undergrad.capstone.report import Criterion, Problem, criterion
from undergrad.capstone.template import is_untouched, template_file

_TRAINED = ("checkpoints", "results.json", "runs")  # what a training run leaves behind
_ABOUT = {
    "Question": "what you do not know yet, and a number can answer",
    "Data": "where the examples come from, how many there are, and how they are split",
    "Metric": "the one number that decides, and the value to reach",
    "Baseline": "the scores of a naive and of the best simple method, each with its interval",
    "Risk": "what could make the result wrong or useless",
    "Stop rule": "when you stop, and at which number you give up",
}
_NAIVE = {
    "supervised": "the most frequent class, and the best simple one",
    "reinforcement": "random actions, and the best script",
}
_WORD = re.compile(r"\w[\w.,'\u2019-]*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def plan(project: Project) -> Criterion:
    """The criterion of the plan: every part is there and filled, and its numbers work out."""
    problems = list(plan_problems(project))
    return criterion("plan", "Plan", problems, good=f"{NAME} is complete")


def plan_problems(project: Project) -> Iterator[Problem]:
    """What is wrong with the plan of a project, in the order in which to fix it."""
    path = project.folder / NAME
    text = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""
    template = template_file(project.kind, NAME)
    if not text.strip():
        yield Problem(
            f"{NAME} is empty" if path.is_file() else f"there is no {NAME}",
            todo=f"Write {NAME} with the headings {', '.join(PARTS)}: before you train, or, for "
            "work that you bring, now and with its date.",
            name="no-plan",
        )
    elif is_untouched(text, template):
        yield Problem(
            "the plan is the template's, word for word",
            NAME,
            "Replace each part with your own problem, beginning with the question.",
            name="template",
        )
    else:
        found = read_plan(text)
        yield from _part_problems(found, sections(template))
        yield from _target_problems(project, found)
        yield from _baseline_problems(project, found)
        yield from size_problems(project, found)
        yield from seed_problems(project, found)
        if project.family == "reinforcement":
            yield from agent_problems(found)
        yield from _freeze_problems(project, found)


def _part_problems(found: Plan, template: dict[str, str]) -> Iterator[Problem]:
    for name in PARTS:
        part = found.parts.get(name)
        where, about = f"{NAME}, {name}", _ABOUT[name]
        if part is None:
            yield Problem(f"the plan has no part “{name}”", NAME, f"Add “## {name}”: {about}.")
        elif not part:
            yield Problem(f"the plan's part “{name}” is empty", where, f"Say {about}.")
        elif part.split() == template.get(name, "").split():
            yield Problem(
                f"the plan's part “{name}” is still the template's text",
                where,
                "Write your own.",
                name="template-part",
            )
        elif _length(part) < 4:
            yield Problem(f"the plan's part “{name}” is almost empty", where, f"Say {about}.")


def _target_problems(project: Project, found: Plan) -> Iterator[Problem]:
    if "Metric" in found.parts and found.target is None:
        yield Problem(
            "the plan names no number to reach",
            f"{NAME}, Metric",
            "Give the metric a target, such as “Target: 0.93”.",
            name="no-target",
        )
    elif found.target is not None and abs(found.target - project.target) > 1e-9:
        yield Problem(
            f"the target of the plan is {found.target:g}, and capstone.toml says "
            f"{project.target:g}",
            f"{NAME}, Metric",
            "Use the number of the plan in both; if it has to change, say so in the plan on a "
            "dated line.",
            state="attention",
            name="targets-differ",
        )


def _baseline_problems(project: Project, found: Plan) -> Iterator[Problem]:
    where = f"{NAME}, Baseline"
    scored = found.baselines
    if "Baseline" in found.parts and len(scored) < 2:
        have = "scores only one baseline" if scored else "names no score of a baseline"
        yield Problem(
            f"the plan {have}",
            where,
            f"Score two before you train: a naive one, such as {_NAIVE[project.family]}.",
            state="attention",
            name="few-baselines",
        )
    if scored and sum(each.low is not None for each in scored) < min(2, len(scored)):
        yield Problem(
            "a baseline has no interval",
            where,
            "Give each its 95% interval, such as “0.84, 95% interval 0.82 to 0.86”.",
            state="attention",
            name="no-interval",
        )
    best = best_baseline(project, found)
    target = found.target
    if best is not None and target is not None and not gains(project, best, target):
        yield Problem(
            f"the target of {target:g} is no better than the baseline, which reaches {best:g}",
            f"{NAME}, Metric",
            "Set a target that the baseline does not reach, or ask a harder question.",
            state="attention",
            name="target-not-above",
        )


def _freeze_problems(project: Project, found: Plan) -> Iterator[Problem]:
    """The date of the plan, beside the first training run; and the hash of the split."""
    trained = first_run(project.folder)
    if found.written is None:
        yield Problem(
            "the plan has no date",
            NAME,
            "Write at the top on which day you wrote it, such as 2026-03-01.",
            state="attention",
            name="no-date",
        )
    elif trained is not None and found.written > trained:
        yield Problem(
            f"the plan is dated {found.written}, and the first training run left its files on "
            f"{trained}",
            NAME,
            "Say in the plan what you knew by then; a target that was set after a result is a "
            "description.",
            state="attention",
            name="dated-late",
        )
    if project.family == "supervised" and found.digest is None:
        yield Problem(
            "the plan does not fix the test set by its hash",
            place(found, "Data"),
            "Add a line such as “split hash: 3f9a61c2…”, which `split_hash` of the unit `propose` "
            "computes from the ids of the test set.",
            state="attention",
            name="no-hash",
        )


def first_run(folder: Path) -> date | None:
    """The day on which a training run first left something: by the file history, or the files."""
    recorded = _first_commit(folder)
    if recorded is not None:
        return recorded
    left = [path for name in _TRAINED for path in (folder / name, *(folder / name).glob("*"))]
    days = [date.fromtimestamp(path.stat().st_mtime) for path in left if path.is_file()]
    return min(days, default=None)


def _first_commit(folder: Path) -> date | None:
    """The day of the first commit with a file of a training run; None without a history."""
    quiet = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
    log = ("log", "--diff-filter=A", "--format=%as", "--", *_TRAINED)
    try:
        done = subprocess.run(
            ["git", *quiet, *log], cwd=folder, capture_output=True, text=True, timeout=5
        )
        return date.fromisoformat(done.stdout.split()[-1]) if done.stdout.strip() else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _length(part: str) -> int:
    """Words and numbers; two characters of a language without spaces count as one."""
    return len(_WORD.findall(_CJK.sub(" ", part))) + len(_CJK.findall(part)) // 2
