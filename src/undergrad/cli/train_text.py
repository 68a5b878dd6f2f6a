"""What `train`, `runs` and `evaluate` say, and the bar that moves while an agent learns."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from undergrad.journey import Run
    from undergrad.rl.run.preset import Line, Preset
    from undergrad.rl.run.seeds import Watch

_STYLES = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


def announce(console: "Console", preset: "Preset", seeds: int) -> None:
    """What will be learnt, what it may cost, and what counts as learnt. Before it starts."""
    import os

    workers = max(1, min(seeds, os.cpu_count() or 1))
    seconds = preset.seconds * -(-seeds // workers)
    many = f", {seeds} seeds, {workers} at a time" if seeds > 1 else ""
    console.print(f"[bold]{preset.title}[/bold] ({preset.environment}{many})")
    console.print(preset.what)
    console.print(f"Budget: {preset.settings.steps:,} steps for each seed.")
    console.print(
        f"Expected: {_duration(seconds)} and {preset.megabytes * workers:g} MB of memory."
    )
    console.print(f"Pass line: {preset.line}.")


class Progress:
    """A live bar on a terminal, a plain line for each evaluation elsewhere."""

    def __init__(self, console: "Console", preset: "Preset", *, single: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._console, self._budget, self._single = console, preset.settings.steps, single
        self._live = console.is_terminal and single
        self._bar = Progress(
            BarColumn(bar_width=None if console.width > 60 else 10),
            TextColumn("{task.percentage:3.0f}% {task.description}"),
            console=console,
            disable=not self._live,
        )
        self._task = self._bar.add_task("begins", total=self._budget)
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

    def watch(self) -> "Watch":
        """What to hand to the training."""
        from undergrad.rl.run.seeds import Watch

        return Watch(row=self._row, seed=self._seed)

    def _row(self, seed: int, row: dict[str, Any]) -> None:
        if row["kind"] == "evaluation" and not self._live:
            self._console.print(
                f"step {row['step']:,} of {self._budget:,}: "
                f"greedy return {row['return']:.0f} ± {row['std']:.0f}"
            )
        if row["kind"] == "progress" and self._live:
            said = [f"return {row['return']:.0f}"] if row["return"] is not None else []
            said += [f"epsilon {row['epsilon']:.2f}"]
            said += [f"loss {row['loss']:.1e}"] if "loss" in row else []
            said += [f"{self._speed(row['step']):,.0f} steps/s"]
            self._bar.update(self._task, completed=row["step"], description=" ".join(said))

    def _speed(self, step: int) -> float:
        now = time.monotonic()
        if self._mark is None:
            self._mark = (now, step)
        since, first = self._mark
        return (step - first) / max(now - since, 1e-9)

    def _seed(self, result: dict[str, Any]) -> None:
        if not self._single:
            self._console.print(
                f"seed {result['seed']}: {result['verdict']}, {result['score']:.1f} "
                f"in {_duration(result['seconds'])}"
            )


def outcome(console: "Console", record: dict[str, Any], folder: Path) -> None:
    """The verdict, the table when there are several seeds, where the pictures are, what next."""
    if len(record["seeds"]) > 1:
        _seed_table(console, record["seeds"])
    style = _STYLES[record["verdict"]]
    console.print(f"[{style}]{record['verdict']}[/{style}]: {record['summary']}")
    first = folder / record["seeds"][0]["folder"]
    console.print("Curves: " + str(first / "returns-light.svg"), soft_wrap=True)
    console.print("Before: " + str(first / "before.webp"), soft_wrap=True)
    console.print("After:  " + str(first / "after.webp"), soft_wrap=True)
    more = f"undergrad train {record['preset']} --seeds 5"
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
        mean = f"{sum(scores) / len(scores):.1f}" if scores else ""
        grid.add_row(run.id, run.verdict or run.state, mean)
    console.print(grid)


def judged(console: "Console", results: Sequence[dict[str, Any]], line: "Line") -> None:
    """The scores of `evaluate`, beside those that were recorded."""
    for result in results:
        verdict = "pass" if result["score"] >= line.score else "fail"
        recorded = result["recorded"]
        beside = "" if recorded is None else f" (recorded: {recorded:.1f})"
        console.print(
            f"seed {result['seed']}: [{_STYLES[verdict]}]{verdict}[/], {result['score']:.1f} ± "
            f"{result['std']:.1f} over {result['episodes']} episodes{beside}"
        )


def _seed_table(console: "Console", seeds: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("seed", "verdict", "score", "std", "seconds"):
        grid.add_column(name, justify="left" if name == "verdict" else "right")
    for seed in seeds:
        numbers = [f"{seed[name]:.1f}" for name in ("score", "std", "seconds")]
        grid.add_row(str(seed["seed"]), seed["verdict"], *numbers)
    console.print(grid)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} seconds"
    return f"about {round(seconds / 60)} minutes"
