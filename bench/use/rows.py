"""A row: what is waited for and what stands beside it, measured in turns; and the table of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import Timing
from bench.report import table

COLUMNS = ("waiting for", "beside", "ours", "theirs", "ratio", "by processor's time", "IQR", "")


@dataclass(frozen=True)
class Row:
    """Seconds that a person waits, ours and theirs. note: what else was found."""

    title: str
    beside: str
    ours: Timing
    theirs: Timing
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as long ours takes, by the clock on the wall."""
        return self.ours.wall / self.theirs.wall

    @property
    def by_processor(self) -> float:
        """The same by the processor's time, which other programs disturb little."""
        return self.ours.cpu / self.theirs.cpu


def tabulated(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown."""
    return table(COLUMNS, map(cells, rows))


def cells(row: Row) -> tuple[str, ...]:
    setting = f", {row.theirs.setting}, {row.theirs.threads}" if row.theirs.setting else ""
    return (
        row.title,
        row.beside + setting,
        f"{row.ours.wall:.3f} s",
        f"{row.theirs.wall:.3f} s",
        f"**{row.ratio:.2f}**",
        f"{row.by_processor:.2f}" if row.theirs.cpu else "",
        f"{row.ours.iqr:.0%}, {row.theirs.iqr:.0%}",
        row.note,
    )
