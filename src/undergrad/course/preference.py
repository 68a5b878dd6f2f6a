"""A preference: what a person likes to learn from puts a unit's resources in order, and no more.

The units, their exercises and their checks are the same whatever is preferred.
"""

from undergrad.course.models import Course, Reading, Unit

PREFERENCES = {
    "video": "video courses",
    "book": "books",
    "lectures": "lectures with their mathematics",
}
# Kinds of resources that suit a preference, the best first; others follow in the author's order.
_KINDS = {
    "video": ("course", "lecture", "talk"),
    "book": ("book", "notes", "blog"),
    "lectures": ("lecture", "notes", "course"),
}


def ordered_resources(course: Course, unit: Unit, prefer: str) -> tuple[Reading, ...]:
    """What a unit recommends to read, those of the stage's route for this preference first.

    An unknown preference, such as "" before one is chosen, leaves the author's order.
    """
    main = [
        name
        for route in course.stage(unit.stage).routes
        if route.prefer == prefer
        for name in route.resources
    ]
    kinds = {each.id: each.kind for each in course.resources}
    suited = _KINDS.get(prefer, ())

    def place(reading: Reading) -> tuple[int, int]:
        name = reading.id
        if name in main:
            return 0, main.index(name)
        kind = kinds.get(name, "")
        return (1, suited.index(kind)) if kind in suited else (2, 0)

    return tuple(sorted(unit.resources, key=place))
