"""The case table drives these: one test a record, whatever the record is about."""

import importlib
import inspect
import pkgutil
import warnings
from dataclasses import replace

import numpy as np
import pytest
from tests.engine import golden
from tests.engine.parity import compared_corners, differences, main
from tests.engine.torch_side import torch_values

from undergrad.cases import CASES, LAYERS, OPERATIONS, Layer
from undergrad.cases.record import converted, main_result
from undergrad.engine import Tensor, gradcheck, nn, ops, optim
from undergrad.engine.autograd import node
from undergrad.engine.optim.adam import adam_step, adam_step_simple
from undergrad.engine.twins import TWINS as TABLE

GOLDEN = golden.read()
SEEDS = (0, 1, 2)
MODULES = [
    importlib.import_module(m.name) for m in pkgutil.iter_modules(ops.__path__, f"{ops.__name__}.")
]
TWINS = tuple(case for case in OPERATIONS if case.twin)
BY_NAME = {case.name: case for case in CASES}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_differentiable = pytest.mark.parametrize(
    "case", (*OPERATIONS, *LAYERS), ids=lambda case: case.name
)


@each_case
def test_equals_the_stored_values_of_pytorch(case):
    samples = case.samples(0)
    stored = {key for key in GOLDEN if key.split("/")[0] == case.name}
    for i, sample in enumerate(samples):
        ours = case.values(sample, 0)
        theirs = {name: GOLDEN[f"{case.name}/{i}/{name}"] for name in ours}
        stored -= {f"{case.name}/{i}/{name}" for name in ours}
        assert not differences(case, ours, theirs), sample.label
    assert not stored, "golden.npz knows more samples: run `python -m tests.engine.golden`"


@each_case
def test_equals_pytorch(case):
    pytest.importorskip("torch")
    for seed in SEEDS:
        for sample in case.samples(seed):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # PyTorch's, about its own settings
                theirs = torch_values(case, sample, seed)
            assert not differences(case, case.values(sample, seed), theirs), sample.label


@each_differentiable
def test_the_gradient_is_the_numeric_gradient(case):
    for sample in case.samples(5):
        if not sample.smooth:
            continue
        made = {}
        function = case.function(sample, 5, np.float64)[1] if isinstance(case, Layer) else case.ours
        args = converted(sample.args, lambda a: as_input(a), made)

        def of_inputs(*_, function=function, args=args, kwargs=sample.kwargs):
            return main_result(function(*args, **kwargs))

        report = gradcheck(of_inputs, *made.values(), rng=5)
        assert report, f"{sample.label}: {report}"


def as_input(array):
    if array.dtype.kind != "f":
        return array
    return Tensor(array.copy(order="K"), requires_grad=True)  # gradcheck nudges it in place


@pytest.mark.parametrize("case", TWINS, ids=lambda case: case.name)
def test_the_readable_twin_computes_the_same(case):
    for sample in case.samples(3):
        fast = case.values(sample, 3)
        readable = case.values_of(case.twin, sample, 3)
        assert not differences(case, fast, readable), sample.label


@pytest.mark.parametrize("case", TWINS, ids=lambda case: case.name)
def test_the_readable_twin_agrees_in_the_corners(case):
    found = compared_corners(case, seed=3, count=12, with_torch=False)
    assert not found.problems
    assert found.counts["twins equal"] > 0


@pytest.mark.slow
@each_differentiable
def test_the_corners_equal_pytorch(case):
    pytest.importorskip("torch")
    found = compared_corners(case, seed=3, count=30)
    assert not found.problems
    assert found.counts["equal"] > 0


def test_a_wrong_shortcut_falls_in_the_corners():
    """A kernel of size 1 multiplies only if its stride is 1 and nothing is padded."""

    def shortcut(x, weight, bias=None, stride=1, padding=0, **more):
        if weight.shape[-2:] == (1, 1) and x.shape[1] == weight.shape[1]:
            stride, padding = 1, 0
        return BY_NAME["conv2d"].ours(x, weight, bias, stride, padding, **more)

    wrong = replace(BY_NAME["conv2d"], ours=shortcut)
    assert compared_corners(wrong, seed=3, count=60, with_torch=False).problems


@each_differentiable
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_float_type_stays(case, dtype):
    for sample in case.samples(1):
        for name, array in case.values(sample, 1, dtype).items():
            assert array.dtype == dtype, (sample.label, name)


