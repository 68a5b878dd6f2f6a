"""Optimisers: the flat vector, settings, state, and clipping. Their paths are in the case table."""

import copy
import pickle

import numpy as np
import pytest

from undergrad import engine
from undergrad.engine import Tensor, nn, optim, threads

try:
    import torch as TORCH
except ModuleNotFoundError:
    TORCH = None


def weights(*numbers):
    return Tensor(np.array(numbers, np.float32), requires_grad=True)


def matrix(rows=2, columns=3, seed=0):
    numbers = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    return Tensor(numbers, requires_grad=True)


def kernels():
    return Tensor(np.ones((2, 1, 3, 3), np.float32), requires_grad=True)


def step(optimizer, *params):
    optimizer.zero_grad()
    sum(((p * p).sum() for p in params), Tensor([0.0])).sum().backward()
    optimizer.step()


def test_parameters_are_views_of_one_vector():
    a, b = weights(1, 2), weights(3)
    optimizer = optim.SGD([a, b], lr=0.1)
    flat = optimizer.flat_parameters[0]
    assert flat.data.tolist() == [1, 2, 3]
    step(optimizer, a, b)
    assert np.shares_memory(a.data, flat.data)
    assert np.shares_memory(b.data, flat.data)
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


def test_muon_makes_every_matrix_orthogonal_by_itself():
    wide, tall = matrix(8, 24), matrix(24, 8, seed=1)
    before = [w.data.copy() for w in (wide, tall)]
    optimizer = optim.Muon([wide, tall], lr=1, weight_decay=0)
    wide.grad, tall.grad = matrix(8, 24, seed=2).data, 1e-3 * matrix(24, 8, seed=3).data
    gradients = [w.grad.copy() for w in (wide, tall)]
    optimizer.step()
    for w, old, g, scale in zip((wide, tall), before, gradients, (1, 3**0.5), strict=True):
        moved = (old - w.data) / scale
        assert all(0.6 < size < 1.25 for size in np.linalg.svd(moved)[1])
        u, _, vt = np.linalg.svd(g, full_matrices=False)
        inside = u.T @ moved @ vt.T  # the same singular vectors: diagonal
        np.testing.assert_allclose(inside, np.diag(np.diag(inside)), atol=1e-4)


def test_a_matrix_without_a_gradient_of_its_own_stays_finite():
    w = matrix()
    before = w.data.copy()
    optimizer = optim.Muon([w], lr=0.5, weight_decay=0)
    w.grad = np.zeros((2, 3), np.float32)
    optimizer.step()
    assert np.array_equal(w.data, before)


def test_muon_and_adamw_share_a_network_and_a_schedule_reaches_every_matrix():
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))
    muon = optim.Muon([p for p in net.parameters() if p.ndim == 2], lr=0.1)
    adamw = optim.AdamW([p for p in net.parameters() if p.ndim != 2], lr=0.01)
    schedule = optim.lr_scheduler.StepLR(muon, 1, gamma=0.5)
    before = net.state_dict()
    x = Tensor(np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32))
    for optimizer in (muon, adamw):
        optimizer.zero_grad()
    (net(x) ** 2).sum().backward()
    for optimizer in (muon, adamw, schedule):
        optimizer.step()
    assert all(not np.array_equal(before[k], v) for k, v in net.state_dict().items())
    assert [group["lr"] for group in muon.param_groups] == [0.05, 0.05]


def test_muon_of_pytorch_differs_by_its_rounding_alone():
    pytest.importorskip("torch")
    ours, theirs = matrix(16, 24), TORCH.tensor(matrix(16, 24).data, requires_grad=True)
    one, other = optim.Muon([ours], lr=0.1), TORCH.optim.Muon([theirs], lr=0.1)
    for i in range(20):
        ours.grad = matrix(16, 24, seed=i).data
        theirs.grad = TORCH.tensor(ours.grad)
        one.step()
        other.step()
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), atol=0.01)  # bfloat16


def test_two_optimisers_may_share_a_parameter():
    a = weights(8)
    one, other = optim.SGD([a], lr=0.25), optim.SGD([a], lr=0.25)
    for optimizer in (one, other, one):
        step(optimizer, a)
    assert a.data.tolist() == [1]


