"""Checkpoints: save a run and resume it later, bit for bit.

A checkpoint is one safetensors file: arrays with names, and a text in its header that holds the
rest as JSON. Whatever has `state_dict` and `load_state_dict` can be saved in it, and NumPy's
generators too. A file is written under another name, read back, and only then renamed in one step,
so neither a crash nor an array that cannot be stored costs the older checkpoint; and a file is read
and compared in full before anything changes.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from undergrad.engine.autograd import Array

_FORMAT = "undergrad checkpoint 1"
_HEADER = "undergrad"  # one key, since safetensors writes several in any order
_ARRAY = "$array"  # in the JSON, stands for an array of the file
_DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4",
    "U64": "<u8", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip


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
        extra: numbers, texts, lists, dictionaries and arrays to keep beside the parts. Tuples come
            back as lists.
        parts: what to save, by the names under which `load` will look for it.

    Raises CheckpointError, before anything is written, for what a checkpoint cannot hold. For
    example `save("run.safetensors", model=net, optimizer=adam, loader=batches, rng=rng)`.
    """
    arrays: dict[str, Array] = {}
    states = {name: _state(part) for name, part in parts.items()}
    tree = _take_arrays({"parts": states, "extra": dict(extra or {})}, "", arrays)
    header = {"format": _FORMAT, "tree": tree, "crc32": _checksum(arrays, tree)}
    write_at_once(Path(path), _to_bytes(arrays, {_HEADER: json.dumps(header)}), read)


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
        except Exception as error:  # whatever a part of any kind raises: all parts go back
            for touched, state in before.items():
                _restore(parts[touched], state)
            raise CheckpointError(f"{path}, part {name!r}: {error or repr(error)}") from error
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
    plain: dict[str, Array] = {}
    for name, array in arrays.items():
        _take_arrays(np.asarray(array), name, plain)
    write_at_once(Path(path), _to_bytes(plain), load_weights)


def load_weights(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The arrays of any safetensors file, also one that PyTorch wrote.

    NumPy has no bfloat16, the type of most published weights: such arrays become float32, which
    holds all their numbers exactly. Raises CheckpointError for the types of 8 bits and fewer.
    """
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
        if name in arrays:
            raise CheckpointError(
                f"two arrays would both be called {name} in the file; use names without dots"
            )
        arrays[name] = _plain(value, name)
        return {_ARRAY: name}
    if isinstance(value, Mapping):
        return {k: _take_arrays(v, _joined(name, k), arrays) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_take_arrays(v, f"{name}.{i}", arrays) for i, v in enumerate(value)]
    if isinstance(value, np.generic) and value.dtype.kind in "biufU":
        value = value.item()
    if not (value is None or isinstance(value, bool | int | float | str)):
        raise CheckpointError(
            f"{name} is of the type {type(value).__name__}, which a checkpoint cannot hold; it "
            "takes numbers, texts, lists, dictionaries and arrays (of a tensor, save its `data`)"
        )
    return value


def _joined(name: str, key: object) -> str:
    if not isinstance(key, str) or key == _ARRAY:
        raise CheckpointError(
            f"the key {key!r} in {name or 'the checkpoint'} cannot be stored; use another text, "
            f"such as {str(key).strip('$')!r}"
        )
    return f"{name}.{key}".removeprefix(".")


def _plain(array: Array, name: str) -> Array:
    """The array, row by row and in the byte order of this machine, as safetensors expects it."""
    native = array.dtype.newbyteorder("=")
    known = {np.dtype(dtype) for dtype in _DTYPES.values()}
    if native not in known or isinstance(array, np.ma.MaskedArray):
        kind = "masked" if isinstance(array, np.ma.MaskedArray) else str(array.dtype)
        raise CheckpointError(
            f"{name} is an array of the type {kind}, which a checkpoint cannot hold; convert it to "
            "bool, integers of up to 64 bits, float16, float32 or float64"
        )
    return np.asarray(array, native, order="C")


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
        with safe_open(path, framework="np") as file:  # checks the header and the length
            metadata, names = file.metadata() or {}, file.keys()
        content = Path(path).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    except SafetensorError as error:
        raise CheckpointError(
            f"{path} is cut off or no safetensors file, nothing was loaded ({error})"
        ) from error
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    return metadata, {
        name: _array_of(header[name], memoryview(content)[start:], f"{path}: {name}")
        for name in names
    }


def _array_of(entry: Mapping[str, Any], content: memoryview, where: str) -> Array:
    """The array that an entry of the header describes by its type, shape and place."""
    begin, end = entry["data_offsets"]
    dtype, shape, numbers = entry["dtype"], entry["shape"], content[begin:end]
    if dtype == "BF16":  # the upper half of a float32
        upper = np.frombuffer(numbers, "<u2").astype(np.uint32)
        return (upper << 16).view(np.float32).reshape(shape)
    if dtype not in _DTYPES:
        raise CheckpointError(
            f"{where} is stored as {dtype}, which NumPy cannot hold, nothing was loaded; convert "
            "it where it was made, in PyTorch with `tensor.float()`"
        )
    native = np.dtype(_DTYPES[dtype]).newbyteorder("=")
    return np.frombuffer(numbers, _DTYPES[dtype]).astype(native).reshape(shape)


def _checksum(arrays: Mapping[str, Array], tree: Any) -> int:
    """CRC-32 of the JSON, then of the arrays in the order of their names."""
    total = zlib.crc32(json.dumps(tree).encode())
    for name in sorted(arrays):
        total = zlib.crc32(np.ascontiguousarray(arrays[name]).tobytes(), total)
    return total


def write_at_once(
    path: Path, content: bytes, read_back: Callable[[Path], object] = lambda path: None
) -> None:
    """Write to a temporary file, force it to the disk, and only then give it its name.

    `read_back` reads the temporary file, and raises when it is not what it should be.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        read_back(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
