"""Files that appear whole or not at all."""

import errno
import os
import re
from pathlib import Path

import pytest

from undergrad.errors import StoreError
from undergrad.files import output, replace_file, write_new

TEXT = re.compile(b"text")


def _full(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"text, the old one")
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(StoreError, match="make room"), output(path, TEXT) as file:
        file.write(b"text, the new one")
    for write in (replace_file, write_new):
        with pytest.raises(OSError, match="No space"):
            write(path if write is replace_file else tmp_path / "other", b"text, the new one")
    assert path.read_bytes() == b"text, the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_in_the_block_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for name in ("free", "file"):
        with pytest.raises(ZeroDivisionError), output(tmp_path / name, TEXT) as file:
            file.write(b"text, half of it")
            file.write(bytes([1 // 0]))
        assert [each.name for each in tmp_path.iterdir()] == (["file"] if path.exists() else [])
        path.write_bytes(b"text, the old one")
    assert path.read_bytes() == b"text, the old one"


def test_many_writers_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with output(path, TEXT) as first, output(path, TEXT) as second:
        first.write(b"text 1")
        second.write(b"text 2")
    assert path.read_bytes() == b"text 1", "the block that ends last"
    assert list(tmp_path.iterdir()) == [path]
