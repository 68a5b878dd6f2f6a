"""Metrics against counting by hand, and a detector's score against cases worked out on paper."""

import numpy as np
import pytest

from undergrad.engine import Tensor
from undergrad.engine.tools.detection import (
    Objects,
    box_iou,
    mask_iou,
    mean_average_precision,
    nms,
)
from undergrad.engine.tools.metrics import (
    accuracy,
    class_scores,
    class_weights,
    confusion_matrix,
    f1_score,
    perplexity,
)

RNG = np.random.default_rng(0)
LABELS, GUESSES = RNG.integers(0, 4, 300), RNG.integers(0, 4, 300)


def test_scores_and_classes_give_the_same():
    scores = np.eye(4)[GUESSES]
    assert (confusion_matrix(Tensor(scores), LABELS) == confusion_matrix(GUESSES, LABELS)).all()
    assert accuracy(Tensor(scores), LABELS) == accuracy(GUESSES, LABELS) == (
        GUESSES == LABELS
    ).mean()  # fmt: skip


def test_the_confusion_matrix_counts_pairs():
    matrix = confusion_matrix(GUESSES, LABELS, classes=5)
    for i in range(5):
        for j in range(5):
            assert matrix[i, j] == sum((i == LABELS) & (j == GUESSES))


def test_precision_recall_and_f1_by_their_definitions():
    scores = class_scores(GUESSES, LABELS, classes=5)
    for c in range(4):
        hits = sum((c == LABELS) & (c == GUESSES))
        precision, recall = hits / sum(c == GUESSES), hits / sum(c == LABELS)
        assert scores.precision[c] == pytest.approx(precision)
        assert scores.recall[c] == pytest.approx(recall)
        assert scores.f1[c] == pytest.approx(2 * precision * recall / (precision + recall))
    assert (scores.precision[4], scores.recall[4], scores.f1[4], scores.support[4]) == (0, 0, 0, 0)


def test_averages_of_classes():
    scores = class_scores([0, 0, 0, 1], [0, 0, 1, 1])
    assert scores.average("macro")["recall"] == pytest.approx((1 + 0.5) / 2)
    weighted = class_scores([0, 0, 1, 1], [0, 0, 0, 1]).average("weighted")
    assert weighted["recall"] == pytest.approx(0.75 * (2 / 3) + 0.25)
    assert f1_score([0, 0, 0, 1], [0, 0, 1, 1]) == pytest.approx((0.8 + 2 / 3) / 2)


def test_class_weights_balance_the_classes():
    labels = np.array([0] * 6 + [1] * 3 + [3])
    weights = class_weights(labels, classes=4)
    assert weights.dtype == np.float32
    totals = [weights[c] * sum(labels == c) for c in range(4)]
    assert totals == pytest.approx([2.5, 2.5, 0, 2.5])


