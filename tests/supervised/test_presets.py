"""Every task learns at all on a tiny budget; with its own budget it passes its line (slow)."""

import numpy as np
import pytest

from undergrad import datasets
from undergrad.engine import Tensor
from undergrad.engine.nn.functional import cross_entropy
from undergrad.engine.tools.detection import mean_average_precision
from undergrad.engine.training.train import Progress
from undergrad.supervised import catalogue, sums
from undergrad.supervised.presets import (
    copy_task,
    digits,
    films,
    moons,
    shapes_detector,
    sums_grpo,
)

TINY = {
    "celsius": {"epochs": "200"},
    "moons": {"epochs": "8"},
    "digits": {"epochs": "2", "hidden_size": "32"},
    "digits-cnn": {"epochs": "1", "channels": "4"},
    "digits-vae": {"epochs": "8", "hidden_size": "64"},
    "digits-diffusion": {"epochs": "12", "hidden_size": "64", "sampling_steps": "4"},
    "vit-digits": {"epochs": "1", "embedding_dim": "16"},
    "films": {"epochs": "3"},
    "text-lstm": {
        "text": "language",
        "hidden_size": "32",
        "epochs": "2",
        "batches_per_epoch": "20",
        "batch_size": "8",
    },
    "text-gpt": {
        "text": "language",
        "epochs": "2",
        "batches_per_epoch": "15",
        "batch_size": "4",
        "sequence_length": "32",
        "embedding_dim": "32",
    },
    "text-llm": {
        "text": "language",
        "epochs": "2",
        "batches_per_epoch": "15",
        "batch_size": "4",
        "sequence_length": "32",
        "embedding_dim": "32",
    },
    "sums-sft": {"epochs": "1", "embedding_dim": "32"},
    "sums-grpo": {
        "epochs": "2",
        "updates_per_epoch": "2",
        "prompts": "8",
        "embedding_dim": "16",
        "most_steps": "5",
    },
    "copy-task": {
        "epochs": "2",
        "batches_per_epoch": "60",
        "delay": "2",
        "sequence_length": "2",
        "hidden_size": "32",
    },
    "shapes-detector": {"epochs": "4", "scenes": "96", "test_scenes": "16", "channels": "4"},
    "shapes-segment": {"epochs": "4", "scenes": "48", "test_scenes": "16", "channels": "2"},
    "photos-segment": {"epochs": "1", "copies": "1", "channels": "2"},
}


