"""Checkpoints: exact, whole or not at all, and careful with files that are not theirs."""

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
    with pytest.raises(TypeError, match="JSON"):
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
