"""The picture that a social network shows for a link: title, result and the hero, 1200 by 630."""

import io
import textwrap
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_SIZE = (1200, 630)
_PAPER, _INK, _SOFT, _WARM, _LINE = "#fcfaf5", "#1d2a2e", "#52605f", "#a8480f", "#ddd6c6"
_MARGIN = 64


def preview(title: str, sentence: str, above: str, picture: bytes = b"") -> bytes:
    """A PNG. picture: the hero, below the text; left out when Pillow cannot read it."""
    card = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, 14, _SIZE[1]), fill=_WARM)
    hero = _opened(picture)
    top = _write(draw, [above], 48, 26, _SOFT, bold=False, serif=False)
    lines = textwrap.wrap(title, 34 if len(title) <= 68 else 44)[:3]
    top = _write(draw, lines, top + 14, 58 if len(title) <= 68 else 46, _INK, bold=True)
    said = textwrap.wrap(sentence, 74)[: 2 if hero else 6]
    top = _write(draw, said, top + 20, 28, _SOFT, bold=False)
    if hero:
        _paste(card, hero, top + 24)
    file = io.BytesIO()
    card.save(file, "PNG", optimize=True)
    return file.getvalue()


def _write(
    draw: ImageDraw.ImageDraw,
    lines: Iterable[str],
    top: float,
    size: int,
    colour: str,
    *,
    bold: bool,
    serif: bool = True,
) -> float:
    """Write lines, and return where they end. What the font has no letters for is left out."""
    font, letters = _font(size, bold=bold, serif=serif)
    for text in lines:
        known = "".join(c for c in text if ord(c) in letters).strip()
        if known:
            draw.text((_MARGIN, top), known, font=font, fill=colour)
            top += round(size * 1.22)
    return top


def _paste(card: Image.Image, hero: Image.Image, top: float) -> None:
    room = (_SIZE[0] - 2 * _MARGIN, _SIZE[1] - round(top) - 40)
    if room[1] < 60:
        return
    scale = min(room[0] / hero.width, room[1] / hero.height)
    hero = hero.resize((max(1, round(hero.width * scale)), max(1, round(hero.height * scale))))
    left = _MARGIN
    box = (left - 9, round(top) - 9, left + hero.width + 8, round(top) + hero.height + 8)
    ImageDraw.Draw(card).rounded_rectangle(box, 8, fill="#ffffff", outline=_LINE, width=2)
    card.paste(hero, (left, round(top)))


def _opened(picture: bytes) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.seek(getattr(image, "n_frames", 1) - 1)
            flat = Image.new("RGB", image.size, "#ffffff")
            rgba = image.convert("RGBA")
            flat.paste(rgba, mask=rgba)
            return flat
    except Exception:  # no picture, a drawing, a clip, or a broken file
        return None


@cache
def _font(size: int, *, bold: bool, serif: bool) -> tuple[ImageFont.FreeTypeFont, frozenset[int]]:
    """A font that comes with Matplotlib, and the characters that it has."""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    name = f"DejaVu{'Serif' if serif else 'Sans'}{'-Bold' if bold else ''}.ttf"
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return ImageFont.truetype(path, size), frozenset(FT2Font(str(path)).get_charmap())
