"""Layers whose memory, chance or wiring the case table cannot show; state moved to PyTorch."""

import gc
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from undergrad.cases import LAYERS, OPERATIONS, Layer
from undergrad.cases.record import converted
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.nn.transformer import sinusoids
from undergrad.engine.ops import batch_norm, conv, dropout, recurrent


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


# Batch norm


def test_running_statistics_move_towards_those_of_the_batch():
    layer = nn.BatchNorm1d(3, momentum=0.2)
    x = drawn(8, 3) * np.float32([1, 2, 3]) + np.float32([0, 5, -5])
    layer(Tensor(x))
    np.testing.assert_allclose(layer.running_mean, 0.2 * x.mean(axis=0), rtol=1e-5)
    unbiased = x.var(axis=0, ddof=1)
    np.testing.assert_allclose(layer.running_var, 0.8 + 0.2 * unbiased, rtol=1e-5)
    assert layer.num_batches_tracked == 1


def test_in_use_a_result_depends_on_its_own_example_only():
    layer = nn.BatchNorm2d(2)
    for seed in range(5):
        layer(Tensor(drawn(4, 2, 3, 3, seed=seed)))
    layer.eval()
    before = layer.state_dict()
    x = drawn(4, 2, 3, 3)
    together = layer(Tensor(x)).numpy()
    alone = np.concatenate([layer(Tensor(x[i : i + 1])).numpy() for i in range(4)])
    np.testing.assert_allclose(together, alone, rtol=1e-6)
    assert all((before[name] == array).all() for name, array in layer.state_dict().items())


def test_batch_norm_names_the_shape_it_needs():
    with pytest.raises(ValueError, match=r"BatchNorm2d of 3 features .* x has shape \(2, 3\)"):
        nn.BatchNorm2d(3)(Tensor(drawn(2, 3)))


def test_the_twin_moves_the_running_statistics_too():
    x = Tensor(drawn(6, 2))
    kept = [(np.zeros(2, np.float32), np.ones(2, np.float32)) for _ in range(2)]
    batch_norm.batch_norm(x, *kept[0], training=True)
    batch_norm.batch_norm_simple(x, *kept[1], training=True)
    np.testing.assert_allclose(kept[0], kept[1], rtol=1e-6)


# Dropout


def test_dropout_leaves_out_the_share_p_and_keeps_the_average():
    out = dropout.dropout(Tensor(np.ones(20_000, np.float32)), 0.3, rng=1).numpy()
    assert abs((out == 0).mean() - 0.3) < 0.015
    assert set(np.unique(out)) == {0, np.float32(1 / 0.7)}
    assert abs(out.mean() - 1) < 0.02


def test_the_gradient_passes_where_the_number_passed():
    x = Tensor(np.ones(50, np.float32), requires_grad=True)
    out = dropout.dropout(x, 0.5, rng=2)
    out.backward(np.full(50, 3.0))
    assert (x.grad == 3 * out.numpy()).all()


def test_a_seeded_layer_repeats_itself_and_continues():
    one, other = nn.Dropout(0.5, rng=3), nn.Dropout(0.5, rng=3)
    x = Tensor(np.ones(40, np.float32))
    first, second = one(x).tolist(), one(x).tolist()
    assert [other(x).tolist(), other(x).tolist()] == [first, second]
    assert first != second
    assert one.eval()(x) is x


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_dropout_stands_between_recurrent_layers_in_training_only(kind):
    layer = kind(2, 4, num_layers=2, dropout=0.5, rng=0)
    x = Tensor(drawn(3, 2, 2))
    assert layer(x)[0].tolist() != layer(x)[0].tolist()
    layer.eval()
    assert layer(x)[0].tolist() == layer(x)[0].tolist()


# Attention and the Transformer


def test_a_later_letter_changes_nothing_before_it():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, rng=0).eval()
    x = drawn(1, 5, 8)
    changed = x.copy()
    changed[0, 3] += 1
    before, after = (layer(Tensor(a), is_causal=True).numpy() for a in (x, changed))
    assert (before[0, :3] == after[0, :3]).all()
    assert (before[0, 3:] != after[0, 3:]).any(axis=-1).all()


def test_causality_and_padding_hold_together():
    attend = nn.MultiheadAttention(4, 2, batch_first=True, rng=0)
    x = Tensor(drawn(2, 4, 4))
    padding = np.array([[False, False, False, True], [False, True, False, True]])
    _, weights = attend(x, x, x, key_padding_mask=padding, is_causal=True)
    allowed = np.tril(np.ones((4, 4), bool)) & ~padding[:, None, :]
    assert ((weights.numpy() > 0) == allowed).all()
    np.testing.assert_allclose(weights.numpy().sum(axis=-1), 1, rtol=1e-5)


