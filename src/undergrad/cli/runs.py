"""`runs`: list what was trained, and compare runs with each other."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from undergrad.cli.context import (
    GivenPath,
    journey_option,
    json_option,
    learner_or_none,
    print_json,
)
from undergrad.cli.terminal import paint, say, short_path, table
from undergrad.errors import UsageError
from undergrad.files import STDOUT
from undergrad.journey import Learner
from undergrad.runs import Run, list_runs
from undergrad.runs.run import score_text
from undergrad.runs.sweep import is_sweep
from undergrad.words import did_you_mean

STYLES = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


def one_thread() -> None:
    """Before NumPy is imported: for nets this small, a second thread only costs time."""
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def runs_folder(journey: Path | None) -> tuple[Learner | None, Path]:
    """The learner, if there is a journey, and the folder of its runs; else `runs` here."""
    me = learner_or_none(journey)
    if me is not None:
        return me, me.journey.runs
    runs = Path.cwd() / "runs"
    say(f"There is no journey here, so the folder {short_path(runs)} keeps your runs.", err=True)
    return None, runs


def find_run(runs: Path, name: str, others: Sequence[str] = ()) -> Run:
    """The run called `name`, or in the folder `name`. UsageError, with the nearest, if missing.

    others: names that would have been right too.
    """
    for folder in (runs / name, Path(name)):
        if is_sweep(folder):
            raise UsageError(
                f"{name} is a sweep of several runs: `undergrad train --resume {name}` finishes it "
                "and shows its table, and `undergrad runs` lists its runs."
            )
        if folder.is_dir():
            return Run.read(folder)
    known = [*others, *(run.id for run in list_runs(runs))]
    cure = did_you_mean(name, known, "see `undergrad runs`.")
    raise UsageError(f"There is no run `{name}`: {cure}")


@click.group("runs", invoke_without_command=True)
@json_option
@journey_option
@click.pass_context
def runs_command(context: click.Context, as_json: bool, journey: Path | None) -> None:
    """List the runs of this journey, the newest first, or compare some of them.

    Example: undergrad runs compare RUN RUN
    """
    if context.invoked_subcommand is not None:
        context.obj = journey
        return
    _, folder = runs_folder(journey)
    found = list_runs(folder)
    if as_json:
        print_json([run_json(run) for run in found])
    elif not found:
        say("There are no runs yet. Start one with `undergrad train cartpole`.", err=True)
    else:
        say(table(("run", "verdict", "score"), [_row(run) for run in found]))


def run_json(run: Run) -> dict[str, Any]:
    """A run for programs: what `run.json` holds, and where it is."""
    return {"id": run.id, "folder": str(run.folder), **run.to_json()}


def _row(run: Run) -> tuple[str, str, str]:
    scores = [seed.score for seed in run.seeds if seed.score is not None]
    mean = score_text(sum(scores) / len(scores)) if scores else ""
    return run.id, paint(run.verdict or run.state, STYLES.get(run.verdict or "")), mean


@runs_command.command("compare")
@click.argument("names", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--out",
    type=GivenPath(),
    metavar="STEM",
    help="Write STEM.svg; `comparison` beside the runs when left out.",
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
    """Compare runs of agents: scores, settings that differ, and curves in one plot.

    A line is the interquartile mean over the seeds of a run, the band the range of all of them.

    Example: undergrad runs compare cartpole-20260101-120000 ppo-20260101-121500
    """
    if out == STDOUT:
        raise UsageError("A plot is not written to standard output: name a stem, `--out curves`.")
    one_thread()
    from undergrad.rl.run import compare

    _, folder = runs_folder(journey or context.obj)
    found = [find_run(folder, name) for name in names]
    curves = [curve for run in found if (curve := compare.curves_of(run)) is not None]
    rows, different = [compare.summary(run) for run in found], compare.differences(found)
    plots = [compare.draw(curves, out or folder / "comparison")] if curves else []
    if as_json:
        print_json({"runs": rows, "settings": different, "plots": [str(path) for path in plots]})
        return
    heads = ("run", "passed", "score", "95% interval", "steps to line")
    say(table(heads, [compared(row) for row in rows]))
    say(_differences(names, different))
    for path in plots:
        say(f"Curves: {short_path(path)}")


def compared(row: dict[str, Any]) -> tuple[str, ...]:
    """The cells of one run in a comparison, from its `rl.run.compare.summary`."""
    interval, reached = row["interval"], row["reached"]
    return (
        row["run"],
        f"{row['passed']} of {row['seeds']}",
        score_text(row["score"]),
        "" if interval is None else " to ".join(map(score_text, interval)),
        "" if reached is None else f"{reached:,.0f}",
    )


def _differences(names: Sequence[str], different: dict[str, list[Any]]) -> Iterator[str]:
    if different:
        yield "Different settings:"
    elif len(names) > 1:
        yield "All settings are the same."
    for setting, values in different.items():
        yield f"  {setting}: {' | '.join(map(str, values))}"
