"""A unit with a question and two tasks."""

import pytest

from undergrad.course.models import Minutes, Recall, Task, Unit


@pytest.fixture
def unit() -> Unit:
    hints = ("where", "idea", "code")
    return Unit(
        id="descent",
        stage="1-first",
        title="Walk downhill",
        minutes=Minutes(10, 20, 5),
        needs=(),
        resources=(),
        tasks=tuple(Task(n, ("it holds",), (f"check_{n}",), hints) for n in (1, 2)),
        recall=(Recall("why", "Why minus?", "The slope points uphill."),),
        written=True,
    )
