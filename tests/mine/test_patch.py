"""Functions in the engine's place: found under every name, and gone at the end."""

import sys
from types import ModuleType

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, optim
from undergrad.engine.nn import functional
from undergrad.engine.ops import elementwise
from undergrad.engine.optim.adam import Adam, AdamW
from undergrad.mine.patch import function_at, patched

RELU, UPDATE = "undergrad.engine.ops.elementwise.relu", "undergrad.engine.optim.sgd.SGD.update"


def flipped(x):
    return x * -1.0


def test_it_is_found_by_layers_and_under_bare_names_and_then_gone():
    before = elementwise.relu
    x = Tensor([-2.0, 3.0])
    with patched({RELU: flipped}):
        assert function_at(RELU) is elementwise.relu is flipped
        for relu in (nn.ReLU(), Tensor.relu, functional.relu):
            assert relu(x).tolist() == [2.0, -3.0]
    assert function_at(RELU) is before
    for relu in (nn.ReLU(), Tensor.relu, functional.relu):
        assert relu(x).tolist() == [0.0, 3.0]


def test_an_error_inside_restores_everything():
    before = elementwise.relu
    with pytest.raises(KeyError), patched({RELU: flipped}):
        raise KeyError
    assert elementwise.relu is before


def test_a_module_imported_meanwhile_gets_the_reference_back():
    later = ModuleType("undergrad_test_later")
    with patched({RELU: flipped}):
        sys.modules[later.__name__] = later
        exec("from undergrad.engine.ops.elementwise import relu", vars(later))
        assert later.relu is flipped
    del sys.modules[later.__name__]
    assert later.relu is elementwise.relu


def test_a_rule_of_one_optimiser_is_not_that_of_another():
    def still(self, weights, gradients, memory, group):
        pass

    w = Tensor(np.ones(3, np.float32), requires_grad=True)
    w.grad = np.ones(3, np.float32)
    with patched({UPDATE: still}):
        optim.SGD([w], lr=0.5).step()
        assert w.tolist() == [1.0] * 3
        assert AdamW.update is not still and Adam.update is not still
    optim.SGD([w], lr=0.5).step()
    assert w.tolist() == [0.5] * 3


def test_one_inside_the_other():
    with patched({RELU: flipped}):
        with patched({RELU: lambda x: x}):
            assert elementwise.relu(Tensor([-1.0])).item() == -1
        assert elementwise.relu is flipped
