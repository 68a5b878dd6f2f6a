"""The first things a person sees: the help, what is said about a command that is not there, and
that a command answers whatever it is connected to."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from undergrad.cli.app import COMMANDS, cli, main
from undergrad.cli.terminal import complain, width
from undergrad.course import load
from undergrad.journey import create


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_help_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = CliRunner().invoke(cli, ["--help"]).output
    assert max(map(len, text.splitlines())) <= min(columns, 88)
    first_words = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
    assert [word for word in first_words if word in COMMANDS] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_fits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = cli.get_command(click.Context(cli), name)
    inner = list(command.commands) if isinstance(command, click.Group) else []
    for line in ([name], *([name, each] for each in inner)):
        text = CliRunner().invoke(cli, [*line, "--help"]).output
        for printed in text.splitlines():
            assert len(printed) <= 40 or printed.strip().startswith("undergrad "), printed
            assert printed.count("`") % 2 == 0, printed


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("line", ["parts", "runs", "runs compare", "train"])
def test_an_example_stays_whole(line: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = CliRunner().invoke(cli, [*line.split(), "--help"]).output.splitlines()
    (start,) = (n for n, text in enumerate(lines) if text.strip().startswith("Example:"))
    example = lines[start] if lines[start].strip() != "Example:" else lines[start + 1]
    assert f"undergrad {line}" in example
    assert start + 2 > len(lines) or not lines[lines.index(example) + 1].strip()


@pytest.mark.parametrize(
    ("columns", "longest"), [("0", 80), ("-3", 80), ("²", 80), ("", 80), ("20", 40), ("60", 60)]
)
def test_the_width(columns: str, longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == longest


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    create(tmp_path / "j", load())
    for command in ("status", "status --journey ../j", "init x", "runs", "site build x"):
        (tmp_path / "gone").mkdir()
        line = f'rmdir ../gone; "$0" -m undergrad {command}'
        gone, typed = tmp_path / "gone", ["sh", "-c", line, sys.executable]
        done = subprocess.run(typed, cwd=gone, capture_output=True, text=True)
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1 and "has been deleted" in done.stderr


def test_a_command_to_copy_means_the_folder_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-dash", "my way", "$HOME", "it's"):
        said = CliRunner().invoke(cli, ["init", "--", f"./{name}"]).stdout
        (line,) = (line for line in said.splitlines() if "cd " in line)
        command = line.strip().removeprefix("Now: ").replace("undergrad next", "pwd")
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(tmp_path / name)


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


def test_what_is_worth_knowing_is_wrapped_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command goes well, and something is said besides: the watermark is written again."""
    journey = create(tmp_path / "j", load())
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("undergrad.cli.terminal.is_terminal", lambda: True)
    monkeypatch.setattr(sys, "argv", ["undergrad", "goal", "--journey", str(journey.root)])
    journey.watermark_path.unlink()
    with pytest.raises(SystemExit) as ended:
        main()
    lines = capsys.readouterr().err.splitlines()
    assert ended.value.code == 0 and "has been written again" in " ".join(lines)
    assert len(lines) > 2 and max(map(len, lines)) <= 40


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
