"""A notebook as HTML: every kind of output, headings in their order, sections by meaning."""

import base64

import nbformat
import pytest
from markupsafe import Markup
from tests.portfolio.conftest import png

from undergrad.capstone.prose import MEANS
from undergrad.portfolio.facts import Citation, Result
from undergrad.portfolio.pictures import Pictures
from undergrad.portfolio.render import Cell, Renderer, read, section, steps

PNG = base64.b64encode(png()).decode()


@pytest.fixture
def render(tmp_path) -> Renderer:
    return Renderer(Pictures(tmp_path))


def output(**data: object) -> Cell:
    """A code cell with one output that has these forms, their slashes written as underscores."""
    bundle = {mime.replace("_", "/"): value for mime, value in data.items()}
    node = nbformat.v4.new_output("display_data", data=bundle)
    return Cell(4, "code", "x", outputs=(node,))


def shown(render: Renderer, cell: Cell) -> str:
    return "".join(render.outputs(cell, "What it shows."))


def test_the_best_form_of_an_output_is_shown(render):
    both = output(image_png=PNG, text_html="<b>x</b>", text_plain="<Figure>")
    assert shown(render, both).startswith('<img src="images/cell-4-')
    assert 'alt="Figure of cell 4. What it shows." width="40" height="20"' in shown(render, both)
    assert shown(render, output(text_html="<b>x</b>", text_plain="plain")) == "<b>x</b>"
    assert ">plain</pre>" in shown(render, output(text_plain="plain"))
    assert shown(render, output(text_markdown="*a*")) == "<p><em>a</em></p>"
    assert shown(render, output(text_latex="$$a$$")) == '<div class="math">\n\\[a\\]\n</div>'


def test_html_of_which_nothing_is_left_gives_way_to_the_text(render):
    widget = output(text_html="<script>draw()</script><div id=chart></div>", text_plain="Chart()")
    assert ">Chart()</pre>" in shown(render, widget)


def test_a_broken_figure_gives_way_to_the_text_and_is_named(render):
    assert ">fig</pre>" in shown(render, output(image_png="AAAA", text_plain="fig"))
    assert render.pictures.missing == ["a figure of cell 4"]


def test_a_drawing_is_a_file_and_never_part_of_the_page(render):
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>"
    html = shown(render, Cell(4, "code", "", outputs=output(**{"image_svg+xml": svg}).outputs))
    assert "<script" not in html and html.startswith('<img src="images/cell-4-')
    (name,) = render.pictures.files
    assert name.endswith(".svg")


def test_what_was_printed_is_as_a_terminal_shows_it_at_the_end(render):
    stream = nbformat.v4.new_output
    texts = ["10%\r50%\r100%\n", "\x1b[31mred\x1b[0m <b>\n", "\n\n"]
    cell = Cell(4, "code", "", outputs=tuple(stream("stream", text=text) for text in texts))
    html = shown(render, cell)
    assert html.count("<pre") == 1  # what follows each other is one output
    assert html.endswith(">100%\nred &lt;b&gt;</pre>")


def test_an_error_is_one_line(render):
    node = nbformat.v4.new_output("error", ename="ValueError", evalue="bad", traceback=["x" * 99])
    html = shown(render, Cell(4, "code", "", outputs=(node,)))
    assert html.endswith(">ValueError: bad</pre>")


@pytest.mark.parametrize(
    ("text", "top", "levels"),
    [
        ("# a\n\n## b\n\n#### c", 3, "346"),
        ("## a\n\n# b", 2, "32"),
        ("### a", 3, "3"),
        ("###### a\n\n# b", 3, "63"),
        ("<h1>a</h1>\n\n## b", 3, "34"),
    ],
)
def test_headings_begin_at_the_level_of_their_place(text, top, levels, render):
    html = render.markdown(text, top=top)
    assert "".join(part[0] for part in html.split("<h")[1:]) == levels
    assert html.count("</h") == len(levels)


def notebook(tmp_path, *cells: str):
    text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    nodes = [code(cell[1:]) if cell[0] == ">" else text(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=nodes), tmp_path / "n.ipynb")
    return read(tmp_path / "n.ipynb")


def sources(cells) -> list[str]:
    return [cell.source.strip() for cell in cells]


def test_a_section_ends_at_the_next_heading_of_its_level(tmp_path):
    cells = notebook(
        tmp_path,
        "# Errors of a network",  # the title, and no section
        ">a = 1",
        "## Results\nr\n\n### Worst cases\nw",
        ">b = 2",
        "#### Deeper\nd",
        "### Next\nn",
        "## Errors\nlater",
    )
    found = section(cells, MEANS["Errors"])
    assert sources(found) == ["w", "b = 2", "#### Deeper\nd"]
    assert found[0].level == 0
    assert section(cells, MEANS["Limits"]) == ()
    assert sources(section(cells[1:], MEANS["Evaluation"]))[0] == "r"


def test_a_comment_in_a_block_of_code_is_no_heading(tmp_path):
    (cell,) = notebook(tmp_path, "text\n\n```\n# Errors\n```\n")
    assert cell.level == 0


def test_attached_pictures_are_shown(tmp_path, render):
    node = nbformat.v4.new_markdown_cell("![a cat](attachment:cat%201.png) ![](attachment:no.png)")
    node.attachments = {"cat 1.png": {"image/png": PNG}}
    nbformat.write(nbformat.v4.new_notebook(cells=[node]), tmp_path / "n.ipynb")
    (step,) = steps(read(tmp_path / "n.ipynb"), render, top=2)
    assert 'alt="a cat"' in step.html and "A picture is missing here." in step.html
    assert list(render.pictures.files.values()) == [png()]


