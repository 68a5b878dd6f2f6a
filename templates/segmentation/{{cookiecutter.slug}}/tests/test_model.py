"""The hand-written part against an independent route: a numerical gradient."""

import numpy as np
from undergrad.engine import Tensor, gradcheck

from data import load
from evaluate import predict, restore, save
from model import dice_loss, network

RNG = np.random.default_rng(1)


def test_the_gradient_of_the_dice_loss_is_the_numerical_one():
    logits = Tensor(RNG.normal(size=(2, 1, 3, 4)), requires_grad=True)
    mask = (RNG.random((2, 1, 3, 4)) < 0.3).astype(float)
    report = gradcheck(lambda x: dice_loss(x, mask), logits, rtol=1e-5)
    assert report, report


def test_the_dice_loss_is_0_for_the_true_mask_and_nearly_1_for_its_opposite():
    mask = np.tile([0.0, 1.0], 500)
    assert dice_loss(Tensor(np.where(mask, 1000.0, -1000.0)), mask).item() == 0
    assert dice_loss(Tensor(np.where(mask, -1000.0, 1000.0)), mask).item() > 0.99


def test_each_pixel_gets_a_logit_that_depends_on_its_neighbours():
    model = network(seed=0).eval()
    image = RNG.normal(size=(1, 1, 32, 32)).astype(np.float32)
    before = model(Tensor(image)).numpy()
    assert before.shape == image.shape
    image[0, 0, 16, 16] += 1
    changed = np.argwhere(model(Tensor(image)).numpy()[0, 0] != before[0, 0])
    assert len(changed) > 9
    assert np.abs(changed - 16).max() < 16  # and not on pixels that are far away


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, image = network(seed=3), load()[2].image[:32, :64]
    model(Tensor(image[None, None]))  # so that the averages of batch norm are no longer the first
    save(model, seed=3)
    np.testing.assert_array_equal(predict(restore(seed=3), image), predict(model, image))
