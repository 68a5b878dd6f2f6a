"""Work that is divided among threads, or into bands: the same bits for any number of threads."""

import multiprocessing
import os
import threading
import warnings
from functools import partial

import numpy as np
import pytest

from undergrad import engine
from undergrad.cases import OPERATIONS
from undergrad.engine import Tensor, nn, optim, parallel, thread_pool, train
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.ops import conv, im2col
from undergrad.engine.thread_pool import in_threads, is_concurrent
from undergrad.mine.patch import patched
from undergrad.supervised import catalogue

TWINS = {case.name: case.twin for case in OPERATIONS if case.name.startswith("conv") and case.twin}
CONVOLUTIONS = [case for case in OPERATIONS if case.name in TWINS]


def gradients_of(function, sample):
    args = [
        Tensor(a.copy(), requires_grad=True) if isinstance(a, np.ndarray) else a
        for a in sample.args
    ]
    out = function(*args, **sample.kwargs)
    out.backward(np.random.default_rng(1).normal(size=out.shape))
    return out.data, *(a.grad for a in args)


def image_and_kernels(seed=0, height=40):
    rng = np.random.default_rng(seed)
    x, kernels = rng.normal(size=(8, 6, height, 30)), rng.normal(size=(6, 6, 3, 3))
    made = (Tensor(a.astype(np.float32), requires_grad=True) for a in (x, kernels))
    return *made, rng.normal(size=x.shape).astype(np.float32)


def convolved(threads, stride=1):
    x, kernels, g = image_and_kernels()
    with engine.threads(threads):
        out = conv.conv2d(x, kernels, stride=stride, padding=1)
        out.backward(g[:, :, : out.shape[2], : out.shape[3]])
    return out.data, x.grad, kernels.grad


# Bands


