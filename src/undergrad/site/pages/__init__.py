"""From a snapshot to the site's generated Markdown: every page in one table of path and text.

The order is fixed and nothing depends on the clock, so the same snapshot gives the same bytes.
"""

from typing import Any

from undergrad.site import links
from undergrad.site.pages.glossary import glossary_text
from undergrad.site.pages.home import home_text
from undergrad.site.pages.paths import path_text, paths_text
from undergrad.site.pages.progress import progress_text
from undergrad.site.pages.questions import questions_text
from undergrad.site.pages.resources import resources_text
from undergrad.site.pages.runs import run_text, runs_text
from undergrad.site.pages.stages import course_text, stage_text
from undergrad.site.pages.units import unit_text
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import line

# The hand-written pages of `docs/`, as the menu shows them.
_GUIDE = [
    {"Start here": "start.md"},
    {"Checking your work": "checking.md"},
    {"Coming back to it": "coming-back.md"},
    {"Your own engine": "own-engine.md"},
    {"How it works": "how-it-works.md"},
]
_AGENTS = [
    {"Environments": "agents/environments.md"},
    {"Tables": "agents/tabular.md"},
    {"DQN": "agents/dqn.md"},
    {"REINFORCE": "agents/reinforce.md"},
    {"A2C": "agents/a2c.md"},
    {"PPO": "agents/ppo.md"},
    {"Agents, measured": "agents/benchmarks.md"},
]
_REFERENCE = [
    "reference/index.md",
    {"Glossary": links.GLOSSARY},
    {"Notation": "notation.md"},
    {"Engine": "reference/engine.md"},
    {"How the engine works": "engine/how-it-works.md"},
    {"Operations": "engine/operations.md"},
    {"From our engine to PyTorch": "engine/pytorch.md"},
    {"Benchmarks": "benchmarks.md"},
    {"Reinforcement learning": "reference/rl.md"},
    {"The tool itself": "reference/tool.md"},
]


def pages(snapshot: Snapshot) -> dict[str, str]:
    """Every generated page: its path below `docs/`, and its Markdown."""
    found = {
        links.HOME: home_text(snapshot),
        links.COURSE: course_text(snapshot),
        links.PROGRESS: progress_text(snapshot),
        links.RUNS: runs_text(snapshot),
        links.PATHS: paths_text(snapshot),
        links.QUESTIONS: questions_text(snapshot),
        links.RESOURCES: resources_text(snapshot),
        links.GLOSSARY: glossary_text(snapshot),
    }
    for stage in snapshot.course.stages:
        found[links.stage_page(stage.id)] = stage_text(stage, snapshot)
    for path in snapshot.course.paths:
        found[links.path_page(path.id)] = path_text(path, snapshot)
    for unit in snapshot.course.units:
        found[links.unit_page(unit)] = unit_text(unit, snapshot)
    for run in snapshot.runs:
        found[links.run_page(run.id)] = run_text(run, snapshot)
    return found


def navigation(snapshot: Snapshot) -> list[Any]:
    """The menu, in the shape of MkDocs' `nav` setting. The theme shows titles unescaped."""
    stages = [
        {
            f"{stage.number}. {line(stage.title)}": [
                links.stage_page(stage.id),
                *({line(u.title): links.unit_page(u)} for u in map(snapshot.unit, stage.units)),
            ]
        }
        for stage in snapshot.course.stages
    ]
    paths = [{line(path.title): links.path_page(path.id)} for path in snapshot.course.paths]
    runs = [{line(run.title): links.run_page(run.id)} for run in snapshot.runs]
    return [
        {"Home": links.HOME},
        {"Guide": _GUIDE},
        {"Course": [links.COURSE, *stages]},
        {"Progress": [links.PROGRESS, {"Runs": [links.RUNS, *runs]}]},
        {
            "Paths": [
                links.PATHS,
                {"Find yours": links.QUESTIONS},
                *paths,
                {"Resources": links.RESOURCES},
            ]
        },
        {"Agents": _AGENTS},
        {"Reference": _REFERENCE},
    ]
