"""A page is whole or not there, loads nothing from elsewhere, and claims no more than it may."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.capstone.conftest import CODE, write_notebook
from tests.portfolio.conftest import add_outputs, png

from undergrad import capstone
from undergrad.capstone import read_project
from undergrad.capstone.notebook import pair
from undergrad.errors import StoreError, UsageError
from undergrad.portfolio import Checked, build, publish

VOID = {"meta", "link", "img", "br", "hr", "source", "col", "wbr"}


class Reader(HTMLParser):
    """Every element with its attributes; and that each is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())


def figure_of(html: str) -> str:
    """The part of a page with its picture."""
    return html[html.index('<figure class="hero">') : html.index("</figure>") + len("</figure>")]


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader.found


def published(folder: Path, out: Path, checked: Checked | None = None, **options: str) -> str:
    publish(read_project(folder), out, checked, **options)
    return (out / "index.html").read_text("utf-8")


def refers(out: Path) -> set[Path]:
    """Every file that the page and its style sheet load."""
    html = (out / "index.html").read_text("utf-8")
    found = set()
    for tag, given in elements(html):
        names = ("src", "srcset") + (("href",) if tag == "link" else ())
        for name in names:
            if given.get(name, "data:").startswith("data:") or given.get("rel") == "canonical":
                continue
            found.add((out / given[name]).resolve())
    for style in (path for path in found if path.suffix == ".css"):
        for address in re.findall(r"url\(\"?([^\")]+)", style.read_text("utf-8")):
            if not address.startswith("data:"):
                found = found | {(style.parent / address).resolve()}
    return found


def test_everything_that_a_page_loads_lies_in_its_folder(project, tmp_path):
    out = tmp_path / "a page with spaces"
    html = published(project, out)
    loaded = refers(out)
    assert all(path.is_relative_to(out.resolve()) and path.is_file() for path in loaded)
    assert {path.suffix for path in loaded} == {".css", ".woff2", ".png"}
    assert not re.search(r"(?:src|srcset)=\"(?:https?:)?//", html)
    assert {path.name for path in out.iterdir()} == {
        ".undergrad-page", "assets", "images", "index.html", "notebook.ipynb", "preview.png",
    }  # fmt: skip


def test_the_page_tells_what_the_files_say(project, tmp_path):
    html = published(project, tmp_path / "p")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "<h1>Tiny</h1>" in html  # of the README, since the notebook has no title
    assert "Can this tiny project show whether a check works as it should?" in text
    assert "Score: 0.810, 95% interval 0.785 to 0.835 over 3 seeds, beside 0.400" in text
    assert "lies on the better side of the baseline" in text
    assert "The target of the plan was 0.5." in text
    for title in ("Worst cases", "Limits", "Model card", "Data card", "The notebook"):
        assert f">{title}</h2>" in html
    assert "0.81 beside 0.40" in text
    assert "You may use it for whatever you like." in text
    assert 'alt="One bar for each seed, all above the baseline"' in html
    assert 'alt="Figure of cell 3. This step is explained at some length' in html


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ("# # A *title*\n# ## Question", "A title"),
        ("# # Question\n#\n# # Data", "Tiny"),
        ("# ## Question\n#\n# # Data", "Tiny"),
        ("# <b>no heading</b>", "Tiny"),
    ],
)
def test_the_title_is_the_heading_above_all_others(cells, title, project, tmp_path):
    (project / "notebook.py").write_text(f"# %% [markdown]\n{cells}\n")
    pair(project / "notebook.py", project / "notebook.ipynb")
    assert f"<h1>{title}</h1>" in published(project, tmp_path / "p")


@pytest.mark.parametrize(
    ("results", "higher", "said"),
    [
        ((0.8, 0.82, 0.81, 0.4), True, "on the better side"),
        ((0.8, 0.82, 0.81, 0.9), True, "on the worse side"),
        ((0.8, 0.82, 0.81, 0.81), True, "contains the baseline"),
        ((0.8, 0.82, 0.81, 0.4), False, "on the worse side"),
        ((0.8, 0.82, 0.81, 0.9), False, "on the better side"),
    ],
)
def test_what_the_interval_says_of_the_baseline(results, higher, said, project, tmp_path):
    *seeds, baseline = results
    claim = {"value": 0.81, "seeds": dict(enumerate(seeds)), "baseline": baseline}
    (project / "results.json").write_text(json.dumps(claim))
    manifest = (project / "capstone.toml").read_text()
    manifest = manifest.replace("higher-is-better = true", f"higher-is-better = {higher}".lower())
    (project / "capstone.toml").write_text(manifest)
    assert said in published(project, tmp_path / "p")


