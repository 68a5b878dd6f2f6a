"""What `train`, `runs` and `evaluate` say, and the bar that moves while something is learnt."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from undergrad.run_seeds import number

if TYPE_CHECKING:
    from rich.console import Console

    from undergrad.cli.families import AnyTask
    from undergrad.journey.runs import Run
    from undergrad.run_seeds import Watch

_STYLES = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


def announce(console: "Console", preset: "AnyTask", seeds: int) -> None:
    """What will be learnt, what it may cost, and what counts as learnt. Before it starts."""
    import os

    workers = max(1, min(seeds, os.cpu_count() or 1))
    seconds = preset.seconds * -(-seeds // workers)
    about = [getattr(preset, "environment", "")]
    about += [f"{seeds} seeds, {workers} at a time"] if seeds > 1 else []
    beside = ", ".join(part for part in about if part)
    console.print(f"[bold]{preset.title}[/bold]" + (f" ({beside})" if beside else ""))
    console.print(preset.what)
    console.print(f"Budget: {preset.budget} for each seed.")
    console.print(
        f"Expected: {_duration(seconds)} and {preset.megabytes * workers:g} MB of memory."
    )
    console.print(f"Pass line: {preset.line}.")


def tasks(console: "Console", tasks: "Sequence[AnyTask]") -> None:
    """All that can be trained, one line each."""
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("preset", "what it learns", "one seed"):
        grid.add_column(name, overflow="fold")
    for task in tasks:
        grid.add_row(task.name, task.title, _duration(task.seconds))
    console.print(grid)


class Progress:
    """A live bar on a terminal, a plain line for each evaluation elsewhere."""

    def __init__(self, console: "Console", *, single: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._console, self._single = console, single
        self._live = console.is_terminal and single
        self._bar = Progress(
            BarColumn(bar_width=None if console.width > 60 else 10),
            TextColumn("{task.percentage:3.0f}% {task.description}"),
            console=console,
            disable=not self._live,
        )
        self._task = self._bar.add_task("begins", total=None)
        self._mark: tuple[float, int] | None = None  # when the first row came, and at which step

    def __enter__(self) -> "Progress":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def watch(self, task: "AnyTask") -> "Watch":
        """What to hand to the training of this task."""
        from undergrad.run_seeds import Watch

        steps = getattr(task.settings, "steps", 0)  # a supervised row says itself of how many
        return Watch(row=lambda seed, row: self._row(row, row.get("of", steps)), seed=self._seed)

    def _row(self, row: dict[str, Any], of: int) -> None:
        if row["kind"] == "evaluation" and not self._live:
            self._console.print(f"step {row['step']:,} of {of:,}: {_measured(row)}")
        if row["kind"] == "progress" and self._live:
            words = f"{_learnt(row)} {self._speed(row['step']):,.0f} steps/s"
            self._bar.update(self._task, completed=row["step"], total=of, description=words)

    def _speed(self, step: int) -> float:
        now = time.monotonic()
        if self._mark is None:
            self._mark = (now, step)
        since, first = self._mark
        return (step - first) / max(now - since, 1e-9)

    def _seed(self, result: dict[str, Any]) -> None:
        if not self._single:
            self._console.print(
                f"seed {result['seed']}: {result['verdict']}, {_number(result['score'])} "
                f"in {_duration(result['seconds'])}"
            )


def _learnt(row: dict[str, Any]) -> str:
    """A row of progress in words: of an agent its return, of a network its loss."""
    said = [f"return {row['return']:.0f}"] if row.get("return") is not None else []
    said += [f"epsilon {row['epsilon']:.2f}"] if "epsilon" in row else []
    said += [f"entropy {row['entropy']:.2f}"] if "entropy" in row else []
    return " ".join([*said, f"loss {row['loss']:.1e}"] if "loss" in row else said)


def _measured(row: dict[str, Any]) -> str:
    """A row of an evaluation in words: all that was measured."""
    if "return" in row:
        return f"greedy return {row['return']:.0f} ± {row['std']:.0f}"
    known = ("kind", "step", "of", "epoch")
    return ", ".join(f"{name} {_number(row[name])}" for name in row if name not in known)


def _number(value: float | None) -> str:
    """A score, or nothing."""
    return "" if value is None else number(value)


def outcome(console: "Console", record: dict[str, Any], folder: Path) -> None:
    """The verdict, the table when there are several seeds, where the pictures are, what next."""
    if len(record["seeds"]) > 1:
        _seed_table(console, record["seeds"])
    style = _STYLES[record["verdict"]]
    console.print(f"[{style}]{record['verdict']}[/{style}]: {record['summary']}")
    first = folder / record["seeds"][0]["folder"]
    files = {
        "curves" if i == 0 else name: f"{name}-light.svg" for i, name in enumerate(record["plots"])
    }
    files |= {Path(name).stem: name for name in record["clips"]}
    for label, file in files.items():
        console.print(f"{label.capitalize()}: {first / file}", soft_wrap=True)
    mine = " --engine mine" if str(record.get("engine", "")).startswith("mine") else ""
    more = f"undergrad train {record['preset']}{mine} --seeds 5"
    again = f"undergrad evaluate {folder.name}"
    said = f"Was it luck? Try `{more}`." if len(record["seeds"]) == 1 else f"Again: `{again}`."
    console.print(f"Next: {said}" if record["verdict"] == "pass" else f"Next: look, then `{more}`.")


def interrupted(console: "Console", record: dict[str, Any], folder: Path) -> None:
    """How to go on."""
    console.print(
        f"Stopped and saved. Go on with `undergrad train {record['preset']} "
        f"--resume {folder.name}`.",
        soft_wrap=True,
    )


def table(console: "Console", runs: "Sequence[Run]") -> None:
    """All runs, one line each."""
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("run", "verdict", "score"):
        grid.add_column(name, overflow="fold")
    for run in runs:
        scores = [seed.score for seed in run.seeds if seed.score is not None]
        mean = _number(sum(scores) / len(scores)) if scores else ""
        grid.add_row(run.id, run.verdict or run.state, mean)
    console.print(grid)


def judged(console: "Console", results: Sequence[dict[str, Any]]) -> None:
    """The scores of `evaluate`, beside those that were recorded."""
    for result in results:
        verdict, recorded = result["verdict"], result["recorded"]
        spread = ""
        if "episodes" in result:
            spread = f" ± {_number(result['std'])} over {result['episodes']} episodes"
        beside = "" if recorded is None else f" (recorded: {_number(recorded)})"
        console.print(
            f"seed {result['seed']}: [{_STYLES[verdict]}]{verdict}[/], "
            f"{_number(result['score'])}{spread}{beside}"
        )


def _seed_table(console: "Console", seeds: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("seed", "verdict", "score", "std", "seconds"):
        grid.add_column(name, justify="left" if name == "verdict" else "right")
    for seed in seeds:
        numbers = [_number(seed[name]) for name in ("score", "std", "seconds")]
        grid.add_row(str(seed["seed"]), seed["verdict"], *numbers)
    console.print(grid)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} seconds"
    return f"about {round(seconds / 60)} minutes"
