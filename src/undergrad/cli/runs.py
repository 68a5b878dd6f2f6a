"""`runs`: list what was trained, and compare runs with each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from undergrad.cli.context import journey_option, json_option, print_json, stderr, stdout
from undergrad.cli.run_places import find_run, one_thread, runs_of

if TYPE_CHECKING:
    from rich.console import Console


@click.group("runs", invoke_without_command=True)
@json_option
@journey_option
@click.pass_context
def runs_command(context: click.Context, as_json: bool, journey: Path | None) -> None:
    """List the trainings of this journey, the newest first; or compare some of them.

    Example: undergrad runs compare RUN RUN
    """
    if context.invoked_subcommand is not None:
        context.obj = journey
        return
    from dataclasses import asdict

    from undergrad.cli import train_text as text
    from undergrad.journey import Journey
    from undergrad.journey.runs import list_runs

    place, runs = runs_of(journey)
    found = list_runs(place.journey if place else Journey(runs.parent))
    if as_json:
        print_json([asdict(run) for run in found])
    elif not found:
        stderr().print("There are no runs yet. Begin with `undergrad train cartpole`.")
    else:
        text.table(stdout(), found)


@runs_command.command("compare")
@click.argument("names", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="STEM",
    help="Write STEM-light.svg and STEM-dark.svg; `comparison` beside the runs when left out.",
)
@json_option
@journey_option
@click.pass_context
def compare_command(
    context: click.Context,
    names: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    journey: Path | None,
) -> None:
    """Put runs of agents side by side: scores, different settings, and curves in one plot.

    A line is the interquartile mean over the seeds of a run, the band the range of all of them.

    Example: undergrad runs compare cartpole-20260101-120000 ppo-20260101-121500
    """
    one_thread()
    from undergrad.rl.run import compare
    from undergrad.run_folder import writing

    _, runs = runs_of(journey or context.obj)
    folders = [find_run(runs, name) for name in names]
    curves = [curve for folder in folders if (curve := compare.curves_of(folder)) is not None]
    rows, different = [compare.summary(folder) for folder in folders], compare.differences(folders)
    drawn: tuple[Path, ...] = ()
    if curves:
        stem = out or runs / "comparison"
        with writing(stem):
            drawn = compare.draw(curves, stem)
    if as_json:
        print_json({"runs": rows, "settings": different, "plots": [str(path) for path in drawn]})
        return
    _table(stdout(), rows)
    _differences(stdout(), names, different)
    for path in drawn[:1]:
        stdout().print(f"Curves: {path}", soft_wrap=True)


def _table(console: "Console", rows: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    grid.add_column("run", overflow="fold")
    for name in ("passed", "score", "95 %", "steps to line"):
        grid.add_column(name, justify="right", overflow="fold")
    for row in rows:
        interval, reached = row["interval"], row["reached"]
        grid.add_row(
            row["run"],
            f"{row['passed']} of {row['seeds']}",
            "" if row["score"] is None else f"{row['score']:.1f}",
            "" if interval is None else f"{interval[0]:.1f} to {interval[1]:.1f}",
            "" if reached is None else f"{reached:,.0f}",
        )
    console.print(grid)


def _differences(console: "Console", names: Sequence[str], different: dict[str, list[Any]]) -> None:
    if not different:
        if len(names) > 1:
            console.print("All settings are the same.")
        return
    console.print("Set differently:")
    for setting, values in different.items():
        console.print(f"  {setting}: {' | '.join(map(str, values))}", soft_wrap=True)