def test_a_frozen_parameter_is_trained_once_it_is_thawed():
    frozen, free = Tensor([1.0]), weights(1)
    optimizer = optim.SGD([frozen, free], lr=0.1)
    step(optimizer, frozen, free)
    assert frozen.item() == 1
    frozen.requires_grad_()
    step(optimizer, frozen, free)
    assert np.allclose([frozen.item(), free.item()], [0.8, 0.64])


def test_a_whole_group_may_be_frozen_at_first():
    frozen, free = Tensor([1.0]), weights(1)
    optimizer = optim.SGD([{"params": [frozen], "lr": 0.2}, {"params": [free]}], lr=0.1)
    step(optimizer, frozen, free)
    frozen.requires_grad_()
    step(optimizer, frozen, free)
    assert np.allclose([frozen.item(), free.item()], [0.6, 0.64])


@pytest.mark.parametrize("name", ["lr", "weight_decay", "betas"])
def test_a_setting_of_the_optimiser_itself_would_be_ignored_and_is_refused(name):
    optimizer = optim.AdamW([Tensor(np.ones(2), requires_grad=True)], lr=0.1)
    with pytest.raises(AttributeError, match=rf"optimizer.param_groups\[0\]\['{name}'\] = 0.5"):
        setattr(optimizer, name, 0.5)


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
        (
            lambda p: optim.Muon(p),
            ValueError,
            r"Muon trains matrices, .* shape \(1,\); give vectors",
        ),
        (
            lambda p: optim.Muon([kernels()]),
            ValueError,
            r"a parameter has the shape \(2, 1, 3, 3\)",
        ),
        (lambda p: optim.Muon([matrix()], lr=-1), ValueError, "lr must not be negative"),
        (lambda p: optim.Muon([matrix()], adjust_lr_fn="x"), ValueError, "and is 'x'"),
        (lambda p: optim.Muon([]), ValueError, "no parameter"),
        (lambda p: optim.Muon([matrix(), np.ones((2, 2))]), TypeError, "NumPy array"),
        (lambda p: optim.Adam(p + p), ValueError, "twice"),
        (lambda p: optim.Adam([]), ValueError, "no parameter"),
        (lambda p: optim.Adam([Tensor([1.0])]), ValueError, "requires_grad=True"),
        (lambda p: optim.Adam([{"params": p}, {"params": []}]), ValueError, "no parameter"),
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
    resumed_to_the_last_bit(make, a, b)


def test_resuming_muon_is_bit_exact():
    resumed_to_the_last_bit(optim.Muon, matrix(), matrix())


def resumed_to_the_last_bit(make, a, b):
    one, other = make([a]), make([b])
    for _ in range(3):
        step(one, a)
    b.data[...] = a.data
    other.load_state_dict(one.state_dict())
    step(one, a)
    step(other, b)
    assert a.data.tobytes() == b.data.tobytes()


OPTIMIZERS = {
    "SGD": {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
    "Adam": {"lr": 0.05, "weight_decay": 0.1},
    "AdamW": {"lr": 0.05, "amsgrad": True},
    "NAdam": {"lr": 0.05},
    "Adamax": {"lr": 0.05},
    "Adagrad": {"lr": 0.05, "lr_decay": 0.1},
    "RMSprop": {"lr": 0.05, "momentum": 0.9, "centered": True},
}
each_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
# For each step, whether each of the three weights is trained: frozen, thawed, alone, none.
PLAN = [(1, 1, 1), (0, 1, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1), (0, 0, 0), (0, 0, 1), (1, 1, 1)]
STARTS = ([1.0, -2.0], [[3.0], [0.5]], [-1.0])


def followed(framework, name, starts, how):
    """Where three weights get to along PLAN: frozen by requires_grad, or not used in the loss."""
    ws = [framework(start) for start in starts]
    optimizer = getattr(optim if framework is our_weight else TORCH.optim, name)(
        [{"params": ws[:2]}, {"params": ws[2:], "lr": 0.1}], **OPTIMIZERS[name]
    )
    for flags in PLAN:
        for w, flag in zip(ws, flags, strict=True):
            w.requires_grad_(bool(flag) or how == "unused")
        optimizer.zero_grad()
        used = [((w - 0.3) ** 2).sum() for w, flag in zip(ws, flags, strict=True) if flag]
        if used:
            sum(used[1:], used[0]).backward()
        optimizer.step()
    return [w.data if framework is our_weight else w.detach().numpy() for w in ws]


def our_weight(start):
    return Tensor(start, requires_grad=True)


@each_optimizer
@pytest.mark.parametrize("how", ["frozen", "unused"])
def test_weights_that_sit_out_some_steps_follow_pytorch(name, how):
    pytest.importorskip("torch")
    ours = followed(our_weight, name, STARTS, how)
    theirs = followed(lambda start: TORCH.tensor(start, requires_grad=True), name, STARTS, how)
    for mine, right in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, right, rtol=2e-6, atol=1e-6)


