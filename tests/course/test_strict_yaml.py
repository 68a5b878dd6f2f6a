"""Plain YAML comes through whole; everything ambiguous or explosive is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undergrad.course.strict_yaml import MAX_BYTES, MAX_DEPTH, parse
from undergrad.errors import CourseError


def test_plain_values_and_their_lines() -> None:
    document = parse(b"a: 1\nb:\n  - x\n  - {c: 2.5, d: null}\ne: 2026-11-20\nf: true\n", "f.yaml")
    assert document.value == {
        "a": 1,
        "b": ["x", {"c": 2.5, "d": None}],
        "e": "2026-11-20",
        "f": True,
    }
    assert document.line(("b", 1, "c")) == 4
    assert document.line(("b", 0, "not", "there")) == 3
    assert str(document.error(("e",), "too late.")) == "f.yaml:5: too late."


def test_lines_count_from_where_the_yaml_begins() -> None:
    assert parse(b"a: 1\nb: 2\n", "page.md", first_line=2).line(("b",)) == 3


BROKEN = [
    ("duplicate key", "a: 1\nb: 2\na: 3\n", 3, "twice (first on line 1)"),
    ("duplicate key inside", "a:\n  - b: 1\n    b: 2\n", 3, "twice (first on line 2)"),
    ("the Norway problem", "a: [x,\n no]\n", 2, "reads `no` as true or false"),
    ("yes as a key", "a: 1\nyes: 2\n", 2, "reads `yes` as true or false"),
    ("true as a key", "a: 1\ntrue: 2\n", 2, "`true` is not a word"),
    ("a number as a key", "a: 1\n12: 2\n", 2, "`12` is not a word"),
    ("a list as a key", "a: 1\n? [b]\n: 2\n", 2, "not a word"),
    ("minutes in base sixty", "a: 1\nb: 1:30\n", 2, "reads `1:30` as a number"),
    ("an octal number", "a: 010\n", 1, "reads `010` as a number"),
    ("underscores in numbers", "a: 1_000\n", 1, "reads `1_000` as a number"),
    ("infinity", "a: .inf\n", 1, "reads `.inf` as a number"),
    ("a moment", "a: 2026-11-20 10:00:00\n", 1, "a moment in time"),
    ("an anchor", "a: &x 1\nb: 2\n", 1, "anchors and aliases"),
    ("an alias", "a: 1\nb: *x\n", 2, "anchors and aliases"),
    ("a merge", "a:\n  <<: {b: 1}\n", 2, "an order to merge"),
    ("a tag", "a: 1\nb: !!str 2\n", 2, "tags such as"),
    ("a Python tag", "a: !!python/object/apply:os.system [ls]\n", 1, "tags such as"),
    ("two documents", "a: 1\n---\nb: 2\n", 2, "second document"),
    ("no YAML at all", "a: 1\nb: ]\n", 2, "this is not YAML"),
    ("a tab for indentation", "a:\n\tb: 1\n", 2, "this is not YAML"),
    ("nothing", "", 1, "there is nothing"),
    ("only a comment", "# later\n", 1, "there is nothing"),
    ("too deep", "a:\n " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), 2, "nested deeper"),
    ("absurdly deep", "[" * 200_000, 1, "nested deeper"),
    ("too big", "a: " + "x" * MAX_BYTES, 1, "bytes"),
]


@pytest.mark.parametrize(
    ("text", "line", "message"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_refused_with_file_and_line(text: str, line: int, message: str) -> None:
    with pytest.raises(CourseError) as caught:
        parse(text.encode(), "f.yaml")
    assert str(caught.value).startswith(f"f.yaml:{line}: ")
    assert message in str(caught.value)


def test_a_billion_laughs_are_refused_before_they_grow() -> None:
    rows = ["a0: &a0 [lol, lol]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    with pytest.raises(CourseError, match=r"^f\.yaml:1: anchors"):
        parse("\n".join(rows).encode(), "f.yaml")


def test_bytes_that_are_not_utf_8() -> None:
    with pytest.raises(CourseError, match=r"^f\.yaml:2: this is not UTF-8"):
        parse(b"a: 1\nb: caf\xe9\n", "f.yaml")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4))
def test_whatever_pyyaml_writes_comes_back_or_is_refused_politely(value: dict[str, object]) -> None:
    import yaml

    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    try:
        assert parse(text.encode(), "f.yaml").value == value
    except CourseError as error:  # nested deeper than the cap, or a repeated list as an alias
        assert "nested" in str(error) or "anchors" in str(error)
