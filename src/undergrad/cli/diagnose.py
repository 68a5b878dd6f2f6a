"""`diagnose`: name what is known to go wrong, from the log of a run."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.runs import find_run, one_thread, runs_folder
from undergrad.cli.terminal import paint, say
from undergrad.runs import Run
from undergrad.runs.folder import read_log
from undergrad.runs.session import preset_of

if TYPE_CHECKING:
    from undergrad.rl.diagnose import Pathology


@click.command("diagnose")
@click.argument("run")
@json_option
@journey_option
def diagnose_command(run: str, as_json: bool, journey: Path | None) -> None:
    """Look for known pathologies in the log of an agent's run, and say what to try.

    RUN is a name from `undergrad runs`, or a folder; it may still be running.
    """
    one_thread()
    _, runs = runs_folder(journey)
    found = find_run(runs, run)
    seeds = _findings(found)
    if as_json:
        data = [{"seed": seed, "findings": list(map(asdict, some))} for seed, some in seeds]
        print_json({"run": found.id, "seeds": data})
        return
    for seed, some in seeds:
        before = f"seed {seed}: " if len(seeds) > 1 else ""
        if not some:
            say(f"{before}nothing known stands out.".capitalize())
        for finding in some:
            say(f"{before}{paint(finding.name, 'yellow')}: {finding.seen}")
            say(f"  Try: {finding.advice}")


def _findings(run: Run) -> "list[tuple[int, tuple[Pathology, ...]]]":
    """Each seed of the run, and what was found in its log."""
    from undergrad.rl import diagnose
    from undergrad.rl.run.seeds import KIND

    preset, found = preset_of(run, KIND), []
    for seed in run.seeds:
        rows = read_log(seed.folder / "log.jsonl")
        log = diagnose.log_of(rows, preset.pass_line.met_by, vars(preset.settings))
        found.append((seed.seed, diagnose.diagnose(log)))
    return found
