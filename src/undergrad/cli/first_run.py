"""The first run of a journey: the `celsius` preset, with a bar and words for a newcomer."""

from typing import TYPE_CHECKING

from undergrad.cli.terminal import paint, say, short_path
from undergrad.journey import Learner
from undergrad.runs import Run, session
from undergrad.runs.folder import Row
from undergrad.runs.preset import Kind
from undergrad.runs.seeds import Callbacks

if TYPE_CHECKING:
    from undergrad.supervised.preset import Preset

_PRESET, _SEED = "celsius", 0


def train_first(me: Learner) -> None:
    """Train, say what happened in three sentences, and keep the run with its plots."""
    from undergrad.supervised.catalogue import KIND

    say(
        "First, a network of one weight and one bias. It sees 100 temperatures in Celsius and in "
        "Fahrenheit, and is not told the rule."
    )
    losses: list[float] = []
    run = session.start(KIND.load(_PRESET), me.journey.runs, [_SEED])
    run = _with_bar(run, KIND, losses)
    _explain(run, losses)
    me.record("run.finished", run.id, **run.to_json())
    plot = short_path(run.seeds[0].folder / "line.svg")
    say(f"The plot: {plot}, also on the site's page of runs.")
    say("")


def _with_bar(run: Run, kind: "Kind[Preset]", losses: list[float]) -> Run:
    """Train behind a bar that shows the loss. Without a terminal nothing moves."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("  learning"), BarColumn(), TextColumn("{task.fields[loss]}"))
    with Progress(*columns, console=Console()) as bar:
        task = bar.add_task(_PRESET, total=None, loss="")

        def show(seed: int, row: Row) -> None:
            if row["kind"] == "progress":
                losses.append(row["loss"])
                loss = f"loss {row['loss']:8.4f}"
                bar.update(task, completed=row["step"], total=row["of"], loss=loss)

        return session.resume(run, kind, callbacks=Callbacks(on_row=show))


def _explain(run: Run, losses: list[float]) -> None:
    rule = run.summary.removeprefix("It found ").removesuffix(".")
    say(
        f"Its weight and its bias started as random numbers, and its mean squared error was "
        f"{losses[0]:,.0f}."
    )
    say(
        f"In {run.seeds[0].steps:,} small steps gradient descent lowered that error to "
        f"{_small(losses[-1])}."
    )
    say(f"It now says {paint(rule, bold=True)}: the rule you know, found from examples alone.")


def _small(loss: float) -> str:
    return f"{loss:.4f}" if loss >= 0.0001 else "less than 0.0001"
