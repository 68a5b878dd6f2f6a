"""Text made safe for HTML, and the one way in which the house fills its templates.

    pages = environment(Path(__file__).parent / "templates")
    pages.get_template("unit.md.jinja").render(unit=unit)

Whatever a template prints passes through `escape`, so what a person typed or their program printed
stays text; only `Markup` is let through. A name that a template uses and nobody gave is an error,
never an empty place.
"""

import html
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from undergrad.errors import UsageError

_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
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


def demand_address(url: str) -> None:
    """Raise UsageError unless pages can be published at this address; empty means not known."""
    if url and not _ADDRESS.fullmatch(url):
        raise UsageError(f"`{url}` is not an address such as https://name.github.io/degree/.")


def environment(templates: Path) -> Environment:
    """Jinja for the templates of a folder, with the house's settings."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{##",  # `{#name}` is an anchor in our Markdown
        comment_end_string="##}",
    )
