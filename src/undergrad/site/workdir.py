"""Putting the site's sources together in one folder, from which MkDocs builds.

    <work>/mkdocs.yml    the project's settings, with the menu completed
    <work>/docs/         the hand-written pages, with the generated ones beside them

The folder mirrors a checkout, so that one `mkdocs.yml` serves both. Nothing is written into the
package or the checkout, which may be read-only. A second run changes nothing, and what is no longer
needed is removed.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from undergrad.locate import data_path, page_texts
from undergrad.site.pages import navigation, pages
from undergrad.site.schemes import dark_drawings, in_both_schemes
from undergrad.site.snapshot import Snapshot


def assemble(snapshot: Snapshot, work: Path, *, taken: str = "", url: str = "") -> Path:
    """Bring `work` up to date and return its `mkdocs.yml`.

    taken: when the snapshot was taken, as the pages show it; empty when they need not say.
    url: where the site will be, if that is known.
    """
    docs = data_path("docs")
    ours = {path.relative_to(docs).as_posix(): path for path in docs.rglob("*") if path.is_file()}
    files = {**snapshot.assets, **ours}
    written = {**page_texts("docs", "*.md"), **pages(snapshot)}
    texts = {name: in_both_schemes(text) for name, text in written.items()}
    plots = {name: path for name, path in snapshot.assets.items() if path.suffix == ".svg"}
    drawn = {name: path.read_text("utf-8", "replace") for name, path in plots.items()}
    texts |= {**snapshot.figures, **dark_drawings(texts, {**snapshot.figures, **drawn})}
    clips = [name for name in files if name.startswith("runs/") and name.endswith(".webp")]
    stills = {clip: clip.removesuffix(".webp") + "-last.webp" for clip in clips}
    sync(work / "docs", texts, files, keep=frozenset(stills.values()))
    for clip, still in stills.items():
        _make_still(work / "docs" / clip, work / "docs" / still)
    config = work / "mkdocs.yml"
    nav = navigation(menu(), snapshot)
    write(config, config_text(nav, taken=taken, url=url))
    return config


def menu() -> list[Any]:
    """The menu as `mkdocs.yml` lists it, before the pages of a snapshot are filled in."""
    nav: list[Any] = _settings()["nav"]
    return nav


def config_text(nav: list[Any], *, taken: str = "", url: str = "") -> str:
    """The settings of one build. JSON is YAML, and quotes every title correctly.

    They are the project's own, completed and not inherited: Zensical, which can build the folder
    too, would add an inherited menu to this one. Pages link to each other relatively, so a copy
    works anywhere; only the page for a missing address is shown at any depth, and finds its way
    home by `url`.
    """
    settings = _settings()
    settings |= {"docs_dir": "docs", "nav": nav, "extra": {**settings["extra"], "taken": taken}}
    if url:
        settings["site_url"] = url
    return json.dumps(settings, indent=1, ensure_ascii=False) + "\n"


def _settings() -> dict[str, Any]:
    """What the project's `mkdocs.yml` says."""
    found: dict[str, Any] = yaml.safe_load(data_path("mkdocs.yml").read_text("utf-8"))
    return found


def sync(
    folder: Path,
    texts: Mapping[str, str],
    files: Mapping[str, Path],
    *,
    keep: frozenset[str] = frozenset(),
) -> None:
    """Make `folder` hold exactly these texts and copies. Unchanged files are not touched.

    A generated text wins over a file of the same name. `keep` names others that may stay.
    """
    for name, text in texts.items():
        write(folder / name, text)
    for name, path in files.items():
        if name not in texts:
            _copy(path, folder / name)
    _remove_others(folder, {folder / name for name in (*texts, *files, *keep)})


def write(path: Path, text: str) -> None:
    """Write text with LF line ends, unless the file already holds exactly this."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _copy(source: Path, target: Path) -> None:
    old, new = (path.stat() if path.exists() else None for path in (target, source))
    if old and new and (old.st_size, old.st_mtime_ns) == (new.st_size, new.st_mtime_ns):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copystat(source, target)
    target.chmod(0o644)  # a copy of a read-only file must be replaceable


def _remove_others(folder: Path, keep: set[Path]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):  # files before their folders
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in keep:
            path.unlink()


def _make_still(clip: Path, still: Path) -> None:
    """The last frame of a clip: it shows how it ended, and nothing moves before it is asked to."""
    from PIL import Image

    if still.exists() and still.stat().st_mtime_ns >= clip.stat().st_mtime_ns:
        return
    try:
        with Image.open(clip) as image:
            image.seek(getattr(image, "n_frames", 1) - 1)
            image.convert("RGB").save(still, "WEBP", lossless=True)
    except OSError:  # a damaged clip costs its picture, not the whole site
        still.unlink(missing_ok=True)
