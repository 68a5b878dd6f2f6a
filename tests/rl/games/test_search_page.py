"""The pages about search and AlphaZero: their code prints what they show, or is in the source."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src" / "undergrad" / "rl"
FILES = {
    "search": sorted((SOURCE / "search").glob("*.py")),
    "alphazero": [
        *(SOURCE / name for name in ("agents/alphazero.py", "self_play.py", "search/puct.py"))
    ],
}
pages = pytest.mark.parametrize("name", FILES)


def page(name):
    return (ROOT / "docs" / "agents" / f"{name}.md").read_text("utf-8")


def plain(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


@pages
def test_its_code_prints_what_it_shows_or_is_in_the_source(name):
    source = "\n".join(plain(file.read_text("utf-8")) for file in FILES[name])
    blocks = re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", page(name), re.DOTALL)
    assert len(blocks) >= {"search": 7, "alphazero": 5}[name]
    names = {}
    for block, shown in blocks:
        if shown:
            with redirect_stdout(StringIO()) as said:
                exec(block, names)
            assert said.getvalue() == shown
        else:
            assert plain(block) in source


def test_its_files_exist():
    for path in re.findall(r"`(rl/\w+/)(\w+\.py)`((?:, `\w+\.py`)*)", page("search")):
        folder, first, others = path
        for name in (first, *re.findall(r"\w+\.py", others)):
            assert (ROOT / "src" / "undergrad" / folder / name).is_file(), name
