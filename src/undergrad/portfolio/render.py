"""A notebook and its Markdown as HTML: prose, highlighted code, and what it printed and drew.

    render = Renderer(Pictures(project.folder))
    render.markdown("# Data\\n\\nFour numbers.", top=2)     # <h2>Data</h2><p>Four numbers.</p>
    cells = read(project.ipynb)
    steps(cells, render)                                   # the whole notebook, for the page
    section(cells, MEANS["Errors"])                        # the cells below one heading

What a notebook holds is a stranger's: all of its HTML passes through `sanitize`.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from undergrad.capstone.notebook import read_node
from undergrad.markup import escape
from undergrad.portfolio.pictures import Pictures, element
from undergrad.portfolio.sanitize import sanitize
from undergrad.sandbox.output import clean
from undergrad.words import plural

LINES, CHARACTERS = 120, 12_000  # of one output, before the rest is left to the notebook
_IMAGES = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
    "image/svg+xml": ".svg",
}  # fmt: skip
_HEADING = re.compile(r"(</?h)([1-6])\b")


@dataclass(frozen=True)
class Cell:
    """One cell, or the part of a Markdown cell from one heading to the next."""

    number: int
    kind: str  # "markdown", "code" or "raw"
    source: str
    level: int = 0  # of the heading that it begins with; 0 for none
    title: str = ""
    outputs: tuple[Any, ...] = ()
    attached: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One cell as a page shows it."""

    number: int
    is_code: bool
    html: Markup
    outputs: tuple[Markup, ...] = ()


def read(ipynb: Path) -> tuple[Cell, ...]:
    """The cells of a notebook, with their outputs. Raises NotebookError."""
    return tuple(
        part for n, each in enumerate(read_node(ipynb).cells, 1) for part in _parts(n, each)
    )


def _parts(number: int, node: Any) -> Iterator[Cell]:
    if node.cell_type != "markdown":
        outputs = tuple(node.get("outputs", ()))
        yield Cell(number, node.cell_type, node.source, outputs=outputs)
        return
    attached = {name: _bytes(data) for name, data in node.get("attachments", {}).items()}
    whole = Cell(number, "markdown", node.source, attached=attached)
    lines = node.source.split("\n")
    tokens = _parser().parse(node.source)
    found = [
        (token.map[0], int(token.tag[1]), tokens[place + 1].content)
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]
    starts = [*found, (len(lines), 0, "")]
    if starts[0][0] > 0:
        yield replace(whole, source="\n".join(lines[: starts[0][0]]))
    for (start, level, title), (end, _, _) in zip(found, starts[1:], strict=True):
        source = "\n".join(lines[start:end])
        yield replace(whole, source=source, level=level, title=title)


