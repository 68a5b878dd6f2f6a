"""HTML of strangers, reduced to what a page can show without running or fetching anything.

    sanitize('<h2 onclick="x()">Data</h2><script>y()</script>', place)    # <h2>Data</h2>

Notebooks carry HTML in their prose and in their outputs, such as the tables of pandas. Elements and
attributes that are not in the two tables below are left out, and what was opened is closed.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from markupsafe import Markup

from undergrad.markup import escape

# What to show for an image: its address and alternative text as the author wrote them.
Place = Callable[[str, str], Markup]

_EMPTY = {"br", "hr", "img", "col", "wbr"}
_ELEMENTS = _EMPTY | {
    *("a", "abbr", "b", "blockquote", "caption", "code", "colgroup", "dd", "del", "details"),
    *("div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i"),
    *("ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong"),
    *("sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
    "var",
}
# With everything inside them.
_DROPPED = {
    *("head", "iframe", "math", "noscript", "object", "script", "style", "svg", "template"),
    *("textarea", "title"),
}
# What is too wide for a phone is scrolled by itself, also from the keyboard.
_AROUND = {
    "pre": ('<pre tabindex="0" role="group" aria-label="Code">', "</pre>"),
    "table": (
        '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>',
        "</table></div>",
    ),
}
_ATTRIBUTES = {"alt", "class", "colspan", "href", "open", "rowspan", "scope", "start", "title"}
_CLASS = re.compile(r"math|missing|[a-z][a-z0-9]?")  # ours, and those of highlighted code
_ADDRESS = re.compile(r"(https?:|mailto:|#)", re.IGNORECASE)


def sanitize(html: str, place: Place) -> Markup:
    """The HTML without anything that runs, fetches, or leaves its place on the page."""
    reader = _Reader(place)
    reader.feed(html)
    reader.close()
    return reader.finish()


class _Reader(HTMLParser):
    def __init__(self, place: Place) -> None:
        super().__init__(convert_charrefs=True)
        self._place = place
        self._written: list[str] = []
        self._open: list[str] = []
        self._dropped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped or tag in _DROPPED:
            self._dropped.append(tag)
        elif tag == "img":
            given = dict(attrs)
            self._written.append(self._place(given.get("src") or "", given.get("alt") or ""))
        elif tag in _ELEMENTS:
            plain = f"<{tag}{''.join(map(_attribute, attrs))}>"
            self._written.append(_AROUND.get(tag, (plain,))[0])
            if tag not in _EMPTY:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag in self._dropped:
                while self._dropped.pop() != tag:
                    pass
        elif tag in self._open:
            while True:
                closed = self._open.pop()
                self._written.append(_closing(closed))
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self._written.append(escape(data))

    def finish(self) -> Markup:
        closing = "".join(map(_closing, reversed(self._open)))
        return Markup("".join(self._written) + closing)


def _closing(tag: str) -> str:
    return _AROUND.get(tag, ("", f"</{tag}>"))[1]


def _attribute(attribute: tuple[str, str | None]) -> str:
    name, value = attribute[0], attribute[1] or ""
    if name not in _ATTRIBUTES:
        return ""
    if name == "href" and not _ADDRESS.match(value):
        return ""
    if name == "class":
        value = " ".join(each for each in value.split() if _CLASS.fullmatch(each))
        if not value:
            return ""
    return f' {name}="{escape(value)}"'
