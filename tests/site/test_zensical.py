"""A second builder: Zensical, the successor of Material, makes the same pages from the same folder.

Zensical is no dependency of ours and has an environment of its own. The test takes the program from
the variable ZENSICAL, or from the path: `pip install zensical "mkdocstrings[python]"`.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import undergrad
from undergrad import course as courses
from undergrad.site import build

ZENSICAL = shutil.which(os.environ.get("ZENSICAL", "zensical"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        ZENSICAL is None,
        reason="needs Zensical: ZENSICAL=/path/to/zensical, or have `zensical` on the path",
    ),
]
# What of a page must not depend on the builder: found in its article, in order.
PARTS = {
    "headings": r'<h[1-4] id="([^"]+)"',
    "regions": r'data-live="([^"]+)"',
    "figures": r'data-figure="([\w-]+)"',
    "formulas": r'class="arithmatex"',
    "pictures": r'<img [^>]*?src="([^"]+)"',
    "blocks": r"<pre",
}
LINKS = r'<a [^>]*?href="([^"]+)"'


@pytest.fixture(scope="module")
def sites(tmp_path_factory) -> tuple[Path, Path]:
    """The site as MkDocs builds it, and as Zensical does."""
    folder = tmp_path_factory.mktemp("builders")
    ours = build(courses.load(), None, folder / "out", workdir=folder / "work")
    source = Path(undergrad.__file__).parents[1]  # for the pages made from docstrings
    done = subprocess.run(
        [str(ZENSICAL), "build", "--strict", "--config-file", "mkdocs.yml"],
        cwd=folder / "work",
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ours, folder / "work/site"


def pages(site: Path) -> dict[str, str]:
    """The text of each page from the beginning of its article to the end."""
    found = {}
    for path in site.rglob("*.html"):
        article = path.read_text("utf-8").partition("<article")[2].partition("</article>")[0]
        found[path.relative_to(site).as_posix()] = article
    return found


def test_both_make_the_same_pages_with_the_same_parts(sites):
    ours, theirs = map(pages, sites)
    assert set(ours) == set(theirs)
    for name, page in ours.items():
        for part, pattern in PARTS.items():
            assert re.findall(pattern, page) == re.findall(pattern, theirs[name]), (name, part)
        links = [sorted(re.findall(LINKS, each)) for each in (page, theirs[name])]
        assert links[0] == links[1], name


def test_both_keep_every_file_that_is_no_page(sites):
    docs = sites[0].parent / "work/docs"
    files = (path.relative_to(docs) for path in docs.rglob("*") if path.is_file())
    ours = [each for each in files if each.suffix != ".md" and each.parts[0] != "overrides"]
    assert len(ours) > 100
    for site in sites:
        assert [each for each in ours if not (site / each).is_file()] == []


def test_a_page_of_the_other_builder_loads_nothing_from_elsewhere(sites):
    for path in sites[1].rglob("*.html"):
        text = path.read_text("utf-8")
        loads = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]+)"', text)
        assert not [each for each in loads if each.startswith(("http:", "https:", "//"))], path.name
