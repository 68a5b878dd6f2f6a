"""The pages about the engine: all their code is run, and prints what is shown below it."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from undergrad import extras

PAGES = Path(__file__).parents[2] / "docs" / "engine"
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
HAS_TORCH = not extras.missing("torch")


def run(page):
    """Run the blocks of a page in one namespace; each block: what it printed, what it should."""
    namespace = {}
    results = []
    for code, expected in BLOCK.findall((PAGES / page).read_text("utf-8")):
        if "torch" in code and not HAS_TORCH:
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, page, "exec"), namespace)
        results.append((code, printed.getvalue().rstrip(), expected.rstrip()))
    return results, namespace


def test_how_it_works_says_what_happens():
    results, _ = run("how-it-works.md")
    assert len(results) > 10
    for code, printed, expected in results:
        assert printed == expected, code


def test_the_drawing_on_the_page_is_the_one_the_engine_makes():
    _, namespace = run("how-it-works.md")
    text = (PAGES / "how-it-works.md").read_text("utf-8")
    assert re.search(r"<figure>\n(.*?)\n</figure>", text, re.DOTALL)[1] == namespace["drawing"]


def test_the_engine_and_pytorch_say_the_same():
    results, _ = run("pytorch.md")
    for code, printed, expected in results:
        assert printed == expected, code


@pytest.mark.parametrize("number", [0, 2, 3])
def test_the_page_shows_equal_results_for_both(number):
    """The model, its loss and gradients, the end of its training: ours, then PyTorch's."""
    blocks = BLOCK.findall((PAGES / "pytorch.md").read_text("utf-8"))
    (ours, our_result), (theirs, their_result) = blocks[2 * number : 2 * number + 2]
    assert "torch" not in ours
    assert "torch" in theirs
    assert our_result == their_result != ""
