"""Running a project's notebook for real: its figures, checkpoints and results are kept.

`check` runs a copy and judges; this runs the notebook in its own folder and writes the outputs
into it. A run that stops leaves the notebook as it was.
"""

import os

from undergrad.capstone.execute import execute
from undergrad.capstone.project import Project
from undergrad.errors import UsageError


def rerun(project: Project) -> float:
    """Run the notebook top to bottom in its folder and keep the outputs. Returns the seconds.

    Raises UsageError with the cell and the reason when it stops; the .ipynb is unchanged then.
    """
    outcome = execute(
        project.ipynb, cell_seconds=project.cell_seconds, seconds=60 * project.minutes
    )
    if outcome.name != "ok":
        where = f"cell {outcome.cell}" if outcome.cell else "the notebook"
        raise UsageError(f"{project.notebook} stopped in {where}: {outcome.message}.")
    staged = project.ipynb.with_name(f".{project.notebook}.part")
    staged.write_text(outcome.executed, encoding="utf-8")
    os.replace(staged, project.ipynb)
    return outcome.seconds
