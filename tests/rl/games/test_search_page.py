"""The page about search: its code runs and prints what it shows, or is in the source."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "agents" / "search.md").read_text("utf-8")


def plain(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_its_code_prints_what_it_shows_or_is_in_the_source():
    files = (ROOT / "src" / "undergrad" / "rl" / "search").glob("*.py")
    source = "\n".join(plain(file.read_text("utf-8")) for file in files)
    blocks = re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", PAGE, re.DOTALL)
    assert len(blocks) >= 7
    names = {}
    for block, shown in blocks:
        if shown:
            with redirect_stdout(StringIO()) as said:
                exec(block, names)
            assert said.getvalue() == shown
        else:
            assert plain(block) in source


def test_its_files_exist():
    for path in re.findall(r"`(rl/\w+/)(\w+\.py)`((?:, `\w+\.py`)*)", PAGE):
        folder, first, others = path
        for name in (first, *re.findall(r"\w+\.py", others)):
            assert (ROOT / "src" / "undergrad" / folder / name).is_file(), name
