"""`undergrad completion`: the script that lets a shell finish commands, options and unit ids."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PROGRAM = "undergrad"
VARIABLE = "_UNDERGRAD_COMPLETE"  # click looks for it, named after the program

# Where each shell reads what it should know at the start.
WHERE = {
    "bash": "undergrad completion bash >> ~/.bashrc",
    "fish": "undergrad completion fish > ~/.config/fish/completions/undergrad.fish",
    "powershell": "undergrad completion powershell >> $PROFILE",
    "zsh": "undergrad completion zsh >> ~/.zshrc",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(WHERE)))
def completion_command(shell: str) -> None:
    """Print the completion script of your SHELL."""
    click.echo(script(shell))
    click.echo(f"To keep it: {WHERE[shell]}, then open a new terminal.", err=True)


def script(shell: str) -> str:
    """The script for `shell`, as click writes it. UsageError when this click has none."""
    from click.shell_completion import get_completion_class

    from undergrad.cli.app import cli
    from undergrad.errors import UsageError

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"There is no completion for {shell}; use one of {', '.join(WHERE)}.")
    return kind(cli, {}, PROGRAM, VARIABLE).source()


def complete_units(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Unit ids that begin with what is typed so far; for `shell_complete=` of an argument."""
    return _offer("units", incomplete)


def complete_resources(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """The same for resource ids."""
    return _offer("resources", incomplete)


def complete_paths(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """The same for path ids."""
    return _offer("paths", incomplete)


def _offer(kind: str, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from undergrad import course

    return [
        CompletionItem(item.id, help=item.title)
        for item in getattr(course.load(), kind)
        if item.id.startswith(incomplete)
    ]
