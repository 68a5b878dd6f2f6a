"""Checkpoints: exact, whole or not at all, and careful with files that are not theirs."""

import json
import os

import numpy as np
import pytest

from undergrad.engine import CheckpointError, Tensor, checkpoint, load, nn, optim, save
from undergrad.engine.data import DataLoader, TensorDataset


def training(seed):
    rng = np.random.default_rng(seed)
    data = TensorDataset(rng.normal(size=(20, 3)).astype(np.float32), rng.integers(0, 2, 20))
    model = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.ReLU(), nn.Linear(4, 2, rng=rng))
    return {
        "model": model,
        "optimizer": optim.Adam(model.parameters(), lr=0.01),
        "loader": DataLoader(data, batch_size=3, shuffle=True, rng=rng),
        "rng": np.random.default_rng(seed + 1),
    }


def states(parts):
    return str([p.bit_generator.state if n == "rng" else p.state_dict() for n, p in parts.items()])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.safetensors"
    save(path, **training(0), extra={"step": 7, "note": "ü", "seen": np.arange(3), "none": None})
    return path


def test_everything_comes_back(file):
    parts = training(5)
    extra = load(file, **parts)
    assert states(parts) == states(training(0))
    assert extra["seen"].tolist() == [0, 1, 2]
    assert (extra["step"], extra["note"], extra["none"]) == (7, "ü", None)


def test_single_parts_may_be_loaded(file):
    model = training(5)["model"]
    load(file, model=model)
    assert (model[0].weight == training(0)["model"][0].weight).all()


def test_arrays_of_all_kinds_survive(tmp_path):
    arrays = {
        "float64": np.array(0.1),
        "flags": np.array([True, False]),
        "bytes": np.arange(6, dtype=np.uint8).reshape(2, 3).T,
        "nothing": np.zeros((0, 2), np.float32),
    }
    save(tmp_path / "a", extra={"nested": [arrays]})
    back = load(tmp_path / "a")["nested"][0]
    for name, array in arrays.items():
        assert (back[name] == array).all()
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)


STORED = {
    "foreign byte order": np.array([1.0, 2.0], ">f8"),
    "foreign integers": np.arange(3, dtype=">i2"),
    "0-d": np.array(7.5, np.float32),
    "0-d, foreign": np.array(7, ">i8"),
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "every other one": np.arange(10, dtype=np.int8)[::2],
    "reversed": np.arange(4, dtype=np.uint16)[::-1],
    "repeated": np.broadcast_to(np.float32(3), (2, 2)),
    "empty": np.zeros((0, 3), bool),
    "half": np.array([0.1, np.inf, np.nan], np.float16),
    "not finite": np.array([np.nan, -np.inf, -0.0]),
    "large": np.array([2**64 - 1], np.uint64),
}


@pytest.mark.parametrize("array", STORED.values(), ids=STORED)
def test_an_array_of_any_layout_comes_back(tmp_path, array):
    save(tmp_path / "a", extra={"a": array})
    checkpoint.save_weights(tmp_path / "w", {"a": array})
    for back in (load(tmp_path / "a")["a"], checkpoint.load_weights(tmp_path / "w")["a"]):
        np.testing.assert_array_equal(back, array)
        assert (back.shape, back.dtype) == (array.shape, array.dtype.newbyteorder("="))
        assert back.flags.writeable


