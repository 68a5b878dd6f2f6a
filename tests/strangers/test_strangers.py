"""Right code passes, wrong code fails, and nobody reads the sentence of another mistake.

The usual run takes a sample that stays as large as it is, however many strangers there are.
"""

import pytest
from tests.course import gate
from tests.strangers.corpus import in_process, in_sandbox, strangers

CORPUS = [each for unit in gate.runnable() for each in strangers(unit)]
SAMPLE = CORPUS[:: -(-len(CORPUS) // 120)]
NAMED_AT_LEAST = 0.85  # of the wrong ones


@pytest.fixture(scope="module", params=[SAMPLE, pytest.param(CORPUS, marks=pytest.mark.slow)],
                ids=["sample", "all"])  # fmt: skip
def outcomes(request):
    return [in_process(each) for each in request.param]


def test_every_right_function_passes(outcomes):
    assert [each for each in outcomes if each.stranger.right and each.failed] == []


def test_every_wrong_function_fails(outcomes):
    assert [each for each in outcomes if not each.stranger.right and not each.failed] == []


def test_no_wrong_function_gets_the_sentence_of_another_mistake(outcomes):
    assert [each for each in outcomes if each.misnamed] == []


def test_most_wrong_functions_are_named(outcomes):
    wrong = [each for each in outcomes if not each.stranger.right]
    assert sum(each.named for each in wrong) >= NAMED_AT_LEAST * len(wrong)


@pytest.mark.slow  # each starts a process, so every fifth stands for all
@pytest.mark.parametrize("stranger", CORPUS[::5], ids=lambda each: each.id)
def test_a_stranger_in_the_sandbox(stranger, tmp_path):
    outcome = in_sandbox(stranger, tmp_path)
    assert outcome.judged_rightly and not outcome.misnamed, outcome
