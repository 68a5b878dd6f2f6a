"""One step on several threads: the same gradients as on one, always the same bits, and refusals."""

import numpy as np
import pytest

from undergrad.engine import LossError, Tensor, nn, optim, parallel, train
from undergrad.engine.data import DataLoader, TensorDataset


def network(seed=0):
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, rng=seed), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 3, rng=seed)
    )


def examples(n=11, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1, 8, 8)).astype(np.float32), rng.integers(0, 3, n)


def gradients(net):
    return [p.grad.copy() for p in net.parameters()]


@pytest.mark.parametrize("threads", [1, 2, 3, 20])
def test_the_gradients_are_those_of_the_whole_batch(threads):
    (x, y), whole, cut = examples(), network(), network()
    loss = nn.functional.cross_entropy(whole(Tensor(x)), y)
    loss.backward()

    def of(images, labels):
        return nn.functional.cross_entropy(cut(images), labels)

    assert parallel.backward(of, [Tensor(x), y], threads) == pytest.approx(loss.item(), rel=1e-6)
    for ours, right in zip(gradients(cut), gradients(whole), strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-4, atol=1e-6)


def test_gradients_are_added_to_those_that_are_there():
    w = Tensor([2.0], requires_grad=True)
    x = np.array([1.0, 2.0, 4.0, 5.0], np.float32)
    for times in (1, 2):
        parallel.backward(lambda part: (w * Tensor(part)).mean(), [x])
        assert w.grad == pytest.approx(times * 3.0)


def test_examples_may_lie_along_another_axis():
    net, x, y = nn.LSTM(2, 3, rng=0), *np.random.default_rng(0).normal(size=(2, 5, 7, 3))
    x = x[..., :2].astype(np.float32)

    def of(numbers, wanted):
        return ((net(numbers)[0] - wanted) ** 2).mean()

    of(Tensor(x), y).backward()
    right = gradients(net)
    for p in net.parameters():
        p.grad = None
    parallel.backward(of, [Tensor(x), y], axes=(1, 1))
    for ours, theirs in zip(gradients(net), right, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def trained(threads, epochs=3):
    forward = parallel.data_parallel(threads)
    net = network()
    batches = DataLoader(TensorDataset(*examples(40)), batch_size=16, shuffle=True, rng=2)
    sgd = optim.SGD(net.parameters(), lr=0.1)
    progress = train(net, batches, nn.CrossEntropyLoss(), sgd, epochs=epochs, forward=forward)
    return net.state_dict(), progress.losses


def test_training_on_threads_repeats_bit_for_bit_and_follows_one_thread():
    (first, losses), (again, _), (one, slow) = trained(2), trained(2), trained(1)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert losses == pytest.approx(slow, rel=1e-4)
    for name in one:
        np.testing.assert_allclose(first[name], one[name], rtol=1e-3, atol=1e-5)


def test_dropout_is_refused_on_threads():
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
    x = Tensor(np.ones((4, 2), np.float32))
    with pytest.raises(RuntimeError, match="train on one thread"):
        parallel.backward(lambda part: net(part).sum(), [x])
    net(x)  # and the refusal is not left switched on


def test_a_loss_that_runs_away_is_named_on_threads_too():
    net = network()
    net[3].bias.data[:] = np.nan
    batches = [(Tensor(examples()[0]), examples()[1])]
    with pytest.raises(LossError, match="the loss is nan at step 0"):
        sgd = optim.SGD(net.parameters())
        train(net, batches, nn.CrossEntropyLoss(), sgd, 1, forward=parallel.data_parallel(2))


def test_an_intermediate_gradient_may_be_kept_in_a_piece():
    w, kept = Tensor([2.0], requires_grad=True), []

    def of(part):
        kept.append(w * Tensor(part))
        kept[-1].retain_grad()
        return kept[-1].mean()

    parallel.backward(of, [np.array([1.0, 3.0], np.float32)])
    assert [middle.grad.tolist() for middle in kept] == [[0.5], [0.5]]
    assert w.grad.tolist() == [2.0]


def test_no_threads_are_refused():
    with pytest.raises(ValueError, match="threads must be at least 1, and is 0"):
        parallel.data_parallel(0)