@each_optimizer
@pytest.mark.parametrize("how", ["frozen", "unused"])
def test_weights_that_sit_out_some_steps_do_as_each_would_alone(name, how):
    together = followed(our_weight, name, STARTS, how)
    for i, (start, end) in enumerate(zip(STARTS, together, strict=True)):
        w = our_weight(start)
        alone = getattr(optim, name)([w], **{**OPTIMIZERS[name], **({"lr": 0.1} if i == 2 else {})})
        for flags in PLAN:
            if flags[i]:
                w.grad = ((w.data - 0.3) * 2).astype(np.float32)
                alone.step()
        np.testing.assert_allclose(end, w.data, rtol=1e-6)


@each_optimizer
def test_resuming_with_weights_that_sat_out_is_bit_exact(name):
    paths = []
    for resumed in (False, True):
        ws = [our_weight(start) for start in STARTS]
        optimizer = getattr(optim, name)(ws, **OPTIMIZERS[name])
        for i, flags in enumerate(PLAN * 2):
            if resumed and i == len(PLAN):
                state = optimizer.state_dict()
                optimizer = getattr(optim, name)(ws, **OPTIMIZERS[name])
                optimizer.load_state_dict(state)
            for w, flag in zip(ws, flags, strict=True):
                w.grad = w.data * 2 if flag else None
            optimizer.step()
        paths.append(np.concatenate([w.data.ravel() for w in ws]).tobytes())
    assert paths[0] == paths[1]


def test_a_layer_that_is_frozen_stays_where_it_is():
    for name, settings in OPTIMIZERS.items():
        net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
        optimizer = getattr(optim, name)(net.parameters(), **settings)
        x = Tensor(np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32))
        for frozen in (False, True):
            net[0].requires_grad_(not frozen)
            before = net.state_dict()
            for _ in range(3):
                optimizer.zero_grad()
                (net(x) ** 2).sum().backward()
                optimizer.step()
            moved = {k: not np.array_equal(v, before[k]) for k, v in net.state_dict().items()}
            assert moved == {k: not (frozen and k.startswith("0.")) for k in moved}, name


COPIES = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@each_optimizer
def test_a_copy_of_a_model_and_its_optimiser_trains_on(duplicate, name):
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    optimizer = getattr(optim, name)(
        [{"params": net[0].parameters()}, {"params": net[2].parameters(), "lr": 0.1}],
        **OPTIMIZERS[name],
    )
    schedule = optim.lr_scheduler.StepLR(optimizer, 2)
    x = Tensor(np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32))

    def three_steps(net, optimizer, schedule):
        for _ in range(3):
            optimizer.zero_grad()
            (net(x) ** 2).sum().backward()
            optimizer.step()
            schedule.step()
        return net.state_dict()

    before = three_steps(net, optimizer, schedule)
    copied = duplicate((net, optimizer, schedule))
    of_copy = three_steps(*copied)
    assert all(np.array_equal(before[k], v) for k, v in net.state_dict().items())  # left alone
    of_original = three_steps(net, optimizer, schedule)
    assert all(np.array_equal(of_copy[k], v) for k, v in of_original.items())
    assert not any(np.array_equal(before[k], v) for k, v in of_copy.items())


