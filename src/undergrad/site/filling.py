"""The regions of a page, found in its text: filled as they are now, or emptied.

A page on the disk holds each region as it was when the page was built. The live server fills them
while it serves the page, so a page is never older than the store, and the pages are built again
only when something else than a region has changed.
"""

import re
from collections.abc import Mapping
from html import unescape

from undergrad.site.pages import pages
from undergrad.site.snapshot import Snapshot

_REGION = re.compile(r'<(\w+) data-live="([^"]+)"[^>]*>')
_BOX = re.compile(r'(data-unit="([\w-]+)" data-state=")[\w-]*')  # a unit on the map
_STATE = re.compile(r'data-state="([\w-]+)"')


def filled(page: str, regions: Mapping[str, str]) -> str:
    """A page with its regions, and the map's boxes, as they are now."""

    def box(found: re.Match[str]) -> str:
        state = _STATE.search(regions.get(f"chip:{found[2]}", ""))
        return found[1] + state[1] if state else found[0]

    return _BOX.sub(box, _replaced(page, regions))


def contents(snapshot: Snapshot) -> object:
    """What pages are built from, besides their regions; equal when a build would change nothing."""
    files = {name: path.stat() for name, path in snapshot.assets.items() if path.exists()}
    stamps = {name: (each.st_size, each.st_mtime_ns) for name, each in files.items()}
    texts = {name: emptied(text) for name, text in pages(snapshot).items()}
    return texts, stamps, dict(snapshot.figures)


def emptied(page: str) -> str:
    """What of a page only a build can change."""
    names = {unescape(found[2]): "" for found in _REGION.finditer(page)}
    return _BOX.sub(r"\1", _replaced(page, names))


def _replaced(page: str, regions: Mapping[str, str]) -> str:
    parts, done = [], 0
    for found in _REGION.finditer(page):
        name = unescape(found[2])
        if name in regions:
            parts += [page[done : found.end()], regions[name]]
            done = _end(page, found[1], found.end())
    return "".join([*parts, page[done:]])


def _end(page: str, tag: str, start: int) -> int:
    """Where the element ends whose content begins at `start`; others of its kind may lie inside."""
    depth = 1
    for found in re.compile(rf"<(/?){tag}\b").finditer(page, start):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.start()
    return len(page)
