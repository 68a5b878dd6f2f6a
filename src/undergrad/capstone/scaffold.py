"""A new capstone project from a bundled template: all of it, or nothing.

    new("supervised", "my-digits", Path("capstones"))      # -> capstones/my-digits
    new("supervised", "cats", Path(), notebook=Path("mine.ipynb"))    # around a notebook of yours

The template is rendered into a hidden staging folder beside the target, the notebook is paired
there, and one rename makes the project appear. A crash on the way leaves no half-made project.
"""

import os
import re
import shutil
import tempfile
import unicodedata
from datetime import date
from importlib.metadata import version
from pathlib import Path

from undergrad import __version__
from undergrad.capstone.kinds import frameworks, kinds, lay
from undergrad.errors import ToolError, UsageError
from undergrad.extras import advice, missing
from undergrad.locate import data_path
from undergrad.words import did_you_mean

# Whose versions a project names, always and for each framework.
_PINNED = ("matplotlib", "numpy", "pytest")
_PINNED_FOR = {"torch": ("safetensors", "torch"), "jax": ("safetensors", "jax")}
# What of a template only its own notebook uses.
_CODE = ("data.py", "evaluate.py", "model.py", "notebook.py", "tests")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,40}")
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)}
_RESERVED = _DEVICES | {
    "capstones",
    "exercises",
    "new",
    "notes",
    "runs",
    "test",
    "tests",
    "undergrad",
}


def licences() -> tuple[str, ...]:
    """The licences whose text can be put into a project."""
    return tuple(sorted(path.stem for path in _licences().glob("*.txt")))


def new(
    kind: str,
    name: str,
    folder: Path,
    *,
    author: str = "",
    licence: str = "",
    framework: str = "engine",
    notebook: Path | None = None,
    today: date | None = None,
) -> Path:
    """Make the project `folder/<safe name>` and return its path.

    The last part of the path is the name that was used, which may be tidier than `name`.
    author: named in the licence and in CITATION.cff.   licence: one of `licences()`, or none yet.
    framework: one of `frameworks(kind)`.
    notebook: one of the person's own, which is copied as it is and paired with a script; the
        template's code and tests, which it does not use, are left out.
    Raises UsageError for an unknown kind, a name that cannot be used, a target that exists, or a
    notebook that cannot be read; ToolError when the disk refuses.
    """
    if kind not in kinds():
        cure = did_you_mean(kind, kinds(), f"choose one of {', '.join(kinds())}.")
        raise UsageError(f"There is no kind of capstone {_shown(kind)}: {cure}")
    if framework not in frameworks(kind):
        listed = " or ".join(frameworks(kind))
        raise UsageError(f"The template {kind} is written for {listed}, and not for {framework}.")
    if framework != "engine" and missing(framework):
        raise UsageError(advice(f"--framework {framework}", framework))
    slug = safe_name(name)
    target = folder / slug
    if os.path.lexists(target):
        raise UsageError(f"{target} exists already, and nothing was changed: choose another name.")
    values = {
        "kind": kind,
        "slug": slug,
        "title": title_of(slug),
        "date": (today or date.today()).isoformat(),
        "author": _one_line(author) or "The author",
        "version": __version__,
        "framework": framework,
        **{name: _public(name) for name in (*_PINNED, *_PINNED_FOR.get(framework, ()))},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _make(values, licence, notebook, target)
    except OSError as error:
        reason = error.strerror or error
        raise ToolError(f"{target} could not be made ({reason}), and nothing was left.") from error
    return target


def _public(name: str) -> str:
    """The installed version, without the part behind + that no registry knows: 2.13.0+cpu."""
    return version(name).partition("+")[0]


def _make(values: dict[str, str], licence: str, notebook: Path | None, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".capstone-", dir=target.parent) as staging:
        project = _render(values, Path(staging))
        if notebook:
            _take(notebook, project)
        else:
            _pair(project)
        if licence:
            text = (_licences() / f"{licence}.txt").read_text(encoding="utf-8")
            text = text.format(year=values["date"][:4], author=values["author"])
            (project / "LICENSE").write_text(text, encoding="utf-8")
            (project / "LICENSE.md").unlink()
        # os.rename would replace an empty folder made meanwhile, which is harmless.
        os.rename(project, target)


def _render(values: dict[str, str], staging: Path) -> Path:
    from cookiecutter.main import cookiecutter

    copy = staging / "template"
    lay(values["kind"], copy)
    # Without a configuration of ours, cookiecutter writes to the person's home folder.
    config = staging / "config.yaml"
    folders = {"replay_dir": "replay", "cookiecutters_dir": "cookiecutters"}
    lines = [f"{key}: {_quoted(staging / value)}" for key, value in folders.items()]
    config.write_text("\n".join(lines), encoding="utf-8")
    project = cookiecutter(
        str(copy),
        no_input=True,
        extra_context=values,
        output_dir=str(staging / "out"),
        config_file=str(config),
        accept_hooks=False,
    )
    return Path(project)


def _licences() -> Path:
    return data_path("templates") / "licences"


def _one_line(text: str) -> str:
    """Text that can stand in a licence and between the quotes of a YAML file."""
    return " ".join("".join(c for c in text if c.isprintable() and c not in '"\\{}').split())


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _pair(project: Path) -> None:
    """Write notebook.ipynb, without outputs, from notebook.py."""
    from undergrad.capstone.notebook import pair

    pair(project / "notebook.py", project / "notebook.ipynb")


def _take(notebook: Path, project: Path) -> None:
    """Put a notebook of the person's in the place of the template's, and pair it."""
    from undergrad.capstone.doctor import pair_up
    from undergrad.capstone.project import read_project

    if notebook.suffix != ".ipynb" or not notebook.is_file():
        what = "is not a notebook" if notebook.exists() else "is not there"
        raise UsageError(f"{notebook} {what}: name a file that ends in .ipynb.")
    for name in _CODE:
        path = project / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copyfile(notebook, project / "notebook.ipynb")
    pair_up(read_project(project))
    for kept in project.glob("*.old"):  # the original still lies where it was
        kept.unlink()


# Names


def safe_name(name: str) -> str:
    """The folder name for `name`, such as `my-digits` for `My Digits`.

    Capitals, spaces and accents are made safe, since the wish behind them is clear.

    Raises UsageError for a path, an empty or reserved name, or one without a usable letter.
    """
    if re.search(r"[/\\:]|\.\.", name) or any(not c.isprintable() for c in name):
        raise UsageError(
            f"A capstone's name is one word, not a path, so {_shown(name)} cannot be used: "
            "choose a name such as my-digits."
        )
    slug = _plain(name)
    if not _SLUG.fullmatch(slug):
        raise UsageError(
            f"The name {_shown(name)} cannot be used: it needs a letter a-z at the front and at "
            "most 41 letters, digits and hyphens, such as my-digits."
        )
    if slug in _RESERVED:
        raise UsageError(f"The name {slug} is reserved: choose another, such as my-{slug}.")
    return slug


def title_of(slug: str) -> str:
    """A readable title: `my-digits` becomes `My digits`."""
    return slug.replace("-", " ").capitalize()


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


def _shown(name: str) -> str:
    """The name as a person can read it: no control characters, not endless."""
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return f"“{clean[:40]}…”" if len(clean) > 40 else f"“{clean}”"
