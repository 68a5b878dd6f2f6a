"""The page of the destination questions: what is asked, and what each answer leads to."""

from undergrad.course import PREFERENCES
from undergrad.site import links
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill

_PLAIN = {
    "maths:in-line": "the mathematics that your path needs, in line",
    "maths:links": "links to the mathematics, for when you need it",
    "maths:recaps": "the units of stage 2 left out; they stay there as recaps",
    "pace:small": "a plan of three hours a week",
    "pace:steady": "a plan of six hours a week",
    "pace:intensive": "a plan of 45 hours a week",
}

# Words, then the title and the page of a link, if there is one.
Effect = tuple[str, str, str]


def questions_text(snapshot: Snapshot) -> str:
    """All questions with their answers."""
    questions = [
        (
            question,
            [
                (answer, [_effect(each, snapshot) for each in effects.split()])
                for answer, effects in question.answers
            ],
        )
        for question in snapshot.course.questions
    ]
    return fill(
        "questions.md.jinja",
        questions=questions,
        link=lambda target: links.link(links.QUESTIONS, target),
    )


def _effect(effect: str, snapshot: Snapshot) -> Effect:
    """What one effect of an answer, such as `path:full`, leads to."""
    key, _, value = effect.partition(":")
    if key == "path":
        title = next(path.title for path in snapshot.course.paths if path.id == value)
        return "the path ", title, links.path_page(value)
    if key == "unit":
        unit = snapshot.unit(value)
        return "with ", unit.title, links.unit_page(unit)
    if key == "stage":
        stage = snapshot.stage(value)
        return f"stage {stage.number} first, ", stage.title, links.stage_page(stage.id)
    if key == "prefer":
        return f"{PREFERENCES[value]} first among the resources", "", ""
    return _PLAIN[effect], "", ""
