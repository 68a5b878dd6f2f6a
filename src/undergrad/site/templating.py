"""Filling the templates of `templates/`: the filters and words that the site's pages use.

Whatever a template prints passes through `escape`. What a learner typed or a learner's program
printed therefore stays text. Only `markdown` lets text through as it is: it marks what the course's
authors wrote.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from undergrad import markup
from undergrad.extras import advice
from undergrad.markup import line
from undergrad.site import links
from undergrad.site.snapshot import state_of, unit_status
from undergrad.words import VERDICTS, day, duration, left_words, moment, plural, weekly


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
    environment = markup.environment(Path(__file__).parent / "templates")
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
