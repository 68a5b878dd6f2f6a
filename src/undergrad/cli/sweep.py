"""`train --grid`: one run for each setting, and the best one again on fresh seeds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from undergrad.cli import own_engine, presets
from undergrad.cli.context import print_json
from undergrad.cli.runs import STYLES, compared
from undergrad.cli.terminal import confirm, is_interactive, paint, say, step, table
from undergrad.cli.training import CtrlC, trained
from undergrad.errors import UsageError
from undergrad.journey import Learner
from undergrad.runs import Preset, Run, session, sweep
from undergrad.runs.seeds import ShouldStop, Workers
from undergrad.runs.sweep import Sweep, Trial
from undergrad.words import duration, plural

_MANY = 200  # trainings, above which a person is asked first


def grid(option: str, given: Sequence[str]) -> list[dict[str, str]]:
    """Every setting of a grid that was given as K=A,B, once or several times."""
    return sweep.grid_of(presets.pairs(option, given))


def find(runs: Path, name: str, given: Mapping[str, object]) -> Sweep | None:
    """The sweep called `name`, or in that folder; None where there is none.

    given: options by name, of which a sweep takes none. Raises UsageError for one of them.
    """
    folder = next((each for each in (runs / name, Path(name)) if sweep.is_sweep(each)), None)
    if folder is None:
        return None
    for option, value in given.items():
        if value:
            raise UsageError(f"{name} is a sweep with settings of its own: leave out {option}.")
    return sweep.read(folder)


def start(
    trials: Sequence[tuple[Mapping[str, str], Preset]],
    runs: Path,
    seeds: int,
    start_run: Callable[[Preset], Run],
    workers: Workers,
) -> Sweep:
    """A new sweep, after what it may cost was said. UsageError when a person decides against it."""
    count = (len(trials) + 1) * seeds
    say(_announcement(trials[0][1], len(trials), seeds, workers), err=True)
    if count > _MANY and not (is_interactive() and confirm(f"Train {count:,} times?")):
        raise UsageError(
            f"These are {count:,} trainings, and more than {_MANY} need your confirmation in a "
            "terminal: leave out values of --grid, or take fewer --seeds."
        )
    return sweep.start(trials, runs, start_run)


def train(one: Sweep, me: Learner | None, as_json: bool, workers: Workers) -> int:
    """Train what is left of a sweep, and say what came of it. Returns the exit code."""
    with CtrlC() as should_stop:
        for number, trial in enumerate(one.trials, 1):
            _train(one, trial, f"{number} of {len(one.trials)}", me, should_stop, workers)
        if one.fresh is None and not should_stop():
            one = _with_fresh(one)
        if one.fresh is not None:
            _train(one, one.fresh, "The best again", me, should_stop, workers)
    if one.fresh is None or one.run_of(one.fresh).state != "finished":
        say(f"Stopped. Resume with `undergrad train --resume {one.folder.name}`.", err=True)
        return 130
    rows = [_summary(one, trial) for trial in (*one.trials, one.fresh)]
    run = one.run_of(one.fresh)
    say(_outcome(one.fresh, rows, run), err=as_json)
    if as_json:
        *tried, fresh = rows
        print_json({"id": one.folder.name, "trials": tried, "fresh": fresh, "verdict": run.verdict})
    return int(run.verdict != "pass")


def _train(
    one: Sweep,
    trial: Trial,
    words: str,
    me: Learner | None,
    should_stop: ShouldStop,
    workers: Workers,
) -> None:
    """Train the run of one trial, unless it is finished or a person wants to stop."""
    run = one.run_of(trial)
    if run.state != "finished" and not should_stop():
        say(f"{words}: {trial.words}", err=True)
        trained(run, own_engine.engine_of(run, me), me, should_stop, workers)


def _with_fresh(one: Sweep) -> Sweep:
    """The sweep with a run of its best setting, on as many fresh seeds."""
    scores = [_summary(one, trial)["score"] for trial in one.trials]
    best = sweep.best_of(one.trials, scores, lower=_preset(one, one.trials[0]).lower_is_better)
    chosen = one.run_of(best)
    first = 1 + max(seed.seed for seed in chosen.seeds)
    fresh = range(first, first + len(chosen.seeds))
    run = session.start(_preset(one, best), one.folder.parent, fresh)
    return sweep.with_fresh(one, best, replace(run, engine=chosen.engine, parts=chosen.parts))


def _preset(one: Sweep, trial: Trial) -> Preset:
    """The preset with the settings of one trial."""
    run = one.run_of(trial)
    preset: Preset = session.preset_of(run, presets.kind_of(run))
    return preset


def _summary(one: Sweep, trial: Trial) -> dict[str, Any]:
    from undergrad.rl.run.compare import summary

    return {"set": dict(trial.changes), **summary(one.run_of(trial))}


def _announcement(preset: Preset, settings: int, seeds: int, workers: Workers) -> Iterator[str]:
    count, at_a_time = (settings + 1) * seeds, max(1, min(seeds, workers.count))
    seconds = workers.seconds(preset.seconds, seeds) * (settings + 1)
    yield paint(preset.title, bold=True)
    grid = f"{plural(settings, 'setting')} on {plural(seeds, 'seed')} each"
    yield f"{grid}, and then the best one again on as many fresh seeds."
    yield f"Budget: {count:,} trainings, each with {preset.budget}, {at_a_time} at a time."
    if preset.seconds:
        yield f"Expected: about {duration(seconds=seconds)}."
    yield f"Pass line: {preset.pass_line}."


def _outcome(best: Trial, rows: Sequence[dict[str, Any]], run: Run) -> Iterator[str]:
    """A row for each setting, and what its best one is worth on fresh seeds."""
    heads = ("passed", "score", "95% interval", "steps to line")
    *tried, fresh = [(Trial(row["set"], row["run"]).words, *compared(row)[1:]) for row in rows]
    yield from table(("setting", *heads), tried)
    yield ""
    yield f"Best: {best.words}. On fresh seeds, which played no part in the choice:"
    yield from table(("run", *heads), [(run.id, *fresh[1:])])
    yield f"{paint(str(run.verdict), STYLES[str(run.verdict)])}: {run.summary}"
    yield from step("Curves", f"undergrad runs compare {run.id}")
