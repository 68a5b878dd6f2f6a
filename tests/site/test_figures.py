"""Drawings can be read: their letters on a phone, and all that is in the ink on a dark page."""

import io
import math
import re
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from undergrad.locate import data_path
from undergrad.plots import DRAWING, INK

_PHONE = 358  # pixels that a figure has on a screen of 390
_SMALLEST = 8  # pixels: the size of a letter, of which a digit takes three quarters

FIGURES = [
    path
    for root in ("docs", "curriculum")
    for path in sorted(data_path(root).rglob("*.svg"))
    if DRAWING.match(path.read_bytes()) and path.parent.name != "readme"  # whose page is not ours
]


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.name)
def test_letters_can_be_read_on_a_phone(path: Path):
    svg = path.read_text("utf-8")
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', svg, re.DOTALL)[1])
    # Matplotlib writes letters as outlines, a hundred units to the size of the font.
    points = [100 * float(scale) for scale in re.findall(r"scale\(([\d.]+) -[\d.]+\)", svg)]
    assert min(points, default=math.inf) * _PHONE / width >= _SMALLEST - 0.05


def test_no_image_of_pixels_is_drawn_in_the_ink_which_a_dark_page_could_not_change():
    drawings = {path: path.read_text("utf-8") for path in FIGURES}
    images = [
        (path, Image.open(io.BytesIO(b64decode(data))).convert("RGB"))
        for path, svg in drawings.items()
        for data in re.findall(r'"data:image/png;base64,([^"]*)"', svg)
    ]
    ink = np.frombuffer(bytes.fromhex(INK.removeprefix("#")), np.uint8)
    inked = [path for path, image in images if (np.asarray(image) == ink).all(axis=-1).any()]
    assert len(images) > 10 and not inked
