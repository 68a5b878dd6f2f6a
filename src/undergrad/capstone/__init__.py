"""Capstones: projects of one's own, scaffolded from a template and checked by running them.

    folder = new("supervised", "my-digits", Path("capstones"))
    report = check(folder)

`scaffold` makes a project. `check` reads it (`notebook`, `imports`, `prose`, `plan`, `template`),
runs a copy of it (`tests`, `execute`) and computes its claim again (`metric`).
"""

from undergrad.capstone.check import check
from undergrad.capstone.execute import rerun
from undergrad.capstone.plan_check import plan_problems
from undergrad.capstone.project import Project, is_project, read_project
from undergrad.capstone.report import Criterion, Metric, Problem, Report
from undergrad.capstone.scaffold import kinds, new, safe_name

__all__ = [
    "Criterion",
    "Metric",
    "Problem",
    "Project",
    "Report",
    "check",
    "is_project",
    "kinds",
    "new",
    "plan_problems",
    "read_project",
    "rerun",
    "safe_name",
]
