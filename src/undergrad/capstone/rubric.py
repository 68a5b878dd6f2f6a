"""The points of the rubric that a program can give; the rest is for a reader to give.

A criterion with a note gives half of its points. What only a person can judge (how good the prose
is, an ablation, the worst cases, answers without notes) is not counted here.
"""

from collections.abc import Sequence

from undergrad.capstone.report import Criterion

# id of a criterion: points of 100, for (supervised, reinforcement)
_POINTS = {
    "plan": (8, 8),
    "headings": (4, 4),
    "prose": (10, 8),
    "own-work": (14, 12),
    "result": (14, 14),
    "run": (4, 4),
    "claim": (4, 4),
    "evidence": (4, 4),
    "readme": (4, 4),
    "cards": (4, 4),
    "environment": (2, 2),
}


def points(family: str, criteria: Sequence[Criterion]) -> tuple[int, int]:
    """(points reached, points possible); a criterion that was not judged gives none."""
    column = 0 if family == "supervised" else 1
    worth = {id: row[column] for id, row in _POINTS.items()}
    share = {"ok": 2, "attention": 1, "fail": 0}
    reached = sum(worth.get(item.id, 0) * share[item.state] for item in criteria) // 2
    return reached, sum(worth.values())
