"""The gradient check: it notices wrong rules, and knows what it cannot judge."""

import numpy as np
import pytest

from undergrad.engine import Tensor, gradcheck
from undergrad.engine.autograd import node
from undergrad.engine.ops import elementwise, linalg, softmax


def leaf(*shape, seed=0):
    return Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True)


def test_right_rules_pass():
    assert gradcheck(lambda a, b: softmax.softmax(a @ b, 1), leaf(2, 3), leaf(3, 4, seed=1))


@pytest.mark.parametrize(
    "rule",
    [
        lambda g, x: -g * np.exp(x),  # wrong sign
        lambda g, x: g,  # forgotten derivative
        lambda g, x: (g * np.exp(x)) / x.size,  # one n too many
        lambda g, x: np.full_like(x, np.nan),
        lambda g, x: None,  # no gradient at all
    ],
)
def test_wrong_rules_are_found_and_named(rule):
    def wrong_exp(x):
        return node(np.exp(x.data), (x,), lambda g: (rule(g, x.data),), "wrong_exp")

    report = gradcheck(wrong_exp, leaf(2, 3))
    assert not report
    assert str(report).startswith("wrong_exp, argument 0: wrong; worst at (")


def test_the_argument_that_is_wrong_is_named():
    def wrong_mul(a, b):
        return node(a.data * b.data, (a, b), lambda g: (g * b.data, g * b.data), "wrong_mul")

    report = gradcheck(wrong_mul, leaf(3), leaf(3, seed=1))
    assert [finding.right for finding in report.findings] == [True, False]
    finding = report.findings[1]
    assert finding.computed != pytest.approx(finding.numeric)


def test_a_single_wrong_place_is_found():
    def almost(x):
        def vjp(g):
            out = g * 2 * x.data
            out[1, 2] = 0
            return (out,)

        return node(x.data * x.data, (x,), vjp, "almost")

    assert gradcheck(almost, leaf(2, 3)).findings[0].index == (1, 2)


def test_kinks_are_left_out_and_counted():
    x = Tensor(np.array([-1.0, 0.0, 2.0]), requires_grad=True)
    report = gradcheck(elementwise.relu, x)
    assert report
    assert report.findings[0].kinks == 1
    assert "1 kinks left out" in str(report)


def test_nothing_but_kinks_is_no_pass():
    assert not gradcheck(elementwise.abs, Tensor(np.zeros(2), requires_grad=True))


def test_float32_is_refused():
    with pytest.raises(TypeError, match="float64"):
        gradcheck(elementwise.exp, Tensor([1.0], requires_grad=True))


def test_inputs_without_gradient_are_not_checked():
    report = gradcheck(linalg.matmul, leaf(2, 2), leaf(2, 2).detach())
    assert [finding.argument for finding in report.findings] == [0]


def test_inputs_are_left_as_they_were():
    x = leaf(3)
    x.grad = np.ones(3)
    before = x.data.copy()
    gradcheck(elementwise.exp, x)
    assert (x.data == before).all()
    assert x.grad.tolist() == [1, 1, 1]
