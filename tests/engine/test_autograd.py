"""How gradients flow: order, sharing, freeing, and what is refused."""

import gc
import threading

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, no_grad, tensor
from undergrad.engine.autograd import node, reverse_topological_order, unbroadcast


def leaf(*numbers):
    return Tensor(np.array(numbers, np.float32), requires_grad=True)


def test_a_result_used_twice_waits_for_both_gradients():
    x = leaf(3.0)
    middle = x * x
    (middle * middle + middle).sum().backward()  # x^4 + x^2
    assert x.grad.tolist() == [4 * 27 + 2 * 3]


def test_a_tensor_met_three_times_receives_three_gradients():
    x = leaf(2.0)
    y = x * 1.0
    (y + y + y * y).sum().backward()
    assert x.grad.tolist() == [2 + 2 * 2]


def test_gradients_add_up_over_calls():
    x = leaf(1.0, 2.0)
    for _ in range(3):
        (x * 2.0).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_two_leaves_never_share_a_gradient():
    a, b = leaf(1.0), leaf(2.0)
    (a + b).sum().backward()
    a.grad *= 10
    assert b.grad.tolist() == [1]


def test_a_gradient_that_two_results_share_is_not_added_to_in_place():
    p, q = leaf(1.0), leaf(1.0)
    a, b = p * 1.0, q * 1.0
    more = a * 3.0
    ((a + b) + more).sum().backward()  # add hands one array to a and to b
    assert (p.grad.tolist(), q.grad.tolist()) == ([4], [1])


def test_a_graph_of_100_000_nodes_is_no_trouble():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    y.backward()
    assert x.grad.tolist() == [1]
    del y


def test_a_deep_graph_that_was_never_used_is_freed():
    y = leaf(1.0)
    for _ in range(100_000):
        y = y + 1.0
    del y


def test_nothing_is_left_for_the_garbage_collector():
    x, labels = leaf(*range(12)), np.array([0, 1, 2])
    gc.collect()
    gc.disable()
    try:
        for train in (True, False):
            scores = (x.reshape(3, 4).tanh() @ x.reshape(4, 3)).relu().softmax(-1)
            loss = nn.functional.cross_entropy(scores, labels) + scores.max() + scores[1:].var()
            if train:
                loss.backward()
            del scores, loss
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_second_backward_names_retain_graph():
    loss = (leaf(2.0) ** 2).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        loss.backward()


def test_a_used_graph_changes_nothing_when_it_is_met_again():
    x, other = leaf(2.0), leaf(1.0)
    shared = x * x
    shared.sum().backward()
    with pytest.raises(RuntimeError, match="already used"):
        (other * shared).sum().backward()
    assert other.grad is None


def test_retain_graph_allows_a_second_backward():
    x = leaf(3.0)
    loss = (x * x).sum()
    loss.backward(retain_graph=True)
    loss.backward()
    assert x.grad.tolist() == [12]


def test_backward_frees_what_the_graph_held():
    x = leaf(1.0)
    middle = x * 2.0
    loss = middle.sum()
    loss.backward()
    assert middle._parents == ()


def test_no_grad_builds_no_graph_and_ends():
    x = leaf(1.0)
    with no_grad():
        with no_grad():
            pass
        assert not (x * 2.0).requires_grad
    assert (x * 2.0).requires_grad


def test_the_same_no_grad_may_be_nested():
    x, block = leaf(1.0), no_grad()
    with block:
        with block:
            pass
        assert not (x * 2.0).requires_grad
    assert (x * 2.0).requires_grad


