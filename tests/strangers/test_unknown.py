"""A mistake that the shelf does not know is not called by another's name.

Each mistake of the course is taken off the shelf in turn, with its other forms, and made, which
gives a wrong function that nobody foresaw. What the check says about it may be vague, but it must
not be the sentence of another mistake.
"""

import re
from dataclasses import replace

import pytest
from tests.course import gate
from tests.sample import at_most

from undergrad.checker.answer_key import solved

SEED = 11
# Two other mistakes together compute the same numbers, in the one case that is tried here.
THE_SAME = {
    ("probability", "mean_cov-1"),
    ("generative", "ddim_step-5"),
    ("generative", "flow_pair-3"),
    ("optim", "AdamW.update-1"),
    ("optim", "AdamW.update-4"),
    ("regularise", "dropout_backward-3"),
}


def number(mistake):
    """The mistake, whichever of its forms."""
    return re.sub(r"(?<=\d)[a-z]$", "", mistake.name)


@pytest.mark.parametrize("unit", at_most(1, gate.written()), ids=lambda unit: unit.id)
def test_an_unknown_mistake_has_no_name(unit, monkeypatch):
    key, misnamed = gate.answer_key(unit), set()
    for made in key.mistakes:
        others = [
            each
            for each in key.mistakes
            if number(each) != number(made) and each.sentence != made.sentence
        ]
        rest = replace(key, mistakes=tuple(others))
        monkeypatch.setattr(gate, "answer_key", lambda _, rest=rest: rest)
        results = gate.results(unit, solved(key, made), SEED)
        failed = next((each for each in results if each.verdict != "pass"), None)
        if failed and failed.mistake:
            misnamed.add((unit.id, number(made)))
        monkeypatch.undo()
    assert misnamed <= THE_SAME
