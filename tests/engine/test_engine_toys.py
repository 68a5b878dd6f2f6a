"""The two toy trainings reach what they promise, whatever the seed."""

import numpy as np
import pytest

from undergrad.engine import Tensor, toys
from undergrad.engine.data import sources


@pytest.mark.parametrize("seed", range(5))
def test_celsius_is_discovered(seed):
    line = toys.celsius(seed=seed)
    assert line.w == pytest.approx(1.8, abs=0.05)
    assert line.b == pytest.approx(32, abs=0.05)
    assert line.losses[-1] < line.losses[0] / 1000


def test_the_watcher_sees_every_step():
    seen = []
    line = toys.celsius(on_step=lambda progress: seen.append(progress.loss))
    assert tuple(seen) == line.losses


@pytest.mark.parametrize("seed", [0, 11])
def test_digits_are_read(seed):
    reader = toys.digits(seed=seed)
    assert reader.accuracy >= 0.97
    images, labels = sources.digits()
    answers = reader.model(Tensor(images.reshape(-1, 64))).argmax(1)
    assert (answers == labels).mean() >= 0.97


def test_the_same_seed_gives_the_same_training():
    assert toys.digits(seed=1, epochs=1).losses == toys.digits(seed=1, epochs=1).losses


def test_shifted_images_are_shifted():
    image = np.zeros((1, 8, 8), np.float32)
    image[0, 3, 4] = 1
    places = [tuple(np.argwhere(moved)[0].tolist()) for moved in toys._moved(image)]
    assert sorted(places) == [(2, 4), (3, 3), (3, 4), (3, 5), (4, 4)]
