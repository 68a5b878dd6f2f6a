"""The kinds of capstone, and the files of their templates.

    kinds()                                   # ("board-game", "generative", ...)
    family("board-game")                      # reinforcement: by whose rules it is judged
    template_texts("supervised", "model.py")  # the file, once for each framework

A kind is a folder in `templates/` with what is its own. What all share lies in `templates/common`,
and what several files share, as pieces that they include, in `templates/common/templates`, where
cookiecutter looks for it.
"""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from undergrad.locate import data_path

_COMMON, _FIELDS, _FILES = "common", "cookiecutter.json", "{{cookiecutter.slug}}"
# What pip and editors leave inside an installed template; a project is better without it.
_LITTER = shutil.ignore_patterns("__pycache__", "*.pyc", ".DS_Store", ".ipynb_checkpoints")


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of capstone that there are templates for."""
    found = (path.parent.name for path in data_path("templates").glob(f"*/{_FIELDS}"))
    return tuple(sorted(set(found) - {_COMMON}))


@cache
def fields(kind: str) -> dict[str, Any]:
    """What fills the template of a kind: what all share, and over it what is its own."""
    folders = (data_path("templates") / name for name in (_COMMON, kind))
    read = (json.loads((folder / _FIELDS).read_text("utf-8")) for folder in folders)
    return {key: value for each in read for key, value in each.items()}


def family(kind: str) -> str:
    """By whose rules a kind is judged: supervised or reinforcement."""
    return str(fields(kind)["_family"])


def in_words(kind: str) -> str:
    """A kind in words, such as Supervised learning."""
    return str(fields(kind)["_title"])


def frameworks(kind: str) -> tuple[str, ...]:
    """The frameworks that a kind of capstone is written for; the first one needs nothing more."""
    return tuple(fields(kind)["framework"])


def every_framework() -> tuple[str, ...]:
    """The frameworks that any kind is written for."""
    return tuple(dict.fromkeys(name for kind in kinds() for name in frameworks(kind)))


def lay(kind: str, target: Path) -> None:
    """Copy the template of a kind to `target`, whole, in the form that cookiecutter reads."""
    for name in (_COMMON, kind):
        shutil.copytree(
            data_path("templates") / name,
            target,
            ignore=_LITTER,
            copy_function=shutil.copyfile,
            dirs_exist_ok=True,
        )
    (target / _FIELDS).write_text(json.dumps(fields(kind)), encoding="utf-8")


@cache
def template_texts(kind: str, name: str) -> tuple[str, ...]:
    """A file of the template, once for each framework; nothing when the kind has no such file.

    What is a person's own, such as the title and the date, stays open: {{ cookiecutter.title }}.
    """
    if kind not in kinds():
        return ()
    from jinja2 import Environment, FileSystemLoader, TemplateNotFound

    common, own = (data_path("templates") / each for each in (_COMMON, kind))
    places = FileSystemLoader([own / _FILES, common / _FILES, common / "templates"])
    options = fields(kind)["_jinja2_env_vars"]
    environment = Environment(loader=places, keep_trailing_newline=True, **options)
    try:
        template = environment.get_template(name)
    except TemplateNotFound:
        return ()
    shared = json.loads((common / _FIELDS).read_text("utf-8"))
    values = {**fields(kind), **{key: f"{{{{ cookiecutter.{key} }}}}" for key in shared}}
    return tuple(
        template.render(cookiecutter={**values, "framework": framework})
        for framework in frameworks(kind)
    )
