"""Datasets and batches."""

from itertools import chain

import numpy as np
import pytest

from undergrad import datasets
from undergrad.engine import Tensor, data
from undergrad.engine.data import DataLoader, TensorDataset, random_split


def numbers(n):
    return TensorDataset(np.arange(n, dtype=np.float32), np.arange(n))


def seen(loader):
    return [labels.tolist() for _, labels in loader]


def test_batches_hold_tensors_and_label_arrays():
    x, labels = next(iter(DataLoader(numbers(3), batch_size=2)))
    assert isinstance(x, Tensor)
    assert isinstance(labels, np.ndarray)
    assert labels.dtype.kind == "i"


@pytest.mark.parametrize(("drop_last", "sizes"), [(False, [4, 4, 2]), (True, [4, 4])])
def test_batch_sizes(drop_last, sizes):
    loader = DataLoader(numbers(10), batch_size=4, drop_last=drop_last)
    assert [len(batch) for batch in seen(loader)] == sizes
    assert len(loader) == len(sizes)


def test_leaving_out_the_only_batch_is_refused():
    with pytest.raises(ValueError, match="10 examples do not fill one of 32; use a smaller batch"):
        DataLoader(numbers(10), batch_size=32, drop_last=True)


@pytest.mark.parametrize("shuffle", [False, True])
def test_passes_inside_passes_are_each_complete(shuffle):
    loader = DataLoader(numbers(10), batch_size=2, shuffle=shuffle, rng=0)
    outer = []
    for _, labels in loader:
        outer.append(labels.tolist())
        assert sorted(chain(*seen(loader))) == list(range(10))
    assert sorted(chain(*outer)) == list(range(10))
    assert len(outer) == 5


def test_zipped_with_itself_it_gives_every_batch_twice():
    loader = DataLoader(numbers(6), batch_size=2)
    pairs = [(a[1].tolist(), b[1].tolist()) for a, b in zip(loader, loader, strict=True)]
    assert pairs == [([i, i + 1], [i, i + 1]) for i in (0, 2, 4)]
    shuffled = DataLoader(numbers(6), batch_size=2, shuffle=True, rng=0)
    columns = zip(*zip(shuffled, shuffled, strict=True), strict=True)
    assert [sorted(chain(*(y.tolist() for _, y in column))) for column in columns] == [
        list(range(6))
    ] * 2


def test_the_state_is_that_of_the_pass_that_gave_the_newest_batch():
    loader, other = (DataLoader(numbers(6), 2, shuffle=True, rng=0) for _ in range(2))
    passing = iter(loader)
    first = next(passing)[1].tolist()
    list(loader)  # validation in between, to its end
    second = next(passing)[1].tolist()
    other.load_state_dict(loader.state_dict())
    assert [first, second, *seen(other)] == [first, second, *([y.tolist() for _, y in passing])]


def test_without_shuffle_the_order_stays():
    assert seen(DataLoader(numbers(5), batch_size=2)) == [[0, 1], [2, 3], [4]]


def test_shuffled_epochs_differ_hold_all_and_repeat_with_the_seed():
    loader = DataLoader(numbers(20), batch_size=7, shuffle=True, rng=3)
    first, second = seen(loader), seen(loader)
    assert first != second
    assert sorted(chain(*first)) == list(range(20)) == sorted(chain(*second))
    again = DataLoader(numbers(20), batch_size=7, shuffle=True, rng=3)
    assert [seen(again), seen(again)] == [first, second]


def test_leaving_an_epoch_starts_a_new_one():
    loader = DataLoader(numbers(6), batch_size=2)
    next(iter(loader))
    assert seen(loader) == [[0, 1], [2, 3], [4, 5]]


def test_a_loaded_state_resumes_in_the_middle():
    loader = DataLoader(numbers(20), batch_size=3, shuffle=True, rng=0)
    batches = iter(loader)
    next(batches), next(batches)
    state = loader.state_dict()
    rest = [labels.tolist() for _, labels in batches]
    other = DataLoader(numbers(20), batch_size=3, shuffle=True, rng=99)
    other.load_state_dict(state)
    assert seen(other) == rest
    assert seen(other) == seen(loader)


def test_a_state_between_epochs_starts_a_new_one():
    loader = DataLoader(numbers(5), batch_size=2, shuffle=True, rng=0)
    seen(loader)
    other = DataLoader(numbers(5), batch_size=2, shuffle=True, rng=1)
    other.load_state_dict(loader.state_dict())
    assert seen(other) == seen(loader)


def test_a_state_of_another_dataset_is_refused():
    loader = DataLoader(numbers(6), batch_size=2)
    next(iter(loader))
    with pytest.raises(ValueError, match="6 examples an epoch, this one has 8"):
        DataLoader(numbers(8), batch_size=2).load_state_dict(loader.state_dict())


def test_an_empty_dataset_has_no_batches():
    assert seen(DataLoader(numbers(0), batch_size=2)) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DataLoader(numbers(3), batch_size=0), "batch_size must be at least 1"),
        (lambda: TensorDataset(np.ones(2), np.ones(3)), r"not \[2, 3\]"),
        (lambda: random_split(numbers(10), (5, 6)), "do not add up to the 10"),
        (lambda: random_split(numbers(10), (11, -1)), "do not add up"),
    ],
)
def test_bad_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("lengths", "counts"), [((7, 3), [7, 3]), ((0.75, 0.25), [8, 2]), ((1.0,), [10])]
)
def test_a_split_divides_without_overlap(lengths, counts):
    parts = random_split(numbers(10), lengths, rng=0)
    assert [len(part) for part in parts] == counts
    labels = [part[np.arange(len(part))][1].tolist() for part in parts]
    assert sorted(chain(*labels)) == list(range(10))


def test_celsius_is_fahrenheit():
    c, f = datasets.celsius(50, np.random.default_rng(0))
    assert c.shape == f.shape == (50, 1)
    assert c.dtype == f.dtype == np.float32
    assert np.allclose(f, 1.8 * c + 32)
    assert (c >= -20).all()
    assert (c <= 40).all()


def test_a_dataset_of_ones_own_works():
    class Squares:
        def __len__(self):
            return 4

        def __getitem__(self, indices):
            return (indices * indices,)

    assert [batch[0].tolist() for batch in data.DataLoader(Squares(), 2)] == [[0, 1], [4, 9]]
