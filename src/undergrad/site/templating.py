"""Filling the templates of `templates/`, and the one place where text is made safe for HTML.

Whatever a template prints passes through `escape`. What a learner typed or a learner's program
printed therefore stays text. Only `markdown` lets text through as it is: it marks what the course's
authors wrote. A name that a template uses and nobody gave is an error, never an empty place.
"""

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from undergrad.extras import advice
from undergrad.site import links
from undergrad.site.snapshot import state_of, unit_status
from undergrad.words import VERDICTS, day, duration, left_words, moment, plural, weekly

# Bytes that would break the page or the parser's own placeholders.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def escape(value: object) -> Markup:
    """Text made safe for HTML, as content or as a quoted attribute. Finished HTML stays."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(_CONTROL.sub("", str(value)), quote=True))


def line(text: object) -> Markup:
    """Escaped text on one line."""
    return escape(" ".join(str(text).split()))


def inline(text: object) -> Markup:
    """Escaped text on one line, with `backticks` shown as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(line(text))))


def front_matter(title: str) -> Markup:
    """A title for menus and the tab. The theme puts it into its HTML as it is, so it is escaped."""
    return Markup(json.dumps(str(line(title)), ensure_ascii=False))


def verdict_words(verdict: str) -> str:
    """A check's verdict in words; one from a newer undergrad as it stands in the store."""
    return VERDICTS.get(verdict, verdict).capitalize()


def started(time: str) -> str:
    """When a run was started: the stored time, to the minute."""
    return time[:16].replace("T", " ")


def fill(template: str, **values: Any) -> str:
    """A page's Markdown: the template with these values."""
    text = _environment().get_template(template).render(**values)
    return text.strip("\n") + "\n"


@cache
def macros(template: str) -> Any:
    """The macros of a template, to be called from Python; each returns finished HTML."""
    return _environment().get_template(template).module


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{##",  # `{#name}` is an anchor in our Markdown
        comment_end_string="##}",
    )
    environment.filters |= {
        "front_matter": front_matter,
        "inline": inline,
        "json": lambda value: Markup(json.dumps(value)),
        "line": line,
        "markdown": Markup,
        "started": started,
        "verdict": verdict_words,
    }
    pages = (links.path_page, links.run_page, links.stage_page, links.unit_page)
    words = (advice, day, duration, left_words, moment, plural, weekly)
    environment.globals |= {each.__name__: each for each in (*pages, *words, state_of, unit_status)}
    return environment
