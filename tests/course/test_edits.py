"""One source for solution, blank and mistakes: where it is cut, and how an edit is found."""

from textwrap import dedent

import pytest

from undergrad.course.blank import blank
from undergrad.course.edits import EditError, Mistake, edited, parse

SOLUTION = dedent('''
    """Rain."""

    import math

    SCALE = 2  # solution only


    # The rest of the helper.
    def _softmax(z):  # solution only
        e = math.exp(z)
        return e / e


    def relu_backward(g, cache):
        """The gradient of ReLU."""
        given = cache
        # TODO 1: where does the gradient get through?
        mask = cache > 0
        if mask:
            return g * mask
        return 0 * g


    class Adam:
        """Adam."""

        def __init__(self, lr):
            self.lr = lr

        def update(self, w):
            """The rule."""
            # TODO 2: the "rule", over sqrt(v)
            return w - self.lr * _softmax(w)

        def helper(self):  # solution only
            return 1


    def last():
        """The end."""
        # TODO 3: nothing
        return 1
''').lstrip()

BLANK = dedent('''
    """Rain."""

    import math


    def relu_backward(g, cache):
        """The gradient of ReLU."""
        given = cache
        raise NotImplementedError("TODO 1: where does the gradient get through?")


    class Adam:
        """Adam."""

        def __init__(self, lr):
            self.lr = lr

        def update(self, w):
            """The rule."""
            raise NotImplementedError("TODO 2: the \\"rule\\", over sqrt(v)")


    def last():
        """The end."""
        raise NotImplementedError("TODO 3: nothing")
''').lstrip()


def test_the_blank_is_cut_at_the_marks():
    assert blank(SOLUTION) == BLANK


def test_a_todo_outside_of_a_function_is_refused_with_its_line():
    with pytest.raises(EditError, match="stands in no function") as caught:
        blank("x = 1\n# TODO 1: what\n")
    assert caught.value.line == 2


def test_a_mark_beside_no_statement_is_refused_with_its_line():
    with pytest.raises(EditError, match="ends no first line of a statement") as caught:
        blank("x = 1\n# solution only\ndef f():\n    return 2\n")
    assert caught.value.line == 2


def test_broken_code_is_handed_out_with_the_line_as_it_was():
    solution = """\
def hunt(steps):
    '''A loop.'''
    # TODO 1: delete this line and repair one other
    grad = 0
    for _ in range(steps):
        grad = 2  # was: grad += 2
    return grad
"""
    expected = """\
def hunt(steps):
    '''A loop.'''
    raise NotImplementedError("TODO 1: delete this line and repair one other")
    grad = 0
    for _ in range(steps):
        grad += 2
    return grad
"""
    assert blank(solution) == expected


MISTAKES = """\
# What learners type.
relu_backward
    cache > 0  ->  cache >= 0
    The derivative at 0 is taken as 1:
    compare with > .

    - if mask:
    -     return g * mask
    + g[mask] = 0
    + return g
    return 0 * g  ->
    Two edits.

Adam.update (in _softmax)
    e / e  ->  e
    The sum is missing.
"""


def test_mistakes_are_read_with_name_function_place_and_line():
    first, second, third = parse(MISTAKES)
    assert first.sentence == "The derivative at 0 is taken as 1: compare with > ."
    assert [each.name for each in (first, second, third)] == [
        "relu_backward-1",
        "relu_backward-2",
        "Adam.update-1",
    ]
    assert (second.function, second.place, len(second.edits)) == (
        "relu_backward",
        "relu_backward",
        2,
    )
    assert (third.function, third.place, third.line) == ("Adam.update", "_softmax", 15)


def test_edits_are_what_a_learner_types():
    first, second, third = parse(MISTAKES)
    assert edited(SOLUTION, first) == SOLUTION.replace("cache > 0", "cache >= 0")
    old = "    if mask:\n        return g * mask\n    return 0 * g\n"
    new = "    g[mask] = 0\n    return g\n    \n"
    assert edited(SOLUTION, second) == SOLUTION.replace(old, new)
    assert edited(SOLUTION, third) == SOLUTION.replace("e / e", "e")


def test_several_forms_of_one_mistake_share_its_sentence():
    text = "f\n    - a\n    + b\n    c  ->  d\n    or\n    a  ->  c\n    One or\n    the other.\n"
    first, second = parse(text)
    assert [len(each.edits) for each in (first, second)] == [2, 1]
    assert (first.name, second.name) == ("f-1", "f-1b")
    assert {each.sentence for each in (first, second)} == {"One or the other."}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("relu_backward\n    a  ->  b\n    or\n    Sentence.\n", 2, "has an edit"),
        ("    a  ->  b\n    Sentence.\n", 1, "begins with the name"),
        ("relu_backward\n", 1, "no edit"),
        ("relu_backward\n    A sentence alone.\n", 2, "has an edit"),
        ("relu_backward\n    a  ->  b\n", 2, "below it its sentence"),
        ("relu_backward\n  a  ->  b\n    S.\n", 2, "indent by 4"),
        ("relu_backward\n    + a new line\n    Sentence.\n", 2, "has an edit"),
    ],
)
def test_a_block_that_is_not_whole_is_refused_with_its_line(text: str, line: int, message: str):
    with pytest.raises(EditError, match=message) as caught:
        parse(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("g * mask + 1  ->  1", "occurs nowhere in `relu_backward`"),
        ("mask  ->  1", "occurs 3 times"),
        ("given = cache  ->  1", "occurs nowhere"),  # it stands above the TODO, so it is given
    ],
)
def test_an_edit_must_fit_once_and_in_the_learners_part(edit: str, message: str):
    (mistake,) = parse(f"relu_backward\n    {edit}\n    Sentence.\n")
    with pytest.raises(EditError, match=message):
        edited(SOLUTION, mistake)


def test_the_place_must_be_defined():
    mistake = Mistake("f-1", "f", "f", parse(MISTAKES)[0].edits, "S.", 7)
    with pytest.raises(EditError, match="does not define `f`") as caught:
        edited(SOLUTION, mistake)
    assert caught.value.line == 7


def test_a_blank_keeps_to_the_width_of_a_line_and_to_one_empty_line_in_a_class():
    text = "TODO 1: " + "a long text, " * 6 + "at the end"
    solution = (
        "class Adam:\n"
        "    lr = 1\n"
        "\n"
        "    def helper(self):  # solution only\n"
        "        return 1\n"
        "\n"
        "    def update(self):\n"
        f"        # {text}\n"
        "        return 2\n"
    )
    assert blank(solution) == (
        "class Adam:\n"
        "    lr = 1\n"
        "\n"
        "    def update(self):\n"
        "        raise NotImplementedError(\n"
        f'            "{text}"\n'
        "        )\n"
    )
