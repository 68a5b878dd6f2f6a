"""The hand-written parts against numerical gradients and plain loops; the counts by hand."""

import math

import numpy as np
import pytest
from undergrad.engine import Tensor, gradcheck

import evaluate
from baseline import LONGEST, KneserNey, after_so_far, earlier, fixed_weights, grams, so_far
from data import SYMBOLS, decode, encode, load
from evaluate import bits, forgetful, per_chapter_interval, per_character, write
from experts import EXPERTS, FEATURES, ORDER, SCALE, Known, after, consult
from model import log_mixture, memory, network
from training import fit, lesson

RNG = np.random.default_rng(1)


@pytest.fixture(scope="module")
def parts():
    return load()


@pytest.fixture(scope="module")
def counts(parts):
    return KneserNey(parts["train"][:6], ORDER, SCALE)


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


def test_the_gradient_of_the_log_mixture_is_the_numerical_one():
    logits = Tensor(RNG.normal(size=(3, 2, 5)), requires_grad=True)
    chances = RNG.random((3, 2, 5))
    report = gradcheck(lambda given: log_mixture(given, chances), logits, rtol=1e-5)
    assert report, report


def test_a_mixture_trusts_the_expert_with_the_large_logit():
    chances = np.array([[[0.5, 0.1, 0.3]]])
    for logits, expected in (([0, 0, 0], 0.3), ([0, 900, 0], 0.1), ([0, 0, np.log(2)], 0.3)):
        found = log_mixture(Tensor(np.array([[logits]], float)), chances).item()
        assert math.exp(found) == pytest.approx(expected)


def test_a_character_changes_the_predictions_after_it_and_none_before(model):
    texts = (encode(each)[:, None] for each in ("the whale", "the shale"))
    features = np.zeros((8, 1, FEATURES), np.float32)
    one, two = (model(text, features, model.nothing(1))[0].numpy() for text in texts)
    differ = (one != two).any(axis=(1, 2))
    assert differ.tolist() == [False] * 3 + [True] * 5  # prediction n comes after character n + 1


def test_what_is_known_of_a_character_does_not_depend_on_it(counts):
    one, two = (
        consult(counts, encode(each)) for each in ("the whale, the wh", "the whale, the sh")
    )
    np.testing.assert_array_equal(one.features[:16], two.features[:16])
    assert (one.chances[15] != two.chances[15]).any()
    assert one.features.shape == (17, FEATURES)


def test_before_training_all_experts_are_trusted_alike(parts, counts):
    chapter = parts["test"][0][:300]
    (found,) = bits(network(seed=0), [chapter], counts)
    chances = consult(counts, encode(chapter)).chances
    np.testing.assert_allclose(found, -np.log2(chances.mean(axis=1)), rtol=1e-4)


def test_reading_in_pieces_remembers_what_was_read(model, parts, counts, monkeypatch):
    chapter = parts["test"][0][:300]
    (whole,) = bits(model, [chapter], counts)
    monkeypatch.setattr(evaluate, "CHUNK", 70)
    np.testing.assert_allclose(bits(model, [chapter], counts)[0], whole, rtol=1e-3)


def test_a_forgetful_network_knows_what_stands_close_before(model, parts, counts):
    chapter = parts["test"][0][:230]
    (found,) = forgetful(model, [chapter], counts, 40)
    assert len(found) == len(chapter)
    text = encode(chapter)
    known = Known(*(each[82:160, None] for each in consult(counts, text)))
    alone = evaluate.read(model, text[80:160, None], known)[:, 0]
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


@pytest.mark.parametrize("text", ["w", "the wh", "the whale, the white whale, the wh", "zzzz"])
def test_the_probabilities_of_every_expert_add_up_to_1_and_are_those_of_each_character(
    text, counts
):
    every = after(counts, encode(text))
    assert every.shape == (EXPERTS, len(SYMBOLS))
    np.testing.assert_allclose(every.sum(axis=1), 1)
    for symbol in "ae \n":
        chances = consult(counts, encode(text + symbol)).chances[-1]
        np.testing.assert_allclose(every[:, SYMBOLS.index(symbol)], chances, rtol=1e-5)


