"""`env`: look at an environment of one's own before anything is trained in it."""

from dataclasses import asdict
from pathlib import Path

import click

from undergrad.cli import presets
from undergrad.cli.context import json_option, print_json
from undergrad.cli.runs import one_thread
from undergrad.cli.terminal import paint, say


@click.group("env")
def env_command() -> None:
    """Check an environment of your own.

    Example: undergrad env check my_world:Corridor-v0
    """


@env_command.command("check")
@click.argument("env")
@click.option("--kwargs", metavar="K=V", multiple=True, help="An argument for making ENV.")
@json_option
@click.pass_context
def check_command(context: click.Context, env: str, kwargs: tuple[str, ...], as_json: bool) -> None:
    """Ask whether an agent can learn in ENV, and whether it is honest.

    ENV is a name that Gymnasium knows, or MODULE:NAME of an environment of your own. It ends with 1
    when something should be corrected.
    """
    one_thread()
    from undergrad.rl import env_check

    options = presets.values("--kwargs", kwargs)
    found = []
    for finding in env_check.check(env, options, str(Path.cwd())):
        found.append(finding)
        if not as_json:
            mark = paint("OK", "green") if finding.ok else paint("not OK", "red")
            say(f"{finding.question}: {mark}, {finding.said}")
    if as_json:
        print_json(
            {"env": env, "ok": all(one.ok for one in found), "checks": list(map(asdict, found))}
        )
    context.exit(int(not all(one.ok for one in found)))
