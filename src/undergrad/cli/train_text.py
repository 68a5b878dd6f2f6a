"""What `train` and `evaluate` print, and the bar that moves while something is learned."""

import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType

from undergrad.cli.runs import STYLES
from undergrad.cli.terminal import is_terminal, paint, say, short_path, table, width
from undergrad.runs import Preset, Run, SeedResult
from undergrad.runs.folder import Row
from undergrad.runs.run import score_text
from undergrad.runs.seeds import Callbacks, Workers
from undergrad.words import duration

_KINDS = {"supervised": "Networks", "reinforcement": "Agents"}


def presets(found: Sequence[Preset]) -> Iterator[str]:
    """All that can be trained, in groups, one line each."""
    for kind, group in groupby(found, lambda preset: preset.kind):
        rows = [(one.name, f"{one.title}, {duration(seconds=one.seconds)}") for one in group]
        yield paint(_KINDS[kind], bold=True)
        yield from table(("preset", "what it learns, and how long a seed takes"), rows)
        yield ""


def columns(names: Sequence[str], indent: str = "  ") -> Iterator[str]:
    """Many names, below and beside each other."""
    size = max(map(len, names)) + 2
    count = max(1, (width() - len(indent)) // size)
    for i in range(0, len(names), count):
        yield indent + "".join(f"{name:<{size}}" for name in names[i : i + count]).rstrip()


def announcement(preset: Preset, seeds: int, workers: Workers) -> Iterator[str]:
    """What will be learned, what it may cost, and what counts as learned. Before it starts."""
    at_a_time = max(1, min(seeds, workers.count))
    about = [getattr(preset, "environment", "")]
    about += [f"{seeds} seeds, {at_a_time} at a time"] if seeds > 1 else []
    beside = ", ".join(part for part in about if part)
    yield paint(preset.title, bold=True) + (f" ({beside})" if beside else "")
    yield preset.what
    yield f"Budget: {preset.budget} for each seed."
    if preset.seconds:
        seconds = workers.seconds(preset.seconds, seeds)
        megabytes = f"{preset.megabytes * at_a_time:g} MB of memory"
        yield f"Expected: about {duration(seconds=seconds)} and {megabytes}."
    yield f"Pass line: {preset.pass_line}."


class Progress:
    """A live bar on a terminal; elsewhere a plain line for each evaluation of a single seed.

    Of several seeds a line says what became of each, and the bar moves while rows come in, as they
    do from a cluster.
    """

    def __init__(self, preset: Preset, seeds: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._seeds, self._live = seeds, is_terminal()
        self._at: dict[int, int] = {}  # the newest step of each seed
        self._judged = 0
        self._steps = getattr(preset.settings, "steps", 0)  # a supervised row has its own number
        self._bar = Progress(
            BarColumn(bar_width=None if width() > 60 else 10),
            TextColumn("{task.percentage:3.0f}% {task.description}"),
            console=Console(stderr=True, highlight=False),
            disable=not self._live,
        )
        self._task = self._bar.add_task("starting", total=None, visible=seeds == 1)
        self._first: tuple[float, int] | None = None  # when the first row came, and at which step

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

    def callbacks(self) -> Callbacks:
        """What to hand to the run."""
        return Callbacks(on_row=self._row, on_seed=self._seed)

    def _row(self, seed: int, row: Row) -> None:
        of = row.get("of", self._steps)
        if row["kind"] == "evaluation" and not self._live and self._seeds == 1:
            say(f"step {row['step']:,} of {of:,}: {_evaluation(row)}", err=True)
        if row["kind"] == "progress" and self._live:
            self._at[seed] = row["step"]
            done, total = sum(self._at.values()), of * self._seeds
            words = f"{self._about(row)} {self._speed(done):,.0f} steps/s"
            self._bar.update(
                self._task, completed=done, total=total, description=words, visible=True
            )

    def _about(self, row: Row) -> str:
        """What is worth saying beside the bar: of one seed how well it does, else how many are
        done."""
        return _stats(row) if self._seeds == 1 else f"{self._judged} of {self._seeds} seeds"

    def _speed(self, step: int) -> float:
        now = time.monotonic()
        if self._first is None:
            self._first = (now, step)
        since, first = self._first
        return (step - first) / max(now - since, 1e-9)

    def _seed(self, seed: SeedResult) -> None:
        self._judged += 1
        if self._seeds > 1:
            say(f"{_seed_line(seed)} in {duration(seconds=seed.seconds or 0)}", err=True)


def _stats(row: Row) -> str:
    """A row of progress in words: of an agent its return, of a network its loss."""
    parts = [f"return {row['return']:.0f}"] if row.get("return") is not None else []
    parts += [f"epsilon {row['epsilon']:.2f}"] if "epsilon" in row else []
    parts += [f"entropy {row['entropy']:.2f}"] if "entropy" in row else []
    return " ".join([*parts, f"loss {row['loss']:.1e}"] if "loss" in row else parts)


def _evaluation(row: Row) -> str:
    """A row of an evaluation in words: all that was measured."""
    if "network_alone" in row:
        return f"{row['return']:.2%} right moves, {row['network_alone']:.2%} by the network alone"
    if "return" in row:
        return f"greedy return {row['return']:.0f} ± {row['std']:.0f}"
    known = ("kind", "step", "of", "epoch")
    return ", ".join(f"{name} {score_text(row[name])}" for name in row if name not in known)


def outcome(run: Run) -> Iterator[str]:
    """The verdict, the table when there are several seeds, where the plots are, what next."""
    if len(run.seeds) > 1:
        yield from table(("seed", "verdict", "score", "std", "time"), [*map(_cells, run.seeds)])
    verdict = str(run.verdict)
    yield f"{paint(verdict, STYLES[verdict])}: {run.summary}"
    first = run.seeds[0].folder
    files = {"curves" if i == 0 else name: f"{name}.svg" for i, name in enumerate(run.plots)}
    files |= {Path(name).stem: name for name in run.clips}
    for label, file in files.items():
        if (first / file).exists():  # an environment may have failed to render
            yield f"{label.capitalize()}: {short_path(first / file)}"
    mine = " --engine mine" if run.engine.startswith("mine") else ""
    more = f"`{run.command}{mine} --seeds 5`"
    if run.verdict != "pass":
        yield f"Next: look at the curves, then {more}."
    elif len(run.seeds) == 1:
        yield f"Next: was it luck? Try {more}."
    else:
        yield f"Next: judge it again with `undergrad evaluate {run.id}`."


def interrupted(run: Run) -> str:
    """How to resume."""
    name = "" if run.definition else f"{run.preset} "
    return f"Stopped and saved. Resume with `undergrad train {name}--resume {run.id}`."


def evaluated(
    preset: Preset, results: Sequence[SeedResult], before: Sequence[SeedResult]
) -> Iterator[str]:
    """The scores of `evaluate`, beside those that were recorded."""
    counted = getattr(preset.pass_line, "counted", "")  # a network is judged on its whole test set
    for result, recorded in zip(results, before, strict=True):
        count = result.more.get("episodes")
        std = f" ± {score_text(result.std)} over {count} {counted}" if count else ""
        beside = "" if recorded.score is None else f" (recorded: {score_text(recorded.score)})"
        yield f"{_seed_line(result)}{std}{beside}"


def _seed_line(seed: SeedResult) -> str:
    verdict = str(seed.verdict)
    return f"seed {seed.seed}: {paint(verdict, STYLES[verdict])}, {score_text(seed.score)}"


def _cells(seed: SeedResult) -> tuple[str, ...]:
    scores = (score_text(seed.score), score_text(seed.std))
    return str(seed.seed), str(seed.verdict), *scores, duration(seconds=seed.seconds or 0)
