"""The hand-written loss against a numerical gradient, and the baseline against plain loops."""

import numpy as np
import pytest
from undergrad.engine import Tensor, gradcheck

from baseline import best_threshold, mean_around, newton
from data import Part
from evaluate import iou, predict, restore, save
from model import jaccard_loss, nearsighted, network

RNG = np.random.default_rng(1)


def part(crown, known):
    nothing = np.zeros((len(crown), 0))
    return Part(nothing, nothing, np.array(crown, bool), np.array(known, bool), ())


def test_the_gradient_of_the_jaccard_loss_is_the_numerical_one():
    logits = Tensor(RNG.normal(size=(2, 1, 3, 4)), requires_grad=True)
    crown, known = (RNG.random((2, 2, 1, 3, 4)) < 0.5).astype(float)
    report = gradcheck(lambda x: jaccard_loss(x, crown * known, known), logits, rtol=1e-5)
    assert report, report


def test_the_loss_of_a_hard_mask_is_1_minus_its_iou():
    crown, known = np.tile([0.0, 0.0, 1.0, 1.0], 500), np.tile([1.0, 1.0, 1.0, 0.0], 500)
    found = np.tile([-1000.0, 1000.0, 1000.0, -1000.0], 500)
    loss = jaccard_loss(Tensor(found), crown, known).item()
    assert loss == pytest.approx(1 - 501 / 1001)


def test_an_unknown_pixel_gets_no_gradient():
    logits = Tensor(RNG.normal(size=6), requires_grad=True)
    known = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    jaccard_loss(logits, np.array([1.0, 1.0, 0.0, 0.0, 1.0, 0.0]), known).backward()
    assert (logits.grad != 0).tolist() == known.astype(bool).tolist()


def test_iou_counts_known_pixels_of_all_tiles_together():
    crown, known = [[[1, 1, 0, 0]], [[0, 0, 1, 0]]], [[[1, 1, 1, 0]], [[1, 1, 1, 1]]]
    found = np.array([[[1, 0, 1, 1]], [[0, 0, 1, 0]]], bool)
    assert iou(found, part(crown, known)) == (1 + 1) / (3 + 1)


def test_the_best_threshold_finds_a_step():
    values = RNG.normal(size=(3, 20, 20))
    truth = values > 0.7
    assert abs(best_threshold(values, part(truth, truth | True)) - 0.7) < 0.1


def test_a_mean_around_equals_a_plain_loop():
    x = RNG.normal(size=(2, 6, 7))
    padded = np.pad(x, ((0, 0), (2, 2), (2, 2)), "edge")
    for n, row, column in np.ndindex(x.shape):
        expected = padded[n, row : row + 5, column : column + 5].mean()
        assert mean_around(x, 2)[n, row, column] == pytest.approx(expected)


def test_newton_ends_where_the_gradient_is_0():
    rows = np.concatenate([RNG.normal(size=(200, 3)), np.ones((200, 1))], axis=1)
    truth = rows @ [1.0, -2.0, 0.5, 0.3] + RNG.logistic(size=200) > 0
    weights = newton(rows, truth, penalty=1.0)
    pull = rows.T @ (truth - 1 / (1 + np.exp(-rows @ weights)))
    np.testing.assert_allclose(pull, [*weights[:3], 0], atol=1e-5)


@pytest.mark.parametrize(("build", "reach"), [(network, 30), (nearsighted, 4)])
def test_a_pixel_depends_on_its_surroundings(build, reach):
    model = build(seed=0).eval()
    images = RNG.normal(size=(1, 3, 64, 64)).astype(np.float32)
    before = model(Tensor(images)).numpy()
    assert before.shape == (1, 1, 64, 64)
    images[0, :, 32, 32] += 1
    changed = np.argwhere(model(Tensor(images)).numpy()[0, 0] != before[0, 0])
    assert 2 < np.abs(changed - 32).max() <= reach


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, images = network(seed=3), RNG.normal(size=(2, 3, 32, 32)).astype(np.float32)
    model(Tensor(images))  # so that the averages of batch norm are no longer the first
    save(model, seed=3)
    np.testing.assert_array_equal(predict(restore(seed=3), images), predict(model, images))