def test_perplexity_of_a_known_distribution():
    p = np.array([0.5, 0.25, 0.25])
    scores = Tensor(np.log(np.tile(p, (4, 1))))
    assert perplexity(scores, [0, 0, 1, 2]) == pytest.approx(2**1.5)


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        (lambda: accuracy([1, 2], [1]), r"shape \(2,\) and labels of shape \(1,\)"),
        (lambda: accuracy([], []), "at least one"),
        (lambda: accuracy([0.2], [1]), "integer"),
        (lambda: confusion_matrix([0, 5], [0, 1], classes=3), "between 0 and 2, and run from 0"),
        (lambda: confusion_matrix([0, 1], [0, -1]), "from -1 to 0"),
        (lambda: class_weights([0, 4], classes=3), "label 4, but only 3 classes"),
        (lambda: class_scores([0], [0]).average("micro"), "'macro' or 'weighted'"),
        (lambda: box_iou([[1, 2, 3]], [[0, 0, 1, 1]]), r"shape \(n, 4\)"),
        (lambda: mean_average_precision([], [one()]), "0 predictions for 1 images"),
        (lambda: mean_average_precision([one()], [one([])]), "no true object"),
        (lambda: mean_average_precision([one()], [one()]), "no scores"),
        (
            lambda: accuracy(Tensor([[2.0], [-1.0]]), [1, 0]),
            r"give the classes: `scores\[..., 0\] >",
        ),
        (lambda: accuracy(np.zeros((2, 3, 1)), np.zeros((2, 3), int)), "a single class"),
        (lambda: confusion_matrix([[0.9], [0.1]], [1, 0]), "a single class, which always wins"),
        (lambda: class_scores([[0.9], [0.1]], [1, 0]), "a single class"),
        (lambda: f1_score([[0.9], [0.1]], [1, 0]), "a single class"),
        (lambda: perplexity(Tensor([[0.9], [0.1]]), [0, 0]), "a single class"),
        (lambda: accuracy([0.9, 0.1], [1, 0]), "binary model give `scores > 0`"),
        (lambda: accuracy([[0.1, 0.2]], [[0, 1]]), "integer classes, and are float64"),
        (lambda: accuracy([[0.1, 0.2]], [2]), "from 2 to 2, but with 2 scores per example"),
        (lambda: accuracy([[0.1, 0.2]] * 2, [0, -100]), r"leave out .* `labels\[labels >= 0\]`"),
        (lambda: accuracy([0, 1], [0, -100]), "labels run from -100 to 0"),
        (lambda: accuracy([[0.1, np.nan]], [0]), "the scores hold nan"),
        (lambda: accuracy([[0.1, 0.2]], [0.0]), "integer labels.* float64"),
        (lambda: accuracy([[1, 0]], [[1.0, 0.0]]), r"one-hot rows become labels by `argmax\(-1\)`"),
        (lambda: accuracy(np.zeros((2, 5, 3)), np.zeros((2, 3), int)), "the last, with a score"),
        (lambda: perplexity(Tensor([[0.9, 0.1]]), [-1]), "from -1 to -1"),
        (lambda: perplexity(Tensor([[0.9, 0.1]] * 2), [0]), r"labels of shape \(1,\)"),
        (lambda: class_weights([0, -100]), "the lowest label is -100"),
        (lambda: class_weights([0.5]), "integer labels"),
        (lambda: mask_iou(np.zeros((1, 2, 2, 1)), np.zeros((1, 2, 2), int), 2), "a single class"),
        (lambda: mask_iou([[0, 1]], [[0, 255]], 2), "between 0 and 1, and run from 0 to 255"),
        (lambda: nms([[0, 0, 1, 1]], [0.5, 0.6]), "1 boxes need one score each"),
        (lambda: nms([[0, 0, 1, 1]], [np.nan]), "not nan"),
        (lambda: box_iou([[0, 0, 1, np.nan]], [[0, 0, 1, 1]]), "must not hold nan"),
        (
            lambda: mean_average_precision([one(scores=[1])], [one([(9, 9, 4, 4)])]),
            r"boxes are \(x1, y1, x2, y2\), not \(x, y, width, height\)",
        ),
        (lambda: mean_average_precision([one(scores=[1, 2])], [one()]), "need one score each"),
        (lambda: mean_average_precision([one(scores=[1])], [one(labels=[0, 1])]), "needs a label"),
        (lambda: mean_average_precision([one(scores=[1])], [one()], 50), "50 is not in"),
    ],
)
def test_what_cannot_be_measured_is_refused(measure, message):
    with pytest.raises(ValueError, match=message):
        measure()


def test_signs_flags_and_columns_are_classes_too():
    assert accuracy([-1, 1, 1], [-1, 1, -1]) == pytest.approx(2 / 3)
    assert accuracy(np.array([0.3, -2]) > 0, [1, 0]) == 1
    assert accuracy([[1], [0]], [[1], [1]]) == 0.5
    assert accuracy(np.eye(3)[[2, 0]], [True, False]) == 0.5


# Boxes


def one(boxes=((0, 0, 10, 10),), labels=None, scores=()):
    boxes = np.array(boxes, dtype=float).reshape(-1, 4)
    labels = np.zeros(len(boxes), int) if labels is None else np.array(labels)
    return Objects(boxes, labels, np.array(scores, dtype=float))


