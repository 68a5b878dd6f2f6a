"""Optimisers: the flat vector, settings, state, and clipping. Their paths are in the case table."""

import numpy as np
import pytest

from undergrad import engine
from undergrad.engine import Tensor, nn, optim


def weights(*numbers):
    return Tensor(np.array(numbers, np.float32), requires_grad=True)


def step(optimizer, *params):
    optimizer.zero_grad()
    sum(((p * p).sum() for p in params), Tensor([0.0])).sum().backward()
    optimizer.step()


def test_parameters_and_gradients_are_views_of_one_vector():
    a, b = weights(1, 2), weights(3)
    optimizer = optim.SGD([a, b], lr=0.1)
    flat = optimizer.flat_parameters[0]
    assert flat.data.tolist() == [1, 2, 3]
    step(optimizer, a, b)
    assert flat.grad.tolist() == [2, 4, 6]
    assert np.shares_memory(a.data, flat.data)
    assert np.shares_memory(b.grad, flat.grad)
    assert np.allclose([*a.data, *b.data], [0.8, 1.6, 2.4])


def test_arrays_put_in_place_of_the_views_are_copied():
    a = weights(1, 2)
    optimizer = optim.SGD([a], lr=1)
    a.data = np.array([10, 20], np.float32)
    a.grad = np.array([1, 2], np.float32)
    optimizer.step()
    assert a.data.tolist() == [9, 18]
    a.grad = None
    optimizer.step()
    assert a.data.tolist() == [9, 18]


def test_two_optimisers_may_share_a_parameter():
    a = weights(8)
    one, other = optim.SGD([a], lr=0.25), optim.SGD([a], lr=0.25)
    for optimizer in (one, other, one):
        step(optimizer, a)
    assert a.data.tolist() == [1]


def test_only_parameters_that_learn_are_taken():
    frozen, free = Tensor([1.0]), weights(1)
    optimizer = optim.Adam([frozen, free])
    assert optimizer.flat_parameters[0].params == [free]
    assert frozen.data.base is None or not np.shares_memory(
        frozen.data, optimizer.flat_parameters[0].data
    )


def test_groups_have_settings_of_their_own():
    slow, fast = weights(1), weights(1)
    optimizer = optim.SGD([{"params": [slow], "lr": 0.1}, {"params": [fast]}], lr=0.5)
    step(optimizer, slow, fast)
    assert np.allclose([slow.item(), fast.item()], [0.8, 0])
    optimizer.param_groups[0]["lr"] = 0.5
    step(optimizer, slow, fast)
    assert slow.item() == 0


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: optim.SGD(p, lr=-1), ValueError, "lr must not be negative, and is -1"),
        (lambda p: optim.SGD(p, momentum=-0.1), ValueError, "momentum"),
        (lambda p: optim.SGD(p, weight_decay=-1), ValueError, "weight_decay"),
        (lambda p: optim.SGD(p, nesterov=True), ValueError, "nesterov needs momentum"),
        (lambda p: optim.Adam(p, lr=-1), ValueError, "lr must not be negative"),
        (lambda p: optim.Adam(p, lr=float("nan")), ValueError, "lr must not be negative"),
        (lambda p: optim.Adam(p, betas=(0.9, 1.0)), ValueError, r"betas lie in \[0, 1\)"),
        (lambda p: optim.Adam(p, eps=-1), ValueError, "eps"),
        (lambda p: optim.Adam(p, weight_decay=-1), ValueError, "weight_decay"),
        (lambda p: optim.Adagrad(p, lr_decay=-1), ValueError, "lr_decay"),
        (lambda p: optim.RMSprop(p, alpha=-1), ValueError, "alpha"),
        (lambda p: optim.Adamax(p, betas=(1.0, 0.9)), ValueError, "betas"),
        (lambda p: optim.NAdam(p, momentum_decay=-1), ValueError, "momentum_decay"),
        (lambda p: optim.Lion(p, lr=-1), ValueError, "lr must not be negative"),
        (lambda p: optim.Adam(p + p), ValueError, "twice"),
        (lambda p: optim.Adam([]), ValueError, "no parameter"),
        (lambda p: optim.Adam([Tensor([1.0])]), ValueError, "requires_grad=True"),
        (
            lambda p: optim.Adam([*p, Tensor(np.ones(1), requires_grad=True)]),
            TypeError,
            "one float type",
        ),
    ],
)
def test_bad_settings_are_refused_at_once(make, error, message):
    with pytest.raises(error, match=message):
        make([weights(1)])


def test_a_refused_optimiser_leaves_the_parameters_alone():
    a = weights(1)
    array = a.data
    with pytest.raises(ValueError, match="lr"):
        optim.Adam([a], lr=-1)
    assert a.data is array


