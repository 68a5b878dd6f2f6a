"""The real course, built strictly: no page asks another host for anything, no link is broken."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from undergrad import course as courses
from undergrad.errors import ToolError, UsageError
from undergrad.site import build, builder
from undergrad.site.builder import run_mkdocs

URL = "https://example.org/degree/"  # below a path, as pages of a repository are


class _Page(HTMLParser):
    """Collects what a page loads, links to, and offers as targets."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.inline: list[str] = []
        self._script: dict[str, str | None] | None = None

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.update(v for k, v in attrs if k in ("id", "name") and v)
        self.inline += [f"{tag} {name}" for name in values if name.startswith("on")]
        if "style" in values or tag == "style":
            self.inline.append(f"{tag} style")
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.inline.append("script")
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.loads.append(values.get("src") or "")
        if tag == "link" and values.get("rel") != "canonical":
            self.loads.append(values.get("href") or "")
        if tag == "a":
            self.links.append(values.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    return build(courses.load(), None, folder / "out", workdir=folder / "work", url=URL)


@pytest.fixture(scope="module")
def parsed(site) -> dict[str, _Page]:
    found = {}
    for path in site.rglob("*.html"):
        page = _Page()
        page.feed(path.read_text("utf-8"))
        found[path.relative_to(site).as_posix()] = page
    return found


def test_every_unit_and_stage_has_a_page(parsed):
    course = courses.load()
    assert {f"course/{unit.stage}/{unit.id}/index.html" for unit in course.units} <= set(parsed)
    assert {f"course/{stage.id}/index.html" for stage in course.stages} <= set(parsed)


def test_no_page_loads_anything_from_elsewhere(parsed):
    for name, page in parsed.items():
        foreign = [each for each in page.loads if urlsplit(each).scheme or each.startswith("//")]
        assert not [each for each in foreign if not each.startswith("data:")], name


def test_no_style_sheet_or_script_of_ours_names_another_host(site):
    for path in [*site.rglob("*.css"), *(site / "javascripts").glob("*.js")]:
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        text = text.replace("http://www.w3.org/2000/svg", "")
        loads = re.findall(r"(?:url\(|@import\s*)[\"']?(?:https?:)?//[^)\s]*", text)
        assert not loads, path
    assert "fonts.googleapis" not in "".join(p.read_text("utf-8") for p in site.rglob("*.html"))


def test_nothing_on_a_page_needs_an_exception_from_the_content_policy(parsed):
    assert {name: page.inline for name, page in parsed.items() if page.inline} == {}


def _broken(name: str, page: _Page, parsed: dict[str, _Page], site: Path) -> list[str]:
    """The links of one page that lead to no file, or to no place on it."""
    found = []
    for href in [*page.links, *page.loads]:
        parts = urlsplit(href)
        if parts.scheme or href.startswith("#__"):
            continue
        target = ((site / name).parent / unquote(parts.path)).resolve()
        known = parsed.get(target.relative_to(site.resolve()).as_posix()) if parts.path else page
        missing = parts.path and not target.is_file()
        lost = known and parts.fragment and unquote(parts.fragment) not in known.ids
        found += [f"{name}: {href}"] if missing or lost else []
    return found


def test_every_link_inside_the_site_leads_somewhere(parsed, site):
    pages = {name: page for name, page in parsed.items() if name != "404.html"}  # shown anywhere
    assert [each for name, page in pages.items() for each in _broken(name, page, pages, site)] == []


def test_no_block_of_code_holds_a_link_to_the_glossary(site):
    for page in site.rglob("*.html"):
        blocks = re.findall(r"<pre.*?</pre>", page.read_text("utf-8"), re.DOTALL)
        shown = [re.sub(r"<[^>]+>", "", block) for block in blocks]
        assert not [code for code in shown if "glossary.md#" in code], page


def test_no_page_speaks_of_how_the_course_was_put_together(site):
    editors = re.compile(r"Named in|documents behind|>Added later|\b[Ww]e added")
    pages = {page: editors.findall(page.read_text("utf-8")) for page in site.rglob("*.html")}
    assert {page: words for page, words in pages.items() if words} == {}


def test_the_agents_can_be_reached_from_the_stages_about_them(site):
    for stage in courses.load().stages[4:]:
        for folder in (stage.id, *(f"{stage.id}/{unit}" for unit in stage.units)):
            page = (site / "course" / folder / "index.html").read_text("utf-8")
            assert re.search(r'href="[./]*agents/\w+\.html"', page), folder
            assert "undergrad train" in page or "undergrad play" in page, folder


def test_the_search_works_from_a_disk(site):
    assert (site / "search/search_index.js").is_file()
    assert "iframe-worker" in (site / "index.html").read_text("utf-8")


def test_boosts_and_tags_reach_the_search(site):
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    entries = {each["location"]: each for each in index["docs"]}
    assert entries["agents/dqn.html"]["boost"] == 3
    assert "replay buffer" in entries["agents/dqn.html"]["tags"]
    assert "softmax gradient" in entries["course/3-deep-dive/backprop/index.html"]["tags"]


def test_the_page_for_what_is_missing_works_at_any_depth(parsed, site):
    page = parsed["404.html"]
    home = {f"/degree/{name}" for name in ("index.html", "start.html", "course/index.html")}
    assert home <= set(page.links)
    paths = {urlsplit(each).path for each in [*page.links, *page.loads] if each[:5] != "data:"}
    assert {path for path in paths - {""} if not path.startswith("/degree/")} == set()
    assert {
        path for path in paths - {""} if not (site / path.removeprefix("/degree/")).exists()
    } == set()


@pytest.mark.parametrize("url", ["name.github.io/degree", "ftp://x.org", "https://", "https://a b"])
def test_what_is_not_an_address_is_refused(url, tmp_path):
    with pytest.raises(UsageError, match="is not an address such as"):
        build(courses.load(), None, tmp_path / "out", url=url)


def test_a_copy_says_when_it_was_taken(site):
    assert re.search(
        r"A snapshot of \d{4}-\d\d-\d\d \d\d:\d\d UTC", (site / "index.html").read_text()
    )


def test_vendored_code_has_its_licence_beside_it(site):
    for folder in (site / "assets/vendor").iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").is_file()


def test_a_folder_with_other_things_is_never_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds other files"):
        build(courses.load(), None, tmp_path)
    with pytest.raises(UsageError, match="is not a folder"):
        build(courses.load(), None, tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_new_build_replaces_the_pages_and_nothing_else(tmp_path, monkeypatch):
    def fake(_, out):
        (out / "index.html").write_text(page)
        if page == "broken":
            raise ToolError("The site could not be built.")

    monkeypatch.setattr(builder, "gather", lambda *_: None)
    monkeypatch.setattr(builder, "assemble", lambda *_, **__: tmp_path)
    monkeypatch.setattr(builder, "run_mkdocs", fake)
    page, out = "first", tmp_path / "out"
    build(courses.load(), None, out)
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("pages")
    page = "second"
    build(courses.load(), None, out)
    page = "broken"
    with pytest.raises(ToolError):
        build(courses.load(), None, out)
    (out / "thesis.txt").write_text("years of work")
    page = "third"
    with pytest.raises(UsageError, match="thesis"):
        build(courses.load(), None, out)
    assert (out / "index.html").read_text() == "second"
    assert (out / ".git" / "HEAD").read_text() == "pages"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_mkdocs_says_reaches_the_person(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("[gone](nowhere.md)\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    with pytest.raises(ToolError, match=r"nowhere\.md"):
        run_mkdocs(tmp_path / "mkdocs.yml", tmp_path / "out")


def test_the_command_reference_follows_the_help():
    """The same commands under the same headings in the same order."""
    from undergrad.cli.app import SECTIONS
    from undergrad.locate import data_path

    text = (data_path("docs") / "reference/index.md").read_text("utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    told = {
        title: list(dict.fromkeys(re.findall(r"^\| `undergrad (\w+)", rows, re.MULTILINE)))
        for title, rows in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert [*told.items()][: len(SECTIONS)] == [(k, [*v]) for k, v in SECTIONS.items()]
