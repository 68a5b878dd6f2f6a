"""The page of the destination questions: what is asked, and what each answer leads to."""

from undergrad.course import PREFERENCES
from undergrad.course.models import Question
from undergrad.site import links
from undergrad.site.markup import command, escape, inline, page_top
from undergrad.site.snapshot import Snapshot

_PLAIN = {
    "maths:in-line": "the mathematics that your path needs, in line",
    "maths:links": "links to the mathematics, for when you need it",
    "maths:recaps": "the units of stage 2 left out; they stay there as recaps",
    "pace:small": "a plan of three hours a week",
    "pace:steady": "a plan of six hours a week",
}


def questions_text(snapshot: Snapshot) -> str:
    """All questions with their answers."""
    return "\n".join(
        [
            page_top("Find your path", "curriculum/course.yaml"),
            "# Where do you want to arrive?\n",
            "The destination decides the path. These questions take two minutes, each may be "
            "skipped, and you can answer them again whenever your goal has changed:\n",
            command("undergrad path --ask"),
            *(_question(each, n, snapshot) for n, each in enumerate(snapshot.course.questions, 1)),
            "## When answers disagree {#rules}\n",
            "A date comes first. After it comes what you can do already, then where you want to "
            "arrive; when those two disagree you see both paths with their hours and pick. "
            "Changing over later loses nothing.\n",
        ]
    )


def _question(question: Question, number: int, snapshot: Snapshot) -> str:
    trials = "".join(
        f'<details class="ug-recall"><summary>{inline(exercise)}</summary>'
        f"<p>{inline(answer)}</p></details>"
        for exercise, answer in question.trials
    )
    answers = "\n".join(
        f"- **{escape(answer)}:** {_leads_to(effect, snapshot)}"
        for answer, effect in question.answers
    )
    text = answers or "Your own words. They stand on your progress page as your goal."
    return f"## {number}. {escape(question.ask)} {{#{question.id}}}\n\n{trials}\n\n{text}\n"


def _leads_to(effect: str, snapshot: Snapshot) -> str:
    words = [_word(*each.split(":", 1), snapshot=snapshot) for each in effect.split()]
    return "; ".join(words) or "no change"


def _word(key: str, value: str, *, snapshot: Snapshot) -> str:
    here = links.QUESTIONS
    if key == "path":
        title = next(path.title for path in snapshot.course.paths if path.id == value)
        return f"the path [{escape(title)}]({links.link(here, links.path_page(value))})"
    if key == "unit":
        unit = snapshot.unit(value)
        return f"with [{escape(unit.title)}]({links.link(here, links.unit_page(unit))})"
    if key == "stage":
        stage = snapshot.stage(value)
        page = links.link(here, links.stage_page(stage.id))
        return f"stage {stage.number} first, [{escape(stage.title)}]({page})"
    if key == "prefer":
        return f"{PREFERENCES[value]} first among the resources"
    return _PLAIN[f"{key}:{value}"]
