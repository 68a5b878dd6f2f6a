"""Drawings can be read on a phone: no letter of a committed figure is too small there."""

import math
import re
from pathlib import Path

import pytest

from undergrad.locate import data_path

_PHONE = 358  # pixels that a figure has on a screen of 390
_SMALLEST = 8  # pixels: the size of a letter, of which a digit takes three quarters

FIGURES = [
    path for root in ("docs", "curriculum") for path in sorted(data_path(root).rglob("*-light.svg"))
]


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.name)
def test_letters_can_be_read_on_a_phone(path: Path):
    svg = path.read_text("utf-8")
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', svg, re.DOTALL)[1])
    # Matplotlib writes letters as outlines, a hundred units to the size of the font.
    points = [100 * float(scale) for scale in re.findall(r"scale\(([\d.]+) -[\d.]+\)", svg)]
    assert min(points, default=math.inf) * _PHONE / width >= _SMALLEST - 0.05
