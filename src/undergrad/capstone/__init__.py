"""Capstones: projects of one's own, scaffolded from a template and checked by running them.

    folder = new("supervised", "my-digits", Path("capstones"))
    report = check(folder)

`scaffold` makes a project. `check` reads it (`notebook`, `imports`, `prose`, `plan`, `template`,
`publishable`); `fresh_run` runs a copy of it (`tests`, `execute`) and computes its claim again
(`metric`). `report` says which rung of the ladder the findings reach, `cures` what helps, and
`standing` whether an earlier check still holds.
"""

from undergrad.capstone.check import check
from undergrad.capstone.cures import pair_up
from undergrad.capstone.execute import rerun
from undergrad.capstone.plan_check import plan_problems
from undergrad.capstone.project import Project, is_project, read_project
from undergrad.capstone.report import RUNGS, Criterion, Metric, Problem, Report, Rung
from undergrad.capstone.scaffold import kinds, licences, new, safe_name
from undergrad.capstone.standing import Standing, standing
from undergrad.capstone.wheel import pack

__all__ = [
    "RUNGS",
    "Criterion",
    "Metric",
    "Problem",
    "Project",
    "Report",
    "Rung",
    "Standing",
    "check",
    "is_project",
    "kinds",
    "licences",
    "new",
    "pack",
    "pair_up",
    "plan_problems",
    "read_project",
    "rerun",
    "safe_name",
    "standing",
]
