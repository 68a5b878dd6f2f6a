"""A status of four units, some of them behind the learner."""

from collections.abc import Callable

import pytest

from undergrad.journey.models import Status, UnitStatus


def unit_status(name: str, minutes: int, **changes: object) -> UnitStatus:
    entry = {
        "id": name, "stage": "1-first", "title": f"All about {name}", "written": True,
        "state": "not started", "assumed": False, "minutes": minutes, "attempts": 0, "hints": 0,
        "solution_seen": False, "tasks_passed": 0, "tasks": 4, "passed_at": None,
        "last_verdict": None, "last_checked_at": None, "last_check": None,
    }  # fmt: skip
    return UnitStatus(**{**entry, **changes})


@pytest.fixture
def status() -> Callable[..., Status]:
    def make(*units: UnitStatus, following: str | None = None) -> Status:
        return Status(
            journey="j", path="full", path_title="All of it", goal="", events=1, passed=0,
            total=len(units), next=following, minutes_left=0, units=units, stages=(), read=(),
            capstones=(),
        )  # fmt: skip

    return make


@pytest.fixture
def entry() -> Callable[..., UnitStatus]:
    return unit_status