@pytest.mark.parametrize("size", [1, 1_000])
@pytest.mark.parametrize("case", CONVOLUTIONS, ids=lambda case: case.name)
def test_a_convolution_in_bands_is_its_twin(case, size, monkeypatch):
    """In bands of a row each, and of a few, however the samples slide, pad and dilate."""
    monkeypatch.setattr(im2col, "_BAND", size)
    for sample in case.samples(0):
        ours, right = gradients_of(case.ours, sample), gradients_of(TWINS[case.name], sample)
        for a, b in zip(ours, right, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("padding", [(0, 0), (1, 2), (2, 1), "same"])
@pytest.mark.parametrize("dilation", [1, (1, 2)])
@pytest.mark.parametrize("groups", [1, 2])
def test_both_ways_to_the_gradient_of_an_image_are_one(padding, dilation, groups, monkeypatch):
    rng = np.random.default_rng(0)
    kernels = rng.normal(size=(4, 6 // groups, 3, 2)).astype(np.float32)
    grads = []
    for turned in (im2col.Geometry.transposed, lambda *_: None):
        monkeypatch.setattr(im2col.Geometry, "transposed", turned)
        x = Tensor(np.ones((3, 6, 7, 8), np.float32), requires_grad=True)
        out = conv.conv2d(x, Tensor(kernels), padding=padding, dilation=dilation, groups=groups)
        out.backward(np.random.default_rng(1).normal(size=out.shape))
        grads.append(x.grad)
    np.testing.assert_allclose(*grads, rtol=1e-5, atol=1e-5)


def test_a_rest_of_the_image_that_no_kernel_reached_stays_zero():
    rng = np.random.default_rng(0)
    x, kernels = (Tensor(rng.normal(size=shape)) for shape in ((2, 1, 3, 4), (1, 4, 2, 2)))
    out, twin = (
        form(x, kernels, None, 1, 0, 1, dilation=2)
        for form in (conv.conv_transpose2d, conv.conv_transpose2d_simple)
    )
    np.testing.assert_allclose(out.data, twin.data, atol=1e-12)
    assert not out.data[:, :, -1].any()


def test_kernels_without_outputs_give_none():
    x, kernels = (Tensor(np.ones(shape, np.float32)) for shape in ((2, 3, 5, 5), (0, 3, 3, 3)))
    assert conv.conv2d(x, kernels, padding=1).shape == (2, 0, 5, 5)


def test_bands_cover_every_row_once_and_two_threads_have_equal_parts(monkeypatch):
    monkeypatch.setattr(im2col, "_BAND", 100)
    for height, row in ((1, 1_000), (7, 10), (7, 40), (64, 60), (5, 99), (12, 0)):
        bands = im2col.bands(height, row)
        assert [r for band in bands for r in range(band.start, band.stop)] == list(range(height))
        assert len(bands) in (1, height) or len(bands) % 2 == 0


# Threads


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_has_the_same_bits_on_any_number_of_threads(stride, monkeypatch):
    monkeypatch.setattr(im2col, "_BAND", 20_000)
    one = convolved(1, stride)
    for threads in (2, 3, 8):
        assert all(map(np.array_equal, convolved(threads, stride), one))


def test_results_come_in_the_order_of_the_parts_and_none_is_taken_twice():
    taken = []

    def work(part):
        taken.append(part)
        return part, threading.get_ident(), is_concurrent()

    results = in_threads(work, range(200), 4)
    assert [part for part, *_ in results] == list(range(200)) == sorted(taken)
    assert all(concurrent for *_, concurrent in results)
    assert not is_concurrent()


def test_parts_of_parts_stay_on_their_thread():
    def inner(part):
        return threading.get_ident()

    def outer(part):
        return {threading.get_ident(), *in_threads(inner, range(5), 4)}

    assert all(len(idents) == 1 for idents in in_threads(outer, range(8), 2))


@pytest.mark.parametrize("here", [True, False])
def test_an_error_in_a_part_is_raised_and_no_part_is_left_running(here):
    me, both, done = threading.get_ident(), threading.Barrier(2, timeout=5), []

    def work(part):
        both.wait()  # so each thread has one
        if (threading.get_ident() == me) == here:
            raise ValueError(f"in part {part}")
        done.append(sum(range(1_000_000)))

    with pytest.raises(ValueError, match="in part"):
        in_threads(work, [0, 1], 2)
    assert len(done) == 1
    assert not is_concurrent()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_no_further_part_is_begun(error):
    both, begun = threading.Barrier(2, timeout=5), []

    def work(part):
        begun.append(part)
        if len(begun) <= 2:
            both.wait()  # so each thread has one
            raise error

    with pytest.raises(error):
        in_threads(work, range(50), 2)
    assert len(begun) == 2


def test_another_thread_may_allow_another_number():
    inside, over, found = threading.Event(), threading.Event(), []

    def other():
        with engine.threads(4):
            inside.set()
            over.wait(5)
            found.append(thread_pool.allowed())

    thread = threading.Thread(target=other)
    with engine.threads(2):
        thread.start()
        inside.wait(5)
        assert thread_pool.allowed() == 2
    over.set()
    thread.join(5)
    assert found == [4]
    assert thread_pool.allowed() == 1


def test_what_numpy_does_about_errors_holds_on_all_threads():
    both = threading.Barrier(2, timeout=5)

    def divide(part):
        both.wait()
        return np.float32(part) / np.zeros(1, np.float32)

    with np.errstate(divide="ignore"):
        assert np.isinf(in_threads(divide, [1, 2], 2)).all()
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        in_threads(divide, [1, 2], 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_has_threads_of_its_own():
    in_threads(abs, range(10), 2)
    code = "in_threads(abs, range(10), 2)"
    context = multiprocessing.get_context("fork")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons: threads are running
        child = context.Process(target=exec, args=(code, {"in_threads": in_threads}))
        child.start()
    child.join(20)
    code, _ = child.exitcode, child.kill()
    assert code == 0


def test_threads_hold_for_the_block_and_no_longer():
    def idents():
        barrier = threading.Barrier(2, timeout=5)
        return {*in_threads(lambda _: (barrier.wait(), threading.get_ident())[1], [0, 1])}

    with engine.threads(2), engine.threads(2):
        assert len(idents()) == 2
    assert len({*in_threads(lambda _: threading.get_ident(), [0, 1])}) == 1
    for wrong in (0, 2.0):
        with pytest.raises(ValueError, match=f"from 1 on, and is {wrong}"), engine.threads(wrong):
            pass


def test_parts_of_ones_own_keep_to_one_thread(monkeypatch):
    monkeypatch.setattr(thread_pool, "_pool", None)
    name = "undergrad.engine.ops.elementwise.relu"
    with engine.threads(4), patched({name: lambda x: x}):
        assert in_threads(abs, [-1, -2]) == [1, 2]


# Batch norm, and networks side by side


def normalised(forward):
    net = nn.Sequential(nn.Linear(5, 4, rng=0), nn.BatchNorm1d(4), nn.Linear(4, 3, rng=1))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 5)).astype(np.float32), rng.integers(0, 3, 40)
    batches = DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True, rng=2)
    sgd = optim.SGD(net.parameters(), lr=0.1)
    train(net, batches, nn.CrossEntropyLoss(), sgd, epochs=3, forward=forward)
    return net.state_dict()


def test_running_statistics_follow_the_pieces_in_their_order():
    once = normalised(parallel.accumulate(4))
    for _ in range(5):
        again = normalised(parallel.data_parallel(4))
        assert all(np.array_equal(once[name], again[name]) for name in once)
    assert once["1.num_batches_tracked"] == 4 * 6


def test_a_piece_moves_the_running_statistics_like_a_batch():
    x = np.random.default_rng(0).normal(2, 3, (12, 2)).astype(np.float32)
    pieces, batches = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    parallel.backward(lambda part: (pieces(part) ** 3).mean(), [Tensor(x)], threads=3)
    for part in np.split(x, 3):
        batches(Tensor(part))
    for name, right in batches.state_dict().items():
        assert np.array_equal(pieces.state_dict()[name], right)


def several_networks(forward_of):
    deep = nn.Sequential(nn.Linear(5, 4, rng=1), nn.Linear(4, 3, rng=2))
    nets = nn.Linear(5, 3, rng=0), deep, nn.Linear(5, 3, rng=3)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 5)).astype(np.float32), rng.integers(0, 3, 30)
    both, loss = nn.ModuleList(nets), nn.CrossEntropyLoss()
    sgd = optim.SGD(both.parameters(), lr=0.1)
    progress = train(both, [(Tensor(x), y)], loss, sgd, epochs=20, forward=forward_of(*nets))
    return both.state_dict(), progress.losses


