"""Text that fits a terminal, from 40 columns on: wrapped, painted, printed, asked for.

What the lines say is made in the `*_text` modules.
"""

import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click


def width() -> int:
    """Columns to write in: those of the terminal, between 40 and 88."""
    columns = os.environ.get("COLUMNS", "")
    return max(40, min(88, int(columns) if columns.isdigit() else _terminal_width()))


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # no terminal, or no file behind stdout
        return 80


def paint(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """Coloured text, or plain text where NO_COLOR or a dumb terminal asks for it.

    Click takes colours out again where the output is no terminal.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, fg=colour, bold=bold or None)


def say(lines: Iterator[str], *, err: bool = False) -> None:
    """Print lines on stdout, or as chat on stderr."""
    click.echo("\n".join(lines), err=err)


def wrap(text: str, indent: str = "", first: str | None = None) -> Iterator[str]:
    """`text` in lines that fit, the first one after `first` instead of `indent`."""
    lead = indent if first is None else first
    yield from textwrap.wrap(
        text, width(), initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False
    ) or [lead]


def complain(sentence: str) -> None:
    """What is wrong, on stderr: broken between words in a terminal, else in one line.

    A long path stays whole, so that it can be copied.
    """
    if sys.stderr.isatty():
        fitting = textwrap.TextWrapper(width(), break_long_words=False, break_on_hyphens=False)
        sentence = "\n".join(fitting.fill(line) for line in sentence.splitlines())
    click.echo(sentence, err=True)


def hours(minutes: int) -> str:
    """Minutes as a person says them."""
    if minutes < 90:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


def plural(count: int, word: str) -> str:
    """`1 unit`, `3 units`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def from_here(path: Path) -> str:
    """The path as a person would type it here."""
    here = Path.cwd()
    return click.format_filename(path.relative_to(here) if path.is_relative_to(here) else path)


def diff(earlier: str, before: str, later: str, after: str) -> Iterator[str]:
    """What changed from one text to the other, under their names; no line when they are equal."""
    from difflib import unified_diff

    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = unified_diff(before.splitlines(), after.splitlines(), earlier, later, lineterm="")
    return (paint(line, colours.get(line[:1])) for line in lines)


def typed(question: str, end: str = " > ") -> str:
    """What the person types, without the spaces around it; "" for Enter alone."""
    answer = click.prompt(question, default="", show_default=False, prompt_suffix=end, err=True)
    return str(answer).strip()
