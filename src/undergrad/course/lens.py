"""The lens: what a person likes to learn from puts a unit's resources in order, and no more.

The units, their exercises and their checks are the same through every lens.
"""

from undergrad.course.models import Course, Unit

LENSES = {
    "video": "video courses",
    "book": "books",
    "lectures": "lectures with their mathematics",
}
# Kinds of resources that suit a lens, the best first; the others follow in the author's order.
_KINDS = {
    "video": ("course", "lecture", "talk"),
    "book": ("book", "notes", "blog"),
    "lectures": ("lecture", "notes", "course"),
}


def ordered_resources(course: Course, unit: Unit, lens: str) -> tuple[str, ...]:
    """The ids of a unit's resources, those of the stage's route for this lens first.

    A lens that nobody knows, such as "" before one is chosen, leaves the author's order.
    """
    main = [
        name
        for route in course.stage(unit.stage).routes
        if route.lens == lens
        for name in route.resources
    ]
    kinds = {each.id: each.kind for each in course.resources}
    suited = _KINDS.get(lens, ())

    def place(name: str) -> tuple[int, int]:
        if name in main:
            return 0, main.index(name)
        kind = kinds.get(name, "")
        return (1, suited.index(kind)) if kind in suited else (2, 0)

    return tuple(sorted(unit.resources, key=place))
