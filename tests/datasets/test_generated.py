"""Generated data is what it should be: classes, boxes, masks, grammar and tastes can be checked."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undergrad.datasets import (
    Vocabulary,
    Windows,
    film_ratings,
    moons,
    read_text,
    shape_scenes,
    spirals,
    stroke_digits,
    tiny_language,
    xor,
)
from undergrad.engine.data import TensorDataset, group_split, stratified_split
from undergrad.engine.tools.detection import box_iou

POINTS = {"spirals": spirals, "moons": moons, "xor": xor}


# Points


@pytest.mark.parametrize("name", POINTS)
def test_points_are_balanced_in_random_order_and_repeat_with_the_seed(name):
    points, labels = POINTS[name](200, rng=1)
    assert (points.shape, points.dtype, labels.dtype.kind) == ((200, 2), np.float32, "i")
    assert np.bincount(labels).tolist() == [100, 100]
    assert 0 < np.diff(labels).nonzero()[0].size < 199
    again, other = POINTS[name](200, rng=1)[0], POINTS[name](200, rng=2)[0]
    assert (points == again).all()
    assert (points != other).any()


@pytest.mark.parametrize("name", POINTS)
def test_noise_has_the_std_it_is_given(name):
    shifts = POINTS[name](4000, noise=0.3, rng=1)[0] - POINTS[name](4000, noise=0, rng=1)[0]
    assert shifts.std() == pytest.approx(0.3, rel=0.05)


def test_spirals_lie_on_their_arms():
    points, labels = spirals(300, classes=3, turns=1.5, noise=0, rng=0)
    radius = np.hypot(*points.T)
    expected = 2 * np.pi * (1.5 * radius + labels / 3)
    difference = np.angle(np.exp(1j * (np.arctan2(points[:, 1], points[:, 0]) - expected)))
    assert np.abs(difference).max() < 1e-5
    assert radius.min() >= 0.099
    assert radius.max() <= 1.001


def test_moons_lie_on_their_half_circles():
    points, labels = moons(100, noise=0, rng=0)
    upper, lower = points[labels == 0], points[labels == 1] - np.float32([1, 0.5])
    assert np.allclose(np.hypot(*upper.T), 1, atol=1e-6)
    assert np.allclose(np.hypot(*lower.T), 1, atol=1e-6)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0).all()


@pytest.mark.parametrize("name", POINTS)
def test_no_straight_line_divides_them(name):
    points, labels = POINTS[name](400, noise=0, rng=0)
    design = np.column_stack([points, np.ones(400)])
    weights = np.linalg.lstsq(design, 2.0 * labels - 1, rcond=None)[0]
    assert ((design @ weights > 0) == labels).mean() < 0.95


# Stroke digits


def test_stroke_digits_look_alike_within_a_class_and_differ_between():
    images, labels = stroke_digits(600, rng=0)
    assert (images.dtype, images.min(), images.max()) == (np.float32, 0, 1)
    train, test = images[:400].reshape(400, -1), images[400:].reshape(200, -1)
    distance = ((test**2).sum(1)[:, None] + (train**2).sum(1)) - 2 * test @ train.T
    nearest = labels[:400][distance.argmin(axis=1)]
    assert (nearest == labels[400:]).mean() > 0.8
    assert len({image.tobytes() for image in images}) == 600


def test_stroke_digits_stay_within_the_picture():
    images, _ = stroke_digits(300, rng=3)
    edge = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]])
    assert (edge > 0.5).mean() < 0.005


def test_a_stroke_is_as_far_as_counting_says():
    from undergrad.datasets import strokes

    points = np.array([[[3.5, 3.5], [10.5, 3.5], [10.5, 20.5]]])
    grid = strokes._distance(points).reshape(28, 28)
    dense = np.concatenate(
        [np.linspace(a, b, 400) for a, b in zip(points[0, :-1], points[0, 1:], strict=True)]
    )
    for row, column in [(0, 0), (3, 7), (15, 20), (27, 3), (10, 10)]:
        nearest = np.hypot(*(dense - [column + 0.5, row + 0.5]).T).min()
        assert grid[row, column] == pytest.approx(nearest, abs=0.02)


# Shapes


@pytest.fixture(scope="module")
def scenes():
    return shape_scenes(60, size=48, most=5, visible=0.5, rng=0)


def test_boxes_and_masks_agree_with_the_owners(scenes):
    for i in range(len(scenes)):
        owners, objects = scenes.owners[i], scenes.objects[i]
        assert set(np.unique(owners)) - {-1} == set(range(len(objects.labels)))
        for k, (box, label) in enumerate(zip(objects.boxes, objects.labels, strict=True)):
            x1, y1, x2, y2 = box.astype(int)
            mine = owners == k
            assert mine[y1:y2, x1:x2].sum() == mine.sum()
            for line in (mine[y1, :], mine[y2 - 1, :], mine[:, x1], mine[:, x2 - 1]):
                assert line.any()
            assert (scenes.masks[i][mine] == label + 1).all()
        assert (scenes.masks[i][owners == -1] == 0).all()


def test_pixels_of_one_shape_have_one_colour(scenes):
    for picture, owners in zip(scenes.images, scenes.owners, strict=True):
        for k in range(owners.max() + 1):
            assert picture[:, owners == k].std(axis=1).max() < 0.06


def test_some_shapes_hide_others_and_none_too_much(scenes):
    overlaps = [np.triu(box_iou(o.boxes, o.boxes), 1).max(initial=0) for o in scenes.objects]
    assert max(overlaps) > 0.1
    assert sum(len(o.labels) for o in scenes.objects) > 2 * len(scenes)
    assert np.bincount(np.concatenate([o.labels for o in scenes.objects])).min() > 20


# The share of its box that a shape fills, by geometry: a disc pi/4 however it is turned, a square
# from 1/2 (on a corner) to 1 (upright), a triangle from 0.464 (turned by 15 degrees) to 1/2.
@pytest.mark.parametrize(
    ("label", "least", "most"), [(0, np.pi / 4, np.pi / 4), (1, 0.5, 1.0), (2, 0.464, 0.5)]
)
def test_each_kind_fills_its_box_as_geometry_says(label, least, most):
    alone = shape_scenes(150, size=96, most=1, rng=1)
    fills = [
        (owners == 0).sum() / np.prod(o.boxes[0, 2:] - o.boxes[0, :2])
        for owners, o in zip(alone.owners, alone.objects, strict=True)
        if o.labels[0] == label
    ]
    assert len(fills) > 30
    assert least - 0.04 < min(fills) < least + 0.04
    assert most - 0.12 < max(fills) < most + 0.04


# Films


def test_each_person_rates_each_film_once():
    ratings = film_ratings(people=30, films=20, per_person=15, rng=0)
    pairs = set(zip(ratings.people.tolist(), ratings.films.tolist(), strict=True))
    assert len(pairs) == len(ratings) == 450
    assert set(np.unique(2 * ratings.stars)) <= set(range(2, 11))
    assert len(set(film_ratings(2, 300, 1).titles)) == 300


def test_planted_tastes_explain_what_averages_cannot():
    ratings = film_ratings(rng=0)
    residual = ratings.stars - ratings.stars.mean()
    for index in (ratings.films, ratings.people, ratings.films, ratings.people):
        means = np.bincount(index, residual) / np.bincount(index)
        residual = residual - means[index]
    match = (ratings.taste[ratings.people] * ratings.genres[ratings.films]).sum(axis=1)
    assert np.corrcoef(residual, match)[0, 1] > 0.7


def test_stars_are_halves_around_their_mean_and_noise_has_its_std():
    ratings = film_ratings(people=200, films=60, per_person=60, genres=1, noise=0.5, rng=0)
    assert set(np.unique(ratings.stars)) == set(np.arange(2, 11) / 2)
    assert ratings.stars.mean() == pytest.approx(3.5, abs=0.2)
    calm = film_ratings(people=200, films=60, per_person=60, genres=1, noise=0, rng=0)
    inside = (ratings.stars > 1) & (ratings.stars < 5) & (calm.stars > 1) & (calm.stars < 5)
    assert (ratings.stars - calm.stars)[inside].std() == pytest.approx(0.5, abs=0.12)


# Text


def test_every_sentence_obeys_the_grammar():
    noun = r"(?:(?:the|an?) (?:(?:old|small|happy|quiet) )?(?:cat|dog|bird|boy|girl|king)(s?))"
    verb = r"(?:see|hear|like|find|know|run|sing|sleep|wait)(s?)"
    grammar = re.compile(rf"{noun}(?: that {noun} {verb})? {verb}(?: {noun})?\.")
    text = tiny_language(2000, rng=0)
    for sentence in text.splitlines():
        match = grammar.fullmatch(sentence)
        assert match, sentence
        subject, inner, inner_verb, main_verb, _ = match.groups()
        assert bool(subject) != bool(main_verb), sentence
        assert inner is None or bool(inner) != bool(inner_verb), sentence
    assert " an old " in text
    assert " a old " not in text
    assert "a cats" not in text
    assert len(set(text.splitlines())) > 500


def test_a_vocabulary_goes_there_and_back():
    text = "größer\nals 3 < 4?"
    letters = Vocabulary(text)
    assert letters.decode(letters.encode(text)) == text
    assert letters.encode(text).max() == len(letters) - 1
    with pytest.raises(ValueError, match="'z' did not occur"):
        letters.encode("z")


def test_windows_are_all_there_is_and_predict_the_next():
    windows = Windows(np.arange(20), length=4, step=3)
    inputs, targets = windows[np.arange(len(windows))]
    assert inputs.tolist() == [list(range(i, i + 4)) for i in range(0, 16, 3)]
    assert (targets == inputs + 1).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe\x00", "not text in UTF-8"), (b"  \n", "is empty"), (None, "is not a file")],
)
def test_files_that_are_no_text(tmp_path, content, message):
    path = tmp_path / "book.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_text(path)
    assert str(path) in str(caught.value)


def test_a_text_file_is_read_with_single_line_ends(tmp_path):
    path = tmp_path / "book.txt"
    path.write_bytes("\ufeffGrüße\r\nzwei\r\n".encode())
    assert read_text(path) == "Grüße\nzwei\n"


# Splits


def parts_of(split, n, values, lengths, seed):
    parts = split(TensorDataset(np.arange(n)), values, lengths, seed)
    return [part[np.arange(len(part))][0] for part in parts]


@settings(max_examples=60, deadline=None)
@given(
    labels=st.lists(st.integers(0, 4), min_size=3, max_size=80),
    cut=st.tuples(st.floats(0.1, 0.8), st.floats(0.1, 0.9)),
    seed=st.integers(0, 99),
)
def test_a_stratified_split_keeps_the_share_of_each_class(labels, cut, seed):
    first = cut[0]
    lengths = (first, (1 - first) * cut[1], (1 - first) * (1 - cut[1]))
    labels = np.array(labels)
    parts = parts_of(stratified_split, len(labels), labels, lengths, seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    for part, share in zip(parts, lengths, strict=True):
        assert abs(len(part) - share * len(labels)) <= 2
        for c in range(5):
            assert abs((labels[part] == c).sum() - share * (labels == c).sum()) <= 2.5


def test_a_stratified_split_of_many_is_even_to_two_examples():
    labels = np.repeat([0, 1, 2], [300, 100, 20])
    for part, share in zip(
        parts_of(stratified_split, 420, labels, (0.7, 0.2, 0.1), 0), (0.7, 0.2, 0.1), strict=True
    ):
        assert np.abs(np.bincount(labels[part]) - share * np.array([300, 100, 20])).max() <= 2


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(st.integers(0, 9), min_size=2, max_size=60), seed=st.integers(0, 99))
def test_a_group_is_never_divided(groups, seed):
    groups = np.array(groups)
    parts = parts_of(group_split, len(groups), groups, (0.6, 0.4), seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    assert not set(groups[parts[0]]) & set(groups[parts[1]])
    largest = np.bincount(groups).max()
    assert abs(len(parts[0]) - 0.6 * len(groups)) <= largest + 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: spirals(0), "spirals needs n >= 1"),
        (lambda: moons(3, noise=-1), "noise >= 0, not 3 and -1"),
        (lambda: stroke_digits(0), "n must be at least 1"),
        (lambda: shape_scenes(1, size=8), "size=8"),
        (lambda: film_ratings(films=3, per_person=4), "at most one rating"),
        (lambda: tiny_language(0), "at least 1"),
        (lambda: Vocabulary(""), "the text is empty"),
        (lambda: Windows([1, 2], 2), "need a longer sequence than 2"),
        (lambda: stratified_split(TensorDataset([1, 2]), [0], (0.5, 0.5)), "2 examples need"),
        (lambda: group_split(TensorDataset([1, 2]), [0, 1], (3, 1)), "do not add up"),
    ],
)
def test_bad_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
