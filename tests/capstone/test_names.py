"""Names: what is made safe, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undergrad.capstone import safe_name
from undergrad.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("my-digits", "my-digits"),
        ("My Digits", "my-digits"),
        ("  spaced  out  ", "spaced-out"),
        ("Zürich_Übung", "zurich-ubung"),
        ("caf\u00e9", "cafe"),
        ("cafe\u0301", "cafe"),
        ("-leading", "leading"),
        ("a" * 41, "a" * 41),
    ],
)
def test_a_clear_wish_is_made_safe(typed, used):
    assert safe_name(typed) == used


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "..", "../evil", "a/b", "/etc/passwd", "a\\b", "C:evil", "a\x00b", "a\nb",
        "a\x1b[2J", "3d-net", "数字", "🎓", "a" * 42, "con", "NUL", "com1", "tests", "undergrad",
        "{{cookiecutter}}/x",
    ],
)  # fmt: skip
def test_what_is_not_a_name_is_refused_in_one_readable_sentence(typed):
    with pytest.raises(UsageError) as refused:
        safe_name(typed)
    message = str(refused.value)
    assert message.isprintable()
    assert "such as my-" in message


@given(st.text(max_size=60))
def test_whatever_is_typed_no_name_leaves_the_folder(typed):
    try:
        name = safe_name(typed)
    except UsageError:
        return
    assert name == safe_name(name)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