def test_no_grad_ends_when_an_error_passes_through():
    x = leaf(1.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (x * 2.0).requires_grad


def test_no_grad_decorates_a_function():
    @no_grad()
    def double(x):
        return x * 2.0

    assert double.__name__ == "double"
    assert not double(leaf(1.0)).requires_grad


def test_no_grad_covers_a_generator_while_it_runs():
    @no_grad()
    def doubles(xs):
        """Doubles."""
        received = []
        for x in xs:
            received.append((yield x * 2.0))
        return received

    x = leaf(1.0)
    generator = doubles([x, x])
    assert (doubles.__name__, doubles.__doc__) == ("doubles", "Doubles.")
    first = next(generator)
    between = x * 2.0  # the caller is not inside the block
    second = generator.send("a")
    assert [y.requires_grad for y in (first, between, second)] == [False, True, False]
    with pytest.raises(StopIteration) as end:
        generator.send("b")
    assert end.value.value == ["a", "b"]
    assert (x * 2.0).requires_grad


def test_no_grad_passes_errors_into_a_generator_and_closes_it():
    events = []

    @no_grad()
    def patient():
        try:
            yield leaf(1.0) * 1.0
        except KeyError:
            events.append((leaf(1.0) * 1.0).requires_grad)
        try:
            yield leaf(1.0) * 1.0
        finally:
            events.append((leaf(1.0) * 1.0).requires_grad)

    generator = patient()
    next(generator)
    assert not generator.throw(KeyError()).requires_grad
    generator.close()
    assert events == [False, False]
    assert (leaf(1.0) * 1.0).requires_grad


def test_no_grad_covers_a_generator_that_a_function_returns():
    @no_grad()
    def doubles(xs):
        return (x * 2.0 for x in xs)

    assert [y.requires_grad for y in doubles([leaf(1.0), leaf(2.0)])] == [False, False]


async def later():
    pass


async def later_values():
    yield


class Later:
    pass


@pytest.mark.parametrize("function", [later, later_values, Later])
def test_no_grad_refuses_what_runs_after_it_has_ended(function):
    with pytest.raises(TypeError, match=f"above {function.__name__} would end before its work"):
        no_grad()(function)


def test_no_grad_holds_for_its_own_thread_only():
    recorded = []
    with no_grad():
        thread = threading.Thread(target=lambda: recorded.append((leaf(1.0) * 2.0).requires_grad))
        thread.start()
        thread.join()
    assert recorded == [True]


def test_intermediate_gradients_are_kept_on_request():
    x = leaf(3.0)
    middle = x * x
    other = middle + 1.0
    middle.retain_grad()
    assert (middle.retains_grad, middle.grad) == (True, None)
    (other * 5.0).sum().backward()
    assert middle.grad.tolist() == [5]
    assert (other.retains_grad, other.grad) == (False, None)


def test_a_leaf_keeps_its_gradient_once_when_that_is_asked_for():
    x = leaf(3.0)
    x.retain_grad()
    x.sum().backward()
    assert (x.retains_grad, x.grad.tolist()) == (False, [1])


def test_gradients_flow_only_where_they_are_wanted():
    x, constant = leaf(1.0), tensor([2.0])
    (x * constant).sum().backward()
    assert constant.grad is None
    assert (x * constant).detach().requires_grad is False


def test_backward_from_a_leaf_is_the_gradient_itself():
    x = leaf(1.0, 2.0)
    x.backward([3.0, 4.0])
    assert x.grad.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: (x * x).backward(), RuntimeError, "needs gradient="),
        (lambda x: (x * x).backward(np.ones(3)), ValueError, r"shape \(3,\), the tensor \(2,\)"),
        (lambda x: x.detach().sum().backward(), RuntimeError, "requires_grad=True"),
    ],
)
def test_backward_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(1.0, 2.0))


def test_mixed_float_types_are_refused():
    with pytest.raises(TypeError, match="matmul: operands of type float32, float64"):
        Tensor(np.ones((2, 2), np.float32)) @ Tensor(np.ones((2, 2)))


def test_an_operation_that_turns_float64_is_refused():
    x = leaf(1.0)
    with pytest.raises(TypeError, match="double: operands of type float32 give float64"):
        node(x.data * np.float64(2), (x,), lambda g: (g,), "double")


def test_a_gradient_that_turns_float64_is_refused():
    x = leaf(1.0)
    out = node(x.data * 2, (x,), lambda g: (g * np.float64(2),), "double")
    with pytest.raises(TypeError, match="double: its gradient is float64"):
        out.sum().backward()


def test_a_gradient_of_the_wrong_shape_is_refused():
    x = leaf(1.0, 2.0)
    out = node(x.data.sum(keepdims=True), (x,), lambda g: (g,), "total")
    with pytest.raises(
        ValueError, match=r"total: its gradient has shape \(1,\) where the tensor has \(2,\)"
    ):
        out.backward()


@pytest.mark.parametrize(
    ("gradient", "shape"),
    [((2, 3, 4), (3, 4)), ((2, 3, 4), (1, 1)), ((3,), ()), ((2, 0), (1, 1)), ((2, 3), (2, 3))],
)
def test_unbroadcast_undoes_broadcasting(gradient, shape):
    g = np.arange(np.prod(gradient), dtype=np.float32).reshape(gradient)
    small = unbroadcast(g, shape)
    assert small.shape == shape
    assert small.sum() == g.sum()


def test_a_result_comes_before_its_parents():
    a = leaf(1.0) * 2.0
    b = a + 1.0
    c = a * b
    assert all(
        found is expected
        for found, expected in zip(reverse_topological_order(c), (c, b, a), strict=True)
    )
