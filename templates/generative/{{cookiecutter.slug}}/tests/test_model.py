{% set torch = cookiecutter.framework == "torch" %}
"""The hand-written parts against independent routes: a numerical gradient, and every image.

Of eight pixels there are only 256 images, so that all probabilities can be added up.
"""

import itertools

import numpy as np
{% if torch %}
import torch
{% else %}
from undergrad.engine import Tensor, gradcheck
{% endif %}

from data import SIDE, load
from evaluate import Mixture, bits, fit_mixture, logits, restore, samples, save
from model import masked_linear, network

RNG = np.random.default_rng(1)
EVERY = np.array(list(itertools.product([0, 1], repeat=8)), np.float32)


def test_the_gradient_of_the_masked_layer_is_the_numerical_one():
    shapes = (4, 3), (2, 3), (2,)
{% if torch %}
    drawn = (torch.from_numpy(RNG.normal(size=shape)) for shape in shapes)
    inputs, mask = [one.requires_grad_() for one in drawn], torch.tensor([[1, 0, 1], [0, 1, 1]])
    assert torch.autograd.gradcheck(lambda *given: masked_linear(*given, mask), inputs, rtol=1e-5)
{% else %}
    x, weight, bias = (Tensor(RNG.normal(size=shape), requires_grad=True) for shape in shapes)
    mask = np.array([[1, 0, 1], [0, 1, 1]])
    report = gradcheck(lambda *given: masked_linear(*given, mask), x, weight, bias, rtol=1e-5)
    assert report, report
{% endif %}


def test_a_pixel_changes_the_predictions_after_it_and_none_before():
    model, image = network(seed=0), load()[0].images[:1]
    for pixel in (0, 20, SIDE * SIDE - 2):
        other = image.copy()
        other[0, pixel] = 1 - image[0, pixel]
        differ = (logits(model, image) != logits(model, other))[0]
        assert not differ[: pixel + 1].any()
        assert differ[pixel + 1 :].all()


def test_the_probabilities_of_all_images_add_up_to_1():
    by_network = bits(network(seed=3, hidden=16, pixels=8), EVERY)
    by_mixture = fit_mixture(EVERY[RNG.integers(256, size=50)], count=3, prior=1).bits(EVERY)
    for needed in (by_network, by_mixture):
        np.testing.assert_allclose((2.0**-needed).sum(), 1, rtol=1e-5)


def test_an_untrained_network_needs_nearly_a_bit_for_each_pixel():
    needed = bits(network(seed=0), load()[0].images[:500]) / SIDE**2
    assert abs(needed.mean() - 1) < 0.1


def test_sampled_images_are_as_frequent_as_they_are_probable():
    model = network(3, hidden=16, pixels=3)
    drawn = samples(model, 20_000, np.random.default_rng(0), pixels=3)
    few = EVERY[:8, 5:]
    found = [(drawn == image).all(axis=1).mean() for image in few]
    np.testing.assert_allclose(found, 2.0 ** -bits(model, few), atol=0.02)


def test_a_mixture_of_one_template_is_a_product_over_pixels():
    p = np.array([[0.9, 0.2]])
    found = Mixture(np.ones(1), p).bits(np.array([[1.0, 0.0], [0.0, 0.0]]))
    np.testing.assert_allclose(2.0**-found, [0.9 * 0.8, 0.1 * 0.8])


def test_a_round_of_the_mixture_never_makes_its_images_less_probable():
    images = load()[0].images[:200]
    cost = [fit_mixture(images, 5, 1e-6, rounds).bits(images).sum() for rounds in (1, 2, 5, 20)]
    assert cost == sorted(cost, reverse=True)


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, images = network(seed=3), load()[2].images
    save(model, seed=3)
    np.testing.assert_array_equal(bits(restore(seed=3), images), bits(model, images))
