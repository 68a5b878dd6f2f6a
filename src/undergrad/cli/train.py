"""`train` and `evaluate`: train something, and judge it again."""

from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click

from undergrad.cli import cluster, own_engine, presets, sweep
from undergrad.cli import train_text as text
from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.runs import find_run, one_thread, run_json, runs_folder
from undergrad.cli.terminal import say
from undergrad.cli.training import CtrlC, announce, trained
from undergrad.errors import UsageError
from undergrad.journey import Learner, learner
from undergrad.runs import Preset, Run, session
from undergrad.runs.seeds import Context
from undergrad.runs.settings import UnknownSetting
from undergrad.words import listing

AGENTS = ("dqn", "ppo", "a2c", "reinforce", "sac", "td3", "q-learning")


class _WithPresets(click.Command):
    """A command whose help ends with a line for each preset."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        one_thread()
        formatter.write("\n" + "\n".join(text.presets(presets.every())) + "\n")


@click.command("train", cls=_WithPresets)
@click.argument("name", metavar="[PRESET]", required=False)
@click.option("--seeds", type=click.IntRange(1, 1000), metavar="N", help="How many seeds; 1.")
@click.option("--seed", type=click.IntRange(0, 2**31), metavar="N", help="The first seed; 0.")
@click.option("--resume", metavar="RUN", help="Resume a run that was stopped.")
@click.option("--env", "world", metavar="ENV", help="Train in an environment instead of a PRESET.")
@click.option(
    "--agent",
    type=click.Choice(AGENTS),
    metavar="NAME",
    help=f"What learns in ENV: {', '.join(AGENTS)}.",
)
@click.option("--pass-score", type=float, metavar="N", help="The mean return that counts in ENV.")
@click.option("--kwargs", metavar="K=V", multiple=True, help="An argument for making ENV.")
@click.option("--set", "changes", metavar="K=V", multiple=True, help="Change a setting.")
@click.option(
    "--grid",
    metavar="K=A,B",
    multiple=True,
    help="Try each value of a setting, and the best one again on fresh seeds.",
)
@click.option(
    "--engine",
    type=click.Choice([own_engine.REFERENCE, own_engine.MINE]),
    metavar="NAME",
    help="`mine`: with your parts, of the units you passed; or `reference`.",
)
@click.option(
    "cluster_file",
    "--cluster",
    type=GivenPath(),
    metavar="FILE",
    help="Train on the machines of a cluster; see `undergrad cluster`.",
)
@click.option("listed", "--list", is_flag=True, help="List what there is to train, and stop.")
@json_option
@journey_option
@click.pass_context
def train_command(
    context: click.Context,
    name: str | None,
    seeds: int | None,
    seed: int | None,
    resume: str | None,
    world: str | None,
    agent: str | None,
    pass_score: float | None,
    kwargs: tuple[str, ...],
    changes: tuple[str, ...],
    grid: tuple[str, ...],
    engine: str | None,
    cluster_file: Path | None,
    listed: bool,
    as_json: bool,
    journey: Path | None,
) -> None:
    """Train a network or an agent, and judge it against a pass line that was fixed in advance.

    The pass line, the budget and the expected time come first. Ctrl-C saves; --resume continues.
    With --cluster the seeds run on all its machines, and end bit for bit as on one.
    ENV is a name that Gymnasium knows, or MODULE:NAME of an environment of your own.

    Example: undergrad train cartpole --seeds 5
    """
    one_thread()
    if listed:
        _list(as_json)
        return
    about_env = (agent, pass_score, *kwargs)
    if world is None and any(option is not None for option in about_env):
        raise UsageError("--agent, --pass-score and --kwargs need `--env ENV`.")
    if world is not None and (name is not None or resume is not None or agent is None):
        raise UsageError(
            f"An environment needs an agent, and no preset or run: `undergrad train --env {world} "
            f"--agent {agent or 'ppo'}`; the agents are {listing(AGENTS)}."
        )
    if name is None and resume is None and world is None:
        say(text.presets(presets.every()), err=True)
        raise UsageError("Say which preset to train, such as `undergrad train cartpole`.")
    me, runs = runs_folder(journey)
    if resume is None:
        numbers = range(seed or 0, (seed or 0) + (seeds or 1))
        if world is None:
            preset = presets.load(str(name))
        else:
            options = presets.values("--kwargs", kwargs)
            preset = presets.in_env(world, str(agent), options, pass_score)
        preset = _with_settings(preset, presets.pairs("--set", changes))
        every = [(each, _with_settings(preset, each)) for each in sweep.grid("--grid", grid)]
        workers = context.with_resource(cluster.workers(cluster_file, preset))
        if grid:
            start = partial(_started, runs=runs, seeds=numbers, engine=engine, me=me)
            new = sweep.start(every, runs, len(numbers), lambda one: start(one)[0], workers)
            context.exit(sweep.train(new, me, as_json, workers))
        run, context_of_seed = _started(preset, runs, numbers, engine, me)
    else:
        if seeds is not None or seed is not None:
            raise UsageError(f"{resume} has its own seeds: leave out --seed and --seeds.")
        if grid:
            raise UsageError(f"{resume} has its own settings: leave out --grid.")
        given = {"--set": changes, "--engine": engine, "the preset": name}
        if (started := sweep.find(runs, resume, given)) is not None:
            first = started.run_of(started.trials[0])
            workers = context.with_resource(cluster.workers_for(cluster_file, first))
            context.exit(sweep.train(started, me, as_json, workers))
        run = find_run(runs, resume)
        _check_same(run, name, changes, engine)
        workers = context.with_resource(cluster.workers_for(cluster_file, run))
        context_of_seed = own_engine.engine_of(run, me)
    announce(run, workers)
    with CtrlC() as should_stop:
        run = trained(run, context_of_seed, me, should_stop, workers)
    if run.state == "interrupted":
        say(text.interrupted(run), err=True)
    else:
        say(text.outcome(run), err=as_json)
    if as_json:
        print_json(run_json(run))
    context.exit(130 if run.state == "interrupted" else int(run.verdict != "pass"))


@click.command("evaluate")
@click.argument("run")
@click.option(
    "--episodes",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="How many, or how many positions of a game; those of the pass line if left out.",
)
@json_option
@journey_option
@click.pass_context
def evaluate_command(
    context: click.Context, run: str, episodes: int | None, as_json: bool, journey: Path | None
) -> None:
    """Judge a run again, on the same test set or episodes, and compare the scores.

    RUN is a name from `undergrad runs`, or a folder.
    """
    one_thread()
    me, runs = runs_folder(journey)
    found = find_run(runs, run)
    with own_engine.engine_of(found, me)():
        kind = presets.kind_of(found)
        results = session.evaluate(found, kind, episodes)
    if as_json:
        seeds = [
            {**result.to_json(), "recorded": before.score}
            for result, before in zip(results, found.seeds, strict=True)
        ]
        print_json({"run": found.id, "line": found.pass_line, "seeds": seeds})
    else:
        say(text.evaluated(session.preset_of(found, kind), results, found.seeds))
    context.exit(int(any(result.verdict != "pass" for result in results)))


def _list(as_json: bool) -> None:
    found = presets.every()
    if not as_json:
        say(text.presets(found))
        return
    keys = ("name", "title", "what", "kind", "seconds", "megabytes")
    print_json([{k: getattr(one, k) for k in keys} | {"line": str(one.pass_line)} for one in found])


def _with_settings(preset: Preset, changes: Mapping[str, str]) -> Preset:
    try:
        return preset.with_settings(changes)
    except UnknownSetting as error:
        listed = "\n".join(text.columns(error.names))
        raise UsageError(f"{error.sentence} The settings are:\n{listed}") from error


def _started(
    preset: Preset, runs: Path, seeds: range, engine: str | None, me: Learner | None
) -> tuple[Run, Context]:
    """A new run, and the block in which its seeds are trained: with the learner's parts, or not."""
    if engine != own_engine.MINE:
        return session.start(preset, runs, seeds), nullcontext
    me = me or learner()
    known = own_engine.own_parts(me)
    account = own_engine.account_of(preset, known)
    say(own_engine.account_lines(account), err=True)
    run = own_engine.with_account(session.start(preset, runs, seeds), account)
    return run, own_engine.engine_of(run, me, known)


def _check_same(run: Run, name: str | None, changes: tuple[str, ...], engine: str | None) -> None:
    """A resumed run keeps the settings and the engine that it was started with."""
    own_engine.check_choice(engine, run)
    session.check_unfinished(run)
    if name not in (None, run.preset):
        raise UsageError(f"{run.id} is a run of {run.preset}, not of {name}.")
    started = session.preset_of(run, presets.kind_of(run))
    wanted = _with_settings(started, presets.pairs("--set", changes))
    for setting in presets.pairs("--set", changes):
        before, now = (getattr(preset.settings, setting) for preset in (started, wanted))
        if now != before:
            raise UsageError(
                f"{run.id} was started with {setting} = {before}, so it cannot be resumed with "
                f"{now}: leave out `--set {setting}`, or start a new run."
            )
