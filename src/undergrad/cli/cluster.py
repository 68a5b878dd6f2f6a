"""`cluster`: start one, join it from other machines, look at it; and its workers for `train`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from undergrad import extras
from undergrad.cli import presets
from undergrad.cli.context import GivenPath, json_option, print_json
from undergrad.cli.runs import one_thread
from undergrad.cli.terminal import quoted, say, short_path, step, table
from undergrad.errors import ToolError, UsageError
from undergrad.runs import Preset, Run, session
from undergrad.runs.seeds import HERE, TrainSeeds, Workers, cores
from undergrad.words import plural

if TYPE_CHECKING:
    from undergrad.runs.cluster.access import Access
    from undergrad.runs.cluster.client import Cluster, Member
    from undergrad.runs.cluster.proof import Proof

_ALONE = "127.0.0.1"  # which no other machine can reach
_FILE = Path("cluster.json")
_IN_ONE_PIECE = (
    "The games of this run are in one piece (shards = 1), so each seed keeps one worker busy; with "
    "`--set shards=8` a new run spreads them."
)


@click.group("cluster")
def cluster_command() -> None:
    """Train seeds on several machines: start a cluster on one, and join it from the others.

    Example: undergrad train cartpole --seeds 20 --cluster cluster.json
    """


@cluster_command.command("start")
@click.option(
    "--host",
    default=_ALONE,
    show_default=True,
    metavar="ADDRESS",
    help="The address of this machine under which the others reach it.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8786,
    show_default=True,
    metavar="N",
    help="Where the scheduler listens.",
)
@click.option(
    "--workers",
    "count",
    type=click.IntRange(0, 1000),
    metavar="N",
    help="How many train on this machine; one for each core.",
)
@click.option(
    "--file",
    type=GivenPath(),
    default=_FILE,
    show_default=True,
    metavar="FILE",
    help="Where to write what opens the cluster.",
)
def start_command(host: str, port: int, count: int | None, file: Path) -> None:
    """Run the scheduler of a cluster, and workers, on this machine until Ctrl-C.

    FILE is written when there is none yet; with it, other machines join and train.
    """
    _ready()
    from undergrad.runs.cluster import access, nodes

    opens = access.create(host, port)
    if file.exists():
        opens = _same_address(access.read(file), opens.address, file)
    else:
        access.write(opens, file)
    count = cores() if count is None else count
    say(f"Starting {plural(count, 'worker')} ...", err=True)
    nodes.start(opens, count, lambda: say(_started(opens, count, host, file)))
    say("Stopped.", err=True)


@cluster_command.command("join")
@click.argument("file", type=GivenPath(), default=_FILE)
@click.option(
    "--workers",
    "count",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="How many; one for each core of this machine.",
)
def join_command(file: Path, count: int | None) -> None:
    """Run workers on this machine for a cluster elsewhere until Ctrl-C.

    FILE is the one that `undergrad cluster start` wrote; cluster.json when left out.
    """
    _ready()
    from undergrad.runs.cluster import access, client, nodes, proof

    opens = access.read(file)
    with client.connect(opens) as cluster:
        theirs = cluster.client.run_on_scheduler(proof.proof)
    differ = proof.difference(proof.versions(theirs), proof.versions(proof.proof()))
    if differ:
        raise ToolError(f"This machine cannot join ({differ}): install the same on all machines.")
    count = cores() if count is None else count
    say(f"Starting {plural(count, 'worker')} ...", err=True)
    joined = f"{plural(count, 'worker')} of this machine joined {opens.address}, until Ctrl-C."
    nodes.join(opens, count, lambda: say(joined))
    say("Stopped.", err=True)


@cluster_command.command("status")
@click.argument("file", type=GivenPath(), default=_FILE)
@json_option
def status_command(file: Path, as_json: bool) -> None:
    """Show the workers of a cluster: how many are training, and which would be left out.

    FILE is the one that `undergrad cluster start` wrote; cluster.json when left out.
    """
    _ready()
    from undergrad.runs.cluster import access, client, proof

    with client.connect(access.read(file)) as cluster:
        members, here = cluster.members(), proof.proof()
    if as_json:
        known = [{**vars(one), "fits": not _reason(one, here)} for one in members]
        print_json({"address": cluster.address, "workers": known, "here": here})
        return
    training = sum(one.busy for one in members)
    say(f"{plural(len(members), 'worker')} at {cluster.address}, {training} training.")
    say(table(("machine", "workers", "training", "fits this machine"), [*_rows(members, here)]))


@contextmanager
def connected(file: Path, arithmetic: str = "") -> Iterator["Cluster"]:
    """The cluster that a file opens, with its workers chosen, and who they are said.

    arithmetic: of a run that was started on a cluster.
    """
    _ready()
    from undergrad.runs.cluster import access, client, proof

    with client.connect(access.read(file)) as cluster:
        members, here = cluster.members(), proof.proof()
        cluster.chosen = client.choose(members, here, arithmetic)
        say(_crew(cluster, members, here), err=True)
        yield cluster


@contextmanager
def workers(file: Path | None, preset: Preset, arithmetic: str = "") -> Iterator[Workers]:
    """Who trains a preset: the cluster that `file` opens, else this machine.

    arithmetic: of a run that was started on a cluster.
    """
    if file is None:
        yield HERE
        return
    _ready()
    from undergrad.runs.cluster import shards, training
    from undergrad.runs.cluster.proof import ARITHMETIC

    code = presets.own_code(preset)
    with connected(file, arithmetic) as cluster:
        train_seeds: TrainSeeds = partial(
            training.train_seeds, cluster, training.SECONDS, code=code
        )
        pieces = getattr(preset.settings, "shards", 0)  # only self-play has such
        if pieces > 1:
            train_seeds = partial(shards.train_seeds, cluster, train_seeds)
        if pieces == 1:
            say(_IN_ONE_PIECE, err=True)
        yield Workers(train_seeds, cluster.fit(), cluster.chosen[ARITHMETIC])


@contextmanager
def workers_for(file: Path | None, run: Run) -> Iterator[Workers]:
    """Who trains the rest of a run: as `workers`, and rounding as it was started.

    Here it goes on in any case, and one line says when it will not be the same bit for bit.
    """
    if file is None and run.arithmetic:
        from undergrad.runs.cluster.proof import arithmetic

        if run.arithmetic != arithmetic():
            say(
                f"{run.id} was started on machines that round differently, so it ends well here, "
                "but not bit for bit as there.",
                err=True,
            )
    preset = session.preset_of(run, presets.kind_of(run))
    with workers(file, preset, run.arithmetic) as found:
        yield found


def _ready() -> None:
    """Raise UsageError unless Dask is installed. NumPy is imported after this."""
    one_thread()
    if extras.missing("cluster"):
        raise UsageError(extras.advice("A cluster", "cluster"))


def _same_address(known: "Access", address: str, file: Path) -> "Access":
    """The cluster that a file opens, to be started again."""
    if known.address != address:
        raise UsageError(
            f"{short_path(file)} opens another cluster, {known.address}: start it there with "
            "--host and --port, or name another --file."
        )
    return known


def _started(opens: "Access", count: int, host: str, file: Path) -> Iterator[str]:
    yield f"Scheduler and {plural(count, 'worker')} at {opens.address}, until Ctrl-C."
    if host == _ALONE:
        yield "Other machines cannot reach it: for them, start it with --host and its address."
    else:
        yield from step("On other machines", f"undergrad cluster join {quoted(file)}")
    yield from step("Train", f"undergrad train cartpole --seeds 5 --cluster {quoted(file)}")
    yield (
        f"Anyone who has {short_path(file)} can run any code on all these machines: copy it only "
        "to them, and keep it like a password."
    )


def _crew(cluster: "Cluster", members: "list[Member]", here: "Proof") -> Iterator[str]:
    """Who trains, and who is left out and why. Before anything starts."""
    from undergrad.runs.cluster.proof import ARITHMETIC

    fit = [one for one in members if one.proof == cluster.chosen]
    machines = plural(len({one.host for one in fit}), "machine")
    yield f"Cluster: {plural(len(fit), 'worker')} on {machines} at {cluster.address}."
    out = [one for one in members if one.proof != cluster.chosen]
    for why, group in groupby(sorted(out, key=_why(cluster.chosen)), _why(cluster.chosen)):
        hosts = [one.host for one in group]
        yield f"Left out: {plural(len(hosts), 'worker')} of {', '.join(sorted({*hosts}))}: {why}."
    if cluster.chosen[ARITHMETIC] != here[ARITHMETIC]:
        yield (
            "These workers round differently from this machine: the run is the same bit for bit "
            "on them, and not here."
        )


def _why(here: "Proof") -> Any:
    return lambda one: _reason(one, here)


def _reason(one: "Member", here: "Proof") -> str:
    """Why a worker does not fit; "" when it does."""
    from undergrad.runs.cluster.proof import difference

    return difference(one.proof, here) if one.proof else "`undergrad cluster` did not start it"


def _rows(members: "list[Member]", here: "Proof") -> Iterator[tuple[str, ...]]:
    """One row for each machine, and each reason."""
    about = _why(here)
    key = [(one.host, about(one)) for one in members]
    for host, why in sorted({*key}):
        of_these = [one for one, each in zip(members, key, strict=True) if each == (host, why)]
        training = sum(one.busy for one in of_these)
        yield host, str(len(of_these)), str(training), f"no: {why}" if why else "yes"
