"""The first training of a journey: Fahrenheit from Celsius, with a bar, words and a picture."""

import os
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from undergrad import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure
    from rich.console import Console

    from undergrad.course.models import Course
    from undergrad.engine.toys import Line
    from undergrad.journey import Journey

_PRESET, _SEED = "celsius", 0
_TOLERANCE = 0.05  # how near slope and offset must come to 1.8 and 32
_LINE = f"slope within {_TOLERANCE} of 1.8 and offset within {_TOLERANCE} of 32"


@dataclass(frozen=True)
class _Outcome:
    line: "Line"
    seconds: float

    @property
    def verdict(self) -> str:
        near = max(abs(self.line.w - 1.8), abs(self.line.b - 32)) <= _TOLERANCE
        return "pass" if near else "fail"

    @property
    def rule(self) -> str:
        return f"fahrenheit = {self.line.w:.2f} * celsius + {self.line.b:.2f}"


def train_first(journey: "Journey", course: "Course", console: "Console") -> None:
    """Train, say what happened in three sentences, and keep the run with its picture."""
    from undergrad.journey import append
    from undergrad.rl.run import folder as disk

    console.print(
        "First, a network of one slope and one offset. It sees 100 temperatures in Celsius and "
        "in Fahrenheit, and is not told the rule."
    )
    run, clock = disk.create(journey.runs, _PRESET), perf_counter()
    started = disk.now()
    outcome = _Outcome(_with_bar(console), perf_counter() - clock)
    _explain(outcome, console)
    _draw(outcome.line, run / f"seed-{_SEED}")
    record = _record(outcome, started)
    disk.append_rows(
        run / f"seed-{_SEED}" / "log.jsonl",
        ({"step": step, "loss": loss} for step, loss in enumerate(outcome.line.losses, 1)),
    )
    disk.write_record(run, record)
    append(journey, "run.finished", run.name, record, course=course)
    picture = (run / f"seed-{_SEED}" / "learning-light.svg").relative_to(journey.root)
    console.print(f"The picture: {picture}, also on the site's page of runs.\n")


def _with_bar(console: "Console") -> "Line":
    """Train behind a bar that shows the loss. Without a terminal nothing moves."""
    from rich.progress import BarColumn, Progress, TextColumn

    from undergrad.engine import toys
    from undergrad.engine.train import Progress as Steps

    columns = (TextColumn("  learning"), BarColumn(), TextColumn("{task.fields[loss]}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(_PRESET, total=toys.CELSIUS_STEPS, loss="")

        def show(steps: Steps) -> None:
            if steps.step % 20 == 0:
                bar.update(task, completed=steps.step, loss=f"loss {steps.loss:8.4f}")

        return toys.celsius(on_step=show, seed=_SEED)


def _explain(outcome: _Outcome, console: "Console") -> None:
    first, last = outcome.line.losses[0], outcome.line.losses[-1]
    console.print(
        f"It began with a slope and an offset of no meaning, and its mean squared error was "
        f"{first:,.0f}.\n"
        f"In {len(outcome.line.losses):,} small steps it moved both numbers against the error, "
        f"which fell to {_small(last)}.\n"
        f"It now says [bold]{outcome.rule}[/bold]: the rule you know, found from examples alone."
    )


def _small(loss: float) -> str:
    return f"{loss:.4f}" if loss >= 0.0001 else "less than 0.0001"


def _draw(line: "Line", folder: "Path") -> None:
    """Left the loss at each step, right the points and the line that was found."""
    from undergrad import plots
    from undergrad.engine.data import sources

    def draw(figure: "Figure") -> None:
        import numpy as np

        loss, fit = figure.subplots(1, 2)
        loss.plot(range(1, len(line.losses) + 1), line.losses)
        loss.set(xlabel="step", ylabel="mean squared error", yscale="log", title="learning")
        celsius, fahrenheit = sources.celsius(100, np.random.default_rng(_SEED))
        ends = np.array([celsius.min(), celsius.max()])
        fit.plot(celsius, fahrenheit, ".", label="examples")
        fit.plot(ends, line.w * ends + line.b, label="what was learnt")
        fit.set(xlabel="Celsius", ylabel="Fahrenheit", title="the line that was found")
        fit.legend()

    plots.save(draw, folder / "learning", size=(8.0, 3.4))


def _record(outcome: _Outcome, started: str) -> dict[str, object]:
    """What `run.json` holds; see `undergrad.journey.runs` for the fields."""
    line, seconds = outcome.line, round(outcome.seconds, 2)
    worst = max(abs(line.w - 1.8), abs(line.b - 32))
    seed = {
        "seed": _SEED,
        "verdict": outcome.verdict,
        "score": round(worst, 4),
        "std": None,
        "steps": len(line.losses),
        "seconds": seconds,
        "folder": f"seed-{_SEED}",
    }
    return {
        "version": 1,
        "preset": _PRESET,
        "title": "Fahrenheit from Celsius",
        "kind": "supervised",
        "state": "finished",
        "started": started,
        "seconds": seconds,
        "line": _LINE,
        "verdict": outcome.verdict,
        "summary": f"It found {outcome.rule}.",
        "seeds": [seed],
        "settings": {},
        "undergrad": __version__,
        "cores": os.cpu_count(),
        "plots": ["learning"],
        "clips": [],
    }
