"""The hand-written memory against a numerical gradient and a plain loop; the counts by hand."""

import math

import numpy as np
import pytest
from undergrad.engine import Tensor, gradcheck

import evaluate
from baseline import LONGEST, KneserNey, grams
from data import SYMBOLS, decode, encode, load
from evaluate import bits, forgetful, per_chapter_interval, per_character, together, write
from model import memory, network
from training import fit

RNG = np.random.default_rng(1)


@pytest.fixture(scope="module")
def model():
    return network(seed=0, width=16)


def test_the_gradient_of_the_memory_is_the_numerical_one():
    gate, new = (Tensor(RNG.normal(size=(4, 2, 3)), requires_grad=True) for _ in range(2))
    start = RNG.normal(size=(2, 3))
    report = gradcheck(lambda *given: memory(*given, start), gate, new, rtol=1e-5)
    assert report, report


def test_the_memory_is_an_average_that_fades():
    gate, new, start = RNG.normal(size=(3, 1, 1)), RNG.normal(size=(3, 1, 1)), np.array([[2.0]])
    (a, b, c), (u, v, w) = 1 / (1 + np.exp(-gate[:, 0, 0])), new[:, 0, 0]
    found = memory(Tensor(gate), Tensor(new), start).numpy()[:, 0, 0]
    first = 2 * a + (1 - a) * u
    second = first * b + (1 - b) * v
    np.testing.assert_allclose(found, [first, second, second * c + (1 - c) * w])


def test_a_long_memory_fades_to_a_third_within_its_span():
    gate = np.full((100, 1, 1), np.log(100 - 1))
    found = memory(Tensor(gate), Tensor(np.zeros_like(gate)), np.ones((1, 1))).numpy()
    assert found[-1].item() == pytest.approx(math.exp(-1), abs=0.01)


def test_a_character_changes_the_predictions_after_it_and_none_before(model):
    texts = (encode(each)[:, None] for each in ("the whale", "the shale"))
    one, two = (model(text, model.nothing(1))[0].numpy() for text in texts)
    differ = (one != two).any(axis=(1, 2))
    assert differ.tolist() == [False] * 3 + [True] * 5  # prediction n comes after character n + 1


def test_reading_in_pieces_remembers_what_was_read(model, monkeypatch):
    chapter = load()["test"][0][:300]
    (whole,) = bits(model, [chapter])
    monkeypatch.setattr(evaluate, "CHUNK", 70)
    np.testing.assert_allclose(bits(model, [chapter])[0], whole, rtol=1e-4)


def test_a_forgetful_network_knows_what_stands_close_before(model):
    chapter = load()["test"][0][:230]
    (found,) = forgetful(model, [chapter], 40)
    assert len(found) == len(chapter)
    alone = evaluate.read(model, encode(chapter[80:160])[:, None])[:, 0]
    np.testing.assert_allclose(found[120:160], alone[-40:], rtol=1e-4)


def test_a_gram_is_a_number_whose_digits_are_its_characters():
    text = encode("abc")
    a, b, c = text.tolist()
    base = len(SYMBOLS)
    assert grams(text, 2).tolist() == [a, base * a + b, base * b + c]
    assert base**LONGEST < 2**63


def test_the_counts_are_those_of_the_formula():
    counts = KneserNey(["ab", "ab", "ac"], order=2)
    # Two characters: an end of a line and a three times, ab twice, ac once. n1 = n2 = n3 = 1, so
    # y = 1/3, and the discounts are 1/3, 1, and 3, of which 2.97 are allowed.
    # One character: a, b and c follow one other each. n1 = 3, so y = 1, and 0.99 is allowed.
    alone = (1 - 0.99 + 3 * 0.99 / len(SYMBOLS)) / 3
    first = (3 - 2.97 + 2.97 * alone) / 3
    after_a = (2 - 1 + (1 + 1 / 3) * alone) / 3
    found = counts.probabilities(encode("ab"))
    np.testing.assert_allclose(found, [first, after_a])


def test_the_probabilities_of_the_counts_add_up_to_1():
    counts = KneserNey(load()["train"][:3], order=5)
    for context in ("", "whal", "the ", "zzzz"):
        ends = [counts.probabilities(encode(context + symbol))[-1] for symbol in SYMBOLS]
        assert sum(ends) == pytest.approx(1)


def test_more_characters_of_context_help_until_they_are_too_rare():
    parts = load()
    train, unread = parts["train"][:20], parts["validation"][:2]
    needed = [per_character(KneserNey(train, order).bits(unread)) for order in (1, 3, 5)]
    assert needed[0] > needed[1] > needed[2] > 1


def test_together_averages_probabilities():
    (found,) = together([np.array([1.0, 2.0])], [np.array([1.0, 1.0])], 0.25)
    np.testing.assert_allclose(2.0**-found, [0.5, 0.25 * 0.25 + 0.75 * 0.5])


def test_a_gain_that_is_the_same_in_all_chapters_has_no_width():
    mean, low, high = per_chapter_interval([np.full(5, 0.25), np.full(50, 0.25)])
    assert mean == low == high == 0.25


def test_an_untrained_network_is_nearly_as_unsure_as_a_guess(model):
    needed = per_character(bits(model, [load()["validation"][0][:500]]))
    assert abs(needed - math.log2(len(SYMBOLS))) < 0.7


def test_a_short_training_learns_and_follows_its_seed():
    parts = {name: part[:2] for name, part in load().items()}
    one, two = (fit(parts, seed=5, steps=6, width=8, blocks=1) for _ in range(2))
    assert one[1] == two[1]
    assert [each["step"] for each in one[1]] == [1, 2, 3, 4, 5, 6]
    assert one[1][-1]["training"] < one[1][0]["training"]


def test_it_writes_what_its_seed_says(model):
    one, two = (write(model, "Call me ", 20, np.random.default_rng(0)) for _ in range(2))
    assert one == two == decode(encode(one))
    assert len(one) == 20


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, chapters = network(seed=3), [load()["test"][0][:200]]
    evaluate.save(model, seed=3)
    kept = evaluate.restore(3)
    evaluate.save(kept, seed=3)
    np.testing.assert_array_equal(*(bits(m, chapters)[0] for m in (kept, evaluate.restore(3))))
    np.testing.assert_allclose(*(bits(m, chapters)[0] for m in (model, kept)), atol=0.05)
