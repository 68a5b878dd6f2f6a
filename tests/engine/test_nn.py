"""Modules: finding parameters, moving state, showing themselves; and how weights begin."""

import math

import numpy as np
import pytest

from undergrad.engine import Tensor, manual_seed, nn, no_grad
from undergrad.engine.nn import init
from undergrad.engine.ops import elementwise


class Nested(nn.Module):
    """Parameters in every kind of place."""

    def __init__(self):
        self.scale = Tensor([1.0], requires_grad=True)
        self.blocks = [nn.Linear(2, 2), nn.ReLU()]
        self.heads = {"left": nn.Linear(2, 1, bias=False)}
        self.tied = self.blocks[0]
        self.mean = np.zeros(2, np.float32)
        self._private = Tensor([9.0])
        self.name = "nested"

    def forward(self, x):
        return self.heads["left"](self.tied(x)) * self.scale


def test_parameters_are_found_in_attributes_lists_and_dictionaries_once():
    names = [name for name, _ in Nested().named_parameters()]
    assert names == ["scale", "blocks.0.weight", "blocks.0.bias", "heads.left.weight"]


def test_all_found_parameters_receive_gradients():
    model = Nested()
    model(Tensor(np.ones((3, 2), np.float32))).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_state_holds_parameters_and_buffers_and_is_a_copy():
    model = Nested()
    state = model.state_dict()
    assert "mean" in state
    state["scale"] += 5
    assert model.scale.item() == 1


def test_state_moves_between_models():
    one, other = Nested(), Nested()
    one.mean += 3
    other.load_state_dict(one.state_dict())
    x = Tensor([[1.0, -2.0]])
    assert one(x).tolist() == other(x).tolist()
    assert other.mean.tolist() == [3, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("2.bias"), "2.bias is missing"),
        (lambda s: s.update(extra=np.zeros(1)), "extra is not in the module"),
        (
            lambda s: s.update({"0.weight": np.zeros((1, 4))}),
            r"0.weight holds float64 of shape \(1, 4\), not float32",
        ),
        (lambda s: s.update({"2.bias": np.array(["a", "b"])}), "2.bias holds"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, message):
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    before = model.state_dict()
    state = {name: array + 1 for name, array in before.items()}
    change(state)
    with pytest.raises(ValueError, match=message):
        model.load_state_dict(state)
    assert all((array == before[name]).all() for name, array in model.state_dict().items())


def test_loading_writes_into_the_same_arrays():
    model = nn.Linear(2, 2)
    array = model.weight.data
    model.load_state_dict({"weight": np.ones((2, 2)), "bias": np.ones(2)})
    assert model.weight.data is array
    assert array.dtype == np.float32
    assert array.tolist() == [[1, 1], [1, 1]]


def test_train_and_eval_reach_every_part():
    model = Nested()
    assert all(part.training for part in model.modules())
    assert not any(part.training for part in model.eval().modules())
    assert all(part.training for part in model.train().modules())


def test_freezing_stops_gradients():
    model = nn.Linear(2, 1).requires_grad_(False)
    assert not model(Tensor([[1.0, 2.0]])).requires_grad


def test_repr_is_a_tree():
    model = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.LeakyReLU(0.2)), nn.Softmax(1))
    assert repr(model) == (
        "Sequential(\n"
        "  (0): Linear(in_features=2, out_features=3, bias=True)\n"
        "  (1): Sequential(\n"
        "    (0): LeakyReLU(negative_slope=0.2)\n"
        "  )\n"
        "  (2): Softmax(dim=1)\n"
        ")"
    )
    assert "(blocks): [Linear" in repr(Nested())


def test_sequential_is_a_row_of_layers():
    layers = nn.Linear(2, 3), nn.Tanh()
    model = nn.Sequential(*layers)
    assert len(model) == 2
    assert list(model) == list(layers)
    assert model[1] is layers[1]
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias"]


def test_a_module_without_forward_and_unknown_attributes_fail_loudly():
    with pytest.raises(NotImplementedError, match="Module needs a method forward"):
        nn.Module()(1)
    with pytest.raises(AttributeError):
        _ = nn.Linear(1, 1).wieght


