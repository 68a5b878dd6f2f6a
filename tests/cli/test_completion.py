"""The completion script, and what the shell is offered."""

import os
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from undergrad import course
from undergrad.cli.app import COMMANDS, cli
from undergrad.cli.completion import WHERE, completion_command


@pytest.mark.parametrize("shell", list(WHERE))
def test_the_script_of_each_shell(shell: str) -> None:
    result = CliRunner().invoke(completion_command, [shell])
    assert result.exit_code == 0
    assert "_UNDERGRAD_COMPLETE" in result.stdout
    assert WHERE[shell] in result.stderr


def test_an_unknown_shell_is_wrong_use() -> None:
    result = CliRunner().invoke(completion_command, ["tcsh"])
    assert result.exit_code == 2
    assert "bash" in result.stderr


def test_commands_complete_without_importing_them() -> None:
    before = set(sys.modules)
    completer = ShellComplete(cli, {}, "undergrad", "_UNDERGRAD_COMPLETE")
    offered = [item.value for item in completer.get_completions([], "c")]
    assert offered == [name for name in COMMANDS if name.startswith("c")]
    assert not {name for name in set(sys.modules) - before if name.startswith("undergrad.cli.")}


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        (["check"], "po", {"policy-gradient", "pong"}),
        (["check", "pong"], "pol", {"policy-gradient"}),
        (["hint"], "backpr", {"backprop"}),
        (["show"], "trans", {"transformer"}),
        (["read"], "micro", {"micrograd", "microgpt"}),
        (["init", "--path"], "two", {"two-week"}),
    ],
)
def test_what_is_offered_after_a_command(
    words: list[str], incomplete: str, expected: set[str]
) -> None:
    completer = ShellComplete(cli, {}, "undergrad", "_UNDERGRAD_COMPLETE")
    assert {item.value for item in completer.get_completions(words, incomplete)} == expected


def test_every_unit_is_offered() -> None:
    completer = ShellComplete(cli, {}, "undergrad", "_UNDERGRAD_COMPLETE")
    offered = [item.value for item in completer.get_completions(["skip"], "")]
    assert offered == [unit.id for unit in course.load().units]


def test_bash_really_gets_an_answer() -> None:
    environment = {
        **os.environ,
        "_UNDERGRAD_COMPLETE": "bash_complete",
        "COMP_WORDS": "undergrad comp",
        "COMP_CWORD": "1",
    }
    program = "import sys; sys.argv = ['undergrad']; from undergrad.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "plain,completion"
