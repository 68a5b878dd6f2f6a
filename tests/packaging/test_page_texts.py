"""The texts of pages are the same in a wheel, where an archive holds them, and in a checkout."""

import importlib.util
from pathlib import Path

import pytest

from undergrad import locate

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
BUILD = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(BUILD)
STAGE, UNIT = "curriculum/5-deep-rl", "curriculum/5-deep-rl/dqn"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The folder of an archive with the lessons of a stage, the figures of a unit and some docs."""
    texts = filter(BUILD._is_page_text, BUILD.data_files(ROOT))
    some = [name for name in texts if name.endswith(".md") and name.startswith((STAGE, "docs/ag"))]
    some += [name.relative_to(ROOT).as_posix() for name in (ROOT / UNIT / "figures").iterdir()]
    folder = tmp_path_factory.mktemp("archive")
    (folder / locate.PAGES).write_bytes(BUILD.packed(ROOT, some))
    return folder


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        (STAGE, ["unit.md", "stage.md"]),  # dqn beside dqn-plus: in the order of paths
        (UNIT, ["unit.md"]),
        (f"{UNIT}/figures", ["*.svg", "*.js"]),
        ("docs/agents", ["*.nothing"]),
        ("docs/agents", ["*.md"]),
    ],
)
def test_a_wheel_and_a_checkout_have_the_same_texts(archive, monkeypatch, folder, names):
    checkout = locate.page_texts(folder, *names)
    monkeypatch.setattr(locate, "is_packaged", lambda: True)
    monkeypatch.setattr(locate, "data_path", lambda name: archive / name)
    wheel = locate.page_texts(folder, *names)
    assert list(wheel.items()) == list(checkout.items())
    assert bool(wheel) == (names != ["*.nothing"])


def test_what_is_no_page_stays_a_file():
    texts = {"docs/a.md", "docs/a/b.svg", "curriculum/1/u/unit.md", "curriculum/1/u/figures/c.js"}
    files = {"docs/a.js", "docs/a.css", "curriculum/1/u/checks.py", "templates/c/README.md"}
    assert {name for name in texts | files if BUILD._is_page_text(name)} == texts
