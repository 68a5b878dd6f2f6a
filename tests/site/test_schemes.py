"""A drawing is kept once and shown twice: in the ink of a light page and of a dark one."""

import pytest

from undergrad.plots import INK, INK_ON_DARK
from undergrad.site.schemes import dark_drawings, in_both_schemes


def test_a_drawing_becomes_two_images_on_its_line():
    page = "one\n    ![A line, rising.](figures/rates.svg)\n\n*What to see.*\n"
    shown = in_both_schemes(page).splitlines()
    assert shown[1] == (
        "    ![A line, rising.](figures/rates.svg#only-light) "
        "![A line, rising.](figures/rates-dark.svg#only-dark)"
    )
    assert [shown[0], *shown[2:]] == ["one", "", "*What to see.*"]
    assert in_both_schemes("\n".join(shown)) == "\n".join(shown)


@pytest.mark.parametrize(
    "text",
    [
        "![A photo.](a.webp)",
        "![A page.](a.webp#only-light)",
        "[A link](a.svg)",
        "![A badge.](https://a.example/b.svg)",
    ],
)
def test_anything_else_stays(text):
    assert in_both_schemes(text) == text


def test_the_dark_one_is_made_of_the_one_that_a_page_shows_and_of_no_other():
    names = "course/assets/shown", "course/assets/not-shown", "runs/a/seed-0/of-a-run"
    light = f'<path style="stroke: {INK}; fill: #0072b2"/>'
    drawings = {f"{name}.svg": light for name in names}
    pages = {
        "course/unit/index.md": in_both_schemes("![Words](../assets/shown.svg)"),
        "course/other.md": in_both_schemes("![Words](missing.svg)"),
        "runs/a/index.md": '<img src="seed-0/of-a-run-dark.svg#only-dark" alt="">',
    }
    dark = f'<path style="stroke: {INK_ON_DARK}; fill: #0072b2"/>'
    assert dark_drawings(pages, drawings) == {
        "course/assets/shown-dark.svg": dark,
        "runs/a/seed-0/of-a-run-dark.svg": dark,
    }
