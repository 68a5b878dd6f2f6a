{% set torch = cookiecutter.framework == "torch" %}
"""The hand-written parts against independent routes: a numerical gradient, and counts by hand."""

import math

import numpy as np
import pytest
{% if torch %}
import torch
{% else %}
from undergrad.engine import Tensor, gradcheck
{% endif %}

from data import SYMBOLS, load
from evaluate import NGram, bits, logits, per_character, restore, samples, save, together
from model import network, scan

RNG = np.random.default_rng(1)


def test_the_gradient_of_the_scan_is_the_numerical_one():
{% if torch %}
    drawn = (torch.from_numpy(RNG.normal(size=(2, 4, 3))) for _ in range(2))
    assert torch.autograd.gradcheck(scan, [one.requires_grad_() for one in drawn], rtol=1e-5)
{% else %}
    keep, new = (Tensor(RNG.normal(size=(2, 4, 3)), requires_grad=True) for _ in range(2))
    report = gradcheck(scan, keep, new, rtol=1e-5)
    assert report, report
{% endif %}


def test_a_scan_adds_what_is_kept_of_each_earlier_step():
    keep, new = RNG.random((1, 3, 1)), RNG.normal(size=(1, 3, 1))
    (a, b, c), (_, k, m) = new[0, :, 0], keep[0, :, 0]
{% if torch %}
    found = scan(torch.from_numpy(keep), torch.from_numpy(new)).numpy()[0, :, 0]
{% else %}
    found = scan(Tensor(keep), Tensor(new)).numpy()[0, :, 0]
{% endif %}
    np.testing.assert_allclose(found, [a, b + k * a, c + m * b + m * k * a])


def test_a_letter_changes_the_predictions_after_it_and_none_before():
    model, read = network(seed=0), RNG.integers(len(SYMBOLS), size=(1, 6))
    other = read.copy()
    other[0, 3] = (read[0, 3] + 1) % len(SYMBOLS)
    differ = (logits(model, read) != logits(model, other)).any(axis=(0, 2))
    assert differ.tolist() == [False, False, False, True, True, True]


def test_a_name_needs_the_same_bits_alone_and_beside_a_longer_one():
    model = network(seed=0)
    alone, beside = bits(model, ["ann"])[0], bits(model, ["ann", "wilhelmina"])[0]
    assert len(alone) == 4
    np.testing.assert_allclose(alone, beside, rtol=1e-4)


def test_an_untrained_network_is_nearly_as_unsure_as_a_guess():
    needed = per_character(bits(network(seed=0), load()[1][:200]))
    assert abs(needed - math.log2(len(SYMBOLS))) < 0.7


def test_an_n_gram_counts_and_falls_back_as_its_formula_says():
    gram = NGram(["ab", "ab", "ac"], order=2)
    assert gram.discounts[1] == pytest.approx([0, 0.6, 2, 3])  # a, b and c follow one, the end two
    assert gram.discounts[2] == pytest.approx([0, 1 / 3, 1.5, 3])  # ac, c. once, ab, b. twice, .a
    alone = (1 - 0.6 + (3 * 0.6 + 2) / len(SYMBOLS)) / 5
    after_a = (2 - 1.5 + (1.5 + 1 / 3) * alone) / 3
    assert gram.probability("b") == pytest.approx(alone)
    assert gram.probability("ab") == pytest.approx(after_a)
    assert gram.probability("zb") == pytest.approx(alone)  # nothing ever followed z


def test_the_probabilities_of_an_n_gram_add_up_to_1():
    gram = NGram(load()[0][:1000], order=4)
    for context in (".", ".a", "ann", "zzz", "z.z"):
        assert sum(gram.probability(context + end) for end in SYMBOLS) == pytest.approx(1)


def test_together_averages_probabilities():
    (found,) = together([np.array([1.0, 2.0])], [np.array([1.0, 1.0])])
    np.testing.assert_allclose(2.0**-found, [0.5, (0.25 + 0.5) / 2])


def test_drawn_names_follow_their_seed_and_have_letters_only():
    one, two = (samples(network(seed=0), 20, np.random.default_rng(0)) for _ in range(2))
    assert one == two
    assert set("".join(one)) <= set(SYMBOLS[1:])
    assert max(map(len, one)) <= 20


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, names = network(seed=3), load()[2][:20]
    save(model, seed=3)
    np.testing.assert_array_equal(*(np.concatenate(bits(m, names)) for m in (model, restore(3))))