def test_a_copy_of_a_copy_is_laid_out_too():
    w = weights(1, 2)
    flat = optim.SGD([w], lr=0.1).flat_parameters[0]
    again = copy.deepcopy(copy.deepcopy(flat))
    assert np.shares_memory(again.params[0].data, again.data)
    again.params[0].data[...] = 7
    assert again.data.tolist() == [7, 7]
    assert flat.data.tolist() == [1, 2]


@pytest.mark.parametrize("new", [np.ones(3), np.ones(1, np.float32), np.ones((3, 1), np.float32)])
def test_a_parameter_of_another_kind_is_refused(new):
    w = weights(1, 2, 3)
    optimizer = optim.SGD([w], lr=0.1)
    w.data, w.grad = new, np.ones_like(new)
    with pytest.raises(ValueError, match="make a new optimiser after such a change"):
        optimizer.step()


def test_parameters_may_be_added_later():
    first, later = weights(1), weights(1)
    optimizer = optim.SGD([first], lr=0.1, momentum=0.5)
    step(optimizer, first)
    optimizer.add_param_group({"params": [later], "lr": 0.2})
    step(optimizer, first, later)
    # first: b = 2, then 0.5 * 2 + 1.6; later: its own first step
    assert np.allclose([first.item(), later.item()], [0.8 - 0.26, 0.6])
    with pytest.raises(ValueError, match="twice"):
        optimizer.add_param_group({"params": [first]})
    with pytest.raises(ValueError, match="lr must not be negative"):
        optimizer.add_param_group({"params": [weights(1)], "lr": -1})
    assert len(optimizer.param_groups) == 2


@pytest.mark.parametrize(
    ("saved", "own"),
    [
        ([(2,), (3,)], [(3,), (2,)]),
        ([(2, 3)], [(3, 2)]),
        ([(6,)], [(2, 3)]),
        ([(2,), (2,)], [(4,)]),
    ],
)
@pytest.mark.parametrize("name", ["Adam", "SGD", "NAdam"])
def test_a_state_of_other_shapes_or_another_order_is_refused(name, saved, own):
    def made(shapes):
        ws = [Tensor(np.ones(shape, np.float32), requires_grad=True) for shape in shapes]
        optimizer = getattr(optim, name)(ws)
        step(optimizer, *ws)
        return optimizer

    optimizer = made(own)
    before = [{k: v.copy() for k, v in state.items()} for state in optimizer.state]
    with pytest.raises(ValueError, match=f"does not fit {name}: it belongs to parameters of shape"):
        optimizer.load_state_dict(made(saved).state_dict())
    for state, old in zip(optimizer.state, before, strict=True):
        assert all(np.array_equal(state[k], old[k]) for k in old)


def test_a_state_from_before_shapes_were_saved_is_read():
    a, b = weights(1, -2), weights(1, -2)
    one, other = optim.Adam([a], lr=0.5), optim.Adam([b])
    step(one, a)
    old = one.state_dict()
    del old["shapes"]
    old["state"][0]["step"] = np.array(1)
    b.data[...] = a.data
    other.load_state_dict(old)
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


@pytest.mark.parametrize("number", [1, 3])
def test_adam_in_chunks_equals_adam_at_once(number, monkeypatch):
    start = np.random.default_rng(0).normal(size=100).astype(np.float32)
    paths = []
    for chunk in (7, 1000):
        monkeypatch.setattr("undergrad.engine.optim.adam._CHUNK", chunk)
        p = Tensor(start.copy(), requires_grad=True)
        optimizer = optim.Adam([p], lr=0.1)
        with threads(number):
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


@pytest.mark.parametrize(
    "clip", [lambda p: optim.clip_grad_norm_(p, 1), lambda p: optim.clip_grad_value_(p, 1)]
)
def test_parameters_that_were_read_already_are_not_silently_left_unclipped(clip):
    parameters = nn.Linear(2, 2).parameters()
    optim.SGD(parameters)
    with pytest.raises(ValueError, match="can be read once: call it again"):
        clip(parameters)
    clip([weights(1)])  # without a gradient there is nothing to clip


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


def test_only_leaves_can_be_trained():
    w = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match="cannot train a result of 'mul'"):
        optim.SGD([w * 2.0], 0.1)
    with pytest.raises(TypeError, match="the optimiser` was given a NumPy array; wrap it"):
        optim.Adam([w, np.ones(3)])