def _bytes(data: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode("".join(next(iter(data.values()))))
    except (StopIteration, ValueError, TypeError):
        return b""


def section(cells: Sequence[Cell], means: re.Pattern[str]) -> tuple[Cell, ...]:
    """The cells below the first heading that means it, without that heading; the title is none."""
    titled = [place for place, cell in enumerate(cells) if cell.level]
    for start in titled:
        first = cells[start]
        if (start == titled[0] and first.level == 1) or not means.search(first.title):
            continue
        end = next((p for p in titled if p > start and cells[p].level <= first.level), len(cells))
        rest = replace(first, source=_without_heading(first.source), level=0, title="")
        return (rest, *cells[start + 1 : end])
    return ()


def _without_heading(source: str) -> str:
    tokens = _parser().parse(source)
    end = next(token.map[1] for token in tokens if token.type == "heading_open" and token.map)
    return "\n".join(source.split("\n")[end:])


def steps(cells: Sequence[Cell], render: "Renderer", *, top: int, code: bool = True) -> list[Step]:
    """The cells for a page, whose highest heading becomes one of level `top`.

    code: whether to show the code besides what it printed and drew.
    """
    lowest = min((cell.level for cell in cells if cell.level), default=1)
    found, said = [], ""
    for cell in cells:
        if cell.kind == "code":
            outputs = tuple(render.outputs(cell, said))
            html = render.code(cell.source) if code else Markup()
            if html or outputs:
                found.append(Step(cell.number, True, html, outputs))
        elif cell.kind == "markdown":
            html = render.markdown(cell.source, top=top, lowest=lowest, attached=cell.attached)
            said = _first_sentence(html) or said
            if html:
                found.append(Step(cell.number, False, html))
    return found


@dataclass(frozen=True)
class Renderer:
    """Makes HTML; what it shows of pictures is kept in `pictures`."""

    pictures: Pictures

    def markdown(
        self,
        text: str,
        *,
        top: int,
        lowest: int = 0,
        attached: Mapping[str, bytes] = {},
    ) -> Markup:
        """Markdown as HTML. Its headings of level `lowest` become headings of level `top`; without
        one, the highest that there is."""
        html = sanitize(
            _parser().render(text), lambda source, alt: self.pictures.show(source, alt, attached)
        )
        highest = min((int(level) for _, level in _HEADING.findall(html)), default=1)
        shift = top - (lowest or highest)
        moved = _HEADING.sub(lambda h: f"{h[1]}{min(6, max(top, int(h[2]) + shift))}", html)
        return Markup(moved.strip())

    def code(self, source: str) -> Markup:
        """Python, highlighted."""
        return Markup(_highlighted(source.strip("\n"), "python", "") if source.strip() else "")

    def outputs(self, cell: Cell, said: str) -> Iterator[Markup]:
        """What a cell printed and drew. said: the first sentence before it, which says what a
        picture shows to those who do not see it."""
        printed: list[str] = []
        for output in cell.outputs:
            if output.output_type == "stream":
                printed.append(output.text)
                continue
            yield from _text("".join(printed), cell.number)
            printed = []
            yield from self._shown(output, cell.number, said)
        yield from _text("".join(printed), cell.number)

    def _shown(self, output: Any, number: int, said: str) -> Iterator[Markup]:
        if output.output_type == "error":
            yield from _text(f"{output.get('ename')}: {output.get('evalue')}", number)
            return
        data = output.get("data", {})
        for mime, suffix in _IMAGES.items():
            if mime in data:
                content = "".join(data[mime])
                alt = f"Figure of cell {number}. {said}".strip()
                picture = self.pictures.keep(_decoded(content, mime), alt, f"cell-{number}{suffix}")
                if picture:
                    yield element(picture)
                    return
                self.pictures.missing.append(f"a figure of cell {number}")
        if "text/html" in data:
            html = sanitize("".join(data["text/html"]), self.pictures.show)
            if html.striptags() or "<img" in html:
                yield html
                return
        if "text/markdown" in data or "text/latex" in data:
            yield self.markdown("".join(data.get("text/markdown", data.get("text/latex"))), top=5)
            return
        yield from _text("".join(data.get("text/plain", "")), number)


def _decoded(content: str, mime: str) -> bytes:
    if mime == "image/svg+xml":
        return content.encode()
    try:
        return base64.b64decode(content)
    except ValueError:
        return b""


def _text(printed: str, number: int) -> Iterator[Markup]:
    """What was printed, as a terminal would show it at the end, and not without end."""
    lines = [line.rsplit("\r", 1)[-1] for line in clean_lines(printed)]
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return
    shown = "\n".join(lines[:LINES])[:CHARACTERS]
    rest = len(lines) - shown.count("\n") - 1
    html = Markup('<pre tabindex="0" role="group" aria-label="{}">{}</pre>').format(
        f"Output of cell {number}", escape(shown)
    )
    yield html
    if rest > 0 or len(shown) < len("\n".join(lines[:LINES])):
        more = plural(rest, "more line") if rest > 0 else "More of this line"
        verb = "is" if rest <= 1 else "are"
        yield Markup("<p class=rest>{} {} in the notebook.</p>").format(more, verb)


def clean_lines(printed: str) -> list[str]:
    """The lines of an output, without what a terminal would obey."""
    return [
        "\r".join(clean(part) for part in line.split("\r"))
        for line in printed.replace("\r\n", "\n").split("\n")
    ]


def _first_sentence(html: Markup) -> str:
    paragraph = re.search(r"<p>(.*?)</p>", html, re.DOTALL)
    text = " ".join(Markup(paragraph[1]).striptags().split()) if paragraph else ""
    first = re.split(r"(?<=[.!?:。])\s", text, maxsplit=1)[0]
    return first if len(first) <= 250 else first[:249] + "…"


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "highlight": _highlighted})
    parser.enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, renderer=_formula)
    parser.use(amsmath_plugin, renderer=lambda content: _formula(content, {"display_mode": True}))
    return parser


def _formula(content: str, options: Mapping[str, bool]) -> str:
    """A formula in the marks of LaTeX, for KaTeX to draw; without a script it can still be read."""
    text = escape(content.strip())
    return f"\\[{text}\\]" if options["display_mode"] else f"\\({text}\\)"


def _highlighted(code: str, language: str, attributes: str) -> str:
    """Code with its parts named. markdown-it asks for it of every code block."""
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    inner = highlight(code, lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    return f'<pre tabindex="0" role="group" aria-label="Code"><code>{inner}</code></pre>'
