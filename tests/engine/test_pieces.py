"""The loss of the whole, from pieces: accumulated, on threads, and over batches of any size."""

import numpy as np
import pytest

from undergrad.engine import Tensor, evaluate, metrics, nn, optim, parallel, readable, train
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.nn import functional
from undergrad.engine.ops.loss import record_counts
from undergrad.engine.training.pieces import divisor, loss_of_piece

N = 10
RNG = np.random.default_rng(5)
X = RNG.normal(size=(N, 3)).astype(np.float32)
CLASSES = np.array([0, -100, 1, 2, -100, 0, -100, -100, 2, 1])  # the ignored lie unevenly
LABELS = CLASSES % 3
NUMBERS = RNG.normal(size=(N, 4)).astype(np.float32)
YES_NO = (NUMBERS > 0).astype(np.float32)
SIGNS = np.where(NUMBERS > 0, 1.0, -1.0).astype(np.float32)
WEIGHT = [0.2, 1.0, 5.0]
SHARES = np.abs(NUMBERS) / np.abs(NUMBERS).sum(1, keepdims=True)


def smoothed(out, target):
    return 0.5 * functional.cross_entropy(out[:, :3], target, label_smoothing=0.1)


LOSSES = {
    "ignored": (nn.CrossEntropyLoss(), CLASSES),
    "weighted": (nn.CrossEntropyLoss(weight=WEIGHT), LABELS),
    "weighted and ignored": (nn.CrossEntropyLoss(weight=WEIGHT, ignore_index=1), LABELS),
    "summed": (nn.CrossEntropyLoss(reduction="sum"), CLASSES),
    "nll": (nn.NLLLoss(weight=WEIGHT), CLASSES),
    "a function": (functional.cross_entropy, CLASSES),
    "a function of a loss": (smoothed, CLASSES),
    "mse": (nn.MSELoss(), NUMBERS),
    "mse, summed": (nn.MSELoss(reduction="sum"), NUMBERS),
    "huber": (nn.HuberLoss(), NUMBERS),
    "bce": (nn.BCEWithLogitsLoss(pos_weight=[1.0, 2, 3, 4]), YES_NO),
    "kl": (nn.KLDivLoss(), SHARES),
    "kl, batchmean": (nn.KLDivLoss("batchmean"), SHARES),
    "hinge": (nn.HingeEmbeddingLoss(), SIGNS),
    "multi-margin": (nn.MultiMarginLoss(weight=WEIGHT), LABELS),
    "sum divided by hand": (
        lambda out, y: functional.mse_loss(out, y, reduction="sum") / len(y),
        NUMBERS,
    ),
}


def network(name):
    width = 4 if LOSSES[name][1].ndim == 2 else 3
    return nn.Linear(3, width, rng=0)


def one_step(name, forward=None):
    """The loss, and the weights after one step with the whole of the data."""
    loss, target = LOSSES[name]
    net = network(name)
    batches = DataLoader(TensorDataset(X, target), batch_size=N)
    sgd = optim.SGD(net.parameters(), lr=1)
    settings = {} if forward is None else {"forward": forward}
    return train(net, batches, loss, sgd, 1, **settings).loss, net.state_dict()


@pytest.mark.parametrize("pieces", [2, 3, 5, 10])
@pytest.mark.parametrize("name", LOSSES)
def test_accumulated_gradients_are_those_of_the_whole_batch(name, pieces):
    loss, right = one_step(name)
    for way in (parallel.accumulate(pieces), parallel.data_parallel(pieces)):
        value, weights = one_step(name, way)
        assert value == pytest.approx(loss, rel=1e-5)
        for key in right:
            np.testing.assert_allclose(weights[key], right[key], rtol=1e-4, atol=1e-5)