@pytest.mark.parametrize("layer", [nn.BatchNorm1d(3), nn.BatchNorm2d(2), nn.Linear(2, 1)])
def test_the_weights_of_a_layer_fit_it_again(tmp_path, layer):
    checkpoint.save_weights(tmp_path / "w", layer.state_dict())
    layer.load_state_dict(checkpoint.load_weights(tmp_path / "w"))


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"a": np.array([1j])}, "extra.a is an array of the type complex128"),
        ({"a": [np.array([None, 2])]}, "extra.a.0 is an array of the type object"),
        ({"a": np.array(["x"])}, "type <U1, which a checkpoint cannot hold; convert it"),
        ({"a": np.array(["2026-01-01"], "M8[D]")}, "convert it to bool, integers"),
        ({"a": np.zeros(2, "f4,i4")}, "which a checkpoint cannot hold"),
        ({"a": np.ma.array([1, 2], mask=[0, 1])}, "of the type masked"),
        ({"a": {"b": np.ones(2)}, "a.b": np.zeros(2)}, "both be called extra.a.b in the file"),
        ({"a": [np.ones(2)], "a.0": np.zeros(2)}, "both be called extra.a.0"),
        ({"a": {(1, 2): 3}}, r"the key \(1, 2\) in extra.a cannot be stored"),
        ({1: 2}, "the key 1 in extra cannot be stored; use another text, such as '1'"),
        ({"a": {"$array": "b"}}, "the key '\\$array' in extra.a cannot be stored"),
        ({"a": {1, 2}}, "extra.a is of the type set"),
        ({"a": 2j}, "type complex"),
        ({"a": b"bytes"}, "type bytes"),
        ({"a": np.datetime64("2026-01-01")}, "type datetime64"),
        ({"a": Tensor([1.0])}, "of a tensor, save its `data`"),
    ],
)
def test_what_would_not_come_back_is_refused_and_the_older_file_stays(file, extra, message):
    before = file.read_bytes()
    with pytest.raises(CheckpointError, match=message):
        save(file, extra=extra)
    assert file.read_bytes() == before
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_numbers_come_back_exactly(tmp_path):
    numbers = {
        "huge": 7**300, "nan": float("nan"), "inf": -np.inf, "tiny": 5e-324, "third": 1 / 3,
        "float32": np.float32(0.1), "int8": np.int8(-3), "flag": np.True_, "text": "ü\ud800",
    }  # fmt: skip
    save(tmp_path / "a", extra=numbers)
    back = load(tmp_path / "a")
    assert repr(back.pop("nan")) == "nan"
    assert back == {k: v for k, v in numbers.items() if k != "nan"}


def test_a_file_that_cannot_be_read_back_does_not_replace_the_older(file, monkeypatch):
    before, real = file.read_bytes(), checkpoint._to_bytes
    monkeypatch.setattr(checkpoint, "_to_bytes", lambda *args: bit_flipped(real(*args)))
    with pytest.raises(CheckpointError, match="checksum is wrong"):
        save(file, **training(1))
    assert file.read_bytes() == before
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def written(path, dtype, shape, content):
    """A safetensors file of one array, byte for byte."""
    entry = {"x": {"dtype": dtype, "shape": shape, "data_offsets": [0, len(content)]}}
    header = json.dumps(entry).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + content)
    return path


def test_bfloat16_is_widened_without_loss(tmp_path):
    numbers = np.array([[1.0, -2.5], [np.inf, 3.0e38]], np.float32)
    upper = (numbers.view(np.uint32) >> 16).astype("<u2")
    path = written(tmp_path / "w", "BF16", [2, 2], upper.tobytes())
    back = checkpoint.load_weights(path)["x"]
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, (numbers.view(np.uint32) >> 16 << 16).view(np.float32))


