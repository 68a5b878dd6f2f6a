"""One drawing for light and for dark pages: each is kept once, in the ink of a light page.

    ![The loss against the steps.](figures/loss.svg)

becomes two images, `loss.svg#only-light` and `loss-dark.svg#only-dark`, of which the style sheet
shows one. A style inside the drawing would not do: an image follows the system, and not the button
with which a reader chooses between light and dark.
"""

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from undergrad.plots import on_dark

_SHOWN = re.compile(r"(!\[[^\]]*\]\()(?!\w+:)([^)\s#]+)\.svg\)")  # and no address elsewhere
_DARK = re.compile(r"[\"(]([^\s\"()]+)-dark\.svg#only-dark")  # begins at a mark: else quadratic


def in_both_schemes(page: str) -> str:
    """A page of Markdown that shows each of its drawings twice, on the line where it stood."""
    return _SHOWN.sub(r"\1\2.svg#only-light) \1\2-dark.svg#only-dark)", page)


def dark_drawings(pages: Mapping[str, str], drawings: Mapping[str, str]) -> dict[str, str]:
    """The drawings that dark pages show, by name, made from those that light pages show."""
    names = {name for page, text in pages.items() for name in _drawings(page, text)}
    return {
        f"{name}-dark.svg": on_dark(drawings[f"{name}.svg"])
        for name in sorted(names)
        if f"{name}.svg" in drawings
    }


def _drawings(page: str, text: str) -> Iterator[str]:
    """The drawings of a page, as paths below docs, without their ending."""
    return (normpath(join(dirname(page), name)) for name in _DARK.findall(text))
