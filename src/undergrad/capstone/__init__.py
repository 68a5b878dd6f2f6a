"""Capstones: projects of one's own, scaffolded from a template and checked by running them.

    folder = new("supervised", "my-digits", Path("capstones"))
    report = check(folder)

`scaffold` makes a project. `check` reads it (`notebook`, `imports`, `prose`, `plan`, `template`,
`publishable`); `fresh_run` runs a copy of it (`tests`, `execute`) and computes its claim again
(`metric`). `report` says which rung of the ladder the findings reach, `cures` what helps, `doctor`
what a program can add, and `standing` whether an earlier check still holds.
"""

from undergrad.capstone.check import check
from undergrad.capstone.doctor import OFFERS, Change, Patch, apply, obstacles, pair_up
from undergrad.capstone.execute import rerun
from undergrad.capstone.fingerprint import PAGE_MARK, fingerprint
from undergrad.capstone.kinds import every_framework, family, frameworks, in_words, kinds
from undergrad.capstone.plan_check import plan_problems
from undergrad.capstone.project import Project, is_project, read_project
from undergrad.capstone.report import RUNGS, Criterion, Metric, Problem, Report, Rung
from undergrad.capstone.scaffold import licences, new, safe_name
from undergrad.capstone.standing import Standing, standing
from undergrad.capstone.wheel import pack

__all__ = [
    "OFFERS",
    "PAGE_MARK",
    "RUNGS",
    "Change",
    "Criterion",
    "Metric",
    "Patch",
    "Problem",
    "Project",
    "Report",
    "Rung",
    "Standing",
    "apply",
    "check",
    "every_framework",
    "family",
    "fingerprint",
    "frameworks",
    "in_words",
    "is_project",
    "kinds",
    "licences",
    "new",
    "obstacles",
    "pack",
    "pair_up",
    "plan_problems",
    "read_project",
    "rerun",
    "safe_name",
    "standing",
]
