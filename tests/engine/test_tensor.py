"""What a tensor holds, shows and answers."""

import copy

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, tensor
from undergrad.engine.ops.elementwise import where


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        ([1, 2], np.float32),
        (1.5, np.float32),
        (True, np.float32),
        (np.arange(3), np.float32),
        (np.ones(2, np.float16), np.float32),
        (np.ones(2), np.float64),
        (np.ones(2, np.float32), np.float32),
    ],
)
def test_lists_and_integers_become_float32_and_float_arrays_stay(data, dtype):
    assert Tensor(data).dtype == dtype
    assert tensor(data).dtype == dtype


@pytest.mark.parametrize("data", ["text", [1j], [object()]])
def test_only_real_numbers(data):
    with pytest.raises(TypeError, match="real numbers"):
        Tensor(data)


HIDDEN = np.ma.array([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize(
    "call",
    [
        lambda: Tensor(HIDDEN),
        lambda: Tensor(HIDDEN, dtype=np.float64),
        lambda: Tensor([1.0, 2.0]) + HIDDEN,
        lambda: nn.MSELoss()(Tensor([1.0, 2.0]), HIDDEN),
        lambda: nn.CrossEntropyLoss()(Tensor([[1.0], [2.0]]), HIDDEN.astype(int) * 0),
        lambda: where(HIDDEN > 0, Tensor([1.0, 2.0]), 0.0),
    ],
)
def test_numbers_that_a_masked_array_hides_do_not_come_back(call):
    with pytest.raises(TypeError, match="masked array hides some"):
        call()


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="lists of the same length"):
        Tensor([[1.0], [1.0, 2.0]])


def test_only_two_float_types():
    with pytest.raises(TypeError, match="float32 or float64"):
        Tensor([1.0], dtype=np.int64)


def test_tensor_copies_and_the_class_does_not():
    array = np.ones(2)
    assert Tensor(array).data is array
    assert not np.shares_memory(tensor(array).data, array)


@pytest.mark.parametrize("other", [2.0, 2, np.float64(2), np.array([2.0]), [2.0]])
def test_numbers_and_arrays_take_the_type_of_the_tensor(other):
    x = Tensor([3.0])
    for result, expected in [
        (x + other, 5), (other + x, 5), (x - other, 1), (other - x, -1), (x * other, 6),
        (other * x, 6), (x / other, 1.5), (other / x, 2 / 3), (x**other, 9), (other**x, 8),
    ]:  # fmt: skip
        assert isinstance(result, Tensor)
        assert result.dtype == np.float32
        assert result.item() == pytest.approx(expected)


def test_comparisons_give_masks():
    x = Tensor([1.0, 2.0, 3.0])
    assert (x > 2).tolist() == [False, False, True]
    assert (x >= 2).tolist() == [False, True, True]
    assert (x < Tensor([2.0])).tolist() == [True, False, False]
    assert (x <= 2).tolist() == [True, True, False]
    assert (x == 2).tolist() == [False, True, False]
    assert (x != 2).tolist() == [True, False, True]


def test_a_tensor_is_a_key_by_identity():
    a, b = Tensor([1.0]), Tensor([1.0])
    assert {a: 1}.get(b) is None
    assert {a: 1}[a] == 1


def test_repr_shows_numbers_and_history():
    x = Tensor([1.0, 2.5], requires_grad=True)
    assert repr(x) == "tensor([1. , 2.5], requires_grad=True)"
    assert repr(x.sum()) == "tensor(3.5, op='sum', requires_grad=True)"
    assert repr(Tensor(np.ones(1))) == "tensor([1.], dtype=float64)"


def test_python_protocols():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    assert [row.tolist() for row in x] == [[1, 2], [3, 4]]
    assert float(x[0, 1]) == 2
    assert bool(x[0, 0] == 1)
    assert abs(-x).tolist() == x.tolist()
    assert x.T.tolist() == [[1, 3], [2, 4]]
    with pytest.raises(TypeError, match="no length"):
        len(x[0, 0])
    with pytest.raises(AttributeError):
        x.colour = "red"


def test_numpy_may_look_only_where_no_gradient_is_lost():
    assert np.asarray(Tensor([1.0, 3.0])).tolist() == [1, 3]
    with pytest.raises(TypeError, match="detach"):
        np.asarray(Tensor([1.0], requires_grad=True))


def test_requires_grad_changes_on_leaves_only():
    x = Tensor([1.0]).requires_grad_()
    assert x.requires_grad
    with pytest.raises(RuntimeError, match="a result of mul"):
        (x * 2.0).requires_grad_(False)


def test_argmax_and_argmin_are_integers():
    x = Tensor([[1.0, 5.0], [7.0, 2.0]])
    assert x.argmax(1).tolist() == [1, 0]
    assert x.argmin().item() == 0


def test_methods_agree_with_operations():
    x = Tensor(np.random.default_rng(0).uniform(0.5, 2, (2, 3)))
    assert x.exp().log().data == pytest.approx(x.data)
    assert x.sqrt().pow(2).data == pytest.approx(x.data)
    assert x.softmax(1).log().data == pytest.approx(x.log_softmax(1).data)
    assert x.logsumexp(1).shape == (2,)
    assert x.mean(0).data == pytest.approx(x.data.mean(0))
    assert x.var(0).data == pytest.approx(x.data.var(0, ddof=1))
    assert x.min(1).values.data == pytest.approx(x.data.min(1))
    assert x.amax(1).data == pytest.approx(x.max(1)[0].data)
    assert x.amin().item() == x.min().item()
    assert x.clip(1).data.min() >= 1
    assert x.expand(2, 2, 3).permute(2, 0, 1).transpose(0, 1).shape == (2, 3, 2)
    assert x.unsqueeze(0).squeeze(0).reshape(3, 2).flatten().tolist() == x.data.ravel().tolist()
    assert x.gather(1, np.array([[2], [0]])).data.ravel() == pytest.approx(x.data[[0, 1], [2, 0]])
    assert x.matmul(x.T).data == pytest.approx(x.data @ x.data.T)
    assert x.sigmoid().data == pytest.approx(1 / (1 + np.exp(-x.data)))
    assert x.expm1().log1p().data == pytest.approx(x.data)
    assert (x.rsqrt() * x.sqrt()).data == pytest.approx(np.ones((2, 3)))
    assert (x.sin() ** 2 + x.cos() ** 2).data == pytest.approx(np.ones((2, 3)))
    assert (-x).sign().data.max() == -1
    assert x.std(1).data == pytest.approx(x.data.std(1, ddof=1))
    assert x.norm(dim=1).data == pytest.approx(np.linalg.norm(x.data, axis=1))
    assert x.prod(1).data == pytest.approx(x.data.prod(1))
    assert x.cumsum(1).data == pytest.approx(x.data.cumsum(1))
    assert x.argmax(1, keepdim=True).shape == (2, 1)
    assert x.flip(0, 1).data == pytest.approx(x.data[::-1, ::-1])
    assert (x.tril() + x.triu(1)).data == pytest.approx(x.data)
    assert [part.shape for part in x.split([1, 2], 1)] == [(2, 1), (2, 2)]
    assert [part.shape for part in x.chunk(2)] == [(1, 3), (1, 3)]
    assert x.index_select(1, [2, 0]).data == pytest.approx(x.data[:, [2, 0]])
    doubled = x.scatter_add(0, np.array([[0, 0, 0]]), x[:1])
    assert doubled.data == pytest.approx(x.data * [[2], [1]])


def test_a_copy_is_independent():
    x = Tensor([1.0], requires_grad=True)
    y = copy.deepcopy(x)
    y.data += 1
    assert x.item() == 1
    assert y.requires_grad