def test_networks_side_by_side_learn_as_from_the_sum_of_their_losses():
    def whole(*nets):
        return lambda model, loss, batch: sum(loss(net(batch[0]), batch[1]) for net in nets)

    right, losses = several_networks(whole)
    for threads in (1, 2, None):
        weights, found = several_networks(partial(parallel.side_by_side, threads=threads))
        assert found == losses
        assert all(np.array_equal(weights[name], right[name]) for name in right)


def test_a_frozen_network_and_a_block_without_gradients_are_as_on_one_thread():
    nets, x = (nn.Linear(2, 2, rng=0), nn.Linear(2, 2, rng=1)), Tensor(np.ones((4, 2), np.float32))
    for p in nets[1].parameters():
        p.requires_grad = False
    one, two = (parallel.side_by_side(*nets, threads=n) for n in (1, 2))
    whole = one(nets[0], nn.MSELoss(), (x, x))
    value = two(nets[0], nn.MSELoss(), (x, x))
    value.backward()
    assert value.item() == whole.item()
    assert nets[0].weight.grad is not None and nets[1].weight.grad is None
    with engine.no_grad():
        assert not two(nets[0], nn.MSELoss(), (x, x)).requires_grad


def test_networks_side_by_side_are_refused_without_any_and_without_threads():
    with pytest.raises(ValueError, match="at least one network"):
        parallel.side_by_side()
    with pytest.raises(ValueError, match="threads must be at least 1, and is 0"):
        parallel.side_by_side(nn.Linear(1, 1), threads=0)


def test_dropout_is_for_one_thread_side_by_side_too():
    net, loss = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5, rng=0)), nn.MSELoss()
    batch = Tensor(np.ones((4, 2), np.float32)), Tensor(np.ones((4, 2), np.float32))
    parallel.side_by_side(net, net, threads=1)(net, loss, batch)
    with pytest.raises(RuntimeError, match="train on one thread"):
        parallel.side_by_side(net, net, threads=2)(net, loss, batch)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("text-gpt", {"epochs": "1", "batches_per_epoch": "2"}),
        ("text-gpt", {"epochs": "1", "batches_per_epoch": "2", "dropout": "0.1"}),
        ("shapes-segment", {"epochs": "1", "scenes": "32", "test_scenes": "2"}),
    ],
    ids=str,
)
def test_a_preset_has_the_same_bits_on_any_number_of_threads(name, settings):
    states = []
    for threads in (1, 2):
        experiment = catalogue.load(name).with_settings(settings).experiment(0)
        with engine.threads(threads):
            experiment.train(engine.Progress())
        states.append(experiment.model.state_dict())
    assert all(np.array_equal(states[0][key], states[1][key]) for key in states[0])
