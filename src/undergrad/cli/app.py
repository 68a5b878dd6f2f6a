"""The group of all commands: which module holds which, and what happens to errors.

Importing this file costs Click and nothing else; `undergrad --help` reads the one-line summaries
from the table below and imports no command.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, NoReturn

import click

from undergrad import __version__
from undergrad.cli.terminal import complain, step, width, wrap
from undergrad.errors import UndergradError, notified_by
from undergrad.words import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# section: {name: (module in undergrad.cli, one-line help)}, in the order of `--help` and of the
# reference page: what a beginner needs on the first day comes first.
SECTIONS = {
    "Every day": {
        "start": ("start", "Start, or continue where you were."),
        "next": ("status", "Show what to do next."),
        "status": ("status", "Show where you are."),
        "show": ("show", "Show one unit."),
        "check": ("check", "Check your work and record the result."),
        "watch": ("watch", "Check on every save."),
        "hint": ("hint", "Show the next hint."),
        "solution": ("hint", "Show the worked solution beside yours."),
        "serve": ("site", "Serve the live site."),
    },
    "Coming back to it": {
        "recap": ("recap", "Answer the questions that are due."),
        "drill": ("drill", "Write a passed unit again from a blank file."),
        "plan": ("plan", "Plan the rest of your path over the calendar."),
        "path": ("path", "Show the paths, or change to another."),
        "prefer": ("path", "Show or choose the kind of material you prefer."),
    },
    "Training and projects": {
        "train": ("train", "Train a network or an agent, and judge it."),
        "env": ("env", "Check an environment of your own."),
        "cluster": ("cluster", "Train seeds on several machines."),
        "runs": ("runs", "List your runs, and compare them."),
        "play": ("play", "Watch an agent play."),
        "diagnose": ("diagnose", "Explain what went wrong in a run."),
        "evaluate": ("train", "Judge a run again."),
        "parts": ("parts", "Show which parts of the engine are yours."),
        "data": ("data", "List the datasets, and get one."),
        "capstone": ("capstone", "Create a project of your own, and check it."),
        "portfolio": ("portfolio", "Show all your capstones on one page."),
    },
    "Keeping your journey": {
        "init": ("journey", "Create a journey folder."),
        "goal": ("journey", "Show or set your reason for taking the course."),
        "read": ("journey", "Mark a resource as read."),
        "note": ("journey", "Write a note about a unit."),
        "skip": ("journey", "Skip a unit for now."),
        "reset": ("journey", "Start a unit again from the blank exercise."),
        "log": ("log", "Show the history and how long each unit took."),
        "export": ("export", "Write your history to a file."),
        "import": ("export", "Add a history from a file to yours."),
        "backup": ("export", "Make a verified copy of your progress."),
    },
    "In a class": {
        "class": ("classroom", "Run a class, or take part in one."),
    },
    "This machine": {
        "doctor": ("doctor", "Check this machine and this journey."),
        "site": ("site", "Build a copy of the site in a folder."),
        "completion": ("completion", "Print the completion script for your shell."),
    },
}
COMMANDS = {name: command for section in SECTIONS.values() for name, command in section.items()}


class Help(click.HelpFormatter):
    """Help that breaks its lines as everything else does: an example stays whole."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            words = " ".join(paragraph.split())
            example = words.removeprefix("Example: ")
            lines = wrap(words, indent) if example == words else step("Example", example, indent)
            self.write(("\n" if number else "") + "\n".join(lines) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        every, indent = list(rows), " " * self.current_indent
        widest = min(max(len(name) for name, _ in every), col_max, self.width // 2)
        column = widest + col_spacing
        for name, words in every:
            lead = f"{indent}{name:<{column}}"
            if len(name) > widest:
                self.write(f"{indent}{name}\n")
                lead = indent + " " * column
            lines = wrap(words, indent + " " * column, lead)
            self.write("".join(f"{line.rstrip()}\n" for line in lines))


click.Context.formatter_class = Help  # of every command; Click offers no place of one command's


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Help fits the terminal like everything else; Click alone stops at 50 columns."""
        return super().make_context(info_name, args, parent, terminal_width=width(), **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"undergrad.cli.{COMMANDS[name][0]}")
        command = getattr(module, f"{name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        longest = max(map(len, COMMANDS))  # one column for all sections
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(f"{name:<{longest}}", line) for name, (_, line) in commands.items()]
                )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem

        return [
            CompletionItem(name, help=summary)
            for name, (_, summary) in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            cure = did_you_mean(args[0], COMMANDS, "see `undergrad --help`.")
            raise click.UsageError(f"There is no command `{args[0]}`: {cure}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="undergrad")
def cli() -> None:
    """A deep-learning degree that you build yourself.

    New here? Run `undergrad start`. Run any command with --help for details.
    """


def _usage_error(error: click.ClickException) -> str:
    """Click's complaint in one sentence, and where the command at fault is explained."""
    message = f"undergrad: {error.format_message()}"
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message
    return f"{message.rstrip('.')}: see `{context.command_path} --help`."


def _system_error(error: OSError) -> str:
    try:
        os.getcwd()
    except OSError:
        return "The folder that you are in has been deleted: go to another, such as `cd ~`."
    return f"{error}: look at the disk, then run `undergrad doctor`."


def _prepare_streams() -> None:
    """A stream that the caller closed becomes an empty one; none fails over a letter."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what the terminal's encoding lacks, as \u0130
            stream.reconfigure(errors="backslashreplace")


def main() -> NoReturn:
    """Run the command line and end the process with its exit code.

    0 done, 1 a check failed, 2 wrong use, 3 environment or storage trouble, 130 interrupted.
    """
    _prepare_streams()
    try:
        with notified_by(complain):
            code = cli.main(standalone_mode=False)
    except UndergradError as error:
        complain(f"undergrad: {error}")
        sys.exit(error.exit_code)
    except click.ClickException as error:
        complain(_usage_error(error))
        sys.exit(error.exit_code)
    except click.Abort as error:  # Ctrl-C, or Ctrl-D where an answer was expected
        unanswered = isinstance(error.__context__, EOFError)
        complain(f"undergrad: {'stopped without an answer' if unanswered else 'interrupted'}.")
        sys.exit(130)
    except BrokenPipeError:  # the reader, such as `head`, has gone
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:  # a disk that fails where nobody expects it
        complain(f"undergrad: {_system_error(error)}")
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