def test_a_part_put_in_an_operations_place_is_used(monkeypatch):
    monkeypatch.setattr(elementwise, "relu", lambda x: x * 7.0)
    assert nn.ReLU()(Tensor([1.0])).tolist() == [7]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Linear(0, 3), "0 in, 3 out"),
        (lambda: nn.HuberLoss(delta=0), "delta must be positive"),
        (lambda: nn.SmoothL1Loss(beta=-1), "beta must not be negative"),
        (lambda: nn.CrossEntropyLoss(label_smoothing=2), r"not in \[0, 1\]"),
        (lambda: nn.MSELoss("average"), "'mean', 'sum' or 'none'"),
        (lambda: init.kaiming_normal_(Tensor(np.ones((2, 2))), mode="fan"), "fan_in"),
        (lambda: init.kaiming_normal_(Tensor(np.ones((2, 2))), nonlinearity="step"), "no gain"),
        (lambda: init.xavier_normal_(Tensor(np.ones(2))), "2 or more axes"),
    ],
)
def test_bad_settings_are_refused_at_once(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def big():
    return Tensor(np.empty((300, 200), np.float32))


@pytest.mark.parametrize(
    ("fill", "std"),
    [
        (lambda x: init.uniform_(x, -1, 1, rng=0), 1 / math.sqrt(3)),
        (lambda x: init.normal_(x, 0, 0.5, rng=0), 0.5),
        (lambda x: init.xavier_uniform_(x, rng=0), math.sqrt(2 / 500)),
        (lambda x: init.xavier_normal_(x, gain=2, rng=0), 2 * math.sqrt(2 / 500)),
        (lambda x: init.kaiming_uniform_(x, rng=0), math.sqrt(2 / 200)),
        (lambda x: init.kaiming_normal_(x, mode="fan_out", rng=0), math.sqrt(2 / 300)),
        (lambda x: init.kaiming_normal_(x, nonlinearity="linear", rng=0), math.sqrt(1 / 200)),
        (lambda x: init.kaiming_normal_(x, a=1.0, rng=0), math.sqrt(1 / 200)),
    ],
)
def test_weights_begin_with_the_right_std(fill, std):
    x = fill(big())
    assert x.dtype == np.float32
    assert x.data.mean() == pytest.approx(0, abs=4 * std / math.sqrt(x.size))
    assert x.data.std() == pytest.approx(std, rel=0.02)


def test_constants():
    assert init.zeros_(big()).data.max() == 0
    assert init.ones_(big()).data.min() == 1
    assert init.constant_(big(), 3.5).data.max() == 3.5


def test_fans_count_the_window():
    assert init.fans(Tensor(np.ones((8, 4, 3, 3)))) == (36, 72)


def test_linear_begins_as_in_pytorch():
    layer = nn.Linear(100, 400, rng=0)
    for parameter in layer.parameters():
        assert abs(parameter.data).max() <= 0.1
        assert parameter.data.std() == pytest.approx(0.1 / math.sqrt(3), rel=0.1)


def test_seeds_repeat():
    assert (nn.Linear(3, 3, rng=5).weight == nn.Linear(3, 3, rng=5).weight).all()
    manual_seed(1)
    first = nn.Linear(3, 3).weight
    assert (first != nn.Linear(3, 3).weight).any()
    manual_seed(1)
    assert (first == nn.Linear(3, 3).weight).all()


@pytest.mark.parametrize(
    "loss",
    [
        nn.functional.mse_loss,
        nn.functional.l1_loss,
        nn.functional.huber_loss,
        nn.functional.binary_cross_entropy,
        nn.functional.binary_cross_entropy_with_logits,
        nn.functional.kl_div,
    ],
)
def test_the_gradient_is_the_same_when_the_target_needs_none(loss):
    gradients = []
    for needed in (True, False):
        x = Tensor([0.2, 0.7], requires_grad=True)
        loss(x, Tensor([0.5, 0.1], requires_grad=needed)).backward()
        gradients.append(x.grad.tolist())
    assert gradients[0] == gradients[1] != [0, 0]


class Remembering(nn.Module):
    """Keeps what it computed, as one does to look at it or to carry it into the next call."""

    def __init__(self, keep):
        self.layer, self.keep, self.hidden, self.history = nn.Linear(3, 3, rng=0), keep, None, []
        self.scale = Tensor([2.0])  # a constant, part of the state

    def forward(self, x):
        h = self.layer(x).tanh()
        self.hidden = self.keep(h)
        self.history.append(self.hidden)
        return h * self.scale


@pytest.mark.parametrize("keep", [lambda h: h, Tensor.detach, lambda h: {"last": h[0]}])
@pytest.mark.parametrize("recorded", [True, False])
def test_an_activation_that_is_kept_is_no_parameter(keep, recorded):
    net = Remembering(keep)
    names = ["layer.weight", "layer.bias", "scale"]
    for _ in range(2):
        if recorded:
            net(Tensor(np.ones((2, 3), np.float32))).sum().backward()
        else:
            with no_grad():
                net(Tensor(np.ones((2, 3), np.float32)))
        assert [name for name, _ in net.named_parameters()] == names
        assert list(net.state_dict()) == names
    net.load_state_dict(net.state_dict())


def test_a_leaf_that_came_from_a_calculation_can_be_a_parameter():
    net = nn.Module()
    net.weight = (Tensor([1.0, 2.0]) * 0.1).requires_grad_()
    net.copy = net.weight.detach().requires_grad_()
    assert [name for name, _ in net.named_parameters()] == ["weight", "copy"]
    net.requires_grad_(False)
    assert list(net.state_dict()) == ["weight", "copy"]