def test_fixed_weights_are_the_best_ones():
    chances = RNG.random((4000, 3)) ** [1, 2, 4]
    found = fixed_weights(chances)
    assert found.sum() == pytest.approx(1)
    best = np.log(chances @ found).mean()
    for other in np.abs(found + RNG.normal(size=(50, 3)) * 0.05):
        assert np.log(chances @ (other / other.sum())).mean() <= best + 1e-5


def test_what_stands_earlier_is_counted_as_by_a_plain_loop():
    keys = RNG.integers(5, size=60)
    found = [int((keys[:n] == keys[n]).sum()) for n in range(60)]
    assert earlier(keys).tolist() == found


def test_a_context_that_came_before_makes_what_followed_it_likely():
    text = encode("Ahab. Ahab. Ahab")
    lower = np.full(len(text), 1 / 81)
    chances, often = so_far(text, lower, strength=2.0)
    assert often[:, 0].tolist() == [0] * 10 + [1] * 6
    # " Aha" stands before the last b, and once before another one.
    four = (1 + 2 / 81) / (1 + 2)
    assert chances[-1, 0] == pytest.approx(four)
    assert after_so_far(text[:-1], np.full(81, 1 / 81), 2.0)[0, text[-1]] == pytest.approx(four)


def test_more_characters_of_context_help_until_they_are_too_rare(parts):
    train, unread = parts["train"][:20], parts["validation"][:2]
    needed = [per_character(KneserNey(train, order).bits(unread)) for order in (1, 3, 5)]
    assert needed[0] > needed[1] > needed[2] > 1


def test_a_gain_that_is_the_same_in_all_chapters_has_no_width():
    mean, low, high = per_chapter_interval([np.full(5, 0.25), np.full(50, 0.25)])
    assert mean == low == high == 0.25


def test_the_experts_on_a_chapter_have_counted_the_others(parts):
    chapters = [chapter[:2000] for chapter in parts["train"][:4]]
    learned = lesson(chapters, folds=2)
    start = len(chapters[0]) + 4
    here, text = slice(start, start + 2000), encode(chapters[1])
    np.testing.assert_array_equal(learned.text[here], text)
    others = consult(KneserNey([chapters[0], chapters[2]], ORDER, SCALE), text)
    np.testing.assert_array_equal(learned.chances[here], others.chances)
    np.testing.assert_array_equal(learned.features[here], others.features)
    assert (learned.chances[start - 2 : start] == 1).all()
    known = lesson(chapters, folds=1).chances[here, ORDER - 1]
    assert np.log2(known).mean() > np.log2(others.chances[:, ORDER - 1]).mean() + 1


def test_a_short_training_learns_and_follows_its_seed(parts):
    learned = lesson([chapter[:3000] for chapter in parts["train"][:3]], folds=3)
    one, two = (fit(learned, seed=5, steps=30, rate=0.02, width=8)[1] for _ in range(2))
    assert one == two
    assert [each["step"] for each in one] == list(range(3, 31, 3))
    assert one[-1]["training"] < one[0]["training"]


def test_it_writes_what_its_seed_says(model, counts):
    one, two = (write(model, counts, "Call me ", 20, np.random.default_rng(0)) for _ in range(2))
    assert one == two == decode(encode(one))
    assert len(one) == 20


def test_it_writes_by_the_mixture_that_is_scored(model, parts, counts, monkeypatch):
    monkeypatch.setattr("evaluate.TEMPERATURE", 0.01)
    start = parts["test"][0][:60]
    (chosen,) = write(model, counts, start, 1, np.random.default_rng(0))
    costs = {symbol: bits(model, [start + symbol], counts)[0][-1] for symbol in SYMBOLS}
    assert chosen == min(costs, key=costs.get)


def test_a_checkpoint_gives_the_same_network_back(model, parts, counts, tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    trained, chapters = network(seed=3), [parts["test"][0][:200]]
    trained.head.weight.data[:] = RNG.normal(size=trained.head.weight.shape)
    evaluate.save(trained, seed=3)
    kept = evaluate.restore(3)
    evaluate.save(kept, seed=3)
    again = evaluate.restore(3)
    np.testing.assert_array_equal(*(bits(each, chapters, counts)[0] for each in (kept, again)))
    np.testing.assert_allclose(
        *(bits(each, chapters, counts)[0] for each in (trained, kept)), atol=0.05
    )