def test_bfloat16_of_pytorch_is_read(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    theirs = {
        "a": torch.randn(3, 4, dtype=torch.bfloat16),
        "b": torch.tensor(0.1, dtype=torch.bfloat16),
        "c": torch.randn(2, dtype=torch.float16),
        "d": torch.zeros(0, 2, dtype=torch.bfloat16),
    }
    save_file(theirs, tmp_path / "w")
    for name, back in checkpoint.load_weights(tmp_path / "w").items():
        np.testing.assert_array_equal(back, theirs[name].float().numpy())


def test_float8_is_refused_with_a_cure(tmp_path):
    path = written(tmp_path / "w", "F8_E4M3", [2], b"\x00\x01")
    with pytest.raises(CheckpointError, match=r"x is stored as F8_E4M3.*`tensor.float\(\)`"):
        checkpoint.load_weights(path)


def test_whatever_a_part_raises_all_parts_go_back(file):
    class Odd:
        def state_dict(self):
            return {"x": 1}

        def load_state_dict(self, state):
            if state != {"x": 1}:
                raise AttributeError("no such thing")

    parts = {"model": training(5)["model"], "odd": Odd()}
    save(file, model=training(0)["model"], odd=nn.Linear(1, 1))
    before = parts["model"].state_dict()
    with pytest.raises(CheckpointError, match="part 'odd': no such thing"):
        load(file, **parts)
    after = parts["model"].state_dict()
    assert all(np.array_equal(before[k], after[k]) for k in before)


def truncated(content):
    return content[: len(content) // 2]


def bit_flipped(content):
    return content[:-5] + bytes([content[-5] ^ 1]) + content[-4:]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncated, "cut off"),
        (bit_flipped, "checksum is wrong"),
        (lambda content: b"", "cut off"),
        (lambda content: b"PK\x03\x04" + content, "cut off or no safetensors"),
    ],
)
def test_damaged_files_are_refused_by_name(file, damage, message):
    file.write_bytes(damage(file.read_bytes()))
    parts = training(5)
    before = states(parts)
    with pytest.raises(CheckpointError, match=message) as caught:
        load(file, **parts)
    assert str(file) in str(caught.value)
    assert states(parts) == before


def test_the_same_state_gives_the_same_bytes(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        save(tmp_path / name, extra={"x": np.arange(3), "loss": 0.5, "names": ["p", "q"]}, rng=rng)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_changed_number_in_the_header_is_noticed(tmp_path):
    path = tmp_path / "run.safetensors"
    save(path, extra={"steps": 1203})
    path.write_bytes(path.read_bytes().replace(b"1203", b"1303"))
    with pytest.raises(CheckpointError, match="checksum"):
        load(path)


def test_foreign_safetensors_are_refused(tmp_path):
    checkpoint.save_weights(tmp_path / "weights", {"a": np.ones(2)})
    with pytest.raises(CheckpointError, match="not a checkpoint of undergrad"):
        load(tmp_path / "weights")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="nowhere"):
        load(tmp_path / "nowhere")


def test_a_missing_part_is_named(file):
    with pytest.raises(CheckpointError, match="but not 'critic'"):
        load(file, critic=nn.Linear(1, 1))


def test_one_part_that_does_not_fit_leaves_all_parts_alone(file):
    parts = training(5)
    parts["loader"] = DataLoader(TensorDataset(np.ones((9, 3))), rng=1)
    save(file, **(training(0) | {"loader": iterated(training(0)["loader"])}))
    before = states(parts)
    with pytest.raises(CheckpointError, match="part 'loader'"):
        load(file, **parts)
    assert states(parts) == before


def iterated(loader):
    next(iter(loader))
    return loader


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_crash_while_saving_leaves_the_older_file(file, monkeypatch, moment):
    before = file.read_bytes()

    def crash(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, moment, crash)
    with pytest.raises(OSError, match="disk full"):
        save(file, **training(1))
    assert file.read_bytes() == before
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_what_cannot_be_saved_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CheckpointError, match="function is of the type builtin_function"):
        save(tmp_path / "a", extra={"function": print})
    assert not list(tmp_path.iterdir())


def test_plain_weights_travel_to_pytorch_and_back(tmp_path):
    model = training(0)["model"]
    checkpoint.save_weights(tmp_path / "w.safetensors", model.state_dict())
    other = training(1)["model"]
    other.load_state_dict(checkpoint.load_weights(tmp_path / "w.safetensors"))
    x = Tensor(np.ones((2, 3), np.float32))
    assert other(x).tolist() == model(x).tolist()


def test_pytorch_takes_our_state(tmp_path):
    torch = pytest.importorskip("torch")
    ours = training(0)["model"]
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    x = np.ones((2, 3), np.float32)
    assert np.allclose(
        ours(Tensor(x)).data, theirs(torch.from_numpy(x)).detach().numpy(), atol=1e-6
    )