@pytest.mark.parametrize(
    "make",
    [
        optim.Adam,
        lambda p: optim.Adam(p, amsgrad=True),
        optim.AdamW,
        optim.Adamax,
        optim.NAdam,
        optim.Adagrad,
        lambda p: optim.RMSprop(p, momentum=0.9, centered=True),
        optim.Lion,
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
    ],
)
def test_resuming_from_a_state_is_bit_exact(make):
    a, b = weights(1, -2, 3), weights(1, -2, 3)
    one, other = make([a]), make([b])
    for _ in range(3):
        step(one, a)
    b.data[...] = a.data
    other.load_state_dict(one.state_dict())
    step(one, a)
    step(other, b)
    assert a.data.tobytes() == b.data.tobytes()


def test_a_state_saved_under_the_old_names_is_read():
    a, b = weights(1, -2), weights(1, -2)
    one, other = optim.Adam([a], lr=0.5), optim.Adam([b])
    step(one, a)
    new = one.state_dict()
    other.load_state_dict({"memory": new["state"], "settings": new["param_groups"]})
    assert other.param_groups[0]["lr"] == 0.5
    assert (other.state[0]["exp_avg"] == one.state[0]["exp_avg"]).all()


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_the_fast_step_of_adam_equals_the_readable_one(amsgrad, weight_decay):
    rng = np.random.default_rng(0)
    a = Tensor(rng.normal(size=50_000), requires_grad=True)  # float64, and several chunks
    b = Tensor(a.data.copy(), requires_grad=True)
    settings = {"lr": 0.1, "amsgrad": amsgrad, "weight_decay": weight_decay}
    one, other = optim.Adam([a], **settings), optim.Adam([b], **settings)
    for _ in range(10):
        a.grad = b.grad = rng.normal(size=50_000)
        one.step()
        with engine.readable():
            other.step()
    np.testing.assert_allclose(a.data, b.data, rtol=1e-12, atol=1e-12)


def test_a_state_of_other_parameters_is_refused_unchanged():
    optimizer, other = optim.Adam([weights(1, 2)]), optim.Adam([weights(1)], lr=0.5)
    with pytest.raises(ValueError, match="does not fit Adam"):
        optimizer.load_state_dict(other.state_dict())
    assert optimizer.param_groups[0]["lr"] == 1e-3


def test_adam_in_chunks_equals_adam_at_once(monkeypatch):
    start = np.random.default_rng(0).normal(size=100).astype(np.float32)
    paths = []
    for chunk in (7, 1000):
        monkeypatch.setattr("undergrad.engine.optim.adam._CHUNK", chunk)
        p = Tensor(start.copy(), requires_grad=True)
        optimizer = optim.Adam([p], lr=0.1)
        for _ in range(5):
            step(optimizer, p)
        paths.append(p.data.copy())
    assert (paths[0] == paths[1]).all()


@pytest.mark.parametrize(("limit", "expected"), [(1.0, 1.0), (100.0, 5.0)])
def test_clipping_by_norm_keeps_the_direction(limit, expected):
    a, b = weights(0, 0), weights(0)
    a.grad, b.grad = np.array([0, 3], np.float32), np.array([4], np.float32)
    assert optim.clip_grad_norm_([a, b, weights(1)], limit) == pytest.approx(5)
    assert np.hypot(a.grad[1], b.grad[0]) == pytest.approx(expected, rel=1e-5)
    assert a.grad[1] / b.grad[0] == pytest.approx(0.75)


@pytest.mark.parametrize("kind", [1.0, 2.0, 3.0, float("inf")])
def test_clipping_by_norm_equals_pytorch(kind):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    ours = [weights(*rng.normal(size=5)) for _ in range(3)]
    theirs = [torch.zeros(5, requires_grad=True) for _ in ours]
    for p, q in zip(ours, theirs, strict=True):
        p.grad = rng.normal(size=5).astype(np.float32)
        q.grad = torch.from_numpy(p.grad.copy())
    norm = torch.nn.utils.clip_grad_norm_(theirs, 0.7, kind)
    assert optim.clip_grad_norm_(ours, 0.7, kind) == pytest.approx(float(norm))
    for p, q in zip(ours, theirs, strict=True):
        assert np.allclose(p.grad, q.grad.numpy())


def test_a_length_that_is_not_finite_is_refused_on_request():
    a = weights(0, 0)
    a.grad = np.array([np.nan, 1], np.float32)
    with pytest.raises(RuntimeError, match="the norm of all gradients is nan"):
        optim.clip_grad_norm_([a], 1, error_if_nonfinite=True)
    assert a.grad[1] == 1
    optim.clip_grad_norm_(a, 1)
    assert np.isnan(a.grad).all()


def test_clipping_by_value():
    a = weights(0, 0, 0)
    a.grad = np.array([-5, 0.5, 5], np.float32)
    optim.clip_grad_value_([a, weights(1)], 1)
    assert a.grad.tolist() == [-1, 0.5, 1]


@pytest.mark.parametrize("clip", [optim.clip_grad_norm_, optim.clip_grad_value_])
def test_negative_limits_are_refused(clip):
    with pytest.raises(ValueError, match="must not be negative, and is -1"):
        clip([weights(1)], -1)


def test_the_whole_of_a_network_learns():
    model = nn.Sequential(nn.Linear(2, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    x = Tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = Tensor([[0.0], [1], [1], [0]])  # exclusive or
    for _ in range(200):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.01
