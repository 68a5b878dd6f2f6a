"""Old names of an exercise still work beside the new ones, and a learner is told."""

import ast

import pytest

from undergrad.sandbox.loading import load
from undergrad.sandbox.renames import apply, in_use, notes

RENAMED = (("slope", "gradient"), ("Value.slopes", "local_gradients"), ("Old", "New"))

OLD = """
def slope(x):
    return 2 * x

class Value:
    def __init__(self, slopes):
        self.slopes = slopes

class Old:
    pass
"""


def test_new_names_stand_beside_the_old_ones():
    module = load(OLD, "old.py")
    apply(module, in_use(ast.parse(OLD), RENAMED))
    assert module.gradient(3) == module.slope(3) == 6 and module.New is module.Old
    value = module.Value((1.0,))
    assert value.local_gradients == (1.0,)
    value.local_gradients = (2.0,)
    assert value.slopes == (2.0,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (OLD, RENAMED),
        ("def gradient(x): ...", ()),
        ("def gradient(x): ...\nslope = gradient", ()),  # both: nothing is missing
        ("slope = lambda x: x", (RENAMED[0],)),
        ("class Value:\n    def slopes(self): ...", (RENAMED[1],)),
        ("def other(x):\n    def slope(): ...", ()),
    ],
)
def test_only_what_a_file_defines_is_in_use(text, found):
    assert in_use(ast.parse(text), RENAMED) == found


def test_a_note_names_both():
    assert notes(RENAMED[:1]) == ("`slope` is now called `gradient`; rename it in your file.",)
