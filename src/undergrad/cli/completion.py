"""`undergrad completion`: the script that lets a shell finish commands, options and unit ids."""

import click
from click.shell_completion import CompletionItem, get_completion_class

from undergrad.cli.terminal import say
from undergrad.course import load
from undergrad.errors import UsageError
from undergrad.words import listing

PROGRAM = "undergrad"
VARIABLE = "_UNDERGRAD_COMPLETE"  # click looks for it, named after the program

# How each shell is given the script for good.
WHERE = {
    "bash": "undergrad completion bash >> ~/.bashrc",
    "fish": "undergrad completion fish > ~/.config/fish/completions/undergrad.fish",
    "powershell": "undergrad completion powershell >> $PROFILE",
    "zsh": "undergrad completion zsh >> ~/.zshrc",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(WHERE)))
def completion_command(shell: str) -> None:
    """Print the completion script for your SHELL."""
    click.echo(script(shell))
    say(f"To keep it, run `{WHERE[shell]}`, then open a new terminal.", err=True)


def script(shell: str) -> str:
    """The script for `shell`, as click writes it. UsageError when this click has none."""
    from undergrad.cli.app import cli  # which imports this module to run it

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"There is no completion for {shell}: use one of {listing(WHERE)}.")
    return kind(cli, {}, PROGRAM, VARIABLE).source()


def complete_units(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Unit ids that begin with what is typed so far; for `shell_complete=` of an argument."""
    return _offer("units", incomplete)


def complete_resources(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The same for resource ids."""
    return _offer("resources", incomplete)


def complete_paths(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The same for path ids."""
    return _offer("paths", incomplete)


def _offer(kind: str, incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(item.id, help=item.title)
        for item in getattr(load(), kind)
        if item.id.startswith(incomplete)
    ]
