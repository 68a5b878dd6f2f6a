"""`diagnose`: name what is known to go wrong, from the log of a training."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.context import journey_option, json_option, print_json, stdout
from undergrad.cli.run_places import find_run, one_thread, runs_of

if TYPE_CHECKING:
    from undergrad.rl.diagnose import Finding


@click.command("diagnose")
@click.argument("run")
@json_option
@journey_option
def diagnose_command(run: str, as_json: bool, journey: Path | None) -> None:
    """Look for known pathologies in the log of an agent's training, and say what to try.

    RUN is a name from `undergrad runs`, or a folder; it may still be running.
    """
    one_thread()
    _, runs = runs_of(journey)
    folder = find_run(runs, run)
    found = _found(folder)
    if as_json:
        seeds = [{"seed": seed, "findings": list(map(asdict, some))} for seed, some in found]
        print_json({"run": folder.name, "seeds": seeds})
        return
    for seed, some in found:
        before = f"seed {seed}: " if len(found) > 1 else ""
        if not some:
            stdout().print(f"{before}nothing known stands out.".capitalize())
        for finding in some:
            stdout().print(f"{before}[yellow]{finding.name}[/yellow]: {finding.seen}")
            stdout().print(f"  Try: {finding.advice}")


def _found(folder: Path) -> "list[tuple[int, tuple[Finding, ...]]]":
    """The seed and the findings of each training in the run."""
    from undergrad import run_folder as disk
    from undergrad.rl import diagnose
    from undergrad.rl.run.session import task_of

    task, found = task_of(folder), []
    for entry in disk.read_record(folder)["seeds"]:
        rows = disk.read_rows(folder / entry["folder"] / "log.jsonl")
        log = diagnose.log_of(rows, task.line.met_by, vars(task.settings))
        found.append((entry["seed"], diagnose.diagnose(log)))
    return found