def test_without_code_a_cell_that_showed_nothing_is_left_out(render):
    cells = [Cell(1, "code", "x = 1"), output(text_plain="y")]
    assert [len(step.outputs) for step in steps(cells, render, top=2, code=False)] == [1]
    assert [bool(step.html) for step in steps(cells, render, top=2)] == [True, True]


# Pictures


@pytest.mark.parametrize("source", ["../p.png", "/etc/passwd", "a/../../p.png", "no.png", ""])
def test_a_picture_outside_of_the_project_is_not_there(source, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "p.png").write_bytes(png())
    pictures = Pictures(tmp_path / "in")
    assert "missing" in pictures.show(source, "")
    assert pictures.files == {} and len(pictures.missing) == 1


def test_equal_pictures_are_one_file_and_any_name_is_made_plain(tmp_path):
    for name in ("Ü <b>.png", "b.png"):
        (tmp_path / name).write_bytes(png())
    pictures = Pictures(tmp_path)
    html = pictures.show("%C3%9C%20%3Cb%3E.png", 'a "b"')
    assert 'src="images/b-' in html and "a &quot;b&quot;" in html
    pictures.show("b.png", "")
    assert len(pictures.files) == 1
    assert pictures.show(f"data:image/png;base64,{PNG}", "x").startswith("<img")
    assert "missing" in pictures.show("data:image/png;base64,????", "x")
    assert "missing" in pictures.show("data:text/html,<b>", "x")


def test_a_picture_that_is_far_too_large_is_left_out(tmp_path, monkeypatch):
    from undergrad.portfolio import pictures as module

    monkeypatch.setattr(module, "MOST", len(png()) - 1)
    (tmp_path / "a.png").write_bytes(png())
    assert "missing" in Pictures(tmp_path).show("a.png", "")


def test_a_clip_is_played_when_asked(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"film")
    html = Pictures(tmp_path).show("a.mp4", "An agent plays")
    assert html.startswith('<video src="images/a-') and 'aria-label="An agent plays"' in html
    assert "controls" in html and "autoplay" not in html


# Numbers and names


def result(**changes) -> Result:
    values = {
        "metric": "mean error", "baseline_name": "a guess", "value": 0.25, "low": 0.2, "high": 0.31,
        "seeds": (("0", 0.2), ("1", 0.31)), "baseline": 0.4, "target": 0.3,
        "higher_is_better": False,
    }  # fmt: skip
    return Result(**(values | changes))


@pytest.mark.parametrize(
    ("low", "high", "value", "written"),
    [
        (0.2, 0.31, 0.2512, "0.25"),
        (0.9764, 0.9806, 0.97824, "0.9782"),
        (498.6, 500.0, 499.47, "499.5"),
        (1000.0, 3000.0, 2040.4, "2,040"),
        (0.5, 0.5, 0.5, "0.500"),
        (0.0, 0.0, 0.0, "0.0"),
        (-3.0, -1.0, -2.04, "-2.0"),
    ],
)
def test_a_number_has_the_digits_that_its_interval_is_worth(low, high, value, written):
    assert result(low=low, high=high, value=value).written(value) == written


def test_the_sentence_and_the_scale():
    one = result()
    assert one.sentence == (
        "Mean error: 0.25, 95% interval 0.20 to 0.31 over 2 seeds, beside 0.40 for a guess."
    )
    marks = one.marks
    places = [marks[name].place for name in ("seed 0", "low", "value", "high", "baseline")]
    assert places == sorted(places) and places[0] == places[1]
    assert 0 < places[0] < places[-1] < 100
    assert marks["baseline"].place == pytest.approx(100 * (0.2 + 0.016) / 0.232, abs=0.01)


@pytest.mark.parametrize(
    ("baseline", "said"), [(0.4, "better"), (0.1, "worse"), (0.2, "contains"), (0.31, "contains")]
)
def test_an_interval_that_touches_the_baseline_contains_it(baseline, said):
    assert said in result(baseline=baseline).verdict


def test_a_citation_is_an_entry_of_a_bibliography():
    cited = Citation("T", ("Ada King", "Org"), ("King, Ada", "{Org}"), "2026", "https://x.org")
    assert cited.bibtex.splitlines() == [
        "@misc{king2026,",
        "  author = {King, Ada and {Org}},",
        "  title = {{T}},",
        "  year = {2026},",
        "  url = {https://x.org},",
        "}",
    ]
    assert Citation("T", (), (), "", "").bibtex.startswith("@misc{anon,\n  title = {{T}},\n}")


def test_prose_is_escaped_once(render):
    assert render.markdown("a & b < c `<d>`", top=2) == Markup(
        "<p>a &amp; b &lt; c <code>&lt;d&gt;</code></p>"
    )


@pytest.mark.parametrize(
    ("source", "alt", "shown"),
    [
        ("https://x.org/a.png", "A cat", '<a href="https://x.org/a.png">A cat</a>'),
        ("//x.org/a.png", "", '<a href="https://x.org/a.png">https://x.org/a.png</a>'),
        ("HTTP://x.org/?a&b", "", '<a href="HTTP://x.org/?a&amp;b">HTTP://x.org/?a&amp;b</a>'),
    ],
)
def test_a_picture_from_elsewhere_is_a_link(source, alt, shown, tmp_path):
    pictures = Pictures(tmp_path)
    assert pictures.show(source, alt) == shown
    assert pictures.files == {} and pictures.missing == []


def test_a_missing_picture_is_named_once_and_a_long_address_not_at_all(tmp_path):
    pictures = Pictures(tmp_path)
    for source in ("no.png", "no.png", "data:image/png;base64,AAAA"):
        pictures.show(source, "")
    assert pictures.missing == ["no.png", "a picture in the text"]
