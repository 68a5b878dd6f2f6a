"""What is not a tensor: one sentence, from every layer, loss and function."""

import inspect

import numpy as np
import pytest

from undergrad.cases import OPERATIONS
from undergrad.engine import Tensor, nn
from undergrad.engine.nn import functional
from undergrad.engine.ops import shape

X = np.ones((2, 3, 4), np.float32)
FORMS = {
    "a NumPy array": X,
    "a NumPy array, foreign": X.astype(">f4"),
    "a list": X.tolist(),
    "a tuple": tuple(X.tolist()),
}


def layers():
    """Every public layer that can be made without settings or with sizes only, and its name."""
    sizes = {
        "Linear": (4, 2), "Conv1d": (3, 2, 1), "Conv2d": (2, 2, 1), "ConvTranspose2d": (2, 2, 1),
        "BatchNorm1d": (3,), "BatchNorm2d": (3,), "LayerNorm": (4,), "GroupNorm": (1, 3),
        "RMSNorm": (4,), "RNN": (4, 2), "GRU": (4, 2), "LSTM": (4, 2), "Softmax": (1,),
        "LogSoftmax": (1,), "MaxPool1d": (2,), "MaxPool2d": (2,), "AvgPool1d": (2,),
        "AvgPool2d": (2,), "AdaptiveAvgPool1d": (2,), "AdaptiveAvgPool2d": (2,),
        "PositionalEncoding": (4,), "TransformerEncoderLayer": (4, 2),
        "TransformerDecoderLayer": (4, 2), "MultiheadAttention": (4, 2), "Embedding": (5, 2),
        "GroupedQueryAttention": (8, 4, 2), "SwiGLU": (4, 6),
    }  # fmt: skip
    for name in nn.__all__:
        made = getattr(nn, name)
        if inspect.isclass(made) and name not in ("Module", "ModuleList", "TransformerEncoder"):
            yield name, made(*sizes.get(name, ()))


LAYERS = dict(layers())
TAKES_ANYTHING = {"Sequential", "Identity", "Embedding"}


def how_many(layer):
    """How many inputs a call needs."""
    parameters = inspect.signature(layer.forward).parameters.values()
    return sum(p.default is p.empty for p in parameters)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(LAYERS.keys() - TAKES_ANYTHING))
def test_a_layer_says_what_to_do_with_an_array(name, form):
    layer, given = LAYERS[name], FORMS[form]
    what = form.partition(",")[0]
    for mode in (True, False):
        layer.train(mode)
        with pytest.raises(TypeError, match=rf"^`{name}` was given {what}; wrap it: `Tensor\("):
            layer(*[given] * how_many(layer))


def test_it_names_the_argument():
    with pytest.raises(TypeError, match=r"^`MSELoss` was given a NumPy array.*`Tensor\(predict"):
        nn.MSELoss()(X, Tensor(X))
    with pytest.raises(TypeError, match=r"^`linear` was given a NumPy array.*`Tensor\(weight\)`$"):
        functional.linear(Tensor(X), np.ones((2, 4), np.float32))
    with pytest.raises(TypeError, match=r"^`Linear` needs a Tensor as `x`, and was given None$"):
        nn.Linear(4, 2)(None)


def test_a_tensor_of_another_library_is_none_of_ours():
    torch = pytest.importorskip("torch")
    theirs = torch.ones(2, 4)
    with pytest.raises(TypeError, match=r"^`Linear` was given a torch.Tensor; wrap it: `Tensor\(x"):
        nn.Linear(4, 2)(theirs)
    assert (Tensor(np.ones((2, 4))) + theirs).tolist() == [[2] * 4] * 2


def test_inside_a_network_the_layer_that_received_it_is_named():
    class Net(nn.Module):
        def __init__(self):
            self.first, self.second = nn.Linear(4, 4), nn.Sequential(nn.Tanh(), nn.Linear(4, 2))

        def forward(self, x):
            return self.second(self.first(x).numpy())

    with pytest.raises(TypeError, match=r"^`Tanh` was given a NumPy array"):
        Net()(Tensor(X))
    with pytest.raises(TypeError, match=r"^`Linear` was given a NumPy array"):
        Net()(X)


def test_an_error_of_another_kind_is_left_alone():
    with pytest.raises(ValueError, match="linear: shapes"):
        nn.Linear(3, 2)(Tensor(X))
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        nn.Linear(3, 2)()
    with pytest.raises(TypeError, match="embedding: the index must hold integers"):
        nn.Embedding(5, 2)(X)


@pytest.mark.parametrize("name", functional.__all__)
def test_a_function_says_what_to_do_with_an_array(name):
    case = {case.name: case for case in OPERATIONS}.get(name)
    function = getattr(functional, name)
    assert inspect.signature(function) == inspect.signature(case.ours)
    samples = [sample for sample in case.samples(0) if not sample.settings]
    for convert in (lambda a: a.astype(np.float32), lambda a: a.astype(">f4"), np.ndarray.tolist):
        args = [
            convert(a) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a
            for a in samples[0].args
        ]
        with pytest.raises(TypeError, match=rf"^`{name}` was given a (NumPy array|list|number)"):
            function(*args, **samples[0].kwargs)


@pytest.mark.parametrize("name", ["exp", "log", "abs", "clip", "concat", "stack", "einsum", "tril"])
def test_what_reaches_the_graph_is_a_tensor(name):
    case = {case.name: case for case in OPERATIONS}[name]
    sample = case.samples(0)[0]
    with pytest.raises(TypeError, match=f"^`{name}` was given a NumPy array"):
        case.ours(*sample.args, **sample.kwargs)


def test_operators_take_arrays_beside_a_tensor():
    a, b = Tensor(np.arange(6.0).reshape(2, 3)), np.arange(6.0).reshape(3, 2).astype(">f4")
    assert np.array_equal((a @ b).data, a.data @ b)
    assert np.array_equal((b @ a).data, b @ a.data)
    assert np.array_equal((b.tolist() @ a).data, b @ a.data)
    assert np.array_equal((a + b.T).data, a.data + b.T)


@pytest.mark.parametrize("kind", [">f4", ">f8", "<f4", "<f8", ">i8", ">f2"])
def test_a_foreign_byte_order_is_made_native(kind):
    expected = np.float64 if kind.endswith("f8") else np.float32
    x = Tensor(np.array([1, 2], kind), requires_grad=True)
    assert (x.data.dtype, x.data.dtype.isnative) == (expected, True)
    shape.concat([x * 2, x.exp()]).sum().backward(np.array(1, kind))
    assert x.grad == pytest.approx(2 + np.exp([1, 2]))


def test_a_native_array_is_still_not_copied():
    for array in (np.ones(2), np.ones(2, np.float32), np.frombuffer(bytes(8), np.float32)):
        assert Tensor(array).data is array


def test_indices_are_no_masks_and_labels_no_floats():
    x = Tensor(np.eye(3))
    for index in ([True, False, True], [0.0, 1.0], [[0, 1]]):
        with pytest.raises(ValueError, match="index_select: index must be a row of integers, not"):
            x.index_select(1, index)
    with pytest.raises(ValueError, match="and classes are given as integers"):
        functional.cross_entropy(x, Tensor([0, 1, 2]))
