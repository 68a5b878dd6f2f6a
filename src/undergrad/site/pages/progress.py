"""The progress page: the same `Status` that `undergrad status` prints, unit by unit."""

from undergrad.course.models import Unit
from undergrad.journey.models import UnitStatus
from undergrad.site import links
from undergrad.site.pages.stages import stage_progress
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill


def progress_text(snapshot: Snapshot) -> str:
    """Where the learner stands, or how to start when there is no journey."""
    stages = [
        (stage, stage_progress(stage, snapshot), _rows(stage.units, snapshot))
        for stage in snapshot.course.stages
    ]
    return fill(
        "progress.md.jinja",
        status=snapshot.status,
        stages=stages,
        to=links.from_page(links.PROGRESS),
    )


def _rows(names: tuple[str, ...], snapshot: Snapshot) -> list[tuple[UnitStatus, Unit]]:
    entries = snapshot.status.by_id if snapshot.status else {}
    return [(entries[name], snapshot.unit(name)) for name in names if name in entries]