@pytest.mark.parametrize("case", [c for c in CASES if c.refusals], ids=lambda case: case.name)
def test_bad_input_is_refused_with_the_cure(case):
    for refusal in case.refusals:
        with pytest.raises((ValueError, IndexError, TypeError)) as caught:
            case.ours(*refusal.args, **refusal.kwargs)
        assert refusal.message in str(caught.value)
        assert case.name in str(caught.value) or "reduction" in str(caught.value)


def test_every_public_operation_has_a_record():
    helpers = {
        "add_columns", "argmax", "argmin", "attention_weights", "bands", "batch_inner",
        "batch_outer", "boolean_mask", "centre", "check", "check_channels", "check_probability",
        "checked_count", "checked_reduction", "dropout_mask", "erf", "geometry", "given", "im2col",
        "indices", "is_tensor", "largest", "largest_finite", "lift", "log_softmax_array",
        "loss_node", "masked", "normalise", "normalise_backward", "of_same_shape", "one_row_high",
        "padded", "pair", "per_channel", "real_numbers", "record_counts", "reduce_losses",
        "refuse_hidden", "scale_and_shift", "score_mask", "sum_of", "unpacked",
        "project_out",
    }  # fmt: skip
    public = {name for name in defined() if not name.startswith("_") and not is_twin(name)}
    assert public - helpers == {case.name for case in OPERATIONS}


def test_every_twin_has_a_record_and_stands_above_its_fast_form():
    functions = defined()
    twins = {name: member for name, member in functions.items() if is_twin(name)}
    assert twins.keys() == {case.twin.__name__ for case in TWINS}
    of_operations = {case.ours: case.twin for case in TWINS}
    assert {**of_operations, adam_step: adam_step_simple} == TABLE
    for name, twin in twins.items():
        fast = functions[name.removesuffix("_simple")]
        assert fast.__doc__.startswith(f"Fast form of `{name}`")
        assert twin.__code__.co_filename == fast.__code__.co_filename
        assert twin.__code__.co_firstlineno < fast.__code__.co_firstlineno


def defined():
    """All functions of the operations, by name."""
    return {
        name: member
        for module in MODULES
        for name, member in vars(module).items()
        if inspect.isfunction(member) and member.__module__ == module.__name__
    }


def is_twin(name):
    return name.endswith("_simple")


def test_every_layer_and_optimiser_has_a_record():
    classes = {
        name
        for module, base in ((nn, nn.Module), (optim, optim.Optimizer))
        for name, member in vars(module).items()
        if inspect.isclass(member) and issubclass(member, base) and member is not base
    }
    in_tests_of_their_own = {"ModuleList", "PositionalEncoding", "Sequential", "TransformerEncoder"}
    assert classes - in_tests_of_their_own <= BY_NAME.keys()


def test_names_are_unique_and_every_case_has_samples():
    assert len(BY_NAME) == len(CASES)
    assert all(len(case.samples(0)) >= 1 for case in CASES)


def leaky(x):
    """relu whose gradient passes everywhere."""
    return node(np.maximum(x.data, 0), (x,), lambda g: (g,), "relu")


def stuck_softmax(x, dim):
    """softmax whose gradient is 0, which an all-ones cotangent would call right."""
    p = np.exp(x.data) / np.exp(x.data).sum(axis=dim, keepdims=True)
    return node(p, (x,), lambda g: (0 * g,), "softmax")


@pytest.mark.parametrize(("name", "wrong"), [("relu", leaky), ("softmax", stuck_softmax)])
def test_a_wrong_gradient_is_noticed(name, wrong):
    case = BY_NAME[name]
    sample = case.samples(0)[0]
    broken = replace(case, ours=wrong).values(sample, 0)
    right = case.values(sample, 0)
    assert differences(case, broken, right)[0].startswith(f"{name}, gradient 0: at (0, ")


def test_the_command_compares_with_pytorch_or_says_that_it_is_missing(capsys):
    code = main(["--seed", "7"])
    said = capsys.readouterr()
    if importlib.util.find_spec("torch"):
        assert code == 0
        assert f"{len(CASES)} of {len(CASES)} records" in said.out
    else:
        assert code == 3
        assert "pip install 'undergrad[torch]'. Without it, the tests compare" in said.err
