"""The one way to print: everything that a person reads passes through `say`.

    say(f"Next: {unit.title}.")                        # a paragraph, wrapped between words
    say(wrap("long text", indent="    ", first="  - "))  # lines that were laid out before
    say(step("Next", "undergrad next"))                # a command to copy, never broken
    say("Building the site ...", err=True)             # chat: what a program should not read
    say(table(("run", "score"), rows))                 # columns; blocks where there is no room

A line breaks between words, from 40 columns on, and never inside `backquotes`, a name, a path or
an address: what is longer than the terminal stays whole, so that it can be copied. Functions that
make lines are pure; only `say`, `complain` and the questions touch the terminal.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

Lines = str | Iterable[str]
_COLUMN = 16  # columns that the last cell of a table needs at least


def width() -> int:
    """Columns to write in: those of the terminal, between 40 and 88."""
    columns = os.environ.get("COLUMNS", "")
    known = int(columns) if columns.isdecimal() else 0  # 0 is what "not known" is written as
    return max(40, min(88, known or _terminal_width() or 80))


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # no terminal, or no file behind stdout
        return 0


def say(lines: Lines = "", *, err: bool = False) -> None:
    """Print a paragraph, or lines, on stdout; as chat on stderr. A line that is too long is
    wrapped under its own beginning."""
    for line in [lines] if isinstance(lines, str) else lines:
        click.echo("\n".join(_fitted(line)), err=err)


def complain(sentence: str) -> None:
    """What is wrong, on stderr: wrapped in a terminal, else in one line that a program can read."""
    if is_terminal():
        say(sentence.splitlines(), err=True)
    else:
        click.echo(sentence, err=True)


def is_terminal() -> bool:
    """True when a person reads stderr."""
    return sys.stderr.isatty()


def paint(text: str, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
    """Coloured text, or plain text where NO_COLOR or a dumb terminal asks for it.

    Click removes the colours where the output is not a terminal.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, fg=colour, bold=bold or None, dim=dim or None)


def wrap(text: str, indent: str = "", first: str | None = None) -> Iterator[str]:
    """`text` in lines that fit, the first one after `first` instead of `indent`."""
    line, empty = indent if first is None else first, True
    for word in _words(text):
        if not empty and _length(line) + 1 + _length(word) > width():
            yield line
            line, empty = indent, True
        line, empty = line + word if empty else f"{line} {word}", False
    yield line


def wrap_code(line: str, indent: str = "", sign: str = "") -> Iterator[str]:
    """A line of code, or of a diff after its sign: the rest of a long one is indented further."""
    lead = indent + sign + line[: len(line) - len(line.lstrip())]
    if _length(indent + sign + line) <= width():
        yield indent + sign + line
    else:
        yield from wrap(line.strip(), " " * len(lead) + "    ", lead)


def step(label: str, command: str, indent: str = "") -> Iterator[str]:
    """A command to type next: `Next: undergrad status`, on a line of its own where it is long."""
    line = f"{indent}{label}: {command}"
    yield from [line] if len(line) <= width() else [f"{indent}{label}:", f"{indent}  {command}"]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns; the last column wraps. Without room for that, each row becomes a block.

    heads: the columns' names, all empty for a table without them. A column whose cells are numbers
    is set to the right.
    """
    sizes = [max(_length(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    left = sum(sizes[:-1]) + 2 * (len(sizes) - 1)
    if left + min(sizes[-1], _COLUMN) > width():
        for row in rows:
            yield from _block(heads, row)
        return
    right = [all(_is_number(row[n]) for row in rows) for n in range(len(heads))]
    if any(heads):
        yield from _row([paint(head, bold=True) for head in heads], sizes, right)
    for row in rows:
        yield from _row(row, sizes, right)


def short_path(path: Path) -> str:
    """The path as a person would type it here: seen from this folder where that is shorter."""
    absolute = os.path.abspath(path)
    short = min(os.path.relpath(absolute), absolute, key=len)
    return click.format_filename(f"./{short}" if short.startswith("-") else short)


def quoted(path: Path) -> str:
    """The same inside a command to copy."""
    return shlex.quote(short_path(path))


def diff(earlier: str, before: str, later: str, after: str) -> Iterator[str]:
    """What changed from one text to the other, under their names; no line when they are equal."""
    from difflib import unified_diff

    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in unified_diff(before.splitlines(), after.splitlines(), earlier, later, lineterm=""):
        for part in wrap_code(line[1:], sign=line[:1]):
            yield paint(part, colours.get(line[:1]))


def typed(question: str, end: str = " > ") -> str:
    """What the person types, without the spaces around it; "" for Enter alone."""
    return str(_asked(question, end)).strip()


def confirm(question: str) -> bool:
    """True when the person says yes. The default is no."""
    return _asked(question, " [y/N]: ").strip().lower() in ("y", "yes")


def is_interactive() -> bool:
    """True when a person can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(question: str, end: str) -> str:
    *before, last = wrap(
        question + end.rstrip(), question[: len(question) - len(question.lstrip())]
    )
    say(before, err=True)
    answer = click.prompt(last, default="", show_default=False, prompt_suffix=" ", err=True)
    return str(answer)


def _fitted(line: str) -> Iterable[str]:
    if _length(line) <= width():
        return [line]
    lead = line[: len(line) - len(line.lstrip())]
    return wrap(line.strip(), lead, lead)


def _words(text: str) -> list[str]:
    """The pieces that a line may break between; what is inside backquotes is one piece."""
    return re.findall(r"(?:`[^`\n]*`|\S)+", text)


def _length(text: str) -> int:
    return len(click.unstyle(text))


def _row(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    padded = []
    for cell, size, to_right in zip(cells[:-1], sizes, right, strict=False):
        gap = " " * (size - _length(cell))
        padded.append(gap + cell if to_right else cell + gap)
    first = "".join(cell + "  " for cell in padded)
    gap = " " * (sizes[-1] - _length(cells[-1])) if right[-1] else ""
    return wrap(cells[-1], " " * _length(first), first + gap)


def _block(heads: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    yield row[0]
    for head, cell in zip(heads[1:], row[1:], strict=True):
        if cell:
            yield from wrap(f"{head}: {cell}" if head else cell, "    ", "  ")


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+\d.,%e ]*", click.unstyle(cell)))
