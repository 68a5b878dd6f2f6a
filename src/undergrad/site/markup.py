"""The small pieces of HTML that every page is put together from.

Whatever a learner typed or a learner's program printed passes through `escape` or `inline` and is
placed inside a raw HTML block, where Markdown leaves it alone.
"""

import html
import json
import re

from undergrad.course.models import Unit
from undergrad.journey.models import Status, UnitStatus

# Bytes that would break the page or the parser's own placeholders.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def escape(text: str) -> str:
    """Text made safe for HTML, as content or as a quoted attribute."""
    return html.escape(_CONTROL.sub("", text), quote=True)


def line(text: str) -> str:
    """Escaped text on one line."""
    return escape(" ".join(text.split()))


def inline(text: str) -> str:
    """Escaped text on one line, with `backticks` shown as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", line(text))


def page_top(title: str, source: str, *, hide: tuple[str, ...] = ()) -> str:
    """Front matter with the title for menus and the tab, then where the page comes from.

    The theme puts a title into its HTML as it is, so it is escaped here.
    """
    hidden = f"hide: {json.dumps(hide)}\n" if hide else ""
    shown = json.dumps(line(title), ensure_ascii=False)
    return f"---\ntitle: {shown}\n{hidden}---\n<!-- generated from {source}; edit that -->\n\n"


def region(name: str, content: str, *, tag: str = "div", attributes: str = "") -> str:
    """A place the live server can fill anew: the browser finds it by `data-live`."""
    space = " " if attributes else ""
    return f'<{tag} data-live="{escape(name)}"{space}{attributes}>{content}</{tag}>'


def bar(value: int, total: int, label: str) -> str:
    """A progress bar and the same in words."""
    words = f"{value} of {total}"
    return (
        f'<progress value="{value}" max="{max(total, 1)}" aria-label="{escape(label)}">{words}'
        f"</progress> <span>{words}</span>"
    )


def state_of(unit: Unit, status: Status | None) -> str:
    """The unit's state in words; without a journey every written unit is not started."""
    if not unit.written:
        return "not written"
    found = unit_status(unit, status)
    return found.state if found else "not started"


def unit_status(unit: Unit, status: Status | None) -> UnitStatus | None:
    entries = status.units if status else ()
    return next((entry for entry in entries if entry.id == unit.id), None)


def chip(state: str) -> str:
    """A state as a shape and words."""
    key = state.replace(" ", "-")
    return f'<span class="ug-chip" data-state="{key}">{state.capitalize()}</span>'


def unit_chip(unit: Unit, status: Status | None) -> str:
    """The unit's state, kept up to date by the live server."""
    return region(f"chip:{unit.id}", chip(state_of(unit, status)), tag="span")


def table(label: str, columns: tuple[str, ...], rows: str, *, kind: str = "") -> str:
    """A table of finished rows, in a region that can be scrolled by keyboard."""
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return (
        f'<div class="ug-table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table class="ug-rows {kind}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def command(text: str) -> str:
    """A shell command in a Markdown code block, with Material's copy button."""
    return f"```sh\n{text}\n```\n"