def test_the_smallest_case():
    x = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], np.float32)
    y = np.array([0, 1, 1, -100])
    found = {}
    for pieces in (1, 2, 4):
        net = nn.Linear(2, 2, rng=0)
        sgd = optim.SGD(net.parameters(), lr=1)
        way = parallel.accumulate(pieces)
        loss = train(net, [(Tensor(x), y)], nn.CrossEntropyLoss(), sgd, 1, forward=way).loss
        found[pieces] = [loss, *net.weight.data.ravel()]
    np.testing.assert_allclose(found[2], found[1], rtol=1e-5)
    np.testing.assert_allclose(found[4], found[1], rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_a_measure_does_not_depend_on_the_size_of_the_batches(name):
    (loss, target), net = LOSSES[name], network(name)
    whole = loss(net(Tensor(X)), target).item()
    for batch_size in (1, 2, 3, 4, 9, 10):
        batches = DataLoader(TensorDataset(X, target), batch_size=batch_size)
        assert evaluate(net, batches, {"it": loss})["it"] == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 10])
def test_measures_that_are_no_means_are_of_all_examples(batch_size):
    net = network("ignored")
    measures = {
        "f1": metrics.f1_score,
        "perplexity": metrics.perplexity,
        "rmse": lambda out, y: float(np.sqrt(((out.data[:, 0] - y) ** 2).mean())),
    }
    batches = DataLoader(TensorDataset(X, LABELS), batch_size=batch_size)
    found = evaluate(net, batches, measures)
    assert found == pytest.approx({k: f(net(Tensor(X)), LABELS) for k, f in measures.items()})


def test_batches_of_different_lengths_are_measured_by_what_counts_in_them():
    rng = np.random.default_rng(0)
    short, long = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 7))  # (n, classes, positions)
    labels = [rng.integers(0, 5, (2, n)) for n in (3, 7)]
    labels[1][0, 2:] = -100
    batches = [(Tensor(short), labels[0]), (Tensor(long), labels[1])]
    found = evaluate(nn.Identity(), batches, {"loss": nn.CrossEntropyLoss()})["loss"]
    sums = [functional.cross_entropy(x, y, reduction="sum").item() for x, y in batches]
    assert found == pytest.approx(sum(sums) / (6 + 9))
    with pytest.raises(ValueError, match="pad them to one shape"):
        evaluate(nn.Identity(), batches, {"x": lambda out, y: 0.0})


def test_a_batch_of_which_all_is_ignored_is_refused_in_pieces_too():
    net, y = network("ignored"), np.full(N, -100)
    for forward in (parallel.accumulate(2), parallel.data_parallel(2)):
        with pytest.raises(ValueError, match="there is nothing to average"):
            sgd = optim.SGD(net.parameters())
            train(net, [(Tensor(X), y)], nn.CrossEntropyLoss(), sgd, 1, forward=forward)
    with pytest.raises(ValueError, match="there is nothing to average"):
        evaluate(net, [(Tensor(X), y)], {"loss": nn.CrossEntropyLoss()})


def test_means_of_different_counts_are_not_put_together():
    def both(out, y):
        return functional.cross_entropy(out, y) + functional.mse_loss(out, 0 * out.data)

    net = network("ignored")
    sgd = optim.SGD(net.parameters())
    with pytest.raises(ValueError, match="compute it for the whole batch at once"):
        train(net, [(Tensor(X), CLASSES)], both, sgd, 1, forward=parallel.accumulate(5))
    train(net, [(Tensor(X), LABELS)], both, sgd, 1, forward=parallel.accumulate(5))


def test_a_loss_of_many_numbers_is_refused():
    net = network("mse")
    for forward in (parallel.accumulate(2), parallel.accumulate(1), None):
        settings = {} if forward is None else {"forward": forward}
        with pytest.raises(ValueError, match=r"must be one number: use reduction='mean'"):
            sgd = optim.SGD(net.parameters())
            train(net, [(Tensor(X), NUMBERS)], nn.MSELoss("none"), sgd, 1, **settings)


@pytest.mark.parametrize("name", LOSSES)
def test_the_readable_forms_count_the_same(name):
    loss, target = LOSSES[name]
    counts = []
    for form in (False, True):
        out = network(name)(Tensor(X))
        with record_counts() as found:
            if form:
                with readable():
                    loss(out, target)
            else:
                loss(out, target)
        counts.append(list(found))
    assert counts[0] == pytest.approx(counts[1])


def test_a_loss_without_a_count_counts_the_examples():
    pieces = [loss_of_piece(lambda x: x.mean(), (Tensor(x),), len(x))[0] for x in ([1.0], [4.0, 7])]
    assert divisor(pieces) == 3
    assert sum(piece.weight * piece.value for piece in pieces) == 12