def trained(name, seed=0, **changes):
    """A finished experiment, its progress, and the measures on the test set before and after."""
    experiment = catalogue.load(name).with_settings(changes).experiment(seed)
    before = experiment.measure()
    progress = Progress()
    experiment.train(progress)
    return experiment, progress, before, experiment.measure()


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_a_tiny_budget_learns_something(name):
    experiment, progress, before, after = trained(name, **TINY[name])
    assert progress.step == experiment.steps
    if name != "sums-grpo":  # whose loss is a mean of advantages, and says nothing about progress
        tenth = max(1, progress.step // 10)
        assert np.mean(progress.losses[-tenth:]) < 0.9 * np.mean(progress.losses[:tenth])
    assert before.keys() == after.keys()
    outcome = experiment.judge()
    assert outcome.summary
    assert ["learning", *outcome.plots] == list(catalogue.load(name).plots)


@pytest.mark.slow
@pytest.mark.parametrize("name", catalogue.NAMES)
def test_the_whole_budget_passes_the_line(name):
    experiment, *_ = trained(name, seed=7)
    outcome = experiment.judge()
    assert outcome.passed, outcome.summary


@pytest.mark.parametrize("seed", range(5))
def test_the_rule_of_celsius_is_found(seed):
    experiment, progress, *_ = trained("celsius", seed)
    weight, bias = (parameter.item() for parameter in experiment.model.parameters())
    assert weight == pytest.approx(1.8, abs=0.05)
    assert bias == pytest.approx(32, abs=0.05)
    assert progress.losses[-1] < progress.losses[0] / 1000


def test_the_same_seed_gives_the_same_training():
    one, other = (trained("digits", **TINY["digits"])[1] for _ in range(2))
    assert one.losses == other.losses


def test_shifted_images_are_shifted():
    image = np.zeros((1, 8, 8), np.float32)
    image[0, 3, 4] = 1
    places = [tuple(np.argwhere(moved)[0].tolist()) for moved in digits.shifted(image)]
    assert sorted(places) == [(2, 4), (3, 3), (3, 4), (3, 5), (4, 4)]


def test_no_test_digit_is_learnt_from():
    images, labels, new_images, new_labels = digits.split_digits(np.random.default_rng(0))
    assert len(labels) + len(new_labels) == 1797
    assert np.ptp(np.bincount(new_labels) / np.bincount(labels)) < 0.02
    known = {image.tobytes() for image in images}
    assert sum(image.tobytes() in known for image in new_images) <= 1  # twins in the data itself


def test_targets_and_detections_are_each_others_reverse():
    scenes = datasets.shape_scenes(8, most=2, rng=3)
    said = np.zeros((8, 8, 8, 8), np.float32)  # what a perfect network says
    goals = shapes_detector.targets(scenes.objects, cells=8)
    said[:, 4:] = goals[:, 1:]
    np.put_along_axis(said, goals[:, :1].astype(int), 20.0, axis=1)
    found = [shapes_detector._objects(part) for part in said]
    assert mean_average_precision(found, scenes.objects, 0.95).mean == 1.0


def test_the_loss_of_a_perfect_detection_is_nearly_zero():
    scenes = datasets.shape_scenes(4, rng=5)
    goals = shapes_detector.targets(scenes.objects, cells=8)
    said = np.zeros((4, 8, 8, 8), np.float32)
    said[:, 4:] = goals[:, 1:]
    np.put_along_axis(said, goals[:, :1].astype(int), 20.0, axis=1)
    right = shapes_detector.detection_loss(Tensor(said), Tensor(goals), 1.0).item()
    said[:, 4] += 0.5
    wrong = shapes_detector.detection_loss(Tensor(said), Tensor(goals), 1.0).item()
    assert right < 1e-5 < 0.1 < wrong


def test_sequences_of_the_copy_task_ask_for_what_was_shown():
    sequences = copy_task.Sequences(10, length=3, delay=4, rng=np.random.default_rng(0))
    shown, symbols = sequences[np.arange(5)]
    assert shown.shape == (5, 10) and (shown[:, :3] == symbols).all()
    assert (shown[:, 3:7] == 8).all() and (shown[:, 7:] == 9).all()
    assert (sequences[np.arange(5)][1] != symbols).any()


def test_rivals_receive_the_gradients_they_would_receive_alone():
    experiment = catalogue.load("copy-task").experiment(seed=0)
    model, (shown, symbols) = experiment.model, next(iter(experiment.batches))
    experiment.forward(model, experiment.loss, (shown, symbols)).backward()
    both = [parameter.grad.copy() for parameter in model.lstm.parameters()]
    for parameter in model.lstm.parameters():
        parameter.grad = None
    cross_entropy(model.lstm(shown).reshape(-1, 8), symbols.reshape(-1)).backward()
    for alone, together in zip(model.lstm.parameters(), both, strict=True):
        np.testing.assert_allclose(alone.grad, together, rtol=1e-4, atol=1e-7)


def test_a_straight_line_divides_what_it_can():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    assert moons._best_straight_line(points, points[:, 0], points, points[:, 0]) == 1.0
    xor = np.array([0, 1, 1, 0])
    assert moons._best_straight_line(points, xor, points, xor) <= 0.75


def test_habits_alone_are_found_when_there_is_nothing_else():
    who, what = (grid.ravel() for grid in np.meshgrid(np.arange(60), np.arange(50)))
    stars = 3 + (who % 3 - 1) * 0.5 + (what % 2 - 0.5) * 0.8
    error = films._baseline_error((who, what, stars), (who, what, stars))
    assert error < 0.1 < stars.std()


def test_all_sums_are_listed_with_their_answers():
    table = sums.rows()
    texts = ["".join((*sums.SYMBOLS, ".")[token] for token in row) for row in table]
    assert texts[735] == "07+35=24.." and texts[9999] == "99+99=891." and texts[0] == "00+00=0..."
    assert len({text[: sums.PROMPT] for text in texts}) == 10_000
    for text in texts:
        prompt, said = text.rstrip(".").split("=")
        assert int(said[::-1]) == sum(map(int, prompt.split("+")))
        assert said == "0" or not said.endswith("0")
    assert sums.written(table[[735, 9999, 0]]).sum(axis=1).tolist() == [3, 4, 2]


def test_a_verifier_accepts_whole_rows_only():
    (right,) = sums.rows()[[735]]
    wrong = np.repeat(right[None], 4, axis=0)
    wrong[0, 6:8] = wrong[0, 7:5:-1]  # 42 in place of 24
    wrong[1, 7] = sums.END  # an answer that only begins right
    wrong[2, 8] = 0  # a zero too many
    wrong[3, 9] = 1  # something behind the end
    assert sums.verify(np.vstack([right, wrong]), np.tile(right, (5, 1))).tolist() == [
        1,
        0,
        0,
        0,
        0,
    ]


def test_a_step_on_verdicts_follows_the_gradient_of_reinforce():
    rng = np.random.default_rng(0)
    token, advantage = rng.integers(13, size=(5, 9)), rng.normal(size=(5, 9))
    scores = Tensor(rng.normal(size=(5, 9, 13)), requires_grad=True)
    target = Tensor(np.stack([token, advantage]))
    loss = sums_grpo.grpo_loss(scores, target)
    assert loss.item() == pytest.approx(-advantage.sum() / 5)
    loss.backward()
    powers = np.exp(scores.data)
    one_hot = np.eye(13)[token]
    expected = -advantage[..., None] * (one_hot - powers / powers.sum(-1, keepdims=True)) / 5
    assert np.allclose(scores.grad, expected)


def test_silent_groups_have_no_advantage():
    reward = np.array([[1.0, 1, 1, 1], [0, 0, 0, 0], [1, 0, 0, 0]], np.float32)
    found = sums_grpo.group_advantage(reward)
    assert found.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [0.75, -0.25, -0.25, -0.25]]
