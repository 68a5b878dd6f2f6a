"""`train` and `evaluate`: train something, and judge it again."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.context import (
    journey_option,
    json_option,
    print_json,
    stderr,
    stdout,
)
from undergrad.cli.run_places import find_run, one_thread, runs_of
from undergrad.cli.terminal import say
from undergrad.errors import UsageError
from undergrad.journey import learner

if TYPE_CHECKING:
    from undergrad.cli.families import AnyTask
    from undergrad.mine.parts import OwnPart


class _WithTasks(click.Command):
    """A command whose help ends with a line for each task."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Presets"):
            formatter.write_dl([(task.name, f"{task.title}.") for task in _tasks()])


@click.command("train", cls=_WithTasks)
@click.argument("task", metavar="PRESET", required=False)
@click.option("--seeds", type=click.IntRange(1, 1000), help="How many seeds to train; 1.")
@click.option("--seed", type=click.IntRange(0, 2**31), help="The first seed; 0.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped.")
@click.option("--set", "changes", metavar="K=V", multiple=True, help="Change a setting.")
@click.option(
    "--engine",
    type=click.Choice(["reference", "mine"]),
    help="mine: the parts of the units you passed, in the engine's place.",
)
@click.option("listed", "--list", is_flag=True, help="List what there is to train, and stop.")
@json_option
@journey_option
@click.pass_context
def train_command(
    context: click.Context,
    task: str | None,
    seeds: int | None,
    seed: int | None,
    resume: str | None,
    changes: tuple[str, ...],
    engine: str | None,
    listed: bool,
    as_json: bool,
    journey: Path | None,
) -> None:
    """Train a network or an agent, and judge it against a line that was fixed before.

    The line, the budget and the expected time are said first. Ctrl-C saves; --resume goes on.

    Example: undergrad train cartpole --seeds 5
    """
    one_thread()
    from undergrad import run_folder, run_seeds
    from undergrad.cli import families, own_engine
    from undergrad.cli import train_text as text

    if listed:
        _list(as_json)
        return
    preset = _preset(task, changes) if resume is None else None
    place, runs = runs_of(journey)
    known: tuple[OwnPart, ...] = ()
    if preset is None:
        assert resume is not None
        folder = find_run(runs, resume)
        preset = families.session_of(folder).task_of(folder)
        if seeds is not None or seed is not None:
            raise UsageError(f"{folder.name} has its own seeds: leave out --seed and --seeds.")
        _check_same(preset, task, changes, folder)
        own_engine.check_choice(engine, run_folder.read_record(folder), folder)
        count = len(run_seeds.unfinished(folder))
    else:
        first, count = seed or 0, seeds or 1
        session = families.session(families.kind_of(preset))
        if engine == own_engine.MINE:
            from undergrad.mine.parts import own_parts

            known = own_parts(learner(journey))
            account = own_engine.account_of(preset, known)
            say(own_engine.account_lines(account), err=True)
        folder = session.begin(preset, runs, range(first, first + count))
        if engine == own_engine.MINE:
            own_engine.begin(folder, account)
    around = own_engine.around(folder, place, known)
    text.announce(stderr(), preset, count)
    with text.Progress(stderr(), single=count == 1) as progress, _Interrupt() as stop:
        watch = progress.watch(preset)
        record = families.session_of(folder).go_on(folder, watch=watch, stop=stop, around=around)
    if record["state"] == "interrupted":
        text.interrupted(stderr(), record, folder)
    else:
        if place is not None:
            place.record("run.finished", folder.name, **record)
        text.outcome(stdout() if not as_json else stderr(), record, folder)
    if as_json:
        print_json(record | {"folder": str(folder)})
    context.exit(130 if record["state"] == "interrupted" else int(record["verdict"] != "pass"))


@click.command("evaluate")
@click.argument("run")
@click.option("--episodes", type=click.IntRange(1, 100_000), help="How many; 100 when left out.")
@json_option
@journey_option
@click.pass_context
def evaluate_command(
    context: click.Context, run: str, episodes: int | None, as_json: bool, journey: Path | None
) -> None:
    """Judge a training again, on the same examples or episodes, and compare the scores.

    RUN is a name from `undergrad runs`, or a folder.
    """
    one_thread()
    from undergrad.cli import families, own_engine
    from undergrad.cli import train_text as text

    place, runs = runs_of(journey)
    folder = find_run(runs, run)
    session = families.session_of(folder)
    with own_engine.around(folder, place)():
        results = session.judge_again(folder, episodes)
    if as_json:
        line = str(session.task_of(folder).line)
        print_json({"run": folder.name, "line": line, "seeds": results})
    else:
        text.judged(stdout(), results)
    context.exit(int(any(result["verdict"] != "pass" for result in results)))


def _tasks() -> "list[AnyTask]":
    from undergrad.cli import families

    return [families.load(name) for name in families.names()]


def _list(as_json: bool) -> None:
    from undergrad.cli import train_text as text

    if as_json:
        keys = ("name", "title", "what", "seconds", "megabytes")
        print_json([{k: getattr(t, k) for k in keys} | {"line": str(t.line)} for t in _tasks()])
    else:
        text.tasks(stdout(), _tasks())


def _preset(task: str | None, changes: tuple[str, ...]) -> "AnyTask":
    from undergrad.cli import families

    if task is None:
        raise UsageError(f"Say what to train: {', '.join(families.names())}.")
    pairs = [change.partition("=") for change in changes]
    for name, sign, _ in pairs:
        if not sign:
            raise UsageError(f"--set needs a name and a value, as in --set {name}=VALUE.")
    return families.load(task, {name.strip(): value for name, _, value in pairs})


def _check_same(
    preset: "AnyTask", task: str | None, changes: tuple[str, ...], folder: Path
) -> None:
    """A resumed run goes on with exactly what it was begun with."""
    if task not in (None, preset.name):
        raise UsageError(f"{folder.name} is a run of {preset.name}, not of {task}.")
    wanted = vars(_preset(preset.name, changes).settings) if changes else {}
    for name in [change.partition("=")[0].strip() for change in changes]:
        begun = getattr(preset.settings, name)
        if wanted[name] != begun:
            raise UsageError(
                f"{folder.name} was begun with {name} = {begun}, so it cannot go on with "
                f"{wanted[name]}: leave out --set {name}, or start a new run."
            )


class _Interrupt:
    """Ctrl-C as a question that can be asked: the first saves, the second ends at once."""

    def __enter__(self) -> "_Interrupt":
        import signal

        self._heard = False
        self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        import signal

        signal.signal(signal.SIGINT, self._before)

    def __call__(self) -> bool:
        return self._heard

    def _hear(self, *_: object) -> None:
        if self._heard:
            raise KeyboardInterrupt
        self._heard = True
        stderr().print("Saving ...")
