"""The one way to print: lines break between words, and what can be copied stays whole."""

import sys
from pathlib import Path

import click
import pytest

from undergrad.cli import terminal


@pytest.fixture(autouse=True, params=[40, 80])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def test_a_paragraph_breaks_between_words_and_never_in_backquotes(columns: int) -> None:
    text = "Read it first, then run `undergrad check first-ten --all`, and look again. " * 3
    lines = list(terminal.wrap(text, "    ", "  - "))
    assert max(map(len, lines)) <= columns
    assert lines[0].startswith("  - Read") and all(line.startswith("    ") for line in lines[1:])
    assert " ".join(line.strip() for line in lines) == "- " + text.strip()
    assert sum("`undergrad check first-ten --all`," in line for line in lines) == 3


def test_what_is_longer_than_the_terminal_stays_whole() -> None:
    path = "/a/" + "very-long-" * 9 + "path"
    assert path in list(terminal.wrap(f"It is in {path} and nowhere else."))


def test_colour_takes_no_room(columns: int) -> None:
    text = "word " * 40
    plain = list(terminal.wrap(text))
    coloured = list(terminal.wrap(terminal.paint(text.strip(), "green", bold=True)))
    assert [click.unstyle(line) for line in coloured] == plain


def test_say_wraps_under_the_beginning_of_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(["  " + "word " * 30, "", "short"])
    *lines, empty, short = capsys.readouterr().out.splitlines()
    assert len(lines) > 1 and all(line.startswith("  word") for line in lines)
    assert (empty, short) == ("", "short")


def test_a_command_to_type_is_never_broken(columns: int) -> None:
    command = "undergrad runs compare " + "cartpole-20260101-120000 " * 2
    assert any(command in line for line in terminal.step("Next", command))
    assert list(terminal.step("Next", "undergrad next")) == ["Next: undergrad next"]


def test_long_lines_of_a_difference_keep_their_sign(columns: int) -> None:
    new = "    total = " + " + ".join(f"weight_{n} * input_{n}" for n in range(9))
    lines = [click.unstyle(line) for line in terminal.diff("a", "x\n", "b", new + "\n")]
    assert max(map(len, lines)) <= columns
    start = next(n for n, line in enumerate(lines) if line.startswith("+    total"))
    assert "".join(line[1:] for line in lines[start:]).replace(" ", "") == new.replace(" ", "")


def test_a_table_has_columns_or_blocks(columns: int) -> None:
    rows = [("ppo-pendulum-20260101-120000", "inconclusive", "500.0"), ("short", "pass", "7")]
    lines = [click.unstyle(line) for line in terminal.table(("run", "verdict", "score"), rows)]
    assert max(map(len, lines)) <= columns
    assert sum("ppo-pendulum-20260101-120000" in line for line in lines) == 1
    if columns == 80:
        assert len({line.rindex(value) + len(value) for line, value in zip(
            lines, ("score", "500.0", "7"), strict=True)}) == 1  # fmt: skip
    else:
        assert "  score: 500.0" in lines


def test_a_question_breaks_between_words(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: " yes ")
    assert terminal.confirm("Show the worked solution of `gradient-descent`? " + "word " * 9)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: " an answer ")
    assert terminal.typed("How well did you know it?") == "an answer"
    assert max(map(len, capsys.readouterr().err.splitlines())) <= columns


def test_an_error_is_one_line_for_a_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "There is no journey here: create one with `undergrad init DIR`, or name one."
    terminal.complain(sentence)
    assert capsys.readouterr().err == sentence + "\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    terminal.complain(sentence)
    said = capsys.readouterr().err
    assert "`undergrad init DIR`" in said and " ".join(said.split()) == sentence


def test_a_path_as_it_would_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert terminal.short_path(tmp_path / "a" / "b.py") == str(Path("a", "b.py"))
