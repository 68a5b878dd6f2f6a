"""Looking after a journey: a backup on request, and `doctor`, which looks at everything."""

from pathlib import Path

import click

from undergrad.cli.shared import journey_option, json_option, open_journey, print_json


@click.command("backup")
@journey_option
@json_option
def backup_command(journey: Path | None, as_json: bool) -> None:
    """Make a verified copy of your progress now. Undergrad also makes them by itself."""
    from undergrad.journey import back_up_store, list_backups

    here = open_journey(journey)
    made = back_up_store(here)
    if as_json:
        print_json(made)
        return
    click.echo(f"{made.events} events copied and verified: {made.path}")
    click.echo(
        f"{len(list_backups(here))} backups are kept. For a broken disk, copy one elsewhere."
    )


@click.command("doctor")
@journey_option
@json_option
@click.pass_context
def doctor_command(context: click.Context, journey: Path | None, as_json: bool) -> None:
    """Check this machine and this journey; ends with 3 when something must be mended."""
    from undergrad.cli.examine import examine, finding_lines
    from undergrad.cli.terminal import say

    findings = examine(journey)
    if as_json:
        print_json([finding.as_data() for finding in findings])
    else:
        for finding in findings:
            say(finding_lines(finding))
    if any(finding.must_mend for finding in findings):
        context.exit(3)
    if not as_json:
        click.echo("Nothing must be mended.")
