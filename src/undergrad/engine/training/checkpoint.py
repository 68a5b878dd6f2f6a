"""Checkpoints: save a run and resume it later, bit for bit.

A checkpoint is one safetensors file: arrays with names, and a text in its header that holds the
rest as JSON. Whatever has `state_dict` and `load_state_dict` can be saved in it, and NumPy's
generators too. A file is written under another name and then renamed in one step, so a crash leaves
the older checkpoint intact; and it is read and compared in full before anything changes.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from undergrad.engine.autograd import Array

_FORMAT = "undergrad checkpoint 1"
_HEADER = "undergrad"  # one key, since safetensors writes several in any order
_ARRAY = "$array"  # in the JSON, stands for an array of the file


class CheckpointError(ValueError):
    """A file that is not a checkpoint, is corrupt, or does not fit."""


class Stateful(Protocol):
    """What a checkpoint can hold: a module, an optimiser, a loader ..."""

    def state_dict(self) -> Mapping[str, Any]: ...

    def load_state_dict(self, state: Any) -> None: ...


def save(
    path: str | os.PathLike[str],
    *,
    extra: Mapping[str, Any] | None = None,
    **parts: Stateful | np.random.Generator,
) -> None:
    """Write the state of all `parts`, and `extra`, to `path`, all at once or not at all.

    Arguments:
        extra: numbers, texts, lists, dictionaries and arrays to keep beside the parts.
        parts: what to save, by the names under which `load` will look for it.

    For example `save("run.safetensors", model=net, optimizer=adam, loader=batches, rng=rng)`.
    """
    arrays: dict[str, Array] = {}
    states = {name: _state(part) for name, part in parts.items()}
    tree = _take_arrays({"parts": states, "extra": dict(extra or {})}, "", arrays)
    header = {"format": _FORMAT, "tree": tree, "crc32": _checksum(arrays, tree)}
    write_at_once(Path(path), _to_bytes(arrays, {_HEADER: json.dumps(header)}))


def load(path: str | os.PathLike[str], **parts: Stateful | np.random.Generator) -> dict[str, Any]:
    """Put every part back into its saved state, and return what was saved as `extra`.

    Raises CheckpointError, which names the file, when it is missing, damaged, foreign or does not
    fit; then no part has changed.
    """
    saved = read(path)
    missing = [name for name in parts if name not in saved["parts"]]
    if missing:
        raise CheckpointError(
            f"{path} holds {', '.join(saved['parts']) or 'no parts'}, but not {missing[0]!r}"
        )
    before = {name: _state(part) for name, part in parts.items()}
    for name, part in parts.items():
        try:
            _restore(part, saved["parts"][name])
        except (KeyError, TypeError, ValueError) as error:
            for touched, state in before.items():
                _restore(parts[touched], state)
            raise CheckpointError(f"{path}, part {name!r}: {error}") from error
    extra: dict[str, Any] = saved["extra"]
    return extra


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """All that a checkpoint holds, as `{"parts": {name: state}, "extra": {...}}`."""
    metadata, arrays = _open(path)
    try:
        header = json.loads(metadata.get(_HEADER, "{}"))
        foreign = header.get("format") != _FORMAT
        damaged = not foreign and header["crc32"] != _checksum(arrays, header["tree"])
    except (ValueError, KeyError, AttributeError) as error:
        raise CheckpointError(f"{path} is damaged: {error}, nothing was loaded") from error
    if foreign:
        raise CheckpointError(f"{path} is not a checkpoint of undergrad, nothing was loaded")
    if damaged:
        raise CheckpointError(f"{path} is damaged: its checksum is wrong, nothing was loaded")
    tree: dict[str, Any] = _put_arrays(header["tree"], arrays)
    return tree


def save_weights(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Write a `state_dict` of arrays as plain safetensors, which PyTorch can read."""
    write_at_once(Path(path), _to_bytes({k: np.ascontiguousarray(v) for k, v in arrays.items()}))


def load_weights(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The arrays of any safetensors file, also one that PyTorch wrote."""
    return _open(path)[1]


def _state(part: Stateful | np.random.Generator) -> Mapping[str, Any]:
    if isinstance(part, np.random.Generator):
        return part.bit_generator.state
    return part.state_dict()


def _restore(part: Stateful | np.random.Generator, state: Mapping[str, Any]) -> None:
    if isinstance(part, np.random.Generator):
        part.bit_generator.state = state
    else:
        part.load_state_dict(state)


def _take_arrays(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    """`value` with its arrays moved into `arrays` and named in their place."""
    if isinstance(value, np.ndarray):
        arrays[name] = np.ascontiguousarray(value).reshape(value.shape)
        return {_ARRAY: name}
    if isinstance(value, Mapping):
        return {k: _take_arrays(v, f"{name}.{k}".lstrip("."), arrays) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_take_arrays(v, f"{name}.{i}", arrays) for i, v in enumerate(value)]
    return value.item() if isinstance(value, np.generic) else value


def _put_arrays(value: Any, arrays: Mapping[str, Array]) -> Any:
    """The reverse of `_take_arrays`."""
    if isinstance(value, dict):
        if value.keys() == {_ARRAY}:
            return arrays[value[_ARRAY]]
        return {k: _put_arrays(v, arrays) for k, v in value.items()}
    return [_put_arrays(v, arrays) for v in value] if isinstance(value, list) else value


def _to_bytes(arrays: Mapping[str, Array], metadata: dict[str, str] | None = None) -> bytes:
    from safetensors.numpy import save as to_bytes  # imported here: most never save

    return to_bytes(dict(arrays), metadata=metadata)


def _open(path: str | os.PathLike[str]) -> tuple[dict[str, str], dict[str, Array]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            names = file.keys()
            return file.metadata() or {}, {name: file.get_tensor(name) for name in names}
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    except SafetensorError as error:
        raise CheckpointError(
            f"{path} is cut off or no safetensors file, nothing was loaded ({error})"
        ) from error


def _checksum(arrays: Mapping[str, Array], tree: Any) -> int:
    """CRC-32 of the JSON, then of the arrays in the order of their names."""
    total = zlib.crc32(json.dumps(tree).encode())
    for name in sorted(arrays):
        total = zlib.crc32(np.ascontiguousarray(arrays[name]).tobytes(), total)
    return total


def write_at_once(path: Path, content: bytes) -> None:
    """Write to a temporary file, force it to the disk, and only then give it its name."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
