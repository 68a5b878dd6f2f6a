"""The first training of a journey: the `celsius` preset, with a bar and words for a newcomer."""

from typing import TYPE_CHECKING, Any

from undergrad.cli.context import stderr
from undergrad.journey import Learner

if TYPE_CHECKING:
    from rich.console import Console

_PRESET, _SEED = "celsius", 0


def train_first(me: Learner) -> None:
    """Train, say what happened in three sentences, and keep the run with its pictures."""
    from undergrad.supervised import catalogue, session

    console = stderr()
    console.print(
        "First, a network of one slope and one offset. It sees 100 temperatures in Celsius and "
        "in Fahrenheit, and is not told the rule."
    )
    run = session.begin(catalogue.load(_PRESET), me.journey.runs, [_SEED])
    losses: list[float] = []
    record = _with_bar(session, run, losses, console)
    _explain(record, losses, console)
    me.record("run.finished", run.name, **record)
    picture = (run / f"seed-{_SEED}" / "line-light.svg").relative_to(me.journey.root)
    console.print(f"The picture: {picture}, also on the site's page of runs.\n")


def _with_bar(session: Any, run: Any, losses: list[float], console: "Console") -> dict[str, Any]:
    """Train behind a bar that shows the loss. Without a terminal nothing moves."""
    from rich.progress import BarColumn, Progress, TextColumn

    from undergrad.run_seeds import Watch

    columns = (TextColumn("  learning"), BarColumn(), TextColumn("{task.fields[loss]}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(_PRESET, total=None, loss="")

        def show(seed: int, row: dict[str, Any]) -> None:
            if row["kind"] == "progress":
                losses.append(row["loss"])
                loss = f"loss {row['loss']:8.4f}"
                bar.update(task, completed=row["step"], total=row["of"], loss=loss)

        record: dict[str, Any] = session.go_on(run, watch=Watch(row=show))
        return record


def _explain(record: dict[str, Any], losses: list[float], console: "Console") -> None:
    rule = record["summary"].removeprefix("It found ").removesuffix(".")
    console.print(
        f"It began with a slope and an offset of no meaning, and its mean squared error was "
        f"{losses[0]:,.0f}.\n"
        f"In {record['seeds'][0]['steps']:,} small steps it moved both numbers against the error, "
        f"which fell to {_small(losses[-1])}.\n"
        f"It now says [bold]{rule}[/bold]: the rule you know, found from examples alone."
    )


def _small(loss: float) -> str:
    return f"{loss:.4f}" if loss >= 0.0001 else "less than 0.0001"
