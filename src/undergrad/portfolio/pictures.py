"""The pictures of a page: each is looked at, copied under a name of its own, and shown with a text.

    pictures = Pictures(project.folder)
    pictures.show("figures/result.png", "five curves")    # <img ...>, or a sentence without one
    pictures.files                                        # what to write: {"images/...": bytes}

Nothing is fetched: a picture from elsewhere becomes a link.
"""

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from markupsafe import Markup

from undergrad.markup import escape, line

MOST = 12_000_000  # bytes of one picture: more than a reader on the road would wait for
_RASTER = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}
_CLIPS = {".mp4", ".webm"}
_DATA = re.compile(r"data:(?P<mime>[\w/+.-]*)(?P<base64>(?:;[\w=.-]+)*?;base64)?[^,]*,(?P<data>.*)")


@dataclass(frozen=True)
class Picture:
    """A picture that can be shown. Width and height are None where only a browser knows them."""

    name: str  # below the page's folder
    content: bytes
    alt: str
    width: int | None = None
    height: int | None = None
    still: str = ""  # of something that moves: its last frame

    @property
    def is_clip(self) -> bool:
        return Path(self.name).suffix in _CLIPS


@dataclass
class Pictures:
    """The pictures of one project, and what is wrong with those that cannot be shown."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def show(self, source: str, alt: str, attached: Mapping[str, bytes] = {}) -> Markup:
        """The picture at an address of a text, as HTML; a link or a sentence where there is none.

        attached: pictures that a cell brings with it, by name.
        """
        if re.match(r"(?i)https?:|//", source):
            address = source if source[0] != "/" else f"https:{source}"
            return Markup('<a href="{}">{}</a>').format(escape(address), line(alt or address))
        picture = self.find(source, alt, attached)
        return element(picture, asked=False) if picture else self._absent(source, alt)

    def find(self, source: str, alt: str, attached: Mapping[str, bytes] = {}) -> Picture | None:
        """The picture at an address, kept for the page; None when there is nothing to show."""
        content = self._read(source, attached)
        return self.keep(content, alt, Path(unquote(source)).name) if content else None

    def keep(self, content: bytes, alt: str, name: str) -> Picture | None:
        """A picture by its content, kept for the page; None when it is broken or far too large.

        name: what its file may be called, with its suffix for a drawing or a clip.
        """
        found = _look(content, Path(name).suffix.lower()) if len(content) <= MOST else None
        if found is None:
            return None
        suffix, width, height, still = found
        stem = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:40] or "picture"
        path = f"images/{stem}-{hashlib.sha256(content).hexdigest()[:10]}"
        self.files[path + suffix] = content
        if still:
            self.files[f"{path}-last.png"] = still
        text = " ".join(alt.split())
        last = f"{path}-last.png" if still else ""
        return Picture(path + suffix, content, text, width, height, last)

    def _read(self, source: str, attached: Mapping[str, bytes]) -> bytes | None:
        data = _DATA.fullmatch(source)
        if data:
            return _decoded(data["data"], data["base64"])
        if source.startswith("attachment:"):
            return attached.get(unquote(source.removeprefix("attachment:")))
        try:
            path = (self.folder / unquote(source)).resolve()
            inside = path.is_relative_to(self.folder.resolve()) and path.is_file()
            return path.read_bytes() if inside and path.stat().st_size <= MOST else None
        except (OSError, ValueError):
            return None

    def _absent(self, source: str, alt: str) -> Markup:
        name = "a picture in the text" if source.startswith("data:") else source
        if name not in self.missing:
            self.missing.append(name)
        said = "A picture is missing here" + (f": {' '.join(alt.split())}" if alt.strip() else "")
        return Markup('<span class="missing">{}.</span>').format(escape(said.rstrip(".")))


def element(picture: Picture, *, prefix: str = "", asked: bool = True) -> Markup:
    """A picture as HTML, where a paragraph goes. Nothing moves before a reader asks for it.

    prefix: the way to the page's folder.   asked: whether one can ask: if not, a clip made of
    frames is its last one.
    """
    name = escape(prefix + picture.name)
    if picture.is_clip:
        return Markup(
            '<video src="{}" controls muted loop playsinline preload="metadata" aria-label="{}">'
            "</video>"
        ).format(name, escape(picture.alt))
    if not picture.still:
        return _image(name, picture)
    still = _image(escape(prefix + picture.still), picture)
    if not asked:
        return still
    words = '<span class="play">Play</span><span class="stop">Stop</span>'
    return Markup(
        f'<details class="clip"><summary>{still}{words}</summary>{_image(name, picture)}</details>'
    )


def _image(name: Markup, picture: Picture) -> Markup:
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    return Markup(f'<img src="{name}" alt="{escape(picture.alt)}"{size}>')


def _look(content: bytes, suffix: str) -> tuple[str, int | None, int | None, bytes] | None:
    """Suffix, width, height and last frame of a picture; None when no browser could show it."""
    if suffix in _CLIPS:
        return suffix, None, None, b""
    beginning = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if beginning.startswith((b"<svg", b"<?xml")) and b"<svg" in content[:5000]:
        return ".svg", None, None, b""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            format, (width, height) = image.format, image.size
            image.load()  # a file that was cut off opens, and fails here
            still = _last(image) if getattr(image, "n_frames", 1) > 1 else b""
    except Exception:  # Pillow passes on what its decoders raise, of many kinds
        return None
    return (_RASTER[format], width, height, still) if format in _RASTER else None


def _last(image: "object") -> bytes:
    from PIL import Image

    assert isinstance(image, Image.Image)
    image.seek(getattr(image, "n_frames", 1) - 1)
    file = io.BytesIO()
    image.convert("RGB").save(file, "PNG")
    return file.getvalue()


def _decoded(data: str, is_base64: str | None) -> bytes | None:
    if not is_base64:
        return unquote_to_bytes(data)
    try:
        return base64.b64decode(unquote(data))
    except (ValueError, binascii.Error):
        return None
