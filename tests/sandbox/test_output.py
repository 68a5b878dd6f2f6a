"""What a learner's code prints: bounded, both ends kept, nothing that a terminal would obey."""

import pytest

from undergrad.sandbox.output import Output, clean

SAFE = {
    "colour": ("\x1b[1;31mred\x1b[0m", "red"),
    "cursor": ("a\x1b[2J\x1b[10;5Hb", "ab"),
    "title": ("\x1b]0;owned\x07x\x1b]8;;http://x\x1b\\link", "xlink"),
    "open title": ("x\x1b]0;never ends", "x"),
    "single": ("\x1bcx", "x"),
    "control": ("a\x00\x08\x7f\x9bb", "ab"),
    "lines": ("a\r\nb\tc\rd\n", "a\nb\tcd\n"),
    "direction": ("a\u202eb\u2066c", "abc"),
    "other scripts": ("élan 數 Ω", "élan 數 Ω"),
}


@pytest.mark.parametrize("name", SAFE)
def test_terminal_codes_are_removed(name):
    raw, safe = SAFE[name]
    assert clean(raw) == safe


@pytest.mark.parametrize("block", [1, 999, 1 << 16])
def test_both_ends_of_a_long_output_are_kept(block):
    data = b"".join(b"line %d\n" % n for n in range(40_000))
    output = Output()
    for start in range(0, len(data), block):
        output.add(data[start : start + block])
    text = output.text()
    assert output.size == len(data)
    assert text.startswith("line 0\nline 1\n") and text.endswith("line 39998\nline 39999\n")
    assert "bytes left out" in text and len(text) < 70_000


def test_a_short_output_is_whole_and_hides_the_scratch_folder():
    output = Output()
    output.add(b"/tmp/x/first.py:3: Warning: \xff\n")
    assert output.text(hide="/tmp/x/") == "first.py:3: Warning: \ufffd\n"