def test_weights_and_result_agree_with_the_fast_way():
    attend = nn.MultiheadAttention(4, 2, rng=0)
    x = Tensor(drawn(3, 2, 4))
    slow, weights = attend(x, x, x)
    fast, none = attend(x, x, x, need_weights=False)
    np.testing.assert_allclose(slow.numpy(), fast.numpy(), atol=1e-6)
    assert weights.shape == (2, 3, 3) and none is None


def test_encoder_layers_are_copies_of_their_own():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, rng=0), 2, nn.LayerNorm(4))
    names = [name for name, _ in encoder.named_parameters()]
    assert "layers.1.self_attn.in_proj_weight" in names and "norm.weight" in names
    first, second = encoder.layers
    assert first.linear1.weight is not second.linear1.weight
    x = Tensor(drawn(3, 2, 4))
    by_hand = encoder.norm(second.eval()(first.eval()(x)))
    assert encoder(x).tolist() == by_hand.tolist()


def test_sinusoids_distinguish_positions():
    places = sinusoids(50, 6)
    assert places.shape == (50, 6) and places.dtype == np.float32
    np.testing.assert_allclose(places[3, 0], np.sin(3), rtol=1e-6)
    np.testing.assert_allclose(places[3, 3], np.cos(3 / 10_000 ** (2 / 6)), rtol=1e-6)
    assert sinusoids(4, 5).shape == (4, 5)


@pytest.mark.parametrize("batch_first", [True, False])
def test_positional_encoding_adds_the_position(batch_first):
    layer = nn.PositionalEncoding(4, dropout=0.0, max_len=6, batch_first=batch_first)
    out = layer(Tensor(np.zeros((2, 3, 4), np.float32))).numpy()
    expected = sinusoids(3, 4)[None] if batch_first else sinusoids(2, 4)[:, None]
    assert (out == expected).all()
    with pytest.raises(ValueError, match="longer than max_len 6"):
        layer(Tensor(np.zeros((7, 7, 4), np.float32)))


# Wiring


def test_layers_in_a_module_list_are_trained():
    layers = nn.ModuleList([nn.Linear(2, 2)])
    layers.append(nn.ReLU()).append(nn.Linear(2, 1))
    assert [name for name, _ in layers.named_parameters()][-1] == "2.bias"
    assert len(layers) == 3 and list(layers)[1] is layers[1]


def test_the_padding_row_begins_as_0_and_stays_so():
    layer = nn.Embedding(4, 2, padding_idx=1, rng=0)
    adam = optim.Adam(layer.parameters(), lr=0.1)
    layer(np.array([1, 2, 1])).sum().backward()
    adam.step()
    assert (layer.weight.data[1] == 0).all()


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_two_directions_are_a_sequence_read_twice(kind):
    both = kind(2, 3, bidirectional=True, rng=0)
    there, back = kind(2, 3), kind(2, 3)
    state = both.state_dict()
    there.load_state_dict({k: v for k, v in state.items() if "reverse" not in k})
    back.load_state_dict(
        {k.removesuffix("_reverse"): v for k, v in state.items() if "reverse" in k}
    )
    x = drawn(4, 2, 2)
    joined = both(Tensor(x))[0].numpy()
    assert (joined[..., :3] == there(Tensor(x))[0].numpy()).all()
    assert (joined[..., 3:] == back(Tensor(x[::-1].copy()))[0].numpy()[::-1]).all()


def test_a_long_sequence_is_one_node():
    layer = nn.LSTM(2, 3, rng=0)
    x = Tensor(drawn(500, 1, 2), requires_grad=True)
    output, (h, c) = layer(x)
    assert output._parents[0].op == "lstm" and output._parents[0]._parents[0] is x
    (h.sum() + c.sum()).backward()
    assert x.grad.any() and np.isfinite(x.grad).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "do not divide into 2 equal groups"),
        (lambda: nn.GroupNorm(2, 3), "3 channels do not divide into 2 equal groups"),
        (lambda: nn.MultiheadAttention(5, 2), "width 5 does not divide into 2 heads"),
        (lambda: nn.Dropout(1.5), "between 0 and 1"),
        (lambda: nn.LSTM(0, 2), "at least 1"),
        (lambda: nn.Embedding(3, 2, padding_idx=3), "padding_idx 3"),
        (lambda: nn.TransformerEncoderLayer(4, 2, activation="tanh"), "activation"),
        (lambda: nn.GRU(2, 2)(Tensor(drawn(3, 2, 3))), r"x has shape \(3, 2, 3\)"),
        (
            lambda: nn.GRU(2, 2)(Tensor(drawn(3, 2, 2)), Tensor(drawn(1, 3, 2))),
            r"initial state has shape \(1, 3, 2\), not \(1, 2, 2\)",
        ),
        (
            lambda: recurrent.rnn(*(Tensor(drawn(1, 1, 1)),) * 4, nonlinearity="sin"),
            "rnn: state 0 has shape",
        ),
    ],
)
def test_wrong_settings_are_refused_at_once(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.Conv2d(3, 8, 5, padding=2), "Conv2d(3, 8, kernel_size=5, stride=1, padding=2)"),
        (nn.MaxPool2d(2), "MaxPool2d(kernel_size=2, stride=2, padding=0)"),
        (nn.Embedding(5, 3), "Embedding(5, 3)"),
        (nn.LSTM(2, 3, bidirectional=True), "LSTM(2, 3, bidirectional=True)"),
        (nn.LayerNorm(4), "LayerNorm((4,), eps=1e-05, elementwise_affine=True)"),
        (nn.Dropout(0.2), "Dropout(p=0.2)"),
    ],
)
def test_repr_shows_the_settings(layer, text):
    assert repr(layer) == text