def test_equal_input_gives_equal_bytes(project, tmp_path):
    contents = []
    for name in "ab":
        published(project, tmp_path / name)
        paths = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        contents.append([(p.relative_to(tmp_path / name), p.read_bytes()) for p in paths])
    assert contents[0] == contents[1]


def test_the_address_makes_the_preview_absolute(project, tmp_path):
    html = published(project, tmp_path / "p", url="https://x.github.io/tiny")
    assert 'property="og:image" content="https://x.github.io/tiny/preview.png"' in html
    assert 'rel="canonical" href="https://x.github.io/tiny/"' in html
    assert 'property="og:image" content="preview.png"' in published(project, tmp_path / "q")


@pytest.mark.parametrize("url", ["x.org", "javascript:x", "https://x.org/?a=1", "https://a b/"])
def test_what_is_not_an_address_is_refused(url, project, tmp_path):
    works = [(read_project(project), None)]
    for write in (
        lambda: publish(works[0][0], tmp_path / "p", None, url=url),
        lambda: build(works, tmp_path / "p", title="x", url=url),
    ):
        with pytest.raises(UsageError, match="is not an address such as"):
            write()
    assert not (tmp_path / "p").exists()


def test_what_a_stranger_wrote_stays_text(project, tmp_path):
    evil = '<img src=x onerror="alert(1)"><script>alert(2)</script></main></body>'
    cell = f"# %% [markdown]\n# ## Limits {evil}\n# [x](javascript:alert(3)) {evil} <b>bold"
    write_notebook(project, cell)
    for name in ("plan.md", "README.md", "model-card.md"):
        path = project / name
        path.write_text(
            path.read_text().replace("?", f"? {evil}").replace("## Limits", f"## {evil}")
        )
    manifest = (project / "capstone.toml").read_text()
    manifest = manifest.replace('name = "score"', f"name = '{evil}'")
    (project / "capstone.toml").write_text(manifest)
    html = published(project, tmp_path / "p")
    found = elements(html)
    assert {tag for tag, _ in found} & {"script", "iframe", "object", "form"} == set()
    for _, given in found:
        assert not [name for name in given if name.startswith("on")]
        assert not given.get("href", "").lower().startswith("javascript")


def test_a_broken_picture_is_a_sentence_and_is_named(project, tmp_path):
    (project / "result.png").write_bytes(png()[:60])
    write_notebook(project, "# %% [markdown]\n# ## Limits\n# ![gone](nowhere.png) ![](../out.png)")
    (project.parent / "out.png").write_bytes(png())  # outside of the project
    page = publish(read_project(project), tmp_path / "p", None)
    html = (tmp_path / "p" / "index.html").read_text("utf-8")
    assert "<img" not in html and '<figure class="hero">' not in html
    assert "A picture is missing here: gone." in html
    lacks = [lack for lack in page.lacks if lack.endswith("cannot be shown")]
    assert {lack.split()[0] for lack in lacks} == {"result.png", "nowhere.png", "../out.png"}


def test_a_picture_from_elsewhere_becomes_a_link(project, tmp_path):
    write_notebook(project, "# %% [markdown]\n# ## Limits\n# ![a cat](https://x.org/cat.png)")
    html = published(project, tmp_path / "p")
    assert '<a href="https://x.org/cat.png">a cat</a>' in html


def test_nothing_moves_before_a_reader_asks_for_it(project, tmp_path):
    from PIL import Image

    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(project / "agent.gif", save_all=True, append_images=frames[1:])
    readme = (project / "README.md").read_text().replace("result.png", "agent.gif")
    (project / "README.md").write_text(readme)
    html = published(project, tmp_path / "p")
    hero = figure_of(html)
    still, clip = (given for tag, given in elements(hero) if tag == "img")
    assert hero.index(still["src"]) < hero.index("</summary>") < hero.index(clip["src"])
    assert still["alt"] == clip["alt"] == "One bar for each seed, all above the baseline"
    with Image.open(tmp_path / "p" / still["src"]) as image:
        assert image.getpixel((1, 1)) == (0, 0, 255)  # the last frame
    assert (tmp_path / "p" / clip["src"]).read_bytes() == (project / "agent.gif").read_bytes()
    build([(read_project(project), None)], tmp_path / "all", title="x")
    front = (tmp_path / "all" / "index.html").read_text("utf-8")
    assert [given["src"] for tag, given in elements(front) if tag == "img"] == [
        f"tiny/{still['src']}"
    ]


