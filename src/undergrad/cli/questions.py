"""The six destination questions in a terminal: two minutes, and Enter skips any of them."""

from undergrad.cli.terminal import say, typed, wrap
from undergrad.course import Course, Length, Question, fitted, path_length
from undergrad.plan import Choice
from undergrad.plan.choose import fit

Answers = dict[str, str]


def ask_all(course: Course) -> Answers:
    """What the person answered; skipped questions are absent."""
    total = len(course.questions)
    say(f"{_count(total)} short questions, two minutes. Enter skips one.", err=True)
    found = {
        question.id: _ask(question, f"{number} of {total}")
        for number, question in enumerate(course.questions, start=1)
    }
    return {name: answer for name, answer in found.items() if answer}


def pick_path(course: Course, answers: Answers, choice: Choice) -> str:
    """The proposed path; where the answers disagree, the person picks one of the two."""
    if len(choice.paths) == 1:
        return choice.paths[0]
    say(
        ["", "Your answers lead to two paths. Enter takes the first; you can change later."],
        err=True,
    )
    titles = [
        f"{course.path(name).title}: {_length(course, answers, name)}" for name in choice.paths
    ]
    return choice.paths[_choose(titles, default=1) - 1]


def path_words(course: Course, answers: Answers, name: str) -> str:
    """`From scratch in two weeks (two-week): 12 units, 91 h (2 more by your answers)`."""
    add, leave = fit(course, answers, name)
    changes = [f"{len(add)} more" if add else "", f"{len(leave)} left out" if leave else ""]
    by_answers = f" ({' and '.join(filter(None, changes))} by your answers)" if add or leave else ""
    return f"{course.path(name).title} ({name}): {_length(course, answers, name)}{by_answers}"


def _length(course: Course, answers: Answers, name: str) -> Length:
    return path_length(course, fitted(course, course.path(name), *fit(course, answers, name)))


def _ask(question: Question, position: str) -> str:
    say(err=True)
    say(wrap(question.ask, "        ", f"{position}  "), err=True)
    for number, (exercise, answer) in enumerate(question.trials, start=1):
        label = f"({number}) " if len(question.trials) > 1 else ""
        say(wrap(f"{label}{exercise}", "            ", "        "), err=True)
        if typed("        Enter shows the answer, s skips the question") == "s":
            return ""
        say(wrap(answer, "            "), err=True)
    if not question.answers:
        return typed("       ")
    chosen = _choose([answer for answer, _ in question.answers], default=0)
    return question.answers[chosen - 1][0] if chosen else ""


def _choose(choices: list[str], *, default: int) -> int:
    """A number from 1; 0, if that is the default, when the person skips."""
    for number, words in enumerate(choices, start=1):
        say(wrap(words, "           ", f"        {number}  "), err=True)
    while True:
        answer = typed("       ")
        if not answer:
            return default
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return int(answer)
        say(f"        A number from 1 to {len(choices)}, or Enter.", err=True)


def _count(number: int) -> str:
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")
    return words[number] if number < len(words) else str(number)
