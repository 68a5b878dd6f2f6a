"""A log of a run that other programs can follow: one JSON object per line."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from undergrad.engine.training.callbacks import History
from undergrad.engine.training.checkpoint import write_at_once
from undergrad.engine.training.train import Progress


class JsonLog:
    """A text file with one JSON object per line: the loss of every step, the rows of a history.

        {"step": 1, "epoch": 0, "loss": 2.31}
        {"epoch": 1, "step": 23, "loss": 1.92, "accuracy": 0.71}

    Lines are written at once, so another program can follow them. A run that resumes from a
    checkpoint first removes the lines after it: the file ends up as if nothing had happened.

    Arguments:
        every: log the loss every so many steps.
        history: whose newest row to log after each epoch; it comes before this in the list.
    """

    def __init__(
        self, path: str | os.PathLike[str], every: int = 1, history: History | None = None
    ) -> None:
        if every < 1:
            raise ValueError(f"JsonLog: every must be at least 1 step, and is {every}")
        self.path, self.every, self.history = Path(path), every, history

    def on_start(self, progress: Progress) -> None:
        lines = self.path.read_text("utf-8").splitlines(True) if self.path.exists() else []
        rows = [self._read(number, line, len(lines)) for number, line in enumerate(lines, 1)]
        kept = [
            line for line, row in zip(lines, rows, strict=True) if row and _is_past(row, progress)
        ]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_at_once(self.path, "".join(kept).encode())

    def on_step(self, progress: Progress) -> None:
        if progress.step % self.every == 0:
            self._write({"step": progress.step, "epoch": progress.epoch, "loss": progress.loss})

    def on_epoch(self, progress: Progress) -> None:
        if self.history and self.history.rows:
            self._write(self.history.rows[-1])

    def _read(self, number: int, line: str, count: int) -> dict[str, Any]:
        """The row of a line; empty for a last line that was torn by a crash."""
        try:
            row = json.loads(line)
        except ValueError:
            row = {} if number == count else None
        if row != {} and not (isinstance(row, dict) and {"step", "epoch"} <= row.keys()):
            raise ValueError(
                f"{self.path}, line {number}, is not a line of a training log; nothing was "
                "changed: give the log another path"
            )
        return dict(row)

    def _write(self, row: Mapping[str, float]) -> None:
        finite = {k: v if math.isfinite(v) else None for k, v in row.items()}  # JSON has no NaN
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(finite) + "\n")

    def __repr__(self) -> str:
        return f"JsonLog({str(self.path)!r}, every={self.every})"


def _is_past(row: Mapping[str, Any], progress: Progress) -> bool:
    """Whether `progress` includes what a row records. The row of an epoch follows its last step."""
    if row["step"] == progress.step:
        return bool(row["epoch"] <= progress.epoch)
    return bool(row["step"] < progress.step)