def test_formulas_bring_katex_and_only_they(project, tmp_path):
    assert "katex" not in published(project, tmp_path / "p")
    formulas = r"$x^2 < 1$ costs $5 or $6", r"\begin{align}y&=2\end{align}", "$$z$$"
    text = "\n#\n# ".join(formulas)
    write_notebook(project, f"# %% [markdown]\n# ## Limits\n# {text}")
    html = published(project, tmp_path / "q")
    assert r'<span class="math">\(x^2 &lt; 1\)</span> costs $5 or $6' in html
    assert r"\[\begin{align}y&amp;=2\end{align}\]" in html and r"\[z\]" in html
    assert (tmp_path / "q" / "assets" / "katex" / "katex.min.js") in refers(tmp_path / "q")


def test_an_output_without_end_is_cut_and_says_so(project, tmp_path):
    text = "".join(f"line {n}\n" for n in range(5000))
    add_outputs(project, {"output_type": "stream", "name": "stdout", "text": text})
    html = published(project, tmp_path / "p")
    assert "line 119" in html and "line 120" not in html
    assert "4,880 more lines are in the notebook." in html
    add_outputs(project, {"output_type": "stream", "name": "stdout", "text": "x" * 50_000})
    html = published(project, tmp_path / "p")
    assert "x" * 12_001 not in html
    assert "More of this line is in the notebook." in html


# The seal


REPORTS: dict[str, dict[str, object]] = {}  # equal files get an equal report


def checked(folder: Path, **changes: object) -> Checked:
    files = capstone.fingerprint(folder)
    if files not in REPORTS:
        REPORTS[files] = asdict(capstone.check(folder))
    return Checked({**REPORTS[files], **changes}, "2026-11-29T10:00:00.000000")


def test_a_seal_says_what_was_checked_and_when(project, tmp_path):
    html = published(project, tmp_path / "p", checked(project))
    assert '<span class="chip" data-state="held">Publishable</span>' in html
    assert "Checked on 29 November 2026 by undergrad" in html
    assert "A copy of exactly these files ran from top to bottom" in html
    assert capstone.fingerprint(project)[:16] in html
    report = checked(project).report
    assert f"{len(report['criteria'])} of {len(report['criteria'])} criteria hold" in html


def test_a_seal_is_of_these_files_and_no_others(project, tmp_path):
    seal = checked(project)
    for change in ("README.md", "checkpoints/0.json", "new.txt"):
        path = project / change
        path.parent.mkdir(exist_ok=True)
        before = path.read_bytes() if path.exists() else None
        path.write_bytes((before or b"") + b" ")
        html = published(project, tmp_path / "p", seal)
        assert 'data-state="changed"' in html and "Files of the project have changed" in html
        assert "criteria hold" not in html and "Publishable" not in html
        path.write_bytes(before) if before is not None else path.unlink()
    (project / "checkpoints").rmdir()
    assert "Publishable" in published(project, tmp_path / "p", seal)


@pytest.mark.parametrize(
    ("changes", "said", "not_said"),
    [
        ({"verified": True}, "not from a whole training", "A copy of exactly these files ran"),
        ({"fingerprint": ""}, "did not record which files it saw", "criteria hold"),
        ({"ran": False}, "No check of these files is known", "criteria hold"),
        ({"verdict": "fail"}, "Not running yet", "Publishable"),
        ({"verdict": "template"}, "Still the template", "Publishable"),
    ],
)
def test_a_seal_claims_no_more_than_the_check(changes, said, not_said, project, tmp_path):
    html = published(project, tmp_path / "p", checked(project, **changes))
    assert said in html and not_said not in html
    assert 'data-state="held"' not in html or changes == {"verified": True}


def test_a_run_that_failed_is_not_sealed_as_run(project, tmp_path):
    write_notebook(project, CODE + "\n1 / 0")
    html = published(project, tmp_path / "p", checked(project))
    assert "did not run from top to bottom" in html and "A copy of exactly" not in html
    assert 'data-state="held"' not in html


def test_a_page_inside_the_project_does_not_change_its_fingerprint(project):
    before = capstone.fingerprint(project)
    published(project, project / "public" / "tiny")
    assert capstone.fingerprint(project) == before
    (project / "public" / "mine.txt").write_text("x")
    assert capstone.fingerprint(project) != before


# What cannot be shown, and where it cannot be written


