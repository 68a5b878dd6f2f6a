"""A page writes a learner's file, and never over what somebody else wrote."""

import os
import stat

import pytest

from undergrad.errors import StoreError, UsageError
from undergrad.site.exercise import LIMIT, Conflict, Exercise, read, write

TEXT = "def f(x):\n    return 'é'\n"


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "exercises" / "first_ten.py"
    found.parent.mkdir()
    found.write_bytes(TEXT.encode())
    return found


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "kept"


def texts(folder):
    return {each.read_bytes() for each in folder.glob("*.py")}


def test_a_missing_file_has_no_version_and_is_written_where_it_belongs(tmp_path, kept):
    file = tmp_path / "new" / "f.py"
    assert read(file) == Exercise()
    made = write(file, "", TEXT, kept)
    assert file.read_text("utf-8") == made.text == TEXT
    assert read(file) == made and made.version


def test_a_text_replaces_the_version_that_it_began_with(file, kept):
    first = read(file)
    second = write(file, first.version, TEXT + "x = 1\n", kept)
    assert file.read_text("utf-8") == TEXT + "x = 1\n"
    assert second.version != first.version and not kept.exists()


def test_what_another_program_wrote_stays_and_both_texts_are_kept(file, kept):
    first = read(file)
    file.write_bytes(b"theirs = 1\n")
    for _ in range(2):
        with pytest.raises(Conflict, match="changed in another program") as caught:
            write(file, first.version, "mine = 1\n", kept)
    assert file.read_bytes() == b"theirs = 1\n"
    assert caught.value.now == read(file)
    assert texts(kept) == {b"theirs = 1\n", b"mine = 1\n"}
    assert write(file, caught.value.now.version, "mine = 1\n", kept).text == "mine = 1\n"


def test_a_file_that_is_gone_or_appeared_is_a_conflict_too(file, kept):
    first = read(file)
    file.unlink()
    with pytest.raises(Conflict):
        write(file, first.version, "mine = 1\n", kept)
    file.write_bytes(b"theirs = 1\n")
    with pytest.raises(Conflict):
        write(file, "", "mine = 1\n", kept)


def test_the_same_text_is_no_conflict_and_is_not_written_again(file, kept):
    before = file.stat().st_ino
    assert write(file, "an old version", TEXT, kept) == read(file)
    assert file.stat().st_ino == before and not kept.exists()


@pytest.mark.parametrize("data", [b"a = 1\r\nb = 2\r\n", b"\xef\xbb\xbfa = 1\nb = 2\n"])
def test_line_ends_and_the_mark_of_the_encoding_stay(file, kept, data):
    file.write_bytes(data)
    shown = read(file)
    assert shown.text == "a = 1\nb = 2\n"
    assert write(file, shown.version, shown.text, kept).version == shown.version
    write(file, shown.version, "a = 3\nb = 2\n", kept)
    assert file.read_bytes() == data.replace(b"a = 1", b"a = 3")


@pytest.mark.parametrize(
    ("data", "said"),
    [("# é\n".encode("latin-1"), "not in UTF-8"), (b"#" * (LIMIT + 1), "too long")],
)
def test_what_a_page_cannot_show_it_does_not_write(file, kept, data, said):
    file.write_bytes(data)
    found = read(file)
    assert said in found.trouble and found.text == ""
    with pytest.raises(UsageError, match=said):
        write(file, found.version, "x = 1\n", kept)
    assert file.read_bytes() == data


@pytest.mark.parametrize("text", ["#" * (LIMIT + 1), "x = '\ud800'\n"])
def test_a_text_that_no_file_should_hold_is_refused(file, kept, text):
    with pytest.raises(UsageError):
        write(file, read(file).version, text, kept)
    assert file.read_bytes() == TEXT.encode()


@pytest.mark.skipif(os.name == "nt", reason="links and modes are those of POSIX")
def test_a_link_stays_a_link_and_the_mode_stays(file, kept, tmp_path):
    file.chmod(0o640)
    link = tmp_path / "link.py"
    link.symlink_to(file)
    write(link, read(link).version, "x = 1\n", kept)
    assert link.is_symlink() and file.read_bytes() == b"x = 1\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_folder_in_the_place_of_the_file_gets_a_sentence(tmp_path, kept):
    with pytest.raises(UsageError, match="is not a file: move it away"):
        read(tmp_path)


def test_a_full_disk_leaves_the_file_as_it_was(file, kept, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="make room on the disk"):
        write(file, read(file).version, "x = 1\n", kept)
    assert file.read_bytes() == TEXT.encode()
    assert [each.name for each in file.parent.iterdir()] == [file.name]
