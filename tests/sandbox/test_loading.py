"""Loading an exercise that imports from earlier ones."""

import sys

import pytest

from undergrad.sandbox.loading import load

EARLIER = {"attention": "def heads(x):\n    return 2 * x\n", "conv": "size = 3\n"}


def test_what_is_handed_over_can_be_imported_in_every_form():
    text = "from exercises.attention import heads\nimport exercises.conv\n"
    text += "from exercises import conv\n"
    module = load(text, "transformer.py", earlier=EARLIER)
    assert module.heads(4) == 8 and module.exercises.conv.size == module.conv.size == 3


def test_nothing_stays_behind_and_what_was_there_comes_back(monkeypatch):
    mine = object()
    monkeypatch.setitem(sys.modules, "exercises", mine)
    before = dict(sys.modules)
    load("import exercises.attention", "transformer.py", earlier=EARLIER)
    with pytest.raises(ZeroDivisionError):
        load("1 / 0", "transformer.py", earlier=EARLIER)
    assert sys.modules == before


def test_nothing_else_can_be_imported():
    with pytest.raises(ModuleNotFoundError):
        load("from exercises.optim import Adam", "transformer.py", earlier=EARLIER)
    with pytest.raises(ModuleNotFoundError):
        load("from exercises.optim import Adam", "transformer.py")


def test_what_is_handed_over_may_import_what_comes_before_it():
    earlier = {**EARLIER, "vision": "from exercises.attention import heads\nsix = heads(3)\n"}
    module = load("from exercises.vision import six", "llm.py", earlier=earlier)
    assert module.six == 6
    with pytest.raises(ModuleNotFoundError):
        load("1", "llm.py", earlier=dict(reversed(earlier.items())))