def test_without_a_notebook_or_a_result_there_is_no_page(project, tmp_path):
    (project / "results.json").unlink()
    with pytest.raises(UsageError, match=r"results.json was not written: `undergrad capstone run"):
        published(project, tmp_path / "p")
    (project / "notebook.ipynb").unlink()
    with pytest.raises(UsageError, match=r"There is no notebook.ipynb"):
        published(project, tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_a_folder_with_other_things_is_kept(project, tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "thesis.txt").write_text("years")
    with pytest.raises(UsageError, match="holds other files"):
        published(project, tmp_path / "p")
    with pytest.raises(UsageError, match="holds other files"):
        publish(read_project(project), project, None)  # into itself
    published(project, tmp_path / "q")
    (tmp_path / "q" / ".git").mkdir()
    published(project, tmp_path / "q")
    assert (tmp_path / "q" / ".git").is_dir()
    (tmp_path / "q" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        published(project, tmp_path / "q")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(project, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o555)
    with pytest.raises(StoreError, match="make its folder writable"):
        published(project, tmp_path / "closed" / "p")


def test_a_full_disk_leaves_the_earlier_page(project, tmp_path, monkeypatch):
    before = published(project, tmp_path / "p")
    (project / "README.md").write_text("# Other\n")
    written = Path.write_bytes

    def full(path, data):
        if path.name == "preview.png":
            raise OSError(28, "No space left on device")
        return written(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="make room on the disk"):
        published(project, tmp_path / "p")
    assert (tmp_path / "p" / "index.html").read_text("utf-8") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".new")] == []


_STOPPED = """
import os, signal, sys
from pathlib import Path
from undergrad.capstone import read_project
from undergrad.capstone.notebook import pair
from undergrad.portfolio import publish
written = Path.write_bytes
def stop(path, data):
    written(path, data)
    if path.name == "preview.png":
        os.kill(os.getpid(), signal.SIGTERM)
Path.write_bytes = stop
publish(read_project(Path(sys.argv[1])), Path(sys.argv[2]), None)
"""


def test_a_signal_in_the_middle_leaves_nothing_half_written(project, tmp_path):
    command = [sys.executable, "-c", _STOPPED, str(project), str(tmp_path / "p")]
    before = sorted(path.name for path in tmp_path.iterdir())
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 128 + signal.SIGTERM, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    kept = published(project, tmp_path / "p")
    subprocess.run(command, capture_output=True)
    assert (tmp_path / "p" / "index.html").read_text("utf-8") == kept


# All of them


def test_the_portfolio_links_every_page(project, tmp_path):
    import shutil

    other = shutil.copytree(project, tmp_path / "other")
    works = [(read_project(project), checked(project)), (read_project(other), None)]
    pages = build(works, tmp_path / "all", title="Ada <3", url="https://x.org/all")
    html = (tmp_path / "all" / "index.html").read_text("utf-8")
    assert "<h1>Ada &lt;3</h1>" in html
    links = [g["href"] for tag, g in elements(html) if tag == "a"]
    assert links == ["tiny/index.html", "other/index.html"]
    assert all((tmp_path / "all" / link).is_file() for link in links)
    assert [page.seal.state for page in pages] == ["sealed", "unchecked"]
    for place in (tmp_path / "all", tmp_path / "all" / "tiny"):
        loaded = refers(place)
        assert loaded and all(path.is_file() for path in loaded)
        assert all(path.is_relative_to((tmp_path / "all").resolve()) for path in loaded)
    below = (tmp_path / "all" / "tiny" / "index.html").read_text("utf-8")
    assert 'href="../index.html">All work</a>' in below
    assert 'content="https://x.org/all/tiny/preview.png"' in below
    assert not (tmp_path / "all" / "tiny" / "assets").exists()  # nothing is there twice


def test_a_folder_with_a_space_in_its_name(project, tmp_path):
    spaced = project.rename(tmp_path / "my work")
    build([(read_project(spaced), None)], tmp_path / "all", title="x", url="https://x.org")
    html = (tmp_path / "all" / "index.html").read_text("utf-8")
    (link,) = (given["href"] for tag, given in elements(html) if tag == "a")
    assert link == "my%20work/index.html"
    (picture,) = (given["src"] for tag, given in elements(html) if tag == "img")
    assert (tmp_path / "all" / picture.replace("%20", " ")).is_file()
    below = (tmp_path / "all" / "my work" / "index.html").read_text("utf-8")
    assert 'content="https://x.org/my%20work/preview.png"' in below
    (spaced / "results.json").unlink()
    with pytest.raises(UsageError, match="`undergrad capstone run 'my work'`"):
        published(spaced, tmp_path / "p")