def test_images_keep_the_batch_innermost_between_convolutions():
    x = conv.conv2d(Tensor(drawn(4, 1, 6, 6)), Tensor(drawn(2, 1, 3, 3)))
    assert x.shape == (4, 2, 4, 4)
    assert np.maximum(x.numpy(), 0).transpose(1, 2, 3, 0).flags.c_contiguous


# State that moves to PyTorch and back


def several():
    return {
        "conv": nn.Conv2d(2, 4, 3, rng=0),
        "up": nn.ConvTranspose2d(2, 4, 3, rng=0),
        "norm": nn.BatchNorm2d(3),
        "lstm": nn.LSTM(2, 3, num_layers=2, bidirectional=True, rng=0),
        "gru": nn.GRU(2, 3, bias=False, rng=0),
        "attention": nn.MultiheadAttention(4, 2, rng=0),
        "encoder": nn.TransformerEncoderLayer(4, 2, 8, rng=0),
        "decoder": nn.TransformerDecoderLayer(4, 2, 8, rng=0),
        "words": nn.Embedding(5, 2, rng=0),
    }


def several_of_torch(torch):
    return {
        "conv": torch.nn.Conv2d(2, 4, 3),
        "up": torch.nn.ConvTranspose2d(2, 4, 3),
        "norm": torch.nn.BatchNorm2d(3),
        "lstm": torch.nn.LSTM(2, 3, num_layers=2, bidirectional=True),
        "gru": torch.nn.GRU(2, 3, bias=False),
        "attention": torch.nn.MultiheadAttention(4, 2),
        "encoder": torch.nn.TransformerEncoderLayer(4, 2, 8),
        "decoder": torch.nn.TransformerDecoderLayer(4, 2, 8),
        "words": torch.nn.Embedding(5, 2),
    }


def test_state_goes_to_pytorch_and_comes_back_through_a_file(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors import torch as to_torch

    theirs = several_of_torch(torch)
    for name, layer in several().items():
        save_file(layer.state_dict(), tmp_path / "ours.safetensors")
        theirs[name].load_state_dict(to_torch.load_file(tmp_path / "ours.safetensors"))
        to_torch.save_file(theirs[name].state_dict(), tmp_path / "theirs.safetensors")
        back = load_file(tmp_path / "theirs.safetensors")
        assert back.keys() == layer.state_dict().keys()
        assert all((back[k] == v).all() for k, v in layer.state_dict().items())
        fresh = several()[name]
        fresh.load_state_dict(back)


# Memory


def test_graphs_are_freed_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        for case in (*OPERATIONS, *LAYERS):
            sample = next(s for s in case.samples(0) if s.smooth)
            layer = isinstance(case, Layer)
            function = case.function(sample, 0, np.float32)[1] if layer else case.ours
            function(*converted(sample.args, as_input, {}), **sample.kwargs)
        held = {x.op for x in gc.get_objects() if type(x) is Tensor}  # leaves foreign objects alone
    finally:
        gc.enable()
    assert held <= {""}, "a vjp holds on to its own result"


def as_input(array):
    return Tensor(array, requires_grad=True, dtype=np.float32) if array.dtype == float else array


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of the C library on Linux")
def test_freed_memory_is_kept_for_the_next_step():
    program = (
        "import resource, numpy as np\n"
        "import undergrad.engine\n"
        "def faults():\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "np.ones(5_000_000, np.float32).sum()\n"
        "before = faults()\n"
        "for _ in range(20): np.ones(5_000_000, np.float32)\n"
        "print(faults() - before)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert int(said.stdout) < 5_000  # a fresh page for each 4096 bytes would be 97,000