def test_iou_equals_counting_pixels():
    rng = np.random.default_rng(1)
    corners = rng.integers(0, 10, (2, 6, 2))
    boxes = np.concatenate([corners[0], corners[0] + rng.integers(1, 8, (6, 2))], axis=1)
    grids = np.zeros((6, 20, 20), bool)
    for grid, (x1, y1, x2, y2) in zip(grids, boxes, strict=True):
        grid[y1:y2, x1:x2] = True
    for i in range(6):
        for j in range(6):
            counted = (grids[i] & grids[j]).sum() / (grids[i] | grids[j]).sum()
            assert box_iou(boxes, boxes)[i, j] == pytest.approx(counted)


def test_boxes_without_area_share_nothing():
    assert box_iou([[1, 1, 1, 1], [5, 5, 2, 2]], [[0, 0, 9, 9], [1, 1, 1, 1]]).tolist() == [
        [0, 0],
        [0, 0],
    ]
    assert box_iou([], [[0, 0, 1, 1]]).shape == (0, 1)


def test_suppression_spares_what_only_a_suppressed_box_overlaps():
    chain = [[0, 0, 10, 1], [4, 0, 14, 1], [8, 0, 18, 1]]  # IoU 6/14 with the neighbour
    assert nms(chain, [0.9, 0.8, 0.7], threshold=0.4).tolist() == [0, 2]
    assert nms(chain, [0.9, 0.8, 0.7], threshold=0.5).tolist() == [0, 1, 2]
    assert nms([], []).tolist() == []


def test_masks_by_class_and_absent_classes():
    truth = np.array([[[0, 1], [1, 1]]])
    guess = np.array([[[0, 0], [1, 1]]])
    assert mask_iou(guess, truth, 3)[:2].tolist() == [0.5, pytest.approx(2 / 3)]
    assert np.isnan(mask_iou(guess, truth, 3)[2])


FAR = (100, 100, 110, 110)  # meets no object
A, B = (0, 0, 10, 10), (20, 0, 30, 10)

# Two true objects A and B. By hand: the predictions in order of score, precision after each hit.
WORKED = {
    "both found": ([A, B], [0.9, 0.8], 1.0),
    "one of two found": ([A], [0.9], 0.5),
    "a false alarm first": ([FAR, A, B], [0.9, 0.8, 0.7], 0.5 * 2 / 3 + 0.5 * 2 / 3),
    "a false alarm between": ([A, FAR, B], [0.9, 0.8, 0.7], 0.5 * 1 + 0.5 * 2 / 3),
    "a false alarm last": ([A, B, FAR], [0.9, 0.8, 0.7], 1.0),
    "the same object twice": ([A, A, B], [0.9, 0.8, 0.7], 0.5 * 1 + 0.5 * 2 / 3),
    "nothing found": ([FAR], [0.9], 0.0),
    "no prediction": ([], [], 0.0),
    "overlap of exactly one half": ([(0, 0, 10, 5), B], [0.9, 0.8], 1.0),
    "overlap just below": ([(0, 0, 10, 4.9), B], [0.9, 0.8], 0.5 * 0.5),
}


@pytest.mark.parametrize("name", WORKED)
def test_average_precision_worked_by_hand(name):
    boxes, scores, expected = WORKED[name]
    found = mean_average_precision([one(boxes, scores=scores)], [one([A, B])])
    assert found.mean == pytest.approx(expected)


def test_scores_are_compared_across_pictures_and_objects_belong_to_one():
    truth = [one([A]), one([B])]
    guess = [one([B], scores=[0.9]), one([B], scores=[0.8])]  # B is not in the first picture
    assert mean_average_precision(guess, truth).mean == pytest.approx(0.5 * 0.5)


def test_the_mean_is_over_the_classes_that_occur():
    truth = [one([A, B], labels=[0, 2])]
    guess = [one([A, B, FAR], labels=[0, 0, 5], scores=[0.9, 0.8, 0.99])]
    found = mean_average_precision(guess, truth)
    assert found.by_class == {0: 1.0, 2: 0.0}
    assert found.mean == 0.5


def test_the_second_best_box_may_take_the_second_object():
    close = [(0, 0, 10, 10), (2, 0, 12, 10)]  # overlap 8/12
    guess = one([(1, 0, 11, 10), (0, 0, 10, 10)], scores=[0.9, 0.8])
    assert mean_average_precision([guess], [one(close)]).mean == 1.0