def test_one_that_cannot_be_shown_is_left_out_and_named(project, tmp_path, caplog):
    import shutil

    other = shutil.copytree(project, tmp_path / "other")
    (other / "results.json").unlink()
    works = [(read_project(each), None) for each in (project, other)]
    assert len(build(works, tmp_path / "all", title="x")) == 1
    assert "other is left out" in caplog.text
    with pytest.raises(UsageError, match="no capstone to show"):
        build(works[1:], tmp_path / "none", title="x")
    with pytest.raises(UsageError, match="Two of the folders are called tiny"):
        build(works[:1] * 2, tmp_path / "none", title="x")
    assert not (tmp_path / "none").exists()


# Where each thing on the page comes from


def test_licence_and_citation_come_from_their_files(project, tmp_path):
    (project / "LICENSE").write_text("# MIT License\n\nPermission is <hereby> granted.\n")
    (project / "CITATION.cff").write_text(
        "title: A work\nauthors:\n  - {given-names: Ada, family-names: King}\n  - {name: Org}\n"
        "date-released: 2026-03-01\nrepository-code: https://x.org/code\n"
    )
    html = published(project, tmp_path / "p")
    assert "<summary>MIT License</summary>" in html and "&lt;hereby&gt;" in html
    assert "<span>Ada King, Org</span><span>2026</span>" in html
    assert '<a href="https://x.org/code">Code</a>' in html
    assert "author = {King, Ada and {Org}}" in html
    (project / "CITATION.cff").write_text("repository-code: 'javascript:x'\nauthors: [1, {}]\n")
    (project / "LICENSE").unlink()
    html = published(project, tmp_path / "p")
    assert "javascript" not in html and ">Code</a>" not in html
    assert "No licence was chosen yet" in html
    for broken in ("a: [", "- 1", "", "\x00"):
        (project / "CITATION.cff").write_text(broken)
        assert "@misc{anon," in published(project, tmp_path / "p")


def test_without_a_plan_the_question_is_the_notebooks(project, tmp_path):
    (project / "plan.md").unlink()
    write_notebook(project, "# %% [markdown]\n# ## The problem\n# Is *this* it?\n#\n# And more.")
    html = published(project, tmp_path / "p")
    assert '<div class="question"><p>This step is explained' not in html
    (project / "notebook.py").write_text(
        "# %% [markdown]\n# ## The problem\n\n# %%\nx = 1\n\n"
        "# %% [markdown]\n# Is *this* it?\n#\n# And more.\n"
    )
    pair(project / "notebook.py", project / "notebook.ipynb")
    html = published(project, tmp_path / "p")
    assert '<div class="question"><p>Is <em>this</em> it?</p></div>' in html


def test_prose_and_code_have_their_own_looks(project, tmp_path):
    html = published(project, tmp_path / "p")
    notebook = html[html.index('<details class="notebook">') :]
    assert notebook.count('<div class="cell">') == 1
    assert (
        notebook.count('<div class="prose">') == 10
    )  # nine headings, and the paragraph before the code
    assert '<span class="kn">import</span>' in notebook
    assert "1 step of code" in notebook
    worst = html[html.index('id="worst"') : html.index('id="limits"')]
    assert '<span class="kn">' not in worst  # an excerpt shows no code


def test_what_a_reader_will_miss_is_said(project, tmp_path):
    page = publish(read_project(project), tmp_path / "p", None)
    assert page.lacks == ("no heading of the notebook stands for “What was tried and taken away”",)
    for name in ("README.md", "model-card.md", "data-card.md", "LICENSE"):
        (project / name).unlink()
    write_notebook(project, CODE)
    lacks = publish(read_project(project), tmp_path / "p", None).lacks
    assert lacks[1:] == (
        "the notebook holds no output: `undergrad capstone run` keeps it",
        "the README shows no picture of the project's own",
        "there is no model card",
        "there is no data card",
        "there is no licence",
    )


@pytest.mark.parametrize("title", ["T" * 300, "深層学習", "", "A & B <i>"])
def test_the_preview_is_a_picture_of_its_size(title):
    import io

    from PIL import Image

    from undergrad.portfolio.preview import preview

    for hero in (png(size=(4000, 10)), b"broken", b""):
        with Image.open(io.BytesIO(preview(title, "Sentence. " * 30, "above", hero))) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
    shown = preview("T", "s", "a", png("#00ff00", (300, 100)))
    with Image.open(io.BytesIO(shown)) as image:
        assert (0, 255, 0) in {colour for _, colour in image.getcolors(1 << 20)}
