"""The first things a person sees: the help, what is said about a command that is not there, and
that a command answers whatever it is connected to."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad.cli.app import COMMANDS, cli
from undergrad.cli.terminal import complain
from undergrad.course import load
from undergrad.journey import create


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_help_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = CliRunner().invoke(cli, ["--help"]).output
    assert max(map(len, text.splitlines())) <= min(columns, 88)
    first_words = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
    assert [word for word in first_words if word in COMMANDS] == list(COMMANDS)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("stat", "did you mean `status`?"),
        ("chekc", "did you mean `check`?"),
        ("xyzzy", "see `undergrad --help`."),
    ],
)
def test_a_command_that_is_not_there(typed: str, answer: str) -> None:
    result = CliRunner().invoke(cli, [typed])
    assert result.exit_code == 2
    assert answer in result.output


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "undergrad", "--version"]
    assert "undergrad" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="its shell closes no stream")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed: str, tmp_path: Path) -> None:
    create(tmp_path / "j", load())
    for command in ("status", "recap"):
        line = f'"$0" -m undergrad {command} --journey j {closed}'
        done = subprocess.run(
            ["sh", "-c", line, sys.executable], cwd=tmp_path, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_what_is_wrong_breaks_between_words_in_a_terminal_only(monkeypatch, capsys):
    path = "/a/" + "very-long-" * 8 + "path"
    sentence = f"undergrad: There is no journey in {path}: create one with `undergrad init DIR`."
    monkeypatch.setenv("COLUMNS", "40")
    complain(sentence)
    assert capsys.readouterr().err == sentence + "\n", "a program reads one line"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    complain(sentence)
    lines = capsys.readouterr().err.splitlines()
    assert " ".join(lines) == sentence
    assert f"{path}:" in lines, "a path can be copied"
    assert all(len(line) <= 40 for line in lines if path not in line)
