"""The hand-written memory against a numerical gradient and a plain loop; the counts by hand."""

import math

import numpy as np
import pytest
from undergrad.engine import Tensor, gradcheck

import evaluate
from baseline import LONGEST, KneserNey, grams
from data import SYMBOLS, decode, encode, load
from evaluate import NO_COUNTS, bits, forgetful, per_chapter_interval, per_character, write
from model import memory, network
from training import IGNORED, fit, lesson

RNG = np.random.default_rng(1)


@pytest.fixture(scope="module")
def parts():
    return load()


@pytest.fixture(scope="module")
def counts(parts):
    return KneserNey(parts["train"][:6], order=4)


@pytest.fixture
def model():
    """A network that has something of its own to say, as after training."""
    made = network(seed=0, width=16)
    made.head.weight.data[:] = RNG.normal(size=made.head.weight.shape)
    return made


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
    expected = np.broadcast_to(NO_COUNTS[0], (8, 1, len(SYMBOLS)))
    one, two = (model(text, expected, model.nothing(1))[0].numpy() for text in texts)
    differ = (one != two).any(axis=(1, 2))
    assert differ.tolist() == [False] * 3 + [True] * 5  # prediction n comes after character n + 1


def test_before_training_it_expects_what_the_counts_expect(parts, counts):
    chapters = [chapter[:300] for chapter in parts["test"][:2]]
    for ours, theirs in zip(
        bits(network(seed=0), chapters, counts), counts.bits(chapters), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3)
    guess = per_character(bits(network(seed=0), chapters, None))
    assert guess == pytest.approx(math.log2(len(SYMBOLS)))


def test_reading_in_pieces_remembers_what_was_read(model, parts, counts, monkeypatch):
    chapter = parts["test"][0][:300]
    (whole,) = bits(model, [chapter], counts)
    monkeypatch.setattr(evaluate, "CHUNK", 70)
    np.testing.assert_allclose(bits(model, [chapter], counts)[0], whole, rtol=1e-3)


def test_a_forgetful_network_knows_what_stands_close_before(model, parts, counts):
    chapter = parts["test"][0][:230]
    (found,) = forgetful(model, [chapter], counts, 40)
    assert len(found) == len(chapter)
    text, rows = encode(chapter)[:, None], counts.rows(encode(chapter))[:, None]
    alone = evaluate.read(model, text[80:160], rows[82:160], counts)[:, 0]
    np.testing.assert_allclose(found[120:160], alone[-40:], rtol=1e-3)


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


def test_the_probabilities_of_the_counts_add_up_to_1(counts):
    for context in ("", "whal", "the ", "zzzz"):
        ends = [counts.probabilities(encode(context + symbol))[-1] for symbol in SYMBOLS]
        assert sum(ends) == pytest.approx(1)


def test_the_table_of_the_counts_has_the_same_probabilities(parts, counts):
    text = encode(parts["validation"][0][:1000] + "zzzqq")
    rows = counts.rows(text)
    np.testing.assert_allclose(np.exp(counts.logs[rows]).sum(axis=1), 1, rtol=1e-4)
    np.testing.assert_allclose(
        counts.logs[rows, text], np.log(counts.probabilities(text)), rtol=1e-3
    )


def test_more_characters_of_context_help_until_they_are_too_rare(parts):
    train, unread = parts["train"][:20], parts["validation"][:2]
    needed = [per_character(KneserNey(train, order).bits(unread)) for order in (1, 3, 5)]
    assert needed[0] > needed[1] > needed[2] > 1


def test_a_gain_that_is_the_same_in_all_chapters_has_no_width():
    mean, low, high = per_chapter_interval([np.full(5, 0.25), np.full(50, 0.25)])
    assert mean == low == high == 0.25


def test_what_is_expected_of_a_chapter_comes_from_counts_of_the_others(parts):
    chapters = [chapter[:2000] for chapter in parts["train"][:4]]
    learned = lesson(chapters, folds=2)
    (start,) = np.flatnonzero(learned.targets == IGNORED)[2:3]  # of the second chapter
    text = encode(chapters[1])
    np.testing.assert_array_equal(learned.text[start + 2 : start + 2 + len(text)], text)
    rows = learned.rows[start + 2 : start + 2 + len(text)]
    others = KneserNey([chapters[0], chapters[2]], evaluate.ORDER, evaluate.SCALE)
    np.testing.assert_allclose(learned.logs[rows], others.logs[others.rows(text)], rtol=1e-5)
    known = lesson(chapters, folds=1)
    sure = known.logs[known.rows, known.text][start + 2 : start + 2 + len(text)].mean()
    assert sure > learned.logs[rows, text].mean() + 1


def test_a_short_training_learns_and_follows_its_seed(parts):
    learned = lesson(parts["train"][:3], folds=0)
    one, two = (fit(learned, seed=5, steps=12, width=8, blocks=1)[1] for _ in range(2))
    assert one == two
    assert [each["step"] for each in one] == list(range(1, 13))
    assert one[-1]["training"] < one[0]["training"]


def test_it_writes_what_its_seed_says(model, counts):
    one, two = (write(model, counts, "Call me ", 20, np.random.default_rng(0)) for _ in range(2))
    assert one == two == decode(encode(one))
    assert len(one) == 20


def test_it_writes_by_the_counts_that_hold_at_that_place(counts, monkeypatch):
    sure = np.where(counts.logs == counts.logs.max(axis=1, keepdims=True), 0.0, -1e3)
    monkeypatch.setitem(vars(counts), "logs", sure.astype(np.float32))
    found = write(network(seed=0), counts, "the wh", 3, np.random.default_rng(0))
    text = "the wh"
    for _ in range(3):
        chances = [counts.probabilities(encode(text + symbol))[-1] for symbol in SYMBOLS]
        text += SYMBOLS[int(np.argmax(chances))]
    assert text == "the wh" + found


def test_a_checkpoint_gives_the_same_network_back(model, parts, tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, chapters = network(seed=3), [parts["test"][0][:200]]
    model.head.weight.data[:] = RNG.normal(size=model.head.weight.shape) / 10
    evaluate.save(model, seed=3)
    kept = evaluate.restore(3)
    evaluate.save(kept, seed=3)
    again = evaluate.restore(3)
    np.testing.assert_array_equal(*(bits(each, chapters, None)[0] for each in (kept, again)))
    np.testing.assert_allclose(
        *(bits(each, chapters, None)[0] for each in (model, kept)), atol=0.05
    )
